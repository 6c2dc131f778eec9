"""Which steps run side by side, so that neither waits for the other.

A step that ends before another one begins has enabled it only if the order is not an accident. Two steps
are taken as concurrent where the log shows either

- overlap: of at least `MIN_OBSERVATIONS` neighbouring pairs of the two with known times, at least
  `MIN_OVERLAP_SHARE` overlap; or
- both orders: they are neighbours in both orders, and of at least `MIN_OBSERVATIONS` cases that have both,
  each order of their first occurrences makes up at least `MIN_ORDER_SHARE`.

First occurrences, because a loop check - correct - check - correct shows both orders too, but always
begins with the check. Two steps that both have the applicant at a counter are never concurrent: nobody
stands at two counters. After the heuristic and the overlapping concurrency oracles of Chapela-Campa and
Dumas (Information Systems, 2024), with first occurrences in place of the length-two-loop test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.columns import LogColumns, log_columns
from mining.event_log import EventLog
from mining.grouped import count_codes
from mining.log_cache import once_per_object
from mining.presence import applicant_present

MIN_OBSERVATIONS = 10
MIN_OVERLAP_SHARE = 0.5
MIN_ORDER_SHARE = 0.25


@dataclass(frozen=True)
class Concurrency:
    """Pairs of activity codes a < b that are concurrent, as sorted keys a * n_activities + b."""

    n_activities: int
    keys: np.ndarray

    def __call__(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Whether two arrays of activity codes are concurrent, element by element."""
        if self.keys.size == 0:
            return np.zeros(np.shape(first), bool)
        wanted = _pair_key(first, second, self.n_activities)
        at = np.minimum(np.searchsorted(self.keys, wanted), self.keys.size - 1)
        return self.keys[at] == wanted


def _pair_key(first: np.ndarray, second: np.ndarray, n_activities: int) -> np.ndarray:
    return np.minimum(first, second) * n_activities + np.maximum(first, second)


@once_per_object
def find_concurrency(log: EventLog) -> Concurrency:
    """The concurrent pairs of steps of a log; see the module for the definition."""
    columns = log_columns(log)
    k = columns.n_activities
    source = columns.move_sources
    source = source[columns.activity[source] != columns.activity[source + 1]]
    pairs = _pair_key(columns.activity[source], columns.activity[source + 1], k)
    found = np.union1d(_overlapping(columns, source, pairs), _in_both_orders(columns, source, pairs))
    return Concurrency(k, found[~_both_present(log, columns, found)])


def concurrent_steps(log: EventLog) -> tuple[tuple[str, str], ...]:
    """The concurrent pairs by name, in alphabetical order."""
    columns, found = log_columns(log), find_concurrency(log)
    first, second = (columns.activities[codes] for codes in np.divmod(found.keys, columns.n_activities))
    return tuple(sorted((min(pair), max(pair)) for pair in zip(first, second, strict=True)))


def _overlapping(columns: LogColumns, source: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    known = columns.knows_start_and_end
    timed = known[source] & known[source + 1]
    source, pairs = source[timed], pairs[timed]
    overlap = columns.start_ms[source + 1] < columns.end_ms[source]
    keys, pair, counts = count_codes(pairs, columns.n_activities**2)
    overlaps = np.bincount(pair, weights=overlap, minlength=keys.size)
    return keys[(counts >= MIN_OBSERVATIONS) & (overlaps >= MIN_OVERLAP_SHARE * counts)]


def _in_both_orders(columns: LogColumns, source: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    k = columns.n_activities
    forward = columns.activity[source] < columns.activity[source + 1]
    seen_forward, seen_backward = (count_codes(pairs[way], k * k)[0] for way in (forward, ~forward))
    candidates = np.intersect1d(seen_forward, seen_backward)
    first_seen = _first_times(columns, np.unique(np.concatenate([candidates // k, candidates % k])))
    kept = []
    for key in candidates:
        a, b = first_seen[key // k], first_seen[key % k]
        both = (a >= 0) & (b >= 0)
        orders = np.array([np.count_nonzero(both & (a < b)), np.count_nonzero(both & (b < a))])
        if orders.sum() >= MIN_OBSERVATIONS and orders.min() >= MIN_ORDER_SHARE * orders.sum():
            kept.append(key)
    return np.array(kept, "int64")


def _first_times(columns: LogColumns, activities: np.ndarray) -> dict[int, np.ndarray]:
    """For each activity, when each case first had it: rank of the time in the case, -1 for never."""
    first = np.flatnonzero(~columns.repeated & np.isin(columns.activity, activities))
    rank = _time_ranks(columns)
    found = {}
    for activity in activities:
        events = first[columns.activity[first] == activity]
        when = np.full(columns.n_cases, -1, "int32")
        when[columns.case[events]] = rank[events]
        found[int(activity)] = when
    return found


def _time_ranks(columns: LogColumns) -> np.ndarray:
    """Rank of each event's time in its case; the log is in time order, so ranks only ever go up."""
    later = np.ones(columns.n_events, "int64")
    later[1:] = columns.time_ms[1:] != columns.time_ms[:-1]
    total = np.cumsum(later)
    return total - total[columns.first_events][columns.case]


def _both_present(log: EventLog, columns: LogColumns, keys: np.ndarray) -> np.ndarray:
    present = applicant_present(log)
    if present is None or keys.size == 0:
        return np.zeros(keys.size, bool)
    k = columns.n_activities
    share = np.bincount(columns.activity, weights=present, minlength=k) / np.bincount(
        columns.activity, minlength=k
    )
    return (share[keys // k] > 0.5) & (share[keys % k] > 0.5)
