"""Redundant steps: decisions that always come out the same and make nothing (走过场的审核).

A step with N decisions, k of them not a pass, is reported when the upper end of the 95 % Jeffreys interval
Beta(k + 1/2, N - k + 1/2) is below 1 % (without any objection from 250 decisions on). Example: 1,800
reviews, none of them an objection: the true rate of objections is below 0.14 %.

Three kinds, by what else the log knows:

- `rubber_stamp`: it issues no document and its result leads nowhere else: removing it is proposed;
- `always_passes`: the log does not tell which documents steps issue, so perhaps it makes one;
- `rarely_objects`: its few objections did send cases elsewhere; nothing is proposed.

The step that opens a case is left out (somebody has to take the application), and a step protected by a word
of `mining/data/step_words.yaml` is reported without a proposal. Removing a step saves time only where it
holds up the case: simulate it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import JsonValue

from mining.columns import UNKNOWN_MS, log_columns
from mining.diagnostics.decisions import Decisions, find_decisions
from mining.diagnostics.shared import event_times, examples, per_year, rounded, yearly_factor
from mining.diagnostics.step_words import protected_by
from mining.event_log import APPLICANT, PASS, EventLog
from mining.findings import Finding, Proposal
from mining.grouped import grouped_mode
from mining.statistics import jeffreys_interval
from mining.text import Text
from mining.waiting import EventTimes
from mining.working_time import MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

MAX_OBJECTIONS = 0.01
SIGNIFICANCE = 0.01
"""Below this p-value of Fisher's exact test the route after an objection counts as a different one."""

PURPOSE = Text(zh="查找走过场的审核", en="finding rubber stamps")
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

    `cases` = cases with such a decision, `share` = of all cases. Hours lost = working hours from the moment
    the step could begin to its end, over all its events: waiting for it and doing it. Raises
    `MissingColumnsError` where the log has no results.
    """
    decisions = find_decisions(log, PURPOSE)
    factor = yearly_factor(log, calendar)
    times = event_times(log, calendar)
    found = []
    for candidate in _candidates(log, decisions):
        if candidate.documents_made:
            continue
        found.append(_finding(log, candidate, decisions, times, factor))
    return found


def _candidates(log: EventLog, decisions: Decisions) -> list[_Candidate]:
    columns = log_columns(log)
    opens = np.zeros(columns.n_events, bool)
    opens[columns.first_events] = True
    made = _documents_made(log)
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


def _documents_made(log: EventLog) -> dict[str, int] | None:
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
    log: EventLog, candidate: _Candidate, decisions: Decisions, times: EventTimes, factor: float | None
) -> Finding:
    columns = log_columns(log)
    decided = candidate.decided
    cases = np.unique(columns.case[decided])
    reach_ms = times.reach_ms[decided]
    known = reach_ms != UNKNOWN_MS
    hours = float(reach_ms[known].sum()) / MS_PER_HOUR
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
        "work_minutes_median": _work_minutes(times, decided),
        "other_officer_than_before_share": rounded(_other_officer(log, decided)),
        "hours_known_for_events": int(known.sum()),
        "protected_by": next((w for a in candidate.activities if (w := protected_by(a))), None),
    }
    return Finding(
        kind=kind,
        title=Text(zh=title.zh.format(candidate.name), en=title.en.format(candidate.name)),
        where={"steps": list(candidate.activities), "departments": _departments(log, decided)},
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        hours_lost_per_year=per_year(hours, factor) if known.any() else None,
        evidence=evidence,
        example_cases=examples(columns.case_ids[cases[:10]]),
        proposes=() if kind == "rarely_objects" or evidence["protected_by"] else _proposals(kind, candidate),
    )


def _kind(candidate: _Candidate, p_route: float | None) -> str:
    if p_route is not None and p_route < SIGNIFICANCE:
        return "rarely_objects"
    return "always_passes" if candidate.documents_made is None else "rubber_stamp"


def _proposals(kind: str, candidate: _Candidate) -> tuple[Proposal, ...]:
    caution = _CAUTION_DOCUMENTS if kind == "always_passes" else _CAUTION
    return tuple(
        Proposal(lever="remove_step", parameters={"step": activity}, caution=caution)
        for activity in candidate.activities
    )


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


def _other_officer(log: EventLog, events: np.ndarray) -> float | None:
    """How often somebody else did the step before: where that is a rule, removing the step may break it."""
    if not log.has("officer"):
        return None
    columns = log_columns(log)
    after = events[~np.isin(events, columns.first_events)]
    now, before = log.events["officer"].iloc[after], log.events["officer"].iloc[after - 1]
    both = (now.notna().to_numpy()) & (before.notna().to_numpy())
    return float((now.to_numpy()[both] != before.to_numpy()[both]).mean()) if both.any() else None


def _departments(log: EventLog, events: np.ndarray) -> list[JsonValue]:
    if not log.has("dept"):
        return []
    return [str(name) for name in log.events["dept"].iloc[events].value_counts().index[:5]]
