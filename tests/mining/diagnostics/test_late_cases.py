"""Time limits: next-day start, make-up days, restart after a return, open cases, the last tenth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mining.diagnostics.late_cases import find_late_cases
from mining.diagnostics.time_limits import find_time_limits
from mining.errors import MissingColumnsError
from mining.event_log import ABANDON, PASS, RETURN, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]
CHINA = OFFICE_HOURS.model_copy(update={"country": "CN"})


def log_with(
    log_of: LogMaker, ends: list[str | pd.Timestamp], *, limit: float = 5.0, **limits: float
) -> EventLog:
    """Cases accepted on Monday 9:00 and done at these moments."""
    events, cases = [], []
    for n, end in enumerate(ends):
        events.append({"case_id": f"c{n:03d}", "activity": "受理", "end": "0 09:00"})
        events.append({"case_id": f"c{n:03d}", "activity": "办结", "end": end})
        cases.append({"case_id": f"c{n:03d}", "limit_promised": limit, **limits})
    return log_of(events, cases=cases)


@pytest.mark.parametrize(
    ("accepted", "days", "last_day"),
    [("2026-09-18", 5, "2026-09-24"), ("2026-02-12", 3, "2026-02-24"), ("2026-09-28", 5, "2026-10-10")],
)
def test_the_last_day_of_a_limit(log_of: LogMaker, accepted: str, days: int, last_day: str) -> None:
    # the test vectors of the domain: holidays and make-up days of 2026
    for late, day in ((False, pd.Timestamp(last_day)), (True, pd.Timestamp(last_day) + pd.Timedelta(days=1))):
        rows = [
            {"case_id": "a", "activity": "受理", "end": pd.Timestamp(accepted) + pd.Timedelta(hours=10)},
            {"case_id": "a", "activity": "办结", "end": day + pd.Timedelta(hours=11)},
        ]
        log = log_of(rows, cases=[{"case_id": "a", "limit_promised": float(days)}])
        limits = find_time_limits(log, CHINA, "promised")
        assert limits is not None
        assert limits.late.tolist() == [late]


def test_late_cases_and_their_hours(log_of: LogMaker) -> None:
    # due Monday 7; 10 of 40 are done on Tuesday 8 at 11:00, two open hours late
    log = log_with(log_of, ["8 11:00"] * 10 + ["2 10:00"] * 30, limit_statutory=20.0)
    (finding,) = find_late_cases(log, OFFICE_HOURS)
    assert (finding.kind, finding.where) == ("late_cases", {"limit": "promised"})
    assert (finding.cases, finding.share, finding.evidence["on_time_share"]) == (10, 0.25, 0.75)
    # 7 working days from Monday to the Tuesday after: 20 hours x 250 / 7
    assert finding.evidence["case_waiting_hours_per_year"] == round(20 * 250 / 7, 1)
    assert finding.hours_lost_per_year is None
    # all others end on the Wednesday: 14 of 35 hours, and Tuesday 11:00 is 37 of 35
    assert finding.evidence["earliness_share_mean"] is not None
    assert finding.evidence["late_working_hours_median"] == 2.0
    assert finding.evidence["late_calendar_hours_median"] == 18.0
    assert finding.evidence["promise_compression_share"] == 0.75
    assert (finding.evidence["clock_begins_with"], finding.evidence["case_ends_with"]) == (
        "time",
        "time",
    )
    assert set(finding.example_cases) <= {f"c{n:03d}" for n in range(10)}
    assert finding.proposes == ()


def test_the_last_tenth_of_the_limit(log_of: LogMaker) -> None:
    # 5 days are 35 open hours; the last 3.5 of them begin on Monday 7 at 13:30
    at_the_limit = log_with(log_of, ["7 13:31"] * 20 + ["3 10:00"] * 20)
    (finding,) = find_late_cases(at_the_limit, OFFICE_HOURS)
    assert (finding.kind, finding.cases, finding.share) == ("done_at_the_limit", 20, 0.5)
    assert finding.hours_lost_per_year is None
    assert find_late_cases(log_with(log_of, ["7 13:29"] * 20 + ["3 10:00"] * 20), OFFICE_HOURS) == []


def test_a_return_starts_the_clock_again(log_of: LogMaker) -> None:
    rows: list[Row] = [
        {"case_id": "a", "activity": "受理", "end": "0 09:00", "result": RETURN},
        {"case_id": "a", "activity": "受理", "end": "4 09:00", "result": PASS},
        {"case_id": "a", "activity": "办结", "end": "9 09:00", "result": None},
    ]
    cases = [{"case_id": "a", "limit_promised": 5.0}]
    limits = find_time_limits(log_of(rows, cases=cases), OFFICE_HOURS, "promised")
    assert limits is not None
    assert (limits.late.tolist(), limits.restarted.tolist()) == ([False], [True])
    rows[0]["result"] = PASS
    limits = find_time_limits(log_of(rows, cases=cases), OFFICE_HOURS, "promised")
    assert limits is not None
    assert (limits.late.tolist(), limits.restarted.tolist()) == ([True], [False])


def test_open_cases_count_once_they_are_overdue(log_of: LogMaker) -> None:
    # the log ends on Wednesday 9; a is open and due on Monday 7, b is open and due on Monday 14, c is done
    day = pd.Timestamp("2026-03-02")
    rows = [
        {"case_id": "a", "activity": "受理", "end": "0 09:00"},
        {"case_id": "b", "activity": "受理", "end": "7 09:00"},
        {"case_id": "c", "activity": "办结", "end": "9 10:00"},
    ]
    cases = [
        {"case_id": "a", "limit_promised": 5.0, "ts_finish": pd.NaT},
        {"case_id": "b", "limit_promised": 5.0, "ts_finish": pd.NaT},
        {"case_id": "c", "limit_promised": 5.0, "ts_finish": day + pd.Timedelta(days=9)},
    ]
    limits = find_time_limits(log_of(rows, cases=cases), OFFICE_HOURS, "promised")
    assert limits is not None
    assert limits.late.tolist() == [True, False, False]
    assert limits.finished.tolist() == [False, False, True]
    # open since Tuesday 8 and until Wednesday 9 at 10:00: one day of 7 hours and one hour
    np.testing.assert_allclose(limits.late_working_hours, [8, 0, 0])
    np.testing.assert_allclose(limits.late_calendar_hours, [41, 0, 0])  # from Monday at 17:00


def test_who_gave_up_is_neither_on_time_nor_late(log_of: LogMaker) -> None:
    # c000 leaves for good on Wednesday, c001 on Wednesday too but is served on Friday
    log = log_with(log_of, ["2 10:00", "4 10:00"])
    cases = log.cases.assign(final_result=[ABANDON, PASS])
    limits = find_time_limits(replace(log, cases=cases), OFFICE_HOURS, "promised")
    assert limits is not None
    assert limits.case.tolist() == [1]
    assert limits.finished.tolist() == [True]


def test_a_due_date_in_the_log_is_taken_as_it_is(log_of: LogMaker) -> None:
    due = pd.Timestamp("2026-03-04 17:00")
    rows = [
        {"case_id": n, "activity": "办结", "end": end, "ts_promise": due}
        for n, end in (("a", "2 17:00"), ("b", "2 17:01"), ("c", "3 09:00"))
    ]
    limits = find_time_limits(log_of(rows), OFFICE_HOURS, "promised")
    assert limits is not None
    assert limits.late.tolist() == [False, True, True]


def test_a_special_procedure_stops_the_clock(log_of: LogMaker) -> None:
    # 5 days from Monday 0 end on Monday 7; an inspection from Wednesday 2 to Friday 4 adds two days
    rows: list[Row] = [
        {"case_id": name, "activity": step, "end": end}
        for name, done in (("a", "9 16:00"), ("b", "9 17:30"), ("c", "9 16:00"), ("d", "9 16:00"))
        for step, end in (("受理", "0 09:00"), ("办结", done))
    ]
    log = log_of(rows, cases=[{"case_id": name, "limit_promised": 5.0} for name in "abcd"])
    stops = [("a", 2, 4), ("b", 2, 3), ("b", 3, 4), ("d", 2, None), ("elsewhere", 2, 4)]
    day = pd.Timestamp("2026-03-02 10:00")
    table = pd.DataFrame(
        {
            "case_id": [name for name, _, _ in stops],
            "ts_start": [day + pd.Timedelta(days=begin) for _, begin, _ in stops],
            "ts_end": [pd.NaT if end is None else day + pd.Timedelta(days=end) for _, _, end in stops],
        }
    )
    limits = find_time_limits(replace(log, clock_stops=table), OFFICE_HOURS, "promised")
    assert limits is not None
    assert limits.late.tolist() == [False, True, True, False]  # b: half an hour after closing
    assert limits.stopped.tolist() == [True, True, False, True]
    assert limits.stops_without_end == 1
    # a: from Tuesday to Wednesday 9 at 16:00 are 7 days less an hour, two of them stopped
    np.testing.assert_allclose(limits.used[0], (5 * 7 - 1) / 35)


def test_limits_in_calendar_days(log_of: LogMaker) -> None:
    # 10 days from Thursday 3 are Sunday 13, so Monday 14; 10 working days are Thursday 17
    rows = [
        {"case_id": name, "activity": step, "end": end}
        for name in "ab"
        for step, end in (("受理", "3 09:00"), ("办结", "15 09:00"))
    ]
    cases = [
        {"case_id": name, "limit_promised": 10.0, "limit_promised_unit": unit}
        for name, unit in (("a", "calendar_days"), ("b", None))
    ]
    limits = find_time_limits(log_of(rows, cases=cases), OFFICE_HOURS, "promised")
    assert limits is not None
    assert limits.late.tolist() == [True, False]
    assert limits.in_calendar_days.tolist() == [True, False]
    due = limits.due_ms.astype("datetime64[ms]").astype(str).tolist()
    assert due == ["2026-03-16T17:00:00.000", "2026-03-19T17:00:00.000"]


def test_early_cases_and_few_cases_are_no_finding(log_of: LogMaker) -> None:
    assert find_late_cases(log_with(log_of, ["2 10:00"] * 40), OFFICE_HOURS) == []
    assert find_late_cases(log_with(log_of, ["9 10:00"] * 29), OFFICE_HOURS) == []


def test_a_log_without_limits_says_so(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match="limit_promised") as caught:
        find_late_cases(log_of([{"case_id": "a", "activity": "受理", "end": "0 09:00"}]), OFFICE_HOURS)
    assert "办理时限" in caught.value.in_language("zh")


def test_each_item_is_judged_by_itself(log_of: LogMaker) -> None:
    # 40 of item 甲 on the last day of five, 200 of item 乙 on the first: 17 % of all, all of 甲
    log = log_with(log_of, ["7 16:00"] * 40 + ["1 10:00"] * 200)
    item = np.where(log.cases["case_id"] < "c040", "甲", "乙")
    assert find_late_cases(log, OFFICE_HOURS) == []
    (finding,) = find_late_cases(replace(log, cases=log.cases.assign(item_name=item)), OFFICE_HOURS)
    assert (finding.kind, finding.where) == ("done_at_the_limit", {"limit": "promised", "item": "甲"})
    assert (finding.cases, finding.share) == (40, 1.0)
    assert finding.evidence["items_above_alarm"] == 1
    assert "甲" in finding.title.zh
    assert "甲" in finding.title.en


def test_late_cases_of_at_most_ten_items_are_told(log_of: LogMaker) -> None:
    log = log_with(log_of, ["8 11:00"] * 30 * 12)
    cases = log.cases.assign(item_name=[f"事项{n // 30:02d}" for n in range(30 * 12)])
    found = find_late_cases(replace(log, cases=cases), OFFICE_HOURS)
    assert len(found) == 10
    assert {finding.evidence["items_above_alarm"] for finding in found} == {12}
