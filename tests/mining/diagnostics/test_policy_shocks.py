"""Policy shocks: told dates and searched ones, both measures, clean logs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mining.diagnostics.policy_shocks import find_policy_shocks
from mining.errors import MissingColumnsError
from mining.event_log import COUNTER, PASS, RETURN, EventLog
from mining.findings import Finding
from mining.policy_dates import PolicyDate, with_policy_dates
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]
FIRST = pd.Timestamp("2026-03-02")
SHOCK_DAY = dt.date(2026, 4, 16)  # day 45


def log_with(
    log_of: LogMaker, seed: int, rise: float = 0.0, slower: float = 0.0, a_day: int = 30, days: int = 98
) -> EventLog:
    """税务 and 登记 with 15 % returns and 10 minutes; the first gets worse on day 45, with half-life 20."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for day in range(days):
        if day % 7 >= 5:
            continue
        left = 0.5 ** ((day - 45) / 20) if day >= 45 else 0.0
        for step in ("税务", "登记"):
            shock = left if step == "税务" else 0.0
            n = int(rng.poisson(a_day))
            returned = rng.random(n) < 0.15 + rise * shock
            minutes = 10 * (1 + slower * shock) * np.exp(0.4 * rng.standard_normal(n))
            for k in range(n):
                start = FIRST + pd.Timedelta(days=day, hours=9, minutes=6 * k)
                rows.append(
                    {"case_id": f"{step}{day}-{k}", "activity": step, "place": COUNTER, "start": start}
                    | {"end": start + pd.Timedelta(minutes=float(minutes[k]))}
                    | {"result": RETURN if returned[k] else PASS}
                )
    return log_of(rows)


def test_a_shock_nobody_told_of(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    (finding,) = find_policy_shocks(log_with(log_of, 2, rise=0.15, a_day=60), OFFICE_HOURS)
    assert (finding.kind, finding.where["step"]) == ("policy_shock", "税务")
    assert finding.where["shock_of"] == "returns"
    found_day = dt.date.fromisoformat(str(finding.where["from_date"]))
    assert abs((found_day - SHOCK_DAY).days) <= 7
    assert finding.evidence["date_was_searched_for"] is True
    effect = finding.effect
    assert effect is not None
    assert effect.low is not None
    assert effect.high is not None
    assert effect.low < effect.value < effect.high
    assert effect.value == pytest.approx(0.15, abs=0.06)
    low, high = finding.evidence["half_life_days_low"], finding.evidence["half_life_days_high"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low <= 20 <= high
    assert finding.evidence["returns_before_share"] == pytest.approx(0.15, abs=0.02)
    assert [proposal.parameters for proposal in finding.proposes] == [{"steps": ["税务"]}]
    check_words(finding)


def test_a_told_date_needs_less(log_of: LogMaker) -> None:
    # a shock too small for the search, at the date the planner tells
    log = log_with(log_of, 3, rise=0.09, a_day=25)
    assert find_policy_shocks(log, OFFICE_HOURS) == []
    told = with_policy_dates(log, [PolicyDate(SHOCK_DAY, "留抵退税新政")])
    (finding,) = find_policy_shocks(told, OFFICE_HOURS)
    assert (finding.where["policy"], finding.where["from_date"]) == ("留抵退税新政", "2026-04-16")
    assert finding.evidence["date_was_searched_for"] is False


def test_slower_service(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    (finding,) = find_policy_shocks(log_with(log_of, 1, slower=0.25), OFFICE_HOURS)
    assert (finding.where["shock_of"], finding.where["step"]) == ("service_minutes", "税务")
    assert finding.effect is not None
    assert finding.effect.value == pytest.approx(0.25, abs=0.1)
    before, hours = finding.evidence["service_minutes_before"], finding.official_hours_lost_per_year
    assert isinstance(before, float)
    assert before == pytest.approx(10, abs=0.6)
    # 30 services a day, 2.5 minutes longer at first; 53 days of half-life 20 are worth 24.3, 5 of 7 of them
    # open: 17.3 x 30 x 2.5 / 60 = 21.7 hours, one shock a year
    assert hours == pytest.approx(21.7, rel=0.5)
    check_words(finding)


def test_a_told_date_at_which_nothing_happened_is_no_finding(log_of: LogMaker) -> None:
    dates = [
        PolicyDate(dt.date(2026, 4, 1)),
        PolicyDate(dt.date(2026, 5, 4)),
        PolicyDate(dt.date(2030, 1, 1)),
    ]
    found = [
        find_policy_shocks(with_policy_dates(log_with(log_of, seed, a_day=10), dates), OFFICE_HOURS)
        for seed in range(20)
    ]
    assert sum(bool(findings) for findings in found) <= 1


def test_stationary_logs_do_not_alarm(log_of: LogMaker) -> None:
    found = [find_policy_shocks(log_with(log_of, seed, a_day=12), OFFICE_HOURS) for seed in range(20)]
    assert sum(bool(findings) for findings in found) <= 1


def test_getting_better_is_no_shock(log_of: LogMaker) -> None:
    assert find_policy_shocks(log_with(log_of, 1, rise=-0.14, slower=-0.4), OFFICE_HOURS) == []


def test_few_events_are_not_looked_at(log_of: LogMaker) -> None:
    assert find_policy_shocks(log_with(log_of, 1, rise=0.8, a_day=2), OFFICE_HOURS) == []


def test_needs_results_or_times(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match="ts_start"):
        find_policy_shocks(log_of([{"case_id": "a", "activity": "x", "end": "0 09:00"}]), OFFICE_HOURS)
