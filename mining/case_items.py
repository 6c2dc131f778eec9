"""Who applied for what: applicant, item, explicit journey and times of each case, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.case_times import find_case_times
from mining.columns import UNKNOWN_MS, log_columns
from mining.event_log import ABANDON, DECLINE, REJECT, RETURN, WITHDRAW, EventLog, holds
from mining.log_cache import once_per_object

WITHOUT_SUCCESS = (RETURN, REJECT, DECLINE, WITHDRAW, ABANDON)


@dataclass(frozen=True)
class CaseItems:
    """One value a case, in the order of `LogColumns.case_ids`. Codes are -1 where unknown.

    `end_ms` of an open case is its last event. `failed` cases ended with another result than success (or with
    a return nobody answered); a case whose result is unknown counts as done.
    """

    case_ids: np.ndarray
    applicant: np.ndarray  # code
    item: np.ndarray  # code of `item_names`
    item_names: np.ndarray
    journey_id: np.ndarray  # text as in the log, None where it has none
    journey_origin: np.ndarray  # text of an earlier stitching, None where there was none
    begin_ms: np.ndarray
    end_ms: np.ndarray
    failed: np.ndarray


@once_per_object
def case_items(log: EventLog) -> CaseItems:
    """Applicant, item and times of each case of a log."""
    columns, times = log_columns(log), find_case_times(log)
    last = columns.time_ms[columns.last_events] if columns.n_cases else columns.time_ms
    end = np.where(times.finish_ms == UNKNOWN_MS, last, times.finish_ms)
    applicant, _ = pd.factorize(of_case(log, "applicant_hash"), sort=True)
    names = of_case(log, "item_name")
    item, item_names = pd.factorize(names.where(names.notna(), of_case(log, "item_code")), sort=True)
    result = of_case(log, "final_result")
    if log.has("result") and columns.n_cases:
        result = result.where(result.notna(), _last_result(log))
    return CaseItems(
        case_ids=columns.case_ids,
        applicant=applicant,
        item=item,
        item_names=np.asarray(item_names, dtype=object),
        journey_id=_or_none(of_case(log, "journey_id")),
        journey_origin=_or_none(of_case(log, "journey_origin")),
        begin_ms=times.begin_ms,
        end_ms=np.maximum(end, times.begin_ms),
        failed=result.isin(WITHOUT_SUCCESS).to_numpy(dtype=bool),
    )


def of_case(log: EventLog, column: str) -> pd.Series:
    """A text column for each case: of the table of cases, else the first value the case's events have."""
    columns = log_columns(log)
    found = pd.Series(np.full(columns.n_cases, None, dtype=object))
    if holds(log.cases, column):
        table = log.cases.drop_duplicates("case_id").set_index("case_id")[column]
        found = pd.Series(table.reindex(columns.case_ids).to_numpy(dtype=object))
    if column in log.events.columns:
        values = log.events[column]
        known = np.flatnonzero(values.notna().to_numpy())
        case, at = np.unique(columns.case[known], return_index=True)
        of_events = np.full(columns.n_cases, None, dtype=object)
        of_events[case] = values.iloc[known[at]].to_numpy(dtype=object)
        found = found.where(found.notna(), pd.Series(of_events))
    return found


def _last_result(log: EventLog) -> pd.Series:
    """The last result the events of each case have."""
    columns = log_columns(log)
    values = log.events["result"]
    known = np.flatnonzero(values.notna().to_numpy())
    found = np.full(columns.n_cases, None, dtype=object)
    found[columns.case[known]] = values.iloc[known].to_numpy(dtype=object)  # the last one is written last
    return pd.Series(found)


def _or_none(values: pd.Series) -> np.ndarray:
    return values.where(values.notna(), None).to_numpy(dtype=object)
