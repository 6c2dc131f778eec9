"""What every diagnostic needs: its declared columns, the scale of a year, times of events, examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.columns import log_columns
from mining.errors import MissingColumnsError
from mining.event_log import EventLog, holds
from mining.journeys import Visits, find_visits
from mining.log_cache import once_per_object
from mining.text import Text
from mining.waiting import EventTimes, split_times
from mining.working_time import MS_PER_DAY, WorkingCalendar

WORKING_DAYS_PER_YEAR = 250
"""Hours lost are scaled to this many working days; China has had 248 to 251 a year from 2018 to 2026."""
MAX_EXAMPLES = 5
ASSUMED_TRAVEL_MINUTES = 60.0
"""Assumed way to the hall and back, for one visit."""


@dataclass(frozen=True)
class Needs:
    """The columns a diagnostic cannot do without, checked before it looks at anything.

    `events` are columns of `EventLog.events`, `materials` of the materials table, `tables` others as
    "TABLE.COLUMN" ("reviews.rating_1to5", "cases.limit_promised"); each must hold a value.
    """

    purpose: Text
    events: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column needed, those of other tables than the events as "TABLE.COLUMN"."""
        return (*self.events, *(f"materials.{name}" for name in self.materials), *self.tables)

    def missing(self, log: EventLog) -> tuple[str, ...]:
        """Names of the missing columns, as in `columns`."""

        def known(name: str) -> bool:
            table, _, column = name.rpartition(".")
            return holds(getattr(log, table or "events"), column)

        return tuple(name for name in self.columns if not known(name))

    def check(self, log: EventLog) -> None:
        """Raise `MissingColumnsError` naming what is missing and what for."""
        missing = self.missing(log)
        if missing:
            names = ", ".join(missing)
            raise MissingColumnsError(
                zh=f"{log.name}：{self.purpose.zh}需要列 {names}，日志中没有或全部为空。",
                en=f"{log.name}: {self.purpose.en} needs the columns {names}, which are missing or empty.",
            )


def require_visits(log: EventLog, purpose: Text) -> Visits:
    """The visits of a log; raises `MissingColumnsError` where nothing tells who was in the hall."""
    visits = find_visits(log)
    if visits is None:
        raise nobody_seen(log, purpose)
    return visits


def nobody_seen(log: EventLog, purpose: Text) -> MissingColumnsError:
    """The error of a log that does not tell who was in the hall."""
    names = "place, channel, window, ts_ticket, visit_id"
    return MissingColumnsError(
        zh=f"{log.name}：{purpose.zh}至少需要列 {names} 之一，日志中都没有。",
        en=f"{log.name}: {purpose.en} needs one of the columns {names}; the log has none of them.",
    )


def yearly_factor(log: EventLog, calendar: WorkingCalendar) -> float | None:
    """What to multiply a total of this log with to get a year: 250 working days for five open days a week.

    A hall open on more or fewer weekdays has a longer or shorter year in proportion (7 days: 350). The log's
    span is the number of days on which `calendar` is open from the first to the last event. None for a log
    without events or without any working day in its span.
    """
    time_ms = log_columns(log).time_ms
    if time_ms.size == 0:
        return None
    first, last = int(time_ms.min()), int(time_ms.max())
    days = np.unique(calendar.intervals(first, last).begin_ms // MS_PER_DAY)
    inside = days[(days >= first // MS_PER_DAY) & (days <= last // MS_PER_DAY)]
    open_weekdays = sum(bool(periods) for periods in calendar.weekly.values())
    return WORKING_DAYS_PER_YEAR * open_weekdays / 5 / inside.size if inside.size else None


def per_year(hours: float, factor: float | None) -> float | None:
    """Hours of the log as hours a year, to a tenth; None where the log has no span."""
    return None if factor is None else round(hours * factor, 1)


def event_times(log: EventLog, calendar: WorkingCalendar) -> EventTimes:
    """`split_times` of a log, computed once for each calendar."""
    kept = _event_times(log)
    if calendar not in kept:
        kept[calendar] = split_times(log, calendar)
    return kept[calendar]


@once_per_object
def _event_times(log: EventLog) -> dict[WorkingCalendar, EventTimes]:
    return {}


def examples(case_ids: np.ndarray | pd.Series | pd.Index) -> tuple[str, ...]:
    """The first five different case ids, in the order given."""
    return tuple(str(case) for case in pd.unique(pd.Series(case_ids))[:MAX_EXAMPLES])


def rounded(value: float | None, digits: int = 4) -> float | None:
    """A number for evidence; None where it is unknown (NaN too)."""
    return None if value is None or not np.isfinite(value) else round(float(value), digits)


def listed(names: list[str] | tuple[str, ...], most: int = 4) -> Text:
    """Names in a sentence, the tail counted where there are many."""
    shown = list(names[:most])
    more = len(names) - len(shown)
    return Text(
        zh="、".join(shown) + (f"等 {len(names)} 项" if more else ""),
        en=", ".join(shown) + (f" and {more} more" if more else ""),
    )
