"""XLSX and Parquet: sheets, merged headers, dates as Excel keeps them, typed columns."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from mining.errors import LogError
from mining.reading import read_event_log

HEADER = ["办件编号", "环节名称", "开始时间", "结束时间", "办理时长(分钟)"]
NINE, TEN = dt.datetime(2026, 3, 2, 9, 5), dt.datetime(2026, 3, 2, 10, 0, 0, 3)


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def test_dates_numbers_and_text(tmp_path):
    rows = [
        HEADER,
        ["P1", "受理", NINE, TEN, None],
        ["P1", "核税", 46083.5, "2026年3月2日 13:00", None],
        ["P2", "受理", None, TEN, 10],
    ]
    log = read_event_log(workbook(tmp_path / "a.xlsx", 明细=rows))
    assert log.events["ts_start"].tolist() == [
        pd.Timestamp("2026-03-02 09:05"),
        pd.Timestamp("2026-03-02 12:00"),
        pd.Timestamp("2026-03-02 09:50"),
    ]
    assert log.events["ts_end"].tolist()[:2] == [
        pd.Timestamp("2026-03-02 10:00"),
        pd.Timestamp("2026-03-02 13:00"),
    ]
    assert log.events["file_row"].tolist() == [2, 3, 4]
    assert log.quality.format == "xlsx"


def test_titles_two_row_header_and_blank_rows(tmp_path):
    """Merged cells of a header: the group above, the name below, or one cell across both rows."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(["某市政务服务中心办件明细"])
    page.append([])
    page.append(["办件编号", "环节信息", None, None])
    page.append([None, "环节名称", "开始时间", "结束时间"])
    page.append(["P1", "受理", NINE, TEN])
    page.append([])
    page.append(["P2", "受理", NINE, TEN])
    page.merge_cells("A1:D1")
    page.merge_cells("A3:A4")
    page.merge_cells("B3:D3")
    book.save(tmp_path / "a.xlsx")
    log = read_event_log(tmp_path / "a.xlsx")
    assert log.events["case_id"].tolist() == ["P1", "P2"]
    assert log.events["file_row"].tolist() == [5, 7]
    titles, blank = log.quality.issue("title_rows_skipped"), log.quality.issue("blank_rows_skipped")
    assert titles is not None
    assert blank is not None
    assert (titles.rows, blank.rows) == (1, 1)


def test_the_sheet_that_maps_best_is_read_and_the_others_named(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        说明=[["本表由系统导出"], ["版本", "2.0"]],
        办件=[HEADER, ["P1", "受理", NINE, TEN, None]],
        汇总=[["办件编号", "件数"], ["合计", 1]],
    )
    log = read_event_log(path)
    assert log.n_events == 1
    issue = log.quality.issue("other_sheets")
    assert issue is not None
    assert "办件" in issue.message.zh
    assert "说明, 汇总" in issue.message.en
    with pytest.raises(LogError, match="说明, 办件, 汇总"):
        read_event_log(path, {"sheet": "明细"})
    with pytest.raises(LogError, match="step"):
        read_event_log(path, {"sheet": "汇总"})


def test_blank_cells_of_merged_cases_are_rejected_unless_told(tmp_path):
    rows = [HEADER, ["P1", "受理", NINE, TEN], [None, "核税", NINE, TEN], ["P2", "受理", NINE, TEN]]
    path = workbook(tmp_path / "a.xlsx", a=rows)
    strict = read_event_log(path)
    assert [row.file_row for row in strict.quality.rejected] == [3]
    assert "fill_down" in strict.quality.rejected[0].reason.zh
    filled = read_event_log(path, {"fill_down": True})
    assert filled.events["case_id"].tolist() == ["P1", "P1", "P2"]
    issue = filled.quality.issue("filled_down")
    assert issue is not None
    assert issue.rows == 1


def test_identifiers_that_became_numbers(tmp_path):
    rows = [HEADER, [202603020001, "受理", NINE, TEN], [202603020002.0, "受理", NINE, TEN]]
    log = read_event_log(workbook(tmp_path / "a.xlsx", a=rows))
    assert log.events["case_id"].tolist() == ["202603020001", "202603020002"]


def test_numbers_longer_than_excel_keeps_are_reported(tmp_path):
    rows = [HEADER, [330102202603020000, "受理", NINE, TEN]]
    log = read_event_log(workbook(tmp_path / "a.xlsx", a=rows))
    issue = log.quality.issue("ids_lost_digits")
    assert issue is not None
    assert issue.rows == 1


def test_cells_beyond_the_header_reject_the_row(tmp_path):
    rows = [HEADER, ["P1", "受理", NINE, TEN], ["P2", "受理", NINE, TEN, None, "note"]]
    log = read_event_log(workbook(tmp_path / "a.xlsx", a=rows))
    assert [row.file_row for row in log.quality.rejected] == [3]


def test_parquet_with_types(tmp_path):
    frame = pd.DataFrame(
        {
            "case_id": pd.array([12345678901234, 2], dtype="int64"),
            "activity": pd.Categorical(["受理", "核税"]),
            "start_time": pd.to_datetime(["2026-03-02 09:05", None]),
            "end_time": pd.to_datetime(["2026-03-02 01:15", "2026-03-02 02:15"], utc=True).tz_convert(
                "Asia/Shanghai"
            ),
            "materials": [["身份证", "合同"], None],
            "value": [1.5, 2.5],
        }
    )
    frame["start_time"] = frame["start_time"].dt.tz_localize("Asia/Shanghai")
    frame.to_parquet(tmp_path / "a.parquet")
    log = read_event_log(tmp_path / "a.parquet")
    assert log.zone == "+08:00"
    assert log.events["case_id"].tolist() == ["12345678901234", "2"]
    assert log.events["ts_end"].tolist() == [
        pd.Timestamp("2026-03-02 09:15"),
        pd.Timestamp("2026-03-02 10:15"),
    ]
    assert log.materials["material_name"].tolist() == ["身份证", "合同"]
    assert log.quality.unmapped == ("value",)


def test_parquet_identifiers_beside_a_missing_one(tmp_path):
    frame = pd.DataFrame(
        {
            "case_id": [202603020001.0, None, 202603020002.0],
            "activity": ["a", "a", "a"],
            "time": ["2026-03-02 09:00"] * 3,
        }
    )
    frame.to_parquet(tmp_path / "a.parquet")
    log = read_event_log(tmp_path / "a.parquet")
    assert log.events["case_id"].tolist() == ["202603020001", "202603020002"]
    assert [row.file_row for row in log.quality.rejected] == [2]


def test_mixed_zone_columns_of_parquet_ask_for_the_zone(tmp_path):
    frame = pd.DataFrame(
        {
            "case_id": ["1"],
            "activity": ["a"],
            "start_time": pd.to_datetime(["2026-03-02 09:05"]),
            "end_time": pd.to_datetime(["2026-03-02 01:15"], utc=True),
        }
    )
    frame.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(LogError, match="--timezone"):
        read_event_log(tmp_path / "a.parquet")
    log = read_event_log(tmp_path / "a.parquet", timezone="Asia/Shanghai")
    assert log.events["ts_end"].iloc[0] == pd.Timestamp("2026-03-02 09:15")
