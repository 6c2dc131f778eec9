"""Bookings: people who come by slot instead of at random."""

from __future__ import annotations

import math

import numpy as np
import pytest

import queueing_formulas as theory
from queueing_halls import Observation, exponential, members, observe, people, round_the_clock, step

SLOT_MINUTES = 2


@pytest.mark.parametrize("no_show", [0.0, 0.2])
def test_a_counter_whose_every_slot_is_booked(agrees, no_show):
    """More wish to book than there are slots, so that every slot is taken; who booked comes on time. Evenly
    spaced arrivals (D/M/1), with gaps where somebody does not come.

    Slots run out before the run ends, after which people come without: the days behind leave that out.
    """
    booking = {"share": 1.0, "slot_minutes": SLOT_MINUTES, "per_slot": 1, "no_show_chance": no_show}
    hall = round_the_clock(
        [step("窗口", exponential(1.5))],
        members("窗口", 1),
        [people(1.2 / SLOT_MINUTES, appointments=booking)],
    )
    root = theory.root_of_bookings(SLOT_MINUTES, no_show, 1 / 1.5)
    rate = (1 - root) / 1.5  # of the wait of those who wait

    def measures(seen: Observation) -> np.ndarray:
        waits = seen.minutes(seen.waiting())
        slots = (seen.end - seen.begin) / SLOT_MINUTES
        return np.array([waits.size / slots, waits.mean(), (waits > 0).mean(), (waits > 1 / rate).mean()])

    values = observe(hall, measures, days=40, seed=30, days_behind=9).T
    name = f"D/M/1, {no_show:.0%} no-shows"
    if no_show:
        agrees(f"{name}: people a slot", values[0], 1 - no_show, catches=0.02)
    else:
        assert (values[0] == 1).all()
    agrees(f"{name}: mean wait", values[1], root / rate)
    agrees(f"{name}: P(wait > 0)", values[2], root)
    agrees(f"{name}: P(wait > {1 / rate:.3g})", values[3], root * math.exp(-1))
