"""What an engine writes down: facts only, everything else is computed from them later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Record(NamedTuple):
    """A finished visit of a case to a step. Times in milliseconds since the model's first midnight; sets of
    materials are bits in the order the step asks for them."""

    case: int
    step: int
    visit: int
    member: int  # -1: step without pool
    enabled: int
    start: int
    end: int
    outcome: int  # `cases.Outcome`
    handed: int
    fetched: int
    at_fault: int


@dataclass(frozen=True)
class RunRecords:
    """One run: `visits` in the order they ended, and one entry a case in order of arrival.

    `finish_ms` is -1 for cases still inside at `end_ms`, when the run ended.
    """

    visits: np.ndarray  # int64 of shape (n, len(Record._fields))
    arrivals: np.ndarray
    day: np.ndarray
    index: np.ndarray
    arrived_ms: np.ndarray
    finish_ms: np.ndarray
    rejected: np.ndarray
    end_ms: int
    loops_capped: int = 0
    returns_capped: int = 0
    turned_away: int = 0
    left_with_ticket: int = 0
