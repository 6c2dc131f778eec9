"""Time to reach a step (到达用时): where the time goes in a log that has end times only.

Such a log cannot tell waiting from working; what it knows is how long after the steps before it a step was
done, both together, in working time. A step is reported if it takes at least a fifth of all time the cases
spend, and one working day or more on average (both assumptions).
"""

from __future__ import annotations

import numpy as np

from mining.columns import UNKNOWN_MS, log_columns
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import (
    Needs,
    case_waiting,
    event_times,
    examples,
    lost_hours,
    rounded,
    yearly_factor,
)
from mining.diagnostics.step_events import StepEvents, events_by_step, known, mean_interval
from mining.event_log import EventLog
from mining.findings import Effect, Finding
from mining.text import Text
from mining.working_time import MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="计算到达各环节的用时", en="telling how long steps take to reach"), events=("ts_end",)
)
DEFINITION = Definition(
    ids=(),
    name=Text(zh="到达用时", en="Time to reach a step"),
    kinds=("time_to_reach",),
    definition=Text(
        zh="只有完成时间的日志无法区分等待与办理：此处为上一环节完成到本环节完成的工作时间，两者合计。",
        en="A log with end times only cannot tell waiting from working: the working time from the end of "
        "what came "
        "before to the end of the step, both together.",
    ),
    formula=Text(
        zh="平均到达用时（工作日）；占办件全部用时的比例。",
        en="Mean time to reach the step in working days; its share of all time cases spend.",
    ),
    needs=("ts_end",),
    alarm=Text(
        zh="占全部用时的五分之一以上，且平均不少于一个工作日（假定）；30 个事件以上；有开始时间的日志见“等待”"
        "。",
        en="A fifth of all time and a working day on average (assumptions), 30 events or more; where the log "
        "has start "
        "times see waiting.",
    ),
    hours=Text(
        zh="不知是谁的工时：全部为办件等待。", en="Whose hours is unknown: all of it is waiting of cases."
    ),
    example=Text(
        zh="受理周一 9:00、审核周三 9:00：两个工作日。",
        en="Accepted Monday 9:00, reviewed Wednesday 9:00: two working days.",
    ),
)
MIN_EVENTS = 30
ALARM_SHARE = 0.2
ALARM_WORKING_DAYS = 1.0


def find_time_to_reach(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a step; nothing where the log has start times (`waiting` says more there).

    `cases` = cases with a known time, `share` = of all cases. Whose hours are lost is not known: all working
    hours to reach the step are waiting of cases. Raises `MissingColumnsError` for a log without end times.
    """
    NEEDS.check(log)
    times = event_times(log, calendar)
    if bool((times.work_ms > 0).any()):
        return []
    steps = events_by_step(log, times)
    total_ms = sum(float(known(step.reach_ms).sum()) for step in steps)
    day_ms = calendar.minutes_per_day * MS_PER_MINUTE
    factor = yearly_factor(log, calendar)
    return [
        _finding(log, step, total_ms, day_ms, factor) for step in steps if _takes_long(step, total_ms, day_ms)
    ]


def _takes_long(step: StepEvents, total_ms: float, day_ms: float) -> bool:
    reach = known(step.reach_ms)
    return (
        reach.size >= MIN_EVENTS
        and float(reach.sum()) >= ALARM_SHARE * total_ms
        and float(reach.mean()) >= ALARM_WORKING_DAYS * day_ms
    )


def _finding(
    log: EventLog, step: StepEvents, total_ms: float, day_ms: float, factor: float | None
) -> Finding:
    columns = log_columns(log)
    events, reach = step.events[step.reach_ms != UNKNOWN_MS], known(step.reach_ms)
    cases = np.unique(columns.case[events])
    low, high = mean_interval(columns.time_ms[events], reach / day_ms)
    mean = float(reach.mean()) / day_ms
    longest = events[np.argsort(-reach, kind="stable")[:20]]
    return Finding(
        kind="time_to_reach",
        title=Text(
            zh=f"完成“{step.name}”平均需 {mean:.1f} 个工作日（等待与办理合计）",
            en=f"It takes {mean:.1f} working days on average until {step.name!r} is done "
            "(waiting and working together)",
        ),
        where={"step": step.name, "department": step.dept},
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        **lost_hours(factor),
        effect=Effect(name="reach_working_days_mean", value=mean, low=low, high=high, n=int(reach.size)),
        evidence={
            "events": int(reach.size),
            "reach_unknown": int(step.events.size - reach.size),
            "reach_working_days_mean": rounded(mean, 2),
            "reach_working_days_mean_low": rounded(low, 2),
            "reach_working_days_mean_high": rounded(high, 2),
            "reach_working_days_median": rounded(float(np.median(reach)) / day_ms, 2),
            "reach_working_days_p90": rounded(float(np.quantile(reach, 0.9)) / day_ms, 2),
            "share_of_all_time": rounded(float(reach.sum()) / total_ms),
            "start_times_known": False,
            **case_waiting(factor, float(reach.sum()) / MS_PER_HOUR),
        },
        example_cases=examples(columns.case_ids[columns.case[longest]]),
    )
