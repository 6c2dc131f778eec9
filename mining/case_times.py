"""When each case began and finished, and its cycle time in working days and in calendar days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.enabled_times import case_milliseconds
from mining.event_log import ABANDON, EventLog, holds
from mining.log_cache import once_per_object
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, WorkingCalendar


@dataclass(frozen=True)
class CaseTimes:
    """One value a case, in ms, in the order of `LogColumns.case_ids`; `finish_ms` is `UNKNOWN_MS` while the
    case is open. `given_up`: the applicant left unserved (弃号) and that was the end of it."""

    begin_ms: np.ndarray
    finish_ms: np.ndarray
    given_up: np.ndarray

    @property
    def finished(self) -> np.ndarray:
        """Whether a case is known to have ended."""
        return self.finish_ms != UNKNOWN_MS

    @property
    def done(self) -> np.ndarray:
        """Whether a case has ended otherwise than by giving up: those that count as done (办结)."""
        return self.finished & ~self.given_up


@once_per_object
def find_case_times(log: EventLog) -> CaseTimes:
    """Begin and finish of each case.

    A case begins with its application (`ts_apply`), its first ticket or enabled time, or its first event,
    whichever is known and earliest. It finishes at `ts_finish`. In a simulated log, and where the log knows
    `ts_finish` of any case, a case without one is open; where it knows none, a case ends with its last event.
    It is given up if its final result, else the result of its last event, is 弃号.
    """
    columns = log_columns(log)
    if columns.n_cases == 0:
        return CaseTimes(columns.time_ms, columns.time_ms, np.zeros(0, bool))
    candidates = [
        np.where(columns.start_ms == UNKNOWN_MS, columns.time_ms, columns.start_ms),
        milliseconds(log.events, "ts_ticket"),
        milliseconds(log.events, "ts_enabled"),
    ]
    earliest = np.minimum.reduce([_unknown_last(values) for values in candidates])
    begin = np.minimum.reduceat(earliest, columns.first_events)
    begin = np.minimum(begin, _unknown_last(case_milliseconds(log, "ts_apply")))
    finish = case_milliseconds(log, "ts_finish")
    if not log.simulated and bool(np.all(finish == UNKNOWN_MS)):
        finish = columns.time_ms[columns.last_events]
    return CaseTimes(begin, finish, _given_up(log))


def _given_up(log: EventLog) -> np.ndarray:
    columns = log_columns(log)
    found = np.zeros(columns.n_cases, bool)
    if "result" in log.events.columns:
        last = log.events["result"].iloc[columns.last_events]
        found = (last == ABANDON).to_numpy(dtype=bool)
    if not holds(log.cases, "final_result"):
        return found
    of_case = log.cases.drop_duplicates("case_id").set_index("case_id")["final_result"]
    final = of_case.reindex(columns.case_ids)
    return np.where(final.isna(), found, final == ABANDON)


def _unknown_last(values_ms: np.ndarray) -> np.ndarray:
    return np.where(values_ms == UNKNOWN_MS, np.iinfo("int64").max, values_ms)


def cycle_days(log: EventLog, calendar: WorkingCalendar) -> np.ndarray:
    """Cycle time of each case in working days: open minutes from begin to finish over those of a usual day.

    NaN for cases that are open or given up and for those that finished before they began. Example: with 9-12
    and 13-17, begun on Friday 16:00 and finished on Monday 10:00 is 2 h of 7 h = 0.29 working days.
    """
    times = find_case_times(log)
    measured = _measured(times)
    days = np.full(times.begin_ms.size, np.nan)
    open_ms = calendar.working_ms_between(times.begin_ms[measured], times.finish_ms[measured])
    days[measured] = open_ms / MS_PER_MINUTE / calendar.minutes_per_day
    return days


def cycle_calendar_days(log: EventLog) -> np.ndarray:
    """Cycle time of each case on the wall clock, in days of 24 hours; NaN as in `cycle_days`.

    Example: begun on Friday 16:00 and finished on Monday 10:00 is 66 h = 2.75 calendar days.
    """
    times = find_case_times(log)
    measured = _measured(times)
    days = np.full(times.begin_ms.size, np.nan)
    days[measured] = (times.finish_ms[measured] - times.begin_ms[measured]) / MS_PER_DAY
    return days


def _measured(times: CaseTimes) -> np.ndarray:
    return times.done & (times.finish_ms >= times.begin_ms)
