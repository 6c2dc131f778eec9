"""The limit of each case: when its clock began, when it was due, when it was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mining.case_times import find_case_times
from mining.columns import UNKNOWN_MS, LogColumns, log_columns, milliseconds
from mining.deadlines import (
    CALENDAR_DAYS,
    CLOSING_MINUTE,
    WORKING_DAYS,
    ClockStops,
    due_ms,
    merge_stops,
    stopped_ms,
)
from mining.diagnostics.corrections import corrections_if_known
from mining.diagnostics.resubmissions import find_resubmissions
from mining.event_log import EventLog
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

Limit = Literal["promised", "statutory"]


@dataclass(frozen=True)
class TimeLimits:
    """Cases with a known limit, one value each.

    `used` is open time from the day after the clock began to the end of the case / open time of the whole
    limit, days the clock stood still taken out of both: 0 for one done on the first day, above 1 for a late
    one, NaN while it is open or where nothing is. `late_working_hours` are open hours beyond the limit, of
    open cases up to the end of the log; `late_calendar_hours` the same on the wall clock.
    """

    case: np.ndarray  # codes of `LogColumns.case_ids`
    limit_days: np.ndarray  # NaN where the log gives the due date itself
    in_calendar_days: np.ndarray  # bool: the limit is in calendar days
    due_ms: np.ndarray
    finished: np.ndarray  # bool
    late: np.ndarray  # bool: finished after its due date, or open when that had passed
    used: np.ndarray
    late_working_hours: np.ndarray
    late_calendar_hours: np.ndarray
    restarted: np.ndarray  # bool: a return for correction made the clock begin again
    stopped: np.ndarray  # bool: the clock stood still at least for a day (special procedure)
    stops_without_end: int  # stops with no end: taken to last until the case or the log ends
    clock_from: str  # the column that tells when it began; "time": the first event does
    finish_from: str  # the column that tells when it ended; "time": the last event does


def find_time_limits(log: EventLog, calendar: WorkingCalendar, limit: Limit) -> TimeLimits | None:
    """The limits of one kind; None where the log has none.

    When a limit ends: `mining.deadlines`. The clock begins at acceptance, else at the application, else with
    the first event; after a return for correction it begins again when the applicant answers; it stands
    still during `EventLog.clock_stops`. A due date in the log (`ts_promise`) is taken as it is, at closing
    time of that day. A case without `ts_finish` is open where the log knows that column; else its last
    event counts as its end. Cases that ended by giving up (弃号) are left out: neither done nor late.
    """
    columns = log_columns(log)
    days = _of_case(log, columns, f"limit_{limit}")
    promised_ms = _due_dates(log, columns) if limit == "promised" else np.full(columns.n_cases, UNKNOWN_MS)
    times = find_case_times(log)
    limited = ~np.isnan(days) | (promised_ms != UNKNOWN_MS)
    case = np.flatnonzero(limited & ~(times.finished & times.given_up))
    if case.size == 0:
        return None
    clock_ms, clock_from = _clock_begins(log, columns)
    clock_ms, restarted = _restarted(log, clock_ms)
    finish_ms, finish_from = _finishes(log, columns)
    finished = finish_ms != UNKNOWN_MS
    until_ms = np.where(finished, finish_ms, int(columns.time_ms.max()))
    stops, without_end = _clock_stops(log, columns, until_ms)
    calendar_unit = _in_calendar_days(log, columns, limit)
    due = _due(calendar, clock_ms, days, promised_ms, calendar_unit, case, stops)
    clock_ms, until_ms, finished = clock_ms[case], until_ms[case], finished[case]
    of_limit = _only(stops, case)
    begin_ms = (clock_ms // MS_PER_DAY + 1) * MS_PER_DAY
    used = _running_ms(calendar, of_limit, begin_ms, until_ms)
    whole = _running_ms(calendar, of_limit, begin_ms, due)
    known = finished & (whole > 0)
    late = until_ms > due
    over = np.where(late, until_ms, due)
    return TimeLimits(
        case=case,
        limit_days=days[case],
        in_calendar_days=calendar_unit[case] & ~np.isnan(days[case]),
        due_ms=due,
        finished=finished,
        late=late,
        used=np.divide(np.maximum(used, 0), whole, out=np.full(case.size, np.nan), where=known),
        late_working_hours=calendar.working_ms_between(due, over) / MS_PER_HOUR,
        late_calendar_hours=(over - due) / MS_PER_HOUR,
        restarted=restarted[case],
        stopped=np.bincount(of_limit.case, of_limit.last > of_limit.first, case.size) > 0,
        stops_without_end=without_end,
        clock_from=clock_from,
        finish_from=finish_from,
    )


def latest_due_ms(log: EventLog, calendar: WorkingCalendar) -> int | None:
    """The latest moment any limit of the log ends; None without limits."""
    kinds: tuple[Limit, ...] = ("promised", "statutory")
    found = [limits for kind in kinds if (limits := find_time_limits(log, calendar, kind)) is not None]
    return max((int(limits.due_ms.max()) for limits in found), default=None)


def _due(
    calendar: WorkingCalendar,
    clock_ms: np.ndarray,
    days: np.ndarray,
    promised_ms: np.ndarray,
    calendar_unit: np.ndarray,
    case: np.ndarray,
    stops: ClockStops,
) -> np.ndarray:
    """The moment each of these cases is due: by its limit, else by the date the log gives."""
    due = promised_ms // MS_PER_DAY * MS_PER_DAY + CLOSING_MINUTE * MS_PER_MINUTE
    for unit in (WORKING_DAYS, CALENDAR_DAYS):
        at = np.flatnonzero(~np.isnan(days) & (calendar_unit == (unit == CALENDAR_DAYS)))
        due[at] = due_ms(calendar, clock_ms[at], days[at], unit, _only(stops, at))
    return due[case]


def _running_ms(
    calendar: WorkingCalendar, stops: ClockStops, begin_ms: np.ndarray, end_ms: np.ndarray
) -> np.ndarray:
    """Open time from begin to end in which the clock ran."""
    return calendar.working_ms_between(begin_ms, end_ms) - stopped_ms(calendar, stops, begin_ms, end_ms)


def _only(stops: ClockStops, case: np.ndarray) -> ClockStops:
    """The stops of these cases (ascending codes), their cases as positions in `case`."""
    place = np.searchsorted(case, stops.case)
    kept = np.flatnonzero(np.append(case, -1)[place] == stops.case)
    return ClockStops(place[kept], stops.first[kept], stops.last[kept], stops.still_stopped[kept])


def _clock_stops(log: EventLog, columns: LogColumns, until_ms: np.ndarray) -> tuple[ClockStops, int]:
    """The merged stops of the log's cases; one without an end lasts until its case or the log ends."""
    table = log.clock_stops
    case = columns.codes_of_cases(table["case_id"])
    start, end = milliseconds(table, "ts_start"), milliseconds(table, "ts_end")
    known = (case >= 0) & (start != UNKNOWN_MS)
    case, start, end = case[known], start[known], end[known]
    still = end == UNKNOWN_MS
    end = np.where(still, np.maximum(until_ms[case], start), end)
    return merge_stops(case, start, end, still), int(still.sum())


def _in_calendar_days(log: EventLog, columns: LogColumns, limit: Limit) -> np.ndarray:
    """Whether the limit of each case is in calendar days; one without a unit is in working days."""
    name = f"limit_{limit}_unit"
    if name not in log.cases.columns:
        return np.zeros(columns.n_cases, bool)
    of_case = log.cases.drop_duplicates("case_id").set_index("case_id")[name].reindex(columns.case_ids)
    return (of_case == CALENDAR_DAYS).to_numpy(dtype=bool)


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


def _restarted(log: EventLog, clock_ms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The clock of each case after its last return that was answered."""
    corrections = corrections_if_known(log)
    latest = clock_ms.copy()
    if corrections is not None:
        np.maximum.at(latest, *find_resubmissions(log, corrections))
    return latest, latest > clock_ms


def _finishes(log: EventLog, columns: LogColumns) -> tuple[np.ndarray, str]:
    if "ts_finish" in log.cases.columns and bool(log.cases["ts_finish"].notna().any()):
        return _time_of_case(log, columns, "ts_finish"), "ts_finish"
    return columns.time_ms[columns.last_events], "time"
