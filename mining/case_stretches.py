"""What the log tells of the time of cases, stretch by stretch: services, waits, stops, corrections, gaps."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from mining.case_times import find_case_times
from mining.columns import UNKNOWN_MS, LogColumns, log_columns, milliseconds
from mining.enabled_times import EnabledBy, EnabledTimes, find_enabled_times
from mining.event_log import ABANDON, APPLICANT, RETURN, EventLog, holds
from mining.presence import applicant_present, new_tickets_ms
from mining.working_time import MS_PER_DAY


class Kind(IntEnum):
    """What a moment is spent on, in the order in which it counts."""

    SERVED = 0
    QUEUE = 1
    STOPPED = 2
    HANDLED = 3
    APPLICANT = 4
    WAITING = 5
    UNKNOWN = 6


_BY_APPLICANT = ("补正", "缴费", "correction", "payment")
Stretches = tuple[np.ndarray, np.ndarray, np.ndarray, Kind]  # case, begin, end


def event_stretches(log: EventLog, at_home: np.ndarray) -> list[Stretches]:
    """Services, waits, and work of which waiting cannot be told apart. Who gave up waited until leaving."""
    columns, here, alone = log_columns(log), in_hall(log), done_by_applicant(log)
    start, end = columns.start_ms, columns.end_ms
    enabled = find_enabled_times(log).enabled_ms
    timed = columns.knows_start_and_end & (end > start)
    waits = (enabled != UNKNOWN_MS) & (start != UNKNOWN_MS) & (start > enabled)
    unclear = (enabled != UNKNOWN_MS) & (start == UNKNOWN_MS) & (end > enabled)
    gave_up = here & _gave_up(log) & (enabled != UNKNOWN_MS) & (columns.time_ms > enabled)
    chosen = (
        (timed & here, start, end, Kind.SERVED),
        (waits & here & ~at_home, enabled, start, Kind.QUEUE),
        (gave_up & ~at_home, enabled, columns.time_ms, Kind.QUEUE),
        (timed & ~here & ~alone, start, end, Kind.HANDLED),
        (waits & ~here & ~alone, enabled, start, Kind.WAITING),
        (alone & timed, start, end, Kind.APPLICANT),
        (alone & waits, enabled, start, Kind.APPLICANT),
        (alone & unclear, enabled, end, Kind.APPLICANT),
        (unclear & ~alone, enabled, end, Kind.UNKNOWN),
    )
    return [(columns.case[at], begin[at], until[at], kind) for at, begin, until, kind in chosen]


def _gave_up(log: EventLog) -> np.ndarray:
    """Events of people who left unserved: no start and no end, and the result says so."""
    columns = log_columns(log)
    if "result" not in log.events.columns:
        return np.zeros(columns.n_events, bool)
    left = (log.events["result"] == ABANDON).to_numpy(dtype=bool)
    return left & (columns.start_ms == UNKNOWN_MS) & (columns.end_ms == UNKNOWN_MS)


def stop_stretches(log: EventLog, finish_ms: np.ndarray) -> list[Stretches]:
    """Stretches in which the clock stood still: special procedures, and those that wait for the applicant."""
    stops = log.clock_stops
    if stops.empty or "case_id" not in stops.columns:
        return []
    case = log_columns(log).codes_of_cases(stops["case_id"])
    begin, end = milliseconds(stops, "ts_start"), milliseconds(stops, "ts_end")
    end = np.where(end == UNKNOWN_MS, finish_ms[np.maximum(case, 0)], end)
    known = (case >= 0) & (begin != UNKNOWN_MS) & (end > begin)
    applicant = np.zeros(len(stops), bool)
    for column in ("kind", "reason"):
        if holds(stops, column):
            text = stops[column].fillna("").str.lower()
            applicant |= text.str.contains("|".join(_BY_APPLICANT)).to_numpy()
    return [
        (case[known & who], begin[known & who], end[known & who], kind)
        for who, kind in ((~applicant, Kind.STOPPED), (applicant, Kind.APPLICANT))
    ]


def correction_stretches(log: EventLog) -> tuple[Stretches, int]:
    """From the notice of a correction until the paper came back; how many rest on the next step's begin."""
    columns = log_columns(log)
    nothing = np.zeros(0, "int64")
    if not log.has("result"):
        return (nothing, nothing, nothing, Kind.APPLICANT), 0
    noticed = (log.events["result"] == RETURN).to_numpy(dtype=bool) & (columns.end_ms != UNKNOWN_MS)
    at = np.intersect1d(np.flatnonzero(noticed), columns.move_sources)
    notice, following = columns.end_ms[at], at + 1
    found = find_enabled_times(log)
    recorded = np.where(found.enabled_by == EnabledBy.RECORDED, found.enabled_ms, UNKNOWN_MS)
    came = np.stack(
        [_next_received(log, columns.case[at], notice), new_tickets_ms(log)[following], recorded[following]]
    )
    none = np.iinfo("int64").max
    first = np.where((came == UNKNOWN_MS) | (came < notice), none, came).min(axis=0, initial=none)
    begun = np.where(columns.start_ms == UNKNOWN_MS, columns.time_ms, columns.start_ms)[following]
    back = np.maximum(np.minimum(first, begun), notice)
    return (columns.case[at], notice, back, Kind.APPLICANT), int((first == none).sum())


def _next_received(log: EventLog, case: np.ndarray, after_ms: np.ndarray) -> np.ndarray:
    """When the first material of a case came in after a moment; `UNKNOWN_MS` if none is known."""
    received = milliseconds(log.materials, "ts_received")
    owner = log_columns(log).codes_of_cases(log.materials["case_id"])
    known = (received != UNKNOWN_MS) & (owner >= 0)
    if not known.any() or case.size == 0:
        return np.full(case.size, UNKNOWN_MS)
    lowest = min(int(received[known].min()), int(after_ms.min()))
    span = max(int(received[known].max()), int(after_ms.max())) - lowest + 1
    keys = np.sort(owner[known] * span + received[known] - lowest)
    at = np.searchsorted(keys, case * span + after_ms - lowest, side="right")
    key = keys[np.minimum(at, keys.size - 1)]
    return np.where((at < keys.size) & (key // span == case), key % span + lowest, UNKNOWN_MS)


def visit_gaps(log: EventLog) -> tuple[Stretches, np.ndarray]:
    """From the end of what came before to the ticket, or to the begin of a later day for whom no ticket is
    known; and one bool an event, whether the latter holds."""
    columns, found, here = log_columns(log), find_enabled_times(log), in_hall(log)
    begin = np.where(columns.start_ms == UNKNOWN_MS, columns.time_ms, columns.start_ms)
    at_home = here & _without_ticket(found) & (found.enabled_ms // MS_PER_DAY < begin // MS_PER_DAY)
    ticket = np.where(found.enabled_by == EnabledBy.TICKET, found.enabled_ms, UNKNOWN_MS)
    arrival = np.where(at_home, begin, ticket)
    before = _end_before(log, columns)
    gap = here & (arrival != UNKNOWN_MS) & (before != UNKNOWN_MS) & (arrival > before)
    return (columns.case[gap], before[gap], arrival[gap], Kind.APPLICANT), at_home


def _without_ticket(found: EnabledTimes) -> np.ndarray:
    return np.isin(found.enabled_by, (EnabledBy.PREDECESSOR, EnabledBy.APPLICATION))


def _end_before(log: EventLog, columns: LogColumns) -> np.ndarray:
    """The end of the event before in the case, the application for the first one."""
    before = np.full(columns.n_events, UNKNOWN_MS)
    source = columns.move_sources
    before[source + 1] = columns.time_ms[source]
    before[columns.first_events] = find_case_times(log).begin_ms
    return before


def in_hall(log: EventLog) -> np.ndarray:
    present = applicant_present(log)
    return np.zeros(log.n_events, bool) if present is None else present


def done_by_applicant(log: EventLog) -> np.ndarray:
    if not log.has("place"):
        return np.zeros(log.n_events, bool)
    return (log.events["place"] == APPLICANT).to_numpy(dtype=bool)
