"""The limit of each case: when its clock began, when it was due, when it was done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, LogColumns, log_columns, milliseconds
from mining.diagnostics.corrections import corrections_if_known
from mining.event_log import EventLog
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, WorkingCalendar, deadline

Limit = Literal["promised", "statutory"]
_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class TimeLimits:
    """Cases with a known limit, one value each.

    `used` is open time from the day after the clock began to the end of the case / open time of the whole
    limit: 0 for one done on the first day, above 1 for a late one, NaN while it is open or where nothing is.
    `late_hours` are open hours beyond the limit, of open cases up to the end of the log.
    """

    case: np.ndarray  # codes of `LogColumns.case_ids`
    limit_days: np.ndarray  # NaN where the log gives the due date itself
    finished: np.ndarray  # bool
    late: np.ndarray  # bool: finished after its due date, or open when that had passed
    used: np.ndarray
    late_hours: np.ndarray
    restarted: np.ndarray  # bool: a return for correction made the clock begin again
    clock_from: str  # the column that tells when it began; "time": the first event does
    finish_from: str  # the column that tells when it ended; "time": the last event does


def find_time_limits(log: EventLog, calendar: WorkingCalendar, limit: Limit) -> TimeLimits | None:
    """The limits of one kind; None where the log has none.

    A limit of n working days ends with the nth working day after the day the clock began (`deadline`). The
    clock begins at acceptance, else at the application, else with the first event; after a return for
    correction it begins again when the step is attempted again. A case without `ts_finish` is open where the
    log knows that column; else its last event counts as its end.
    """
    columns = log_columns(log)
    days = _of_case(log, columns, f"limit_{limit}")
    promised_ms = _due_dates(log, columns) if limit == "promised" else np.full(columns.n_cases, UNKNOWN_MS)
    case = np.flatnonzero(~np.isnan(days) | (promised_ms != UNKNOWN_MS))
    if case.size == 0:
        return None
    clock_ms, clock_from = _clock_begins(log, columns)
    clock_ms, restarted = _restarted(log, columns, clock_ms)
    finish_ms, finish_from = _finishes(log, columns)
    clock_ms, finish_ms, days = clock_ms[case], finish_ms[case], days[case]
    due_day = np.where(np.isnan(days), promised_ms[case] // MS_PER_DAY, 0)
    given = ~np.isnan(days)
    due_day[given] = _due_days(calendar, clock_ms[given] // MS_PER_DAY, np.ceil(days[given]).astype("int64"))
    finished = finish_ms != UNKNOWN_MS
    until_ms = np.where(finished, finish_ms, int(columns.time_ms.max()))
    begin_ms, due_ms = (clock_ms // MS_PER_DAY + 1) * MS_PER_DAY, (due_day + 1) * MS_PER_DAY
    late = until_ms >= due_ms
    used, whole = (
        calendar.working_ms_between(begin_ms, until_ms),
        calendar.working_ms_between(begin_ms, due_ms),
    )
    share = np.divide(
        np.maximum(used, 0), whole, out=np.full(case.size, np.nan), where=finished & (whole > 0)
    )
    late_ms = np.where(late, calendar.working_ms_between(due_ms, np.maximum(until_ms, due_ms)), 0)
    return TimeLimits(
        case, days, finished, late, share, late_ms / MS_PER_HOUR, restarted[case], clock_from, finish_from
    )


def _of_case(log: EventLog, columns: LogColumns, name: str) -> np.ndarray:
    """A number of the table of cases for each case of the log, NaN where there is none; negative ones too."""
    if name not in log.cases.columns:
        return np.full(columns.n_cases, np.nan)
    of_case = log.cases.drop_duplicates("case_id").set_index("case_id")[name].reindex(columns.case_ids)
    values = of_case.to_numpy(dtype="float64")
    return np.where(values >= 0, values, np.nan)


def _time_of_case(log: EventLog, columns: LogColumns, name: str) -> np.ndarray:
    """A time of the table of cases, else the first the case's events know, in ms; UNKNOWN_MS without any."""
    found = np.full(columns.n_cases, UNKNOWN_MS, "int64")
    if name in log.cases.columns:
        table = log.cases.drop_duplicates("case_id").set_index("case_id").reindex(columns.case_ids)
        found = milliseconds(table, name)
    if log.has(name):
        of_event = milliseconds(log.events, name)
        known = np.flatnonzero(of_event != UNKNOWN_MS)[::-1]
        first = np.full(columns.n_cases, UNKNOWN_MS, "int64")
        first[columns.case[known]] = of_event[known]
        found = np.where(found == UNKNOWN_MS, first, found)
    return found


def _due_dates(log: EventLog, columns: LogColumns) -> np.ndarray:
    return _time_of_case(log, columns, "ts_promise")


def _clock_begins(log: EventLog, columns: LogColumns) -> tuple[np.ndarray, str]:
    start = columns.start_ms[columns.first_events]
    first = np.where(start == UNKNOWN_MS, columns.time_ms[columns.first_events], start)
    for name in ("ts_accept", "ts_apply"):
        found = _time_of_case(log, columns, name)
        if bool((found != UNKNOWN_MS).any()):
            return np.where(found == UNKNOWN_MS, first, found), name
    return first, "time"


def _restarted(log: EventLog, columns: LogColumns, clock_ms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The clock of each case after its last return that was answered."""
    corrections = corrections_if_known(log)
    latest = clock_ms.copy()
    if corrections is not None:
        again = corrections.after[corrections.returned & (corrections.after >= 0)]
        start = np.where(
            columns.start_ms[again] == UNKNOWN_MS, columns.time_ms[again], columns.start_ms[again]
        )
        np.maximum.at(latest, columns.case[again], start)
    return latest, latest > clock_ms


def _finishes(log: EventLog, columns: LogColumns) -> tuple[np.ndarray, str]:
    if "ts_finish" in log.cases.columns and bool(log.cases["ts_finish"].notna().any()):
        return _time_of_case(log, columns, "ts_finish"), "ts_finish"
    return columns.time_ms[columns.last_events], "time"


def _due_days(calendar: WorkingCalendar, day: np.ndarray, limit_days: np.ndarray) -> np.ndarray:
    """`deadline` as a day number since 1970, computed once for each day and limit."""
    pairs = pd.MultiIndex.from_arrays([day, limit_days])
    codes, different = pd.factorize(pairs)
    due = [
        (deadline(calendar, _EPOCH + dt.timedelta(days=int(begin)), int(n)) - _EPOCH).days
        for begin, n in different
    ]
    return np.array(due, "int64")[codes]
