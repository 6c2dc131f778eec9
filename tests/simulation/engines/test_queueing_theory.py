"""Mean waits against queueing theory.

A hall open around the clock is a queue in the textbook's sense. Each case: replications of a run whose first
part is left out; the mean of the replications must lie within 3.5 standard errors of the formula, and the
standard error must be small enough for that to say something. Seeds are fixed.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation.engines.program import build_program
from simulation.engines.simpy_engine import run_simpy

DAY, MINUTE = 86_400_000, 60_000
SERVICE_MINUTES = 10
ALL_DAY = {f"{h:02d}:{m:02d}": 1 for h in range(24) for m in (0, 30)}


def _queue(make_model, servers: int, load: float, duration: dict[str, object]):
    return make_model(
        {
            "steps": [{"name": "办理", "pool": "窗口", "duration": duration}],
            "members": [{"name": f"{n}号", "serves": ["窗口"], "calendar": "always"} for n in range(servers)],
            "visits": {"calendar": "always"},
            "arrivals": [
                {
                    "name": "来人",
                    "per_day": load * servers * 1440 / SERVICE_MINUTES,
                    "calendar": "always",
                    "half_hour_weights": ALL_DAY,
                }
            ],
        }
    )


def _mean_waits(model, fields, *, days: int, warm_up: int, replications: int) -> np.ndarray:
    program = build_program(model, days)
    means = []
    for replication in range(replications):
        run = run_simpy(program, 7, replication)
        visits = fields(run)
        measured = visits["enabled"] >= warm_up * DAY
        wait = (visits["start"] - visits["enabled"])[measured] / MINUTE
        means.append(wait.mean())
    return np.array(means)


def erlang_c_wait(servers: int, load: float, service: float) -> float:
    """Mean wait of M/M/c: C(c, a) x service / (c - a)."""
    a = servers * load
    last = a**servers / math.factorial(servers) / (1 - load)
    c = last / (sum(a**k / math.factorial(k) for k in range(servers)) + last)
    return c * service / (servers - a)


EXPONENTIAL = {"kind": "exponential", "mean_minutes": SERVICE_MINUTES}


@pytest.mark.parametrize(
    ("servers", "load", "duration", "expected"),
    [
        (1, 0.7, EXPONENTIAL, erlang_c_wait(1, 0.7, SERVICE_MINUTES)),  # M/M/1: 23.3 minutes
        (3, 0.75, EXPONENTIAL, erlang_c_wait(3, 0.75, SERVICE_MINUTES)),  # M/M/3
        # M/G/1, Pollaczek-Khinchine: load / (1 - load) x service x (1 + cv^2) / 2
        (
            1,
            0.7,
            {"kind": "lognormal", "mean_minutes": SERVICE_MINUTES, "cv": 0.5},
            0.7 / 0.3 * SERVICE_MINUTES * (1 + 0.25) / 2,
        ),
        (1, 0.7, {"kind": "constant", "minutes": SERVICE_MINUTES}, 0.7 / 0.3 * SERVICE_MINUTES / 2),
    ],
    ids=["M/M/1", "M/M/3", "M/G/1", "M/D/1"],
)
def test_mean_wait_is_that_of_the_formula(make_model, fields, servers, load, duration, expected):
    model = _queue(make_model, servers, load, duration)
    means = _mean_waits(model, fields, days=44 if servers == 1 else 30, warm_up=4, replications=8)
    error = means.std(ddof=1) / math.sqrt(means.size)
    assert error < 0.09 * expected
    assert abs(means.mean() - expected) < 3.5 * error


def test_erlang_c_of_a_known_case():
    # c = 2, a = 1: C = 1/3, wait = 1/3 x service
    assert erlang_c_wait(2, 0.5, 10) == pytest.approx(10 / 3)


def test_littles_law(make_model, fields):
    """Mean number waiting = arrivals a minute x mean wait: exact over a time in which everybody comes and
    leaves, up to those inside at its ends."""
    program = build_program(_queue(make_model, 2, 0.8, EXPONENTIAL), 30)
    visits = fields(run_simpy(program, 3, 0))
    begin, end = 5 * DAY, 25 * DAY
    came, left = visits["enabled"], visits["start"]
    inside_time = (np.clip(left, begin, end) - np.clip(came, begin, end)).sum()
    number_waiting = inside_time / (end - begin)
    measured = (came >= begin) & (came < end)
    rate = measured.sum() / (end - begin)
    wait = (left - came)[measured].mean()
    # the two sides differ only by the waits cut at both ends of the time
    cut = max((left - came).max() * 5, 1) / (end - begin)
    assert number_waiting == pytest.approx(rate * wait, abs=cut * 5)
    assert number_waiting == pytest.approx(rate * wait, rel=0.02)
