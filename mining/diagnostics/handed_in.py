"""Documents applicants handed in, with spellings merged and answers to a return taken out.

One row a submission that counts. Three kinds of rows of the materials table do not: documents that were
fetched or passed on inside the administration (`source` other than 申请人提交), submissions at a step that
answer a return for correction by the same department, and those that follow the expiry of the copy before.
All are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.event_log import BY_APPLICANT, PASS, EventLog
from mining.grouped import grouped_mode
from mining.journeys import journey_ids
from mining.log_cache import once_per_object
from mining.material_merges import material_names
from mining.materials import MaterialNames


@dataclass(frozen=True)
class HandedIn:
    """Submissions in the order (journey, document, time, file row), and what was left out.

    Columns of `rows`: journey, case_id, document, written, activity, dept, issuer, form, channel (missing
    values are <NA> where the log does not know).
    """

    rows: pd.DataFrame
    names: MaterialNames
    not_by_applicant: int  # fetched, passed on inside, or replaced by a commitment
    answers_to_returns: int
    after_expiry: int


@once_per_object
def find_handed_in(log: EventLog) -> HandedIn:
    """The submissions of a log that count, see the module."""
    table = log.materials
    by_applicant = (_texts(table, "source") == BY_APPLICANT) | _texts(table, "source").isna()
    names = material_names(log)
    table = table[by_applicant].reset_index(drop=True)
    written = _texts(table, "material_name")
    rows = pd.DataFrame(
        {
            "journey": _mapped(_texts(table, "case_id"), _journeys(log)),
            "case_id": _texts(table, "case_id"),
            "document": _mapped(written, names.canonical),
            "written": written,
            "activity": _texts(table, "activity"),
            "dept": _texts(table, "dept"),
            "issuer": _texts(table, "issuer_dept"),
            "form": _texts(table, "form"),
            "channel": _texts(table, "channel"),
            "valid_until_ms": milliseconds(table, "ts_valid_until"),
            "time_ms": milliseconds(table, "ts_received"),
            "attempt": _numbers(table, "attempt_no", 1),
            "file_row": _numbers(table, "file_row", 0),
        }
    )
    rows = rows[rows["document"].notna()]
    keys = [rows["file_row"], rows["time_ms"], rows["document"].cat.codes, rows["journey"].cat.codes]
    rows = rows.iloc[np.lexsort([key.to_numpy() for key in keys])].reset_index(drop=True)
    answers = (rows["attempt"] > 1).to_numpy() | _after_a_return(log, rows)
    rows = rows[~answers].reset_index(drop=True)
    renewed = _after_expiry(rows)
    return HandedIn(
        rows[~renewed].reset_index(drop=True),
        names,
        not_by_applicant=int((~by_applicant).sum()),
        answers_to_returns=int(answers.sum()),
        after_expiry=int(renewed.sum()),
    )


def _after_expiry(rows: pd.DataFrame) -> np.ndarray:
    """Whether the copy before, of the same journey and document, had expired when this one came in."""
    renewed = np.zeros(len(rows), bool)
    until, came = rows["valid_until_ms"].to_numpy(), rows["time_ms"].to_numpy()
    keys = np.stack([rows[name].cat.codes.to_numpy() for name in ("journey", "document")])
    same = (keys[:, 1:] == keys[:, :-1]).all(axis=0)
    renewed[1:] = same & (until[:-1] != UNKNOWN_MS) & (came[1:] != UNKNOWN_MS) & (came[1:] > until[:-1])
    return renewed


def _texts(table: pd.DataFrame, name: str) -> pd.Series:
    """A text column as a category (many rows, few different values); all missing where there is none."""
    if name not in table.columns:
        return pd.Series(pd.Categorical.from_codes(np.full(len(table), -1), categories=[]), index=table.index)
    return table[name].astype("category")


def _numbers(table: pd.DataFrame, name: str, default: int) -> pd.Series:
    if name not in table.columns:
        return pd.Series(default, index=table.index, dtype="int64")
    return table[name].fillna(default).astype("int64")


def _mapped(values: pd.Series, to: Mapping[str, str]) -> pd.Series:
    """A category with its values replaced; several may become one."""
    targets = [to.get(str(value), str(value)) for value in values.cat.categories]
    categories = sorted(set(targets))
    position = {name: index for index, name in enumerate(categories)}
    code = np.array([position[name] for name in targets] + [-1], "int64")
    # code -1 (missing) picks the last entry, -1 again
    mapped = pd.Categorical.from_codes(code[values.cat.codes.to_numpy()], categories=categories)
    return pd.Series(mapped, index=values.index)


def _journeys(log: EventLog) -> dict[str, str]:
    """Case -> journey, where the two differ."""
    pairs = log.events[["case_id"]].assign(journey=journey_ids(log)).drop_duplicates("case_id")
    pairs = pairs[pairs["case_id"] != pairs["journey"]]
    return dict(zip(pairs["case_id"], pairs["journey"], strict=True))


def _after_a_return(log: EventLog, rows: pd.DataFrame) -> np.ndarray:
    """Whether the same document was handed in at the same step before, and its department (or, where the
    log knows no departments, the step) returned the case since."""
    answers = np.zeros(len(rows), bool)
    if not log.has("result") or rows.empty or not bool(rows["activity"].notna().any()):
        return answers
    keys = np.stack([rows[name].cat.codes.to_numpy() for name in ("case_id", "activity", "document")])
    order = np.lexsort([np.arange(len(rows)), *keys])
    same = (keys[:, order[1:]] == keys[:, order[:-1]]).all(axis=0)
    returns = _returns_before(log, rows)[order]
    answers[order[1:]] = same & (returns[1:] > returns[:-1])
    return answers


def _returns_before(log: EventLog, rows: pd.DataFrame) -> np.ndarray:
    """How often the row's department (else its step) had not passed the case by then; -1 where unknown."""
    columns = log_columns(log)
    result = log.events["result"]
    returned = np.flatnonzero((result.notna() & (result != PASS)).to_numpy(dtype=bool))
    case = _codes(rows["case_id"], columns.case_ids)
    step = _codes(rows["activity"], columns.activities)
    time_ms = rows["time_ms"].to_numpy()
    known = (case >= 0) & (step >= 0) & (time_ms != UNKNOWN_MS)
    of_event, n_units = _units(log)
    # a step belongs to the department that does it most
    of_step = grouped_mode(columns.activity, of_event, columns.n_activities)
    group = np.where(known, case * n_units + of_step[step], -1)
    keys = columns.case[returned] * n_units + of_event[returned]
    return np.where(known, count_before(keys, columns.time_ms[returned], group, time_ms), -1)


def _units(log: EventLog) -> tuple[np.ndarray, int]:
    """The department of each event as a code; where it has none, one of its step."""
    columns = log_columns(log)
    if not log.has("dept"):
        return columns.activity, columns.n_activities
    dept, names = pd.factorize(log.events["dept"])
    return np.where(dept >= 0, dept, len(names) + columns.activity), len(names) + columns.n_activities


def _codes(values: pd.Series, names: np.ndarray) -> np.ndarray:
    """Positions of a category's values in `names`, -1 for others and for missing values."""
    code = np.append(pd.Index(names).get_indexer(pd.Index(values.cat.categories, dtype=object)), -1)
    return code[values.cat.codes.to_numpy()]


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
