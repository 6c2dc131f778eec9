"""The log as coded columns, the way calibration needs it: one array a fact, times in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.event_log import PRESENT_PLACES, EventLog

UNKNOWN_MS = np.iinfo("int64").min  # what NaT becomes as an integer
UNKNOWN_CODE = -1
MIN_TIMED_SHARE = 0.02  # fewer events with start < end than this: the log has ends only


@dataclass(frozen=True)
class Observations:
    """Events in log order (case, end, file row); `case`, `step` and `officer` are codes into the names.

    `released_ms` is the moment the case was free for this event: the latest end of an event of the case that
    was over when this one started, or the case's arrival for its first event. Where the log has no start,
    `start_ms` equals `end_ms` until `start_times` assumes one.
    """

    case: np.ndarray
    step: np.ndarray
    officer: np.ndarray  # UNKNOWN_CODE where nobody is named
    start_ms: np.ndarray
    end_ms: np.ndarray
    released_ms: np.ndarray
    enabled_ms: np.ndarray  # as logged, UNKNOWN_MS where it is not
    ticket_ms: np.ndarray  # as logged, UNKNOWN_MS where it is not
    timed: np.ndarray  # bool: start and end are both known and differ
    first: np.ndarray  # bool: first event of its case
    at_counter: np.ndarray  # bool: the applicant is present
    case_names: tuple[str, ...]
    step_names: tuple[str, ...]
    officer_names: tuple[str, ...]
    starts_logged: bool

    @property
    def n_events(self) -> int:
        """Number of events."""
        return int(self.case.size)

    @property
    def last(self) -> np.ndarray:
        """Whether an event is the last of its case."""
        return np.append(self.first[1:], True)

    def events_of_step(self, step: int) -> np.ndarray:
        """Indices of the events of a step, in log order."""
        return np.flatnonzero(self.step == step)


def observe(log: EventLog) -> Observations:
    """The columns of `log` calibration works on. Officers are named by `officer`, else by `window`."""
    events = log.events
    case, case_names = _codes(events["case_id"])
    step, step_names = _codes(events["activity"])
    officer, officer_names = _officers(log)
    time = _ms(events["time"])
    end = _column_ms(log, "ts_end")
    start = _column_ms(log, "ts_start")
    timed = (start != UNKNOWN_MS) & (end != UNKNOWN_MS) & (start < end)
    starts_logged = bool(timed.size and timed.mean() >= MIN_TIMED_SHARE)
    end = np.where(end == UNKNOWN_MS, time, end)
    start = np.where((start == UNKNOWN_MS) | (start > end) | (not starts_logged), end, start)
    first = np.append(True, case[1:] != case[:-1]) if case.size else np.zeros(0, bool)
    enabled, ticket = _column_ms(log, "ts_enabled"), _column_ms(log, "ts_ticket")
    arrival = _arrivals(log, case, first, start, enabled, ticket, len(case_names))
    return Observations(
        case=case,
        step=step,
        officer=officer,
        start_ms=start,
        end_ms=end,
        released_ms=released_moments(case, first, start, end, arrival),
        enabled_ms=enabled,
        ticket_ms=ticket,
        timed=timed & starts_logged,
        first=first,
        at_counter=_at_counter(log, ticket),
        case_names=case_names,
        step_names=step_names,
        officer_names=officer_names,
        starts_logged=starts_logged,
    )


def released_moments(
    case: np.ndarray, first: np.ndarray, start: np.ndarray, end: np.ndarray, arrival: np.ndarray
) -> np.ndarray:
    """When the case was free for each event, in ms; `arrival` (by case) stands in for what came before it.

    Events that run at the same time in one case do not wait for each other: only ends not after an
    event's start count.
    """
    if case.size == 0:
        return np.zeros(0, "int64")
    origin = int(min(start.min(), end.min(), arrival.min()))
    span = int(max(end.max(), start.max())) - origin + 1
    key_end = case * span + (end - origin)  # ascending: the log is sorted by case and end
    before = np.searchsorted(key_end, case * span + (start - origin), side="right") - 1
    # an event without length would find itself: what precedes it in log order is over by then
    index = np.arange(case.size)
    before = np.where(start == end, index - 1, np.minimum(before, index - 1))
    found = (before >= 0) & (case[np.maximum(before, 0)] == case) & ~first
    return np.where(found, end[np.maximum(before, 0)], np.minimum(arrival[case], start))


def _codes(column: pd.Series) -> tuple[np.ndarray, tuple[str, ...]]:
    codes, names = pd.factorize(column, sort=True)
    return codes.astype("int64"), tuple(str(name) for name in names)


def _officers(log: EventLog) -> tuple[np.ndarray, tuple[str, ...]]:
    for column in ("officer", "window"):
        if log.has(column):
            return _codes(log.events[column])
    return np.full(log.n_events, UNKNOWN_CODE, "int64"), ()


def _ms(column: pd.Series) -> np.ndarray:
    return column.to_numpy().astype("datetime64[ms]").astype("int64")


def _column_ms(log: EventLog, name: str) -> np.ndarray:
    if name not in log.events.columns:
        return np.full(log.n_events, UNKNOWN_MS, "int64")
    return _ms(log.events[name])


def _at_counter(log: EventLog, ticket: np.ndarray) -> np.ndarray:
    present = ticket != UNKNOWN_MS
    if log.has("place"):
        present = present | log.events["place"].isin(PRESENT_PLACES).to_numpy(dtype=bool, na_value=False)
    return present


def _arrivals(
    log: EventLog,
    case: np.ndarray,
    first: np.ndarray,
    start: np.ndarray,
    enabled: np.ndarray,
    ticket: np.ndarray,
    n_cases: int,
) -> np.ndarray:
    """When each case came: the earliest known moment of its first event, or `ts_apply` if that is earlier."""
    moment = start.copy()
    for known in (enabled, ticket):
        moment = np.where(known != UNKNOWN_MS, np.minimum(moment, known), moment)
    arrival = np.full(n_cases, np.iinfo("int64").max, "int64")
    np.minimum.at(arrival, case, np.where(first, moment, start))
    applied = _applied(log)
    if applied is None:
        return arrival
    names = pd.Index(pd.factorize(log.events["case_id"], sort=True)[1])
    apply_ms = applied.reindex(names).to_numpy().astype("datetime64[ms]").astype("int64")
    return np.where(apply_ms != UNKNOWN_MS, np.minimum(arrival, apply_ms), arrival)


def _applied(log: EventLog) -> pd.Series | None:
    """Application times by case, unless they are dates without a time of day."""
    if "ts_apply" not in log.cases.columns or not log.cases["ts_apply"].notna().any():
        return None
    applied = log.cases.drop_duplicates("case_id").set_index("case_id")["ts_apply"]
    known = applied.dropna()
    if bool((known == known.dt.normalize()).all()):
        return None
    return applied
