"""The resampling floor: whole cases drawn again, at arrivals of the hour of the week."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mining.event_log import EVENT_COLUMNS, EventLog, empty_table
from simulation.errors import ExperimentError
from simulation.fidelity import measure_distances, resample_training

COLUMNS = "case_id activity ts_start ts_end"
MONDAY = pd.Timestamp("2026-03-02")
LATER = pd.Timestamp("2026-06-01 00:00")  # a Monday


def moment(day, clock):
    return f"{(MONDAY + pd.Timedelta(days=day)).date()} {clock}"


@pytest.fixture
def training(make_log):
    """Twelve weeks: cases "x" in the first two; then Mondays "a b" at 9:15, Thursdays "c" twice at 14 h."""
    rows = []
    for week in range(12):
        monday, thursday = 7 * week, 7 * week + 3
        if week < 2:
            rows.append((f"x{week}", "x", moment(monday, "09:15"), moment(monday, "10:00")))
            continue
        rows.append((f"m{week}", "a", moment(monday, "09:15"), moment(monday, "10:00")))
        rows.append((f"m{week}", "b", moment(monday + 1, "11:00"), moment(monday + 1, "11:30")))
        rows.append((f"t{week}", "c", moment(thursday, "14:10"), moment(thursday, "14:20")))
        rows.append((f"u{week}", "c", moment(thursday, "14:30"), moment(thursday, "14:45")))
    return make_log(COLUMNS, rows)


def begins(log):
    return log.events.groupby("case_id").agg(start=("ts_start", "min"), steps=("activity", "sum"))


def test_cases_are_whole_and_come_in_their_own_hour_of_the_week(training):
    drawn = begins(resample_training(training, 300, LATER, seed=1))
    assert len(drawn) == 300
    for steps, weekday, hour in (("ab", 0, 9), ("c", 3, 14)):
        starts = drawn["start"][drawn["steps"] == steps]
        assert len(starts) > 50
        assert set(starts.dt.day_of_week) == {weekday}
        assert set(starts.dt.hour) == {hour}
    assert set(drawn["steps"]) == {"ab", "c"}  # "x" is older than sixty days


def test_the_times_within_a_case_stay(training):
    events = resample_training(training, 50, LATER, seed=1).events
    for _, case in events[events["activity"].isin(["a", "b"])].groupby("case_id"):
        since = case["ts_end"] - case["ts_start"].min()
        assert list(since) == [pd.Timedelta(minutes=45), pd.Timedelta(hours=26, minutes=15)]


def test_arrivals_are_as_frequent_as_in_the_window_and_vary_as_a_poisson_process(training):
    """One on Mondays and two on Thursdays a week: 200 weeks have 600 arrivals, give or take 24.5."""
    starts = begins(resample_training(training, 600, LATER, seed=2))["start"]
    weeks = (starts.max() - LATER) / pd.Timedelta(weeks=1)
    assert weeks == pytest.approx(200, abs=3 * 200 / np.sqrt(600))
    each = np.bincount((starts - LATER) // pd.Timedelta(weeks=1))
    assert each.var() == pytest.approx(each.mean(), rel=0.3)


def test_a_window_over_all_draws_the_old_cases_too(training):
    drawn = begins(resample_training(training, 300, LATER, seed=1, window_days=365))
    assert "x" in set(drawn["steps"])


def test_nobody_comes_before_the_start(training):
    noon = LATER + pd.Timedelta(hours=9, minutes=40)
    for replication in range(20):
        starts = begins(resample_training(training, 5, noon, seed=1, replication=replication))["start"]
        assert starts.min() >= noon


def test_a_seed_and_a_replication_give_one_log(training):
    first, again, other = (
        resample_training(training, 40, LATER, seed=1, replication=number) for number in (0, 0, 1)
    )
    pd.testing.assert_frame_equal(first.events, again.events)
    assert measure_distances(first, other).absolute_hours > 0
    assert first.simulated


def test_ends_only(make_log):
    rows = [(f"p{day}", "a", moment(day, "10:00")) for day in range(5)]
    log = resample_training(make_log("case_id activity ts_end", rows), 20, LATER, seed=1)
    assert "ts_start" not in log.events
    assert set(log.events["ts_end"].dt.hour) == {10}
    assert log.n_cases == 20


@pytest.mark.parametrize(
    ("wrong", "name"), [({"n_cases": 0}, "n_cases"), ({"window_days": 0}, "window_days")]
)
def test_numbers_out_of_range_are_refused(training, wrong, name):
    arguments = {"n_cases": 5, "start": LATER, "seed": 1} | wrong
    with pytest.raises(ExperimentError, match=f"{name} must be a whole number of at least 1, found 0"):
        resample_training(training, **arguments)


def test_a_training_part_without_events_is_refused():
    empty = EventLog(events=empty_table(EVENT_COLUMNS), name="empty.csv")
    with pytest.raises(ExperimentError, match=r"'empty\.csv' has no events to draw from"):
        resample_training(empty, 5, LATER, seed=1)
