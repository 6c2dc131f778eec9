"""What holds for any two logs; and each distance against its definition in plain loops."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest

from simulation.fidelity import measure_distances

HOUR = pd.Timedelta(hours=1)
SEEDS = range(5)


@pytest.fixture
def random_log(log_of_frame):
    """A log of a few dozen cases with steps that overlap, of any weekday and hour."""

    def build(seed, shift=0 * HOUR):
        chance = np.random.default_rng(seed)
        n_cases = int(chance.integers(10, 40))
        rows = []
        for case in range(n_cases):
            begin = pd.Timestamp("2026-03-02") + chance.integers(20_000) * pd.Timedelta(minutes=1)
            for _ in range(int(chance.integers(1, 7))):
                start = begin + chance.integers(4_000) * pd.Timedelta(minutes=1)
                end = start + chance.integers(1, 500) * pd.Timedelta(minutes=1)
                rows.append((f"c{case}", "abcd"[chance.integers(4)], start + shift, end + shift))
        return log_of_frame(pd.DataFrame(rows, columns=["case_id", "activity", "ts_start", "ts_end"]))

    return build


def hours_between(first, second):
    """Area between the two shares of values at or below each whole number."""
    first, second = np.array(first), np.array(second)
    grid = range(int(min(first.min(), second.min())), int(max(first.max(), second.max())))
    return sum(abs((first <= x).mean() - (second <= x).mean()) for x in grid)


def plain(log):
    """By name, the values whose distribution each distance compares, in plain loops."""
    found = {"runs": Counter(), "moments": [], "days": {}, "relative": [], "cycles": [], "arrivals": []}
    for _, case in log.events.sort_values(["ts_start", "ts_end"], kind="stable").groupby("case_id"):
        begin, steps = case["ts_start"].min(), ["-", "-", *case["activity"], "-", "-"]
        found["runs"].update(tuple(steps[at : at + 3]) for at in range(len(steps) - 2))
        found["cycles"].append(case["ts_end"].max() - begin)
        found["arrivals"].append((begin - pd.Timestamp(0)) // HOUR)
        for moment in [*case["ts_start"], *case["ts_end"]]:
            found["moments"].append((moment - pd.Timestamp(0)) // HOUR)
            found["relative"].append((moment - begin) // HOUR)
            found["days"].setdefault(moment.day_of_week, []).append(moment.hour)
    return found


def expected(first, second):
    first, second = plain(first), plain(second)
    runs = first["runs"].keys() | second["runs"].keys()
    apart = sum(abs(first["runs"][run] - second["runs"][run]) for run in runs)
    shortest = min(first["cycles"] + second["cycles"])
    days = []
    for day in range(7):
        hours = first["days"].get(day), second["days"].get(day)
        days.append(hours_between(*hours) if all(hours) else 23 * any(hours))
    return (
        apart / (first["runs"].total() + second["runs"].total()),
        hours_between(first["moments"], second["moments"]),
        sum(days) / 7,
        hours_between(first["relative"], second["relative"]),
        hours_between(*([(cycle - shortest) // HOUR for cycle in log["cycles"]] for log in (first, second))),
        hours_between(first["arrivals"], second["arrivals"]),
        False,
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_as_defined(random_log, seed):
    first, second = random_log(seed), random_log(seed + 100)
    assert astuple(measure_distances(first, second)) == pytest.approx(expected(first, second))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_log_is_at_no_distance_from_itself(random_log, seed):
    assert not any(astuple(measure_distances(random_log(seed), random_log(seed))))


@pytest.mark.parametrize("seed", SEEDS)
def test_either_log_may_be_the_first(random_log, seed):
    first, second = random_log(seed), random_log(seed + 100)
    there, back = measure_distances(first, second), measure_distances(second, first)
    assert astuple(there) == pytest.approx(astuple(back))
    assert all(astuple(there)[:-1])


@pytest.mark.parametrize("hours", [1, 5, 24, 168])
def test_a_later_log_is_as_far_as_it_is_later(random_log, hours):
    distances = measure_distances(random_log(1), random_log(1, shift=hours * HOUR))
    assert distances.absolute_hours == pytest.approx(hours)
    assert distances.case_arrival_hours == pytest.approx(hours)
    assert distances.n_gram == distances.relative_hours == distances.cycle_time_hours == 0
    assert (distances.circadian_hours == 0) == (hours == 168)


def test_names_of_cases_do_not_matter(random_log, log_of_frame):
    log = random_log(1)
    columns = ["case_id", "activity", "ts_start", "ts_end"]
    renamed = log.events[columns].assign(case_id="z" + log.events["case_id"].str[::-1])
    assert not any(astuple(measure_distances(log, log_of_frame(renamed))))
