"""Working calendars: when a hall, a counter or an office is open, and arithmetic in open time.

A calendar is a weekly timetable with holidays and make-up working days (调休). All arithmetic is in
integer milliseconds of local wall-clock time since 1970-01-01, on NumPy arrays. Two of three plain
`numpy.busday` deadlines were wrong on real dates, and pm4py counts business hours on the UTC clock;
see `docs/decisions/`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from mining.errors import CalendarError, FieldError
from mining.official_days import official_days

MS_PER_MINUTE = 60_000
MS_PER_HOUR = 3_600_000
MS_PER_DAY = 86_400_000
MINUTES_PER_DAY = 1440
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _read_period(value: object) -> object:
    """'09:00-12:00' -> (540, 720)."""
    if not isinstance(value, str):
        return value
    try:
        begin, end = (_minute_of_day(part) for part in value.replace("–", "-").split("-"))
    except ValueError:
        raise FieldError(
            zh=f"{value!r} 不是 '09:00-12:00' 形式的时段", en=f"{value!r} is not a period like '09:00-12:00'"
        ) from None
    return (begin, end)


def _minute_of_day(text: str) -> int:
    hour, minute = (int(part) for part in text.strip().split(":"))
    if not (0 <= hour <= 24 and 0 <= minute < 60 and hour * 60 + minute <= MINUTES_PER_DAY):
        raise ValueError(text)
    return hour * 60 + minute


def _read_minute(value: object) -> object:
    """'09:30' -> 570."""
    if not isinstance(value, str):
        return value
    try:
        return _minute_of_day(value)
    except ValueError:
        raise FieldError(
            zh=f"{value!r} 不是 '09:30' 形式的时刻", en=f"{value!r} is not a time of day like '09:30'"
        ) from None


def _write_minute(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


MinuteOfDay = Annotated[
    int,  # minutes since midnight
    Field(ge=0, le=MINUTES_PER_DAY),
    BeforeValidator(_read_minute),
    PlainSerializer(_write_minute, when_used="json"),
]


def _write_period(period: tuple[int, int]) -> str:
    begin, end = period
    return f"{_write_minute(begin)}-{_write_minute(end)}"


Period = Annotated[
    tuple[int, int],  # minutes since midnight
    BeforeValidator(_read_period),
    PlainSerializer(_write_period, when_used="json"),
]


def _check_week(weekly: Mapping[Weekday, tuple[Period, ...]]) -> None:
    for day, periods in weekly.items():
        last = -1
        for begin, end in periods:
            if not (last < begin < end <= MINUTES_PER_DAY):
                raise FieldError(
                    zh=f"{day}：开放时段须按先后排列，且不得相接或重叠",
                    en=f"{day}: open periods must be in order and must not touch or overlap",
                )
            last = end
    if not any(weekly.values()):
        raise FieldError(
            zh="工作日历每周至少要有一个开放时段",
            en="a working calendar needs at least one open period a week",
        )


class WorkingCalendar(BaseModel):
    """A weekly timetable, its closed days and its extra working days.

    `weekly` maps a weekday to open periods (a missing day is closed): the hours in which the staff works.
    `hall_weekly`, where given, are those in which the hall serves the public (延时, Saturdays, lunch). On a
    day of `extra_days` the hours of `extra_day_like` are kept. `country` adds the public holidays and make-up
    days of the `holidays` library; explicit `closed_days` and `extra_days` win over it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weekly: dict[Weekday, tuple[Period, ...]]
    closed_days: tuple[dt.date, ...] = ()
    extra_days: tuple[dt.date, ...] = ()
    extra_day_like: Weekday = "mon"
    country: str | None = None
    hall_weekly: dict[Weekday, tuple[Period, ...]] | None = None

    @model_validator(mode="after")
    def _periods_are_ordered(self) -> WorkingCalendar:
        for weekly in (self.weekly, self.hall_weekly):
            if weekly is not None:
                _check_week(weekly)
        both = set(self.closed_days) & set(self.extra_days)
        if both:
            raise FieldError(
                zh=f"{min(both)} 既是休息日又是加班日", en=f"{min(both)} is both a closed and an extra day"
            )
        return self

    def __hash__(self) -> int:
        return hash(self.model_dump_json())

    def periods_on(self, day: dt.date) -> tuple[Period, ...]:
        """Open periods of a date, as (begin, end) in minutes since midnight."""
        if day in self.closed_days:
            return ()
        if day in self.extra_days:
            return self.weekly.get(self.extra_day_like, ())
        if self.country is not None:
            closed, extra = official_days(self.country, day.year)
            if day in closed:
                return ()
            if day in extra:
                return self.weekly.get(self.extra_day_like, ())
        return self.weekly.get(WEEKDAYS[day.weekday()], ())

    def is_working_day(self, day: dt.date) -> bool:
        """Whether the hall opens at all on this date."""
        return bool(self.periods_on(day))

    def of_hall(self) -> WorkingCalendar:
        """The hours in which the hall serves the public; the calendar itself where they are those of the
        staff. Holidays and make-up days are the same."""
        if self.hall_weekly is None:
            return self
        return self.model_copy(update={"weekly": self.hall_weekly, "hall_weekly": None})

    def envelope(self) -> WorkingCalendar:
        """The days of the hall from first opening to last closing: lunch counts as open.

        People who wait over lunch sit in the hall, people who wait over night do not.
        """
        hall = self.of_hall()
        weekly = {day: ((p[0][0], p[-1][1]),) for day, p in hall.weekly.items() if p}
        return hall.model_copy(update={"weekly": weekly})

    @property
    def minutes_per_day(self) -> float:
        """Open minutes of the usual working day: the median over the open days of the week."""
        lengths = [sum(e - b for b, e in periods) for periods in self.weekly.values() if periods]
        return float(np.median(lengths))

    def intervals(self, first_ms: int, last_ms: int) -> OpenIntervals:
        """All open intervals that touch [first_ms, last_ms], widened to whole days."""
        return _intervals(self, first_ms // MS_PER_DAY, last_ms // MS_PER_DAY)

    def working_ms_between(self, start_ms: np.ndarray, end_ms: np.ndarray) -> np.ndarray:
        """Open milliseconds in [start, end), int64, negative where end is before start."""
        start_ms, end_ms = np.asarray(start_ms, "int64"), np.asarray(end_ms, "int64")
        if start_ms.size == 0:
            return np.zeros(0, "int64")
        reach = self.intervals(int(min(start_ms.min(), end_ms.min())), int(max(start_ms.max(), end_ms.max())))
        return reach.worked_until(end_ms) - reach.worked_until(start_ms)


@dataclass(frozen=True)
class OpenIntervals:
    """Open intervals in time order, [begin_ms, end_ms), with open time accumulated before each."""

    begin_ms: np.ndarray
    end_ms: np.ndarray
    worked_before_ms: np.ndarray

    def worked_until(self, moments_ms: np.ndarray) -> np.ndarray:
        """Open milliseconds before each moment, counted from the first interval."""
        if self.begin_ms.size == 0:
            return np.zeros(np.shape(moments_ms), "int64")
        index = np.searchsorted(self.begin_ms, moments_ms, side="right") - 1
        inside = np.maximum(index, 0)
        within = np.clip(moments_ms, self.begin_ms[inside], self.end_ms[inside]) - self.begin_ms[inside]
        return np.where(index < 0, 0, self.worked_before_ms[inside] + within)

    def is_open(self, moment_ms: int) -> bool:
        """Whether the moment lies in an open interval (the closing moment does not)."""
        index = int(np.searchsorted(self.begin_ms, moment_ms, side="right")) - 1
        return index >= 0 and moment_ms < int(self.end_ms[index])

    def next_open(self, moment_ms: int) -> int:
        """The moment itself if open, else the next opening."""
        index = int(np.searchsorted(self.end_ms, moment_ms, side="right"))
        if index >= self.begin_ms.size:
            raise CalendarError(
                zh="工作日历在仿真期末之后没有开放时段。",
                en="The working calendar has no opening after this moment; extend its reach.",
            )
        return max(moment_ms, int(self.begin_ms[index]))

    def add(self, start_ms: int, work_ms: int) -> int:
        """The moment at which `work_ms` of open time have passed since `start_ms`.

        Work of zero length ends at once. Work that ends exactly at a closing ends at that closing, not at the
        next opening.
        """
        if work_ms <= 0:
            return start_ms
        done = int(self.worked_until(np.array([start_ms]))[0]) + work_ms
        index = int(np.searchsorted(self.worked_before_ms, done, side="left")) - 1
        end = int(self.begin_ms[index]) + done - int(self.worked_before_ms[index])
        if end > int(self.end_ms[index]):
            raise CalendarError(
                zh="工作日历在仿真期末之后没有足够的开放时段。",
                en="The working calendar has too little open time after this moment; extend its reach.",
            )
        return end


@lru_cache(maxsize=64)
def _intervals(calendar: WorkingCalendar, first_day: int, last_day: int) -> OpenIntervals:
    epoch = dt.date(1970, 1, 1)
    begins: list[int] = []
    ends: list[int] = []
    for number in range(first_day, last_day + 1):
        for begin, end in calendar.periods_on(epoch + dt.timedelta(days=number)):
            begins.append(number * MS_PER_DAY + begin * MS_PER_MINUTE)
            ends.append(number * MS_PER_DAY + end * MS_PER_MINUTE)
    begin_ms, end_ms = np.array(begins, "int64"), np.array(ends, "int64")
    worked = np.concatenate([[0], np.cumsum(end_ms - begin_ms)])[: begin_ms.size].astype("int64")
    return OpenIntervals(begin_ms, end_ms, worked)


def date_of(day_number: int) -> dt.date:
    """The date of a day counted from 1970-01-01."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(day_number))


def working_days(calendar: WorkingCalendar, first_ms: int, last_ms: int) -> np.ndarray:
    """Numbers (days since 1970) of the days on which the hall opens, from the first to the last moment."""
    days = np.unique(calendar.intervals(first_ms, last_ms).begin_ms // MS_PER_DAY)
    return days[(days >= first_ms // MS_PER_DAY) & (days <= last_ms // MS_PER_DAY)]


def to_ms(moment: dt.datetime) -> int:
    """Local wall-clock time as milliseconds since 1970-01-01."""
    return int(np.datetime64(moment, "ms").astype("int64"))


def same_hours_every(days: tuple[Weekday, ...], *periods: str) -> Mapping[Weekday, tuple[str, ...]]:
    """Helper for calendars whose days are alike: `same_hours_every(("mon","tue"), "09:00-17:00")`."""
    return dict.fromkeys(days, periods)


OFFICE_HOURS = WorkingCalendar.model_validate(
    {"weekly": same_hours_every(WEEKDAYS[:5], "09:00-12:00", "13:00-17:00")}
)
"""Monday to Friday 9-12 and 13-17 (an assumption of `domain.md` 4, used where a log tells nothing)."""


def deadline(calendar: WorkingCalendar, accepted: dt.date, working_days: int) -> dt.date:
    """The last day of a limit of working days, counted from the day after acceptance (行政许可法 82).

    Make-up days (调休) count, holidays do not. 0 days end on the day of acceptance. Example, with the Chinese
    calendar of 2026: accepted Friday 09-18, 5 days: Sunday 09-20 (make-up day) is the first, 09-24 the fifth.
    """
    if working_days < 0:
        raise CalendarError(
            zh=f"时限 {working_days} 个工作日无效：不能为负数。",
            en=f"A limit of {working_days} working days is not valid: it must not be negative.",
        )
    day = accepted
    while working_days > 0:
        day += dt.timedelta(days=1)
        working_days -= calendar.is_working_day(day)
    return day
