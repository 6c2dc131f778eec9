"""Sharable but asked for (可共享仍要求提交): applicants carry papers from one public body to the next.

A submission is sharable if the applicant hands it in, a public body issued it (`mining/data/
department_words.yaml`) and another department receives it. Share = sharable submissions / all submissions
that count (`handed_in`: answers to a return and fetched documents are left out). A submission without issuer
is taken as not sharable, so the share is a low bound; how many have none is in the evidence.

Example: licence of the market authority and identity card of the police asked for by the tax office, with an
application form nobody issued: 2 of 3 are sharable. The market authority asking for its own licence is
counted apart (`asked_by_its_issuer`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.diagnostics.definition import Definition
from mining.diagnostics.departments import is_government
from mining.diagnostics.e_licence_replaceable import licence_told_by
from mining.diagnostics.fetchable import fetch, sharable_rows
from mining.diagnostics.handed_in import find_handed_in
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
from mining.event_log import EventLog
from mining.findings import Effect, Finding
from mining.statistics import wilson_interval
from mining.text import Text
from mining.working_time import WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="查找可共享仍要求提交的材料", en="finding documents that could be shared"),
    materials=("case_id", "material_name", "dept", "issuer_dept"),
)
DEFINITION = Definition(
    ids=("D4",),
    name=Text(zh="可共享仍要求提交", en="Sharable but asked for"),
    kinds=("sharable_material",),
    definition=Text(
        zh="由政府部门出具、由另一部门收取、仍要申请人提交的材料（每种材料一条）。出具部门向申请人要自己的文"
        "书单独计数；"
        "不知出具部门的按不可共享计，故为下限。并按事项目录中是否有电子证照分列。",
        en="A document that a public body issued, another department receives, and the applicant must hand "
        "in all the same "
        "(one finding a document). A department that asks for its own papers is counted apart; a submission "
        "without issuer is taken as not sharable, so the share is a low bound. Split by whether the "
        "catalogue "
        "knows an electronic licence for it.",
    ),
    formula=Text(
        zh="可共享比例 = 出具部门为政府部门且不是收取部门、来源为申请人提交的次数 / 计入的全部提交次数。",
        en="Share = submissions by the applicant of documents issued by a public body other than the "
        "receiver / all "
        "submissions that count.",
    ),
    needs=("materials.case_id", "materials.material_name", "materials.dept", "materials.issuer_dept"),
    better_with=("materials.source", "materials.attempt_no", "catalog.e_licence", "catalog.material_name"),
    alarm=Text(
        zh="全部提交中超过 30 %（假定）；随后列出 5 件事以上的每种材料。",
        en="More than 30 % of all submissions (an assumption); then each document in five journeys or more.",
    ),
    hours=Text(
        zh="每次提交：申请人 5 分钟、官员 0.6 分钟（假定）；第二份及以后也包含在“重复提交的材料”中。",
        en="Each submission: 5 minutes of the applicant, 0.6 of an officer (assumed); second and further "
        "copies are in "
        "duplicated materials too.",
    ),
    example=Text(
        zh="税务局收取营业执照（市监局）、身份证（公安局）与申请表：3 份中 2 份可共享。",
        en="The tax office asks for licence (market authority), identity card (police) and a form: 2 of 3.",
    ),
    proposes=("share_materials",),
)
ALARM_SHARE = 0.30
"""Reported if more than this share of all submissions is sharable (an assumption)."""
MIN_JOURNEYS = 5


def find_sharable_materials(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """If more than 30 % of all submissions are sharable: one finding a document with five journeys or more.

    `cases` = journeys that hand it in although it is sharable, `share` = of the journeys that hand anything
    in. Hours lost = sharable submissions x (5 minutes of the applicant + 0.6 of an officer), assumed; the
    second and further copies are in `duplicate_material` too. Raises `MissingColumnsError` without a
    materials table that knows issuers and receivers.
    """
    NEEDS.check(log)
    handed_in = find_handed_in(log)
    rows = handed_in.rows
    sharable = sharable_rows(rows)
    if sharable.sum() <= ALARM_SHARE * len(rows):
        return []
    chosen = rows[sharable].assign(document=rows.loc[sharable, "document"].astype("object"))
    overall = _overall(rows, sharable)
    overall["sharable_with_e_licence"] = int(licence_told_by(log, chosen).notna().sum())
    effect = share_effect("sharable_share", int(sharable.sum()), len(rows))
    factor = yearly_factor(log, calendar)
    n_journeys = int(rows["journey"].nunique())
    return [
        _finding(str(document), of_document, rows, n_journeys, factor, overall, effect)
        for document, of_document in chosen.groupby("document", sort=True)
        if of_document["journey"].nunique() >= MIN_JOURNEYS
    ]


def _overall(rows: pd.DataFrame, sharable: np.ndarray) -> dict[str, JsonValue]:
    n, hits = len(rows), int(sharable.sum())
    low, high = wilson_interval(hits, n)
    own = rows["issuer"].astype("object") == rows["dept"].astype("object")
    public = {str(name) for name in rows.loc[own, "issuer"].dropna().unique() if is_government(str(name))}
    return {
        "all_submissions": n,
        "all_sharable": hits,
        "sharable_share": rounded(hits / n),
        "sharable_share_low": rounded(low),
        "sharable_share_high": rounded(high),
        "asked_by_its_issuer": int((own & rows["issuer"].astype("object").isin(public)).sum()),
        "issuer_unknown": int(rows["issuer"].isna().sum()),
    }


def _finding(
    document: str,
    chosen: pd.DataFrame,
    rows: pd.DataFrame,
    n_journeys: int,
    factor: float | None,
    overall: dict[str, JsonValue],
    effect: Effect,
) -> Finding:
    journeys = int(chosen["journey"].nunique())
    issuer = _issuer(chosen)
    receivers = [str(name) for name in chosen["dept"].astype("object").value_counts().index]
    return Finding(
        kind="sharable_material",
        title=Text(
            zh=f"“{document}”由{issuer}出具，仍要求申请人提交",
            en=f"{document!r} is issued by {issuer}, yet applicants must hand it in",
        ),
        where={
            "material": document,
            "steps": [str(name) for name in chosen["activity"].dropna().unique()],
            "departments": [*receivers],
        },
        cases=journeys,
        share=rounded(journeys / n_journeys),
        **lost_on_copies(factor, len(chosen)),
        effect=effect,
        evidence=_evidence(chosen, rows, document, receivers, overall),
        example_cases=examples(chosen["case_id"].astype("object")),
        proposes=(fetch([document]),),
    )


def _issuer(chosen: pd.DataFrame) -> str:
    return str(chosen["issuer"].astype("object").value_counts().index[0])


def _evidence(
    chosen: pd.DataFrame,
    rows: pd.DataFrame,
    document: str,
    receivers: list[str],
    overall: dict[str, JsonValue],
) -> dict[str, JsonValue]:
    all_of_it = int((rows["document"] == document).sum())
    low, high = wilson_interval(len(chosen), all_of_it)
    return {
        "issuer": _issuer(chosen),
        "submissions": all_of_it,
        "sharable": len(chosen),
        "sharable_share": rounded(len(chosen) / all_of_it),
        "sharable_share_low": rounded(low),
        "sharable_share_high": rounded(high),
        "sharable_by_receiver": {
            name: int((chosen["dept"].astype("object") == name).sum()) for name in receivers
        },
        "assumed_check_minutes_per_copy": ASSUMED_CHECK_MINUTES,
        "assumed_prepare_minutes_per_copy": ASSUMED_PREPARE_MINUTES,
        "overall": overall,
    }
