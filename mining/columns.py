"""The log as coded NumPy columns: directly-follows counts, durations and filters in milliseconds.

An `EventLog` is sorted by case, so once cases and activities are whole numbers, moves are neighbours in an
array, counting them is one `bincount`, and a duration is a difference. 1 M events take a fraction of a
second; nothing here loops over events.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mining.event_log import EventLog
from mining.log_cache import once_per_object

UNKNOWN_MS = int(np.iinfo(np.int64).min)
"""Marks a missing time or duration in int64 arrays (pandas stores NaT the same way)."""


@dataclass(frozen=True)
class LogColumns:
    """The columns of one log, one value an event, in the order of the log.

    `activities` is ordered by frequency (ties by name), so that code 0 is the most frequent step.
    Times are milliseconds since 1970-01-01 on the hall's clock, `UNKNOWN_MS` where missing.
    """

    case_ids: np.ndarray  # text, one a case; its position is the code
    activities: np.ndarray  # text, one a step; its position is the code
    case: np.ndarray  # int64 code, ascending
    activity: np.ndarray  # int64 code
    time_ms: np.ndarray
    start_ms: np.ndarray
    end_ms: np.ndarray
    case_starts: np.ndarray  # position of the first event of each case, and n_events at the end

    @property
    def n_events(self) -> int:
        """Number of events."""
        return int(self.case.size)

    @property
    def n_cases(self) -> int:
        """Number of cases."""
        return int(self.case_ids.size)

    @property
    def n_activities(self) -> int:
        """Number of different steps."""
        return int(self.activities.size)

    @cached_property
    def first_events(self) -> np.ndarray:
        """Positions of the first event of each case."""
        return self.case_starts[:-1]

    @cached_property
    def last_events(self) -> np.ndarray:
        """Positions of the last event of each case."""
        return self.case_starts[1:] - 1

    @cached_property
    def case_lengths(self) -> np.ndarray:
        """Events of each case."""
        return np.diff(self.case_starts)

    @cached_property
    def move_sources(self) -> np.ndarray:
        """Positions of the events that have a next event in their case; that one is at position + 1."""
        return np.flatnonzero(self.case[1:] == self.case[:-1])

    @cached_property
    def knows_start_and_end(self) -> np.ndarray:
        """Whether both times of an event are known."""
        return (self.start_ms != UNKNOWN_MS) & (self.end_ms != UNKNOWN_MS)

    @cached_property
    def has_durations(self) -> bool:
        """Whether most events know their start and their end: waiting and working can be told apart."""
        return bool(self.knows_start_and_end.mean() > 0.5) if self.n_events else False

    @cached_property
    def repeated(self) -> np.ndarray:
        """Whether an event is not the first of its step in its case."""
        pair = self.case * max(self.n_activities, 1) + self.activity
        _, first = np.unique(pair, return_index=True)
        again = np.ones(self.n_events, bool)
        again[first] = False
        return again

    def codes_of_cases(self, case_ids: pd.Series | pd.Index) -> np.ndarray:
        """Codes of these case ids, -1 for those without events."""
        return self._index.get_indexer(pd.Index(case_ids))

    @cached_property
    def _index(self) -> pd.Index:
        return pd.Index(self.case_ids)


@once_per_object
def log_columns(log: EventLog) -> LogColumns:
    """The coded columns of a log, made once a log.

    Raises `ValueError` where the events are not in the order of `sort_events`: a map of unsorted events would
    look right and be wrong.
    """
    events = log.events
    case, case_ids = pd.factorize(events["case_id"])
    time_ms = milliseconds(events, "time")
    same_case = case[1:] == case[:-1]
    if bool(np.any(case[1:] < case[:-1]) or np.any(same_case & (time_ms[1:] < time_ms[:-1]))):
        raise ValueError(f"{log.name}: events are not in the order (case, time); use sort_events")
    activity, activities = _codes_by_frequency(events["activity"])
    return LogColumns(
        case_ids=np.asarray(case_ids, dtype=object),
        activities=activities,
        case=case.astype("int64"),
        activity=activity,
        time_ms=time_ms,
        start_ms=milliseconds(events, "ts_start"),
        end_ms=milliseconds(events, "ts_end"),
        case_starts=np.concatenate([[0], np.cumsum(np.bincount(case, minlength=len(case_ids)))]).astype(
            "int64"
        ),
    )


def _codes_by_frequency(names: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    found, labels = pd.factorize(names)
    texts = np.asarray(labels, dtype=object)
    counts = np.bincount(found, minlength=texts.size)
    order = sorted(range(texts.size), key=lambda code: (-counts[code], texts[code]))
    new_code = np.empty(texts.size, "int64")
    new_code[order] = np.arange(texts.size)
    return new_code[found], texts[order]


def milliseconds(table: pd.DataFrame, column: str) -> np.ndarray:
    """A time column as int64 milliseconds; all `UNKNOWN_MS` where the table does not have it."""
    if column not in table.columns:
        return np.full(len(table), UNKNOWN_MS, "int64")
    return table[column].to_numpy().astype("datetime64[ms]").astype("int64")


def difference_ms(later_ms: np.ndarray, earlier_ms: np.ndarray) -> np.ndarray:
    """Elapsed milliseconds, `UNKNOWN_MS` where one of the two is unknown."""
    known = (later_ms != UNKNOWN_MS) & (earlier_ms != UNKNOWN_MS)
    return np.where(known, later_ms - np.where(known, earlier_ms, 0), UNKNOWN_MS)
