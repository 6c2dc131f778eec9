"""Prosimos' distributions and calendars in our terms.

A distribution is drawn again until it lies within its bounds (and is not negative), so what counts is the
law cut to its bounds. Numbers in seconds, as Prosimos 2 has them:
fix (value), uniform (low, high), expon (mean, low, high), norm (mean, sd, low, high), lognorm and gamma
(mean, variance, low, high). An expon begins at its low bound: mean - low is its scale.
"""

from __future__ import annotations

import math
from typing import Any, get_args

import numpy as np
from scipy import stats

from mining.working_time import MINUTES_PER_DAY, WEEKDAYS, Weekday
from simulation.errors import ModelError
from simulation.importing.prosimos_parameters import Day, OpenPeriod, TimeLaw
from simulation.service_model import Constant, Distribution, Quantiles, Uniform

SECONDS_PER_MINUTE = 60
POINTS = 201  # quantiles of a law that has no counterpart
_PER_TAIL = 2000  # points for the mean of a tail
_PARAMETERS = {"fix": 1, "uniform": 2, "expon": 3, "norm": 4, "lognorm": 4, "gamma": 4}

Periods = dict[Weekday, tuple[tuple[int, int], ...]]  # minutes since midnight


def to_distribution(law: TimeLaw, where: str) -> Distribution:
    """The law in minutes; laws other than fix and uniform as 201 quantiles, the first and last of them moved
    so that the means of the tails are kept. Raises `ModelError`."""
    values = _values(law, where)
    if law.distribution_name == "fix":
        return Constant(minutes=_not_negative(values[0], where) / SECONDS_PER_MINUTE)
    if law.distribution_name == "uniform":
        low, high = (_not_negative(value, where) / SECONDS_PER_MINUTE for value in values)
        return Uniform(low_minutes=low, high_minutes=high)
    return _quantiles(_frozen(law.distribution_name, values, where), values[-2:], where)


def gaps_of(law: TimeLaw, where: str) -> tuple[np.ndarray, np.ndarray]:
    """Gaps between arrivals in seconds as (values, shares): the classes of a histogram, or equal parts of a
    law."""
    if law.histogram_data is not None:
        shares = np.diff(np.array([0.0, *law.histogram_data.cdf]))
        values = np.array(law.histogram_data.bin_midpoints)
        if values.size != shares.size or shares.min() < 0 or shares.sum() <= 0 or values.min() < 0:
            raise ModelError(
                zh=f"{where}：cdf 须递增，且与非负的 bin_midpoints 一一对应。",
                en=f"{where}: cdf must ascend and go with bin_midpoints that are not negative.",
            )
        return values, shares / shares.sum()
    distribution = to_distribution(law, where)
    if isinstance(distribution, Constant):
        return np.array([distribution.minutes * SECONDS_PER_MINUTE]), np.ones(1)
    u = (np.arange(_PER_TAIL) + 0.5) / _PER_TAIL
    if isinstance(distribution, Uniform):
        values = distribution.low_minutes + u * (distribution.high_minutes - distribution.low_minutes)
    elif isinstance(distribution, Quantiles):
        points = np.array(distribution.values_minutes)
        values = np.interp(u, np.linspace(0, 1, points.size), points)
    else:
        raise AssertionError(f"{distribution.kind} is never made here")
    return values * SECONDS_PER_MINUTE, np.full(u.size, 1 / u.size)


def _values(law: TimeLaw, where: str) -> list[float]:
    name, values = law.distribution_name, [parameter.value for parameter in law.distribution_params]
    if name not in _PARAMETERS:
        raise ModelError(
            zh=f"{where}：分布 {name} 无法转换；可用：{'、'.join(_PARAMETERS)}。",
            en=f"{where}: the distribution {name} cannot be carried over; known: {', '.join(_PARAMETERS)}.",
        )
    expected = _PARAMETERS[name]
    if len(values) < expected or not all(math.isfinite(value) for value in values):
        raise ModelError(
            zh=f"{where}：分布 {name} 需要 {expected} 个有限的参数，现为 {values}。",
            en=f"{where}: the distribution {name} needs {expected} finite parameters, found {values}.",
        )
    return values[:expected]


def _not_negative(seconds: float, where: str) -> float:
    if seconds < 0:
        raise ModelError(
            zh=f"{where}：时长为负（{seconds} 秒）。", en=f"{where}: a negative time ({seconds} seconds)."
        )
    return seconds


def _frozen(name: str, values: list[float], where: str) -> Any:
    """The law of scipy, not yet cut to its bounds."""
    mean, spread, low = values[0], values[1], values[-2]
    if name == "expon":
        scale = mean - low if mean >= low else mean
        return stats.expon(loc=low, scale=scale) if scale > 0 else _degenerate(where)
    if spread <= 0 or (mean <= 0 and name != "norm"):
        return _degenerate(where)
    if name == "norm":
        return stats.norm(loc=mean, scale=spread)
    if name == "gamma":
        return stats.gamma(mean**2 / spread, scale=spread / mean)
    variance = math.log(1 + spread / mean**2)
    return stats.lognorm(math.sqrt(variance), scale=mean * math.exp(-variance / 2))


def _degenerate(where: str) -> Any:
    raise ModelError(
        zh=f"{where}：分布没有离散度或均值不为正；请用 fix。",
        en=f"{where}: the distribution has no spread or no positive mean; use fix.",
    )


def _quantiles(law: Any, bounds: list[float], where: str) -> Quantiles:
    low, high = max(bounds[0], 0.0), bounds[1]
    below, up_to = float(law.cdf(low)), float(law.cdf(high))
    if not low < high or up_to - below < 1e-6:
        raise ModelError(
            zh=f"{where}：界限 {bounds} 秒之内几乎没有取值。",
            en=f"{where}: the law has next to no values within its bounds, {bounds} seconds.",
        )

    def cut(u: np.ndarray) -> np.ndarray:
        return np.clip(law.ppf(below + u * (up_to - below)), low, high)

    u = np.linspace(0, 1, POINTS)
    values = cut(u) / SECONDS_PER_MINUTE
    inside = (np.arange(_PER_TAIL) + 0.5) / _PER_TAIL / (POINTS - 1)
    first, last = cut(inside).mean() / SECONDS_PER_MINUTE, cut(1 - inside).mean() / SECONDS_PER_MINUTE
    values[0] = min(max(2 * first - values[1], 0.0), values[1])
    values[-1] = max(2 * last - values[-2], values[-2])
    return Quantiles(values_minutes=tuple(float(value) for value in values))


def weekly_periods(periods: tuple[OpenPeriod, ...], where: str) -> Periods:
    """Open minutes of each weekday; touching and overlapping periods become one. Raises `ModelError` for
    times that are no whole minutes, periods without length, and a calendar that is never open."""
    days: dict[Weekday, list[tuple[int, int]]] = {day: [] for day in WEEKDAYS}
    names = get_args(Day)
    for period in periods:
        begin, end = minute_of_day(period.begin, where), minute_of_day(period.end, where)
        if end <= begin:
            raise ModelError(
                zh=f"{where}：时段 {period.begin}–{period.end} 的结束不晚于开始。",
                en=f"{where}: the period {period.begin} to {period.end} does not end after its begin.",
            )
        first, last = names.index(period.first), names.index(period.last)
        for offset in range((last - first) % 7 + 1):
            days[WEEKDAYS[(first + offset) % 7]].append((begin, end))
    if not any(days.values()):
        raise ModelError(zh=f"{where}：日历没有开放时段。", en=f"{where}: the calendar is never open.")
    return {day: _merged(sorted(found)) for day, found in days.items() if found}


def _merged(periods: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for begin, end in periods:
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return tuple(merged)


def minute_of_day(text: str, where: str) -> int:
    """'09:30:00' as minutes since midnight; the last second of a day is midnight."""
    try:
        hour, minute, second = (float(part) for part in [*text.split(":"), "0"][:3])
    except ValueError:
        hour = minute = second = -1.0
    whole = int(hour * 60 + minute)
    if whole == MINUTES_PER_DAY - 1 and second >= SECONDS_PER_MINUTE - 1:
        return MINUTES_PER_DAY
    if second != 0 or not 0 <= whole <= MINUTES_PER_DAY:
        raise ModelError(
            zh=f"{where}：时刻 {text!r} 应为整分钟，如 09:30:00。",
            en=f"{where}: the time {text!r} must be a whole minute such as 09:30:00.",
        )
    return whole
