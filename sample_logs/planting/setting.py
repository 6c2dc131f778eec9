"""What everything that is planted after the run can look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.event_log import PRESENT_PLACES, EventLog
from mining.working_time import MS_PER_DAY, WorkingCalendar, deadline, to_ms
from sample_logs.plan import Planted
from simulation.service_model import ServiceModel

_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Setting:
    """The service, what is planted in it, and the seed everything drawn is addressed by."""

    model: ServiceModel
    planted: Planted
    seed: int
    days: int

    @property
    def calendar(self) -> WorkingCalendar:
        """The hours of the hall."""
        return self.model.calendars[self.model.visits.calendar]

    @property
    def ends(self) -> pd.Timestamp:
        """The moment the log ends."""
        return pd.Timestamp(self.model.start_date) + pd.Timedelta(days=self.days)


Plant = Callable[[EventLog, Setting], EventLog]
"""Writes something into a log of a run: each row it draws for has its own address, so nothing else moves."""


def milliseconds(times: pd.Series) -> np.ndarray:
    """Milliseconds since 1970; no missing times."""
    return times.to_numpy().astype("datetime64[ms]").astype("int64")


def moments(ms: np.ndarray) -> np.ndarray:
    """Milliseconds since 1970 as times."""
    return np.asarray(ms, "int64").astype("datetime64[ms]")


def due_ms(calendar: WorkingCalendar, accepted_ms: np.ndarray, working_days: int) -> np.ndarray:
    """The closing of the last day of a limit of working days, counted from the day after acceptance."""
    days, place = np.unique(accepted_ms // MS_PER_DAY, return_inverse=True)
    last = [deadline(calendar, _EPOCH + dt.timedelta(days=int(day)), working_days) for day in days]
    closing = [to_ms(pd.Timestamp(day)) + int(calendar.periods_on(day)[-1][1]) * 60_000 for day in last]
    return np.array(closing, "int64")[place]


def later(calendar: WorkingCalendar, start_ms: np.ndarray, working_ms: np.ndarray) -> np.ndarray:
    """Each moment plus working time."""
    if start_ms.size == 0:
        return start_ms
    open_hours = calendar.intervals(int(start_ms.min()), int(start_ms.max()) + 2 * 366 * MS_PER_DAY)
    pairs = zip(start_ms.tolist(), working_ms.tolist(), strict=True)
    return np.array([open_hours.add(start, work) for start, work in pairs], "int64")


def at_counters(log: EventLog) -> pd.DataFrame:
    """The services at counters and kiosks, in the order of the log."""
    return log.events[log.events["place"].isin(PRESENT_PLACES)]
