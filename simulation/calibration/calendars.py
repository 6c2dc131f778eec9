"""When the hall works: weekly opening hours and closed days, read off the activity in the log.

A half-hour of the week is open if work begins or ends in it often enough: the busiest half-hours that hold
99 % of the activity (support and confidence in the sense of Lopez-Pintado and Dumas, 2023, pooled over the
hall). Closed stretches inside a day are kept only where the log is large enough to show that they are empty.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from mining.country import Country
from mining.text import Text
from mining.working_time import (
    MS_PER_DAY,
    MS_PER_MINUTE,
    OFFICE_HOURS,
    WEEKDAYS,
    WorkingCalendar,
    date_of,
    same_hours_every,
)
from simulation.calibration.evidence import assumed, measured
from simulation.calibration.observations import Observations
from simulation.service_model import Evidence

GRANULE_MINUTES = 30
GRANULES = 48
COVERED_ACTIVITY = 0.99
MIN_MOMENTS = 100  # fewer tell no timetable
MIN_MOMENTS_PER_WEEKDAY = 300  # fewer: the weekday keeps the hours of all weekdays together
OPEN_SHARE = 0.3  # of the dates of a weekday with some activity: fewer are make-up days, not a timetable
MIN_WEEKDAY_RATE = 0.10  # of the busy weekdays: less activity than that is work on a closed day
MAX_OUTSIDE = 0.02
MIN_DAILY = 10  # fewer events a day: single days tell nothing, rates are compared instead
MAKE_UP_RATE = 0.5  # of a usual day: that much work on a closed weekday is a make-up working day
DIP_SHARE = 0.05  # of the usual activity: less is a closed half-hour (lunch)
DIP_EXPECTED = 20.0  # events expected in a half-hour before its emptiness means anything
ROUND_THE_CLOCK_GRANULES = 44
HOLIDAY_CHANCE = (
    1e-4  # a day without an event is a closed day if chance alone would leave it empty this rarely
)
MIDNIGHT_EXCESS = 5  # moments at 00:00 sharp against those in the rest of the half-hour: more are dates
MAX_BREAKS = 2  # a day with more closed stretches has appointments on the hour, not that many breaks
MIN_PERIOD_SHARE = 0.03  # of a day's activity: less in a period of its own is work after hours
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday

OFFICE_BEGIN, OFFICE_END = 18, 34  # 9:00 and 17:00 in half-hours
ROUND_THE_CLOCK = WorkingCalendar.model_validate({"weekly": same_hours_every(WEEKDAYS, "00:00-24:00")})


@dataclass(frozen=True)
class HallCalendar:
    """The hall's timetable and what it rests on."""

    calendar: WorkingCalendar
    evidence: Evidence
    country: Country | None = None  # whose official days it has, once that is settled (`hall_hours`)


def calibrate_calendar(observed: Observations) -> HallCalendar:
    """The hall's working calendar: open half-hours by weekday, lunch, closed weekdays, closed days."""
    starts = observed.start_ms[observed.timed] if observed.starts_logged else observed.end_ms
    # services at a counter are finished after closing, so their ends say nothing about the timetable
    moments = np.concatenate([starts, observed.end_ms[observed.timed & ~observed.at_counter]])
    days_of_all = moments
    moments, starts = with_time_of_day(moments), with_time_of_day(starts)
    if moments.size < MIN_MOMENTS:
        return _of_a_small_log(days_of_all, moments)
    counts, start_counts = _by_granule(moments), _by_granule(starts)
    days, extra = _open_days(moments, counts)
    weekly = {}
    for day in days:
        own = counts[day].sum() >= MIN_MOMENTS_PER_WEEKDAY
        group = [day] if own else days
        weekly[WEEKDAYS[day]] = _periods(counts[group].sum(axis=0), start_counts[group].sum(axis=0))
    calendar = WorkingCalendar.model_validate(
        {"weekly": weekly, "extra_days": extra, "extra_day_like": WEEKDAYS[days[0]]}
    )
    closed = _closed_days(moments, calendar)
    calendar = calendar.model_copy(update={"closed_days": closed})
    outside = 1 - _share_inside(moments, calendar)
    dates_only = days_of_all.size - moments.size
    note = Text(
        zh=f"营业时段由活动推得；{outside:.1%} 的活动落在时段之外；"
        f"无任何活动的工作日 {len(closed)} 天视为休息，补班 {len(extra)} 天；"
        f"{dates_only} 个只有日期的时刻不计。",
        en=f"Opening hours read off the activity; {outside:.1%} of it lies outside of them; {len(closed)} "
        f"working days without any event are taken as closed, {len(extra)} days as make-up days; "
        f"{dates_only} moments that are dates without a time are left out.",
    )
    return HallCalendar(calendar, measured(int(moments.size), note=note))


def with_time_of_day(moments: np.ndarray) -> np.ndarray:
    """The moments without those at midnight sharp, where there are too many of them to be times of day."""
    sharp = moments % MS_PER_DAY == 0
    just_after = half_hour_of(moments) == 0
    suspicious = sharp.sum() > MIDNIGHT_EXCESS * (just_after.sum() - sharp.sum())
    return moments[~sharp] if suspicious else moments


def weekday_of(day_number: np.ndarray) -> np.ndarray:
    """Weekday (0 = Monday) of days counted from 1970-01-01."""
    return (day_number + _EPOCH_WEEKDAY) % 7


def half_hour_of(moments_ms: np.ndarray) -> np.ndarray:
    """Half-hour of the day, 0 to 47."""
    return (moments_ms % MS_PER_DAY) // (GRANULE_MINUTES * MS_PER_MINUTE)


def _by_granule(moments: np.ndarray) -> np.ndarray:
    codes = weekday_of(moments // MS_PER_DAY) * GRANULES + half_hour_of(moments)
    return np.bincount(codes, minlength=7 * GRANULES).reshape(7, GRANULES)


def _open_days(moments: np.ndarray, counts: np.ndarray) -> tuple[list[int], tuple[dt.date, ...]]:
    """Open weekdays, and dates of closed weekdays that were worked like a usual day (make-up days)."""
    number = moments // MS_PER_DAY
    first = int(number.min())
    daily = np.bincount(number - first)
    weekday = weekday_of(first + np.arange(daily.size))
    rates = counts.sum(axis=1) / np.maximum(np.bincount(weekday, minlength=7), 1)
    usual = float(np.median(np.sort(rates[rates > 0])[-5:]))
    if usual >= MIN_DAILY:
        active = daily >= MIN_WEEKDAY_RATE * usual
        share = np.bincount(weekday, active, minlength=7) / np.maximum(np.bincount(weekday, minlength=7), 1)
        open_days = set(np.flatnonzero(share >= OPEN_SHARE).tolist())
    else:
        open_days = set(np.flatnonzero(rates >= MIN_WEEKDAY_RATE * usual).tolist())
    extra = ~np.isin(weekday, sorted(open_days)) & (daily >= max(MAKE_UP_RATE * usual, MIN_DAILY))
    regular = np.bincount(weekday, np.where(extra, 0, daily), minlength=7)
    for day in np.argsort(-regular):
        if regular[sorted(open_days)].sum() >= (1 - MAX_OUTSIDE) * regular.sum():
            break
        open_days.add(int(day))
    extra &= ~np.isin(weekday, sorted(open_days))
    return sorted(open_days), tuple(date_of(first + int(i)) for i in np.flatnonzero(extra))


def _periods(counts: np.ndarray, start_counts: np.ndarray) -> tuple[str, ...]:
    """Open periods of a day from its activity (`counts`) and the beginnings of work (`start_counts`)."""
    order = np.argsort(-counts, kind="stable")
    enough = int(np.searchsorted(np.cumsum(counts[order]), COVERED_ACTIVITY * counts.sum())) + 1
    is_open = np.zeros(GRANULES, bool)
    is_open[order[:enough]] = True
    first, last = int(np.flatnonzero(is_open)[0]), int(np.flatnonzero(is_open)[-1])
    usual = float(start_counts[first : last + 1].mean())
    inside = slice(first + 1, last)
    empty = (start_counts < DIP_SHARE * usual) & (usual >= DIP_EXPECTED)
    is_open[inside] = ~empty[inside]
    _drop_small_periods(is_open, counts)
    if is_open.sum() >= ROUND_THE_CLOCK_GRANULES:
        return ("00:00-24:00",)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_open.astype(int), [0]])))
    if edges.size // 2 > MAX_BREAKS + 1:
        edges = edges[[0, -1]]
    return tuple(f"{_clock(begin)}-{_clock(end)}" for begin, end in zip(edges[::2], edges[1::2], strict=True))


def _drop_small_periods(is_open: np.ndarray, counts: np.ndarray) -> None:
    """Close, in place, periods with next to no activity: somebody worked late once."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_open.astype(int), [0]])))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if counts[begin:end].sum() < MIN_PERIOD_SHARE * counts.sum():
            is_open[begin:end] = False


def _clock(granule: int) -> str:
    minute = int(granule) * GRANULE_MINUTES
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _closed_days(moments: np.ndarray, calendar: WorkingCalendar) -> tuple[dt.date, ...]:
    """Working weekdays inside the span without any activity, where that cannot be chance.

    The expected activity is that of the same weekday in the nine weeks around it, so that a quiet season
    of the log does not turn into holidays.
    """
    number = moments // MS_PER_DAY
    first, last = int(number.min()), int(number.max())
    counts = np.bincount(number - first, minlength=last - first + 1).astype(float)
    weekdays = weekday_of(np.arange(first, last + 1))
    found: list[dt.date] = []
    for day in range(7):
        index = np.flatnonzero(weekdays == day)
        if WEEKDAYS[day] not in calendar.weekly or index.size == 0:
            continue
        nearby = min(9, index.size)
        around = np.convolve(counts[index], np.ones(nearby), mode="same")
        weeks = np.convolve(np.ones(index.size), np.ones(nearby), mode="same")
        empty = (counts[index] == 0) & (np.exp(-around / weeks) < HOLIDAY_CHANCE)
        found.extend(date_of(first + int(i)) for i in index[empty])
    return tuple(sorted(found))


def _share_inside(moments: np.ndarray, calendar: WorkingCalendar) -> float:
    reach = calendar.intervals(int(moments.min()), int(moments.max()))
    if reach.begin_ms.size == 0:
        return 0.0
    index = np.searchsorted(reach.begin_ms, moments, side="right") - 1
    return float(((index >= 0) & (moments <= reach.end_ms[np.maximum(index, 0)])).mean())


def _of_a_small_log(all_moments: np.ndarray, moments: np.ndarray) -> HallCalendar:
    """Office hours where the log does not contradict them, else the span of days and hours it shows."""
    on_weekend = bool((weekday_of(all_moments // MS_PER_DAY) >= 5).any())
    if not on_weekend and (moments.size == 0 or _share_inside(moments, OFFICE_HOURS.envelope()) == 1.0):
        calendar = OFFICE_HOURS
    else:
        begin = min(int(half_hour_of(moments).min(initial=GRANULES)), OFFICE_BEGIN)
        end = max(int(half_hour_of(moments).max(initial=0)) + 1, OFFICE_END)
        days = WEEKDAYS if on_weekend else WEEKDAYS[:5]
        calendar = WorkingCalendar.model_validate(
            {"weekly": same_hours_every(days, f"{_clock(begin)}-{_clock(end)}")}
        )
    return HallCalendar(
        calendar,
        assumed(
            zh=f"日志太小（{moments.size} 个时刻），看不出营业时间：假定常规办公时间，放宽到能容纳全部活动。",
            en=f"The log is too small ({moments.size} moments) to show opening hours: office hours are "
            "assumed, widened to hold all of its activity.",
            n=int(moments.size),
        ),
    )
