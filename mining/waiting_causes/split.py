"""Each wait split into its five causes; see the package for what they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from mining.columns import UNKNOWN_MS, log_columns
from mining.enabled_times import EnabledBy, find_enabled_times
from mining.event_log import EventLog
from mining.log_cache import once_per_object
from mining.officer_hours import NOBODY, OfficerHours, find_officer_hours, officer_codes
from mining.presence import applicant_present
from mining.waiting_causes.batching import NO_BATCH, TOGETHER_MINUTES, Batches, find_batches
from mining.waiting_causes.clocks import Clock
from mining.waiting_causes.contention import contention_ms
from mining.waiting_causes.extraneous import extraneous_ms
from mining.waiting_causes.prioritization import prioritization_ms
from mining.waiting_causes.range_sums import sums_between
from mining.waiting_causes.release import Held, released_ms
from mining.waiting_causes.timeline import Services, lay_out
from mining.waiting_causes.unavailability import unavailability_ms
from mining.waiting_causes.windows import Windows
from mining.working_time import MS_PER_MINUTE, WorkingCalendar

MAX_AT_ONCE_SHARE = 0.5
"""Who has two jobs in hand for more than this share of the busy time is no one person but a shared name."""


class Cause(IntEnum):
    """Rows of the durations of `WaitingCauses`, in the order in which they are resolved."""

    BATCHING = 0
    CONTENTION = 1
    PRIORITIZATION = 2
    UNAVAILABILITY = 3
    EXTRANEOUS = 4


@dataclass(frozen=True)
class WaitingCauses:
    """Ms waited by cause, shape (5 causes, events), `UNKNOWN_MS` where `told` is False.

    `elapsed_ms` is calendar time, `working_ms` open time as in `mining.waiting` (an applicant in the hall
    waits over lunch too). The causes sum to the wait in both, to the millisecond. `piling_up_ms` is the part
    of batching until the last of the batch was enabled. A wait is told where enabled time, start, end and
    officer are known, and the officer is one person: `without_officer` and `shared_name` count the waits that
    are not.
    """

    elapsed_ms: np.ndarray
    working_ms: np.ndarray
    piling_up_ms: np.ndarray  # elapsed
    told: np.ndarray
    batches: Batches
    hours: OfficerHours
    officer: np.ndarray
    officer_names: np.ndarray
    without_officer: int
    shared_name: int


def split_waits(log: EventLog, calendar: WorkingCalendar) -> WaitingCauses:
    """The causes of each wait of a log, computed once for each calendar."""
    kept = _kept(log)
    if calendar not in kept:
        kept[calendar] = _split(log, calendar)
    return kept[calendar]


@once_per_object
def _kept(log: EventLog) -> dict[WorkingCalendar, WaitingCauses]:
    return {}


def _split(log: EventLog, calendar: WorkingCalendar) -> WaitingCauses:
    columns = log_columns(log)
    officer, names = officer_codes(log)
    start, end = columns.start_ms, columns.end_ms
    enabled = find_enabled_times(log).enabled_ms
    waits = (enabled != UNKNOWN_MS) & (start != UNKNOWN_MS) & (enabled <= start)
    timed = columns.knows_start_and_end & (end >= start)
    hours = find_officer_hours(log, officer, calendar)
    done = _by_officer(timed & (officer != NOBODY), officer, start)
    since = np.where(waits, enabled, UNKNOWN_MS)
    services = Services(officer[done], start[done], end[done], since[done])
    step = columns.activity[done]
    shared = _shared_names(step, services, hours, names.size)
    one_person = officer != NOBODY
    one_person[one_person] = ~shared[officer[one_person]]
    # people who stand at a counter are a queue, however they came, and a shared name does nothing in batches
    no_batch = (_in_hall(log) | ~one_person)[done]
    may_pile_up = replace(services, enabled_ms=np.where(no_batch, UNKNOWN_MS, since[done]))
    batches = _of_all_events(find_batches(step, may_pile_up, hours), done, columns.n_events)
    told = waits & timed & one_person
    batches = _without(batches, ~told)
    elapsed, working, piling_up = _measure(log, told, since, officer, services, batches, hours)
    return WaitingCauses(
        elapsed,
        working,
        piling_up,
        told,
        batches,
        hours,
        officer,
        names,
        without_officer=int((waits & timed & (officer == NOBODY)).sum()),
        shared_name=int((waits & timed & (officer != NOBODY) & ~one_person).sum()),
    )


def _by_officer(chosen: np.ndarray, officer: np.ndarray, start_ms: np.ndarray) -> np.ndarray:
    """Positions of events officer by officer in time: what is looked up then lies together, which is fast."""
    at = np.flatnonzero(chosen)
    return at[np.lexsort((start_ms[at], officer[at]))]


def _in_hall(log: EventLog) -> np.ndarray:
    present = applicant_present(log)
    return np.zeros(log.n_events, bool) if present is None else present


def _of_all_events(found: Batches, done: np.ndarray, n_events: int) -> Batches:
    batch = np.full(n_events, NO_BATCH, "int64")
    batch[done] = found.batch
    return Batches(batch, found.full_ms, found.fired_ms)


def _without(batches: Batches, not_told: np.ndarray) -> Batches:
    return Batches(np.where(not_told, NO_BATCH, batches.batch), batches.full_ms, batches.fired_ms)


def _shared_names(step: np.ndarray, services: Services, hours: OfficerHours, n: int) -> np.ndarray:
    """Which officers have two jobs in hand more often than not; instances begun together are one job."""
    if services.officer.size == 0:
        return np.zeros(n, bool)
    order = np.lexsort((services.start_ms, step, services.officer))
    officer, start, end = services.officer[order], services.start_ms[order], services.end_ms[order]
    apart = np.ones(order.size, bool)
    apart[1:] = (
        (officer[1:] != officer[:-1])
        | (step[order][1:] != step[order][:-1])
        | (np.diff(start) > TOGETHER_MINUTES * MS_PER_MINUTE)
    )
    first = np.flatnonzero(apart)
    begin = start[first]
    jobs = Services(officer[first], begin, np.maximum.reduceat(end, first), begin)
    line = lay_out(jobs, hours, jobs.officer[:0], begin[:0])
    who = (line.keys // line.span_ms)[:-1]
    busy, crowded = (
        np.bincount(who, line.length_ms[Clock.ELAPSED] * (line.at_once >= least), minlength=n)
        for least in (1, 2)
    )
    return crowded > MAX_AT_ONCE_SHARE * busy


def _measure(
    log: EventLog,
    told: np.ndarray,
    enabled: np.ndarray,
    officer: np.ndarray,
    services: Services,
    batches: Batches,
    hours: OfficerHours,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Causes in elapsed and in working time, and the elapsed piling-up part of batching."""
    at = _by_officer(told, officer, log_columns(log).start_ms)
    shape = (len(Cause), told.size)
    elapsed, working = np.full(shape, UNKNOWN_MS, "int64"), np.full(shape, UNKNOWN_MS, "int64")
    piling_up = np.full(told.size, UNKNOWN_MS, "int64")
    if at.size == 0:
        return elapsed, working, piling_up
    held, full = _held(log, at, enabled, officer, batches)
    causes = _by_cause(_windows(services, hours, held))
    elapsed[:, at] = causes[:, Clock.ELAPSED]
    working[:, at] = np.where(held.in_hall, causes[:, Clock.ATTENDING], causes[:, Clock.WORKING])
    piling_up[at] = full - held.enabled_ms
    return elapsed, working, piling_up


def _held(
    log: EventLog, at: np.ndarray, enabled: np.ndarray, officer: np.ndarray, batches: Batches
) -> tuple[Held, np.ndarray]:
    """The waits of the events `at`, and when the last of the batch of each was enabled."""
    columns = log_columns(log)
    since, batch = enabled[at], batches.batch[at]
    fired, full = since.copy(), since.copy()
    member = batch != NO_BATCH
    fired[member] = np.maximum(batches.fired_ms[batch[member]], since[member])
    full[member] = np.clip(batches.full_ms[batch[member]], since[member], fired[member])
    held = Held(
        officer=officer[at],
        step=columns.activity[at],
        enabled_ms=since,
        fired_ms=fired,
        start_ms=columns.start_ms[at],
        in_hall=_in_hall(log)[at],
        recorded=find_enabled_times(log).enabled_by[at] == EnabledBy.RECORDED,
    )
    return held, full


def _windows(services: Services, hours: OfficerHours, held: Held) -> Windows:
    who, since, fired = held.officer, held.enabled_ms, held.fired_ms
    line = lay_out(services, hours, np.tile(who, 2), np.concatenate([since, fired]))
    released = released_ms(line, hours, held)
    line = lay_out(services, hours, np.tile(who, 3), np.concatenate([since, fired, released]))
    begin, fire, release, end = (line.place(who, at) for at in (since, fired, released, held.start_ms))
    return Windows(begin, fire, release, end, since, line)


def _by_cause(windows: Windows) -> np.ndarray:
    """Shape (causes, clocks, waits)."""
    contention = contention_ms(windows)
    found = np.stack(
        [
            sums_between(windows.line.length_ms, windows.begin, windows.fired),
            contention,
            prioritization_ms(windows, contention),
            unavailability_ms(windows),
            extraneous_ms(windows),
        ]
    )
    waited = sums_between(windows.line.length_ms, windows.begin, windows.end)
    if bool((found < 0).any()) or not np.array_equal(found.sum(axis=0), waited):
        raise AssertionError("causes of waiting do not sum to the wait")
    return found
