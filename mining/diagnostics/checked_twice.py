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

from mining.columns import log_columns
from mining.diagnostics.decisions import NOT_A_DECISION, Decisions, find_decisions
from mining.diagnostics.definition import Definition
from mining.diagnostics.departments import department_codes, is_department
from mining.diagnostics.handed_in import find_handed_in
from mining.diagnostics.protection import find_four_eyes, propose_removal, protection_of
from mining.diagnostics.shared import Needs, case_waiting, event_hours, examples, rounded, yearly_factor
from mining.event_log import EventLog
from mining.findings import Effect, Finding
from mining.statistics import jeffreys_interval
from mining.text import Text, folded
from mining.working_time import WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="查找重复审核", en="finding what two departments check"),
    events=("dept",),
)
MIN_JACCARD = 0.8
MAX_OBJECTIONS = 0.01
DEFINITION = Definition(
    ids=("D7",),
    name=Text(zh="重复审核", en="Checked twice"),
    kinds=("checked_twice",),
    definition=Text(
        zh="部门 a 在前、b 在后，所核材料几乎相同，且 a 通过后 b 几乎从不提出异议。没有材料表的日志以环节名（"
        "去掉部门名）代替材料。",
        en="Department a before department b: they look at nearly the same documents, and b hardly ever "
        "objects to "
        "what a passed. In a log without documents the names of their steps (without that of the department) "
        "stand for them.",
    ),
    formula=Text(
        zh="Jaccard = 两部门共同核对的材料数 / 两部门核对的全部材料数；P(b 未通过 | a 通过) 的 95 % Jeffreys "
        "区间上限。",
        en="Jaccard = documents both check / documents either checks; upper end of the 95 % Jeffreys "
        "interval of "
        "P(b does not pass | a passed).",
    ),
    needs=("dept", "result or activity"),
    better_with=("materials.dept", "materials.material_name", "officer", "ts_start"),
    alarm=Text(
        zh="Jaccard 不低于 0.8，且上限低于 1 %。", en="Jaccard at least 0.8 and the upper end below 1 %."
    ),
    hours=Text(
        zh="官员：b 的经手工时；申请人：若在窗口办理，其等待与办理时间；其余为办件等待。",
        en="Officials: touch time of b's steps. Citizens: waits and services where b sits at a counter. The "
        "rest is "
        "waiting of cases.",
    ),
    example=Text(
        zh="a 核 {图纸, 许可证, 执照, 合同}，b 核同样四种加一张表：4 / 5 = 0.8。a 通过的 300 件中 b 无一退"
        "回：上限 0.83 %。",
        en="a checks {drawings, permit, licence, contract}, b the same four and a form: 4 / 5 = 0.8. Of 300 "
        "cases "
        "passed by a, b returned none: at most 0.83 %.",
    ),
    proposes=("remove_step",),
)
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

    `share` = of all cases. Hours lost = what the second department's decisions took of officers' touch time
    and, at a counter, of the applicants' time. Raises `MissingColumnsError` without departments, or without
    results.
    """
    NEEDS.check(log)
    decisions = find_decisions(log, NEEDS.purpose)
    factor = yearly_factor(log, calendar)
    return [_finding(log, calendar, pair, decisions, factor) for pair in _pairs(log, decisions)]


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
    log: EventLog, calendar: WorkingCalendar, pair: _Pair, decisions: Decisions, factor: float | None
) -> Finding:
    columns = log_columns(log)
    at_second = (log.events["dept"] == pair.second).to_numpy(dtype=bool)
    at_second = at_second & (decisions.step != NOT_A_DECISION) & np.isin(columns.case, pair.cases)
    steps = [str(name) for name in log.events["activity"][at_second].value_counts().index]
    hours = event_hours(log, calendar, at_second)
    four_eyes = find_four_eyes(log, np.flatnonzero(at_second))
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
        **hours.lost(factor),
        effect=Effect(
            name="objection_share",
            value=pair.objections / pair.cases.size,
            low=low,
            high=high,
            n=int(pair.cases.size),
        ),
        evidence={
            "checked_by_both": [*pair.checked],
            "jaccard": rounded(pair.jaccard, 3),
            "passed_by_first": int(pair.cases.size),
            "objections_of_second": pair.objections,
            "objection_share_low": rounded(low, 5),
            "objection_share_high": rounded(high, 5),
            **case_waiting(factor, hours.case_waiting),
            "protected_by": protection_of(log, steps, four_eyes),
        },
        example_cases=examples(columns.case_ids[pair.cases[:10]]),
        proposes=propose_removal(log, steps, _CAUTION, four_eyes),
    )
