"""Machines that fail: a queue at one of them, and several that share their repairers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import queueing_formulas as theory
from queueing_halls import (
    MINUTE,
    Observation,
    Stay,
    exponential,
    members,
    observe,
    people,
    round_the_clock,
    step,
)
from simulation.engines.run_records import Repair

MACHINE, REPAIRERS = "自助机", "维修"


def _repairs(seen: Observation) -> dict[str, np.ndarray]:
    return dict(zip(Repair._fields, seen.run.repairs.T, strict=True))


def _down(seen: Observation) -> Stay:
    repairs = _repairs(seen)
    return Stay(repairs["failed"] / MINUTE, repairs["repaired"] / MINUTE)


@pytest.mark.parametrize("place", ["kiosk", "back_office"])
def test_a_queue_at_a_machine_that_fails(agrees, place):
    """M/M/1 with breakdowns busy or idle; the interrupted service goes on after the repair."""
    arrivals, failing, repair = 0.5, 0.05, 0.25
    failure = {"runs_for": exponential(1 / failing), "repair": exponential(1 / repair)}
    staff = [{**machine, "failure": failure} for machine in members(MACHINE, 1)]
    hall = round_the_clock([step(MACHINE, exponential(1), place=place)], staff, [people(arrivals)])

    def measures(seen: Observation) -> list[float]:
        stay = seen.at_station()
        return [seen.mean_number(stay), seen.minutes(stay).mean(), seen.mean_number(_down(seen))]

    values = observe(hall, measures, days=60, seed=16).T
    number = theory.mean_number_with_breakdowns(arrivals, 1.0, failing, repair)
    agrees(f"M/M/1 with breakdowns, {place}: mean number inside", values[0], number)
    agrees(f"M/M/1 with breakdowns, {place}: mean time inside", values[1], number / arrivals)
    agrees(f"M/M/1 with breakdowns, {place}: share of time down", values[2], failing / (failing + repair))


def test_machines_that_share_their_repairers(agrees):
    """Machine repair with 6 machines and 2 repairers, a closed system: how many are down, how long each
    is, and how long it waits for a repairer."""
    machines, repairers, failing, repair = 6, 2, 0.05, 0.2
    failure: dict[str, Any] = {
        "runs_for": exponential(1 / failing),
        "repair": exponential(1 / repair),
        "repaired_by": REPAIRERS,
    }
    staff = [{**machine, "failure": failure} for machine in members(MACHINE, machines)]
    hall = round_the_clock(
        [step(MACHINE, exponential(1), place="kiosk")],
        staff + members(REPAIRERS, repairers),
        [people(0.05)],
        more_pools=[REPAIRERS],
    )

    def measures(seen: Observation) -> np.ndarray:
        down, repairs = _down(seen), _repairs(seen)
        waiting = Stay(repairs["failed"] / MINUTE, repairs["repair_start"] / MINUTE)
        shares = seen.time_shares(down, machines + 1)
        return np.array(
            [seen.mean_number(down), seen.minutes(down).mean(), seen.minutes(waiting).mean(), *shares]
        )

    values = observe(hall, measures, days=40, seed=17).T
    p = theory.machines_down(machines, repairers, failing, repair)
    n = np.arange(machines + 1)
    down, failures = float((n * p).sum()), float(((machines - n) * p).sum()) * failing
    name = "machine repair, 6 machines, 2 repairers"
    agrees(f"{name}: mean number down", values[0], down)
    agrees(f"{name}: mean time down", values[1], down / failures)
    agrees(f"{name}: mean wait for a repairer", values[2], down / failures - 1 / repair)
    for number in range(machines):
        rare = p[number] < 0.02
        agrees(f"{name}: P({number} down)", values[3 + number], p[number], catches=0.1 if rare else 0.05)
    agrees(f"{name}: P(all down)", values[3 + machines], p[machines], catches=0.3)


def test_a_machine_kept_by_who_needs_help(agrees):
    """One in four cannot finish alone and keeps the machine until a helper is through: M/G/1 whose service
    is the own time and, with that chance, the help."""
    arrivals, stuck, own, help_minutes = 0.5, 0.25, 1.0, 1.2
    kiosk = step(
        MACHINE,
        exponential(own),
        place="kiosk",
        stuck={"chance": stuck, "then": "帮办", "keeps_machine": True},
    )
    hall = round_the_clock(
        [kiosk, step("帮办", exponential(help_minutes), place="kiosk")],
        members(MACHINE, 1) + members("帮办", 1),
        [people(arrivals)],
        {"step": MACHINE},
    )

    def measures(seen: Observation) -> list[float]:
        waits = seen.minutes(seen.waiting(MACHINE))
        return [waits.mean(), (waits == 0).mean()]

    values = observe(hall, measures, days=50, seed=29).T
    first = own + stuck * help_minutes
    second = 2 * own**2 + stuck * (2 * own * help_minutes + 2 * help_minutes**2)
    agrees(
        "M/G/1, a quarter needs help: mean wait", values[0], theory.mean_wait(arrivals, (first, second, 0))
    )
    agrees("M/G/1, a quarter needs help: P(wait = 0)", values[1], 1 - arrivals * first)
