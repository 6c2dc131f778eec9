"""Officers' own hours: when each of them works, a weekly timetable of half-hours read off the log.

A half-hour belongs to an officer's hours by support and confidence (after Lopez-Pintado and Dumas, 2023):
support, the half-hours from the first to the last of a day that hold 99 % of the beginnings of work;
confidence, a weekday counts with a tenth of the usual activity, and a half-hour with less than 15 % of it is
outside of the hours (work at night now and then) or a break, where enough was to be expected.

An officer with fewer than `MIN_STARTS` takes the hours of the pool (the department, else the officers with
the same main step), a pool with fewer the calendar of the hall. Days the hall is closed and make-up days are
the hall's for everyone; leave and illness of one officer are not seen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, log_columns
from mining.event_log import EventLog
from mining.grouped import grouped_mode
from mining.working_time import MINUTES_PER_DAY, MS_PER_DAY, MS_PER_MINUTE, WEEKDAYS, WorkingCalendar

GRANULES = 48
GRANULE_MINUTES = MINUTES_PER_DAY // GRANULES
MIN_STARTS = 200
MIN_STARTS_PER_WEEKDAY = 300  # fewer: the weekday keeps the hours of all weekdays together
SUPPORT = 0.99
MIN_WEEKDAY_RATE = 0.10
MIN_SHARE_OF_USUAL, EXPECTED = 0.15, 20.0
MAX_BREAKS = 2  # more closed stretches a day are appointments, not breaks
NOBODY = -1
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday
_CLOSED = 7  # pattern of a day without hours
_HALL = -1


class RestsOn(IntEnum):
    """Whose activity the hours of an officer were read from."""

    OWN = 0
    POOL = 1
    HALL = 2


@dataclass(frozen=True)
class OfficerHours:
    """Hours by officer code. `timetable` is the row of `weekly` (bool: timetables, 7 days, 48 half-hours) an
    officer follows, -1 for the hall's calendar; `rests_on` holds a `RestsOn` an officer."""

    timetable: np.ndarray
    rests_on: np.ndarray
    weekly: np.ndarray
    hall: WorkingCalendar

    def open_until(
        self, officer: np.ndarray, moments_ms: np.ndarray, inside: WorkingCalendar | None = None
    ) -> np.ndarray:
        """Open ms of each officer's hours up to a moment, counted from one common day: take differences.

        With `inside` only what falls into that calendar too (the hall's, or its envelope).
        """
        found = np.zeros(moments_ms.size, "int64")
        if moments_ms.size == 0:
            return found
        first, last = int(moments_ms.min()), int(moments_ms.max())
        row = self.timetable[officer]
        of_hall, own = row == _HALL, row != _HALL
        found[of_hall] = self.hall.intervals(first, last).worked_until(moments_ms[of_hall])
        if own.any():
            patterns = _patterns(self.hall, first // MS_PER_DAY, last // MS_PER_DAY)
            at = moments_ms[own] - first // MS_PER_DAY * MS_PER_DAY
            found[own] = self._by_timetable(row[own], at, patterns, inside)
        return found

    def closed_since(self, officer: np.ndarray, moments_ms: np.ndarray) -> np.ndarray:
        """The moment itself where the officer works until it, else the end of the last hours before it."""
        if moments_ms.size == 0:
            return moments_ms
        first, last = int(moments_ms.min()), int(moments_ms.max())
        found = np.full(moments_ms.size, first)
        row = self.timetable[officer]
        of_hall, own = row == _HALL, row != _HALL
        hall = self.hall.intervals(first, last)
        if hall.begin_ms.size:
            at = np.searchsorted(hall.begin_ms, moments_ms[of_hall], side="left") - 1
            ends = np.minimum(hall.end_ms[np.maximum(at, 0)], moments_ms[of_hall])
            found[of_hall] = np.where(at >= 0, ends, first)
        if own.any():
            midnight = first // MS_PER_DAY * MS_PER_DAY
            patterns = _patterns(self.hall, first // MS_PER_DAY, last // MS_PER_DAY)
            found[own] = midnight + self._last_open(row[own], moments_ms[own] - midnight, patterns)
        return found

    def _last_open(self, row: np.ndarray, at_ms: np.ndarray, patterns: np.ndarray) -> np.ndarray:
        hours = np.concatenate([self.weekly, np.zeros_like(self.weekly[:, :1])], axis=1)
        ends = np.where(hours, np.arange(1, GRANULES + 1), 0)
        last_end = np.maximum.accumulate(ends, axis=2)  # of the half-hours so far, 0 for none
        granule_ms = GRANULE_MINUTES * MS_PER_MINUTE
        of_day = last_end[:, patterns, -1]
        day_start = np.arange(patterns.size) * MS_PER_DAY
        by_day = np.maximum.accumulate(np.where(of_day > 0, day_start + of_day * granule_ms, 0), axis=1)
        day, time_of_day = np.divmod(
            at_ms - 1, MS_PER_DAY
        )  # the half-hour that ends at a moment is the one before
        same_day = last_end[row, patterns[day], time_of_day // granule_ms]
        earlier = np.where(day > 0, by_day[row, np.maximum(day - 1, 0)], 0)
        end = np.where(same_day > 0, day_start[day] + same_day * granule_ms, earlier)
        return np.minimum(end, at_ms)

    def _by_timetable(
        self, row: np.ndarray, at_ms: np.ndarray, patterns: np.ndarray, inside: WorkingCalendar | None
    ) -> np.ndarray:
        """Open ms up to moments counted from the first day of `patterns`, the weekday each day keeps."""
        edges = _edges(inside)
        hours = self.weekly[:, :, edges // GRANULE_MINUTES] & _open_between(inside, edges)
        hours = np.concatenate([hours, np.zeros_like(hours[:, :1])], axis=1)  # the closed day
        lengths = np.diff(np.append(edges, MINUTES_PER_DAY)) * MS_PER_MINUTE
        within = np.zeros((*hours.shape[:2], edges.size + 1), "int64")
        within[:, :, 1:] = np.cumsum(hours * lengths, axis=2)
        per_day = within[:, patterns, edges.size]
        before = np.cumsum(per_day, axis=1) - per_day
        day, time_of_day = np.divmod(at_ms, MS_PER_DAY)
        place = np.searchsorted(edges, time_of_day // MS_PER_MINUTE, side="right") - 1
        pattern = patterns[day]
        partly = np.where(hours[row, pattern, place], time_of_day - edges[place] * MS_PER_MINUTE, 0)
        return before[row, day] + within[row, pattern, place] + partly


def find_officer_hours(log: EventLog, officer: np.ndarray, hall: WorkingCalendar) -> OfficerHours:
    """Hours of the officers of a log; `officer` is a code an event, -1 for nobody known."""
    columns = log_columns(log)
    n = int(officer.max(initial=NOBODY)) + 1
    if n == 0:
        none = np.zeros(0, "int64")
        return OfficerHours(none, none, np.zeros((0, 7, GRANULES), bool), hall)
    seen = (officer != NOBODY) & (columns.start_ms != UNKNOWN_MS)
    pool = _pools(log, officer, seen, n)
    n_pools = int(pool.max()) + 1
    unit = np.concatenate([officer, np.where(officer == NOBODY, NOBODY, n + pool[officer])])
    starts = _counts(unit, np.tile(np.where(seen, columns.start_ms, UNKNOWN_MS), 2), n + n_pools)
    ends = _counts(unit, np.tile(np.where(seen, columns.end_ms, UNKNOWN_MS), 2), n + n_pools)
    enough = starts.sum(axis=(1, 2)) >= MIN_STARTS
    own, pooled = enough[:n], enough[n:][pool]
    rests_on = np.where(own, RestsOn.OWN, np.where(pooled, RestsOn.POOL, RestsOn.HALL))
    row = np.cumsum(enough) - 1  # of the units with enough starts
    timetable = np.where(own, row[:n], np.where(pooled, row[n:][pool], _HALL))
    return OfficerHours(timetable, rests_on, _timetables(starts[enough], ends[enough]), hall)


def officer_codes(log: EventLog) -> tuple[np.ndarray, np.ndarray]:
    """Who did each event: a code (-1 for nobody known) and the names by code.

    The officer; in a log without officers the window, which is one seat.
    """
    source = "officer" if log.has("officer") else "window"
    if not log.has(source):
        return np.full(log.n_events, NOBODY, "int64"), np.zeros(0, dtype=object)
    key = log.events[source]
    if source == "window" and log.has("hall"):
        key = log.events["hall"].fillna("") + " " + key
    codes, names = pd.factorize(key)
    return codes.astype("int64"), np.asarray(names, dtype=object)


def _pools(log: EventLog, officer: np.ndarray, seen: np.ndarray, n: int) -> np.ndarray:
    """The pool of each officer, as a code."""
    if log.has("dept"):
        group, names = pd.factorize(log.events["dept"])
        known = seen & (group >= 0)
        found = grouped_mode(officer[known], group[known].astype("int64"), n)
    else:
        names = ()
        found = np.full(n, NOBODY, "int64")
    main = grouped_mode(officer[seen], log_columns(log).activity[seen], n)
    mixed = np.where(found >= 0, found, len(names) + np.maximum(main, 0))
    return np.unique(mixed, return_inverse=True)[1].astype("int64")


def _counts(unit: np.ndarray, moments_ms: np.ndarray, n_units: int) -> np.ndarray:
    known = (moments_ms != UNKNOWN_MS) & (unit >= 0)
    at = moments_ms[known]
    weekday = (at // MS_PER_DAY + _EPOCH_WEEKDAY) % 7
    code = (unit[known] * 7 + weekday) * GRANULES + at % MS_PER_DAY // (GRANULE_MINUTES * MS_PER_MINUTE)
    return np.bincount(code, minlength=n_units * 7 * GRANULES).reshape(n_units, 7, GRANULES)


def _timetables(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Weekly hours, bool (units, 7, 48), from what begins and ends in each half-hour."""
    by_day = starts.sum(axis=2)
    usual = np.sort(by_day, axis=1)[:, -5:].mean(axis=1, keepdims=True)
    open_day = by_day >= np.maximum(MIN_WEEKDAY_RATE * usual, 1)
    together = open_day[:, :, None]
    own = by_day[:, :, None] >= MIN_STARTS_PER_WEEKDAY
    profiles = [
        np.where(own, counts, (counts * together).sum(axis=1, keepdims=True)) for counts in (starts, ends)
    ]
    return _periods(*profiles) & together


def _periods(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The half-hours of a day from the first to the last that are regularly worked, without breaks."""
    span = _supported(starts) & _between_first_and_last(_regular(starts))
    is_break = span & ~_regular(starts + ends)
    begins = (np.diff(is_break.astype("int8"), axis=2) == 1).sum(axis=2, keepdims=True)
    return span & ~(is_break & (begins <= MAX_BREAKS))


def _supported(counts: np.ndarray) -> np.ndarray:
    """The half-hours from the first to the last with all but a percent of the activity."""
    share = np.cumsum(counts, axis=2) / np.maximum(counts.sum(axis=2, keepdims=True), 1)
    tail = (1 - SUPPORT) / 2
    before = np.concatenate([np.zeros_like(share[:, :, :1]), share[:, :, :-1]], axis=2)
    return (share > tail) & (before < 1 - tail)


def _regular(counts: np.ndarray) -> np.ndarray:
    """Half-hours with a usual share of the activity; all of them where there is too little to tell.

    Usual is the level of the half-hour a moment of activity is in, on average.
    """
    usual = (counts**2).sum(axis=2, keepdims=True) / np.maximum(counts.sum(axis=2, keepdims=True), 1)
    return (counts >= MIN_SHARE_OF_USUAL * usual) | (usual < EXPECTED)


def _between_first_and_last(regular: np.ndarray) -> np.ndarray:
    forward = np.maximum.accumulate(regular, axis=2)
    return forward & np.maximum.accumulate(regular[:, :, ::-1], axis=2)[:, :, ::-1]


def _patterns(hall: WorkingCalendar, first_day: int, last_day: int) -> np.ndarray:
    """The weekday whose hours each day keeps, `_CLOSED` for a day on which the hall stays closed."""
    days = np.arange(first_day, last_day + 1)
    found = (days + _EPOCH_WEEKDAY) % 7
    extra = WEEKDAYS.index(hall.extra_day_like)
    for position, day in enumerate(days):
        date = dt.date(1970, 1, 1) + dt.timedelta(days=int(day))
        usually, now = bool(hall.weekly.get(WEEKDAYS[date.weekday()])), hall.is_working_day(date)
        if usually and not now:
            found[position] = _CLOSED
        elif now and not usually:
            found[position] = extra
    return found


def _edges(inside: WorkingCalendar | None) -> np.ndarray:
    """Minutes of the day at which hours can begin or end."""
    minutes = list(range(0, MINUTES_PER_DAY, GRANULE_MINUTES))
    for periods in () if inside is None else inside.weekly.values():
        minutes += [minute for period in periods for minute in period if minute < MINUTES_PER_DAY]
    return np.unique(minutes)


def _open_between(inside: WorkingCalendar | None, edges: np.ndarray) -> np.ndarray:
    """Whether a calendar is open from each edge to the next, shape (7 weekdays, edges)."""
    found = np.full((7, edges.size), inside is None)
    for number, day in enumerate(WEEKDAYS):
        for begin, end in () if inside is None else inside.weekly.get(day, ()):
            found[number] |= (edges >= begin) & (edges < end)
    return found
