"""Who books which slot, and when those who booked really come; see `Appointments` in the service model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.working_time import MS_PER_DAY
from simulation.engines.program.arrivals import AppointmentsCode
from simulation.engines.program.codes import Program
from simulation.engines.randomness import BOOKS, COMES_LATER, LATENESS, LATER_MOMENT, NO_SHOW


@dataclass(frozen=True)
class Booked:
    """Of everybody who wished to come: when she comes, the begin of her slot (-1 = none), and whether she
    comes within the run at all. `no_slot` wished to book and found no slot with room; `missed_ms` are the
    begins of the slots nobody came for, in order."""

    time_ms: np.ndarray
    slot_ms: np.ndarray
    comes: np.ndarray
    no_slot: int
    missed_ms: np.ndarray


def book(
    program: Program, number: int, wish_ms: np.ndarray, index: np.ndarray, u: np.ndarray, u_1: np.ndarray
) -> Booked:
    """Appointments of the people of one of the arrivals; `u` and `u_1` are their two blocks of numbers.

    People book in the order in which they wish to come (ties: index). Somebody who does not keep the
    appointment leaves the slot empty.
    """
    code = program.arrivals[number].appointments
    time_ms, slot_ms = wish_ms.copy(), np.full(wish_ms.size, -1)
    if code is None:
        return Booked(time_ms, slot_ms, np.ones(wish_ms.size, bool), 0, np.zeros(0, "int64"))
    books = np.flatnonzero(u[:, BOOKS] < code.share)
    books = books[np.lexsort((index[books], wish_ms[books]))]
    slots = _first_slots_with_room(slots_of(program, code), code, wish_ms[books])
    no_slot = int((slots < 0).sum())
    books, slots = books[slots >= 0], slots[slots >= 0]
    stays_away = u[books, NO_SHOW] < code.no_show_chance
    kept, missed = books[~stays_away], books[stays_away]
    slot_ms[kept] = slots[~stays_away]
    time_ms[kept] = np.maximum(slot_ms[kept] + _lateness_ms(code, u[kept, LATENESS]), 0)
    time_ms[missed] = _later(program, number, slots[stays_away], code.comes_later, u_1[missed])
    return Booked(time_ms, slot_ms, time_ms < program.horizon_ms, no_slot, slots[stays_away])


def slots_of(program: Program, code: AppointmentsCode) -> np.ndarray:
    """The begins of all slots within the run: one after the other from each opening of the tickets."""
    tickets = program.tickets
    periods = zip(tickets.begins, tickets.ends, strict=True)
    begins = [np.arange(begin, end, code.slot_ms) for begin, end in periods]
    slots = np.concatenate([np.zeros(0, "int64"), *begins])
    return slots[slots < program.horizon_ms]


def _first_slots_with_room(slots: np.ndarray, code: AppointmentsCode, wish_ms: np.ndarray) -> np.ndarray:
    """For each wish, in ascending order, the first slot with room that ends after it; -1 where there is none.

    Slots before the last one given are full or have ended before this and every later wish.
    """
    found = np.full(wish_ms.size, -1)
    ends_after = np.searchsorted(slots + code.slot_ms, wish_ms, side="right").tolist()
    at, taken = 0, 0
    for person, first in enumerate(ends_after):
        if first > at:
            at, taken = first, 0
        elif taken == code.per_slot:
            at, taken = at + 1, 0
        if at == slots.size:
            break
        found[person] = slots[at]
        taken += 1
    return found


def _lateness_ms(code: AppointmentsCode, u: np.ndarray) -> np.ndarray:
    """Whole milliseconds after the begin of the slot (half up), from the quantiles."""
    values = np.array(code.lateness_ms)
    place = u * (values.size - 1)
    below = np.minimum(place.astype("int64"), max(values.size - 2, 0))
    above = np.minimum(below + 1, values.size - 1)
    late = values[below] + (place - below) * (values[above] - values[below])
    return np.floor(late + 0.5).astype("int64")


def _later(program: Program, number: int, slot_ms: np.ndarray, chance: float, u: np.ndarray) -> np.ndarray:
    """When people who missed their slots come without one: on the next day with tickets, or (the end of the
    run) never."""
    patterns = program.coming_back.pattern_of_day[: program.days]
    found = np.full(slot_ms.size, program.horizon_ms)
    for person in np.flatnonzero(u[:, COMES_LATER % 4] < chance).tolist():
        following = int(slot_ms[person]) // MS_PER_DAY + 1
        for day in range(following, len(patterns)):
            if patterns[day] >= 0:
                profile = program.coming_back.profiles[number][patterns[day]]
                found[person] = day * MS_PER_DAY + profile.moment(float(u[person, LATER_MOMENT % 4]))
                break
    return found
