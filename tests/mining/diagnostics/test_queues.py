"""Queues people wait in for long, who gives up, and what is proposed."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from mining.diagnostics.queues import find_queues
from mining.errors import MissingColumnsError
from mining.event_log import ABANDON, COUNTER, EventLog
from mining.statistics import wilson_interval
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
MINUTE = pd.Timedelta(minutes=1)


def morning(days: int, people: int, minutes: int, windows: int = 1, gone: int = 0) -> list[dict[str, object]]:
    """Each day `people` come at 9:00 to `windows` windows that take `minutes` each; `gone` more give up."""
    rows: list[dict[str, object]] = []
    for day in range(days):
        nine = pd.Timestamp("2026-03-02 09:00") + pd.Timedelta(days=day // 5 * 7 + day % 5)
        for n in range(people + gone):
            left = n >= people
            start = nine if left else nine + n // windows * minutes * MINUTE
            rows.append(
                {
                    "case_id": f"d{day}-{n}",
                    "activity": "受理",
                    "dept": "税务局",
                    "window": f"{n % windows + 1}",
                    "place": COUNTER,
                    "result": ABANDON if left else "通过",
                    "ts_ticket": nine,
                    "start": start,
                    "end": start if left else start + minutes * MINUTE,
                }
            )
    return rows


def test_a_long_queue(log_of: LogMaker) -> None:
    # waits 0, 10, ..., 90 minutes: P90 of ten days of them is 81 (linear between 80 and 90)
    (finding,) = find_queues(log_of(morning(10, 10, 10, gone=2)), OFFICE_HOURS)
    assert finding.where == {"queue": "税务局"}
    assert finding.effect is not None
    assert finding.effect.value == pytest.approx(81, abs=1)
    assert finding.effect.low is not None
    assert finding.effect.low <= finding.effect.value <= (finding.effect.high or 0)
    evidence = finding.evidence
    assert (evidence["tickets"], evidence["tickets_called"], evidence["tickets_given_up"]) == (120, 100, 20)
    low, high = wilson_interval(20, 120)
    assert (evidence["given_up_share_low"], evidence["given_up_share_high"]) == (
        pytest.approx(low, abs=1e-4),
        pytest.approx(high, abs=1e-4),
    )
    assert evidence["called_within_15_minutes_share"] == 0.2
    assert evidence["called_within_30_minutes_share"] == 0.4
    assert evidence["queue_wait_minutes_mean"] == 45
    # 10 days of 450 minutes, 250 working days a year
    assert finding.citizen_hours_lost_per_year == pytest.approx(10 * 450 / 60 * 25, abs=0.1)
    assert finding.official_hours_lost_per_year is None
    assert finding.cases == 60  # 40 to 90 minutes


def test_a_peak_is_for_appointments_to_shift(log_of: LogMaker) -> None:
    # twelve at 9:00 at 10 minutes each are four windows' work for half an hour; others trickle in later
    later = [
        {
            "case_id": f"l{day}-{n}",
            "activity": "受理",
            "dept": "税务局",
            "window": "1",
            "place": COUNTER,
            "ts_ticket": start,
            "start": start,
            "end": start + 10 * MINUTE,
        }
        for day in range(5)
        for n in range(4)
        for start in [pd.Timestamp("2026-03-02 13:00") + pd.Timedelta(days=day, minutes=40 * n)]
    ]
    (finding,) = find_queues(log_of([*morning(5, 10, 10), *later]), OFFICE_HOURS)
    assert finding.evidence["half_hours_above_windows"] == ["09:00"]
    assert [proposal.lever for proposal in finding.proposes] == ["appointments"]
    assert finding.proposes[0].parameters == {"queue": "税务局", "half_hours": ["09:00"]}


def test_short_queues_and_few_tickets_are_not_reported(log_of: LogMaker) -> None:
    assert find_queues(log_of(morning(10, 3, 10)), OFFICE_HOURS) == []
    assert find_queues(log_of(morning(2, 10, 10)), OFFICE_HOURS) == []


def test_nobody_gave_up_is_not_claimed(log_of: LogMaker) -> None:
    (finding,) = find_queues(log_of(morning(10, 10, 10)), OFFICE_HOURS)
    assert "given_up_share" not in finding.evidence


def test_needs_tickets(log_of: LogMaker) -> None:
    rows = morning(1, 2, 10)
    for row in rows:
        del row["ts_ticket"]
    with pytest.raises(MissingColumnsError, match="ts_ticket"):
        find_queues(log_of(rows), OFFICE_HOURS)
