"""Waiting against working (等待与办理): steps where people wait, and much longer than they are served.

Waiting is enabled to start, working is start to end (`mining.waiting`). A step is reported if

- the applicant stands there and the 90th percentile of the wait is above 30 minutes, or
- it is back-office work that waits at least four times as long as it is worked on, and one working hour or
  more on average.

One window is proposed for the counters of the hall if their loads differ (coefficient of variation of the
utilisation above 0.4), or if half of the minutes people waited somebody at another department's counter had
nothing to do: idle people next to a queue. All thresholds are assumptions.

A log with end times only cannot tell waiting from working: see `time_to_reach`.
"""

from __future__ import annotations

import numpy as np
from pydantic import JsonValue

from mining.columns import UNKNOWN_MS, log_columns
from mining.diagnostics.counters import CounterLoads, find_counter_loads
from mining.diagnostics.definition import Definition
from mining.diagnostics.protection import propose_one_window
from mining.diagnostics.shared import (
    Needs,
    case_waiting,
    event_times,
    examples,
    lost_hours,
    rounded,
    yearly_factor,
)
from mining.diagnostics.step_events import (
    StepEvents,
    events_by_step,
    known,
    mean_interval,
    quantile_interval,
)
from mining.event_log import EventLog
from mining.findings import Effect, Finding, Proposal
from mining.text import Text
from mining.working_time import MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="区分等待与办理时间", en="telling waiting from working"), events=("ts_start", "ts_end")
)
DEFINITION = Definition(
    ids=("D10",),
    name=Text(zh="等待", en="Waiting"),
    kinds=("waiting",),
    definition=Text(
        zh="等待 = 可以开始（窗口为取号）→ 开始，办理 = 开始 → 结束。大厅等待含午休、不含夜间；后台等待按工作"
        "时间。",
        en="Waiting is enabled (at a counter: ticket) → start, working is start → end. In the hall lunch "
        "counts and nights "
        "do not; back-office waits are in working time.",
    ),
    formula=Text(
        zh="窗口：等待的 90 分位；后台：平均等待与平均等待 / 平均办理。",
        en="At a counter: 90th percentile of the wait. Back office: mean wait, and mean wait / mean work.",
    ),
    needs=("ts_start", "ts_end"),
    better_with=("place", "channel", "ts_ticket", "ts_enabled", "dept", "officer"),
    alarm=Text(
        zh="窗口 90 分位超过 30 分钟；后台等待至少为办理的四倍且平均不少于一小时（假定）；30 个事件以上。",
        en="A counter: above 30 minutes. Back office: four times the work and an hour on average "
        "(assumptions). 30 "
        "events or more.",
    ),
    hours=Text(
        zh="申请人：在大厅等待的时间。后台等待是办件等待，无人在场。",
        en="Citizens: hours waited in the hall. Back-office waits are waiting of cases: nobody stands there.",
    ),
    example=Text(
        zh="30 次服务，每次等 40 分钟、办 10 分钟：申请人共等 20 小时，等待占 0.8。",
        en="30 services, each 40 minutes of waiting and 10 of work: 20 hours of citizens, waiting share 0.8.",
    ),
    proposes=("one_window",),
)
MIN_EVENTS = 30
ALARM_WAIT_MINUTES_P90 = 30.0
ALARM_WAIT_TO_WORK = 4.0
ALARM_WAIT_HOURS = 1.0
ALARM_LOAD_CV = 0.4
ALARM_IDLE_ELSEWHERE = 0.5

_CAUTION = Text(
    zh="综合岗可能变慢：综合岗系数达到约 1.10 时合并可能不再减少等待，请用仿真比较。",
    en="Somebody who does everything may be slower: around a generalist penalty of 1.10 pooling can stop "
    "shortening waits. Compare by simulation.",
)


def find_waiting(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a step; `cases` = cases that had to wait there, `share` = of all cases.

    Hours lost = hours applicants waited in the hall, over lunch but not over night; what back-office work
    waits is waiting of cases. Raises `MissingColumnsError` for a log without start and end times.
    """
    NEEDS.check(log)
    times = event_times(log, calendar)
    factor = yearly_factor(log, calendar)
    loads = find_counter_loads(log, times, calendar)
    return [_finding(log, step, loads, factor) for step in events_by_step(log, times) if waits_long(step)]


def waits_long(step: StepEvents) -> bool:
    """Whether the step is reported; see the module for the levels."""
    waits, works = known(step.wait_ms), known(step.work_ms)
    if waits.size < MIN_EVENTS:
        return False
    if step.at_counter:
        return bool(np.quantile(waits, 0.9) > ALARM_WAIT_MINUTES_P90 * MS_PER_MINUTE)
    mean_wait, mean_work = float(waits.mean()), float(works.mean()) if works.size else 0.0
    return mean_wait >= ALARM_WAIT_HOURS * MS_PER_HOUR and mean_wait >= ALARM_WAIT_TO_WORK * mean_work


def _finding(log: EventLog, step: StepEvents, loads: CounterLoads | None, factor: float | None) -> Finding:
    columns = log_columns(log)
    told = step.wait_ms != UNKNOWN_MS
    waits, events = step.wait_ms[told], step.events[told]
    waited = np.unique(columns.case[events[waits > 0]])
    longest = events[np.argsort(-waits, kind="stable")[:20]]
    mean, hours = float(waits.mean()) / MS_PER_MINUTE, float(waits.sum()) / MS_PER_HOUR
    return Finding(
        kind="waiting",
        title=Text(
            zh=f"“{step.name}”平均等待 {mean:.0f} 分钟",
            en=f"{mean:.0f} minutes of waiting on average for {step.name!r}",
        ),
        where={"step": step.name, "department": step.dept},
        cases=int(waited.size),
        share=rounded(waited.size / columns.n_cases),
        **lost_hours(factor, citizen=hours if step.at_counter else None),
        effect=_effect(columns.time_ms[events], step, waits),
        evidence={
            **_evidence(columns.time_ms[events], step, waits, loads if step.at_counter else None),
            **case_waiting(factor, None if step.at_counter else hours),
        },
        example_cases=examples(columns.case_ids[columns.case[longest]]),
        proposes=_proposals(log, step, loads),
    )


def _effect(time_ms: np.ndarray, step: StepEvents, waits: np.ndarray) -> Effect:
    """What the alarm is held against: the 90th percentile at a counter, the mean behind it."""
    minutes = waits / MS_PER_MINUTE
    if step.at_counter:
        low, high = quantile_interval(time_ms, minutes, 0.9)
        value, name = float(np.quantile(minutes, 0.9)), "wait_minutes_p90"
    else:
        (low, high), value, name = mean_interval(time_ms, minutes), float(minutes.mean()), "wait_minutes_mean"
    return Effect(name=name, value=value, low=low, high=high, n=int(waits.size))


def _evidence(
    time_ms: np.ndarray, step: StepEvents, waits: np.ndarray, loads: CounterLoads | None
) -> dict[str, JsonValue]:
    works = known(step.work_ms)
    low, high = mean_interval(time_ms, waits / MS_PER_MINUTE)
    total = float(waits.sum() + works.sum())
    return {
        "services": int(waits.size),
        "wait_unknown": int(step.events.size - waits.size),
        "wait_minutes_mean": rounded(float(waits.mean()) / MS_PER_MINUTE, 1),
        "wait_minutes_mean_low": rounded(low, 1),
        "wait_minutes_mean_high": rounded(high, 1),
        "wait_minutes_p90": rounded(float(np.quantile(waits, 0.9)) / MS_PER_MINUTE, 1),
        "work_minutes_mean": rounded(float(works.mean()) / MS_PER_MINUTE, 1) if works.size else None,
        "waiting_share": rounded(float(waits.sum()) / total) if total else None,
        "applicant_waits_in_hall": step.at_counter,
        "utilisation_by_counter": dict(loads.utilisation) if loads else {},
        "load_cv": rounded(loads.load_cv, 3) if loads else None,
        "idle_elsewhere_share": rounded(loads.idle_elsewhere_share, 3) if loads else None,
    }


def _proposals(log: EventLog, step: StepEvents, loads: CounterLoads | None) -> tuple[Proposal, ...]:
    if loads is None or not step.at_counter or step.dept not in loads.utilisation:
        return ()
    if loads.load_cv <= ALARM_LOAD_CV and loads.idle_elsewhere_share < ALARM_IDLE_ELSEWHERE:
        return ()
    return propose_one_window(log, loads.utilisation, _CAUTION)
