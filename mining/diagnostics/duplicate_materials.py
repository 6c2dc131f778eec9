"""Documents handed in more than once (重复提交材料): the once-only principle, counted.

Of n submissions of one document in one journey, n - 1 were avoidable. Example: somebody who starts a
business shows the identity card at registration, at the tax office and at the bank: 3 submissions, 2
avoidable. A second copy brought because the tax office returned the first is not a duplicate.

Duplicate rate = avoidable submissions / all submissions that count, over the whole log. A new copy of a
document that had expired (`ts_valid_until` of the copy before) is not a duplicate either; a log without that
column does not know.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.diagnostics.definition import Definition
from mining.diagnostics.departments import is_government
from mining.diagnostics.fetchable import CAUTION_FETCHED
from mining.diagnostics.handed_in import HandedIn, find_handed_in
from mining.diagnostics.shared import (
    ASSUMED_CHECK_MINUTES,
    ASSUMED_PREPARE_MINUTES,
    Needs,
    examples,
    lost_on_copies,
    rounded,
    share_effect,
    yearly_factor,
)
from mining.diagnostics.submission_channels import with_channels
from mining.event_log import EventLog
from mining.findings import Finding, Proposal
from mining.log_cache import once_per_object
from mining.statistics import wilson_interval
from mining.text import Text
from mining.working_time import WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="查找重复提交的材料", en="finding documents handed in repeatedly"),
    materials=("case_id", "material_name"),
)
ALARM_SHARE = 0.20
"""A document is reported if at least this share of its submissions was avoidable (an assumption)."""
MIN_JOURNEYS = 5
MAX_SPELLINGS = 8

DEFINITION = Definition(
    ids=("D3",),
    name=Text(zh="重复提交的材料", en="Duplicated materials"),
    kinds=("duplicate_material",),
    definition=Text(
        zh="同一件事中同一材料由申请人提交 n 次，其中 n − 1 次可免。不计入：部门间共享的、同一部门补正后在同"
        "一环节重交的、"
        "上一份已过有效期后再交的。与上一份相比的种类（取首个成立的）：跨部门、跨办件、跨环节、同环节；另计："
        "线上交过又线下交、"
        "由政府部门自己出具。名称先统一全半角、去掉原件/复印件/份数，再按别名文件合并；相似但未确认的只列出，"
        "不合并。",
        en="Of n submissions of one document by the applicant in one journey, n − 1 were avoidable. Not "
        "counted: "
        "what was fetched or passed on inside, what answers a return of the department at the same step, and "
        "what follows the expiry of the copy before. Kind, compared with the copy before, the first that "
        "holds: cross department, cross case, cross step, same step; and beside them online then offline, "
        "issued by the government itself. Names: width, forms and numbers of copies are taken off, then the "
        "alias file; names that merely look alike are listed, never merged.",
    ),
    formula=Text(
        zh="重复提交率 = Σ(n − 1)⁺ / Σn，对一件事与材料求和。",
        en="Duplicate rate = Σ(n − 1)⁺ / Σn over journeys and documents.",
    ),
    needs=("materials.case_id", "materials.material_name"),
    better_with=(
        "materials.dept",
        "materials.activity",
        "materials.issuer_dept",
        "materials.source",
        "materials.ts_received",
        "materials.attempt_no",
        "materials.ts_valid_until",
        "materials.channel",
        "journey_id",
    ),
    alarm=Text(
        zh="某材料的提交中 20 % 以上可免（假定），涉及 5 件事以上。",
        en="A fifth of a document's submissions (an assumption), in five journeys or more.",
    ),
    hours=Text(
        zh="每份多余的材料：申请人准备 5 分钟，官员核对 0.6 分钟，均为假定。",
        en="Each avoidable copy: 5 minutes of the applicant to prepare it, 0.6 of an officer to check it, "
        "both assumed.",
    ),
    example=Text(
        zh="登记、税务、银行各交一次身份证：3 次，可免 2 次，重复提交率 2 / 3。",
        en="Identity card at registration, tax office and bank: 3 submissions, 2 avoidable, rate 2 / 3.",
    ),
    proposes=("share_materials",),
)
_CAUTION_ONCE = Text(
    zh="须确认各部门认可同一份材料并可内部流转；材料有效期不在日志中。",
    en="Check that the departments accept the same copy and can pass it on; "
    "the log does not know when documents expire.",
)


def find_duplicate_materials(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a document whose avoidable submissions reach 20 % of its submissions.

    `cases` = journeys with an avoidable submission, `share` = of the journeys that hand anything in.
    Hours lost are avoidable copies x (5 minutes of the applicant + 0.6 of an officer), both assumed. Raises
    `MissingColumnsError` without a materials table.
    """
    NEEDS.check(log)
    handed_in = find_handed_in(log)
    rows = _with_duplicates(with_channels(log, handed_in.rows))
    overall = _overall(handed_in, rows)
    factor = yearly_factor(log, calendar)
    journeys = int(rows["journey"].nunique())
    findings = []
    for document, of_document in rows[rows["document"].isin(_alarming(rows))].groupby("document", sort=True):
        findings.append(_finding(str(document), of_document, handed_in, journeys, factor, overall))
    return findings


@once_per_object
def find_submissions(log: EventLog) -> pd.DataFrame:
    """The submissions that count (`HandedIn.rows`) with `duplicate`, `kind` and `before_dept`."""
    return _with_duplicates(find_handed_in(log).rows)


def duplicate_rate(log: EventLog) -> float | None:
    """Avoidable submissions / submissions that count, 0 to 1; None where nothing was handed in."""
    NEEDS.check(log)
    rows = find_submissions(log)
    return float(rows["duplicate"].mean()) if len(rows) else None


def _with_duplicates(rows: pd.DataFrame) -> pd.DataFrame:
    """`duplicate`: handed in before in this journey; the `before_` columns say where it was last."""
    before = rows[["case_id", "activity", "dept"]].shift(1)
    duplicate = (
        (rows["journey"] == rows["journey"].shift(1)) & (rows["document"] == rows["document"].shift(1))
    ).to_numpy()
    found = rows.assign(duplicate=duplicate, before_dept=before["dept"].where(duplicate))
    if "online" in rows.columns:
        found["before_online"] = duplicate & rows["online"].shift(1, fill_value=False).to_numpy()
    found["kind"] = _kinds(rows, before, duplicate)
    return found


def _kinds(rows: pd.DataFrame, before: pd.DataFrame, duplicate: np.ndarray) -> np.ndarray:
    """Compared with the copy before: another department, else another case, else another step, else none."""

    def differs(name: str) -> np.ndarray:
        here, there = rows[name], before[name]
        return (here.notna() & there.notna() & (here != there)).to_numpy(dtype=bool)

    kinds = np.where(
        differs("dept"),
        "cross_department",
        np.where(
            differs("case_id"), "cross_case", np.where(differs("activity"), "cross_step", "same_step_again")
        ),
    )
    return np.where(duplicate, kinds, "")


def _alarming(rows: pd.DataFrame) -> list[str]:
    of_document = rows.groupby("document")
    share = of_document["duplicate"].mean()
    journeys = (
        rows[rows["duplicate"]].groupby("document")["journey"].nunique().reindex(share.index, fill_value=0)
    )
    return [str(name) for name in share.index[(share >= ALARM_SHARE) & (journeys >= MIN_JOURNEYS)]]


def _overall(handed_in: HandedIn, rows: pd.DataFrame) -> dict[str, JsonValue]:
    duplicates, n = int(rows["duplicate"].sum()), len(rows)
    low, high = wilson_interval(duplicates, n)
    return {
        "all_submissions": n,
        "all_duplicates": duplicates,
        "duplicate_rate": rounded(duplicates / n) if n else None,
        "duplicate_rate_low": rounded(low),
        "duplicate_rate_high": rounded(high),
        "all_answers_to_returns": handed_in.answers_to_returns,
        "all_after_expiry": handed_in.after_expiry,
        "all_not_by_applicant": handed_in.not_by_applicant,
    }


def _finding(
    document: str,
    rows: pd.DataFrame,
    handed_in: HandedIn,
    journeys: int,
    factor: float | None,
    overall: dict[str, JsonValue],
) -> Finding:
    duplicates = rows[rows["duplicate"]]
    n_journeys = int(duplicates["journey"].nunique())
    per_journey = len(rows) / rows["journey"].nunique()
    return Finding(
        kind="duplicate_material",
        title=Text(
            zh=f"“{document}”重复提交：平均每件交 {per_journey:.1f} 次",
            en=f"{document!r} is handed in {per_journey:.1f} times per journey",
        ),
        where={
            "material": document,
            "steps": _names(rows["activity"]),
            "departments": _names(rows["dept"]),
        },
        cases=n_journeys,
        share=rounded(n_journeys / journeys),
        **lost_on_copies(factor, len(duplicates)),
        effect=share_effect("duplicate_share", len(duplicates), len(rows)),
        evidence={**_evidence(document, rows, handed_in), "overall": overall},
        example_cases=examples(duplicates["case_id"]),
        proposes=(_proposal(document, rows),),
    )


def _evidence(document: str, rows: pd.DataFrame, handed_in: HandedIn) -> dict[str, JsonValue]:
    duplicates = rows[rows["duplicate"]]
    return {
        "submissions": len(rows),
        "duplicates": len(duplicates),
        "duplicate_share": rounded(len(duplicates) / len(rows)),
        "submissions_per_journey_mean": rounded(len(rows) / rows["journey"].nunique(), 2),
        "kinds": _counts(duplicates["kind"]),
        "online_then_offline": int((duplicates["before_online"] & duplicates["offline"]).sum()),
        "issued_by_government": int(_by_government(duplicates).sum()),
        "between_departments": _between(duplicates),
        "issuer": _issuer(rows),
        "spellings": [*handed_in.names.spellings(document)[:MAX_SPELLINGS]],
        "perhaps_the_same_document": [
            merge.other if merge.name == document else merge.name
            for merge in handed_in.names.proposed
            if document in (merge.name, merge.other)
        ],
        "assumed_check_minutes_per_copy": ASSUMED_CHECK_MINUTES,
        "assumed_prepare_minutes_per_copy": ASSUMED_PREPARE_MINUTES,
    }


def _proposal(document: str, rows: pd.DataFrame) -> Proposal:
    issuer = _issuer(rows)
    receivers = set(_names(rows["dept"]))
    fetched = issuer is not None and is_government(issuer) and receivers != {issuer}
    return Proposal(
        lever="share_materials",
        parameters={"materials": [document], "mode": "fetched" if fetched else "handed_in_once"},
        caution=CAUTION_FETCHED if fetched else _CAUTION_ONCE,
    )


def _by_government(rows: pd.DataFrame) -> pd.Series:
    issuers = rows["issuer"].astype("object")
    return issuers.isin([name for name in issuers.dropna().unique() if is_government(str(name))])


def _issuer(rows: pd.DataFrame) -> str | None:
    counts = rows["issuer"].dropna().astype("str").value_counts()
    return str(counts.index[0]) if len(counts) else None


def _names(column: pd.Series) -> list[JsonValue]:
    return [str(name) for name in column.dropna().unique()]


def _counts(column: pd.Series) -> dict[str, JsonValue]:
    return {str(name): int(n) for name, n in column.value_counts().sort_index().items()}


def _between(duplicates: pd.DataFrame) -> dict[str, JsonValue]:
    """Avoidable submissions by (department it was last handed in at) -> (department it is asked by now)."""
    known = duplicates.dropna(subset=["before_dept", "dept"])
    pairs = known.groupby(["before_dept", "dept"], sort=True).size()
    return {f"{before} -> {now}": int(n) for (before, now), n in pairs.items()}
