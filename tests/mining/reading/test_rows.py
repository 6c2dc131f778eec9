"""Rows set aside, dropped, repaired or put in order: each counted and shown."""

from __future__ import annotations

import pandas as pd
import pytest

from mining.reading import read_event_log

HEADER = "办件编号,环节名称,开始时间,结束时间,经办人\n"
DAY = "2026-03-02"


def row(case: str, step: str, start: str, end: str, officer: str = "张") -> str:
    return f"{case},{step},{start and f'{DAY} {start}'},{end and f'{DAY} {end}'},{officer}\n"


def read(text_file, *rows: str, columns: object = None):
    return read_event_log(text_file("办件.csv", HEADER + "".join(rows)), columns)


def codes(log) -> dict[str, int]:
    return {issue.code: issue.rows for issue in log.quality.issues}


def test_missing_case_step_and_time_are_rejected_one_by_one(text_file):
    log = read(
        text_file,
        row("P1", "受理", "09:00", "09:10"),
        row("", "受理", "09:00", "09:10"),
        row("P2", "", "09:00", "09:10"),
        row("P3", "受理", "", ""),
        row("P4", "", "", "later"),
        row("P5", "受理", "09:00", ""),
    )
    found = [(bad.file, bad.file_row, bad.reason.en) for bad in log.quality.rejected]
    assert [number for _, number, _ in found] == [3, 4, 5, 6]
    assert {file for file, _, _ in found} == {"办件.csv"}
    assert [reason.split(" (")[0] for _, _, reason in found[:3]] == ["no case id", "no step", "no time"]
    assert found[3][2] == f"no step; '{DAY} later' in column '结束时间' is no time in a known format"
    assert log.quality.rejected[1].values == {
        "办件编号": "P2",
        "开始时间": f"{DAY} 09:00",
        "结束时间": f"{DAY} 09:10",
        "经办人": "张",
    }
    assert log.events["case_id"].tolist() == ["P1", "P5"]
    assert (log.quality.rows_read, log.quality.events_kept) == (6, 2)
    assert codes(log) == {"rejected_rows": 4}


def test_an_unreadable_start_rejects_the_row_even_with_an_end(text_file):
    log = read(text_file, row("P1", "受理", "x", "09:10"), row("P1", "受理", "09:00", "09:10"))
    assert [bad.file_row for bad in log.quality.rejected] == [2]


def test_an_unreadable_time_the_event_can_do_without_is_unknown(text_file):
    path = text_file(
        "a.csv", f"办件编号,环节名称,结束时间,取号时间\nP1,a,{DAY} 09:00,?\nP1,b,{DAY} 09:00,{DAY} 08:50\n"
    )
    log = read_event_log(path)
    assert log.events["ts_ticket"].isna().tolist() == [True, False]
    issue = log.quality.issue("unreadable_times")
    assert issue is not None
    assert issue.examples == ("row 2",)


def test_exact_duplicates_are_dropped_and_counted(text_file):
    first = row("P1", "受理", "09:00", "09:10")
    log = read(text_file, first, first, row("P1", "受理", "09:00", "09:10", "李"), first)
    assert log.n_events == 2
    issue = log.quality.issue("duplicate_rows")
    assert issue is not None
    assert issue.rows == 2
    assert issue.examples == ("row 3 (case P1, step 受理)", "row 5 (case P1, step 受理)")
    kept = read(text_file, first, first, columns={"keep_duplicates": True})
    assert (kept.n_events, codes(kept)["equal_rows_kept"]) == (2, 1)


@pytest.mark.parametrize("header", ["序号", "", "Unnamed: 0"])
def test_running_numbers_do_not_make_rows_different(text_file, header):
    path = text_file(
        "a.csv", f"{header},办件编号,环节名称,结束时间\n1,P1,a,{DAY}\n2,P1,a,{DAY}\n3,P2,a,{DAY}\n"
    )
    assert codes(read_event_log(path))["duplicate_rows"] == 1


def test_an_unmapped_cell_makes_rows_different(text_file):
    path = text_file("a.csv", f"办件编号,环节名称,结束时间,附注\nP1,a,{DAY},x\nP1,a,{DAY},y\n")
    assert read_event_log(path).n_events == 2


def test_end_before_start_keeps_the_event_without_its_start(text_file):
    log = read(text_file, row("P-1007", "受理", "09:30", "09:10"), row("P-1007", "核税", "10:00", "10:30"))
    assert log.events["ts_start"].isna().tolist() == [True, False]
    assert log.events["time"].iloc[0] == pd.Timestamp(f"{DAY} 09:10")
    issue = log.quality.issue("end_before_start")
    assert issue is not None
    assert issue.examples == ("row 2: end 09:10 is before start 09:30 (case P-1007, step 受理)",)
    assert issue.severity == "warning"


def test_end_before_start_on_another_day_shows_the_dates(text_file):
    path = text_file(
        "a.csv", f"{HEADER}P1,受理,2026-03-02 09:30:15,2026-03-01 09:10,张\nP1,b,,{DAY} 09:00,张\n"
    )
    issue = read_event_log(path).quality.issue("end_before_start")
    assert issue is not None
    assert "end 2026-03-01 09:10:00 is before start 2026-03-02 09:30:15" in issue.examples[0]


def test_zero_duration_beside_real_intervals_means_unknown(text_file):
    log = read(text_file, row("P1", "受理", "09:00", "09:00"), row("P1", "核税", "10:00", "10:30"))
    assert log.events["ts_start"].isna().tolist() == [True, False]
    assert codes(log) == {"zero_duration_means_unknown": 1}


def test_all_durations_zero_is_a_log_with_ends_only(text_file):
    log = read(text_file, row("P1", "受理", "09:00", "09:00"), row("P1", "核税", "10:00", "10:00"))
    assert "ts_start" not in log.events.columns
    issue = log.quality.issue("zero_duration_means_unknown")
    assert issue is not None
    assert "one time only" in issue.message.en


def test_order_is_case_time_file_row(text_file):
    log = read(
        text_file,
        row("B", "b2", "", "10:00"),
        row("B", "b1", "", "09:00"),
        row("A", "a1", "", "11:00"),
        row("A", "a2", "", "11:00"),
        row("B", "b3", "", "10:00"),
    )
    assert log.events["activity"].tolist() == ["a1", "a2", "b1", "b2", "b3"]
    assert codes(log) == {"equal_times": 2, "unsorted_rows": 1}
    issue = log.quality.issue("unsorted_rows")
    assert issue is not None
    assert issue.examples == ("row 3 (case B, step b1)",)


def test_every_row_is_accounted_for(text_file):
    first = row("P1", "受理", "09:00", "09:10")
    log = read(
        text_file,
        first,
        first,
        row("", "x", "09:00", "09:10"),
        "P9,too,short\n",
        row("P2", "a", "09:30", "09:10"),
    )
    quality = log.quality
    dropped = quality.issue("duplicate_rows")
    assert dropped is not None
    assert quality.rows_read == quality.events_kept + len(quality.rejected) + dropped.rows == 5
    assert quality.to_json("zh")["rows_rejected"] == 2


@pytest.mark.parametrize(
    ("written", "read_as", "issue"),
    [
        ("202603020001.0", "202603020001", "ids_repaired"),
        ("2.02603020001E+11", "202603020001", "ids_repaired"),
        ("1.23457E+11", "1.23457E+11", "ids_lost_digits"),
        ("202603020001", "202603020001", None),
    ],
)
def test_identifiers_that_became_floats(text_file, written, read_as, issue):
    log = read(text_file, row(written, "受理", "", "09:10"))
    assert log.events["case_id"].tolist() == [read_as]
    assert list(codes(log)) == ([issue] if issue else [])


def test_names_that_only_look_like_floats_stay(text_file):
    log = read(text_file, row("1.0", "a", "", "09:00"), row("A-1", "a", "", "09:00"))
    assert log.events["case_id"].tolist() == ["1.0", "A-1"]


@pytest.mark.parametrize(
    ("header", "cell", "minutes"),
    [
        ("办理时长(秒)", "600", 10),
        ("办理时长（分钟）", "10", 10),
        ("受理时长", "00:10:00", 10),
        ("CHQUEUE_BLTIME", "90", 1.5),
    ],
)
def test_starts_from_service_times(text_file, header, cell, minutes):
    path = text_file(
        "a.csv", f"办件编号,环节名称,结束时间,{header}\nP1,a,{DAY} 10:00,{cell}\nP1,b,{DAY} 10:00,\n"
    )
    log = read_event_log(path)
    assert log.events["ts_end"].iloc[0] - log.events["ts_start"].iloc[0] == pd.Timedelta(minutes=minutes)
    assert log.events["ts_start"].isna().tolist() == [False, True]
    assert codes(log)["ts_start_from_service_duration"] == 1
    assert ("duration_unit_assumed" in codes(log)) == ("(" not in header and "（" not in header)


def test_ends_and_tickets_from_durations(text_file):
    path = text_file(
        "a.csv",
        "办件编号,环节名称,开始时间,办理时长(秒),等待时长(分)\n"
        f"P1,a,{DAY} 10:00,300,20\nP2,a,{DAY} 10:00,-5,many\n",
    )
    log = read_event_log(path)
    assert log.events["ts_end"].iloc[0] == pd.Timestamp(f"{DAY} 10:05")
    assert log.events["ts_ticket"].iloc[0] == pd.Timestamp(f"{DAY} 09:40")
    assert log.events[["ts_end", "ts_ticket"]].iloc[1].isna().all()
    assert codes(log)["unreadable_durations"] == 1


@pytest.mark.parametrize("cell", ["1e30", "inf", "nan", "-1", "1:2:3:4", "十分钟"])
def test_durations_that_are_none(text_file, cell):
    path = text_file(
        "a.csv", f"办件编号,环节名称,结束时间,办理时长(秒)\nP1,a,{DAY} 10:00,{cell}\nP1,b,{DAY} 11:00,60\n"
    )
    assert read_event_log(path).events["ts_start"].isna().tolist() == [True, False]


def test_values_of_a_case_that_change(text_file):
    path = text_file(
        "a.csv",
        f"办件编号,环节名称,结束时间,事项名称,申请时间,行政区划\nP1,a,{DAY} 09:00,开办,2026-03-01,甲\n"
        f"P1,b,{DAY} 10:00,注销,2026-03-01,乙\nP2,a,{DAY} 09:00,开办,2026-03-01,\n",
    )
    log = read_event_log(path)
    assert "item_name" not in log.cases.columns  # changes within a case: it belongs to the events
    assert log.cases["region"].iloc[0] == "甲"
    issue = log.quality.issue("case_value_varies")
    assert issue is not None
    assert (issue.rows, issue.of_rows) == (1, 2)
    assert "region" in issue.message.en
