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
from mining.diagnostics.shared import Needs, event_times, examples, per_year, rounded, yearly_factor
from mining.diagnostics.step_events import StepEvents, events_by_step, known, mean_interval
from mining.event_log import EventLog
from mining.findings import Finding, Proposal
from mining.text import Text
from mining.working_time import MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="区分等待与办理时间", en="telling waiting from working"), events=("ts_start", "ts_end")
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

    Hours lost = all hours waited at the step: applicants in the hall over lunch but not over night,
    back-office work in working time. Raises `MissingColumnsError` for a log without start and end times.
    """
    NEEDS.check(log)
    times = event_times(log, calendar)
    factor = yearly_factor(log, calendar)
    loads = find_counter_loads(log, times, calendar)
    return [_finding(log, step, loads, factor) for step in events_by_step(log, times) if _waits_long(step)]


def _waits_long(step: StepEvents) -> bool:
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
    mean = float(waits.mean()) / MS_PER_MINUTE
    return Finding(
        kind="waiting",
        title=Text(
            zh=f"“{step.name}”平均等待 {mean:.0f} 分钟",
            en=f"{mean:.0f} minutes of waiting on average for {step.name!r}",
        ),
        where={"step": step.name, "department": step.dept},
        cases=int(waited.size),
        share=rounded(waited.size / columns.n_cases),
        hours_lost_per_year=per_year(float(waits.sum()) / MS_PER_HOUR, factor),
        evidence=_evidence(columns.time_ms[events], step, waits, loads if step.at_counter else None),
        example_cases=examples(columns.case_ids[columns.case[longest]]),
        proposes=_proposals(step, loads),
    )


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


def _proposals(step: StepEvents, loads: CounterLoads | None) -> tuple[Proposal, ...]:
    if loads is None or not step.at_counter or step.dept not in loads.utilisation:
        return ()
    if loads.load_cv <= ALARM_LOAD_CV and loads.idle_elsewhere_share < ALARM_IDLE_ELSEWHERE:
        return ()
    pools = [*sorted(loads.utilisation)]
    return (Proposal(lever="one_window", parameters={"pools": [*pools]}, caution=_CAUTION),)
