"""Why people and files wait (等待原因): for each step that `waiting` reports, the shares of five causes.

`mining.waiting_causes` splits each wait into batching, contention, prioritization, unavailability and the
extraneous rest, to the millisecond. `waiting` is the alarm and counts all hours waited; here stands what they
come from, and the hours lost are those of the leading cause alone, so that the two findings are not added up.
Shares are of working time (an applicant in the hall waits over lunch too), their intervals by drawing days
again (bootstrap).

Example: 100 waits of 60 minutes, in 40 of which the officer did earlier work, 5 at lunch, 15 there and free:
contention 67 %, unavailability 8 %, extraneous 25 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import JsonValue

from mining.columns import UNKNOWN_MS, log_columns
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import (
    Needs,
    case_waiting,
    event_times,
    examples,
    lost_hours,
    per_year,
    rounded,
    yearly_factor,
)
from mining.diagnostics.step_events import StepEvents, events_by_step
from mining.diagnostics.waiting_share import MIN_EVENTS, waits_long
from mining.event_log import EventLog
from mining.findings import Effect, Finding, Proposal
from mining.resampling import ratio_interval
from mining.text import Text
from mining.waiting_causes import Cause, WaitingCauses, split_waits
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="区分等待的原因", en="telling causes of waiting apart"), events=("ts_start", "ts_end")
)
PROPOSE_SHARE = 0.2
"""A cause proposes something if this much of the wait comes from it (an assumption)."""

WORDS = {
    Cause.BATCHING: Text(zh="攒批办理", en="batching"),
    Cause.CONTENTION: Text(zh="人员在办先到的件", en="contention"),
    Cause.PRIORITIZATION: Text(zh="人员先办后到的件", en="prioritization"),
    Cause.UNAVAILABILITY: Text(zh="人员不在岗", en="unavailability"),
    Cause.EXTRANEOUS: Text(zh="厅外原因", en="extraneous causes"),
}
_CAUTION_LUNCH = Text(
    zh="同样的人轮班覆盖午休，等待可能反而变长：覆盖买到的是方便，不是速度。请用仿真比较。",
    en="Covering lunch in turns with the same people can lengthen waits: it buys access, not speed. "
    "Compare by simulation.",
)
_CAUTION_STAFF = Text(
    zh="加人之前先看能否合并窗口；综合岗可能变慢，请用仿真比较。",
    en="Before adding people see whether counters can be pooled; somebody who does everything may be "
    "slower. Compare by simulation.",
)
_CAUTION_PRIORITY = Text(
    zh="先办后到的件可能有依据（加急、特殊人群），先核实。",
    en="There may be a reason to take later work first (urgent cases, people with priority): check it.",
)

DEFINITION = Definition(
    ids=(),
    name=Text(zh="等待原因", en="Causes of waiting"),
    kinds=("waiting_causes",),
    definition=Text(
        zh="把每次等待（可以开始 → 开始）拆成五种原因，合计等于等待：攒批、在办先到的件、先办后到的件、不在"
        "岗（按日志推得的个人作息，样本少时用同岗或大厅时间）、其余（申请人、邮寄、其他部门、或无人去碰）。"
        "人员最后一次空闲 15 分钟以上之前的等待计入其余：那之前的忙碌并没有拦住它。没有经办人、或一个名字代"
        "表多人时，不判断原因。",
        en="Each wait (could begin → began) is split into five causes that sum to it: work left to pile "
        "up, the officer busy with earlier work, busy with later work, off (by hours read off the log, "
        "those of the pool or the hall for people with little data), and the rest: applicant, post, "
        "another agency, or nobody touched it. What lies before the officer was last free for 15 minutes "
        "belongs to the rest: being busy before that held nothing back. Without an officer, or where a "
        "name stands for several people, no cause is told.",
    ),
    formula=Text(
        zh="原因占比 = 该原因的等待之和 ÷ 等待总和（大厅内含午休，后台按工作时间）；区间按天自助抽样",
        en="share of a cause = its waiting / all waiting told (in the hall with lunch, back office in "
        "working time); interval by bootstrap over days",
    ),
    needs=("ts_start", "ts_end", "officer or window"),
    better_with=("ts_enabled", "ts_ticket", "place", "dept"),
    alarm=Text(
        zh=f"与“等待”相同的环节，且其中至少 {MIN_EVENTS} 次等待能判断原因",
        en=f"the steps `waiting` reports, with at least {MIN_EVENTS} waits whose causes can be told",
    ),
    hours=Text(
        zh="只计最主要原因的小时：申请人在大厅等的算群众；后台的是办件搁置。属于“等待”的一部分，不可相加。",
        en="Hours of the leading cause only: citizens' where they stand in the hall, else hours cases lay. "
        "Part of `waiting`; do not add them up.",
    ),
    example=Text(
        zh="100 次各等 60 分钟：40 分钟经办人在办先到的件、5 分钟午休、15 分钟在岗空闲：67%、8%、25%。",
        en="100 waits of 60 minutes, in 40 of which the officer did earlier work, 5 at lunch, 15 free: 67 "
        "%, 8 %, 25 %.",
    ),
    proposes=("staffing", "smaller_batches", "priority_rule", "opening_hours", "online"),
)


@dataclass(frozen=True)
class _Split:
    """The waits of one step that are told: positions, ms by cause in working and in calendar time."""

    step: StepEvents
    events: np.ndarray
    working_ms: np.ndarray
    elapsed_ms: np.ndarray

    @property
    def by_cause_ms(self) -> np.ndarray:
        return self.working_ms.sum(axis=1)

    @property
    def leading(self) -> Cause:
        return Cause(int(np.argmax(self.by_cause_ms)))

    def share(self, cause: Cause) -> float:
        return float(self.by_cause_ms[cause] / self.by_cause_ms.sum())


def find_waiting_causes(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a step that `waiting` reports and of which 30 waits can be told.

    `cases` = cases that waited by the leading cause, `share` = of all cases. Hours lost = those of the
    leading cause, a part of `waiting`. Raises `MissingColumnsError` without start and end times, or without
    anybody known to have done the work.
    """
    NEEDS.check(log)
    if not log.has("officer") and not log.has("window"):
        Needs(purpose=NEEDS.purpose, events=("officer",)).check(log)
    causes = split_waits(log, calendar)
    steps = [step for step in events_by_step(log, event_times(log, calendar)) if waits_long(step)]
    splits = [_split_of(step, causes) for step in steps]
    return [
        _finding(log, calendar, split, causes)
        for split in splits
        if split.events.size >= MIN_EVENTS and split.by_cause_ms.sum() > 0
    ]


def _split_of(step: StepEvents, causes: WaitingCauses) -> _Split:
    events = step.events[causes.told[step.events]]
    return _Split(step, events, causes.working_ms[:, events], causes.elapsed_ms[:, events])


def _finding(log: EventLog, calendar: WorkingCalendar, split: _Split, causes: WaitingCauses) -> Finding:
    columns, factor = log_columns(log), yearly_factor(log, calendar)
    leading, share = split.leading, split.share(split.leading)
    by_it = split.working_ms[leading]
    cases = np.unique(columns.case[split.events[by_it > 0]])
    hours = float(by_it.sum()) / MS_PER_HOUR
    in_hall = split.step.at_counter
    low, high = _interval(log, split, leading)
    longest = split.events[np.argsort(-by_it, kind="stable")[:20]]
    return Finding(
        kind="waiting_causes",
        title=Text(
            zh=f"“{split.step.name}”的等待 {share:.0%} 因{WORDS[leading].zh}",
            en=f"{share:.0%} of the waiting for {split.step.name!r} is {WORDS[leading].en}",
        ),
        where={"step": split.step.name, "department": split.step.dept},
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        **lost_hours(factor, citizen=hours if in_hall else None),
        effect=Effect(name="leading_cause_share", value=share, low=low, high=high, n=int(split.events.size)),
        evidence={
            **_evidence(log, split, causes, factor),
            **case_waiting(factor, None if in_hall else hours),
        },
        example_cases=examples(columns.case_ids[columns.case[longest]]),
        proposes=_proposals(split),
    )


def _interval(log: EventLog, split: _Split, cause: Cause) -> tuple[float | None, float | None]:
    day = log_columns(log).start_ms[split.events] // MS_PER_DAY
    return ratio_interval(day, split.working_ms[cause], split.working_ms.sum(axis=0))


def _evidence(
    log: EventLog, split: _Split, causes: WaitingCauses, factor: float | None
) -> dict[str, JsonValue]:
    evidence: dict[str, JsonValue] = {}
    for cause in Cause:
        low, high = _interval(log, split, cause)
        name = f"{cause.name.lower()}_share"
        evidence |= {
            name: rounded(split.share(cause)),
            f"{name}_low": rounded(low),
            f"{name}_high": rounded(high),
        }
    hours = split.by_cause_ms / MS_PER_HOUR
    calendar = split.elapsed_ms.sum(axis=1) / max(int(split.elapsed_ms.sum()), 1)
    known = int((split.step.wait_ms != UNKNOWN_MS).sum())
    return {
        **evidence,
        "waits_told": int(split.events.size),
        "waits_not_told": known - int(split.events.size),
        "cause_hours_per_year": {c.name.lower(): per_year(float(hours[c]), factor) for c in Cause},
        "causes_in_calendar_time": {c.name.lower(): round(float(calendar[c]), 3) for c in Cause},
        "applicant_waits_in_hall": split.step.at_counter,
        **_batches(split, causes),
    }


def _batches(split: _Split, causes: WaitingCauses) -> dict[str, JsonValue]:
    batch = causes.batches.batch[split.events]
    sizes = np.unique(batch[batch >= 0], return_counts=True)[1]
    if sizes.size == 0:
        return {}
    return {"batches": int(sizes.size), "batch_size_median": float(np.median(sizes))}


def _proposals(split: _Split) -> tuple[Proposal, ...]:
    """What each cause with a fifth of the wait suggests, the largest first; no lever credits itself."""
    ranked = sorted(Cause, key=lambda cause: -split.share(cause))
    return tuple(_proposal(cause, split.step) for cause in ranked if split.share(cause) >= PROPOSE_SHARE)


def _proposal(cause: Cause, step: StepEvents) -> Proposal:
    at: dict[str, JsonValue] = {"step": step.name}
    if cause is Cause.BATCHING:
        return Proposal(lever="smaller_batches", parameters=at)
    if cause is Cause.CONTENTION:
        return Proposal(lever="staffing", parameters=at, caution=_CAUTION_STAFF)
    if cause is Cause.PRIORITIZATION:
        return Proposal(lever="priority_rule", parameters=at, caution=_CAUTION_PRIORITY)
    if cause is Cause.UNAVAILABILITY:
        return Proposal(lever="opening_hours", parameters=at, caution=_CAUTION_LUNCH)
    return Proposal(lever="online", parameters={**at, "reminders": not step.at_counter})
