"""`OpenTime` for the kernel: searched from where the clock stands."""

from __future__ import annotations

from numba import njit

from simulation.engines.compiled.layout import CALENDAR, INTERVAL
from simulation.engines.compiled.pointers import Record, record_at
from simulation.engines.program.open_time import NEVER


@njit
def _interval(hall: Record, calendar: Record, number: int) -> Record:
    return record_at(hall.intervals, calendar.first + number, INTERVAL)


@njit
def _last_begun(hall: Record, calendar: Record, moment: int) -> int:
    """The last interval that begins at or before a moment, -1 if none."""
    low = calendar.hint
    if low >= 0 and _interval(hall, calendar, low).begin > moment:
        low = -1
    stride = 1
    while low + stride < calendar.n and _interval(hall, calendar, low + stride).begin <= moment:
        low += stride
        stride *= 2
    high = min(low + stride, calendar.n)
    while high - low > 1:
        middle = (low + high) // 2
        if _interval(hall, calendar, middle).begin <= moment:
            low = middle
        else:
            high = middle
    if moment == hall.now:
        calendar.hint = low
    return low


@njit
def _last_with_less_before(hall: Record, calendar: Record, low: int, work: int) -> int:
    """The last interval, from `low` on, before which less than `work` is open; -1 if none."""
    stride = 1
    while low + stride < calendar.n and _interval(hall, calendar, low + stride).worked_before < work:
        low += stride
        stride *= 2
    high = min(low + stride, calendar.n)
    while high - low > 1:
        middle = (low + high) // 2
        if _interval(hall, calendar, middle).worked_before < work:
            low = middle
        else:
            high = middle
    return low


@njit
def next_open(hall: Record, number: int, moment: int) -> int:
    """The moment itself if calendar `number` is open then, else its next opening; `NEVER` past the last."""
    calendar = record_at(hall.calendars, number, CALENDAR)
    at = _last_begun(hall, calendar, moment)
    if at >= 0 and moment < _interval(hall, calendar, at).end:
        return moment
    return _interval(hall, calendar, at + 1).begin if at + 1 < calendar.n else NEVER


@njit
def last_closing(hall: Record, number: int, moment: int) -> int:
    """The last closing at or before the moment; -1 if there was none."""
    calendar = record_at(hall.calendars, number, CALENDAR)
    at = _last_begun(hall, calendar, moment)
    if at >= 0 and moment < _interval(hall, calendar, at).end:
        at -= 1
    return _interval(hall, calendar, at).end if at >= 0 else -1


@njit
def _open_before(hall: Record, calendar: Record, at: int, moment: int) -> int:
    """Open time before a moment in or after interval `at`, the last one begun."""
    if at < 0:
        return 0
    begun = _interval(hall, calendar, at)
    return begun.worked_before + min(moment, begun.end) - begun.begin


@njit
def between(hall: Record, number: int, start: int, end: int) -> int:
    """Open time from `start` to `end`, not before it."""
    calendar = record_at(hall.calendars, number, CALENDAR)
    before_end = _open_before(hall, calendar, _last_begun(hall, calendar, end), end)
    return before_end - _open_before(hall, calendar, _last_begun(hall, calendar, start), start)


@njit
def add(hall: Record, number: int, start: int, work: int) -> int:
    """When `work` of open time has passed since `start`; see `OpenTime.add`."""
    if work <= 0:
        return start
    calendar = record_at(hall.calendars, number, CALENDAR)
    at = _last_begun(hall, calendar, start)
    done = work + _open_before(hall, calendar, at, start)
    at = _last_with_less_before(hall, calendar, at, done)
    if at < 0:
        return NEVER
    last = _interval(hall, calendar, at)
    end = last.begin + done - last.worked_before
    return end if end <= last.end else NEVER
