"""Documents the administration could fetch by itself: one public body made them, another asks for them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.diagnostics.corrections import reasons_in
from mining.diagnostics.departments import is_government
from mining.diagnostics.handed_in import find_handed_in
from mining.event_log import EventLog
from mining.findings import Proposal
from mining.log_cache import once_per_object
from mining.text import Text, folded

MIN_SHARE_OF_RETURNS = 0.10
"""A document is proposed for sharing if at least this share of the returns names it (an assumption)."""
MAX_AT_FAULT = 5

CAUTION_FETCHED = Text(
    zh="须确认存在该材料的共享接口或电子证照，并有依据以核验代替提交；材料有效期不在日志中。",
    en="Check that the document can be fetched (data sharing, electronic licence) and that the rules "
    "accept it; the log does not know when documents expire.",
)


def fetch(documents: list[str], steps: list[str] | None = None) -> Proposal:
    """The proposal to fetch these documents instead of asking the applicant for them."""
    parameters: dict[str, JsonValue] = {"materials": [*documents], "mode": "fetched"}
    if steps is not None:
        parameters["steps"] = [*steps]
    return Proposal(lever="share_materials", parameters=parameters, caution=CAUTION_FETCHED)


def sharable_rows(rows: pd.DataFrame) -> np.ndarray:
    """Which submissions (rows of `HandedIn`) a public body other than the receiver issued; one bool a row.

    A row without issuer or without receiver is none.
    """
    issuer, dept = rows["issuer"].astype("object"), rows["dept"].astype("object")
    public = {name for name in issuer.dropna().unique() if is_government(str(name))}
    return (issuer.isin(public) & dept.notna() & (issuer != dept)).to_numpy(dtype=bool)


@once_per_object
def fetchable_documents(log: EventLog) -> frozenset[str]:
    """Documents most of whose submissions are sharable; empty without a materials table."""
    rows = find_handed_in(log).rows
    if rows.empty:
        return frozenset()
    share = pd.Series(sharable_rows(rows)).groupby(rows["document"].astype("object")).mean()
    return frozenset(str(name) for name in share.index[share > 0.5])


def documents_at_fault(log: EventLog, returned: np.ndarray) -> dict[str, int]:
    """Document -> returns (bool, one an event) whose reason names it, the most frequent first.

    Only documents of the log's materials table: any other word of a reason is no document.
    """
    if not log.has("reason"):
        return {}
    written = {folded(name): name for name in find_handed_in(log).names.documents}
    counts: Counter[str] = Counter()
    for text, n in log.events["reason"][returned].value_counts().items():
        for reason in reasons_in(str(text), log.aliases):
            if reason in written:
                counts[written[reason]] += int(n)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def most_at_fault(log: EventLog, returned: np.ndarray) -> dict[str, JsonValue]:
    """The five documents most of these returns name, for evidence."""
    return dict([*documents_at_fault(log, returned).items()][:MAX_AT_FAULT])


def fetch_what_fails(log: EventLog, returned: np.ndarray) -> tuple[Proposal, ...]:
    """Proposes to fetch the fetchable documents that at least a tenth of these returns name, if any."""
    needed = MIN_SHARE_OF_RETURNS * int(returned.sum())
    able = fetchable_documents(log)
    chosen = [name for name, n in documents_at_fault(log, returned).items() if n >= needed and name in able]
    return (fetch(chosen),) if chosen else ()
