"""Measures of a queue: waits, service, people who gave up, and the load against the open windows.

wait = call - ticket, response = start - call, service = end - start. A wait counts from first opening to last
closing of the day (people wait over lunch, not over night). Abandonment = tickets given up / tickets whose
outcome is known. Service level(T) = share of the called tickets whose wait is at most T.

Offered load of a half-hour = tickets drawn in it x mean service time of the queue / half an hour: the number
of windows it keeps busy (erlangs); people who gave up count, they came to be served. Windows observed active:
those with a call or a service in the half-hour. A window that serves several queues counts in each. Load and
windows are means over the days on which the queue gave out tickets.

Example: 12 tickets between 9:00 and 9:30 at 10 minutes each are a load of 4; with three windows the queue
grows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.columns import UNKNOWN_MS
from mining.half_hours import HALF_HOUR_MS, HALF_HOURS
from mining.queue_records import NOBODY, QueueRecords
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, WorkingCalendar

LONGEST_SERVICE_HALF_HOURS = 48  # longer ones keep no window busy: somebody forgot to end them


@dataclass(frozen=True)
class QueueMeasures:
    """`wait_minutes` and `waited_from_ms` one value a called ticket; the others as in the module.

    `load` and `windows` by half-hour of the day, shape (48,); `windows` is None where no window or officer is
    known, `load` where no service is.
    """

    tickets: int
    wait_minutes: np.ndarray
    waited_from_ms: np.ndarray
    response_minutes: np.ndarray
    service_minutes: np.ndarray
    abandoned: int
    outcomes_known: int
    load: np.ndarray | None
    windows: np.ndarray | None

    def within(self, minutes: float) -> np.ndarray:
        """Whether each wait is at most so long."""
        return self.wait_minutes <= minutes

    @property
    def overloaded(self) -> np.ndarray:
        """Whether the load of each half-hour of the day is above its windows; all False where not known."""
        if self.load is None or self.windows is None:
            return np.zeros(HALF_HOURS, bool)
        return self.load > self.windows


def measure_queue(records: QueueRecords, calendar: WorkingCalendar) -> QueueMeasures:
    """The measures of these tickets; usually those of one queue (`QueueRecords.of_queue`)."""
    called = records.called_ms != UNKNOWN_MS
    hall = calendar.envelope()
    response = _minutes(records.called_ms, records.start_ms)
    service = _minutes(records.start_ms, records.end_ms)
    service = service[service > 0]  # no time at all means that the end is not known
    return QueueMeasures(
        tickets=int(records.ticket_ms.size),
        wait_minutes=hall.working_ms_between(records.ticket_ms[called], records.called_ms[called])
        / MS_PER_MINUTE,
        waited_from_ms=records.ticket_ms[called],
        response_minutes=response,
        service_minutes=service,
        abandoned=int(records.abandoned.sum()),
        outcomes_known=int((records.served | records.abandoned).sum()),
        load=_load(records, float(service.mean())) if service.size else None,
        windows=_windows(records) if (records.window != NOBODY).any() else None,
    )


def _minutes(begin_ms: np.ndarray, end_ms: np.ndarray) -> np.ndarray:
    known = (begin_ms != UNKNOWN_MS) & (end_ms != UNKNOWN_MS) & (end_ms >= begin_ms)
    return (end_ms[known] - begin_ms[known]) / MS_PER_MINUTE


def _days(records: QueueRecords) -> int:
    return int(np.unique(records.ticket_ms // MS_PER_DAY).size)


def _half_hour(moments_ms: np.ndarray) -> np.ndarray:
    return moments_ms // HALF_HOUR_MS


def _load(records: QueueRecords, service_minutes: float) -> np.ndarray:
    drawn = np.bincount(_half_hour(records.ticket_ms) % HALF_HOURS, minlength=HALF_HOURS)
    return drawn / _days(records) * service_minutes / 30


def _windows(records: QueueRecords) -> np.ndarray:
    """Mean number of windows with a call or a service, by half-hour of the day."""
    begin = np.where(records.called_ms != UNKNOWN_MS, records.called_ms, records.start_ms)
    at = np.flatnonzero((records.window != NOBODY) & (begin != UNKNOWN_MS))
    begin, end = begin[at], records.end_ms[at]
    first = _half_hour(begin)
    ended = (end != UNKNOWN_MS) & (end > begin)
    last = np.where(ended, _half_hour(np.where(ended, end, 1) - 1), first)
    last = np.where(last - first < LONGEST_SERVICE_HALF_HOURS, last, first)
    length = last - first + 1
    slot = np.repeat(first, length) + _counted(length)
    seat = np.repeat(records.window[at], length)
    day_open = np.isin(slot // HALF_HOURS, np.unique(records.ticket_ms // MS_PER_DAY))
    n_seats = int(records.window.max()) + 1
    active = np.unique(slot[day_open] * n_seats + seat[day_open]) // n_seats
    return np.bincount(active % HALF_HOURS, minlength=HALF_HOURS) / _days(records)


def _counted(lengths: np.ndarray) -> np.ndarray:
    """0, 1, ... up to each length, one after the other."""
    ends = np.cumsum(lengths)
    return np.arange(int(ends[-1]) if ends.size else 0) - np.repeat(ends - lengths, lengths)
