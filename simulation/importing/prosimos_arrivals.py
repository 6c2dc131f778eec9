"""Prosimos' arrivals, gaps drawn one after another, as people a day."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from mining.text import Text
from mining.working_time import MINUTES_PER_DAY, Weekday, WorkingCalendar
from simulation.errors import ModelError
from simulation.importing.prosimos_parameters import TimeLaw
from simulation.importing.prosimos_times import SECONDS_PER_MINUTE, Periods, gaps_of
from simulation.service_model import Arrivals

HALF_HOUR = 30
SHORTEST_PERIOD_IN_GAPS = 4


def arrivals_of(
    law: TimeLaw, periods: Periods, where: str
) -> tuple[tuple[Arrivals, ...], dict[str, WorkingCalendar], Text]:
    """Arrivals for each set of weekdays with the same hours, their calendars, and what is not the same.

    In Prosimos a gap that ends while the calendar is closed ends at the next opening. So a period of H
    minutes has one arrival at its begin and, gaps being short against it, H / mean + (cv^2 - 1) / 2 more
    (the asymptotic renewal function). Raises `ModelError` for gaps too long for that.
    """
    mean, squared_cv = _mean_and_squared_cv(law, where)
    shortest = min(end - begin for day in periods.values() for begin, end in day)
    if mean * SHORTEST_PERIOD_IN_GAPS > shortest:
        raise ModelError(
            zh=f"{where}：平均间隔 {mean:g} 分钟，超过最短开放时段（{shortest} 分钟）的 1/4，"
            "无法换算为每日人数。",
            en=f"{where}: gaps of {mean:g} minutes on average are more than a quarter of the shortest open "
            f"period ({shortest} minutes) and give no number of people a day.",
        )
    found, calendars = [], {}
    for days, hours in _groups(periods).items():
        name = "arrivals" if len(set(periods.values())) == 1 else f"arrivals {'-'.join(days)}"
        calendars[name] = WorkingCalendar(weekly=dict.fromkeys(days, hours))
        per_day = sum((end - begin) / mean + (1 + squared_cv) / 2 for begin, end in hours)
        found.append(
            Arrivals(
                name=name,
                per_day=per_day,
                calendar=name,
                channel="arrivals",
                half_hour_weights=_half_hours(hours),
            )
        )
    note = Text(
        zh=f"到达：Prosimos 逐个抽取间隔（均值 {mean:.4g} 分钟，变异系数 {squared_cv**0.5:.3g}），"
        "每时段开始必到一件；此处为同样均值的泊松到达，开放时段内均匀。",
        en=f"Arrivals: Prosimos draws gap after gap (mean {mean:.4g} minutes, coefficient of variation "
        f"{squared_cv**0.5:.3g}) with one case at the begin of each period; here they are Poisson with the "
        "same mean, spread evenly over the open hours.",
    )
    return tuple(found), calendars, note


def _mean_and_squared_cv(law: TimeLaw, where: str) -> tuple[float, float]:
    values, shares = gaps_of(law, where)
    mean = float((values * shares).sum())
    if mean <= 0:
        raise ModelError(
            zh=f"{where}：间隔均值须大于 0。", en=f"{where}: gaps must be longer than 0 on average."
        )
    variance = float(((values - mean) ** 2 * shares).sum())
    return mean / SECONDS_PER_MINUTE, variance / mean**2


def _groups(periods: Periods) -> dict[tuple[Weekday, ...], tuple[tuple[int, int], ...]]:
    """Weekdays with the same hours together."""
    days: dict[tuple[tuple[int, int], ...], list[Weekday]] = defaultdict(list)
    for day, hours in periods.items():
        days[hours].append(day)
    return {tuple(names): hours for hours, names in days.items()}


def _half_hours(hours: tuple[tuple[int, int], ...]) -> dict[int, float]:
    """Open minutes of each half-hour of the day that has any."""
    begins = np.arange(0, MINUTES_PER_DAY, HALF_HOUR)
    opened = sum(
        np.clip(np.minimum(end, begins + HALF_HOUR) - np.maximum(begin, begins), 0, None)
        for begin, end in hours
    )
    return {int(begin): float(minutes) for begin, minutes in zip(begins, opened, strict=True) if minutes > 0}
