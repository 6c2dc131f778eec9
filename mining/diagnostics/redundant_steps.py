"""Redundant steps: decisions that always come out the same and make nothing (走过场的审核).

A step with N decisions, k of them not a pass, is reported when the upper end of the 95 % Jeffreys interval
Beta(k + 1/2, N - k + 1/2) is below 1 % (without any objection from 250 decisions on). Example: 1,800
reviews, none of them an objection: the true rate of objections is below 0.14 %.

Three kinds, by what else the log knows:

- `rubber_stamp`: it issues no document and its result leads nowhere else: removing it is proposed;
- `always_passes`: the log does not tell which documents steps issue, so perhaps it makes one;
- `rarely_objects`: its few objections did send cases elsewhere; nothing is proposed.

The step that opens a case is left out (somebody has to take the application), and a protected step
(`protection`: a statute, a four-eyes rule by name or by what the log shows) is reported without a proposal.
Removing a step saves time only where it holds up the case: simulate it.

The finding is the stronger the fewer of its objections are its own (`objections_unique_to_it`: no other step
objected to the case), the shorter it is, and the less its touch time grows with the documents handed in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.columns import UNKNOWN_MS, log_columns
from mining.diagnostics.decisions import NOT_A_DECISION, Decisions, find_decisions
from mining.diagnostics.definition import Definition
from mining.diagnostics.handed_in import find_handed_in
from mining.diagnostics.protection import (
    FourEyes,
    find_four_eyes,
    propose_removal,
    protection_of,
)
from mining.diagnostics.shared import (
    case_waiting,
    event_hours,
    event_times,
    examples,
    rounded,
    touch_hours,
    yearly_factor,
)
from mining.event_log import APPLICANT, PASS, EventLog
from mining.findings import Effect, Finding, Proposal
from mining.grouped import grouped_mode
from mining.statistics import jeffreys_interval
from mining.text import Text
from mining.waiting import EventTimes
from mining.working_time import MS_PER_MINUTE, WorkingCalendar

MAX_OBJECTIONS = 0.01
SIGNIFICANCE = 0.01
"""Below this p-value of Fisher's exact test the route after an objection counts as a different one."""

PURPOSE = Text(zh="查找走过场的审核", en="finding rubber stamps")
DEFINITION = Definition(
    ids=("D7",),
    name=Text(zh="走过场的审核", en="Redundant steps"),
    kinds=("rubber_stamp", "always_passes", "rarely_objects"),
    definition=Text(
        zh="几乎总是通过的决定。rubber_stamp：不产生文书，结果也不改变后续路径；always_passes：日志没有记录环"
        "节出具的文书；"
        "rarely_objects：少数异议确实改变了后续路径（不提建议）。没有结果的事件、撤回、弃号不算决定；看不懂的"
        "结果按异议计；"
        "收件环节与申请人环节不算。",
        en="Decisions that come out the same practically always. rubber_stamp: makes no document, and its "
        "result "
        "leads nowhere else; always_passes: the log does not tell which documents steps issue; "
        "rarely_objects: its "
        "few objections did send cases elsewhere (nothing is proposed). Events without a result and those "
        "the "
        "applicant ended are no decisions; a result nobody understands counts as an objection. The step that "
        "opens "
        "a case and steps of the applicant are left out.",
    ),
    formula=Text(
        zh="N 次决定中 k 次未通过：95 % Jeffreys 区间 Beta(k + ½, N − k + ½) 的上限。",
        en="Of N decisions k are no pass: the upper end of the 95 % Jeffreys interval Beta(k + ½, N − k + "
        "½).",
    ),
    needs=("result or activity",),
    better_with=("issues", "materials.issued_by_step", "officer", "ts_start", "cases.final_result"),
    alarm=Text(
        zh="上限低于 1 %（无一异议时约需 250 次决定）；异议后的去向不同以 Fisher 精确检验 p < 0.01 判断。",
        en="The upper end is below 1 % (without any objection from about 250 decisions on); another route "
        "after an "
        "objection by Fisher's exact test, p < 0.01.",
    ),
    hours=Text(
        zh="官员：这些决定的经手工时；申请人：若在窗口办理，其等待与办理时间；其余为办件等待。",
        en="Officials: touch time of the decisions. Citizens: waits and services where it is done at a "
        "counter. "
        "The rest is waiting of cases.",
    ),
    example=Text(
        zh="审核 2,188 次、0 次异议：真实异议率不高于 0.12 %。",
        en="2,188 reviews, 0 objections: the true rate is at most 0.12 %.",
    ),
    proposes=("remove_step",),
)
TITLES = {
    "rubber_stamp": Text(
        zh="“{0}”从不改变结果，也不产生文书", en="{0!r} never changes the outcome and makes no document"
    ),
    "always_passes": Text(
        zh="“{0}”几乎总是通过（是否产生文书未知）",
        en="{0!r} passes nearly always (whether it makes a document is unknown)",
    ),
    "rarely_objects": Text(zh="“{0}”极少提出异议", en="{0!r} hardly ever objects"),
}
_CAUTION = Text(
    zh="删除前须核对法律依据、职责分离（双人复核）要求，并确认没有日志未记录的作用；先仿真再决定。",
    en="Before removing it check the legal basis and four-eyes rules, and whether it does something the log "
    "does not show; simulate first.",
)
_CAUTION_DOCUMENTS = Text(
    zh="日志没有记录环节产生的文书：删除前须先确认该环节不出具文书，并核对法律依据与职责分离要求。",
    en="The log does not tell which documents steps make: confirm first that this one makes none, then "
    "check the legal basis and four-eyes rules.",
)


@dataclass(frozen=True)
class _Candidate:
    name: str
    activities: tuple[str, ...]
    decided: np.ndarray  # positions of its decisions
    objections: int
    documents_made: int | None  # None: the log does not tell


def find_redundant_steps(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a step that passes nearly everything, see the module for the three kinds.

    `cases` = cases with such a decision, `share` = of all cases. Hours lost = what the decisions took of
    officers' touch time and, at a counter, of the applicants' time. Raises `MissingColumnsError` where the
    log has no results.
    """
    decisions = find_decisions(log, PURPOSE)
    factor = yearly_factor(log, calendar)
    times = event_times(log, calendar)
    found = []
    for candidate in _candidates(log, decisions):
        if candidate.documents_made:
            continue
        found.append(_finding(log, calendar, candidate, decisions, times, factor))
    return found


def _candidates(log: EventLog, decisions: Decisions) -> list[_Candidate]:
    columns = log_columns(log)
    opens = np.zeros(columns.n_events, bool)
    opens[columns.first_events] = True
    made = documents_made(log)
    found = []
    for code, name in enumerate(decisions.names):
        decided = np.flatnonzero(decisions.step == code)
        objections = int((~decisions.passed[decided]).sum())
        if decided.size == 0 or jeffreys_interval(objections, decided.size)[1] >= MAX_OBJECTIONS:
            continue
        if opens[decided].mean() > 0.5 or _mostly_by_applicant(log, decided):
            continue
        activities = decisions.activities[code]
        documents = None if made is None else sum(made.get(activity, 0) for activity in activities)
        found.append(_Candidate(name, activities, decided, objections, documents))
    return found


def _mostly_by_applicant(log: EventLog, events: np.ndarray) -> bool:
    if not log.has("place"):
        return False
    return bool((log.events["place"].iloc[events] == APPLICANT).mean() > 0.5)


def documents_made(log: EventLog) -> dict[str, int] | None:
    """Step -> events that issued something, from `issues` and `issued_by_step`; None if there is neither."""
    counts: dict[str, int] | None = None
    if log.has("issues"):
        issuing = log.events.loc[log.events["issues"].fillna("").str.strip() != "", "activity"]
        counts = {str(step): int(n) for step, n in issuing.value_counts().items()}
    if "issued_by_step" in log.materials.columns and bool(log.materials["issued_by_step"].notna().any()):
        counts = counts or {}
        for step, n in log.materials["issued_by_step"].value_counts().items():
            counts[str(step)] = counts.get(str(step), 0) + int(n)
    return counts


def _finding(
    log: EventLog,
    calendar: WorkingCalendar,
    candidate: _Candidate,
    decisions: Decisions,
    times: EventTimes,
    factor: float | None,
) -> Finding:
    columns = log_columns(log)
    decided = candidate.decided
    cases = np.unique(columns.case[decided])
    hours = event_hours(log, calendar, decided)
    four_eyes = find_four_eyes(log, decided)
    p_route = _p_route(log, candidate, decisions)
    kind = _kind(candidate, p_route)
    title = TITLES[kind]
    low, high = jeffreys_interval(candidate.objections, decided.size)
    evidence: dict[str, JsonValue] = {
        "decisions": int(decided.size),
        "objections": candidate.objections,
        "objection_share_low": rounded(low, 5),
        "objection_share_high": rounded(high, 5),
        "documents_made": candidate.documents_made,
        "result_read_from": "names of steps" if decisions.from_names else "result",
        "other_route_after_objection_p_value": rounded(p_route),
        "final_outcome_depends_p_value": rounded(_p_outcome(log, candidate, decisions)),
        "objections_unique_to_it": _own_objections(log, candidate, decisions),
        "work_minutes_median": _work_minutes(times, decided),
        "touch_by_documents_correlation": rounded(_grows_with_documents(log, calendar, decided), 2),
        "other_officer_than_before_share": rounded(four_eyes.other_officer_share if four_eyes else None),
        "same_officer_expected_by_chance": rounded(four_eyes.expected_same if four_eyes else None, 1),
        "hours_known_for_events": int((times.reach_ms[decided] != UNKNOWN_MS).sum()),
        **case_waiting(factor, hours.case_waiting),
        "protected_by": protection_of(log, candidate.activities, four_eyes),
    }
    return Finding(
        kind=kind,
        title=Text(zh=title.zh.format(candidate.name), en=title.en.format(candidate.name)),
        where={"steps": list(candidate.activities), "departments": _departments(log, decided)},
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        **hours.lost(factor),
        effect=Effect(
            name="objection_share",
            value=candidate.objections / decided.size,
            low=low,
            high=high,
            n=int(decided.size),
        ),
        evidence=evidence,
        example_cases=examples(columns.case_ids[cases[:10]]),
        proposes=() if kind == "rarely_objects" else _proposals(log, kind, candidate, four_eyes),
    )


def _kind(candidate: _Candidate, p_route: float | None) -> str:
    if p_route is not None and p_route < SIGNIFICANCE:
        return "rarely_objects"
    return "always_passes" if candidate.documents_made is None else "rubber_stamp"


def _proposals(
    log: EventLog, kind: str, candidate: _Candidate, four_eyes: FourEyes | None
) -> tuple[Proposal, ...]:
    caution = _CAUTION_DOCUMENTS if kind == "always_passes" else _CAUTION
    return propose_removal(log, candidate.activities, caution, four_eyes)


def _own_objections(log: EventLog, candidate: _Candidate, decisions: Decisions) -> int:
    """Objections to cases no other step objected to: what would be missed without this one."""
    case = log_columns(log).case
    objected = (decisions.step != NOT_A_DECISION) & ~decisions.passed
    own = np.zeros(objected.size, bool)
    own[candidate.decided] = True
    elsewhere = np.unique(case[objected & ~own])
    return int((~np.isin(case[objected & own], elsewhere)).sum())


def _grows_with_documents(log: EventLog, calendar: WorkingCalendar, events: np.ndarray) -> float | None:
    """Spearman's rank correlation of touch time and documents of the case; None where either is unknown."""
    touch = touch_hours(log, calendar)[events]
    if log.materials.empty or "case_id" not in log.materials.columns:
        return None
    columns = log_columns(log)
    code = columns.codes_of_cases(find_handed_in(log).rows["case_id"].astype("object"))
    documents = np.bincount(code[code >= 0], minlength=columns.n_cases)[columns.case[events]]
    known = touch > 0
    if known.sum() < 3 or np.unique(documents[known]).size < 2 or np.unique(touch[known]).size < 2:
        return None
    ranks = [pd.Series(values[known]).rank().to_numpy() for values in (touch, documents)]
    return float(np.corrcoef(ranks)[0, 1])


def _p_route(log: EventLog, candidate: _Candidate, decisions: Decisions) -> float | None:
    """Fisher's exact test: is the usual next step rarer after an objection? None without objections."""
    if candidate.objections == 0:
        return None
    columns = log_columns(log)
    following = np.append(columns.activity[1:], -1)
    following[columns.last_events] = columns.n_activities  # the end counts as a step of its own
    here = following[candidate.decided]
    usual = here == grouped_mode(np.zeros(here.size, "int64"), here, 1)[0]
    return _fisher(decisions.passed[candidate.decided], usual)


def _p_outcome(log: EventLog, candidate: _Candidate, decisions: Decisions) -> float | None:
    """Fisher's exact test of the step's result against the final one; None where there is nothing to test."""
    if candidate.objections == 0 or "final_result" not in log.cases.columns:
        return None
    columns = log_columns(log)
    final = log.cases.set_index("case_id")["final_result"].reindex(columns.case_ids)
    known = final.notna().to_numpy()[columns.case[candidate.decided]]
    if not known.any():
        return None
    good = (final == PASS).to_numpy(dtype=bool)[columns.case[candidate.decided]]
    return _fisher(decisions.passed[candidate.decided][known], good[known])


def _fisher(first: np.ndarray, second: np.ndarray) -> float:
    from scipy.stats import fisher_exact  # takes two seconds to import, and most logs do without

    table = np.bincount(first.astype("int64") * 2 + second, minlength=4).reshape(2, 2)
    return float(fisher_exact(table).pvalue)


def _work_minutes(times: EventTimes, events: np.ndarray) -> float | None:
    worked = times.work_ms[events]
    worked = worked[worked > 0]  # no time at all means that the end is not known
    return rounded(float(np.median(worked)) / MS_PER_MINUTE, 1) if worked.size else None


def _departments(log: EventLog, events: np.ndarray) -> list[JsonValue]:
    if not log.has("dept"):
        return []
    return [str(name) for name in log.events["dept"].iloc[events].value_counts().index[:5]]
