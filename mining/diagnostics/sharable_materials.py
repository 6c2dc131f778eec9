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

from mining.diagnostics.departments import is_government
from mining.diagnostics.fetchable import fetch, sharable_rows
from mining.diagnostics.handed_in import find_handed_in
from mining.diagnostics.shared import (
    ASSUMED_CHECK_MINUTES,
    ASSUMED_PREPARE_MINUTES,
    Needs,
    examples,
    lost_on_copies,
    rounded,
    yearly_factor,
)
from mining.event_log import EventLog
from mining.findings import Finding
from mining.statistics import wilson_interval
from mining.text import Text
from mining.working_time import WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="查找可共享仍要求提交的材料", en="finding documents that could be shared"),
    materials=("case_id", "material_name", "dept", "issuer_dept"),
)
ALARM_SHARE = 0.30
"""Reported if more than this share of all submissions is sharable (an assumption)."""
MIN_JOURNEYS = 5


def find_sharable_materials(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """If more than 30 % of all submissions are sharable: one finding a document with five journeys or more.

    `cases` = journeys that hand it in although it is sharable, `share` = of the journeys that hand anything
    in. Hours lost = sharable submissions x (0.6 minutes to check + 5 minutes to prepare), both assumed; the
    second and further copies are in `duplicate_material` too. Raises `MissingColumnsError` without a
    materials table that knows issuers and receivers.
    """
    NEEDS.check(log)
    handed_in = find_handed_in(log)
    rows = handed_in.rows
    sharable = sharable_rows(rows)
    if sharable.sum() <= ALARM_SHARE * len(rows):
        return []
    overall = _overall(rows, sharable)
    factor = yearly_factor(log, calendar)
    n_journeys = int(rows["journey"].nunique())
    chosen = rows[sharable].assign(document=rows.loc[sharable, "document"].astype("object"))
    return [
        _finding(str(document), of_document, rows, n_journeys, factor, overall)
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
