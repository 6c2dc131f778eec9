"""Issuers and shareability: who made each document, how it comes in, and could the administration fetch it?

A document is shareable where, in this order,

1. an electronic licence of it exists, told by the catalogue, else by the log, else by the list of documents
   that are electronic anyhow: yes;
2. it was fetched (`source` 数据共享 or 电子证照) in this log already: yes;
3. a public body issues it (`department_words.yaml`): yes;
4. somebody else issues it (a bank, a hospital, an employer): no;
5. applicants write it themselves (an application, a promise, an authorisation, a contract; `kinds` in
   `material_forms.yaml`): no;
6. else unknown: the log names no issuer.

The issuer is the one named most often in the materials table, else in the catalogue. "Shareable" is about who
made the document; whether the rules accept a fetched one is not in any log.

Example: 营业执照 of 市监局, asked for by 税务局 and 银行: yes, by 3. 公积金登记表 without issuer: no, by 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd
from pydantic import JsonValue

from mining.diagnostics.departments import is_government
from mining.diagnostics.e_licence_replaceable import licence_told_by
from mining.event_log import E_LICENCE, SHARED, SOURCES, EventLog, holds
from mining.material_merges import aliases_of, material_names
from mining.material_similarity import kind_of_paper
from mining.text import Language, Text

IssuerKind = Literal["government", "other", "unknown"]
Answer = Literal["yes", "no", "unknown"]
UNKNOWN_SOURCE = "unknown"
OWN_PAPERS = ("application", "promise", "authorisation", "contract")


@dataclass(frozen=True)
class DocumentSharing:
    """One document: what is known of its issuer, and whether it could be shared.

    `submissions` are all rows of the materials table, whatever their source; `receivers` and `sources` count
    them by department and by source.
    """

    document: str
    spellings: tuple[str, ...]
    submissions: int
    issuer: str | None
    issuer_kind: IssuerKind
    receivers: dict[str, int]
    sources: dict[str, int]
    e_licence: Answer
    shareable: Answer
    reason: Text

    def to_json(self, language: Language) -> dict[str, JsonValue]:
        """All of it, the reason in `language`."""
        return {
            "document": self.document,
            "spellings": [*self.spellings],
            "submissions": self.submissions,
            "issuer": self.issuer,
            "issuer_kind": self.issuer_kind,
            "receivers": {**self.receivers},
            "sources": {**self.sources},
            "e_licence": self.e_licence,
            "shareable": self.shareable,
            "reason": self.reason.in_language(language),
        }


def find_sharing(log: EventLog) -> tuple[DocumentSharing, ...]:
    """Every document of the materials table, the most often handed in first; empty without a table."""
    if not holds(log.materials, "material_name"):
        return ()
    names = material_names(log)
    table = log.materials.dropna(subset=["material_name"])
    table = table.assign(document=table["material_name"].astype("object").map(names.canonical))
    told = licence_told_by(log, table[["case_id", "document"]].reset_index(drop=True))
    licence = pd.Series(told.notna().to_numpy(), index=table.index).groupby(table["document"]).any()
    denied, catalogue_issuer = _denied(log), _catalogue_issuers(log)
    found = []
    for document, rows in table.groupby("document", sort=True):
        name = str(document)
        issuer = _most_frequent(rows, "issuer_dept") or catalogue_issuer.get(name)
        e_licence: Answer = "yes" if licence[document] else "no" if name in denied else "unknown"
        sources = _counts(rows, "source", unknown=UNKNOWN_SOURCE)
        shareable, reason = _answer(name, issuer, e_licence, sources)
        found.append(
            DocumentSharing(
                document=name,
                spellings=names.spellings(name),
                submissions=len(rows),
                issuer=issuer,
                issuer_kind=_issuer_kind(issuer),
                receivers=_counts(rows, "dept"),
                sources={name: sources[name] for name in (*SOURCES, *sources) if name in sources},
                e_licence=e_licence,
                shareable=shareable,
                reason=reason,
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.submissions, each.document)))


def _answer(
    document: str, issuer: str | None, e_licence: Answer, sources: dict[str, int]
) -> tuple[Answer, Text]:
    fetched = sources.get(SHARED, 0) + sources.get(E_LICENCE, 0)
    if e_licence == "yes":
        return "yes", Text(zh="已有电子证照", en="an electronic licence exists")
    if fetched:
        return "yes", Text(
            zh=f"日志中已有 {fetched} 次由部门间取得", en=f"fetched {fetched} times in this log"
        )
    if issuer is not None and is_government(issuer):
        return "yes", Text(zh=f"由政府部门{issuer}出具", en=f"issued by {issuer}, a public body")
    if issuer is not None:
        return "no", Text(zh=f"由{issuer}出具，不是政府部门", en=f"issued by {issuer}, no public body")
    if kind_of_paper(document) in OWN_PAPERS:
        return "no", Text(zh="由申请人自己填写", en="written by the applicant")
    return "unknown", Text(zh="日志没有出具部门", en="the log names no issuer")


def _issuer_kind(issuer: str | None) -> IssuerKind:
    if issuer is None:
        return "unknown"
    return "government" if is_government(issuer) else "other"


def _counts(rows: pd.DataFrame, column: str, unknown: str | None = None) -> dict[str, int]:
    """How often each value occurs, the most frequent first; missing ones under `unknown`, if given."""
    if column not in rows.columns:
        return {} if unknown is None else {unknown: len(rows)}
    counts = {str(name): int(n) for name, n in rows[column].astype("object").value_counts().items()}
    missing = int(rows[column].isna().sum())
    return {**counts, unknown: missing} if unknown is not None and missing else counts


def _most_frequent(rows: pd.DataFrame, column: str) -> str | None:
    counts = _counts(rows, column)
    return min(counts, key=lambda name: (-counts[name], name)) if counts else None


def _catalogue_issuers(log: EventLog) -> dict[str, str]:
    if not (holds(log.catalog, "material_name") and holds(log.catalog, "issuer_dept")):
        return {}
    table = log.catalog.dropna(subset=["material_name", "issuer_dept"])
    aliases = aliases_of(log)
    document = table["material_name"].map(lambda name: aliases.document_of(str(name)))
    return {str(name): str(_most_frequent(rows, "issuer_dept")) for name, rows in table.groupby(document)}


def _denied(log: EventLog) -> frozenset[str]:
    """Documents of which the catalogue says that no electronic licence exists."""
    if not (holds(log.catalog, "material_name") and holds(log.catalog, "e_licence")):
        return frozenset()
    table, aliases = log.catalog, aliases_of(log)
    no = table[table["e_licence"] == "no"]["material_name"].dropna()
    return frozenset(aliases.document_of(str(name)) for name in no)
