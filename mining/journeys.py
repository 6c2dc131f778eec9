"""Journeys (一件事) and visits (跑动): what one applicant had to do, over all the items of one matter.

A journey is the set of cases with one `journey_id`, from the log or stitched (`mining.stitching`); a case
without one is a journey by itself.

A visit is presence at a counter or kiosk of one hall with gaps of less than 4 hours on one local day.
Example: ticket 9:10, served 9:40-10:00, another counter 11:30-11:45 is one visit; back at 16:30 is the second
(gap 4 h 45); a ticket of Monday served on Tuesday is presence on both days; another hall is another visit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.event_log import EventLog
from mining.event_order import event_order
from mining.log_cache import once_per_object
from mining.presence import applicant_present, new_tickets_ms
from mining.working_time import MS_PER_DAY, MS_PER_HOUR

MAX_GAP_MS = 4 * MS_PER_HOUR


def journey_ids(log: EventLog) -> pd.Series:
    """The journey of each event: `journey_id` where it has a value, else the case id."""
    events = log.events
    if "journey_id" not in events.columns:
        return events["case_id"].rename("journey_id")
    return events["journey_id"].fillna(events["case_id"])


@dataclass(frozen=True)
class Visits:
    """All visits of a log, in the order (journey, begin); one value a visit but for the last two arrays.

    `served_event` lists the events served during a visit, in the order of the log, and `served_visit` the
    visit each belongs to. A visit of somebody who took a ticket and was served on another day has none.
    """

    journey_ids: np.ndarray  # text; its position is the code
    journey: np.ndarray  # code
    begin_ms: np.ndarray
    end_ms: np.ndarray
    served_event: np.ndarray  # positions in the log
    served_visit: np.ndarray  # positions in `journey`

    @property
    def number(self) -> np.ndarray:
        """Which visit of its journey it is, from 0."""
        first = np.searchsorted(self.journey, self.journey)
        return np.arange(self.journey.size) - first

    @property
    def per_journey(self) -> np.ndarray:
        """Number of visits of each journey."""
        return np.bincount(self.journey, minlength=self.journey_ids.size).astype("int64")


def count_visits(log: EventLog) -> pd.Series:
    """Visits of each journey (index: journey id, value: int), 0 for one that never came to the hall.

    An empty series where the log cannot tell (see `applicant_present`) and has no `visit_id`: visits are then
    unknown. `visit_id` wins where the log has it: the number of different ones.
    """
    visits = find_visits(log)
    if visits is None:
        return pd.Series([], index=pd.Index([], dtype="str"), dtype="int64", name="visits")
    return pd.Series(visits.per_journey, index=pd.Index(visits.journey_ids), name="visits")


@once_per_object
def find_visits(log: EventLog) -> Visits | None:
    """The visits `count_visits` counts, each with its times and the events served; None if unknown."""
    code, ids = pd.factorize(journey_ids(log), sort=True)
    if log.has("visit_id"):
        numbers, _ = pd.factorize(log.events["visit_id"])
        who = np.flatnonzero(numbers >= 0)
        begin, end, owner = *_stay(log, who), code[who]
        visit = np.unique(np.stack([owner, numbers[who]]), axis=1, return_inverse=True)[1].ravel()
        served = np.ones(who.size, bool)
    else:
        present = applicant_present(log)
        if present is None:
            return None
        who, begin, end, served = _presences(log, np.flatnonzero(present))
        owner, visit = code[who], visit_numbers(_at_hall(log, code)[who], begin, end)
    return _collected(np.asarray(ids, dtype=object), owner, visit, begin, end, who, served)


def _at_hall(log: EventLog, journey: np.ndarray) -> np.ndarray:
    """One number for each journey and hall: presence at two halls is two visits."""
    if not log.has("hall"):
        return journey
    hall, names = pd.factorize(log.events["hall"])
    return journey * (len(names) + 1) + hall + 1


def _collected(
    ids: np.ndarray,
    owner: np.ndarray,
    visit: np.ndarray,
    begin: np.ndarray,
    end: np.ndarray,
    who: np.ndarray,
    served: np.ndarray,
) -> Visits:
    """Stretches of presence, each with the number of its visit, as `Visits`."""
    n = int(visit.max()) + 1 if visit.size else 0
    journey, first, last = np.zeros(n, "int64"), np.full(n, np.iinfo(np.int64).max), np.full(n, UNKNOWN_MS)
    journey[visit] = owner
    np.minimum.at(first, visit, begin)
    np.maximum.at(last, visit, end)
    order = np.lexsort((first, journey))
    place = np.empty(n, "int64")
    place[order] = np.arange(n)
    by_event = np.argsort(who[served], kind="stable")
    return Visits(
        ids,
        journey[order],
        first[order],
        last[order],
        who[served][by_event],
        place[visit[served]][by_event],
    )


def _stay(log: EventLog, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Begin and end of the service of each of these events."""
    columns = log_columns(log)
    served = np.where(columns.start_ms[at] == UNKNOWN_MS, columns.time_ms[at], columns.start_ms[at])
    return served, np.maximum(columns.end_ms[at], served)  # UNKNOWN_MS is the smallest number


def _presences(log: EventLog, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Stretches of presence: position of the event, begin, end, whether it was served then.

    An event held over night has several.
    """
    served, end = _stay(log, at)
    came = _arrivals(log, at)
    came = np.where((came == UNKNOWN_MS) | (came > served), served, came)
    who, begin, end = stretches_of_presence(came, served, end, _days_with_service(log))
    return at[who], begin, end, np.arange(who.size) < at.size


def stretches_of_presence(
    came: np.ndarray, served: np.ndarray, end: np.ndarray, days: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """When people who came, were served and were done at these moments (ms) stood in the hall.

    Somebody held over night was there on the day of the ticket, on the day of the service, and on those of
    `days` (numbers, ascending) between. Returns the position of the service, begin and end of each stretch;
    the first ones are those of the services, in their order.
    """
    held = np.flatnonzero(came // MS_PER_DAY < served // MS_PER_DAY)
    between, morning = _days_between(came[held], served[held], days)
    begin = came.copy()
    begin[held] = served[held]
    return (
        np.concatenate([np.arange(came.size), held, held[between]]),
        np.concatenate([begin, came[held], morning]),
        np.concatenate([end, came[held], morning]),
    )


def _arrivals(log: EventLog, at: np.ndarray) -> np.ndarray:
    """When the applicant joined the queue: the ticket, else the enabled time a simulation wrote."""
    ticket, enabled = new_tickets_ms(log)[at], milliseconds(log.events, "ts_enabled")[at]
    return np.where(ticket == UNKNOWN_MS, enabled, ticket)


def _days_with_service(log: EventLog) -> np.ndarray:
    """Days on which the hall served anyone, on which people held for more than one night come back; none in a
    real log, where a ticket from days ago is a booking or an error, so that only its two ends count."""
    columns, present = log_columns(log), applicant_present(log)
    if not log.simulated or present is None:
        return np.zeros(0, "int64")
    return np.unique(columns.time_ms[present] // MS_PER_DAY)


def _days_between(came: np.ndarray, served: np.ndarray, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The days strictly between coming and being served: whose they are, and their midnights."""
    first = np.searchsorted(days, came // MS_PER_DAY, side="right")
    n_days = np.searchsorted(days, served // MS_PER_DAY, side="left") - first
    n_days = np.maximum(n_days, 0)
    offset = np.arange(n_days.sum()) - np.repeat(np.cumsum(n_days) - n_days, n_days)
    return np.repeat(np.arange(came.size), n_days), days[np.repeat(first, n_days) + offset] * MS_PER_DAY


def visit_numbers(owner: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The visit of each stretch of presence: stretches that overlap or lie near on one day are one.

    Visits are numbered from 0 in the order (owner, begin); `owner` is any whole number >= 0.
    """
    order = event_order(owner, begin, end)
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
    number = np.empty(owner.size, "int64")
    number[order] = np.cumsum(new_visit) - 1
    return number
