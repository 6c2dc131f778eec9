"""What an engine writes down: facts only, everything else is computed from them later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np


class Record(NamedTuple):
    """A finished visit of a case to a step. Times in milliseconds since the model's first midnight; sets of
    materials are bits in the order the step asks for them.

    `reached`: the case came to the step, or a correction or a pause before coming back began; `enabled`: the
    work could begin as far as the case is concerned; `released`: the same, later where a batch was gathered.
    Who gave up has no member, and start = end is the moment of leaving.
    """

    case: int
    step: int
    visit: int
    member: int  # -1: step without pool
    reached: int
    enabled: int
    released: int
    start: int
    end: int
    outcome: int  # `cases.Outcome`
    handed: int
    fetched: int
    at_fault: int


class Repair(NamedTuple):
    """A machine that failed and was repaired. Times as in `Record`.

    Of a machine still down at the end of the run `repaired` is -1; so are `repair_start` and `repaired_by`
    where the repair had not begun.
    """

    machine: int  # member number
    number: int  # of the failure of this machine, from 0
    failed: int
    repair_start: int
    repaired: int
    repaired_by: int  # member number, -1 = from outside


@dataclass(frozen=True)
class RunRecords:
    """One run: `visits` and `repairs` in the order they ended, and one entry a case in order of arrival.

    `finish_ms` is -1 for cases still inside at `end_ms`, when the run ended. `slot_ms` is the begin of a
    booked slot, -1 for people without one. `no_shows` had booked and never came, they are no cases;
    `no_slot` found no slot free in the whole run and came without. `missed_slots`: (arrivals, begin) of
    booked slots nobody came for, also where the person came later without one.
    """

    visits: np.ndarray  # int64 of shape (n, len(Record._fields))
    arrivals: np.ndarray
    day: np.ndarray
    index: np.ndarray
    arrived_ms: np.ndarray
    finish_ms: np.ndarray
    rejected: np.ndarray
    gave_up: np.ndarray
    slot_ms: np.ndarray
    repairs: np.ndarray  # int64 of shape (n, len(Repair._fields))
    still_down: np.ndarray  # the same for machines not repaired at `end_ms`, by member number
    end_ms: int
    loops_capped: int = 0
    returns_capped: int = 0
    turned_away: int = 0
    left_with_ticket: int = 0
    no_shows: int = 0
    no_slot: int = 0
    missed_slots: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), "int64"))
