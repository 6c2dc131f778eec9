"""Open time of a calendar as plain integers: milliseconds since the model's first midnight."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, WorkingCalendar

NEVER = 1 << 62  # later than every horizon

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class OpenTime:
    """Open intervals [begin, end) in time order, none touching the next, with the open time before each."""

    begins: tuple[int, ...]
    ends: tuple[int, ...]
    worked_before: tuple[int, ...]

    def is_open(self, moment: int) -> bool:
        """Whether the moment lies in an open interval; the closing moment does not."""
        index = bisect_right(self.begins, moment) - 1
        return index >= 0 and moment < self.ends[index]

    def next_open(self, moment: int) -> int:
        """The moment itself if open, else the next opening; `NEVER` past the last one."""
        index = bisect_right(self.ends, moment)
        return max(moment, self.begins[index]) if index < len(self.begins) else NEVER

    def last_closing(self, moment: int) -> int:
        """The last closing at or before the moment; -1 if there was none."""
        index = bisect_right(self.ends, moment) - 1
        return self.ends[index] if index >= 0 else -1

    def add(self, start: int, work: int) -> int:
        """When `work` of open time has passed since `start`: at once if 0, at a closing rather than at the
        next opening; `NEVER` if the intervals do not reach that far."""
        if work <= 0:
            return start
        index = bisect_right(self.begins, start) - 1
        if index >= 0 and start + work <= self.ends[index]:
            return start + work  # without a pause, as most
        done = work + self._until(start)
        index = bisect_left(self.worked_before, done) - 1
        if index < 0:
            return NEVER
        end = self.begins[index] + done - self.worked_before[index]
        return end if end <= self.ends[index] else NEVER

    def between(self, start: int, end: int) -> int:
        """Open time from `start` to `end`, not before it."""
        return self._until(end) - self._until(start)

    def _until(self, moment: int) -> int:
        """Open time before the moment."""
        index = bisect_right(self.begins, moment) - 1
        if index < 0:
            return 0
        return self.worked_before[index] + min(moment, self.ends[index]) - self.begins[index]

    def changes(self) -> tuple[Interval, ...]:
        """(moment, 1 = opens or 0 = closes) in time order."""
        both = [(b, 1) for b in self.begins] + [(e, 0) for e in self.ends]
        return tuple(sorted(both))


def merge(intervals: Iterable[Interval]) -> OpenTime:
    """Open time of intervals in time order; touching ones become one (a hall open around the clock)."""
    begins: list[int] = []
    ends: list[int] = []
    for begin, end in intervals:
        if ends and begin <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        elif begin < end:
            begins.append(begin)
            ends.append(end)
    worked, total = [], 0
    for begin, end in zip(begins, ends, strict=True):
        worked.append(total)
        total += end - begin
    return OpenTime(tuple(begins), tuple(ends), tuple(worked))


def periods_by_day(calendar: WorkingCalendar, start_date: dt.date, days: int) -> list[tuple[Interval, ...]]:
    """For each day its open periods in milliseconds since the model's first midnight."""
    found = []
    for day in range(days):
        midnight = day * MS_PER_DAY
        periods = calendar.periods_on(start_date + dt.timedelta(days=day))
        found.append(tuple((midnight + b * MS_PER_MINUTE, midnight + e * MS_PER_MINUTE) for b, e in periods))
    return found


def open_time(days: list[tuple[Interval, ...]]) -> OpenTime:
    """Open time of a calendar."""
    return merge(period for periods in days for period in periods)


def people_inside(days: list[tuple[Interval, ...]]) -> OpenTime:
    """From the first opening to the last closing of each day: people with a ticket sit out the lunch."""
    return merge((periods[0][0], periods[-1][1]) for periods in days if periods)


def ticket_periods(
    days: list[tuple[Interval, ...]], minutes_before_close: float
) -> list[tuple[Interval, ...]]:
    """When tickets are given out: the open periods, up to so many minutes before the day's last closing.

    A day that runs on into the next one at midnight has no closing.
    """
    cutoff = round(minutes_before_close * MS_PER_MINUTE)
    found = []
    for day, periods in enumerate(days):
        runs_on = bool(periods) and day + 1 < len(days) and bool(days[day + 1])
        runs_on = runs_on and days[day + 1][0][0] == periods[-1][1]
        if periods and not runs_on:
            last = periods[-1][1] - cutoff
            periods = tuple((b, min(e, last)) for b, e in periods if b < last)
        found.append(periods)
    return found
