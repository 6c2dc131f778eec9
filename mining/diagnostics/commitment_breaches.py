"""Breaches of commitments (告知承诺失信): promises that a later check found untrue.

Under a commitment (告知承诺) the applicant promises what a document used to prove, and part of the promises
is checked afterwards. Breach rate = checks that found the promise untrue / checks made, with its exact
interval (Clopper and Pearson): few promises are checked, so the number checked stands beside the rate. What
was never checked counts neither way. Reported only if even the low end of the interval is above 2 %.

Example: 200 promises checked, 12 untrue: 6.0 % (3.1 to 10.2 %), reported; 1 of 20 is 5.0 % (0.1 to 24.9 %),
which nobody can tell from 2 %.
"""

from __future__ import annotations

import pandas as pd
from pydantic import JsonValue

from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import Needs, examples, lost_hours, rounded
from mining.event_log import BREACHED, COMMITMENT, COMMITMENT_CHECKS, EventLog
from mining.findings import Effect, Finding, Proposal
from mining.statistics import exact_interval
from mining.text import Text
from mining.working_time import WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="核对告知承诺的事后核查", en="looking at checks of commitments"),
    tables=("cases.commitment_check",),
)
ALARM_SHARE = 0.02
"""Reported if more than this share of the checked commitments was breached (an assumption)."""
MIN_CHECKED = 30
MAX_ITEMS = 10
_CAUTION = Text(
    zh="只核查了一部分承诺：先提高核查比例再下结论；有失信记录的申请人不适用告知承诺，安全、金融等事项除外。",
    en="Only some promises were checked: check more before you conclude. Applicants who broke a promise and "
    "matters of safety or finance are excluded from commitments.",
)

DEFINITION = Definition(
    ids=("D25",),
    name=Text(zh="告知承诺失信", en="Breaches of commitments"),
    kinds=("commitment_breaches",),
    definition=Text(
        zh="事后核查发现不实的告知承诺占已核查承诺的比例；未核查的不计入。",
        en="Share of the commitments checked afterwards that turned out untrue; those never checked do "
        "not count.",
    ),
    formula=Text(
        zh="失信率 = 核查不实件数 ÷ 已核查件数（Clopper–Pearson 精确区间）",
        en="breach rate = checks that found the promise untrue / checks made (exact Clopper-Pearson "
        "interval)",
    ),
    needs=NEEDS.columns,
    better_with=("cases.item_name", "materials.source"),
    alarm=Text(
        zh=f"已核查不少于 {MIN_CHECKED} 件，且失信率 95% 区间下限高于 {ALARM_SHARE:.0%}",
        en=f"at least {MIN_CHECKED} checked, and the low end of the 95 % interval above {ALARM_SHARE:.0%}",
    ),
    hours=Text(
        zh="日志不能说明一次失信的代价，工时未知。",
        en="Unknown: a log does not tell what a breach costs.",
    ),
    example=Text(
        zh="核查 200 件，12 件不实：6.0%（3.1%–10.2%），报告；20 件中 1 件为 5.0%（0.1%–24.9%），不报告。",
        en="200 checked, 12 untrue: 6.0 % (3.1 to 10.2 %), reported; 1 of 20 is 5.0 % (0.1 to 24.9 %), "
        "not reported.",
    ),
    proposes=("commitment",),
)


def find_commitment_breaches(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """At most one finding, if the breach rate is above 2 % at the low end of its exact 95 % interval.

    `cases` = breaches found, `share` = of the commitments checked. Raises `MissingColumnsError` without
    results of checks (`commitment_check` of the table of cases: 属实 or 不实).
    """
    NEEDS.check(log)
    cases = log.cases.drop_duplicates("case_id")
    checked = cases[cases["commitment_check"].isin(COMMITMENT_CHECKS)]
    breached = checked[checked["commitment_check"] == BREACHED]
    n, hits = len(checked), len(breached)
    if n < MIN_CHECKED or exact_interval(hits, n)[0] <= ALARM_SHARE:
        return []
    return [_finding(log, cases, checked, breached)]


def _finding(log: EventLog, cases: pd.DataFrame, checked: pd.DataFrame, breached: pd.DataFrame) -> Finding:
    n, hits = len(checked), len(breached)
    low, high = exact_interval(hits, n)
    by_item = _by_item(breached)
    items: dict[str, JsonValue] = {"items": [*by_item]} if by_item else {}
    return Finding(
        kind="commitment_breaches",
        title=Text(
            zh=f"已核查的 {n} 件告知承诺中 {hits / n:.1%} 不实",
            en=f"{hits / n:.1%} of the {n} commitments checked were untrue",
        ),
        where=items,
        cases=hits,
        share=rounded(hits / n),
        **lost_hours(None),
        effect=Effect(name="commitment_breach_share", value=hits / n, low=low, high=high, n=n),
        evidence={
            "commitments_checked": n,
            "breaches_found": hits,
            "commitment_breach_share": rounded(hits / n),
            "commitment_breach_share_low": rounded(low),
            "commitment_breach_share_high": rounded(high),
            "breaches_by_item": by_item,
            "checks_by_item": _by_item(checked),
            **_coverage(log, cases, checked),
        },
        example_cases=examples(breached["case_id"]),
        proposes=(Proposal(lever="commitment", parameters=items, caution=_CAUTION),),
    )


def _by_item(cases: pd.DataFrame) -> dict[str, JsonValue]:
    """Cases of each item, the most frequent first; empty where the log does not name items."""
    name = next((each for each in ("item_name", "item_code") if each in cases.columns), None)
    if name is None:
        return {}
    counts = cases[name].value_counts().iloc[:MAX_ITEMS]
    return {str(item): int(count) for item, count in counts.items()}


def _coverage(log: EventLog, cases: pd.DataFrame, checked: pd.DataFrame) -> dict[str, JsonValue]:
    """How many promises there were, and what part was checked; None where no document tells of promises."""
    other = int(cases["commitment_check"].notna().sum()) - len(checked)
    made: set[str] = set()
    if "source" in log.materials.columns:
        made = set(log.materials.loc[log.materials["source"] == COMMITMENT, "case_id"].dropna())
    covered = int(checked["case_id"].isin(made).sum())
    return {
        "checks_with_another_result": other,
        "cases_with_commitment": len(made) or None,
        "commitments_checked_share": rounded(covered / len(made)) if made else None,
    }
