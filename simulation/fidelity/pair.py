"""Two logs side by side as arrays: steps named by one list, times in whole milliseconds of the wall clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.event_log import EventLog
from simulation.calibration.observations import Observations, observe
from simulation.errors import ExperimentError


@dataclass(frozen=True)
class Side:
    """One log: events by case, then start, then end; equal moments stay in the order of the log."""

    case: np.ndarray  # codes 0, 1, ... ascending, none left out
    step: np.ndarray  # codes shared by the two sides
    start_ms: np.ndarray
    end_ms: np.ndarray

    @property
    def heads(self) -> np.ndarray:
        """Index of the first event of each case, which is the one that starts first."""
        return np.flatnonzero(np.append(True, self.case[1:] != self.case[:-1]))

    @property
    def case_start_ms(self) -> np.ndarray:
        """By case: its earliest start."""
        return self.start_ms[self.heads]

    @property
    def case_end_ms(self) -> np.ndarray:
        """By case: its latest end."""
        return np.maximum.reduceat(self.end_ms, self.heads)

    @property
    def moments_ms(self) -> np.ndarray:
        """All starts, then all ends: two values an event."""
        return np.concatenate([self.start_ms, self.end_ms])


@dataclass(frozen=True)
class LogPair:
    """What the distances are taken between. `ends_only`: start = end on both sides, see `pair_logs`."""

    first: Side
    second: Side
    ends_only: bool


def pair_logs(first: EventLog, second: EventLog) -> LogPair:
    """Both logs made comparable.

    An event without a start (or with one after its end) starts when it ends. Where one of the logs has ends
    only, the starts of the other would be held against nothing: then start = end on both sides.
    Raises `ExperimentError` for a log without events.
    """
    for log in (first, second):
        if log.n_events == 0:
            raise ExperimentError(
                zh=f"日志“{log.name}”没有事件，无法计算距离；至少需要一个事件。",
                en=f"Log {log.name!r} has no events; a distance needs at least one event in each log.",
            )
    seen = observe(first), observe(second)
    ends_only = not (seen[0].starts_logged and seen[1].starts_logged)
    names = pd.Index(seen[0].step_names).union(pd.Index(seen[1].step_names))
    sides = [_side(observed, names, ends_only) for observed in seen]
    return LogPair(sides[0], sides[1], ends_only)


def _side(observed: Observations, names: pd.Index, ends_only: bool) -> Side:
    end = observed.end_ms
    start = end if ends_only else observed.start_ms
    order = np.lexsort((end, start, observed.case))
    step = names.get_indexer(pd.Index(observed.step_names))[observed.step]
    return Side(observed.case[order], step[order], start[order], end[order])
