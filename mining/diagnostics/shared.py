"""What every diagnostic needs: declared columns, the scale of a year, times of events, hours lost, examples.

Whose hours are lost (docs/decisions/0007): citizens' are those an applicant spends in the hall, on the way
and preparing copies; officials' those an officer is busy with what was not needed. Time a file lies while
nobody stands there is nobody's: it is evidence (`case_waiting_hours_per_year`), not hours lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.columns import UNKNOWN_MS, log_columns
from mining.errors import MissingColumnsError
from mining.event_log import EventLog, holds
from mining.findings import Effect
from mining.journeys import Visits, find_visits
from mining.log_cache import once_per_object
from mining.presence import applicant_present
from mining.statistics import wilson_interval
from mining.text import Text
from mining.touch_times import find_touch_ms
from mining.waiting import EventTimes, split_times
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, WorkingCalendar

WORKING_DAYS_PER_YEAR = 250
"""Hours lost are scaled to this many working days; China has had 248 to 251 a year from 2018 to 2026."""
MAX_EXAMPLES = 5
ASSUMED_TRAVEL_MINUTES = 60.0
"""Assumed way to the hall and back, for one visit: citizens' time."""
ASSUMED_CHECK_MINUTES = 0.6
ASSUMED_PREPARE_MINUTES = 5.0
"""Assumed cost of one copy: the officer's look at it, the applicant's copying and bringing it."""


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


class LostHours(TypedDict):
    """The three fields of a `Finding` that tell hours lost, ready for `Finding(..., **lost_hours(...))`."""

    hours_lost_per_year: float | None
    citizen_hours_lost_per_year: float | None
    official_hours_lost_per_year: float | None


def lost_hours(
    factor: float | None, *, citizen: float | None = None, official: float | None = None
) -> LostHours:
    """Hours of the log as hours lost a year; `factor` is `yearly_factor`.

    A part the log cannot tell is None; the whole is the sum of the known parts, None without any.
    """
    parts = [None if hours is None else per_year(hours, factor) for hours in (citizen, official)]
    known = [part for part in parts if part is not None]
    return {
        "hours_lost_per_year": round(sum(known), 1) if known else None,
        "citizen_hours_lost_per_year": parts[0],
        "official_hours_lost_per_year": parts[1],
    }


def lost_on_copies(factor: float | None, copies: int) -> LostHours:
    """Hours lost on copies nobody needed: 5 minutes of the applicant and 0.6 of an officer each, assumed."""
    return lost_hours(
        factor,
        citizen=copies * ASSUMED_PREPARE_MINUTES / 60,
        official=copies * ASSUMED_CHECK_MINUTES / 60,
    )


def case_waiting(factor: float | None, hours: float | None) -> dict[str, JsonValue]:
    """Evidence: working hours of the log that cases lay, as hours a year; ranks what loses nobody's hours."""
    return {"case_waiting_hours_per_year": None if hours is None else per_year(hours, factor)}


@dataclass(frozen=True)
class EventHours:
    """Hours of the log (not of a year) that events took, each None where the log cannot tell.

    `citizen`: waits and services with the applicant at a counter or kiosk. `official`: touch time
    (`mining.touch_times`). `case_waiting`: working hours from the moment the work could begin to its end,
    less the touch time, of events without the applicant: the file lay.
    """

    citizen: float | None
    official: float | None
    case_waiting: float | None
    occupied: float  # somebody was there: hall hours of applicants, touch time without them

    def lost(self, factor: float | None) -> LostHours:
        """All of them as hours lost."""
        return lost_hours(factor, citizen=self.citizen, official=self.official)


def event_hours(log: EventLog, calendar: WorkingCalendar, events: np.ndarray) -> EventHours:
    """What these events (positions, or one bool an event) took of whose time."""
    chosen = np.zeros(log.n_events, bool)
    chosen[events] = True
    times, touch_ms = event_times(log, calendar), _touch_ms(log, calendar)
    present = applicant_present(log)
    here = np.zeros(log.n_events, bool) if present is None else present
    known_reach = times.reach_ms != UNKNOWN_MS
    lay = known_reach & chosen & ~here
    touched = chosen & (touch_ms != UNKNOWN_MS)
    in_hall = chosen & here
    lying_ms = times.reach_ms[lay] - np.maximum(touch_ms[lay], 0)
    citizen = None if present is None else _in_hall_hours(times, in_hall)
    return EventHours(
        citizen=citizen,
        official=float(touch_ms[touched].sum()) / MS_PER_HOUR if touched.any() else None,
        case_waiting=float(np.maximum(lying_ms, 0).sum()) / MS_PER_HOUR
        if known_reach[chosen].any()
        else None,
        occupied=(citizen or 0.0) + float(touch_ms[touched & ~here].sum()) / MS_PER_HOUR,
    )


def stretch_hours(
    log: EventLog, calendar: WorkingCalendar, after: np.ndarray, until: np.ndarray, elapsed_hours: float
) -> EventHours:
    """What stretches of cases took: the events after one position up to another of the same case, included.

    An event of several stretches counts once. What is left of `elapsed_hours`, the working hours of all
    stretches, is waiting of cases.
    """
    n = log.n_events
    begun, ended = (np.bincount(places + 1, minlength=n + 1)[: n + 1] for places in (after, until))
    inside = np.cumsum(begun - ended)[:n] > 0
    hours = event_hours(log, calendar, inside)
    return replace(hours, case_waiting=max(0.0, elapsed_hours - hours.occupied))


def _in_hall_hours(times: EventTimes, in_hall: np.ndarray) -> float | None:
    """Waits and services of these events as far as known; None where they are all unknown."""
    parts = [part[in_hall & (part != UNKNOWN_MS)] for part in (times.wait_ms, times.work_ms)]
    if in_hall.any() and not any(part.size for part in parts):
        return None
    return sum(float(part.sum()) for part in parts) / MS_PER_HOUR


def _touch_ms(log: EventLog, calendar: WorkingCalendar) -> np.ndarray:
    kept = _known_touch_ms(log)
    if calendar not in kept:
        kept[calendar] = find_touch_ms(log, event_times(log, calendar).work_ms, calendar)
    return kept[calendar]


@once_per_object
def _known_touch_ms(log: EventLog) -> dict[WorkingCalendar, np.ndarray]:
    return {}


def touch_hours(log: EventLog, calendar: WorkingCalendar) -> np.ndarray:
    """Hours an official was busy with each event (`mining.touch_times`), NaN where the log cannot tell."""
    touch = _touch_ms(log, calendar)
    return np.where(touch == UNKNOWN_MS, np.nan, touch / MS_PER_HOUR)


def event_times(log: EventLog, calendar: WorkingCalendar) -> EventTimes:
    """`split_times` of a log, computed once for each calendar."""
    kept = _event_times(log)
    if calendar not in kept:
        kept[calendar] = split_times(log, calendar)
    return kept[calendar]


@once_per_object
def _event_times(log: EventLog) -> dict[WorkingCalendar, EventTimes]:
    return {}


def share_effect(name: str, hits: int, n: int) -> Effect:
    """A share seen `hits` times of `n` with its 95 % Wilson interval."""
    low, high = wilson_interval(hits, n)
    return Effect(name=name, value=hits / n, low=low, high=high, n=n)


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
