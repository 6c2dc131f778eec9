"""Journeys (一件事) and visits (跑动): what one applicant had to do, over all the items of one matter.

A journey is the set of cases with one `journey_id`; a case without one is a journey by itself.

A visit is presence at a counter or kiosk with gaps of less than 4 hours on one local day. Example:
taking a ticket 9:10, served 9:40-10:00, another counter 11:30-11:45 is one visit; back at 16:30 is the second
(gap 4 h 45); a ticket of Monday served on Tuesday is presence on both days.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.event_log import EventLog
from mining.presence import applicant_present, new_tickets_ms
from mining.working_time import MS_PER_DAY, MS_PER_HOUR

MAX_GAP_MS = 4 * MS_PER_HOUR


def journey_ids(log: EventLog) -> pd.Series:
    """The journey of each event: `journey_id` where it has a value, else the case id."""
    events = log.events
    if "journey_id" not in events.columns:
        return events["case_id"].rename("journey_id")
    return events["journey_id"].fillna(events["case_id"])


def count_visits(log: EventLog) -> pd.Series:
    """Visits of each journey (index: journey id, value: int), 0 for one that never came to the hall.

    An empty series where the log cannot tell (see `applicant_present`) and has no `visit_id`: visits are then
    unknown. `visit_id` wins where the log has it: the number of different ones.
    """
    journey = journey_ids(log)
    if log.has("visit_id"):
        return log.events["visit_id"].groupby(journey.to_numpy()).nunique().astype("int64").rename("visits")
    present = applicant_present(log)
    if present is None:
        return pd.Series([], index=pd.Index([], dtype="str"), dtype="int64", name="visits")
    code, ids = pd.factorize(journey, sort=True)
    who, begin, end = _presences(log, np.flatnonzero(present))
    visits = np.bincount(_owners_of_visits(code[who], begin, end), minlength=len(ids))
    return pd.Series(visits.astype("int64"), index=pd.Index(ids), name="visits")


def _presences(log: EventLog, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stretches of presence: position of the event, begin, end. An event held over night has several."""
    columns = log_columns(log)
    served = np.where(columns.start_ms[at] == UNKNOWN_MS, columns.time_ms[at], columns.start_ms[at])
    end = np.maximum(columns.end_ms[at], served)  # UNKNOWN_MS is the smallest number
    came = _arrivals(log, at)
    came = np.where((came == UNKNOWN_MS) | (came > served), served, came)
    held = came // MS_PER_DAY < served // MS_PER_DAY
    who, morning = _days_between(log, at[held], came[held], served[held])
    return (
        np.concatenate([at, at[held], who]),
        np.concatenate([np.where(held, served, came), came[held], morning]),
        np.concatenate([end, came[held], morning]),
    )


def _arrivals(log: EventLog, at: np.ndarray) -> np.ndarray:
    """When the applicant joined the queue: the ticket, else the enabled time a simulation wrote."""
    ticket, enabled = new_tickets_ms(log)[at], milliseconds(log.events, "ts_enabled")[at]
    return np.where(ticket == UNKNOWN_MS, enabled, ticket)


def _days_between(
    log: EventLog, at: np.ndarray, came: np.ndarray, served: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """People held for more than one night come back on each day the hall served anyone (simulated logs).

    In a real log a ticket from days ago is a booking or an error, so only its two ends count.
    """
    if not log.simulated or at.size == 0:
        return at[:0], came[:0]
    columns = log_columns(log)
    present = applicant_present(log)
    days = np.unique(columns.time_ms[present] // MS_PER_DAY)
    first = np.searchsorted(days, came // MS_PER_DAY, side="right")
    n_days = np.searchsorted(days, served // MS_PER_DAY, side="left") - first
    n_days = np.maximum(n_days, 0)
    offset = np.arange(n_days.sum()) - np.repeat(np.cumsum(n_days) - n_days, n_days)
    return np.repeat(at, n_days), days[np.repeat(first, n_days) + offset] * MS_PER_DAY


def _owners_of_visits(owner: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The owner of each visit: stretches of presence joined where they overlap or lie near on one day."""
    order = np.lexsort((end, begin, owner))
    owner, begin, end = owner[order], begin[order], end[order]
    if owner.size == 0:
        return owner
    midnight = begin // MS_PER_DAY * MS_PER_DAY
    new_day = np.ones(owner.size, bool)
    new_day[1:] = (owner[1:] != owner[:-1]) | (midnight[1:] != midnight[:-1])
    # the latest end so far on this day: a running maximum that restarts with each day
    shift = np.cumsum(new_day) * MS_PER_DAY - midnight
    latest_end = np.maximum.accumulate(np.minimum(end, midnight + MS_PER_DAY) + shift) - shift
    new_visit = new_day.copy()
    new_visit[1:] |= begin[1:] - latest_end[:-1] >= MAX_GAP_MS
    return owner[new_visit]
