"""Order of checks (审查顺序): the cheap check that stops most cases should come first.

Checks one after another, each with an effort t (working minutes a case) and a share r of the cases it stops
for good (a decision that is no pass, is not put right at the step, and has no decision after it). A case
costs t1 + (1 - r1) t2 + (1 - r1)(1 - r2) t3 + ... minutes; the sum is smallest if r / t falls from check to
check (knock-out rule; van der Aalst 2001). Only orders are compared that respect the documents: a check
stays behind those that issue, directly or over other steps, what it asks for, and a protected check
(`protection`) keeps its place among the others. The step that opens a case stays first. Checks that are no
sequence (another kind of case, now before, now after) are left out.

Example: 现场核查 takes 60 minutes and stops 5 %, 信用核查 5 minutes and 20 %. Now 60 + .95 x 5 = 64.75 min
a case, the other way round 5 + .8 x 60 = 53: 18 % less, if they stop cases independently of one another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from pydantic import JsonValue

from mining.columns import LogColumns, log_columns
from mining.diagnostics.corrections import find_corrections
from mining.diagnostics.decisions import NOT_A_DECISION, Decisions
from mining.diagnostics.definition import Definition
from mining.diagnostics.departments import is_department
from mining.diagnostics.document_flow import DocumentFlow, find_document_flow
from mining.diagnostics.protection import protection_of
from mining.diagnostics.shared import (
    Needs,
    event_times,
    examples,
    listed,
    lost_hours,
    rounded,
    touch_hours,
    yearly_factor,
)
from mining.event_log import APPLICANT, EventLog
from mining.findings import Effect, Finding
from mining.grouped import grouped_mean
from mining.text import Text
from mining.working_time import MS_PER_MINUTE, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="比较审查顺序", en="comparing orders of checks"),
    events=("ts_start", "ts_end"),
    materials=("activity", "material_name"),
)
DEFINITION = Definition(
    ids=(),
    name=Text(zh="审查顺序", en="Order of checks"),
    kinds=("check_order",),
    definition=Text(
        zh="依次进行的审查，每件工时 t、终止比例 r（最终未通过、未在该环节补正、其后再无决定的办件）。只比较"
        "符合材料依赖的顺序；"
        "受保护的环节位置不变；收件环节始终在先。80 % 的办件依此先后才算依次（假定）。",
        en="Checks one after another with effort t a case and share r of cases stopped for good (a decision "
        "that is no pass, "
        "is not put right at the step and has no decision after it). Compared are only orders in which a "
        "check "
        "stays behind those that issue what it asks for and protected steps keep their place; the step that "
        "opens a case stays first. A sequence: 80 % of the cases of each two checks have both in this order.",
    ),
    formula=Text(
        zh="每件工时 = t₁ + (1 − r₁) t₂ + (1 − r₁)(1 − r₂) t₃ + …，按 r / t 从大到小最省（淘汰规则）。",
        en="A case costs t₁ + (1 − r₁) t₂ + (1 − r₁)(1 − r₂) t₃ + …; least if r / t falls (knock-out rule).",
    ),
    needs=(
        "result or activity",
        "ts_start",
        "ts_end",
        "materials.activity",
        "materials.material_name",
        "issues or materials.issued_by_step",
    ),
    better_with=("officer",),
    alarm=Text(
        zh="可省 5 % 的工时（假定），每项审查 30 件以上，且区间（终止比例抽样 500 次，Jeffreys 先验）在 0 以"
        "上。",
        en="5 % of the effort saved (an assumption), each check with 30 cases, and the interval (500 draws "
        "of the shares "
        "stopped, Jeffreys prior) above 0.",
    ),
    hours=Text(
        zh="官员：假定各项审查的终止互相独立时可省的工时；t 为经手工时，没有经办人时为开始 → 结束，会偏大。",
        en="Officials: effort saved if checks stop cases independently of one another (assumed). t is touch "
        "time; without "
        "officers it is start → end, which overstates it.",
    ),
    example=Text(
        zh="先查 60 分钟、终止 5 %，再查 5 分钟、终止 20 %：每件 64.75 分钟；反过来 53 分钟。",
        en="60 minutes stopping 5 %, then 5 minutes stopping 20 %: 64.75 minutes a case; the other way round "
        "53.",
    ),
)
ALARM_SAVED_SHARE = 0.05
"""Reported if another order saves at least this share of the effort (an assumption), and surely some."""
MIN_CASES = 30
MIN_SEQUENCE_SHARE = 0.8
"""Two checks are a sequence if this share of the cases of each has both in this order (an assumption)."""
MAX_CHECKS = 12
DRAWS = 500


@dataclass(frozen=True)
class Check:
    """One check; positions in time are means over the cases."""

    name: str
    activities: tuple[str, ...]
    cases: int
    stopped: int
    minutes: float  # mean effort a case
    place: float  # mean place among the case's decisions

    @property
    def stop_share(self) -> float:
        """Share of the cases it stops for good."""
        return self.stopped / self.cases


def find_check_order(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """At most one finding: checks in an order that costs at least 5 % more effort than the best one allowed.

    `cases` = cases that meet the first of the checks out of order, `share` = of all cases. Hours lost =
    officials' working hours the best order would save, if checks stop cases independently of one another;
    part of their effort, not of anybody's wait. The interval comes from 500 draws of the shares stopped (Beta
    with Jeffreys prior); where it reaches 0 nothing is reported. Proposes nothing: the order of steps is no
    redesign yet. Raises `MissingColumnsError` without decisions, start and end times, or documents issued.
    """
    NEEDS.check(log)
    checks, stopped_at = _checks(log, calendar)
    flow = find_document_flow(log, NEEDS.purpose)
    if len(checks) < 2 or not any(check.stopped for check in checks):
        return []
    before = _must_come_before(checks, flow)
    _keep_protected_in_place(log, checks, before)
    best = best_order([c.minutes for c in checks], [c.stop_share for c in checks], before)
    now = tuple(range(len(checks)))
    low, mean, high = _saved_minutes(checks, now, best)
    whole = expected_minutes([c.minutes for c in checks], [c.stop_share for c in checks], now)
    if mean < ALARM_SAVED_SHARE * whole or low <= 0:
        return []
    return [_finding(log, calendar, checks, best, (low, mean, high), whole, stopped_at)]


def expected_minutes(minutes: list[float], stop_share: list[float], order: Iterable[int]) -> float:
    """Effort a case in this order: each check is paid for by the cases no earlier one stopped."""
    total, left = 0.0, 1.0
    for check in order:
        total += left * minutes[check]
        left *= 1 - stop_share[check]
    return total


def best_order(minutes: list[float], stop_share: list[float], before: list[set[int]]) -> tuple[int, ...]:
    """The order of least effort; check i only after those in `before[i]`. The order 0, 1, ... wins ties.

    Exact: what is left after a set of checks does not depend on their order, so sets are built up one by one.
    """
    n = len(minutes)
    left = [1.0] * (1 << n)
    cost: list[tuple[float, tuple[int, ...]] | None] = [None] * (1 << n)
    cost[0] = (0.0, ())
    for done in range(1 << n):
        found = cost[done]
        if found is None:
            continue
        for check in range(n):
            if done >> check & 1 or any(not done >> other & 1 for other in before[check]):
                continue
            after = done | 1 << check
            left[after] = left[done] * (1 - stop_share[check])
            offer = (round(found[0] + left[done] * minutes[check], 9), (*found[1], check))
            present = cost[after]
            cost[after] = offer if present is None else min(present, offer)
    last = cost[-1]
    assert last is not None  # the present order is always allowed
    return last[1]


def _checks(log: EventLog, calendar: WorkingCalendar) -> tuple[list[Check], np.ndarray]:
    """The checks in their usual order, and the events (bool) at which a case was stopped for good."""
    columns = log_columns(log)
    corrections = find_corrections(log, NEEDS.purpose)
    decisions = corrections.decisions
    at = _decisions_of_offices(log, decisions)
    ends = np.append(columns.case[at][1:] != columns.case[at][:-1], True)[: at.size]
    stopped = np.zeros(columns.n_events, bool)
    stopped[at[ends]] = True
    stopped &= ~decisions.passed & ~corrections.returned
    touch = touch_hours(log, calendar) * 60
    work = np.maximum(event_times(log, calendar).work_ms, 0) / MS_PER_MINUTE
    work = np.where(np.isnan(touch), work, touch)
    first = at[corrections.attempt[at] == 1]
    rank = np.arange(first.size) - np.searchsorted(columns.case[first], columns.case[first])
    places = grouped_mean(decisions.step[first], rank, len(decisions.names))
    found = []
    for code, name in enumerate(decisions.names):
        of_step = at[decisions.step[at] == code]
        cases = np.unique(columns.case[of_step])
        minutes = float(work[of_step].sum()) / cases.size if cases.size else 0.0
        opens = np.isin(columns.first_events, of_step).sum() > 0.5 * columns.n_cases
        if cases.size >= MIN_CASES and minutes > 0 and not opens and is_department(name):
            halted = int(stopped[of_step].sum())
            activities = decisions.activities[code]
            found.append((code, Check(name, activities, cases.size, halted, minutes, float(places[code]))))
    costly = sorted(found, key=lambda item: (-item[1].minutes, item[1].name))[:MAX_CHECKS]
    ordered = sorted(costly, key=lambda item: (item[1].place, item[1].name))
    kept = _in_sequence(columns, decisions.step, first, stopped, [code for code, _ in ordered])
    return [check for code, check in ordered if code in kept], stopped


def _decisions_of_offices(log: EventLog, decisions: Decisions) -> np.ndarray:
    """Positions of the decisions that are not the applicant's."""
    decided = decisions.step != NOT_A_DECISION
    if log.has("place"):
        decided &= (log.events["place"] != APPLICANT).to_numpy(dtype=bool)
    return np.flatnonzero(decided)


def _in_sequence(
    columns: LogColumns, step: np.ndarray, first: np.ndarray, stopped: np.ndarray, codes: list[int]
) -> list[int]:
    """The checks that follow one another: in this order, each reached by most the others let pass."""
    place = np.full((columns.n_cases, len(codes)), np.inf)
    for number, code in enumerate(codes):
        events = first[step[first] == code]
        place[columns.case[events], number] = events
    gone = np.zeros(columns.n_cases, bool)
    gone[columns.case[stopped]] = True
    kept: list[int] = []
    for later in range(len(codes)):
        fits = True
        for earlier in kept:
            before, after = np.isfinite(place[:, earlier]), np.isfinite(place[:, later])
            both, passed_on = before & after, before & (~gone | after)
            in_order = (place[both, earlier] < place[both, later]).sum()
            least = MIN_SEQUENCE_SHARE * max(int(after.sum()), int(passed_on.sum()), 1)
            fits &= bool(in_order >= least)
        if fits:
            kept.append(later)
    return [codes[number] for number in kept]


def _must_come_before(checks: list[Check], flow: DocumentFlow) -> list[set[int]]:
    """For each check the earlier ones whose documents it needs, directly or over any other steps."""
    steps = sorted({*flow.issues, *flow.asks, *(a for check in checks for a in check.activities)})
    position = {step: number for number, step in enumerate(steps)}
    needs = np.array([[bool(flow.asked_by([b]) & flow.issued_by([a])) for a in steps] for b in steps])
    for middle in range(len(steps)):  # transitive closure
        needs |= needs[:, [middle]] & needs[[middle], :]
    found: list[set[int]] = []
    for number, check in enumerate(checks):
        found.append(
            {
                other
                for other in range(number)
                if any(
                    needs[position[b], position[a]]
                    for b in check.activities
                    for a in checks[other].activities
                )
            }
        )
    return found


def _keep_protected_in_place(log: EventLog, checks: list[Check], before: list[set[int]]) -> None:
    """Adds to `before`: nothing passes a protected check, and it passes nothing."""
    for number, check in enumerate(checks):
        if protection_of(log, check.activities) is not None:
            before[number] |= set(range(number))
            for later in range(number + 1, len(checks)):
                before[later].add(number)


def _saved_minutes(
    checks: list[Check], now: tuple[int, ...], best: tuple[int, ...]
) -> tuple[float, float, float]:
    """Minutes a case the other order saves: low end, value, high end of the 95 % interval."""
    minutes = [check.minutes for check in checks]
    shares = [check.stop_share for check in checks]
    value = expected_minutes(minutes, shares, now) - expected_minutes(minutes, shares, best)
    draw = np.random.default_rng(0)
    drawn = np.stack(
        [draw.beta(c.stopped + 0.5, c.cases - c.stopped + 0.5, DRAWS) for c in checks], axis=1
    ).tolist()
    saved = [expected_minutes(minutes, r, now) - expected_minutes(minutes, r, best) for r in drawn]
    return float(np.quantile(saved, 0.025)), value, float(np.quantile(saved, 0.975))


def _finding(
    log: EventLog,
    calendar: WorkingCalendar,
    checks: list[Check],
    best: tuple[int, ...],
    saved: tuple[float, float, float],
    whole: float,
    stopped_at: np.ndarray,
) -> Finding:
    columns = log_columns(log)
    mean = saved[1]
    moved = next(number for number, check in enumerate(best) if number != check)
    cases = checks[moved].cases
    names = [checks[number].name for number in best]
    better = listed(names, MAX_CHECKS)
    steps = [activity for check in checks for activity in check.activities]
    stopped = np.flatnonzero(stopped_at & np.isin(columns.activities[columns.activity], steps))
    return Finding(
        kind="check_order",
        title=Text(
            zh=f"审查顺序可调整为：{better.zh}（省 {mean / whole:.0%} 的办理工时）",
            en=f"Checks in another order take {mean / whole:.0%} less work: {better.en}",
        ),
        where={"steps": [*steps]},
        cases=cases,
        share=rounded(cases / columns.n_cases),
        **lost_hours(yearly_factor(log, calendar), official=mean * checks[0].cases / 60),
        effect=Effect(
            name="saved_effort_share",
            value=mean / whole,
            low=min(saved[0], mean) / whole,
            high=max(saved[2], mean) / whole,
            n=checks[0].cases,
        ),
        evidence=_evidence(checks, names, saved, whole),
        example_cases=examples(columns.case_ids[columns.case[stopped]]),
    )


def _evidence(
    checks: list[Check], best: list[str], saved: tuple[float, float, float], whole: float
) -> dict[str, JsonValue]:
    low, mean, high = saved
    return {
        "order_now": [check.name for check in checks],
        "order_of_least_effort": [*best],
        "cases_by_check": {check.name: check.cases for check in checks},
        "work_minutes_by_check": {check.name: round(check.minutes, 1) for check in checks},
        "stopped_share_by_check": {check.name: rounded(check.stop_share) for check in checks},
        "work_minutes_per_case_now": round(whole, 1),
        "saved_minutes_per_case": round(mean, 1),
        "saved_minutes_per_case_low": round(low, 1),
        "saved_minutes_per_case_high": round(high, 1),
        "assumed_checks_stop_cases_independently": True,
    }
