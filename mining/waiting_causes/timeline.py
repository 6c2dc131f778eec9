"""The time of every officer, laid end to end and cut wherever something begins, ends or is asked about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.grouped import sorted_distinct
from mining.officer_hours import OfficerHours
from mining.waiting_causes.clocks import clock_readings, hours_of_clocks
from mining.waiting_causes.range_sums import smallest_cover

IDLE = int(np.iinfo(np.int64).max)


@dataclass(frozen=True)
class Services:
    """What officers did: one value a service. `enabled_ms` is `UNKNOWN_MS` where it is not known."""

    officer: np.ndarray
    start_ms: np.ndarray
    end_ms: np.ndarray
    enabled_ms: np.ndarray


@dataclass(frozen=True)
class Timeline:
    """Stretch k lasts from moment k to moment k + 1 of the same officer; durations by clock, in ms.

    `oldest_ms`: of the work the officer had in hand, the earliest enabled time; `IDLE` if none. `at_once`:
    how many services were in hand. `open_ms`: the part of each stretch inside the officer's own hours.
    """

    keys: np.ndarray  # officer and moment in one number, ascending
    first_ms: int
    span_ms: int
    length_ms: np.ndarray  # (clocks, stretches)
    open_ms: np.ndarray  # (clocks, stretches)
    oldest_ms: np.ndarray
    at_once: np.ndarray

    def place(self, officer: np.ndarray, moments_ms: np.ndarray) -> np.ndarray:
        """The stretch that begins at each moment; it must be one the timeline was cut at."""
        return np.searchsorted(self.keys, officer * self.span_ms + (moments_ms - self.first_ms))

    def moments(self, places: np.ndarray) -> np.ndarray:
        """The moment at which each stretch begins, in ms."""
        return self.keys[places] % self.span_ms + self.first_ms

    @property
    def idle(self) -> np.ndarray:
        """Whether the officer had nothing in hand."""
        return self.oldest_ms == IDLE


def lay_out(services: Services, hours: OfficerHours, officer: np.ndarray, moments_ms: np.ndarray) -> Timeline:
    """The timeline of `services`, cut at their ends and at `moments_ms` of `officer` as well."""
    who = np.concatenate([services.officer, services.officer, officer])
    when = np.concatenate([services.start_ms, services.end_ms, moments_ms])
    first = int(when.min(initial=0)) if when.size else 0
    span = int(when.max() - first) + 1 if when.size else 1
    keys = sorted_distinct(who * span + (when - first))
    who, since = np.divmod(keys, span)
    at = since + first
    within = who[1:] == who[:-1]
    readings = clock_readings(at, hours.hall)
    opened = np.stack([hours.open_until(who, at, inside) for inside in hours_of_clocks(hours.hall)])
    begin, end = (
        np.searchsorted(keys, services.officer * span + (moment - first))
        for moment in (services.start_ms, services.end_ms)
    )
    n = max(keys.size - 1, 0)
    return Timeline(
        keys=keys,
        first_ms=first,
        span_ms=span,
        length_ms=np.diff(readings, axis=1) * within,
        open_ms=np.diff(opened, axis=1) * within,
        oldest_ms=smallest_cover(begin, end, services.enabled_ms, n),
        at_once=np.cumsum(np.bincount(begin, minlength=n + 1) - np.bincount(end, minlength=n + 1))[:n],
    )
