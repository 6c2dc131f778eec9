"""Who comes when: the applicants of one replication, the same whatever a redesign changes.

A day's number of people is one inverse Poisson draw, so more people a day are the same people and more.
Each person's time of day is an own draw, addressed by (arrivals, day, index); whoever books comes for her
slot instead (`appointments.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import special

from mining.working_time import MS_PER_DAY
from simulation.engines.appointments import book
from simulation.engines.program.arrivals import ArrivalsCode, DayProfile
from simulation.engines.program.codes import Program
from simulation.engines.randomness import (
    DAY_COUNT,
    DAY_FACTOR,
    MAX_PER_DAY,
    MOMENT,
    OF_A_DAY,
    UNIFORM_STEP,
    key_schedule,
    of_people,
    philox4x32_array,
)
from simulation.errors import ModelError

Keys = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Applicants:
    """All cases of a run, in order of arrival (ties: arrivals in model order, then day and index).

    `day` and `index` say who it is: the day is that on which she wished to come. `slot_ms` is the begin of a
    booked slot, -1 for people without one. `no_shows` booked and do not come within the run; `no_slot` found
    no slot free and come without; `missed_slots` are booked slots nobody came for, (arrivals, begin) each.
    """

    time_ms: np.ndarray
    arrivals: np.ndarray
    day: np.ndarray
    index: np.ndarray  # within the day and the arrivals, not in order of time
    slot_ms: np.ndarray
    no_shows: int = 0
    no_slot: int = 0
    missed_slots: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), "int64"))


def draw_applicants(program: Program, seed: int, replication: int) -> Applicants:
    """The applicants of all days of the program."""
    keys = key_schedule(seed, replication)
    found = [_draw_stream(program, number, keys) for number in range(len(program.arrivals))]
    nobody = np.zeros(0, "int64")
    time_ms, arrivals, day, index, slot_ms = (
        np.concatenate([nobody, *(getattr(people, name) for people in found)])
        for name in ("time_ms", "arrivals", "day", "index", "slot_ms")
    )
    order = np.lexsort((index, day, arrivals, time_ms))
    return Applicants(
        time_ms[order],
        arrivals[order],
        day[order],
        index[order],
        slot_ms[order],
        no_shows=sum(people.no_shows for people in found),
        no_slot=sum(people.no_slot for people in found),
        missed_slots=np.concatenate([np.zeros((0, 2), "int64"), *(people.missed_slots for people in found)]),
    )


def _draw_stream(program: Program, number: int, keys: Keys) -> Applicants:
    """Everybody who comes through one of the arrivals, by day and index."""
    code = program.arrivals[number]
    counts = day_counts(program, number, code, keys)
    day = np.repeat(np.arange(program.days), counts)
    index = np.arange(day.size) - np.repeat(np.cumsum(counts) - counts, counts)
    words = day << 16 | index
    u = of_people(code.stream, words, 0, keys)
    wish_ms = day * MS_PER_DAY + _moments(code.profile, u[:, MOMENT])
    through = np.full(day.size, number)
    if code.appointments is None:
        return Applicants(wish_ms, through, day, index, np.full(day.size, -1))
    booked = book(program, number, wish_ms, index, u, of_people(code.stream, words, 1, keys))
    comes = booked.comes
    return Applicants(
        booked.time_ms[comes],
        through[comes],
        day[comes],
        index[comes],
        booked.slot_ms[comes],
        no_shows=int((~comes).sum()),
        no_slot=booked.no_slot,
        missed_slots=np.stack([np.full(booked.missed_ms.size, number), booked.missed_ms], axis=1),
    )


def applicants_at(
    moments_ms: Sequence[int],
    arrivals: Sequence[int] | None = None,
    slots_ms: Sequence[int] | None = None,
) -> Applicants:
    """Applicants who come at given moments (ms since the model's first midnight), e.g. those of a log.

    `arrivals` says through which arrivals of the model each comes, the first if left out; `slots_ms` the
    begin of the slot each has booked, -1 = none, nobody if left out.
    """
    time_ms = np.asarray(moments_ms, "int64")
    through = np.zeros(time_ms.size, "int64") if arrivals is None else np.asarray(arrivals, "int64")
    slot_ms = np.full(time_ms.size, -1) if slots_ms is None else np.asarray(slots_ms, "int64")
    order = np.lexsort((through, time_ms))
    time_ms, through, slot_ms = time_ms[order], through[order], slot_ms[order]
    day = time_ms // MS_PER_DAY
    groups = np.unique(np.stack([through, day], axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    by_group = np.argsort(groups, kind="stable")
    index = np.empty(time_ms.size, "int64")
    sizes = np.bincount(groups)
    index[by_group] = np.arange(time_ms.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return Applicants(time_ms, through, day, index, slot_ms)


def day_counts(program: Program, number: int, code: ArrivalsCode, keys: Keys) -> np.ndarray:
    """How many people come on each day, int64; `ModelError` where one day has more than can be addressed."""
    days = np.arange(program.days)
    zeros = np.zeros(program.days)
    words = philox4x32_array(np.full(days.size, code.stream), zeros + OF_A_DAY, days, zeros, keys)
    u = (words + 0.5) * UNIFORM_STEP
    mean = np.array(code.per_day)
    if code.shape > 0:
        mean = mean * special.gammaincinv(code.shape, u[:, DAY_FACTOR]) / code.shape
    counts = inverse_poisson(mean, u[:, DAY_COUNT])
    if counts.size and int(counts.max()) >= MAX_PER_DAY:
        name = program.names.arrivals[number]
        raise ModelError(
            zh=f"到达“{name}”：某日 {int(counts.max())} 人，上限 {MAX_PER_DAY - 1}；请拆分为多个到达。",
            en=f"Arrivals {name!r}: {int(counts.max())} people on one day, at most {MAX_PER_DAY - 1}; "
            "split them into several arrivals.",
        )
    return counts


def inverse_poisson(mean: np.ndarray, u: np.ndarray) -> np.ndarray:
    """The smallest k with P(Poisson(mean) <= k) >= u, int64; grows with `mean` for a given `u`."""
    positive = np.where(mean > 0, mean, 1.0)
    guess = np.ceil(special.pdtrik(u, positive))
    below = np.maximum(guess - 1, 0)
    k = np.where(special.pdtr(below, positive) >= u, below, guess)
    return np.where(mean > 0, k, 0).astype("int64")


def _moments(profile: DayProfile, u: np.ndarray) -> np.ndarray:
    """`DayProfile.moment` for many numbers at once."""
    reached = np.array(profile.cumulative)
    before = np.concatenate([[0.0], reached[:-1]])
    at = np.minimum(np.searchsorted(reached, u, side="right"), reached.size - 1)
    length = np.array(profile.lengths_ms)[at]
    offset = ((u - before[at]) / (reached[at] - before[at]) * length).astype("int64")
    return np.array(profile.begins_ms, "int64")[at] + np.minimum(offset, length - 1)
