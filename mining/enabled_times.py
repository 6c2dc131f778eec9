"""Enabled times: when the work of an event could have begun. Waiting = enabled to start.

The enabled time of an event is, in this order,

1. `ts_enabled`, where the log knows it (simulated logs do);
2. `ts_ticket`, for the first event that carries this ticket (an export may repeat it on each row);
3. the latest end of an event of the case that ended before this one began and is not concurrent with it
   (Chapela-Campa and Dumas, Information Systems, 2024); unknown if that event's end is unknown;
4. `ts_apply` of the case, where there is no such event;
5. unknown.

Example: 受理 9:05-9:20, 审核 10:00-11:00, 发证 14:00-14:10. Enabled: 审核 at 9:20, 发证 at 11:00; 受理 at its
ticket, else at the application, else unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from mining.columns import UNKNOWN_MS, LogColumns, log_columns, milliseconds
from mining.concurrency import Concurrency, find_concurrency
from mining.event_log import EventLog
from mining.log_cache import once_per_object
from mining.presence import new_tickets_ms


class EnabledBy(IntEnum):
    """What an enabled time rests on."""

    UNKNOWN = 0
    RECORDED = 1
    TICKET = 2
    PREDECESSOR = 3
    APPLICATION = 4


@dataclass(frozen=True)
class EnabledTimes:
    """One value an event: the enabled time in ms (`UNKNOWN_MS`), what it rests on (`EnabledBy`), and the
    position of the event that enabled it (-1 where it rests on something else)."""

    enabled_ms: np.ndarray
    enabled_by: np.ndarray
    predecessor: np.ndarray

    @property
    def known(self) -> np.ndarray:
        """Whether the enabled time of an event is known."""
        return self.enabled_ms != UNKNOWN_MS


@once_per_object
def find_enabled_times(log: EventLog) -> EnabledTimes:
    """The enabled time of each event of a log; see the module for the definition."""
    columns = log_columns(log)
    enabled, by, predecessor = _nothing_known(columns.n_events)
    _fill(enabled, by, milliseconds(log.events, "ts_enabled"), EnabledBy.RECORDED)
    _fill(enabled, by, new_tickets_ms(log), EnabledBy.TICKET)
    open_events = np.flatnonzero(enabled == UNKNOWN_MS)
    if open_events.size == 0:
        return EnabledTimes(enabled, by, predecessor)
    before = _last_enabling_event(columns, open_events, find_concurrency(log))
    enabling = before >= 0
    predecessor[open_events] = before
    ends = np.full(columns.n_events, UNKNOWN_MS, "int64")
    ends[open_events[enabling]] = columns.end_ms[before[enabling]]
    _fill(enabled, by, ends, EnabledBy.PREDECESSOR)
    applied = np.full(columns.n_events, UNKNOWN_MS, "int64")
    first = open_events[~enabling]
    applied[first] = case_milliseconds(log, "ts_apply")[columns.case[first]]
    _fill(enabled, by, applied, EnabledBy.APPLICATION)
    return EnabledTimes(enabled, by, predecessor)


def case_milliseconds(log: EventLog, column: str) -> np.ndarray:
    """A time column of the case table, one value a case in the order of `LogColumns.case_ids`."""
    columns = log_columns(log)
    found = np.full(columns.n_cases, UNKNOWN_MS, "int64")
    codes = columns.codes_of_cases(log.cases["case_id"])
    found[codes[codes >= 0]] = milliseconds(log.cases, column)[codes >= 0]
    return found


def _nothing_known(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.full(n, UNKNOWN_MS, "int64"), np.zeros(n, "int8"), np.full(n, -1, "int64")


def _fill(enabled: np.ndarray, by: np.ndarray, values_ms: np.ndarray, source: EnabledBy) -> None:
    news = (enabled == UNKNOWN_MS) & (values_ms != UNKNOWN_MS)
    enabled[news] = values_ms[news]
    by[news] = source


def _last_enabling_event(columns: LogColumns, events: np.ndarray, concurrent: Concurrency) -> np.ndarray:
    """Position of the latest earlier event that ended before each event began and is not concurrent; -1."""
    first = columns.first_events[columns.case[events]]
    at = _last_ended_before(columns, events, first)
    active = np.flatnonzero(at >= first)
    while active.size:
        active = active[concurrent(columns.activity[events[active]], columns.activity[at[active]])]
        at[active] -= 1
        active = active[at[active] >= first[active]]
    return np.where(at >= first, at, -1)


def _last_ended_before(columns: LogColumns, events: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Bisection within each case: the last earlier event whose time is not after the event's start."""
    start = columns.start_ms[events]
    begin = np.where(start == UNKNOWN_MS, columns.time_ms[events], start)
    low, high = first.copy(), events.copy()
    while bool(np.any(low < high)):
        middle = (low + high) // 2
        goes_right = (low < high) & (columns.time_ms[np.minimum(middle, events)] <= begin)
        high = np.where((low < high) & ~goes_right, middle, high)
        low = np.where(goes_right, middle + 1, low)
    return low - 1
