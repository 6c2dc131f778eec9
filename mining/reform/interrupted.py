"""Interrupted time series: how the level and the trend of a measure changed at a reform date.

One value a working day (a calendar week where days are thin): the mean over what began on it. Least squares
on

    value = a + b t + level change (from the date on) + slope change (t - date, from the date on) + weekday

with t in working days; the month of the year is added where the series spans two years. Days hang together,
so the intervals are Newey-West's with floor(4 (n / 100)^(2/9)) lags, and never narrower than first-order
autocorrelation or swings of weeks imply (`newey_west`). Days of one log parted at a date are in one series;
so are two logs that follow each other.

Where cases can be told apart, each value is first freed of its stratum: value - mean of the stratum before
the date + mean before the date (indirect standardisation), so that another mix of cases is no level change.

Example: 40 Mondays to Fridays at 20 minutes, then 40 at 14: level change -6, slope change 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from mining.case_mix import Strata
from mining.grouped import grouped_mean
from mining.measures import Kpi
from mining.observations import Observed
from mining.reform.newey_west import autocorrelation, fit
from mining.reform.units import FINISHED, MEASURED, Measured, Units
from mining.text import Language, Text
from mining.working_time import MS_PER_DAY, WorkingCalendar, working_days

MIN_DAYS, MIN_WEEKS = 20, 12
"""Days (weeks) with a value that a side needs before a change of level is told."""
THIN = 0.7
"""Weeks instead of days where fewer of the working days than this have a value."""
MIN_SEASONAL_DAYS = 2 * 365
CALENDAR_DAYS = "cycle_time_calendar_days"
_MONDAY = 4  # day 4 since 1970-01-01 was one
Step = Literal["day", "week"]


@dataclass(frozen=True)
class Series:
    """Values in time: `day` is the day number since 1970 (the Monday of a week), `at` its place on the time
    axis in steps, `n` what each value is the mean of; NaN is not in it."""

    step: Step
    day: np.ndarray
    at: np.ndarray
    values: np.ndarray
    n: np.ndarray
    left_out: int  # values on days the hall is closed, or of strata unknown before the date


@dataclass(frozen=True)
class Interruption:
    """The change of one measure at the date, with 95 % intervals; `reason` says why there is none.

    Slopes are a step (working day or week). `autocorrelation` is that of the residuals, first order.
    `fitted` and `without_reform` have one value a step of `series`: the model, and the model without the
    changes at the date.
    """

    kpi: Kpi
    series: Series
    steps_before: int
    steps_after: int
    mix_adjusted: bool
    level_change: float | None = None
    level_change_low: float | None = None
    level_change_high: float | None = None
    slope_before: float | None = None
    slope_change: float | None = None
    slope_change_low: float | None = None
    slope_change_high: float | None = None
    autocorrelation: float | None = None
    lags: int | None = None
    seasons: tuple[str, ...] = ()
    fitted: np.ndarray | None = None
    without_reform: np.ndarray | None = None
    reason: Text | None = None

    def to_json(self, language: Language) -> dict[str, Any]:
        """The contract of the command line: the numbers and the series they come from."""
        names = (
            *("level_change", "level_change_low", "level_change_high", "slope_before"),
            *("slope_change", "slope_change_low", "slope_change_high", "autocorrelation", "lags"),
        )
        return {
            "name": self.kpi.key,
            "title": self.kpi.name.in_language(language),
            "unit": self.kpi.unit.in_language(language),
            "step": self.series.step,
            "steps_before": self.steps_before,
            "steps_after": self.steps_after,
            "mix_adjusted": self.mix_adjusted,
            **{name: getattr(self, name) for name in names},
            "seasons": list(self.seasons),
            "values_left_out": self.series.left_out,
            "reason": None if self.reason is None else self.reason.in_language(language),
            "series": [
                {"date": str(np.datetime64(int(day), "D")), "value": float(value), "n": int(n)}
                for day, value, n in zip(self.series.day, self.series.values, self.series.n, strict=True)
            ],
        }


def find_interruptions(
    units: tuple[Units, Units],
    strata: Strata,
    calendar: WorkingCalendar,
    reform_ms: int,
    one_log: bool,
) -> tuple[Interruption, ...]:
    """The interruption of every measure that is a mean and that both sides can tell.

    Not in calendar days: a holiday near the date would look like a reform. Finished cases a day only of one
    log parted at a date: the first days of a log of its own lack the cases begun before, which would look
    like a change.
    """
    found = []
    for measured in MEASURED:
        sides = [side.of(measured) for side in units]
        if (measured.observed == FINISHED and not one_log) or measured.observed == CALENDAR_DAYS:
            continue
        if measured.statistic == "mean" and sides[0] is not None and sides[1] is not None:
            found.append(_of_measure(measured, (sides[0], sides[1]), strata, calendar, reform_ms))
    return tuple(found)


def _of_measure(
    measured: Measured,
    sides: tuple[Observed, Observed],
    strata: Strata,
    calendar: WorkingCalendar,
    reform_ms: int,
) -> Interruption:
    adjusted = strata.is_mixed and measured.observed != FINISHED
    day = np.concatenate([each.at_ms for each in sides]) // MS_PER_DAY
    values = np.concatenate([each.values for each in sides])
    known = np.ones(values.size, bool)
    if adjusted:
        codes = np.concatenate([strata.before[sides[0].case], strata.after[sides[1].case]])
        values, known = _freed_of_mix(values, codes, sides[0].values.size, len(strata.labels))
    first, last = int(day.min()) * MS_PER_DAY, int(day.max()) * MS_PER_DAY
    open_days = working_days(calendar, first, last)
    series = make_series(day[known], values[known], open_days, int((~known).sum()))
    return interrupt(measured.kpi, series, reform_ms // MS_PER_DAY, open_days, adjusted)


def _freed_of_mix(
    values: np.ndarray, codes: np.ndarray, n_before: int, n_strata: int
) -> tuple[np.ndarray, np.ndarray]:
    """Values less the mean of their stratum before the date; False for strata that had none then."""
    level = grouped_mean(codes[:n_before], values[:n_before], n_strata)[codes]
    known = ~np.isnan(level)
    return np.where(known, values - level + values[:n_before].mean(), values), known


def make_series(day: np.ndarray, values: np.ndarray, open_days: np.ndarray, left_out: int = 0) -> Series:
    """Means by working day, or by week where fewer than 70 % of the working days have a value.

    Weeks without any value do not count as thin.
    """
    inside = np.isin(day, open_days)
    closed = int((~inside).sum())
    day, values = day[inside], values[inside]
    step: Step = "day"
    axis = open_days
    weeks = np.isin(_monday(open_days), _monday(day))  # a gap between two logs is no thin part of them
    if np.unique(day).size < THIN * np.count_nonzero(weeks):
        step = "week"
        axis = np.unique(_monday(open_days))
        day = _monday(day)
    place = np.searchsorted(axis, day)
    counts = np.bincount(place, minlength=axis.size)
    means = grouped_mean(place, values, axis.size)
    at = np.flatnonzero(counts)
    return Series(step, axis[at], at, means[at], counts[at], left_out + closed)


def _monday(day: np.ndarray) -> np.ndarray:
    return day - (day - _MONDAY) % 7


def interrupt(
    kpi: Kpi, series: Series, reform_day: int, open_days: np.ndarray, mix_adjusted: bool = False
) -> Interruption:
    """The change of a series at a day; a week belongs to the side its Monday is on.

    Without 20 days (12 weeks) with values on each side there is no number but a `reason`.
    """
    axis = open_days if series.step == "day" else np.unique(_monday(open_days))
    change = int(np.searchsorted(axis, reform_day))
    later = series.at >= change
    n_before, n_after = int((~later).sum()), int(later.sum())
    least = MIN_DAYS if series.step == "day" else MIN_WEEKS
    if min(n_before, n_after) < least:
        few = _too_few(series.step, n_before, n_after, least)
        return Interruption(kpi, series, n_before, n_after, mix_adjusted, reason=few)
    if np.ptp(series.values) <= 1e-9 * max(1.0, float(np.abs(series.values).max())):
        same = Text(zh="数值没有任何变化。", en="The values do not vary at all.")
        return Interruption(kpi, series, n_before, n_after, mix_adjusted, reason=same)
    seasonal, seasons = _seasons(series)
    t = series.at.astype(float)
    since = np.where(later, t - change, 0.0)
    design = np.column_stack([np.ones(t.size), t - change, later, since, *seasonal.T])
    found = fit(design, series.values, series.at)
    level, slope = found.interval(2), found.interval(3)
    fitted = series.values - found.residuals
    effect = design[:, [2, 3]] @ found.coefficients[[2, 3]]
    return Interruption(
        kpi=kpi,
        series=series,
        steps_before=n_before,
        steps_after=n_after,
        mix_adjusted=mix_adjusted,
        level_change=float(found.coefficients[2]),
        level_change_low=level[0],
        level_change_high=level[1],
        slope_before=float(found.coefficients[1]),
        slope_change=float(found.coefficients[3]),
        slope_change_low=slope[0],
        slope_change_high=slope[1],
        autocorrelation=autocorrelation(found.residuals, series.at),
        lags=found.lags,
        seasons=seasons,
        fitted=fitted,
        without_reform=fitted - effect,
    )


def _too_few(step: Step, n_before: int, n_after: int, least: int) -> Text:
    zh, en = ("个工作日", "working days") if step == "day" else ("周", "weeks")
    return Text(
        zh=f"改革前 {n_before} {zh}、改革后 {n_after} {zh}有数值，每侧至少需要 {least}。",
        en=f"{n_before} {en} before and {n_after} after the reform have values; each side needs {least}.",
    )


def _seasons(series: Series) -> tuple[np.ndarray, tuple[str, ...]]:
    """Columns for weekdays (of days) and for months of the year (two years or more), one level left out."""
    columns, names = [], []
    if series.step == "day":
        columns.append(_dummies((series.day - _MONDAY) % 7))
        names.append("weekday")
    if series.day[-1] - series.day[0] >= MIN_SEASONAL_DAYS:
        months = series.day.astype("datetime64[D]").astype("datetime64[M]").astype("int64") % 12
        columns.append(_dummies(months))
        names.append("month")
    return np.concatenate([np.zeros((series.day.size, 0)), *columns], axis=1), tuple(names)


def _dummies(levels: np.ndarray) -> np.ndarray:
    """One column a level but the first; levels seen fewer than five times go with the first."""
    found, counts = np.unique(levels, return_counts=True)
    return (levels[:, None] == found[counts >= 5][None, 1:]).astype(float)
