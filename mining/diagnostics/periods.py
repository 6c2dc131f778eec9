"""Counters (else departments) by month or week: how much each did in each period, and how well.

A period counts if the hall was open on enough of its days within the log; what happened on days outside such
periods is left out. Volumes are per open day, so that a short month is no quiet one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, log_columns
from mining.event_log import EventLog
from mining.working_time import MS_PER_DAY, WorkingCalendar

MIN_MONTHS = 5
MIN_OPEN_DAYS = {"month": 10, "week": 3}
_MONDAY = 4  # 1970-01-05 was one


@dataclass(frozen=True)
class Periods:
    """Periods in order: `first_day` (days since 1970) and `open_days` of each; `kind` is month or week."""

    kind: str
    first_day: np.ndarray
    open_days: np.ndarray

    def of(self, moments_ms: np.ndarray) -> np.ndarray:
        """The period of each moment, -1 for those in none."""
        day = np.where(moments_ms == UNKNOWN_MS, -1, moments_ms // MS_PER_DAY)
        first = _first_days(day, self.kind)
        place = np.minimum(np.searchsorted(self.first_day, first), max(self.first_day.size - 1, 0))
        if self.first_day.size == 0:
            return np.full(day.size, -1)
        return np.where((day >= 0) & (self.first_day[place] == first), place, -1)


def find_periods(log: EventLog, calendar: WorkingCalendar) -> Periods:
    """Months where the log has five with ten open days each, else weeks with three open days."""
    time_ms = log_columns(log).time_ms
    first, last = int(time_ms.min()) // MS_PER_DAY, int(time_ms.max()) // MS_PER_DAY
    days = np.unique(calendar.intervals(first * MS_PER_DAY, last * MS_PER_DAY).begin_ms // MS_PER_DAY)
    days = days[(days >= first) & (days <= last)]
    months = _periods(days, "month")
    return months if months.first_day.size >= MIN_MONTHS else _periods(days, "week")


def _periods(days: np.ndarray, kind: str) -> Periods:
    first, counts = np.unique(_first_days(days, kind), return_counts=True)
    enough = counts >= MIN_OPEN_DAYS[kind]
    return Periods(kind, first[enough], counts[enough])


def _first_days(day: np.ndarray, kind: str) -> np.ndarray:
    if kind == "week":
        return day - (day - _MONDAY) % 7
    return day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype("int64")


@dataclass(frozen=True)
class Tally:
    """How often something was counted and how often it was bad: arrays of shape (units, periods)."""

    units: tuple[str, ...]
    counted: np.ndarray
    bad: np.ndarray

    @property
    def rate(self) -> np.ndarray:
        """Bad / counted, NaN where nothing was counted."""
        return np.divide(
            self.bad, self.counted, out=np.full(self.counted.shape, np.nan), where=self.counted > 0
        )


def tally(
    unit: pd.Series | np.ndarray, period: np.ndarray, bad: np.ndarray, units: tuple[str, ...], n_periods: int
) -> Tally:
    """Count rows by unit and period; rows of another unit or of no period are left out."""
    number, names = pd.factorize(unit)
    code = np.append(pd.Index(units, dtype=object).get_indexer(pd.Index(names, dtype=object)), -1)[number]
    known = (code >= 0) & (period >= 0)
    cell = code[known] * n_periods + period[known]
    shape, size = (len(units), n_periods), len(units) * n_periods
    return Tally(
        units,
        np.bincount(cell, minlength=size).reshape(shape),
        np.bincount(cell, weights=bad[known], minlength=size).reshape(shape),
    )
