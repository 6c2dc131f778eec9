"""Documents applicants handed in, with spellings merged and answers to a return taken out.

One row a submission that counts. Two kinds of rows of the materials table do not: documents that were
fetched or passed on inside the administration (`source` other than 申请人提交), and submissions that answer
a return for correction at the same step. Both are counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.event_log import BY_APPLICANT, PASS, EventLog
from mining.journeys import journey_ids
from mining.log_cache import once_per_object
from mining.materials import MaterialNames, normalise_material_names


@dataclass(frozen=True)
class HandedIn:
    """Submissions in the order (journey, document, time, file row), and what was left out.

    Columns of `rows`: journey, case_id, document, written, activity, dept, issuer (missing values are <NA>
    where the log does not know).
    """

    rows: pd.DataFrame
    names: MaterialNames
    not_by_applicant: int  # fetched, passed on inside, or replaced by a commitment
    answers_to_returns: int


@once_per_object
def find_handed_in(log: EventLog) -> HandedIn:
    """The submissions of a log that count, see the module."""
    table = log.materials
    by_applicant = _column(table, "source").fillna(BY_APPLICANT).eq(BY_APPLICANT).to_numpy()
    names = _names(table)
    table = table[by_applicant].reset_index(drop=True)
    rows = pd.DataFrame(
        {
            "journey": _journeys(log, table["case_id"]),
            "case_id": table["case_id"],
            "document": table["material_name"].map(names.canonical),
            "written": table["material_name"],
            "activity": _column(table, "activity"),
            "dept": _column(table, "dept"),
            "issuer": _column(table, "issuer_dept"),
            "time_ms": milliseconds(table, "ts_received"),
            "attempt": _column(table, "attempt_no", 1).fillna(1).astype("int64"),
            "file_row": _column(table, "file_row", 0).astype("int64"),
        }
    )
    rows = rows[rows["document"].notna()]
    rows = rows.sort_values(["journey", "document", "time_ms", "file_row"], kind="stable", ignore_index=True)
    answers = (rows["attempt"] > 1).to_numpy() | _after_a_return(log, rows)
    return HandedIn(
        rows[~answers].reset_index(drop=True),
        names,
        not_by_applicant=int((~by_applicant).sum()),
        answers_to_returns=int(answers.sum()),
    )


def _column(table: pd.DataFrame, name: str, default: object = None) -> pd.Series:
    if name in table.columns:
        return table[name]
    dtype = "str" if default is None else "int64"
    return pd.Series(default, index=table.index, dtype=dtype)


def _names(table: pd.DataFrame) -> MaterialNames:
    known = table[["material_name"]].assign(issuer=_column(table, "issuer_dept")).dropna().drop_duplicates()
    issuers = dict(zip(known["material_name"], known["issuer"], strict=True))
    return normalise_material_names(table["material_name"].dropna().unique(), issuers=issuers)


def _journeys(log: EventLog, case_ids: pd.Series) -> pd.Series:
    events = log.events[["case_id"]].assign(journey=journey_ids(log))
    of_case = events.drop_duplicates("case_id").set_index("case_id")["journey"]
    return case_ids.map(of_case).fillna(case_ids)


def _after_a_return(log: EventLog, rows: pd.DataFrame) -> np.ndarray:
    """Whether the same document was handed in at the same step before, and the step returned it since."""
    answers = np.zeros(len(rows), bool)
    if not log.has("result") or rows.empty or not bool(rows["activity"].notna().any()):
        return answers
    order = rows.sort_values(["case_id", "activity", "document"], kind="stable").index.to_numpy()
    ordered = rows.loc[order]
    same = np.ones(len(rows) - 1, bool)
    for name in ("case_id", "activity", "document"):
        same &= (ordered[name].to_numpy()[1:] == ordered[name].to_numpy()[:-1]).astype(bool)
    returns = _returns_before(log, ordered)
    answers[order[1:]] = same & (returns[1:] > returns[:-1])
    return answers


def _returns_before(log: EventLog, rows: pd.DataFrame) -> np.ndarray:
    """How often the row's step had not passed the case when the document came in; -1 where unknown."""
    columns = log_columns(log)
    result = log.events["result"]
    returned = (result.notna() & (result != PASS)).to_numpy()
    case = columns.codes_of_cases(rows["case_id"])
    step = pd.Index(columns.activities).get_indexer(pd.Index(rows["activity"]))
    time_ms = rows["time_ms"].to_numpy()
    known = (case >= 0) & (step >= 0) & (time_ms != UNKNOWN_MS)
    width = columns.n_activities
    group = np.where(known, case * width + step, -1)
    keys = columns.case[returned] * width + columns.activity[returned]
    return np.where(known, count_before(keys, columns.time_ms[returned], group, time_ms), -1)


def count_before(
    keys: np.ndarray, times_ms: np.ndarray, wanted_keys: np.ndarray, moments_ms: np.ndarray
) -> np.ndarray:
    """How many of the (key, time) pairs have each wanted key and a time before each moment."""
    _, codes = np.unique(np.concatenate([keys, wanted_keys]), return_inverse=True)
    _, ranks = np.unique(np.concatenate([times_ms, moments_ms]), return_inverse=True)
    height = int(ranks.max()) + 1 if ranks.size else 1
    place = codes * height + ranks
    events, wanted = np.sort(place[: keys.size]), place[keys.size :]
    return np.searchsorted(events, wanted) - np.searchsorted(events, wanted - wanted % height)
