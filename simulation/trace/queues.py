"""Who waits in a queue: its length over a day, who was there at a moment, who was ahead of a visit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.working_time import MS_PER_DAY
from simulation.engines.program.open_time import Interval
from simulation.engines.reference.cases import Outcome
from simulation.errors import ExperimentError
from simulation.trace.tiles import open_within
from simulation.trace.watched_run import WatchedRun


@dataclass(frozen=True)
class QueueDay:
    """How many wait for a queue over one day: `waiting[i]` from `moments_ms[i]` to the next moment.

    People who went home at closing with a ticket do not stand in the hall and are not counted until they are
    back. Papers count day and night. What was still waiting when the run ended has no record and is left out.
    """

    pool: str
    day: int
    moments_ms: tuple[int, ...]
    waiting: tuple[int, ...]

    @property
    def longest(self) -> int:
        """The largest number waiting."""
        return max(self.waiting)

    @property
    def mean(self) -> float:
        """The mean over the day, weighted by time."""
        lengths = np.diff([*self.moments_ms, self._end_ms])
        return float(np.dot(lengths, self.waiting) / lengths.sum())

    @property
    def _end_ms(self) -> int:
        return (self.moments_ms[0] // MS_PER_DAY + 1) * MS_PER_DAY


@dataclass(frozen=True)
class Ahead:
    """A visit as it joined its queue.

    `ahead` were waiting and go first by the rules, `overtook` came later and were taken first all the same
    (a priority, or a slot booked): rows of visits in the order they were taken.
    """

    ahead: tuple[int, ...]
    overtook: tuple[int, ...]


def pool_number(watched: WatchedRun, pool: str) -> int:
    """The number of a queue; raises `ExperimentError` naming the known ones."""
    known = [name for name in watched.pools if name]
    if pool not in known:
        raise ExperimentError(
            zh=f"大厅中没有队列“{pool}”；已有：{'、'.join(known)}。",
            en=f"The hall has no queue {pool!r}; known: {', '.join(known)}.",
        )
    return watched.pools.index(pool)


def queue_day(watched: WatchedRun, pool: str, day: int) -> QueueDay:
    """The length of a queue over a day; raises `ExperimentError` for a queue or a day it does not have."""
    begin, end = watched.day_span(day)
    rows = watched.rows_of_pool(pool_number(watched, pool))
    joined, start = watched.columns["released"][rows], watched.columns["start"][rows]
    changes: dict[int, int] = {begin: 0}
    for row in rows[(joined < end) & (start > begin)].tolist():
        for first, last in _standing(watched, row, begin, end):
            changes[first] = changes.get(first, 0) + 1
            changes[last] = changes.get(last, 0) - 1
    moments = sorted(moment for moment in changes if moment < end)
    waiting = np.cumsum([changes[moment] for moment in moments])
    return QueueDay(pool, day, tuple(moments), tuple(waiting.tolist()))


def waiting_at(watched: WatchedRun, pool: str, moment_ms: int) -> tuple[int, ...]:
    """Rows of the visits that wait for a queue at a moment, in the order they joined it."""
    rows = watched.rows_of_pool(pool_number(watched, pool))
    joined, start = watched.columns["released"][rows], watched.columns["start"][rows]
    rows = rows[(joined <= moment_ms) & (start > moment_ms)]
    if not watched.program.inside.is_open(moment_ms):
        rows = rows[~watched.present_of_row[rows]]
    order = np.lexsort((watched.columns["case"][rows], watched.columns["enabled"][rows]))
    return tuple(rows[order].tolist())


def ahead_of(watched: WatchedRun, row: int) -> Ahead:
    """Who was before a visit in its queue."""
    mine = watched.record(row)
    rows = watched.rows_of_pool(int(watched.pool_of_row[row]))
    joined, start = watched.columns["released"][rows], watched.columns["start"][rows]
    first = (start < mine.start) | ((start == mine.start) & (watched.columns["case"][rows] < mine.case))
    left = watched.columns["outcome"][rows] == Outcome.GAVE_UP
    ahead = (joined <= mine.released) & (start > mine.released) & first
    overtook = (joined > mine.released) & (start < mine.start) & ~left
    others = rows != row
    return Ahead(tuple(rows[ahead & others].tolist()), tuple(rows[overtook & others].tolist()))


def _standing(watched: WatchedRun, row: int, begin: int, end: int) -> list[Interval]:
    """When a visit stood in its queue inside [begin, end)."""
    first, last = int(watched.columns["released"][row]), int(watched.columns["start"][row])
    first, last = max(first, begin), min(last, end)
    if first >= last:
        return []
    if not watched.present_of_row[row]:
        return [(first, last)]
    return open_within(watched.program.inside, first, last)
