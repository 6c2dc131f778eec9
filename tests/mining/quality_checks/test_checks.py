"""Each check of the whole log: a log it objects to, row by row, and a sound log nobody objects to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mining.event_log import EventLog
from mining.quality_checks import CHECKS, check_log, issue_table, quality_of
from mining.working_time import OFFICE_HOURS

MONDAY = pd.Timestamp("2026-03-02")


def sound_frame(n_cases: int = 60) -> pd.DataFrame:
    """Three steps a case, four cases a working day, odd minutes and seconds, two officers."""
    rows = []
    days = pd.bdate_range(MONDAY, periods=n_cases // 4 + 1)
    for case in range(n_cases):
        for number, (step, hour) in enumerate((("受理", 9), ("审核", 11), ("发证", 14))):
            minute = 3 + 7 * (case % 4) + 2 * number
            start = days[case // 4] + pd.Timedelta(hours=hour, minutes=minute, seconds=7 + case % 40)
            rows.append(
                {
                    "case_id": f"P-{1000 + case}",
                    "activity": step,
                    "ts_start": start,
                    "ts_end": start + pd.Timedelta(minutes=3, seconds=case % 20),
                    "dept": ("市监", "税务")[number % 2],
                    "officer": f"{('市监', '税务')[number % 2]}-{case % 2 + 1}",
                    "item_name": "企业开办",
                    "result": "通过" if case % 7 else "补正",
                }
            )
    return pd.DataFrame(rows)


def log_of_frame(frame: pd.DataFrame, **tables: pd.DataFrame) -> EventLog:
    frame = frame.assign(
        time=frame["ts_end"].fillna(frame["ts_start"]), file_row=np.arange(2, len(frame) + 2)
    )
    for name in ("ts_start", "ts_end", "time", "ts_ticket", "ts_call"):
        if name in frame:
            frame[name] = frame[name].astype("datetime64[ms]")
    frame = frame.sort_values(["case_id", "time", "file_row"], kind="stable").reset_index(drop=True)
    return replace(EventLog(events=frame.astype({"case_id": "str", "activity": "str"})), **tables)


def codes(log: EventLog) -> set[str]:
    return {checked.issue.code for checked in check_log(log, OFFICE_HOURS)}


def rows(log: EventLog, code: str) -> list[int]:
    table = issue_table(log, code, OFFICE_HOURS)
    assert table is not None
    return sorted(table["file_row"])


# one item only, and it has fewer cases than nobody could conclude from
SOUND = {"constant_columns"}


def test_a_sound_log():
    assert codes(log_of_frame(sound_frame())) == SOUND


Change = Callable[[pd.DataFrame], pd.DataFrame]


def at(frame: pd.DataFrame, row: int, **values: object) -> pd.DataFrame:
    changed = frame.copy()
    for name, value in values.items():
        if name not in changed:
            changed[name] = pd.Series(pd.NaT, index=changed.index) if name.startswith("ts_") else None
        changed.loc[row, name] = value
    return changed


CASES: dict[str, tuple[Change, list[int]]] = {
    "times_in_the_future": (
        lambda f: at(f, 5, ts_end=pd.Timestamp.now().normalize() + pd.Timedelta(days=40)),
        [7],
    ),
    "implausible_times": (
        lambda f: at(f, 0, ts_start=pd.NaT, ts_end=pd.Timestamp("1970-01-01 08:00:01")),
        [2],
    ),
    "midnight_times": (lambda f: at(f, 2, ts_end=MONDAY + pd.Timedelta(days=1)), [4]),
    "events_on_closed_days": (
        lambda f: at(f, 2, ts_end=MONDAY + pd.Timedelta(days=5, hours=9, minutes=1)),
        [4],
    ),
    "very_long_work": (lambda f: at(f, 4, ts_end=f.loc[4, "ts_start"] + pd.Timedelta(hours=5)), [6]),
    "overlapping_work": (
        # case 1000 and case 1002 are both the first officer's at their first step
        lambda f: at(f, 6, ts_start=f.loc[0, "ts_start"] + pd.Timedelta(minutes=1)),
        [8],
    ),
    "same_second_bursts": (
        lambda f: f.assign(
            ts_end=f["ts_end"].where(~f.index.isin([0, 6, 24]), MONDAY + pd.Timedelta("09:30:11")),
            ts_start=f["ts_start"].where(~f.index.isin([0, 6, 24]), MONDAY + pd.Timedelta("09:30:01")),
            officer=f["officer"].where(~f.index.isin([0, 6, 24]), "市监-1"),
        ),
        [2, 8, 26],
    ),
    "ticket_order": (
        lambda f: at(f, 3, ts_ticket=f.loc[3, "ts_start"] + pd.Timedelta(minutes=1)),
        [5],
    ),
    "unusual_first_step": (lambda f: f.drop(index=3), [5]),
    "unusual_last_step": (lambda f: f.drop(index=5), [6]),
    "single_event_cases": (lambda f: f.drop(index=[4, 5]), [5]),
    "test_rows": (lambda f: at(f, 7, item_name="测试事项"), [9]),
    "missing_values": (lambda f: at(f, 8, officer=None), [10]),
    "generic_officers": (lambda f: at(f, 9, officer="系统自动"), [11]),
}


@pytest.mark.parametrize("code", CASES)
def test_the_rows_a_check_objects_to(code):
    change, expected = CASES[code]
    frame = change(sound_frame())
    log = log_of_frame(frame)
    assert code in codes(log)
    assert rows(log, code) == expected


def counted(frame: pd.DataFrame, code: str) -> tuple[int, tuple[str, ...]]:
    (issue,) = [c.issue for c in check_log(log_of_frame(frame), OFFICE_HOURS) if c.issue.code == code]
    return issue.rows, issue.examples


def test_days_without_events_in_a_busy_log():
    frame = sound_frame()
    hole = frame["ts_start"].dt.normalize() == MONDAY + pd.Timedelta(days=2)
    assert counted(frame[~hole], "missing_days") == (1, ("2026-03-04",))


def test_numbers_missing_in_a_run_of_case_numbers():
    frame = sound_frame()
    gone = frame["case_id"].isin(["P-1010", "P-1011"])
    assert counted(frame[~gone], "case_number_gaps") == (2, ("P-1009 … 1012",))


def test_names_under_two_spellings():
    frame = at(at(sound_frame(), 1, activity="审 核"), 4, dept="税务 ")
    number, (example,) = counted(frame, "similar_activity_names")
    assert (number, example) == (1, "审核 (59) = 审 核 (1)")
    assert counted(frame, "similar_dept_names")[0] == 1


def test_times_typed_on_full_minutes_and_times_of_another_zone():
    frame = sound_frame(n_cases=120)
    typed = frame.assign(
        ts_end=frame["ts_end"].dt.round("5min"),
        ts_start=frame["ts_start"].dt.round("5min") - pd.Timedelta("1h"),
    )
    assert "rounded_times" in codes(log_of_frame(typed))
    shifted = frame.assign(
        ts_end=frame["ts_end"] - pd.Timedelta("8h"), ts_start=frame["ts_start"] - pd.Timedelta("8h")
    )
    assert "shifted_clock" in codes(log_of_frame(shifted))
    assert {"rounded_times", "shifted_clock"}.isdisjoint(codes(log_of_frame(frame)))


def test_rare_items_of_a_log_of_several():
    frame = sound_frame()
    frame.loc[:29, "item_name"] = "变更登记"
    assert counted(frame, "rare_items") == (1, ("变更登记 (10)",))


def test_a_case_of_very_many_events():
    frame = sound_frame()
    extra = pd.concat([frame.iloc[[1]]] * 200)
    extra = extra.assign(
        ts_start=[frame.loc[1, "ts_start"] + pd.Timedelta(minutes=5 * n) for n in range(200)],
        ts_end=[frame.loc[1, "ts_end"] + pd.Timedelta(minutes=5 * n) for n in range(200)],
        officer=None,
    )
    log = log_of_frame(pd.concat([frame, extra], ignore_index=True))
    table = issue_table(log, "very_long_cases", OFFICE_HOURS)
    assert table is not None
    assert table["case_id"].tolist() == ["P-1000"]


def case_table(**columns: list[object]) -> pd.DataFrame:
    table = pd.DataFrame({"case_id": ["P-1000", "P-1001"], **columns})
    return table.astype({n: "datetime64[ms]" for n in table if n.startswith("ts_")})


def test_dates_of_cases_that_contradict_each_other():
    day = [MONDAY + pd.Timedelta(days=n) for n in range(5)]
    cases = case_table(
        ts_apply=[day[2], day[0]],
        ts_accept=[day[1], day[1]],
        ts_finish=[day[4], day[0]],
        final_result=["退回", "通过"],
    )
    log = log_of_frame(sound_frame(), cases=cases)
    found = {checked.issue.code: checked for checked in check_log(log, OFFICE_HOURS)}
    assert found["accept_before_apply"].positions.tolist() == [0]
    assert found["finish_before_accept"].positions.tolist() == [1]
    # case 1000 is returned at last by its 补正, which is not 退回; case 1001 passed
    assert found["contradicting_results"].positions.tolist() == [0]
    # case 1001 of Monday is finished on Monday; nothing comes after
    assert "events_after_finish" not in found
    earlier = log_of_frame(sound_frame(), cases=case_table(ts_finish=[MONDAY - pd.Timedelta(days=1), day[0]]))
    assert rows(earlier, "events_after_finish") == [2, 3, 4]


def test_documents_that_fit_no_event():
    documents = pd.DataFrame(
        {
            "case_id": ["P-1000", "P-1000", "P-1001"],
            "activity": ["受理", "核税", "受理"],
            "material_name": ["身份证", "合同", "章程"],
            "issuer_dept": ["公安局", "住建局", None],
            "ts_received": pd.to_datetime([MONDAY, MONDAY, MONDAY + pd.Timedelta(days=30)]).astype(
                "datetime64[ms]"
            ),
            "file_row": [2, 3, 4],
        }
    )
    log = log_of_frame(sound_frame(), materials=documents)
    assert rows(log, "documents_at_unknown_steps") == [3]
    assert rows(log, "documents_after_the_case") == [4]
    assert rows(log, "documents_without_issuer") == [4]


def test_there_are_more_than_twenty_checks_and_each_issue_has_examples():
    assert len(CHECKS) >= 20
    for change, _ in CASES.values():
        for checked in check_log(log_of_frame(change(sound_frame())), OFFICE_HOURS):
            assert checked.issue.examples
            assert checked.issue.message.zh != checked.issue.message.en


def test_the_report_holds_what_reading_and_checking_found(text_log):
    log = text_log
    report = quality_of(log, OFFICE_HOURS)
    assert report.issue("end_before_start") is not None
    assert report.issue("midnight_times") is not None
    table = issue_table(log, "end_before_start", OFFICE_HOURS)
    assert table is not None
    assert table["file_row"].tolist() == [3]
    dropped = issue_table(log, "duplicate_rows", OFFICE_HOURS)
    assert dropped is not None
    assert dropped["file_row"].tolist() == [5]
    assert issue_table(log, "no_such_issue", OFFICE_HOURS) is None


@pytest.fixture
def text_log(tmp_path) -> EventLog:
    from mining.reading import read_event_log

    path = tmp_path / "a.csv"
    path.write_text(
        "case_id,activity,start_time,end_time\n"
        "A,受理,2026-03-02 09:00,2026-03-02 09:10\n"
        "A,审核,2026-03-02 10:00,2026-03-02 09:30\n"
        "B,受理,2026-03-02 09:00,2026-03-02 09:10\n"
        "B,受理,2026-03-02 09:00,2026-03-02 09:10\n"
        "B,审核,2026-03-02 23:00,2026-03-03 00:00\n",
        encoding="utf-8",
    )
    return read_event_log(path)
