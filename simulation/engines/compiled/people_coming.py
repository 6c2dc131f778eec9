"""Who comes when, for the kernel: all at once, or some days at a time where nobody moves to another day."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numba import njit

from mining.working_time import MS_PER_DAY
from simulation.engines.arrivals import Applicants, day_counts, draw_applicants
from simulation.engines.compiled.chance import philox4x32, to_uniform
from simulation.engines.program.codes import Program
from simulation.engines.randomness import OF_A_PERSON, key_schedule

PEOPLE_AT_A_TIME = 65_536
INDEX_BITS = 16
KEY_BITS = 63


class People(Protocol):
    """The applicants of a run in order of arrival; the first `known` of `total` are in the columns."""

    known: int
    total: int
    time_ms: np.ndarray
    arrivals: np.ndarray
    day: np.ndarray
    index: np.ndarray
    slot_ms: np.ndarray
    no_shows: int
    no_slot: int
    missed_slots: np.ndarray

    def coming_on(self, first_day: int, last_day: int) -> int:
        """How many come on these days, the last not included."""

    def more(self) -> None:
        """Make more of them known."""


class AllPeople:
    """Applicants who are all known."""

    def __init__(self, people: Applicants) -> None:
        self.known = self.total = people.time_ms.size
        columns = (people.time_ms, people.arrivals, people.day, people.index, people.slot_ms)
        self.time_ms, self.arrivals, self.day, self.index, self.slot_ms = (
            np.ascontiguousarray(column, "int64") for column in columns
        )
        self.no_shows, self.no_slot = people.no_shows, people.no_slot
        self.missed_slots = people.missed_slots

    def coming_on(self, first_day: int, last_day: int) -> int:
        """See `People`."""
        day = self.time_ms // MS_PER_DAY
        return int(((day >= first_day) & (day < last_day)).sum())

    def more(self) -> None:
        """Nobody else comes."""


class PeopleByDay:
    """The people of `arrivals.draw_applicants`, drawn some days ahead of the clock.

    Their order is that of whole numbers made of moment, arrivals and index.
    """

    def __init__(self, program: Program, seed: int, replication: int) -> None:
        schedule = key_schedule(seed, replication)
        self._program = program
        self._keys = schedule[0]
        self._counts = np.array(
            [day_counts(program, number, code, schedule) for number, code in enumerate(program.arrivals)]
        ).reshape(len(program.arrivals), program.days)
        self._bits = index_and_arrivals_bits(program)
        self._drawn_days = 0
        self.known, self.total = 0, int(self._counts.sum())
        self.time_ms, self.arrivals, self.day, self.index = (np.empty(self.total, "int64") for _ in range(4))
        self.slot_ms = np.empty(self.total, "int64")
        self.no_shows = self.no_slot = 0
        self.missed_slots = np.zeros((0, 2), "int64")

    def coming_on(self, first_day: int, last_day: int) -> int:
        """See `People`."""
        return int(self._counts[:, first_day:last_day].sum())

    def more(self) -> None:
        """The people of the next days."""
        first = self._drawn_days
        sums = np.cumsum(self._counts[:, first:].sum(axis=0))
        last = first + max(1, int(np.searchsorted(sums, PEOPLE_AT_A_TIME, side="right")))
        self._drawn_days = last = min(last, self._program.days)
        counts = self._counts[:, first:last]
        keys = np.empty(int(counts.sum()), "int64")
        begin = 0
        for number, code in enumerate(self._program.arrivals):
            profile = code.profile
            moments_of_days(
                keys[begin : begin + int(counts[number].sum())],
                counts[number],
                first,
                np.array([number, code.stream, *self._keys], "uint64"),
                np.int64(self._bits),
                np.array(profile.begins_ms, "int64"),
                np.array(profile.lengths_ms, "int64"),
                np.array(profile.cumulative),
            )
            begin += int(counts[number].sum())
        keys.sort()
        behind = self.known + keys.size
        told_apart(
            keys,
            np.int64(self._bits),
            self.time_ms[self.known : behind],
            self.arrivals[self.known : behind],
            self.day[self.known : behind],
            self.index[self.known : behind],
        )
        self.slot_ms[self.known : behind] = -1
        self.known = behind


def index_and_arrivals_bits(program: Program) -> int:
    """How many bits of a sort key are below the moment."""
    return INDEX_BITS + max(len(program.arrivals) - 1, 0).bit_length()


def people_of(program: Program, seed: int, replication: int) -> People:
    """The applicants of a run: day by day where there are no appointments and the keys are wide enough."""
    booked = any(code.appointments for code in program.arrivals)
    if booked or program.horizon_ms.bit_length() + index_and_arrivals_bits(program) > KEY_BITS:
        return AllPeople(draw_applicants(program, seed, replication))
    return PeopleByDay(program, seed, replication)


@njit(nogil=True)
def moments_of_days(
    sort_keys: Any,
    counts: Any,
    first_day: int,
    address: Any,
    bits: int,
    begins: Any,
    lengths: Any,
    reached: Any,
) -> None:
    """Sort keys of the people of some days: moment, arrivals, index; the arithmetic of `arrivals`.

    `address`: number and stream of the arrivals, the two keys of the run.
    """
    place = 0
    number = np.int64(address[0])
    uniforms = np.empty(counts.max() if counts.size else 0)
    for days_later in range(counts.size):
        day = first_day + days_later
        n = counts[days_later]
        _draw_day(uniforms, n, address, day)
        for index in range(n):
            u = uniforms[index]
            at = 0
            for share in reached:
                at += u >= share
            at = min(at, reached.size - 1)
            before = reached[at - 1] if at > 0 else 0.0
            offset = int((u - before) / (reached[at] - before) * lengths[at])
            moment = day * MS_PER_DAY + begins[at] + min(offset, lengths[at] - 1)
            sort_keys[place] = moment << bits | number << INDEX_BITS | index
            place += 1


@njit
def _draw_day(uniforms: Any, n: int, address: Any, day: int) -> None:
    """The numbers of the people of a day; a loop of its own, which the compiler does several at a time."""
    stream, key_0, key_1 = address[1], address[2], address[3]
    of_a_person, zero = np.uint64(OF_A_PERSON), np.uint64(0)
    first = np.uint64(day << INDEX_BITS)
    for index in range(n):
        word = philox4x32(stream, of_a_person, first | np.uint64(index), zero, key_0, key_1)[0]
        uniforms[index] = to_uniform(word)


@njit(nogil=True)
def told_apart(sort_keys: Any, bits: int, time_ms: Any, arrivals: Any, day: Any, index: Any) -> None:
    """The columns of sorted keys."""
    of_index = (1 << INDEX_BITS) - 1
    of_arrivals = (1 << (bits - INDEX_BITS)) - 1
    for place in range(sort_keys.size):
        key = sort_keys[place]
        time_ms[place] = key >> bits
        day[place] = (key >> bits) // MS_PER_DAY
        arrivals[place] = key >> INDEX_BITS & of_arrivals
        index[place] = key & of_index
