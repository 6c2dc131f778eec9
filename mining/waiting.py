"""Waiting against working: how long work lay there, how long it was worked on, event by event.

Waiting is enabled to start, working is start to end. Back-office work counts working time of the calendar.
An applicant in the hall waits over lunch but not over night (`WorkingCalendar.envelope`), and a service at
a counter that ends on the day it began counts in full, past closing time too. A log with end times only
knows neither: there, only the time to reach the end of a step (waiting and working together) is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mining.columns import UNKNOWN_MS, LogColumns, log_columns
from mining.enabled_times import find_enabled_times
from mining.event_log import EventLog
from mining.presence import applicant_present
from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, OFFICE_HOURS, WorkingCalendar

Known = Literal["waiting_and_working", "time_to_reach"]


@dataclass(frozen=True)
class EventTimes:
    """Durations in ms of open time, one value an event, `UNKNOWN_MS` where the log cannot tell.

    `reach_ms` is enabled to end: exactly waiting plus working where both are known. An event enabled after
    its start or ended before its start has unknown times, never negative ones.
    """

    wait_ms: np.ndarray
    work_ms: np.ndarray
    reach_ms: np.ndarray


@dataclass(frozen=True)
class StepTimes:
    """Sums over the events of one step, in hours; None where no event of the step is known."""

    step: str
    events: int
    waiting_hours: float | None
    working_hours: float | None
    reach_hours: float | None  # enabled to end, also where waiting and working cannot be told apart
    waits_known: int
    waits_unknown: int
    works_known: int
    works_unknown: int
    reaches_known: int


@dataclass(frozen=True)
class StepTimesTable:
    """`StepTimes` of each step, the most frequent first, and what the log's times can tell."""

    steps: tuple[StepTimes, ...]
    known: Known

    @property
    def note(self) -> Text:
        """One sentence to show with the numbers."""
        if self.known == "waiting_and_working":
            return Text(
                zh="等待 = 可以开始 → 开始，办理 = 开始 → 结束，均为工作时间。",
                en="Waiting is enabled to start, working is start to end, both in working time.",
            )
        return Text(
            zh="日志只有完成时间：只能得到“到达完成的用时”（等待与办理合计，工作时间）。",
            en="The log has end times only: what is known is the time to reach the end of a step "
            "(waiting and working together, in working time).",
        )


def split_times(log: EventLog, calendar: WorkingCalendar = OFFICE_HOURS) -> EventTimes:
    """Waiting, working and their sum for each event, in open time of `calendar`."""
    columns = log_columns(log)
    enabled = find_enabled_times(log).enabled_ms
    present = applicant_present(log)
    if present is None:
        present = np.zeros(columns.n_events, bool)
    wait = _open_ms(enabled, columns.start_ms, calendar, present)
    work = _work_ms(columns, calendar, present)
    reach = _open_ms(enabled, columns.end_ms, calendar, present)
    both = (wait != UNKNOWN_MS) & (work != UNKNOWN_MS)
    reach = np.where(both, np.where(both, wait, 0) + np.where(both, work, 0), reach)
    return EventTimes(wait, work, reach)


def _open_ms(
    begin_ms: np.ndarray, end_ms: np.ndarray, calendar: WorkingCalendar, present: np.ndarray
) -> np.ndarray:
    """Open time from begin to end, by the hall's envelope for events in the hall; unknown if it runs back."""
    known = (begin_ms != UNKNOWN_MS) & (end_ms != UNKNOWN_MS) & (end_ms >= begin_ms)
    found = np.full(begin_ms.size, UNKNOWN_MS, "int64")
    for hours, chosen in ((calendar, known & ~present), (calendar.envelope(), known & present)):
        found[chosen] = hours.working_ms_between(begin_ms[chosen], end_ms[chosen])
    return found


def _work_ms(columns: LogColumns, calendar: WorkingCalendar, present: np.ndarray) -> np.ndarray:
    start, end = columns.start_ms, columns.end_ms
    found = _open_ms(start, end, calendar, np.zeros_like(present))
    in_one_go = present & (found != UNKNOWN_MS) & (start // MS_PER_DAY == end // MS_PER_DAY)
    found[in_one_go] = end[in_one_go] - start[in_one_go]
    return found


def sum_times_by_step(log: EventLog, calendar: WorkingCalendar = OFFICE_HOURS) -> StepTimesTable:
    """Hours waited and worked at each step over the whole log, and how many events they rest on."""
    columns = log_columns(log)
    times = split_times(log, calendar)
    events = np.bincount(columns.activity, minlength=columns.n_activities)
    wait_hours, waits = _hours(columns, times.wait_ms)
    work_hours, works = _hours(columns, times.work_ms)
    reach_hours, reaches = _hours(columns, times.reach_ms)
    steps = tuple(
        StepTimes(
            step=str(columns.activities[code]),
            events=int(events[code]),
            waiting_hours=float(wait_hours[code]) if waits[code] else None,
            working_hours=float(work_hours[code]) if works[code] else None,
            reach_hours=float(reach_hours[code]) if reaches[code] else None,
            waits_known=int(waits[code]),
            waits_unknown=int(events[code] - waits[code]),
            works_known=int(works[code]),
            works_unknown=int(events[code] - works[code]),
            reaches_known=int(reaches[code]),
        )
        for code in range(columns.n_activities)
    )
    return StepTimesTable(steps, "waiting_and_working" if works.any() else "time_to_reach")


def _hours(columns: LogColumns, values_ms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = values_ms != UNKNOWN_MS
    steps, k = columns.activity[known], columns.n_activities
    sums = np.bincount(steps, weights=values_ms[known], minlength=k) / MS_PER_HOUR
    return sums, np.bincount(steps, minlength=k)
