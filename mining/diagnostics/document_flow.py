"""Which step issues which document, and which step asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from mining.diagnostics.word_lists import word_lists
from mining.errors import MissingColumnsError
from mining.event_log import LIST_SEPARATOR, EventLog
from mining.materials import document_names
from mining.text import Text

_PURPOSE = Text(zh="查找可并联的环节", en="finding steps that could run in parallel")


@dataclass(frozen=True)
class DocumentFlow:
    """Step -> documents, spellings merged."""

    issues: Mapping[str, frozenset[str]]
    asks: Mapping[str, frozenset[str]]

    def issued_by(self, steps: Iterable[str]) -> frozenset[str]:
        """Documents any of the steps issues."""
        return frozenset().union(*(self.issues.get(step, frozenset()) for step in steps))

    def asked_by(self, steps: Iterable[str]) -> frozenset[str]:
        """Documents any of the steps asks for, from whomever."""
        return frozenset().union(*(self.asks.get(step, frozenset()) for step in steps))


@lru_cache(maxsize=1)
def electronic_documents() -> frozenset[str]:
    """Documents that exist electronically as soon as they are needed (`electronic_documents.yaml`)."""
    return frozenset(word_lists("electronic_documents.yaml")["documents"])


def find_document_flow(log: EventLog, purpose: Text = _PURPOSE) -> DocumentFlow:
    """What steps issue (`issues` of events, `issued_by_step` of materials) and ask for (materials table).

    Raises `MissingColumnsError` naming `purpose` where the log does not tell what steps issue.
    """
    issued = [_listed(log.events, "activity", "issues")]
    materials = log.materials
    if "issued_by_step" in materials.columns:
        told = materials[["issued_by_step", "material_name"]].dropna()
        issued.append(told.rename(columns={"issued_by_step": "step", "material_name": "name"}))
    pairs = pd.concat(issued).drop_duplicates()
    if pairs.empty:
        raise MissingColumnsError(
            zh=f"{log.name}：{purpose.zh}需要知道环节出具的文书"
            "（列 issues 或 materials.issued_by_step），日志中没有。",
            en=f"{log.name}: {purpose.en} needs the documents steps issue "
            "(column issues, or materials.issued_by_step); the log has neither.",
        )
    asked = materials[["activity", "material_name"]].dropna().drop_duplicates()
    asked = asked.rename(columns={"activity": "step", "material_name": "name"})
    names = document_names([*pairs["name"], *asked["name"]], log.aliases)
    return DocumentFlow(_by_step(pairs, names), _by_step(asked, names))


def _listed(events: pd.DataFrame, step: str, column: str) -> pd.DataFrame:
    """Different (step, name) pairs of a column that holds lists."""
    if column not in events.columns:
        return pd.DataFrame({"step": pd.Series([], dtype="str"), "name": pd.Series([], dtype="str")})
    lists = events[[step, column]].dropna().drop_duplicates()
    names = lists[column].str.split(LIST_SEPARATOR).explode().str.strip()
    found = pd.DataFrame({"step": lists[step].loc[names.index], "name": names})
    return found[found["name"] != ""].drop_duplicates()


def _by_step(pairs: pd.DataFrame, names: Mapping[str, str]) -> dict[str, frozenset[str]]:
    documents = pairs["name"].map(names)
    return {str(step): frozenset(found) for step, found in documents.groupby(pairs["step"]).unique().items()}
