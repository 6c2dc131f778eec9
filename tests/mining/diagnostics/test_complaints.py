"""Complaints: when one is due, open ones, repetitions, the rate."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from mining.diagnostics.complaints import find_complaints
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Finding
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]


def log_with(log_of: LogMaker, *complaints: Row, n_cases: int = 1000, last: str = "60 10:00") -> EventLog:
    """A log of n cases that ends on day 60 (a Friday)."""
    events = [{"case_id": f"c{n:04d}", "activity": "受理", "end": "0 09:00"} for n in range(n_cases)]
    events[-1]["end"] = last
    return log_of(events, complaints=complaints)


def complaint(opened: str, closed: str | None, **more: object) -> Row:
    return {
        "case_id": "c0001",
        "ts_open": opened,
        "ts_close": closed or pd.NaT,
        "limit_promised": 5.0,
        **more,
    }


def test_due_dates_by_hand(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    # opened Monday 0 with 5 working days: due Monday 7 by its end; closed on Tuesday 8 it is late by the two
    # hours from 9 to 11; a third is open and due on Monday 7 too; a fourth opened on day 59 is not due yet
    log = log_with(
        log_of,
        complaint("0 10:00", "7 16:00", window="W1"),
        complaint("0 10:00", "8 11:00", window="W1"),
        complaint("0 10:00", None, window="W2", dept="税务"),
        complaint("59 10:00", None, window="W3"),
    )
    (finding,) = find_complaints(log, OFFICE_HOURS)
    assert (finding.kind, finding.cases) == ("complaints_overdue", 2)
    assert finding.share == pytest.approx(2 / 3, abs=1e-4)
    assert finding.effect is not None
    assert finding.effect.n == 3
    assert finding.where == {"windows": ["W1", "W2"], "departments": ["税务"]}
    assert (finding.evidence["overdue_and_open"], finding.evidence["complaints_open"]) == (1, 2)
    # days counted from the day after opening: Monday 7 at 16:00 is 4 days and 6 of 7 hours after Tuesday 1;
    # Tuesday 8 at 11:00 is 5 days and 2 hours: the median lies between
    assert finding.evidence["complaint_working_days_median"] == round((4 + 6 / 7 + 5 + 2 / 7) / 2, 1)
    # 4 of 1000 cases: 40 per 10,000; exact Poisson bounds of 4 are 1.0899 and 10.2416
    assert finding.evidence["complaints_per_10000_cases"] == 40.0
    assert finding.evidence["complaints_per_10000_cases_low"] == 10.9
    assert finding.evidence["complaints_per_10000_cases_high"] == 102.42
    assert finding.evidence["complaints_with_assumed_limit"] == 0
    lying = finding.evidence["case_waiting_hours_per_year"]
    assert isinstance(lying, float)
    assert lying > 0
    check_words(finding)


def test_a_limit_that_is_not_told_is_fifteen_working_days(log_of: LogMaker) -> None:
    # 15 working days from Monday 0 end on Monday 21
    rows = [
        complaint("0 10:00", "21 16:00", limit_promised=float("nan")),
        complaint("0 10:00", "22 09:01", limit_promised=float("nan"), case_id="c0002"),
    ]
    (finding,) = find_complaints(log_with(log_of, *rows), OFFICE_HOURS)
    assert finding.cases == 1
    assert finding.evidence["complaints_with_assumed_limit"] == 2
    assert finding.evidence["complaint_limit_working_days"] == 15.0
    assert finding.proposes[0].parameters == {"close_working_days": 15.0}


def test_repetitions_within_ninety_days(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    # one person about W1 on days 0, 10, 20, 30: three repetitions; about W2 once; another person about W1
    again = [
        complaint(f"{d} 10:00", f"{d + 1} 10:00", applicant_hash="p", window="W1") for d in (0, 10, 20, 30)
    ]
    others = [
        complaint("5 10:00", "6 10:00", applicant_hash="p", window="W2"),
        complaint("5 10:00", "6 10:00", applicant_hash="q", window="W1"),
    ]
    (finding,) = find_complaints(log_with(log_of, *again, *others), OFFICE_HOURS)
    assert (finding.kind, finding.cases, finding.share) == ("complaints_repeated", 3, 0.5)
    assert finding.where == {"windows": ["W1"]}
    check_words(finding)
    later = [
        dict(row, ts_open=pd.Timestamp("2026-03-02") + pd.Timedelta(days=91 * n))
        for n, row in enumerate(again)
    ]
    later = [dict(row, ts_close=row["ts_open"] + pd.Timedelta(hours=1)) for row in later]
    assert find_complaints(log_with(log_of, *later), OFFICE_HOURS) == []


def test_complaints_closed_in_time_are_no_finding(log_of: LogMaker) -> None:
    rows = [complaint(f"{d} 10:00", f"{d + 3} 10:00", case_id=f"c{d:04d}") for d in range(30)]
    assert find_complaints(log_with(log_of, *rows), OFFICE_HOURS) == []


def test_needs_complaints(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match=r"complaints\.ts_open"):
        find_complaints(log_with(log_of), OFFICE_HOURS)
