"""The same check in several departments (同一核验多次): identity, papers, or a stamp, once in each.

A step does a check if its name holds one of the words of that check (`same_check_...` in
`mining/data/step_words.yaml`): 身份核验, 材料复核, 盖章. A check is repeated in a case if another department
did it before on the same journey. Reported is each check that is repeated in at least 5 % of all cases, with
the steps that repeat it.

Removal of the repeating steps is proposed unless they object to more than 1 % of the cases for all the log
can say (the upper end of the 95 % Jeffreys interval; a log without results cannot say), make documents, or
are protected. Example: the tax office and the bank each check the identity of a founder the market authority
has checked before: two repetitions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.columns import log_columns
from mining.diagnostics.decisions import NOT_A_DECISION, Decisions, find_decisions
from mining.diagnostics.definition import Definition
from mining.diagnostics.departments import UNKNOWN, department_codes
from mining.diagnostics.protection import (
    FourEyes,
    find_four_eyes,
    propose_removal,
    protection_of,
)
from mining.diagnostics.redundant_steps import MAX_OBJECTIONS, documents_made
from mining.diagnostics.shared import (
    Needs,
    case_waiting,
    event_hours,
    examples,
    rounded,
    share_effect,
    yearly_factor,
)
from mining.diagnostics.step_words import CHECKS, Check, check_at
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Finding, Proposal
from mining.journeys import journey_ids
from mining.statistics import jeffreys_upper
from mining.text import Text
from mining.working_time import WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="查找多个部门重复的同一核验", en="finding one check in several departments"),
    events=("dept",),
)
ALARM_SHARE = 0.05
"""Reported if at least this share of all cases has the check again (an assumption)."""
TITLES: dict[Check, Text] = {
    "identity": Text(
        zh="多个部门重复核验同一人的身份", en="Several departments check the identity of one person"
    ),
    "documents": Text(
        zh="多个部门重复复核同样的材料", en="Several departments check the same papers for completeness"
    ),
    "seal": Text(zh="多个部门先后盖章", en="Several departments put their stamp on one case"),
}
DEFINITION = Definition(
    ids=("D7",),
    name=Text(zh="同一核验多次", en="The same check in several departments"),
    kinds=("same_check",),
    definition=Text(
        zh="环节名中含同一核验的词（身份核验、材料复核、盖章及其同义词，词表可编辑），且同一件事中另一部门此"
        "前已做过同一核验。",
        en="A step whose name holds a word of a check (identity, papers, stamp; an editable list), on a "
        "journey of which "
        "another department has done the same check before.",
    ),
    formula=Text(
        zh="比例 = 有重复核验的办件 / 全部办件。", en="Share = cases with a repeated check / all cases."
    ),
    needs=("activity", "dept"),
    better_with=("result", "issues", "officer", "ts_start", "journey_id"),
    alarm=Text(zh="全部办件的 5 % 以上（假定）。", en="5 % of all cases (an assumption)."),
    hours=Text(
        zh="重复核验所用的官员经手工时与申请人在窗口的时间；其余为办件等待。",
        en="What the repetitions took of officers' touch time and applicants' time at counters; the rest is "
        "waiting of "
        "cases.",
    ),
    example=Text(
        zh="市监局、税务局、银行各做一次身份核验：后两次为重复。",
        en="Market authority, tax office and bank each check the identity: the second and third are "
        "repetitions.",
    ),
    proposes=("remove_step",),
)
_CAUTION = Text(
    zh="建议结果互认、并入首次核验：须核对法律依据与各部门责任，先仿真再决定。",
    en="Accept the first department's check instead: look at the legal basis and who is responsible; "
    "simulate "
    "first.",
)


@dataclass(frozen=True)
class _Repetitions:
    events: np.ndarray  # positions of the repeating events
    departments: dict[str, int]  # department -> its repetitions


def find_same_check(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a check; `cases` = cases with a repetition, `share` = of all cases.

    Hours lost = what the repetitions took of whose time. Raises `MissingColumnsError` without departments.
    """
    NEEDS.check(log)
    n_cases = log_columns(log).n_cases
    found = []
    for check in CHECKS:
        again = _repetitions(log, check)
        cases = np.unique(log_columns(log).case[again.events])
        if cases.size >= max(ALARM_SHARE * n_cases, 1):
            found.append(_finding(log, calendar, check, again, cases))
    return found


def _repetitions(log: EventLog, check: Check) -> _Repetitions:
    """Events of the check of which another department had one before on the same journey."""
    columns = log_columns(log)
    dept, names = department_codes(log)
    of_step = np.array([check_at(str(name)) == check for name in columns.activities], bool)
    at = np.flatnonzero(of_step[columns.activity] & (dept != UNKNOWN))
    journey, _ = pd.factorize(journey_ids(log))
    at = at[np.lexsort((at, columns.time_ms[at], journey[at]))]
    first = np.ones(at.size, bool)
    first[1:] = journey[at][1:] != journey[at][:-1]
    opening = dept[at][first][np.cumsum(first) - 1]  # the department that did it first
    again = at[dept[at] != opening]
    counts = np.bincount(dept[again], minlength=len(names))
    return _Repetitions(np.sort(again), {names[code]: int(counts[code]) for code in np.flatnonzero(counts)})


def _finding(
    log: EventLog, calendar: WorkingCalendar, check: Check, again: _Repetitions, cases: np.ndarray
) -> Finding:
    columns, factor = log_columns(log), yearly_factor(log, calendar)
    hours = event_hours(log, calendar, again.events)
    steps = [str(name) for name in log.events["activity"].iloc[again.events].value_counts().index]
    decided, objections = _objections(log, again.events)
    four_eyes = find_four_eyes(log, again.events)
    evidence: dict[str, JsonValue] = {
        "repetitions": int(again.events.size),
        "repetitions_by_department": dict(again.departments),
        "decisions": decided,
        "objections": objections,
        **case_waiting(factor, hours.case_waiting),
        "protected_by": protection_of(log, steps, four_eyes),
    }
    return Finding(
        kind="same_check",
        title=TITLES[check],
        where={"check": check, "steps": [*steps], "departments": sorted(again.departments)},
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        **hours.lost(factor),
        effect=share_effect("repeated_check_cases_share", int(cases.size), columns.n_cases),
        evidence=evidence,
        example_cases=examples(columns.case_ids[cases[:10]]),
        proposes=_proposals(log, steps, (decided, objections), four_eyes),
    )


def _objections(log: EventLog, events: np.ndarray) -> tuple[int, int]:
    """Decisions among these events, and how many of them were no pass; (0, 0) in a log without results."""
    decisions = _decisions(log)
    if decisions is None:
        return 0, 0
    decided = events[decisions.step[events] != NOT_A_DECISION]
    return int(decided.size), int((~decisions.passed[decided]).sum())


def _decisions(log: EventLog) -> Decisions | None:
    try:
        return find_decisions(log, NEEDS.purpose)
    except MissingColumnsError:
        return None  # the evidence counts no decision


def _proposals(
    log: EventLog, steps: list[str], decided: tuple[int, int], four_eyes: FourEyes | None
) -> tuple[Proposal, ...]:
    made, (n, objections) = documents_made(log), decided
    if made is None or any(made.get(step, 0) for step in steps):
        return ()
    if jeffreys_upper(objections, n) >= MAX_OBJECTIONS:
        return ()
    return propose_removal(log, steps, _CAUTION, four_eyes)
