"""Checked twice (重复审核): two departments look at the same documents, and the second finds nothing.

Departments a, then b: flagged when

- the sets of documents they check are alike: Jaccard index (shared / all) of at least 0.8. In a log without
  materials the names of their steps stand for the documents; and
- b hardly ever objects to what a passed: the upper end of the 95 % Jeffreys interval of
  P(b does not pass | a passed) is below 1 %.

Example: 消防 checks drawings and permit, 人防 the same two: Jaccard 1. After 400 cases passed by 消防, 人防
objected to none, so to 0.63 % at most -> a joint check, or mutual recognition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from mining.columns import UNKNOWN_MS, log_columns
from mining.diagnostics.decisions import NOT_A_DECISION, Decisions, find_decisions
from mining.diagnostics.departments import department_codes, is_department
from mining.diagnostics.handed_in import find_handed_in
from mining.diagnostics.shared import Needs, event_times, examples, per_year, rounded, yearly_factor
from mining.diagnostics.step_words import protected_by
from mining.diagnostics.word_lists import folded
from mining.event_log import EventLog
from mining.findings import Finding, Proposal
from mining.statistics import jeffreys_interval
from mining.text import Text
from mining.working_time import MS_PER_HOUR, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="查找重复审核", en="finding what two departments check"),
    events=("dept",),
)
MIN_JACCARD = 0.8
MAX_OBJECTIONS = 0.01
_CAUTION = Text(
    zh="须核对法律依据与职责分工；可改为联合审核或结果互认，先仿真再决定。",
    en="Check the legal basis and who is responsible; a joint check or mutual recognition may do. "
    "Simulate first.",
)


@dataclass(frozen=True)
class _Pair:
    first: str
    second: str
    jaccard: float
    checked: tuple[str, ...]  # what both look at
    cases: np.ndarray  # codes of the cases the first passed and the second decided after it
    objections: int


def find_checked_twice(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a pair of departments; `cases` = those the first passed and the second decided afterwards.

    `share` = of all cases. Hours lost = working hours from the moment the second department's steps could
    begin to their end. Raises `MissingColumnsError` without departments, or without results.
    """
    NEEDS.check(log)
    decisions = find_decisions(log, NEEDS.purpose)
    factor = yearly_factor(log, calendar)
    reach_ms = event_times(log, calendar).reach_ms
    return [_finding(log, pair, decisions, reach_ms, factor) for pair in _pairs(log, decisions)]


def _pairs(log: EventLog, decisions: Decisions) -> Iterator[_Pair]:
    checked = _documents_by_department(log) or _labels_by_department(log)
    dept_code, names = department_codes(log)
    for first, second in permutations(sorted(checked), 2):
        shared, union = checked[first] & checked[second], checked[first] | checked[second]
        jaccard = len(shared) / len(union)
        if jaccard < MIN_JACCARD:
            continue
        cases, objections = _after_a_pass(log, decisions, dept_code, names.index(first), names.index(second))
        if jeffreys_interval(objections, cases.size)[1] < MAX_OBJECTIONS:
            yield _Pair(first, second, jaccard, tuple(sorted(shared)), cases, objections)


def _documents_by_department(log: EventLog) -> dict[str, set[str]]:
    if log.materials.empty or "dept" not in log.materials.columns:
        return {}
    rows = find_handed_in(log).rows.dropna(subset=["dept"])
    rows = rows[rows["dept"].isin(log.events["dept"].dropna().unique())]
    return {
        str(dept): set(documents) for dept, documents in rows.groupby("dept")["document"].unique().items()
    }


def _labels_by_department(log: EventLog) -> dict[str, set[str]]:
    pairs = log.events[["dept", "activity"]].dropna().drop_duplicates()
    found: dict[str, set[str]] = {}
    for dept, activity in zip(pairs["dept"], pairs["activity"], strict=True):
        # 市监局身份核验 and 税务局身份核验 are one check of two departments
        if not is_department(str(dept)):
            continue
        found.setdefault(str(dept), set()).add(folded(str(activity)).replace(folded(str(dept)), ""))
    return found


def _after_a_pass(
    log: EventLog, decisions: Decisions, dept_code: np.ndarray, first: int, second: int
) -> tuple[np.ndarray, int]:
    """Cases the first department passed (its last decision before the second's first), and the second's
    objections among its first decisions there."""
    columns = log_columns(log)
    decided = decisions.step != NOT_A_DECISION
    of_second = np.flatnonzero(decided & (dept_code == second))
    cases, at = np.unique(columns.case[of_second], return_index=True)
    opening = of_second[at]  # the first decision of the second department in each case
    of_first = np.flatnonzero(decided & (dept_code == first))
    before = np.searchsorted(of_first, opening) - 1
    latest = of_first[np.maximum(before, 0)] if of_first.size else np.zeros(opening.size, "int64")
    follows = (before >= 0) & (columns.case[latest] == cases)
    kept = follows & decisions.passed[latest]
    return cases[kept], int((~decisions.passed[opening[kept]]).sum())


def _finding(
    log: EventLog, pair: _Pair, decisions: Decisions, reach_ms: np.ndarray, factor: float | None
) -> Finding:
    columns = log_columns(log)
    at_second = (log.events["dept"] == pair.second).to_numpy(dtype=bool)
    at_second = at_second & (decisions.step != NOT_A_DECISION) & np.isin(columns.case, pair.cases)
    steps = [str(name) for name in log.events["activity"][at_second].value_counts().index]
    known = at_second & (reach_ms != UNKNOWN_MS)
    low, high = jeffreys_interval(pair.objections, pair.cases.size)
    return Finding(
        kind="checked_twice",
        title=Text(
            zh=f"{pair.second}重复审核{pair.first}已通过的内容",
            en=f"{pair.second} checks again what {pair.first} has passed",
        ),
        where={"departments": [pair.first, pair.second], "steps": [*steps]},
        cases=int(pair.cases.size),
        share=rounded(pair.cases.size / columns.n_cases),
        hours_lost_per_year=per_year(float(reach_ms[known].sum()) / MS_PER_HOUR, factor)
        if known.any()
        else None,
        evidence={
            "checked_by_both": [*pair.checked],
            "jaccard": rounded(pair.jaccard, 3),
            "passed_by_first": int(pair.cases.size),
            "objections_of_second": pair.objections,
            "objection_share_low": rounded(low, 5),
            "objection_share_high": rounded(high, 5),
        },
        example_cases=examples(columns.case_ids[pair.cases[:10]]),
        proposes=_proposals(steps),
    )


def _proposals(steps: list[str]) -> tuple[Proposal, ...]:
    if any(protected_by(step) for step in steps):
        return ()
    return tuple(Proposal(lever="remove_step", parameters={"step": step}, caution=_CAUTION) for step in steps)
