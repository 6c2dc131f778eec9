"""Repeated steps (重复办理的环节): a case meets a step again although nobody had objected.

An event is a repetition if its case had the step before. After bupaR/edeaR it is a *repeat* if the same
officer does it again and a *redo* if another one does. Repetitions that answer an objection are corrections
and do not count: those with a decision that did not pass between the two (see `decisions`). Where a log has
no results, the reason of a repetition is unknown, and the evidence says so.

A step is reported if at least 5 % of all cases repeat it (an assumption). Nothing is proposed: why a step
comes again (several letters, several items, a form filled in twice) decides what to do about it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.columns import log_columns
from mining.diagnostics.decisions import NOT_A_DECISION, find_decisions
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import (
    Needs,
    case_waiting,
    event_hours,
    examples,
    lost_hours,
    rounded,
    share_effect,
    yearly_factor,
)
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Finding
from mining.statistics import wilson_interval
from mining.text import Text
from mining.working_time import WorkingCalendar

NEEDS = Needs(purpose=Text(zh="查找重复办理的环节", en="finding repeated steps"))
DEFINITION = Definition(
    ids=(),
    name=Text(zh="重复办理的环节", en="Repeated steps"),
    kinds=("repeated_step",),
    definition=Text(
        zh="中间没有异议而再次办理同一环节：同一人为 repeat，换人为 redo（bupaR/edeaR）。没有结果的日志不知其"
        "原因，工时只列为依据。",
        en="A case meets a step again without an objection in between: repeat by the same officer, redo by "
        "another "
        "(bupaR/edeaR). Without results the reason is unknown, and the hours are evidence, not loss.",
    ),
    formula=Text(
        zh="比例 = 无异议而重复该环节的办件 / 全部办件。",
        en="Share = cases that repeat the step without an objection / all cases.",
    ),
    needs=("activity",),
    better_with=("result", "officer", "ts_start"),
    alarm=Text(
        zh="全部办件的 5 %（假定），至多十个环节。", en="5 % of all cases (an assumption), ten steps at most."
    ),
    hours=Text(
        zh="重复的事件所用的官员经手工时与申请人在窗口的时间；其余为办件等待。",
        en="What the repetitions took of officers' touch time and applicants' time at counters; the rest is "
        "waiting of "
        "cases.",
    ),
    example=Text(
        zh="100 件中 8 件在无异议时又做了一次“录入”：8 %，超过 5 %。",
        en="8 of 100 cases meet 'data entry' twice without an objection: 8 %, above 5 %.",
    ),
)
ALARM_SHARE = 0.05
MAX_FINDINGS = 10


def find_repeated_steps(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a step; `cases` = cases that repeat it without an objection, `share` = of all cases.

    Hours lost = what the repetitions took of whose time; None where the log has no results, as a repetition
    with an unknown reason may be needed (the hours are in the evidence). At most the ten steps most cases
    repeat. Needs no column beyond the required ones.
    """
    columns = log_columns(log)
    again, before, objections_known = _repetitions(log)
    factor = yearly_factor(log, calendar)
    pairs = np.unique(np.stack([columns.activity[again], columns.case[again]]), axis=1)
    cases = np.bincount(pairs[0], minlength=columns.n_activities)
    alarming = np.flatnonzero(cases >= max(ALARM_SHARE * columns.n_cases, 1))
    alarming = alarming[np.argsort(-cases[alarming], kind="stable")]
    found = []
    for step in alarming[:MAX_FINDINGS]:
        here = columns.activity[again] == step
        facts: dict[str, JsonValue] = {
            "results_known": objections_known,
            "steps_above_alarm": int(alarming.size),
        }
        found.append(_finding(log, calendar, again[here], before[here], factor, facts))
    return found


def _repetitions(log: EventLog) -> tuple[np.ndarray, np.ndarray, bool]:
    """Positions of repetitions without an objection in between, those of the events they repeat, and whether
    the log tells objections at all."""
    columns = log_columns(log)
    order = np.lexsort((np.arange(columns.n_events), columns.activity, columns.case))
    same = (columns.case[order][1:] == columns.case[order][:-1]) & (
        columns.activity[order][1:] == columns.activity[order][:-1]
    )
    again, before = order[1:][same], order[:-1][same]
    try:
        decisions = find_decisions(log, NEEDS.purpose)
    except MissingColumnsError:
        return again, before, False  # said in the evidence
    objected = (decisions.step != NOT_A_DECISION) & ~decisions.passed
    so_far = np.concatenate([[0], np.cumsum(objected)])
    kept = so_far[again] == so_far[before]
    return again[kept], before[kept], True


def _finding(
    log: EventLog,
    calendar: WorkingCalendar,
    again: np.ndarray,
    before: np.ndarray,
    factor: float | None,
    facts: dict[str, JsonValue],
) -> Finding:
    columns = log_columns(log)
    cases = np.unique(columns.case[again])
    name = str(columns.activities[columns.activity[again[0]]])
    hours = event_hours(log, calendar, again)
    low, high = wilson_interval(int(cases.size), columns.n_cases)
    return Finding(
        kind="repeated_step",
        title=Text(zh=f"“{name}”在同一办件中重复办理", en=f"{name!r} is done again in the same case"),
        where={"step": name},
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        **(hours.lost(factor) if facts["results_known"] else lost_hours(factor)),
        effect=share_effect("repeating_cases_share", int(cases.size), columns.n_cases),
        evidence={
            "repetitions": int(again.size),
            "share_low": rounded(low),
            "share_high": rounded(high),
            **_by_whom(log, again, before),
            "directly_after_itself": int((again == before + 1).sum()),
            "repetition_hours_per_year": hours.lost(factor)["hours_lost_per_year"],
            **case_waiting(factor, hours.case_waiting),
            **facts,
        },
        example_cases=examples(columns.case_ids[cases[:10]]),
    )


def _by_whom(log: EventLog, again: np.ndarray, before: np.ndarray) -> dict[str, JsonValue]:
    """How many repetitions by the same officer and by another, where both are known."""
    if not log.has("officer"):
        return {"repeats": None, "redos": None}
    officer, _ = pd.factorize(log.events["officer"])
    known = (officer[again] >= 0) & (officer[before] >= 0)
    same = officer[again] == officer[before]
    return {"repeats": int((same & known).sum()), "redos": int((~same & known).sum())}
