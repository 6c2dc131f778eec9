"""People who give up: Erlang A, patience of one length, and Erlang's loss system, where nobody waits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import queueing_formulas as theory
from queueing_halls import Observation, exponential, members, observe, people, round_the_clock, step
from simulation.engines.reference.cases import Outcome

DESK = "窗口"


def _hall(servers: int, arrivals: float, duration: dict[str, Any], patience: dict[str, Any]):
    """People who give up never come back."""
    never_again = {"minutes": patience, "comes_back": 0.0}
    return round_the_clock(
        [step(DESK, duration)], members(DESK, servers), [people(arrivals, patience=never_again)]
    )


def _gave_up(seen: Observation) -> float:
    visits = seen.visits()
    enabled = visits["enabled"] / 60_000
    counted = (enabled >= seen.begin) & (enabled < seen.end)
    return float((visits["outcome"][counted] == Outcome.GAVE_UP).mean())


@pytest.mark.parametrize("arrivals", [2.4, 3.6], ids=["load 0.8", "load 1.2"])
def test_erlang_a(agrees, arrivals):
    """M/M/3 + M, also with more work than the counters can do: who gives up, the wait of all, the number
    inside."""
    servers, giving_up, states = 3, 0.4, 6

    def measures(seen: Observation) -> np.ndarray:
        waits = seen.minutes(seen.waiting())
        over_time = seen.time_shares(seen.at_station(), states)
        return np.array([_gave_up(seen), waits.mean(), (waits == 0).mean(), *over_time])

    hall = _hall(servers, arrivals, exponential(1), exponential(1 / giving_up))
    values = observe(hall, measures, days=20, seed=13).T
    name, p = (
        f"Erlang A, load {arrivals / servers:g}",
        theory.number_with_patience(servers, arrivals, 1, giving_up),
    )
    queue = theory.mean_queue(p, servers)
    agrees(f"{name}: share giving up", values[0], giving_up * queue / arrivals)
    agrees(f"{name}: mean wait of all", values[1], queue / arrivals)
    agrees(f"{name}: P(wait = 0)", values[2], float(p[:servers].sum()))
    for n in range(states):
        agrees(f"{name}: P({n} inside)", values[3 + n], p[n])


def test_patience_of_one_length(agrees):
    """M/M/3 + D."""

    def measures(seen: Observation) -> list[float]:
        return [_gave_up(seen)]

    hall = _hall(3, 2.7, exponential(1), {"kind": "constant", "minutes": 1})
    values = observe(hall, measures, days=8, seed=14).T
    agrees("M/M/3 + D, load 0.9: share giving up", values[0], theory.giving_up_after(1, 3, 2.7, 1))


def test_who_has_no_patience_at_all_is_lost(agrees):
    """Erlang B holds for service times of any shape (Sevastyanov 1957)."""
    servers, offered = 4, 3.0

    def measures(seen: Observation) -> np.ndarray:
        return np.array([_gave_up(seen), *seen.time_shares(seen.at_station(), servers + 1)])

    hall = _hall(
        servers,
        offered,
        {"kind": "lognormal", "mean_minutes": 1, "cv": 1.0},
        {"kind": "constant", "minutes": 0},
    )
    values = observe(hall, measures, days=8, seed=15).T
    p = theory.birth_death(lambda _: offered, float, servers + 1)
    agrees("M/G/4/4, lognormal: share lost", values[0], theory.erlang_b(servers, offered))
    for n in range(servers + 1):
        agrees(f"M/G/4/4, lognormal: P({n} inside)", values[1 + n], p[n])


def test_the_reference_engine_by_itself(agrees):
    """Erlang A run with SimPy only, see `test_servers.py`."""
    arrivals, giving_up = 1.2, 0.4

    def measures(seen: Observation) -> list[float]:
        return [_gave_up(seen), seen.minutes(seen.waiting()).mean()]

    hall = _hall(1, arrivals, exponential(1), exponential(1 / giving_up))
    values = observe(hall, measures, days=4, seed=22, replications=8, engine="simpy").T
    queue = theory.mean_queue(theory.number_with_patience(1, arrivals, 1, giving_up), 1)
    agrees("SimPy: M/M/1 + M: share giving up", values[0], giving_up * queue / arrivals, catches=0.1)
    agrees("SimPy: M/M/1 + M: mean wait of all", values[1], queue / arrivals, catches=0.1)
