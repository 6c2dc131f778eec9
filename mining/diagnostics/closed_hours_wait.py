"""Waits in the hall while it is closed (闭厅时段的等待): people who sit there over lunch.

A wait in the hall counts from first opening to last closing of the day (`WorkingCalendar.envelope`): the
part of it in which the calendar is closed is the lunch break. Share = closed minutes / all minutes waited at
counters and kiosks. Nights do not count: nobody sits there.

It describes, it does not blame: opening over lunch with the same people moves the wait elsewhere (rotation at
equal hours lengthened waits in our own runs), so nothing is proposed.

Example: hall open 9-12 and 13-17; a ticket of 11:50 called at 13:10 waits 80 minutes, 60 of them closed.
"""

from __future__ import annotations

import numpy as np
from pydantic import JsonValue

from mining.columns import UNKNOWN_MS, log_columns
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import (
    Needs,
    event_times,
    examples,
    lost_hours,
    nobody_seen,
    rounded,
    yearly_factor,
)
from mining.diagnostics.step_events import mean_interval, ratio_interval
from mining.enabled_times import find_enabled_times
from mining.event_log import EventLog
from mining.findings import Effect, Finding
from mining.grouped import grouped_mean
from mining.presence import applicant_present
from mining.text import Text
from mining.working_time import MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="统计午休时段的等待", en="telling waits over lunch"), events=("ts_start", "ts_end")
)
DEFINITION = Definition(
    ids=("D22",),
    name=Text(zh="午休时段的等待", en="Waits over lunch"),
    kinds=("closed_hours_wait",),
    definition=Text(
        zh="大厅等待（首次开门到末次关门）中落在闭厅（午休）时段的部分；夜间不算。仅作描述：同样人力轮班开放"
        "午间会使等待转移并变长。",
        en="Of the time waited at counters and kiosks, from first opening to last closing of the day, the "
        "part in which the "
        "hall is closed (lunch). Nights do not count. Descriptive only: opening over lunch with the same "
        "people "
        "moves waits elsewhere and makes them longer.",
    ),
    formula=Text(
        zh="闭厅等待分钟 / 全部大厅等待分钟；区间按日为群（比率估计）。",
        en="Closed minutes waited / all minutes waited in the hall; interval of a ratio with days as "
        "clusters.",
    ),
    needs=("ts_start", "ts_end", "place or channel or window or ts_ticket"),
    better_with=("ts_ticket", "ts_enabled"),
    alarm=Text(zh="超过 20 %（假定），30 次等待以上。", en="More than 20 % (an assumption), 30 waits."),
    hours=Text(
        zh="申请人：闭厅时段的等待（“等待”的一部分）。", en="Citizens: closed hours waited, part of waiting."
    ),
    example=Text(
        zh="11:50 取号、13:10 叫号，12:00–13:00 闭厅：80 分钟中 60 分钟。",
        en="Ticket 11:50, called 13:10, closed 12-13: 60 of 80 minutes.",
    ),
)
ALARM_SHARE = 0.20
"""Reported if more than this share of the minutes waited in the hall is in closed hours (an assumption)."""
MIN_WAITS = 30


def find_closed_hours_wait(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """At most one finding, if more than 20 % of the minutes waited in the hall are in closed hours.

    `cases` = cases with such a wait, `share` = of all cases. Hours lost = closed hours waited: applicants'
    time, part of `waiting`. Nothing is proposed. Raises `MissingColumnsError` without start and end times, or
    where nothing tells who was in the hall.
    """
    NEEDS.check(log)
    present = applicant_present(log)
    if present is None:
        raise nobody_seen(log, NEEDS.purpose)
    columns = log_columns(log)
    wait_ms = event_times(log, calendar).wait_ms
    at = np.flatnonzero(present & (wait_ms != UNKNOWN_MS))
    start = columns.start_ms[at]
    waited = wait_ms[at]
    closed = waited - calendar.of_hall().working_ms_between(find_enabled_times(log).enabled_ms[at], start)
    if (waited > 0).sum() < MIN_WAITS or closed.sum() <= ALARM_SHARE * waited.sum():
        return []
    return [_finding(log, calendar, at, waited, closed)]


def _finding(
    log: EventLog, calendar: WorkingCalendar, at: np.ndarray, waited: np.ndarray, closed: np.ndarray
) -> Finding:
    columns = log_columns(log)
    hit = at[closed > 0]
    cases = np.unique(columns.case[hit])
    share = float(closed.sum() / waited.sum())
    low, high = mean_interval(columns.start_ms[at], closed / MS_PER_MINUTE)
    least, most = ratio_interval(columns.start_ms[at], closed, waited)
    longest = hit[np.argsort(-closed[closed > 0], kind="stable")]
    evidence: dict[str, JsonValue] = {
        "services": int(at.size),
        "waits_over_closed_hours": int(hit.size),
        "wait_in_closed_hours_share": rounded(share),
        "wait_in_closed_hours_share_low": rounded(least),
        "wait_in_closed_hours_share_high": rounded(most),
        "closed_minutes_per_service_mean": rounded(float(closed.mean()) / MS_PER_MINUTE, 2),
        "closed_minutes_per_service_mean_low": rounded(low, 2),
        "closed_minutes_per_service_mean_high": rounded(high, 2),
        "wait_minutes_mean": rounded(float(waited.mean()) / MS_PER_MINUTE, 1),
        "closed_minutes_by_step": _by_step(log, at, closed),
    }
    return Finding(
        kind="closed_hours_wait",
        title=Text(
            zh=f"大厅等待中有 {share:.0%} 落在午休闭厅时段",
            en=f"{share:.0%} of the time waited in the hall falls into the lunch break",
        ),
        where={"steps": [str(name) for name in columns.activities[np.unique(columns.activity[hit])]]},
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        **lost_hours(yearly_factor(log, calendar), citizen=float(closed.sum()) / MS_PER_HOUR),
        effect=Effect(name="wait_in_closed_hours_share", value=share, low=least, high=most, n=int(at.size)),
        evidence=evidence,
        example_cases=examples(columns.case_ids[columns.case[longest[:20]]]),
    )


def _by_step(log: EventLog, at: np.ndarray, closed: np.ndarray) -> dict[str, JsonValue]:
    """Closed minutes a service, mean of each step that has any."""
    columns = log_columns(log)
    means = grouped_mean(columns.activity[at], closed / MS_PER_MINUTE, columns.n_activities)
    return {str(columns.activities[code]): round(float(means[code]), 1) for code in np.flatnonzero(means > 0)}
