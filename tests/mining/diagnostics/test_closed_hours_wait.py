"""Waits over lunch: minutes by hand, nights and back offices do not count."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mining.diagnostics.closed_hours_wait import find_closed_hours_wait
from mining.diagnostics.step_events import quantile_interval, ratio_interval
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


def test_the_interval_of_a_ratio_by_days() -> None:
    # two days: 10 of 20 and 20 of 40 minutes are exactly a half; 0 of 20 and 30 of 40 are spread around it
    day = 24 * 3_600_000
    times = np.array([0, day])
    assert ratio_interval(times, np.array([10, 20]), np.array([20, 40])) == (0.5, 0.5)
    low, high = ratio_interval(times, np.array([0, 30]), np.array([20, 40]))
    assert low is not None
    assert high is not None
    # linearised: off by -10 and +10 minutes, error sqrt(2 x 200) / 60 = 1/3
    assert (low, high) == (0.0, pytest.approx(0.5 + 1.96 / 3))
    assert ratio_interval(times[:1], np.array([1]), np.array([2])) == (None, None)


def test_the_interval_of_a_quantile_holds_it_in_19_of_20_draws() -> None:
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(200):
        waits = rng.exponential(20, size=600)
        times = np.repeat(np.arange(60), 10) * 24 * 3_600_000
        low, high = quantile_interval(times, waits, 0.9)
        assert low is not None
        assert high is not None
        held += low <= 20 * np.log(10) <= high
    assert held >= 180
