"""Where the time of a case goes (时间构成), and how little of it anybody works on the case (flow efficiency).

`mining.case_time_parts` splits the time of each finished case, begin to finish, into touch, hall queue,
back-office wait, the applicant's time, special procedures and closed hours, to the millisecond. Flow
efficiency = touch / elapsed time, over all cases. Where a file is in hand and nobody can tell how much of
that was work, it is between touch / elapsed and (touch + in hand) / elapsed: the alarm is held against the
higher one, so a case is never called slow for want of a name.

With end times only waiting and working cannot be told apart. Then the parts that can be told are reported, if
the applicant or a special procedure has a fifth of the time or more.

Example: a case of 10 days (240 h) with 2 h of touch and none in hand: 0.8 %.
"""

from __future__ import annotations

import numpy as np
from pydantic import JsonValue

from mining.case_time_parts import CaseTimeParts, Part, find_case_time_parts
from mining.case_times import find_case_times
from mining.columns import log_columns
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import Needs, case_waiting, examples, lost_hours, rounded, yearly_factor
from mining.event_log import EventLog
from mining.findings import Effect, Finding, Proposal
from mining.resampling import ratio_interval
from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, WorkingCalendar

NEEDS = Needs(purpose=Text(zh="拆分办件时间", en="telling where the time of a case goes"), events=("ts_end",))
ALARM_EFFICIENCY = 0.05
MIN_CASES = 30
TOLD_SHARE = 0.2
"""Levels of the report (assumptions)."""

WORDS = {
    Part.TOUCH: Text(zh="实际办理", en="being worked on"),
    Part.IN_HAND: Text(zh="在办（不知实办多久）", en="in hand"),
    Part.HALL_QUEUE: Text(zh="大厅排队", en="queueing in the hall"),
    Part.BACK_OFFICE_WAIT: Text(zh="后台等待", en="lying in the back office"),
    Part.APPLICANT: Text(zh="申请人", en="with the applicant"),
    Part.SPECIAL_PROCEDURE: Text(zh="特别程序", en="in special procedures"),
    Part.CLOSED_HOURS: Text(zh="闭厅时段", en="closed hours"),
    Part.UNTOLD: Text(zh="无法区分", en="not told"),
}
_LEVERS = {Part.HALL_QUEUE: "staffing", Part.APPLICANT: "online"}
"""What lies in the back office is for the findings of its steps to say."""
_CAUTION = Text(
    zh="时间在哪里，不等于那里能省下来：请先看该环节的发现，再仿真比较。",
    en="Where the time is need not be where it can be saved: look at the findings of those steps, then "
    "compare by simulation.",
)

DEFINITION = Definition(
    ids=("D9",),
    name=Text(zh="时间构成与流动效率", en="Where the time goes, and flow efficiency"),
    kinds=("time_decomposition",),
    definition=Text(
        zh="把每个办结件从开始到办结的时间拆为：实际办理、大厅排队（含午休）、后台等待、申请人（补正、两次"
        "到访之间）、特别程序（时钟停止）、闭厅时段，合计等于全程，精确到毫秒。文件开着但不知实办多久的时间"
        "单列。",
        en="The time of each finished case, begin to finish, split into work on it, queueing in the hall "
        "(lunch counts), back-office wait, the applicant's time (corrections, between visits), special "
        "procedures (clock stopped) and closed hours; they sum to the whole, to the millisecond. Time a "
        "file is in hand without anybody known to work on it stands apart.",
    ),
    formula=Text(
        zh="流动效率 = 实际办理 ÷ 全程；不知实办多久时取上界（实际办理 + 在办）÷ 全程；区间按申请日自助抽样",
        en="flow efficiency = touch / elapsed; with time in hand its upper bound (touch + in hand) / "
        "elapsed; interval by bootstrap over the days on which cases began",
    ),
    needs=NEEDS.columns,
    better_with=(
        "ts_start",
        "ts_ticket",
        "place",
        "officer",
        "result",
        "cases.ts_apply",
        "cases.ts_finish",
        "clock_stops.ts_start",
        "materials.ts_received",
    ),
    alarm=Text(
        zh=f"流动效率（上界）低于 {ALARM_EFFICIENCY:.0%}，办结件不少于 {MIN_CASES} 件；只有完成时间的日志，"
        f"申请人或特别程序占 {TOLD_SHARE:.0%} 以上时列出",
        en=f"flow efficiency (its upper bound) below {ALARM_EFFICIENCY:.0%}, {MIN_CASES} finished cases or "
        f"more; with end times only, if the applicant or special procedures have {TOLD_SHARE:.0%} or more",
    ),
    hours=Text(
        zh="无人因此多花工时；后台等待的工作小时列为办件搁置。",
        en="Nobody's; back-office waits are told as hours cases lay.",
    ),
    example=Text(
        zh="一件历时 10 天（240 小时），实际办理 2 小时：流动效率 0.8%。",
        en="A case takes 10 days (240 h), 2 h of them work: flow efficiency 0.8 %.",
    ),
    proposes=tuple(_LEVERS.values()),
)


def find_time_decomposition(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """At most one finding, about all finished cases of the log.

    `cases` = finished cases, `share` = of all cases. Hours are nobody's. Raises `MissingColumnsError` without
    end times.
    """
    NEEDS.check(log)
    parts = find_case_time_parts(log, calendar)
    total = float(parts.elapsed_ms.sum())
    if parts.cases.size < MIN_CASES or total == 0:
        return []
    shares = parts.ms.sum(axis=1) / total
    knows_work = log_columns(log).has_durations
    low_efficiency = knows_work and shares[Part.TOUCH] + shares[Part.IN_HAND] < ALARM_EFFICIENCY
    told = shares[Part.APPLICANT] + shares[Part.SPECIAL_PROCEDURE] >= TOLD_SHARE
    if not (low_efficiency or (not knows_work and told)):
        return []
    return [_finding(log, calendar, parts, shares, knows_work)]


def _finding(
    log: EventLog, calendar: WorkingCalendar, parts: CaseTimeParts, shares: np.ndarray, knows_work: bool
) -> Finding:
    columns, factor = log_columns(log), yearly_factor(log, calendar)
    effect = _efficiency(log, parts) if knows_work else None
    longest = parts.cases[np.argsort(-parts.elapsed_ms, kind="stable")]
    return Finding(
        kind="time_decomposition",
        title=_title(effect, shares),
        where={},
        cases=int(parts.cases.size),
        share=rounded(parts.cases.size / columns.n_cases),
        **lost_hours(None),
        effect=effect,
        evidence={
            **_evidence(parts, shares, effect),
            **case_waiting(factor, float(parts.ms[Part.BACK_OFFICE_WAIT].sum()) / MS_PER_HOUR),
        },
        example_cases=examples(columns.case_ids[longest]),
        proposes=_proposals(shares),
    )


def _title(effect: Effect | None, shares: np.ndarray) -> Text:
    lost = [part for part in Part if part not in (Part.TOUCH, Part.IN_HAND, Part.CLOSED_HOURS, Part.UNTOLD)]
    most = max(lost, key=lambda part: shares[part])
    if effect is None:
        return Text(
            zh=f"办件时间中{WORDS[most].zh}占 {shares[most]:.0%}；日志只有完成时间，等待与办理分不开",
            en=f"{shares[most]:.0%} of the time of a case is {WORDS[most].en}; with end times only, waiting "
            "and working cannot be told apart",
        )
    return Text(
        zh=f"办件全程只有 {effect.value:.1%} 的时间有人在办；{WORDS[most].zh}占 {shares[most]:.0%}",
        en=f"Somebody works on a case in {effect.value:.1%} of its time; {shares[most]:.0%} is "
        f"{WORDS[most].en}",
    )


def _efficiency(log: EventLog, parts: CaseTimeParts) -> Effect:
    """The upper bound of flow efficiency; cases that began on one day are not independent."""
    day = find_case_times(log).begin_ms[parts.cases] // MS_PER_DAY
    worked = parts.ms[Part.TOUCH] + parts.ms[Part.IN_HAND]
    low, high = ratio_interval(day, worked, parts.elapsed_ms)
    value = float(worked.sum() / parts.elapsed_ms.sum())
    return Effect(name="flow_efficiency_share", value=value, low=low, high=high, n=int(parts.cases.size))


def _evidence(parts: CaseTimeParts, shares: np.ndarray, effect: Effect | None) -> dict[str, JsonValue]:
    hours = parts.ms.mean(axis=1) / MS_PER_HOUR
    return {
        "flow_efficiency_share": rounded(effect.value) if effect else None,
        "flow_efficiency_share_low": rounded(effect.low) if effect else None,
        "flow_efficiency_share_high": rounded(effect.high) if effect else None,
        "flow_efficiency_least_share": rounded(float(shares[Part.TOUCH])) if effect else None,
        "elapsed_calendar_hours_mean": rounded(float(parts.elapsed_ms.mean()) / MS_PER_HOUR, 1),
        "elapsed_calendar_hours_median": rounded(float(np.median(parts.elapsed_ms)) / MS_PER_HOUR, 1),
        **{f"{part.name.lower()}_share": rounded(float(shares[part])) for part in Part},
        "time_parts_calendar_hours_per_case": {
            part.name.lower(): round(float(hours[part]), 2) for part in Part
        },
        "corrections_without_return_time": parts.corrections_assumed,
        "visits_without_ticket": parts.homes_assumed,
    }


def _proposals(shares: np.ndarray) -> tuple[Proposal, ...]:
    """The lever of the largest part that has one, if it has a fifth of the time."""
    most = max(_LEVERS, key=lambda part: shares[part])
    if shares[most] < TOLD_SHARE:
        return ()
    return (Proposal(lever=_LEVERS[most], parameters={}, caution=_CAUTION),)
