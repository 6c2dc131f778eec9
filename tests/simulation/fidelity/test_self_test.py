"""Disturbing one component moves the distance that is meant to tell it, and not those that are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mining.event_log import sort_events
from sample_logs import load_service
from simulation.fidelity import Distances, mean_distances, measure_distances
from simulation.simulate import simulate

HALL = "大厅"
DAYS, CASES, REPLICATIONS = 40, 150, 3
SEED_OF_LOG, SEED_OF_MODEL = 1, 2
WEEK = pd.Timedelta(days=7)


def first_cases(log):
    """The first cases to come, of whom all but a few have finished."""
    return log.of_cases(log.cases.sort_values("ts_apply")["case_id"].iloc[:CASES])


@pytest.fixture(scope="module")
def service():
    return load_service("A")


@pytest.fixture(scope="module")
def log(service):
    return first_cases(simulate(service, DAYS, SEED_OF_LOG))


def distances_of(model, log) -> Distances:
    runs = (simulate(model, DAYS, SEED_OF_MODEL, number) for number in range(REPLICATIONS))
    return mean_distances([measure_distances(log, first_cases(run)) for run in runs])


@pytest.fixture(scope="module")
def by_chance(service, log):
    """What two runs of one model differ by: the true model is as far from its own log."""
    return distances_of(service, log)


def fewer_come(service):
    come = service.arrivals[0]
    return service.model_copy(update={"arrivals": (come.model_copy(update={"per_day": 0.6 * come.per_day}),)})


def slower_steps(service):
    def slower(step):
        minutes = 1.6 * step.duration.mean_minutes
        return step.model_copy(
            update={"duration": step.duration.model_copy(update={"mean_minutes": minutes})}
        )

    steps = tuple(slower(step) if hasattr(step.duration, "mean_minutes") else step for step in service.steps)
    assert steps != service.steps
    return service.model_copy(update={"steps": steps})


def other_order(service):
    blocks = service.flow.sequence
    return service.model_copy(
        update={"flow": service.flow.model_copy(update={"sequence": (*blocks[2:], *blocks[:2])})}
    )


def later_hall(service, minutes=180):
    weekly = {
        day: tuple((opens + minutes, closes + minutes) for opens, closes in hours)
        for day, hours in service.calendars[HALL].weekly.items()
    }
    calendar = service.calendars[HALL].model_copy(update={"weekly": weekly})
    come = service.arrivals[0]
    weights = {minute + minutes: weight for minute, weight in come.half_hour_weights.items()}
    return service.model_copy(
        update={
            "calendars": {**service.calendars, HALL: calendar},
            "arrivals": (come.model_copy(update={"half_hour_weights": weights}),),
        }
    )


@pytest.mark.parametrize(
    ("disturb", "moved", "still"),
    [
        (fewer_come, ["case_arrival_hours", "absolute_hours"], ["n_gram", "circadian_hours"]),
        (slower_steps, ["relative_hours", "cycle_time_hours"], ["n_gram", "case_arrival_hours"]),
        (other_order, ["n_gram"], ["case_arrival_hours", "circadian_hours", "cycle_time_hours"]),
        (later_hall, ["circadian_hours"], ["n_gram", "relative_hours", "cycle_time_hours"]),
    ],
)
def test_a_disturbed_model(service, log, by_chance, disturb, moved, still):
    distances = distances_of(disturb(service), log)
    for name in moved:
        assert getattr(distances, name) > 4 * getattr(by_chance, name), name
    for name in still:
        assert getattr(distances, name) < 1.5 * getattr(by_chance, name), name


def with_events(log, **columns):
    return replace(log, events=sort_events(log.events.assign(**columns)))


def moved_in_time(log, shift):
    times = [name for name in ("ts_start", "ts_end", "time") if name in log.events]
    return with_events(log, **{name: log.events[name] + shift for name in times})


def moved_names(log, other):
    distances = measure_distances(log, other)
    return {name for name, value in vars(distances).items() if value}


def test_steps_that_change_places_move_the_runs_only(log):
    names = log.activities
    renamed = log.events["activity"].map(dict(zip(names, names[::-1], strict=True)))
    assert moved_names(log, with_events(log, activity=renamed)) == {"n_gram"}


def test_cases_that_come_weeks_later_move_arrivals_and_moments_only(log):
    weeks = pd.Series(np.arange(CASES) % 3, index=sorted(log.events["case_id"].unique()))
    shift = log.events["case_id"].map(weeks) * WEEK
    assert moved_names(log, moved_in_time(log, shift)) == {"absolute_hours", "case_arrival_hours"}


def test_last_steps_that_come_a_week_later_move_what_counts_from_the_start_and_moments_only(log):
    last = ~log.events["case_id"].duplicated(keep="last")
    several = log.events["case_id"].duplicated(keep=False)
    shift = (last & several).astype(int) * WEEK
    assert moved_names(log, moved_in_time(log, shift)) == {
        "absolute_hours",
        "relative_hours",
        "cycle_time_hours",
    }
