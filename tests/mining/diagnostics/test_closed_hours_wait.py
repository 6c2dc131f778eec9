"""Waits over lunch: minutes by hand, nights and back offices do not count."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from mining.diagnostics.closed_hours_wait import find_closed_hours_wait
from mining.errors import MissingColumnsError
from mining.event_log import BACK_OFFICE, COUNTER, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]


def waits(n: int, ticket: str, start: str, *, name: str = "c", place: str = COUNTER) -> list[Row]:
    """`n` cases who take a ticket, are called and served for a minute; '0 09:00' is Monday 2026-03-02."""

    def moment(text: str) -> pd.Timestamp:
        day, clock = text.split()
        return pd.Timestamp("2026-03-02") + pd.Timedelta(days=int(day)) + pd.Timedelta(clock + ":00")

    return [
        {
            "case_id": f"{name}{number:02d}",
            "activity": "受理",
            "place": place,
            "ts_enabled": moment(ticket),
            "ts_ticket": moment(ticket) if place == COUNTER else pd.NaT,
            "start": moment(start),
            "end": moment(start) + pd.Timedelta(minutes=1),
        }
        for number in range(n)
    ]


def test_a_wait_over_lunch(log_of: LogMaker) -> None:
    # 80 minutes from 11:50 to 13:10, 60 of them closed; another 40 wait 30 minutes in open hours
    rows = waits(20, "0 11:50", "0 13:10") + waits(40, "0 09:00", "0 09:30", name="d")
    (finding,) = find_closed_hours_wait(log_of(rows), OFFICE_HOURS)
    assert finding.evidence["wait_in_closed_hours_share"] == round(20 * 60 / (20 * 80 + 40 * 30), 4)
    assert (finding.cases, finding.share) == (20, 0.3333)
    assert finding.hours_lost_per_year == 20 * 250.0
    assert finding.evidence["closed_minutes_per_service_mean"] == 20.0
    assert finding.evidence["closed_minutes_by_step"] == {"受理": 20.0}
    assert finding.example_cases == ("c00", "c01", "c02", "c03", "c04")
    assert finding.proposes == ()


@pytest.mark.parametrize(
    "rows",
    [
        waits(40, "0 09:00", "0 11:00"),  # open all the time
        waits(40, "0 16:30", "1 09:30"),  # over night: nobody sits there
        waits(40, "0 11:50", "0 13:10", place=BACK_OFFICE) + waits(40, "0 09:00", "0 09:30", name="d"),
        waits(29, "0 11:50", "0 13:10"),  # too few
    ],
)
def test_waits_that_are_no_finding(log_of: LogMaker, rows: list[Row]) -> None:
    assert find_closed_hours_wait(log_of(rows), OFFICE_HOURS) == []


def test_a_hall_that_stays_open_over_lunch_has_none(log_of: LogMaker) -> None:
    log = log_of(waits(40, "0 11:50", "0 13:10"))
    assert find_closed_hours_wait(log, OFFICE_HOURS) != []
    assert find_closed_hours_wait(log, OFFICE_HOURS.envelope()) == []


@pytest.mark.parametrize(
    ("columns", "named"), [(("start",), "ts_start"), (("place", "ts_ticket"), "visit_id")]
)
def test_what_is_missing_is_said(log_of: LogMaker, columns: tuple[str, ...], named: str) -> None:
    rows = [{k: v for k, v in row.items() if k not in columns} for row in waits(3, "0 09:00", "0 10:00")]
    with pytest.raises(MissingColumnsError, match=named) as caught:
        find_closed_hours_wait(log_of(rows), OFFICE_HOURS)
    assert "午休" in caught.value.in_language("zh")
