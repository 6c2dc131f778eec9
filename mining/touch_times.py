"""Touch time: how long officials were really busy with each event, as far as a log tells.

A service at a counter keeps its officer busy from start to end. A file in the back office does not: an
officer who has three of them open works on one at a time. So the working time of an officer is shared evenly
among the events he or she has open at the same moment, whatever they are. Example: opened 9:00-11:00 and
10:00-12:00 by one officer, touch times 1 h + 30 min and 30 min + 1 h.

Where nobody's name stands at back-office work, its touch time is unknown: start to end is then the time a
file lay open. Machines, and applicants doing something by themselves, take no official's time.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, LogColumns, log_columns
from mining.event_log import APPLICANT, KIOSK, ONLINE, EventLog
from mining.presence import applicant_present
from mining.working_time import WorkingCalendar

MIN_OFFICERS = 3  # fewer names are roles such as STAFF MEMBER and SYSTEM
PLACEHOLDER_SHARE = 0.75


def believed_officers(log: EventLog) -> np.ndarray | None:
    """The officer of each event as a code, -1 where none is named; None if the names are no people's names.

    That is so with fewer than three names, or if one of them stands at more than three quarters of the
    events that have one: those are roles or placeholders.
    """
    if not log.has("officer"):
        return None
    officer, _ = pd.factorize(log.events["officer"])
    counts = np.bincount(officer[officer >= 0])
    if counts.size < MIN_OFFICERS or counts.max() > PLACEHOLDER_SHARE * counts.sum():
        return None
    return officer


def find_touch_ms(log: EventLog, work_ms: np.ndarray, calendar: WorkingCalendar) -> np.ndarray:
    """Milliseconds an official was busy with each event, int64; `UNKNOWN_MS` where the log cannot tell.

    `work_ms` is that of `mining.waiting.EventTimes`; no time at all (end = start) means that the end is not
    known. Never more than `work_ms`.
    """
    columns = log_columns(log)
    nobody, at_counter = _without_official(log)
    officer = believed_officers(log)
    known = (work_ms != UNKNOWN_MS) & (work_ms > 0)
    touch = np.where(known & at_counter, work_ms, UNKNOWN_MS)
    if officer is not None:
        at = np.flatnonzero(known & (officer >= 0))
        shared = work_ms[at] * _own_share(columns, at, officer[at], calendar)
        touch[at] = np.round(shared).astype("int64")
    touch[nobody] = 0
    return touch


def _without_official(log: EventLog) -> tuple[np.ndarray, np.ndarray]:
    """Events that take no official's time, and those at a staffed counter; one bool an event each."""
    present = applicant_present(log)
    at_counter = np.zeros(log.n_events, bool) if present is None else present.copy()
    if not log.has("place"):
        return np.zeros(log.n_events, bool), at_counter
    place = log.events["place"]
    nobody = place.isin([KIOSK, APPLICANT]).to_numpy(dtype=bool)
    if "officer" in log.events.columns:
        online_alone = (place == ONLINE).to_numpy(dtype=bool) & log.events["officer"].isna().to_numpy()
    else:
        online_alone = (place == ONLINE).to_numpy(dtype=bool)
    return nobody | online_alone, at_counter & ~nobody


def _own_share(
    columns: LogColumns, at: np.ndarray, officer: np.ndarray, calendar: WorkingCalendar
) -> np.ndarray:
    """Of the working time from start to end of each of these events, the share its officer had for it."""
    n = at.size
    if n == 0:
        return np.zeros(0)
    moments = np.concatenate([columns.start_ms[at], columns.end_ms[at]])
    change = np.repeat(np.array([1, -1]), n)
    # ends before starts of the same moment, so that back-to-back events do not overlap
    order = np.lexsort((change, moments, np.tile(officer, 2)))
    moments, of = moments[order], np.tile(officer, 2)[order]
    open_now = np.cumsum(change[order])[:-1]
    # from one officer to the next nothing is open, whatever lies between the two moments
    worked = np.where(of[1:] == of[:-1], calendar.working_ms_between(moments[:-1], moments[1:]), 0)
    shared = np.divide(worked, open_now, out=np.zeros(worked.size), where=open_now > 0)
    place = np.empty(2 * n, "int64")
    place[order] = np.arange(2 * n)
    so_far, whole = (np.concatenate([[0.0], np.cumsum(part)]) for part in (shared, worked.astype("float64")))
    own, lasted = (total[place[n:]] - total[place[:n]] for total in (so_far, whole))
    return np.divide(own, lasted, out=np.ones(n), where=lasted > 0)
