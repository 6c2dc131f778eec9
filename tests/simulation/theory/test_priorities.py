"""Non-preemptive priorities: the urgent go first, nobody is interrupted."""

from __future__ import annotations

import numpy as np
import pytest

import queueing_formulas as theory
from queueing_halls import Observation, Stay, exponential, members, observe, people, round_the_clock, step

DESK = "窗口"
CLASSES = ("特急", "加急", "普通")


def _hall(servers: int, arrivals: list[float], durations: list[dict[str, object]]):
    """Each comes for one of several steps at the same counters; splitting a Poisson process at random gives
    Poisson processes."""
    names = CLASSES[: len(arrivals)]
    steps = [
        step(DESK, duration, name, priority=number)
        for number, (name, duration) in enumerate(zip(names, durations, strict=True))
    ]
    choice = {
        "choice": [{"step": name} for name in names],
        "name": "哪一类",
        "table": {"rows": [{"after": [], "weights": arrivals}]},
    }
    return round_the_clock(steps, members(DESK, servers), [people(sum(arrivals))], choice)


def _mean_waits(seen: Observation) -> list[float]:
    names = [each.name for each in seen.program.names.steps]
    return [seen.minutes(seen.waiting(name)).mean() for name in names]


@pytest.mark.parametrize(
    ("arrivals", "durations", "moments"),
    [
        ([0.3, 0.4], [exponential(1)] * 2, [theory.exponential_moments(1)] * 2),
        (
            [0.2, 0.5, 0.1],
            [
                {"kind": "constant", "minutes": 0.5},
                exponential(0.8),
                {"kind": "lognormal", "mean_minutes": 2, "cv": 0.5},
            ],
            [
                theory.constant_moments(0.5),
                theory.exponential_moments(0.8),
                theory.lognormal_moments(2, 0.5),
            ],
        ),
    ],
    ids=["two classes", "three classes"],
)
def test_waits_by_class_are_cobhams(agrees, arrivals, durations, moments):
    values = observe(_hall(1, arrivals, durations), _mean_waits, days=50, seed=5)
    expected = theory.mean_waits_by_class(arrivals, moments)
    for name, column, wait in zip(CLASSES, values.T, expected, strict=False):
        agrees(f"M/G/1, {len(arrivals)} priorities: mean wait of {name}", column, wait)


def test_waits_by_class_of_several_servers(agrees):
    arrivals = [0.6, 0.9, 0.75]
    values = observe(_hall(3, arrivals, [exponential(1)] * 3), _mean_waits, days=40, seed=6)
    expected = theory.mean_waits_by_class_of_servers(3, arrivals, 1.0)
    for name, column, wait in zip(CLASSES, values.T, expected, strict=True):
        agrees(f"M/M/3, 3 priorities: mean wait of {name}", column, wait)
    everybody = np.average(values, axis=1, weights=arrivals)
    agrees("M/M/3, 3 priorities: mean wait of all", everybody, theory.mean_wait_of_servers(3, 2.25, 1.0))


def test_a_clerk_of_two_queues_looks_first_at_the_first(agrees):
    """Queues in model order are priority classes of whoever serves both."""
    rates, minutes = [0.25, 0.3], [1.0, 1.5]
    names = CLASSES[:2]
    steps = [step(name, exponential(mean)) for name, mean in zip(names, minutes, strict=True)]
    clerk = {"name": "综合岗", "serves": list(names), "calendar": "always"}
    choice = {
        "choice": [{"step": name} for name in names],
        "name": "哪一类",
        "table": {"rows": [{"after": [], "weights": rates}]},
    }
    hall = round_the_clock(steps, [clerk], [people(sum(rates))], choice)
    values = observe(hall, _mean_waits, days=60, seed=24)
    expected = theory.mean_waits_by_class(rates, [theory.exponential_moments(mean) for mean in minutes])
    for name, column, wait in zip(names, values.T, expected, strict=True):
        agrees(f"M/M/1, a clerk of two queues: mean wait at {name}", column, wait)


def test_lanes_of_their_own_are_priority_classes(agrees):
    """The same class by class with three streams of arrivals, whose priority comes with the person."""
    rates = [0.2, 0.25, 0.3]
    lanes = [
        people(rate, name, priority=n) for n, (name, rate) in enumerate(zip(CLASSES, rates, strict=True))
    ]
    hall = round_the_clock([step(DESK, exponential(1))], members(DESK, 1), lanes)

    def measures(seen: Observation) -> list[float]:
        lane, stay = seen.run.arrivals[seen.visits()["case"]], seen.waiting()
        return [seen.minutes(Stay(stay.enter[lane == n], stay.leave[lane == n])).mean() for n in range(3)]

    values = observe(hall, measures, days=60, seed=7).T
    expected = theory.mean_waits_by_class(rates, [theory.exponential_moments(1)] * 3)
    for name, column, wait in zip(CLASSES, values, expected, strict=True):
        agrees(f"M/M/1, lanes: mean wait of {name}", column, wait)
