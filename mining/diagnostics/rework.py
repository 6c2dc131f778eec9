"""Rework (补正返工): cases returned for correction, where, how long it takes, and returns said in two parts.

A decision is a return for correction as `corrections` defines it. First-time right (一次通过) is a case that
no step returned, of the cases any step decided on; at one step, a case whose first decision there was no
return. The loop of a return lasts from the return to the end of the next attempt at the step, in
working time: correcting, coming back and doing it again.

- `rework`: first-time right below 80 % of all cases.
- `rework_at_step`: a step that returns at least 10 % of the cases the first time.
- `two_part_notice` (违反一次性告知): a second return at a step names a reason the first did not.

Example: 登记 returns 3 of 10 cases, and one of the three again for something else: 70 % first-time right,
1.33 loops a returned case, 1 of 3 returned cases breaks one-time notification.
"""

from __future__ import annotations

import numpy as np
from pydantic import JsonValue

from mining.columns import log_columns
from mining.diagnostics.corrections import Corrections, find_corrections
from mining.diagnostics.decisions import NOT_A_DECISION
from mining.diagnostics.definition import Definition
from mining.diagnostics.departments import is_department
from mining.diagnostics.fetchable import fetch_what_fails, most_at_fault
from mining.diagnostics.shared import (
    EventHours,
    case_waiting,
    examples,
    rounded,
    share_effect,
    stretch_hours,
    yearly_factor,
)
from mining.event_log import APPLICANT, EventLog
from mining.findings import Finding
from mining.statistics import wilson_interval
from mining.text import Text
from mining.working_time import MS_PER_HOUR, WorkingCalendar

PURPOSE = Text(zh="统计补正与一次通过率", en="counting returns for correction")
DEFINITION = Definition(
    ids=("D6", "D6b"),
    name=Text(zh="补正返工", en="Rework"),
    kinds=("rework", "rework_at_step", "two_part_notice"),
    definition=Text(
        zh="结果为补正，或未通过而同一环节其后又作决定，算一次补正；最终退回不算；申请人环节不算。rework：整"
        "个日志；rework_at_step："
        "某环节的首次决定；two_part_notice（违反一次性告知，D6b）：同一环节的第二次补正提出第一次没有说的原"
        "因，缺少原因的不计。",
        en="A decision is a return if its result is 补正, or if it was no pass and the same step decided "
        "again later; a "
        "final rejection is none, nor are steps of the applicant. rework: the whole log; rework_at_step: "
        "first "
        "decisions of one step; two_part_notice (D6b): the second return of a case at a step names a reason "
        "the "
        "first did not (unknown where one gives none).",
    ),
    formula=Text(
        zh="一次通过率 = 1 − 有补正的办件 / 有决定的办件；返工时间占比 = Σ(补正 → 同一环节再次办完) / Σ(首个 "
        "→ 最后事件)；"
        "D6b = 第二次补正有新原因的办件 / 有补正的办件。",
        en="First-time right = 1 − cases returned / cases decided on; rework time share = Σ(return → end of "
        "the next "
        "attempt) / Σ(first → last event); D6b = cases with a new reason at a second return / cases "
        "returned.",
    ),
    needs=("result or activity",),
    better_with=("reason", "materials.issuer_dept", "ts_start", "place"),
    alarm=Text(
        zh="一次通过率低于 80 %；某环节首次补正 10 % 以上，30 件；再次告知占补正办件 5 % 以上，五件（均为假"
        "定）。",
        en="First-time right below 80 %; a step returns 10 % of the cases the first time, 30 cases; two-part "
        "notices in "
        "5 % of the returned cases, five cases (assumptions).",
    ),
    hours=Text(
        zh="从补正到再次办完：其间官员的经手工时、申请人在窗口的时间；其余为办件等待（含申请人补材料的时间）"
        "。",
        en="From the return to the end of the next attempt: touch time of officials and hall time of "
        "applicants in it; the "
        "rest is waiting of cases (the applicant's own correcting included).",
    ),
    example=Text(
        zh="100 件中 30 件各被退回一次、各用一小时：一次通过率 70 %（60–78 %），每件返工 1 次。",
        en="100 cases, 30 returned once for an hour: 70 % first-time right (60 to 78 %), 1 loop a returned "
        "case.",
    ),
    proposes=("share_materials",),
)
ALARM_FIRST_TIME_RIGHT = 0.80
ALARM_RETURNED_AT_STEP = 0.10
ALARM_TWO_PART_NOTICE = 0.05
"""Assumptions: share of cases right the first time, of cases a step returns, of returned cases told twice."""
MIN_CASES = 30
MIN_TWO_PART_NOTICES = 5


def find_rework(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """The findings of the module; steps of the applicant and events that are no decisions do not count.

    `cases` = cases returned (at the step; told in two parts), `share` = of the cases decided on (at the
    step; of the cases returned). Hours lost = what the loops took of whose time; for two-part notices only
    the loops after second returns with a new reason. Raises
    `MissingColumnsError` where the log has no decisions.
    """
    corrections = find_corrections(log, PURPOSE)
    decided = _decided(log, corrections)
    found = _whole(log, calendar, corrections, decided)
    for code, name in enumerate(corrections.decisions.names):
        found += _of_step(log, calendar, corrections, decided & (corrections.decisions.step == code), name)
    return [*found, *_two_part_notices(log, calendar, corrections, decided)]


def _decided(log: EventLog, corrections: Corrections) -> np.ndarray:
    """Decisions of somebody other than the applicant, one bool an event."""
    decisions = corrections.decisions
    by_office = np.array([is_department(name) for name in decisions.names] + [False])
    decided = by_office[decisions.step] & (decisions.step != NOT_A_DECISION)
    if log.has("place"):
        decided &= (log.events["place"] != APPLICANT).to_numpy(dtype=bool)
    return decided


def _whole(
    log: EventLog, calendar: WorkingCalendar, corrections: Corrections, decided: np.ndarray
) -> list[Finding]:
    returned = corrections.returned & decided
    cases, n = _cases(log, returned), _cases(log, decided).size
    if n < MIN_CASES or 1 - cases.size / n >= ALARM_FIRST_TIME_RIGHT:
        return []
    title = Text(
        zh=f"一次通过率仅 {1 - cases.size / n:.0%}",
        en=f"Only {1 - cases.size / n:.0%} are right the first time",
    )
    evidence: dict[str, JsonValue] = {
        **_shares(log, calendar, corrections, returned, n),
        "rework_time_share": rounded(_time_share(log, calendar, corrections, returned)),
        "returns_by_step": {
            name: int((returned & (corrections.decisions.step == code)).sum())
            for code, name in enumerate(corrections.decisions.names)
            if bool((returned & (corrections.decisions.step == code)).any())
        },
    }
    lost, factor = _lost(log, calendar, corrections, returned), yearly_factor(log, calendar)
    return [
        Finding(
            kind="rework",
            title=title,
            where={"steps": []},
            cases=int(cases.size),
            share=rounded(cases.size / n),
            **lost.lost(factor),
            effect=share_effect("first_time_right_share", n - int(cases.size), n),
            evidence={**evidence, **case_waiting(factor, lost.case_waiting)},
            example_cases=examples(log_columns(log).case_ids[cases[:10]]),
        )
    ]


def _of_step(
    log: EventLog, calendar: WorkingCalendar, corrections: Corrections, decided: np.ndarray, name: str
) -> list[Finding]:
    first = decided & (corrections.attempt == 1)
    n, failed = int(first.sum()), _cases(log, first & corrections.returned)
    if n < MIN_CASES or failed.size < ALARM_RETURNED_AT_STEP * n:
        return []
    returned = corrections.returned & decided
    lost, factor = _lost(log, calendar, corrections, returned), yearly_factor(log, calendar)
    activities = corrections.decisions.activities[corrections.decisions.names.index(name)]
    return [
        Finding(
            kind="rework_at_step",
            title=Text(
                zh=f"“{name}”首次补正率 {failed.size / n:.0%}",
                en=f"{name!r} returns {failed.size / n:.0%} of the cases the first time",
            ),
            where={"steps": [*activities]},
            cases=int(failed.size),
            share=rounded(failed.size / n),
            **lost.lost(factor),
            effect=share_effect("returned_first_time_share", int(failed.size), n),
            evidence={
                **_shares(log, calendar, corrections, returned, n),
                "documents_at_fault": most_at_fault(log, returned),
                **case_waiting(factor, lost.case_waiting),
            },
            example_cases=examples(log_columns(log).case_ids[failed[:10]]),
            proposes=fetch_what_fails(log, returned),
        )
    ]


def _two_part_notices(
    log: EventLog, calendar: WorkingCalendar, corrections: Corrections, decided: np.ndarray
) -> list[Finding]:
    broken = corrections.new_reason & decided
    second = corrections.second_return & decided
    cases, n = _cases(log, broken), _cases(log, corrections.returned & decided).size
    if cases.size < max(MIN_TWO_PART_NOTICES, ALARM_TWO_PART_NOTICE * n):
        return []
    low, high = wilson_interval(int(cases.size), n)
    columns = log_columns(log)
    lost, factor = _lost(log, calendar, corrections, broken), yearly_factor(log, calendar)
    steps = [str(columns.activities[code]) for code in np.unique(columns.activity[broken])]
    return [
        Finding(
            kind="two_part_notice",
            title=Text(
                zh="未做到一次性告知：再次补正提出新的原因",
                en="What is wrong is not said at once: second returns name new reasons",
            ),
            where={"steps": [*steps]},
            cases=int(cases.size),
            share=rounded(cases.size / n),
            **lost.lost(factor),
            effect=share_effect("two_part_notice_share", int(cases.size), n),
            evidence={
                "returned_cases": n,
                "second_returns": int(second.sum()),
                "second_returns_with_reasons": int((corrections.reasons_known & decided).sum()),
                "second_returns_with_new_reason": int(broken.sum()),
                "share_low": rounded(low),
                "share_high": rounded(high),
                **case_waiting(factor, lost.case_waiting),
            },
            example_cases=examples(columns.case_ids[cases[:10]]),
        )
    ]


def _cases(log: EventLog, events: np.ndarray) -> np.ndarray:
    """Codes of the cases of these events (bool, one an event)."""
    return np.unique(log_columns(log).case[events])


def _shares(
    log: EventLog, calendar: WorkingCalendar, corrections: Corrections, returned: np.ndarray, n: int
) -> dict[str, JsonValue]:
    """`n`: cases decided on. A case is wrong the first time if it has any of these returns."""
    cases = _cases(log, returned).size
    low, high = wilson_interval(n - cases, n)
    hours = _loop_hours(log, calendar, corrections, returned)
    return {
        "cases_decided": n,
        "returns": int(returned.sum()),
        "first_time_right_share": rounded(1 - cases / n),
        "first_time_right_share_low": rounded(low),
        "first_time_right_share_high": rounded(high),
        "loops_per_returned_case_mean": rounded(float(returned.sum()) / cases, 2) if cases else None,
        "loop_hours_median": rounded(float(np.median(hours)), 1) if hours.size else None,
        "loops_not_closed": int((corrections.after[returned] < 0).sum()),
    }


def _loop_hours(
    log: EventLog, calendar: WorkingCalendar, corrections: Corrections, returned: np.ndarray
) -> np.ndarray:
    """Working hours from each return to the end of the next attempt; returns without one are left out."""
    time_ms = log_columns(log).time_ms
    at = np.flatnonzero(returned & (corrections.after >= 0))
    return calendar.working_ms_between(time_ms[at], time_ms[corrections.after[at]]) / MS_PER_HOUR


def _lost(
    log: EventLog, calendar: WorkingCalendar, corrections: Corrections, returned: np.ndarray
) -> EventHours:
    """What the loops of these returns took of whose time; an event of two loops counts once."""
    at = np.flatnonzero(returned & (corrections.after >= 0))
    elapsed = float(_loop_hours(log, calendar, corrections, returned).sum())
    return stretch_hours(log, calendar, at, corrections.after[at], elapsed)


def _time_share(
    log: EventLog, calendar: WorkingCalendar, corrections: Corrections, returned: np.ndarray
) -> float | None:
    """Hours of loops / working hours of all cases from first to last event."""
    columns = log_columns(log)
    begin, end = columns.time_ms[columns.first_events], columns.time_ms[columns.last_events]
    whole = float(calendar.working_ms_between(begin, end).sum()) / MS_PER_HOUR
    loops = float(_loop_hours(log, calendar, corrections, returned).sum())
    return loops / whole if whole else None
