"""When a limit ends: statutory and promised limits in working days or calendar days, with stopped clocks.

The rules (行政许可法 42-45 and 82, 民法典 201-203):

- the day the clock begins does not count, the next one is the first (`working_time.deadline` does one date);
- a limit ends on its last day at closing time, 17:00 unless told otherwise;
- a limit in calendar days (自然日) whose last day is a day off ends on the next working day;
- after a return for correction the clock begins anew; that moment is the caller's to find;
- while a special procedure runs (听证, 检验, 检测, 专家评审, ...) the clock stands still. As everywhere, the
  day a stop begins still counts, the days after it up to the day it ends do not. Stops that overlap are one.

Example, 5 working days from Monday 2026-03-02: due Monday 03-09 at 17:00. An inspection from Wednesday 03-04
to Friday 03-06 takes two days out (Thursday, Friday): due Wednesday 03-11.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mining.errors import CalendarError
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, WorkingCalendar

LimitUnit = Literal["working_days", "calendar_days"]
WORKING_DAYS: LimitUnit = "working_days"
CALENDAR_DAYS: LimitUnit = "calendar_days"
CLOSING_MINUTE = 17 * 60
"""A limit ends at 17:00 of its last day (an assumption; `closing_minute` sets another)."""
_MAX_REACH_DAYS = 40 * 366


@dataclass(frozen=True)
class ClockStops:
    """Stretches of days on which the clocks of cases stood still, by case and begin, none overlapping.

    Days are counted from 1970-01-01. The clock runs on day `first` and stands still from the day after it to
    day `last`; `still_stopped` where the stop had no end when the log did.
    """

    case: np.ndarray
    first: np.ndarray
    last: np.ndarray
    still_stopped: np.ndarray

    @property
    def longest_list(self) -> int:
        """The most stops any case has."""
        return int(np.bincount(self.case).max()) if self.case.size else 0

    @property
    def number(self) -> np.ndarray:
        """Which stop of its case it is, from 0."""
        return np.arange(self.case.size) - np.searchsorted(self.case, self.case)


def merge_stops(
    case: np.ndarray, start_ms: np.ndarray, end_ms: np.ndarray, still_stopped: np.ndarray
) -> ClockStops:
    """Stops of cases as stretches of days; those that overlap or follow on the same day become one.

    `case` holds codes, times are in ms. A stop that ends before it begins is none.
    """
    keep = end_ms >= start_ms
    case, still = case[keep], still_stopped[keep]
    first, last = start_ms[keep] // MS_PER_DAY, end_ms[keep] // MS_PER_DAY
    order = np.lexsort((last, first, case))
    case, first, last, still = case[order], first[order], last[order], still[order]
    if case.size == 0:
        return ClockStops(case, first, last, still)
    # a running maximum of the last day that starts anew with each case
    height = int(last.max()) - int(first.min()) + 2
    shift = (np.cumsum(np.diff(case, prepend=case[0]) != 0)) * height
    so_far = np.maximum.accumulate(last + shift) - shift
    new = np.ones(case.size, bool)
    new[1:] = (case[1:] != case[:-1]) | (first[1:] > so_far[:-1])
    begins = np.flatnonzero(new)
    return ClockStops(
        case[begins],
        first[begins],
        np.maximum.reduceat(last, begins),
        np.maximum.reduceat(still, begins),
    )


def due_ms(
    calendar: WorkingCalendar,
    clock_ms: np.ndarray,
    limit_days: np.ndarray,
    unit: LimitUnit = WORKING_DAYS,
    stops: ClockStops | None = None,
    closing_minute: int = CLOSING_MINUTE,
) -> np.ndarray:
    """The moment each limit ends, in ms of local time; see the module for the rules.

    `clock_ms` is when each clock began, `limit_days` its length (parts of a day count as a whole one);
    `stops.case` are positions in these arrays. A limit of 0 days ends at closing time of the day the clock
    began. Raises `CalendarError` for a negative limit.
    """
    limit = np.ceil(np.asarray(limit_days, "float64")).astype("int64")
    if limit.size == 0:
        return np.zeros(0, "int64")
    if int(limit.min()) < 0:
        raise CalendarError(
            zh=f"时限 {int(limit.min())} 天无效：不能为负数。",
            en=f"A limit of {int(limit.min())} days is not valid: it must not be negative.",
        )
    begin = np.asarray(clock_ms, "int64") // MS_PER_DAY
    days = _Days.reaching(calendar, begin, limit, unit, stops)
    due = days.after(begin, limit)
    for nth in range(stops.longest_list if stops is not None else 0):
        assert stops is not None
        of_round = stops.number == nth
        at, first, last = stops.case[of_round], stops.first[of_round], stops.last[of_round]
        stopped = days.between(np.maximum(first, begin[at]), np.maximum(last, begin[at]))
        due[at] = np.where(first < due[at], days.after(due[at], stopped), due[at])
    if unit == CALENDAR_DAYS:
        due = np.where(limit > 0, _Days.working(calendar, due).at_or_after(due), due)
    return due * MS_PER_DAY + closing_minute * MS_PER_MINUTE


def stopped_ms(
    calendar: WorkingCalendar, stops: ClockStops, from_ms: np.ndarray, until_ms: np.ndarray
) -> np.ndarray:
    """Open time of the days each clock stood still, within [from, until); positions as in `due_ms`."""
    total = np.zeros(from_ms.size, "int64")
    begin = np.maximum((stops.first + 1) * MS_PER_DAY, from_ms[stops.case])
    end = np.minimum((stops.last + 1) * MS_PER_DAY, until_ms[stops.case])
    inside = calendar.working_ms_between(begin, np.maximum(begin, end))
    np.add.at(total, stops.case, inside)
    return total


@dataclass(frozen=True)
class _Days:
    """The days that count for a limit, ascending, as numbers since 1970."""

    numbers: np.ndarray

    @classmethod
    def reaching(
        cls,
        calendar: WorkingCalendar,
        begin: np.ndarray,
        limit: np.ndarray,
        unit: LimitUnit,
        stops: ClockStops | None,
    ) -> _Days:
        """Enough of them for every limit and every stop."""
        stopped = 0 if stops is None or stops.case.size == 0 else int(_stopped_days(stops).max())
        last_known = int(begin.max()) if stops is None or stops.case.size == 0 else int(stops.last.max())
        first, last = int(begin.min()), max(int(begin.max()), last_known)
        wanted = int(limit.max()) + stopped + 1
        reach = 2 * wanted + 31
        while True:
            if unit == CALENDAR_DAYS:
                return cls(np.arange(first, last + reach + 1))
            found = _working_days(calendar, first, last + reach)
            if int(np.count_nonzero(found > last)) >= wanted:
                return cls(found)
            if reach > _MAX_REACH_DAYS:
                raise CalendarError(
                    zh="工作日历在 40 年内没有足够的工作日来计算时限。",
                    en="The working calendar has too few working days within 40 years to count this limit.",
                )
            reach *= 2

    @classmethod
    def working(cls, calendar: WorkingCalendar, due: np.ndarray) -> _Days:
        """The working days up to the first after the latest of these days."""
        return cls.reaching(calendar, due, np.ones(1, "int64"), WORKING_DAYS, None)

    def after(self, day: np.ndarray, count: np.ndarray) -> np.ndarray:
        """The count-th day after each day; the day itself for a count of 0."""
        place = np.searchsorted(self.numbers, day, side="right") + count - 1
        return np.where(count > 0, self.numbers[np.clip(place, 0, self.numbers.size - 1)], day)

    def at_or_after(self, day: np.ndarray) -> np.ndarray:
        """The day itself if it counts, else the next that does."""
        return self.numbers[np.searchsorted(self.numbers, day)]

    def between(self, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """How many of them lie after `first` and not after `last`."""
        return np.searchsorted(self.numbers, last, side="right") - np.searchsorted(
            self.numbers, first, side="right"
        )


def _stopped_days(stops: ClockStops) -> np.ndarray:
    """Days, counting every one, that the clock of each case stood still."""
    return np.bincount(stops.case, weights=stops.last - stops.first).astype("int64")


def _working_days(calendar: WorkingCalendar, first: int, last: int) -> np.ndarray:
    reach = calendar.intervals(first * MS_PER_DAY, last * MS_PER_DAY)
    return np.unique(reach.begin_ms // MS_PER_DAY)
