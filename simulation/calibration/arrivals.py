"""Who comes when: cases that start, by weekday and half-hour, on working days.

The number of cases of a day scatters more than a Poisson number does (weather, holidays, campaigns). The
surplus is `day_cv`, by the method of moments around a slow trend: with m the expected number of a day,
Var = m + (day_cv m)^2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.event_log import EventLog
from mining.text import Text
from mining.working_time import MS_PER_DAY, WEEKDAYS, WorkingCalendar, date_of, same_hours_every
from simulation.calibration.calendars import (
    GRANULE_MINUTES,
    GRANULES,
    half_hour_of,
    weekday_of,
    with_time_of_day,
)
from simulation.calibration.cases import CaseWindow
from simulation.calibration.evidence import mean_interval, measured
from simulation.calibration.observations import Observations
from simulation.service_model import Arrivals, Evidence

HALL, ARRIVAL_DAYS = "hall", "arrival days"
MIN_CASES_PER_CHANNEL = 50
MAX_ON_CLOSED_DAYS = (
    0.02  # more cases than this on days the hall is closed: people arrive by another calendar
)
RECENT_DAYS = 60
TREND_DAYS = 21
DEFAULT_CHANNEL = "all"  # the log knows no channels


@dataclass(frozen=True)
class CalibratedArrivals:
    """Arrivals by channel, the calendars they add to the hall's, and what they rest on."""

    arrivals: tuple[Arrivals, ...]
    calendars: dict[str, WorkingCalendar]
    evidence: dict[str, Evidence]


def calibrate_arrivals(
    log: EventLog, observed: Observations, window: CaseWindow, hall: WorkingCalendar
) -> CalibratedArrivals:
    """One `Arrivals` a channel with at least 50 cases; smaller channels count with the largest one.

    Cases already running when the log begins are no arrivals. Rates are means over the working days between
    the first and the last arrival of the whole log.
    """
    moments = observed.released_ms[observed.first][window.begun]
    name, calendar = _arrival_calendar(moments, hall)
    channels = _channels(log, observed)[window.begun]
    days = _working_days(moments, calendar)
    found: list[Arrivals] = []
    evidence: dict[str, Evidence] = {}
    for channel in sorted(set(channels)):
        of_channel = moments[channels == channel]
        arrivals, proof = fit_arrivals(channel, of_channel, days, name, calendar)
        found.append(arrivals)
        evidence |= {f"arrivals.{arrivals.name}.{key}": value for key, value in proof.items()}
    return CalibratedArrivals(tuple(found), {} if name == HALL else {name: calendar}, evidence)


def _arrival_calendar(moments: np.ndarray, hall: WorkingCalendar) -> tuple[str, WorkingCalendar]:
    """The hall's calendar, or one of its own if people also come on days it is closed (online, by post)."""
    days, counts = np.unique(moments // MS_PER_DAY, return_counts=True)
    closed = np.array([not hall.is_working_day(date_of(day)) for day in days])
    if counts[closed].sum() <= MAX_ON_CLOSED_DAYS * counts.sum():
        return HALL, hall
    weekdays = sorted(set(weekday_of(days).tolist()))
    weekly = same_hours_every(tuple(WEEKDAYS[day] for day in weekdays), "00:00-24:00")
    return ARRIVAL_DAYS, WorkingCalendar.model_validate({"weekly": weekly})


def _working_days(moments: np.ndarray, calendar: WorkingCalendar) -> np.ndarray:
    """Day numbers on which people can arrive, from the first to the last arrival."""
    first, last = int(moments.min() // MS_PER_DAY), int(moments.max() // MS_PER_DAY)
    days = np.array([day for day in range(first, last + 1) if calendar.is_working_day(date_of(day))])
    return days if days.size else np.array([first])


def _channels(log: EventLog, observed: Observations) -> np.ndarray:
    """The channel of each case, small ones merged into the largest."""
    channel = _raw_channels(log, observed)
    names, index, counts = np.unique(channel, return_inverse=True, return_counts=True)
    largest = names[counts.argmax()]
    small = counts < MIN_CASES_PER_CHANNEL
    return np.where(small[index], largest, channel)


def _raw_channels(log: EventLog, observed: Observations) -> np.ndarray:
    n_cases = len(observed.case_names)
    found = pd.Series(pd.NA, index=pd.Index(observed.case_names), dtype="object")
    if "channel" in log.cases.columns:
        by_case = log.cases.drop_duplicates("case_id").set_index("case_id")["channel"]
        found = by_case.reindex(found.index).astype("object")
    if "channel" in log.events.columns and bool(found.isna().any()):
        first = log.events["channel"].to_numpy(dtype=object)[observed.first]
        found = found.fillna(pd.Series(first, index=found.index))
    channel = found.to_numpy(dtype=object)
    return np.array([DEFAULT_CHANNEL if pd.isna(c) else str(c) for c in channel]) if n_cases else channel


def fit_arrivals(
    channel: str, moments: np.ndarray, days: np.ndarray, calendar_name: str, calendar: WorkingCalendar
) -> tuple[Arrivals, dict[str, Evidence]]:
    """Arrivals of one channel from its moments (ms): rate by weekday and half-hour, scatter from day to day.

    `days` are the numbers of the days on which people can come, those without anybody included.
    """
    counts = _daily_counts(moments, days)
    weekday = weekday_of(days)
    # days of a closed weekday (make-up days) keep the hours, and the rate, of the day they stand for
    weekday = np.where(_is_regular(weekday, calendar), weekday, WEEKDAYS.index(calendar.extra_day_like))
    per_day = moments.size / days.size
    factors = _weekday_factors(counts, weekday, calendar)
    expected = _expected(counts, weekday, factors)
    day_cv = _over_dispersion(counts, expected)
    half_hours = _half_hours(moments)
    arrivals = Arrivals(
        name=channel,
        per_day=round(per_day / _mean_factor(factors, weekday), 6),
        calendar=calendar_name,
        channel=channel,
        weekday_factors=tuple(round(float(f), 4) for f in factors),
        half_hour_weights={
            int(g) * GRANULE_MINUTES: round(float(half_hours[g] / half_hours.sum()), 6)
            for g in np.flatnonzero(half_hours)
        },
        day_cv=round(day_cv, 4),
    )
    return arrivals, _evidence(moments, counts, per_day)


def _half_hours(moments: np.ndarray) -> np.ndarray:
    """Arrivals by half-hour of the day, without those of which the log knows the date only."""
    timed = with_time_of_day(moments)
    return np.bincount(half_hour_of(timed if timed.size else moments), minlength=GRANULES)


def _daily_counts(moments: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Arrivals by working day; those of closed days count for the next working day."""
    index = np.minimum(np.searchsorted(days, moments // MS_PER_DAY), days.size - 1)
    return np.bincount(index, minlength=days.size).astype(float)


def _is_regular(weekday: np.ndarray, calendar: WorkingCalendar) -> np.ndarray:
    return np.isin(weekday, [n for n, day in enumerate(WEEKDAYS) if calendar.weekly.get(day)])


def _weekday_factors(counts: np.ndarray, weekday: np.ndarray, calendar: WorkingCalendar) -> np.ndarray:
    """Rate of each weekday over the mean rate of the open weekdays; closed ones are 0."""
    days = np.bincount(weekday, minlength=7)
    rates = np.bincount(weekday, counts, minlength=7) / np.maximum(days, 1)
    is_open = np.array([bool(calendar.weekly.get(day)) for day in WEEKDAYS])
    # a weekday the log never saw (a log of three days) is like the others
    rates = np.where(days > 0, rates, rates[days > 0].mean())
    mean = float(rates[is_open].mean())
    return np.where(is_open, rates / mean if mean > 0 else 1.0, 0.0)


def _mean_factor(factors: np.ndarray, weekday: np.ndarray) -> float:
    """Mean factor of the log's own days: holidays fall on some weekdays more than on others."""
    mean = float(factors[weekday].mean())
    return mean if mean > 0 else 1.0


def _expected(counts: np.ndarray, weekday: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Expected number of each day: the weekday's factor times a moving mean over three weeks."""
    scale = np.maximum(factors[weekday], 1e-9)
    width = min(TREND_DAYS, counts.size)
    kernel = np.ones(width)
    level = np.convolve(counts, kernel, mode="same") / np.convolve(scale, kernel, mode="same")
    return scale * level[: counts.size]


def _over_dispersion(counts: np.ndarray, expected: np.ndarray) -> float:
    """Coefficient of variation of the day's rate, 0 where the counts scatter no more than Poisson numbers."""
    if counts.size < TREND_DAYS:
        return 0.0
    # the moving mean has seen the day itself, which takes 1/width of its variance away
    surplus = ((counts - expected) ** 2 / (1 - 1 / TREND_DAYS) - expected).sum()
    return float(np.sqrt(max(0.0, surplus) / max(float((expected**2).sum()), 1e-9)))


def _evidence(moments: np.ndarray, counts: np.ndarray, per_day: float) -> dict[str, Evidence]:
    n_recent = min(RECENT_DAYS, counts.size)
    recent = float(counts[-n_recent:].mean())
    note = Text(
        zh=f"{counts.size} 个工作日的平均；最近 {n_recent} 个工作日为每天 {recent:.2f} 件"
        f"（整体的 {recent / per_day:.0%}）。",
        en=f"Mean over {counts.size} working days; the last {n_recent} had {recent:.2f} a day "
        f"({recent / per_day:.0%} of it).",
    )
    profile = Text(
        zh="按首个时刻的星期与半小时统计。", en="By weekday and half-hour of each case's first moment."
    )
    return {
        "per_day": measured(int(moments.size), mean_interval(counts), note),
        "half_hour_weights": measured(int(moments.size), note=profile),
        "day_cv": measured(int(counts.size)),
    }
