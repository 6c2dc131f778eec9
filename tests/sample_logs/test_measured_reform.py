"""A reform of a sample service, measured on its two logs: the intervals hold the change that was made."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from mining.event_log import EventLog
from mining.reform import LogContrast, compare_logs, contrast_logs
from mining.working_time import WorkingCalendar
from sample_logs import load_scenarios, load_service
from simulation.service_model import ServiceModel
from simulation.simulate import simulate

DAYS, LEAD_IN_DAYS = 80, 42
BEFORE, AFTER = dt.date(2026, 3, 2), dt.date(2026, 6, 1)
KEYS = (
    "wait_minutes_mean",
    "wait_minutes_p90",
    "cycle_time_working_days_mean",
    "visits_per_journey_mean",
    "materials_per_journey_mean",
    "first_time_right_share",
)
Halls = tuple[ServiceModel, ServiceModel, WorkingCalendar]


def logged(hall: ServiceModel, first: dt.date, seed: int) -> EventLog:
    """The cases that applied in `DAYS` days from `first` on, in a hall that was full by then."""
    earlier = hall.model_copy(update={"start_date": first - dt.timedelta(days=LEAD_IN_DAYS)})
    log = simulate(earlier, LEAD_IN_DAYS + DAYS, seed=seed)
    return log.of_cases(log.cases.loc[log.cases["ts_apply"] >= pd.Timestamp(first), "case_id"])


@pytest.fixture(scope="module")
def halls() -> Halls:
    before = load_service("A")
    after = load_scenarios("A")["A_one_window_parallel_shared"].apply(before)
    return before, after, before.calendars[before.visits.calendar]


@pytest.fixture(scope="module")
def contrast(halls: Halls) -> LogContrast:
    logs = logged(halls[0], BEFORE, 1), logged(halls[1], AFTER, 2)
    measured = [
        replace(log, name=name, simulated=False) for log, name in zip(logs, ("前", "后"), strict=True)
    ]
    return contrast_logs(*measured, halls[2])


@pytest.fixture(scope="module")
def change(halls: Halls) -> dict[str, float]:
    """The mean change of three other pairs of runs."""
    found = [
        compare_logs(logged(halls[0], BEFORE, seed), logged(halls[1], AFTER, seed + 100), halls[2])
        for seed in (11, 12, 13)
    ]
    return {key: sum(each.measure(key).crude.difference for each in found) / 3 for key in KEYS}


@pytest.mark.parametrize("key", KEYS)
def test_the_interval_of_the_difference_holds_the_change(
    contrast: LogContrast, change: dict[str, float], key: str
) -> None:
    found = contrast.comparison.measure(key).crude
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert found.ci_low <= change[key] <= found.ci_high
    if key != "first_time_right_share":  # the redesign does not touch it
        assert found.ci_high < 0


@pytest.mark.parametrize("key", ["materials_per_journey_mean", "first_time_right_share"])
def test_the_time_series_agrees(contrast: LogContrast, change: dict[str, float], key: str) -> None:
    found = contrast.interruption(key)
    assert found.level_change_low is not None
    assert found.level_change_high is not None
    assert found.level_change_low <= change[key] <= found.level_change_high


def test_what_was_taken_out_is_gone_from_the_map(contrast: LogContrast) -> None:
    gone = {each.source for each in contrast.maps.steps if each.presence == "only_before"}
    assert gone == {"名称核准审核"}
    assert contrast.comparison.before.too_late > 0  # cases still inside at the end
    assert contrast.reform_date is not None
    assert contrast.reform_date.date() == AFTER
