"""The heat map material x department: how often each department asks for each document, and in vain.

Three values a cell: submissions that count (`diagnostics.handed_in`: answers to a return, fetched and renewed
documents are left out), those of them that were avoidable (handed in before in the journey, to whichever
department), and returns of the department whose reason names the document.

Example: the identity card at registration, then at the tax office, which returns the case because of it:
registration 1 / 0 / 0, tax office 1 / 1 / 1; the copy that answers the return does not count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.diagnostics.corrections import corrections_if_known
from mining.diagnostics.duplicate_materials import find_submissions
from mining.diagnostics.fetchable import documents_at_fault
from mining.diagnostics.shared import Needs
from mining.event_log import EventLog
from mining.text import Text

NEEDS = Needs(
    purpose=Text(zh="绘制材料与部门的热力图", en="the heat map of documents and departments"),
    materials=("case_id", "material_name", "dept"),
)


@dataclass(frozen=True)
class MaterialHeatMap:
    """Arrays of shape (documents, departments), int64; documents with most avoidable submissions first,
    departments with most submissions first. `department_unknown` counts submissions left out for want of one.
    `returns_known` is False where the log tells no reasons of returns: then all are 0."""

    documents: tuple[str, ...]
    departments: tuple[str, ...]
    submissions: np.ndarray
    avoidable: np.ndarray
    returns: np.ndarray
    department_unknown: int
    returns_known: bool

    def to_json(self) -> dict[str, JsonValue]:
        """One list a document for each value."""
        return {
            "documents": [*self.documents],
            "departments": [*self.departments],
            "submissions": self.submissions.tolist(),
            "avoidable": self.avoidable.tolist(),
            "returns": self.returns.tolist() if self.returns_known else None,
            "department_unknown": self.department_unknown,
        }


def find_material_heat_map(log: EventLog) -> MaterialHeatMap:
    """The heat map of a log; raises `MissingColumnsError` without documents and departments."""
    NEEDS.check(log)
    rows = find_submissions(log)
    known = rows.dropna(subset=["document", "dept"])
    documents, departments = _ordered(known["document"], known["duplicate"]), _ordered(known["dept"])
    at = (
        pd.Index(documents).get_indexer(pd.Index(known["document"].astype("object"))),
        pd.Index(departments).get_indexer(pd.Index(known["dept"].astype("object"))),
    )
    submissions, avoidable = (np.zeros((len(documents), len(departments)), "int64") for _ in range(2))
    np.add.at(submissions, at, 1)
    np.add.at(avoidable, at, known["duplicate"].to_numpy(dtype="int64"))
    returns, returns_known = _returns(log, documents, departments)
    return MaterialHeatMap(
        documents, departments, submissions, avoidable, returns, len(rows) - len(known), returns_known
    )


def _ordered(names: pd.Series, weight: pd.Series | None = None) -> tuple[str, ...]:
    """Names by weight (if given), then by how often they occur, then by name."""
    counts = names.astype("object").value_counts()
    weights = counts * 0 if weight is None else weight.groupby(names.astype("object")).sum()
    return tuple(sorted((str(n) for n in counts.index), key=lambda n: (-weights[n], -counts[n], n)))


def _returns(
    log: EventLog, documents: tuple[str, ...], departments: tuple[str, ...]
) -> tuple[np.ndarray, bool]:
    found = np.zeros((len(documents), len(departments)), "int64")
    corrections = corrections_if_known(log)
    if corrections is None or not log.has("reason", "dept"):
        return found, False
    row = {name: number for number, name in enumerate(documents)}
    for column, department in enumerate(departments):
        here = corrections.returned & (log.events["dept"] == department).to_numpy(dtype=bool)
        for document, n in documents_at_fault(log, here).items():
            if document in row:
                found[row[document], column] = n
    return found, True
