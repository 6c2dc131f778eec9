"""The traps of real exports, each read from a file to its log: what goes wrong elsewhere and may not here."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pandas as pd
import pytest

from mining.columns import log_columns
from mining.reading import read_event_log
from mining.working_time import OFFICE_HOURS

HEADER = "办件编号,环节名称,开始时间,结束时间"


def log_of(text_file, *rows: str, header: str = HEADER):
    return read_event_log(text_file("a.csv", "\n".join([header, *rows]) + "\n"))


def rows_of(log, code: str) -> int:
    issue = log.quality.issue(code)
    return 0 if issue is None else issue.rows


def test_satisfaction_of_1_is_the_best_in_the_standard_and_5_among_stars(text_file):
    row = "P1,受理,2026-03-02 09:00,2026-03-02 09:05"
    assert log_of(text_file, f"{row},1", header=f"{HEADER},满意度代码").cases["rating_1to5"].tolist() == [5]
    assert log_of(text_file, f"{row},1", header=f"{HEADER},评价星级").cases["rating_1to5"].tolist() == [1]
    bare = log_of(text_file, f"{row},1", header=f"{HEADER},满意度")
    assert rows_of(bare, "rating_polarity_unknown") == 1
    zero = log_of(text_file, f"{row},0", header=f"{HEADER},满意度")
    assert rows_of(zero, "rating_polarity_unknown") == 0
    assert "rating_1to5" not in zero.cases.columns or zero.cases["rating_1to5"].isna().all()


def test_an_end_equal_to_its_start_is_an_unknown_duration(text_file):
    log = log_of(
        text_file,
        "P1,受理,2026-03-02 09:00,2026-03-02 09:00",
        "P1,审查,2026-03-02 10:00,2026-03-02 10:30",
    )
    assert log.events["ts_start"].isna().tolist() == [True, False]
    assert rows_of(log, "zero_duration_means_unknown") == 1


def test_twelve_digits_that_became_floats_are_one_case_with_their_text(text_file):
    log = log_of(
        text_file,
        "202603020001.0,受理,2026-03-02 09:00,2026-03-02 09:05",
        "202603020001,审查,2026-03-02 10:00,2026-03-02 10:30",
    )
    assert log.cases["case_id"].tolist() == ["202603020001"]
    assert rows_of(log, "ids_repaired") == 1


def test_hours_at_0800_are_those_of_the_hall_not_of_utc(text_file):
    """09:00+08:00 is 01:00 in UTC: a calendar on the clock of UTC would count the morning as night."""
    log = log_of(text_file, "P1,受理,2026-03-02T09:00:00+08:00,2026-03-02T11:00:00+08:00")
    event = log.events.iloc[0]
    assert (event["ts_start"], log.zone) == (pd.Timestamp("2026-03-02 09:00"), "+08:00")
    late = log_of(text_file, "P1,受理,2026-03-02T00:30:00+08:00,2026-03-02T00:40:00+08:00")
    assert late.events["time"].iloc[0].date() == dt.date(2026, 3, 2)
    columns = log_columns(log)
    assert OFFICE_HOURS.working_ms_between(columns.start_ms, columns.end_ms).tolist() == [120 * 60_000]


def test_shuffled_rows_and_equal_stamps_have_one_order(text_file):
    rows = [
        "P1,c,,2026-03-02 09:00",
        "P2,x,,2026-03-02 08:00",
        "P1,a,,2026-03-01 09:00",
        "P1,b,,2026-03-02 09:00",
    ]
    log = log_of(text_file, *rows)
    assert log.events["activity"].tolist() == ["a", "c", "b", "x"]  # c stands above b in the file
    assert rows_of(log, "unsorted_rows") == 1
    assert rows_of(log, "equal_times") == 1


@pytest.mark.parametrize(
    ("text", "days"), [("5个工作日", 5), ("即时", 0), ("0", 0), ("20", 20), ("当场办结", 0), ("按规定", None)]
)
def test_limits_as_people_write_them(text_file, text, days):
    row = f"P1,受理,2026-03-02 09:00,2026-03-02 09:05,{text}"
    case = log_of(text_file, row, header=f"{HEADER},承诺办结时限").cases.iloc[0]
    assert pd.isna(case["limit_promised"]) if days is None else case["limit_promised"] == days


def test_a_sheet_with_titles_merged_cells_and_serial_dates(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.append(["某市政务服务中心办件明细表"])
    page.append(["导出时间：2026-03-05"])
    page.append(HEADER.split(","))
    page.append(["P1", "受理", 46083.375, 46083.5])
    page.append([None, "审查", 46084.375, dt.datetime(2026, 3, 3, 10, 30)])
    page.merge_cells("A1:D1")
    page.merge_cells("A4:A5")
    book.save(tmp_path / "a.xlsx")
    log = read_event_log(tmp_path / "a.xlsx", {"fill_down": True})
    assert log.events["case_id"].tolist() == ["P1", "P1"]
    assert log.events["ts_start"].tolist() == [
        pd.Timestamp("2026-03-02 09:00"),
        pd.Timestamp("2026-03-03 09:00"),
    ]
    assert log.events["file_row"].tolist() == [4, 5]
    assert rows_of(log, "title_rows_skipped") == 2
