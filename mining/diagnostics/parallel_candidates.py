"""Steps done one after another although nothing forces the order (可并联办理).

From the documents: a branch (see `branches`) needs another if it asks for a document that one issues,
directly or over others in between. A group is a longest run of neighbouring branches, of different
departments, usually done in this order, none of which needs another. Example: after the licence the tax
office asks for licence and seal, the housing fund for the licence, the bank for licence and seal. None
issues what another asks for, so the three can run at the same time; the engraver, who issues the seal, cannot
join them, unless an electronic seal stands in for it (`mining/data/electronic_documents.yaml`).

Saving: of the times T the branches take (from the end of what came before to their own end, in working
hours), sum - max is the most parallel work can save a case; it is a bound, simulate the change. Against it
stands work that a rejection elsewhere would make useless: rejection rate x time of the others.

This is a test of documents only: whether the law lets a department begin before another decided is not in
the log. A log that does not tell which step issues which document gives no group.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import networkx as nx
import numpy as np
from pydantic import JsonValue

from mining.columns import log_columns
from mining.diagnostics.branches import MIN_ORDER_SHARE, Branch, BranchTimes, branch_times, usual_branches
from mining.diagnostics.definition import Definition
from mining.diagnostics.document_flow import DocumentFlow, electronic_documents, find_document_flow
from mining.diagnostics.shared import (
    Needs,
    case_waiting,
    examples,
    listed,
    lost_hours,
    rounded,
    yearly_factor,
)
from mining.diagnostics.step_events import mean_interval
from mining.event_log import DECLINE, REJECT, EventLog
from mining.findings import Effect, Finding, Proposal
from mining.text import Text
from mining.touch_times import believed_officers
from mining.working_time import MS_PER_HOUR, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="查找可并联的环节", en="finding steps that could run in parallel"),
    events=("dept",),
    materials=("activity", "material_name"),
)
DEFINITION = Definition(
    ids=("D8",),
    name=Text(zh="可并联的环节", en="Parallel candidates"),
    kinds=("parallel_candidates",),
    definition=Text(
        zh="分支：常见顺序中同一部门相邻的环节。按材料依赖图，分支需要另一分支出具（直接或间接）的文书时不能"
        "并联。一段相邻、分属不同部门、"
        "互不需要、也不总由同一人办理的分支可以并联；终局退回超过 10 % 的分支应在前把关。仅差电子形式的文书（"
        "如公章）列为条件。"
        "只是材料检验：法定前置条件须另行核对。",
        en="Branch: neighbouring steps of one department in the usual order. A branch needs another that "
        "issues a "
        "document it asks for, directly or over others. Neighbouring branches of different departments, none "
        "needing another, not done by one officer as a rule, none rejecting more than 10 % for good, could "
        "run "
        "side by side. Where only documents with an electronic stand-in (such as the seal) keep them apart, "
        "that is the condition. A test of documents only: legal preconditions are not in the log.",
    ),
    formula=Text(
        zh="a、b 可并联 ⟺ 出具(a) ∩ 所需(b) = ∅（含传递）；每件至多节省 Σd − max d（d 为各分支用时）。",
        en="a and b are independent if issued(a) ∩ asked(b) = ∅, transitively; a case saves at most Σd − max "
        "d of the "
        "branches' times d.",
    ),
    needs=(
        "dept",
        "materials.activity",
        "materials.material_name",
        "issues or materials.issued_by_step",
    ),
    better_with=("result", "officer", "ts_start", "cases.ts_finish"),
    alarm=Text(
        zh="80 % 的办件依此顺序（假定），30 件以上。没有材料数据时不作猜测。",
        en="Begun in this order in 80 % of the cases that have both (an assumption), 30 cases. Without "
        "documents nothing "
        "is guessed.",
    ),
    hours=Text(
        zh="不计任何人的工时；可省的是办件等待（上限，应以仿真为准）。",
        en="Nobody's hours: what could be saved is waiting of cases, a bound; simulate it.",
    ),
    example=Text(
        zh="领照之后：刻章 1 小时、核税 2 小时、公积金 1 小时：每件至多省 4 − 2 = 2 小时。",
        en="After the licence: seal 1 h, tax 2 h, housing fund 1 h: at most 4 − 2 = 2 hours a case.",
    ),
    proposes=("parallel_approval", "share_materials"),
)
MIN_CASES = 30
MAX_SAME_OFFICER = 0.5
"""Branches one officer does together in more than this share of the cases are one desk (an assumption)."""
MAX_REJECTIONS = 0.10
"""A branch that rejects more than this for good filters cases for the others: it stays before them."""

_CAUTION = Text(
    zh="仅依据材料判断：须核对是否有法定前置条件，以及一个部门退回时其他部门如何处理。",
    en="This looks at documents only: check legal preconditions, and what the others do when one returns "
    "the case.",
)
_CAUTION_SHARE = Text(
    zh="并联的前提：这些材料须有电子形式（如电子印章），在需要时即可调取。",
    en="A condition of parallel work here: these documents exist electronically (such as an electronic seal) "
    "as soon as they are needed.",
)


@dataclass(frozen=True)
class _Group:
    first: int  # position of the first branch in the usual order
    size: int
    conditions: tuple[str, ...]  # documents that must be electronic


def find_parallel_candidates(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a group of branches; `cases` = cases with all its branches, `share` = of all cases.

    Nobody's hours are lost: the bound on what running them in parallel saves is waiting of cases. Raises
    `MissingColumnsError` where the log does not tell departments, documents asked for, or documents issued.
    """
    NEEDS.check(log)
    flow = find_document_flow(log)
    branches = usual_branches(log)
    times = branch_times(log, branches)
    factor = yearly_factor(log, calendar)
    return [
        finding
        for group in _groups(log, branches, times, flow)
        if (finding := _finding(log, branches, times, flow, group, calendar, factor)) is not None
    ]


def _groups(
    log: EventLog, branches: tuple[Branch, ...], times: BranchTimes, flow: DocumentFlow
) -> list[_Group]:
    """Longest runs of branches that fit together, with the electronic stand-ins where they make it longer."""
    joinable = _joinable(log, branches, times)
    today = _independent(branches, flow, frozenset())
    relaxed = _independent(branches, flow, electronic_documents())
    found = []
    for first, size in _longest_runs(joinable & relaxed, branches):
        members = branches[first : first + size]
        conditions = tuple(sorted(_passed_between(members, flow))) if not _all(today, first, size) else ()
        found.append(_Group(first, size, conditions))
    return found


def _all(fits: np.ndarray, first: int, size: int) -> bool:
    block = fits[first : first + size, first : first + size]
    return bool(block[np.triu_indices(size, 1)].all())


def _longest_runs(fits: np.ndarray, branches: tuple[Branch, ...]) -> list[tuple[int, int]]:
    """(first, size) of each run all of whose pairs fit and that lies in no longer one; at least two long."""
    runs: list[tuple[int, int]] = []
    for first in range(len(branches)):
        size = 1
        while first + size < len(branches) and _all(fits, first, size + 1):
            size += 1
        inside = runs and runs[-1][0] + runs[-1][1] >= first + size
        if size >= 2 and not inside:
            runs.append((first, size))
    return runs


def _joinable(log: EventLog, branches: tuple[Branch, ...], times: BranchTimes) -> np.ndarray:
    """[i, j], i < j: other departments, usually in this order, enough cases, and i rejects few for good."""
    n = len(branches)
    fits = np.zeros((n, n), bool)
    rejections = [_rejection_rate(log, branch) for branch in branches]
    officer = _officer_of_branch(log, branches)
    for i, j in combinations(range(n), 2):
        both = times.seen[:, i] & times.seen[:, j]
        in_order = times.end_ms[both, i] <= times.begin_ms[both, j]
        fits[i, j] = (
            branches[i].dept != branches[j].dept
            and np.count_nonzero(both) >= MIN_CASES
            and in_order.mean() >= MIN_ORDER_SHARE
            and rejections[i] <= MAX_REJECTIONS
            and _same_officer(officer[:, i], officer[:, j]) <= MAX_SAME_OFFICER
        )
    return fits


def _officer_of_branch(log: EventLog, branches: tuple[Branch, ...]) -> np.ndarray:
    """For each case (row) and branch (column) the officer of its last event there; -1 where unknown."""
    columns = log_columns(log)
    found = np.full((columns.n_cases, len(branches)), -1, "int64")
    officer = believed_officers(log)
    if officer is not None:
        for number, branch in enumerate(branches):
            events = np.flatnonzero(np.isin(columns.activity, branch.codes) & (officer >= 0))
            found[columns.case[events], number] = officer[events]
    return found


def _same_officer(a: np.ndarray, b: np.ndarray) -> float:
    known = (a >= 0) & (b >= 0)
    return float((a[known] == b[known]).mean()) if known.any() else 0.0


def _rejection_rate(log: EventLog, branch: Branch) -> float:
    if not log.has("result"):
        return 0.0
    columns = log_columns(log)
    here = np.isin(columns.activity, branch.codes)
    rejected = here & log.events["result"].isin([REJECT, DECLINE]).to_numpy()
    cases = np.unique(columns.case[here]).size
    return float(np.unique(columns.case[rejected]).size / cases) if cases else 0.0


def _independent(branches: tuple[Branch, ...], flow: DocumentFlow, electronic: frozenset[str]) -> np.ndarray:
    """[i, j]: branch j needs nothing of branch i, directly or over branches in between."""
    needs = nx.DiGraph()
    needs.add_nodes_from(range(len(branches)))
    for i, j in combinations(range(len(branches)), 2):
        if flow.issued_by(branches[i].steps) & flow.asked_by(branches[j].steps) - electronic:
            needs.add_edge(i, j)
    free = np.ones((len(branches), len(branches)), bool)
    for i, j in nx.transitive_closure(needs).edges:
        free[i, j] = False
    return free


def _passed_between(branches: tuple[Branch, ...], flow: DocumentFlow) -> set[str]:
    return {
        document
        for earlier, later in combinations(branches, 2)
        for document in flow.issued_by(earlier.steps) & flow.asked_by(later.steps)
    }


def _finding(
    log: EventLog,
    branches: tuple[Branch, ...],
    times: BranchTimes,
    flow: DocumentFlow,
    group: _Group,
    calendar: WorkingCalendar,
    factor: float | None,
) -> Finding | None:
    columns = log_columns(log)
    members = branches[group.first : group.first + group.size]
    hours, cases = _branch_hours(times, group, calendar)
    if cases.size < MIN_CASES:
        return None
    saved = _saved(hours)
    low, high = mean_interval(columns.time_ms[columns.first_events[cases]], saved)
    mean = float(saved.mean())
    return Finding(
        kind="parallel_candidates",
        title=_title(members, group),
        where={
            "steps": [step for branch in members for step in branch.steps],
            "departments": [branch.dept for branch in members],
        },
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        **lost_hours(factor),
        effect=Effect(
            name="saved_hours_per_case_at_most_mean", value=mean, low=low, high=high, n=int(cases.size)
        ),
        evidence={
            **_evidence(log, members, flow, group, hours),
            **case_waiting(factor, float(saved.sum())),
        },
        example_cases=examples(columns.case_ids[cases[np.argsort(-saved, kind="stable")[:5]]]),
        proposes=_proposals(members, group),
    )


def _title(members: tuple[Branch, ...], group: _Group) -> Text:
    names = listed([branch.steps[0] for branch in members], most=6)
    if not group.conditions:
        return Text(
            zh=f"{names.zh}互不需要对方的材料，可以并联办理",
            en=f"{names.en} need nothing from each other and could run in parallel",
        )
    documents = listed([*group.conditions], most=6)
    return Text(
        zh=f"若{documents.zh}有电子形式，{names.zh}可以并联办理",
        en=f"With {documents.en} in electronic form, {names.en} could run in parallel",
    )


def _saved(hours: np.ndarray) -> np.ndarray:
    return hours.sum(axis=1) - hours.max(axis=1)


def _evidence(
    log: EventLog, members: tuple[Branch, ...], flow: DocumentFlow, group: _Group, hours: np.ndarray
) -> dict[str, JsonValue]:
    saved = _saved(hours)
    today = _longest_runs(_independent(members, flow, frozenset()), members) if group.conditions else []
    return {
        "branches": [[*branch.steps] for branch in members],
        "branch_hours_mean": [rounded(float(mean), 2) for mean in hours.mean(axis=0)],
        "saved_hours_per_case_at_most_mean": rounded(float(saved.mean()), 2),
        "saved_hours_per_case_at_most_p90": rounded(float(np.quantile(saved, 0.9)), 2),
        "rejection_shares": [rounded(_rejection_rate(log, branch)) for branch in members],
        "wasted_hours_per_case_if_rejected": rounded(_wasted(log, members, hours), 3),
        "only_if_electronic": [*group.conditions],
        "independent_without_it": [[*members[i].steps] for a, n in today for i in range(a, a + n)],
        "documents_issued": {b.dept: [*sorted(flow.issued_by(b.steps))] for b in members},
    }


def _branch_hours(
    times: BranchTimes, group: _Group, calendar: WorkingCalendar
) -> tuple[np.ndarray, np.ndarray]:
    """Working hours of each branch of the group (columns) in the cases that have all, in the usual order."""
    inside = slice(group.first, group.first + group.size)
    begin, end = times.begin_ms[:, inside], times.end_ms[:, inside]
    in_order = (np.diff(end, axis=1) >= 0).all(axis=1)
    cases = np.flatnonzero((end >= 0).all(axis=1) & in_order)
    begin, end = begin[cases], end[cases]
    # the first branch counts from its own begin: what the case waited for before is not known here
    since = np.concatenate([begin[:, :1], end[:, :-1]], axis=1)
    hours = calendar.working_ms_between(since.ravel(), end.ravel()).reshape(end.shape) / MS_PER_HOUR
    return hours, cases


def _wasted(log: EventLog, members: tuple[Branch, ...], hours: np.ndarray) -> float:
    """Expected work of later branches that a rejection in an earlier one makes useless, hours a case."""
    means = hours.mean(axis=0)
    return float(sum(_rejection_rate(log, b) * means[i + 1 :].sum() for i, b in enumerate(members)))


def _proposals(members: tuple[Branch, ...], group: _Group) -> tuple[Proposal, ...]:
    steps = [step for branch in members for step in branch.steps]
    parallel = Proposal(lever="parallel_approval", parameters={"steps": [*steps]}, caution=_CAUTION)
    if not group.conditions:
        return (parallel,)
    share = Proposal(
        lever="share_materials",
        parameters={"materials": [*group.conditions], "mode": "fetched"},
        caution=_CAUTION_SHARE,
    )
    return share, parallel
