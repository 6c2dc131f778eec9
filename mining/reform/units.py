"""What two logs are compared by: the KPIs of `mining.measures` and a few shares, each with its values.

A simulated log and a measured one give the same units, so either can stand on a side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from mining.case_times import find_case_times
from mining.columns import log_columns
from mining.diagnostics.time_limits import find_time_limits
from mining.event_log import EventLog, holds
from mining.follow_up import filled_from_ms, followed_cases
from mining.journeys import journey_ids
from mining.measures import Kpi, kpi
from mining.observations import Observed, observe
from mining.reform.split import Split
from mining.text import Text
from mining.working_time import MS_PER_DAY, WorkingCalendar, to_ms, working_days

Statistic = Literal["mean", "p90"]
Clusters = Literal["day", "applicant"]
PATIENCE_MINUTES = 30

_SHARE = Text(zh="比例（0–1）", en="share (0 to 1)")
ON_TIME = "on_time"
FINISHED = "finished_per_day"

MORE_KPIS: tuple[Kpi, ...] = (
    Kpi(
        "wait_within_30_minutes_share",
        _SHARE,
        Text(zh="等待 30 分钟内达标率", en="Waits within 30 minutes"),
        Text(
            zh="等待不超过 30 分钟的次数 ÷ 全部等待，口径同平均等待。",
            en="Waits of at most 30 minutes, divided by all waits; defined like the mean wait.",
        ),
        "higher",
    ),
    Kpi(
        "on_time_share",
        _SHARE,
        Text(zh="按期办结率", en="On time"),
        Text(
            zh="在承诺时限（没有时为法定时限）内办结 ÷（已办结 + 在办已超期）；"
            "工作日计算，次日起算，补正重计。",
            en="Cases done within the promised limit (the statutory one where none is promised), divided by "
            "those done or open and overdue; working days from the next day on, begun again after a return.",
        ),
        "higher",
    ),
)


@dataclass(frozen=True)
class Measured:
    """How a KPI is made from the values of one observation."""

    kpi: Kpi
    observed: str
    statistic: Statistic
    change: Callable[[np.ndarray], np.ndarray] = np.asarray
    clusters: tuple[Clusters, ...] = ("day",)
    of_cases: bool = True  # whether cases too near the end of the log are left out


def _more(key: str) -> Kpi:
    return {each.key: each for each in MORE_KPIS}[key]


BY_BOTH: tuple[Clusters, ...] = ("day", "applicant")

MEASURED: tuple[Measured, ...] = (
    Measured(kpi("throughput_per_day"), FINISHED, "mean", of_cases=False),
    Measured(kpi("wait_minutes_mean"), "wait_minutes", "mean", of_cases=False),
    Measured(kpi("wait_minutes_p90"), "wait_minutes", "p90", of_cases=False),
    Measured(
        _more("wait_within_30_minutes_share"),
        "wait_minutes",
        "mean",
        lambda minutes: (minutes <= PATIENCE_MINUTES).astype(float),
        of_cases=False,
    ),
    Measured(kpi("cycle_time_working_days_mean"), "cycle_time_working_days", "mean"),
    Measured(kpi("cycle_time_working_days_p90"), "cycle_time_working_days", "p90"),
    Measured(kpi("cycle_time_calendar_days_mean"), "cycle_time_calendar_days", "mean"),
    Measured(kpi("cycle_time_calendar_days_p90"), "cycle_time_calendar_days", "p90"),
    Measured(_more("on_time_share"), ON_TIME, "mean"),
    Measured(kpi("visits_per_journey_mean"), "visits_per_journey", "mean", clusters=BY_BOTH),
    Measured(
        kpi("at_most_one_visit_share"),
        "visits_per_journey",
        "mean",
        lambda visits: (visits <= 1).astype(float),
        BY_BOTH,
    ),
    Measured(
        kpi("no_visit_share"),
        "visits_per_journey",
        "mean",
        lambda visits: (visits == 0).astype(float),
        BY_BOTH,
    ),
    Measured(kpi("materials_per_journey_mean"), "materials_per_journey", "mean", clusters=BY_BOTH),
    Measured(kpi("steps_per_journey_mean"), "steps_per_journey", "mean", clusters=BY_BOTH),
    Measured(kpi("first_time_right_share"), "first_time_right", "mean"),
)
"""In the order they are shown. Days are drawn again, and applicants where one may have several journeys."""


@dataclass(frozen=True)
class Units:
    """All observations of one log by name, with the day and the applicant of each case.

    `too_late` counts the cases left out of the measures of cases because the log ends too soon after
    their begin. `applicant` has a code a case: of the applicant, or of the journey where none is known.
    """

    observed: dict[str, Observed]
    applicant: np.ndarray
    followed: np.ndarray
    too_late: int

    def of(self, measured: Measured) -> Observed | None:
        """The values of a measure, without cases that began too late to have finished; None if untold."""
        found = self.observed.get(measured.observed)
        if found is None:
            return None
        found = found.only(self.followed[found.case]) if measured.of_cases else found
        if found.values.size == 0:
            return None
        return Observed(found.name, measured.change(found.values), found.case, found.at_ms)

    def clusters_of(self, clusters: Clusters, observed: Observed) -> np.ndarray:
        """The cluster each value belongs to: its day, or its applicant."""
        return observed.at_ms // MS_PER_DAY if clusters == "day" else self.applicant[observed.case]


def find_units(log: EventLog, calendar: WorkingCalendar) -> Units:
    """The units of a log."""
    columns = log_columns(log)
    found = {each.name: each for each in observe(log, calendar)}
    for more in (finished_per_day(log, calendar), _on_time(log, calendar)):
        if more is not None:
            found[more.name] = more
    followed = followed_cases(log)
    journey = journey_ids(log).iloc[columns.first_events].reset_index(drop=True)
    who = journey
    if holds(log.cases, "applicant_hash"):
        table = log.cases.drop_duplicates("case_id").set_index("case_id")["applicant_hash"]
        who = table.reindex(columns.case_ids).reset_index(drop=True).fillna(journey)
    return Units(found, pd.factorize(who)[0], followed, int((~followed).sum()))


def units_of_sides(
    before: EventLog, after: EventLog, calendar: WorkingCalendar, split: Split | None = None
) -> tuple[Units, Units]:
    """The units of both sides; of one log parted at a date, days are those of the whole log."""
    sides = find_units(before, calendar), find_units(after, calendar)
    if split is None:
        return sides
    finished = finished_per_day(split.whole, calendar)
    if finished is None:
        return sides
    early = finished.at_ms < to_ms(split.reform_date)
    parts = finished.only(early), finished.only(~early)
    return (
        replace(sides[0], observed={**sides[0].observed, FINISHED: parts[0]}),
        replace(sides[1], observed={**sides[1].observed, FINISHED: parts[1]}),
    )


def finished_per_day(log: EventLog, calendar: WorkingCalendar) -> Observed | None:
    """Cases finished on each working day, from when on the log shows all that finish (`filled_from_ms`).

    Those finished on a closed day count on the working day before.
    """
    columns = log_columns(log)
    if columns.n_events == 0:
        return None
    times = find_case_times(log)
    finish = times.finish_ms[times.done] // MS_PER_DAY
    days = working_days(calendar, int(columns.time_ms.min()), int(columns.time_ms.max()))
    if days.size == 0:
        return None
    at = np.maximum(np.searchsorted(days, finish, side="right") - 1, 0)
    counts = np.bincount(at, minlength=days.size).astype(float)
    filled = days * MS_PER_DAY >= filled_from_ms(log)
    days = days[filled]
    return Observed(FINISHED, counts[filled], np.zeros(days.size, "int64"), days * MS_PER_DAY)


def _on_time(log: EventLog, calendar: WorkingCalendar) -> Observed | None:
    limits = find_time_limits(log, calendar, "promised") or find_time_limits(log, calendar, "statutory")
    if limits is None:
        return None
    judged = limits.finished | limits.late
    if not judged.any():
        return None
    case = limits.case[judged]
    return Observed(ON_TIME, 1.0 - limits.late[judged], case, find_case_times(log).begin_ms[case])
