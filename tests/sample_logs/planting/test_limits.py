"""Acceptance, due dates, special procedures and what was planted on the clock, by hand."""

import pandas as pd
import pytest

from mining.working_time import to_ms
from sample_logs.plan import ClockStop, LateAcceptance, StepLimit
from sample_logs.planting.limits import (
    true_heaping,
    true_late_acceptance,
    write_clock_stops,
    write_limits,
)
from sample_logs.planting.setting import due_ms

CLOCK = StepLimit(received="申报", step="初审", promised_working_days=2)


def ms(text: str) -> int:
    return to_ms(pd.Timestamp(text))


def test_a_limit_ends_at_closing_time_of_its_last_working_day(setting):
    # Thursday 5 March + 2 working days: Monday 9 March, 17:00
    calendar = setting().calendar
    assert due_ms(calendar, pd.Series([ms("2026-03-05 16:00")]).to_numpy(), 2).tolist() == [
        ms("2026-03-09 17:00")
    ]


def test_a_case_is_accepted_with_the_first_step_that_does_not_object(setting, log_of):
    log = write_limits(
        log_of(
            "P-1 申报 03-02 09:00 09:10 09:20 补正",
            "P-1 申报 03-04 09:00 09:10 09:30 通过",
            "P-2 咨询 03-02 09:00 09:10 09:20 -",
            "P-2 申报 03-03 09:00 09:10 09:20 -",
        ),
        setting(),
    )
    cases = log.cases.set_index("case_id")
    assert cases["ts_accept"].to_dict() == {
        "P-1": pd.Timestamp("2026-03-04 09:30"),
        "P-2": pd.Timestamp("2026-03-03 09:20"),
    }
    # P-2 only asks first: it applies with its first documents
    assert cases.loc["P-2", "ts_apply"] == pd.Timestamp("2026-03-03 09:00")
    assert set(cases["limit_statutory"]) == {20.0}
    assert set(cases["limit_promised"]) == {5.0}


ROWS = (
    # received Monday, accepted the same day, due Wednesday, done on Wednesday: the last day
    "P-1 申报 03-02 09:00 09:10 09:20 -",
    "P-1 初审 03-02 - 10:00 11:00 通过",
    # received Monday, accepted on Thursday: 3 working days and 40 minutes later; done the same day
    "P-2 申报 03-02 09:00 09:10 09:20 -",
    "P-2 初审 03-05 - 10:00 11:00 通过",
)


def moved(log, case: str, end: str):
    here = (log.events["case_id"] == case) & (log.events["activity"] == "初审")
    events = log.events.assign(ts_end=log.events["ts_end"].mask(here, pd.Timestamp(end)))
    return log.__class__(events=events, cases=log.cases)


@pytest.fixture
def log(setting, log_of):
    plan = setting(step_limits=(CLOCK,))
    return write_limits(moved(log_of(*ROWS), "P-1", "2026-03-04 15:00"), plan)


def test_a_department_accepts_when_its_step_begins_and_promises_from_then(log):
    events = log.events.set_index(["case_id", "activity"])
    # both the row of the receipt and that of the review tell
    assert events["ts_promise"].to_dict() == {
        (case, step): pd.Timestamp(due)
        for case, due in (("P-1", "2026-03-04 17:00"), ("P-2", "2026-03-09 17:00"))
        for step in ("申报", "初审")
    }
    assert (events.loc["P-2", "ts_accept"] == pd.Timestamp("2026-03-05 10:00")).all()


def test_late_acceptance_and_the_last_day_are_counted_from_the_log(log, setting):
    late = LateAcceptance(received="申报", step="初审", share=0.5, working_days=3)
    plan = setting(step_limits=(CLOCK,), late_acceptance=(late,))
    assert true_late_acceptance(log, plan)["初审"] == {
        "received_at": "申报",
        "accepted": 2,
        "accepted_over_a_working_day_later": 1,
    }
    assert true_heaping(log, plan)["初审"] == {
        "promised_working_days": 2,
        "done_in_time": 2,
        "done_on_the_last_day": 1,
        "done_late": 0,
    }
    later = moved(log, "P-1", "2026-03-05 09:30")
    assert true_heaping(later, plan)["初审"]["done_late"] == 1


def test_the_clock_stands_from_the_first_start_to_the_last_end_of_a_special_procedure(setting, log_of):
    stop = ClockStop(kind="检测", steps=("初审", "终审"), reason="不计时限")
    log = write_clock_stops(
        log_of(
            "P-1 初审 03-02 - 09:00 12:00 通过",
            "P-1 终审 03-04 - 09:00 12:00 通过",
            "P-2 申报 03-04 09:00 09:10 09:20 -",
        ),
        setting(clock_stops=(stop,)),
    )
    (row,) = log.clock_stops.to_dict("records")
    assert (row["case_id"], row["kind"], row["reason"]) == ("P-1", "检测", "不计时限")
    assert (row["ts_start"], row["ts_end"]) == (
        pd.Timestamp("2026-03-02 09:00"),
        pd.Timestamp("2026-03-04 12:00"),
    )
