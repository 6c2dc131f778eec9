"""How long each move between two steps took on the wall clock: all the usual statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.columns import UNKNOWN_MS, difference_ms, log_columns
from mining.event_log import EventLog
from mining.grouped import count_codes, grouped_summary
from mining.log_cache import once_per_object


@dataclass(frozen=True)
class MoveTimes:
    """One value a pair of steps that follow each other, by the codes of source and target.

    `moves` counts all moves, `timed` those whose time is known. The other arrays are milliseconds, float64,
    NaN where no time is known; `sd_ms` is the standard deviation of a sample.
    """

    source: np.ndarray
    target: np.ndarray
    moves: np.ndarray
    timed: np.ndarray
    sum_ms: np.ndarray
    mean_ms: np.ndarray
    sd_ms: np.ndarray
    min_ms: np.ndarray
    median_ms: np.ndarray
    max_ms: np.ndarray


@once_per_object
def find_move_times(log: EventLog) -> MoveTimes:
    """Moves between neighbouring events of a case, with their times.

    As on the process map, a move takes from the end of its source to the start of its target where the log
    has durations, else to its end; 0 where the target begins before its source ends.
    """
    columns = log_columns(log)
    source, width = columns.move_sources, max(columns.n_activities, 1)
    arrive_ms = columns.start_ms if columns.has_durations else columns.end_ms
    taken_ms = difference_ms(arrive_ms[source + 1], columns.end_ms[source])
    pairs = columns.activity[source] * width + columns.activity[source + 1]
    keys, pair, moves = count_codes(pairs, width * width)
    known = taken_ms != UNKNOWN_MS
    if not known.all():
        pair, taken_ms = pair[known], taken_ms[known]
    found = grouped_summary(pair, np.maximum(taken_ms, 0), keys.size)
    return MoveTimes(
        source=keys // width,
        target=keys % width,
        moves=moves,
        timed=found.n,
        sum_ms=found.total,
        mean_ms=found.mean,
        sd_ms=found.sd,
        min_ms=found.smallest,
        median_ms=found.median,
        max_ms=found.largest,
    )
