"""Which cases to look at: by time, item, department, channel, step and outcome, in milliseconds.

A filter chooses whole cases, so that maps, variants and waits of the rest stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from mining.case_times import find_case_times
from mining.columns import log_columns
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.log_cache import once_per_object
from mining.text_codes import MISSING, TextCodes, text_codes


@dataclass(frozen=True)
class CaseFilter:
    """Conditions that must all hold; None: any case will do.

    `begins_from_ms` <= begin of the case < `begins_before_ms` (milliseconds since 1970, the hall's clock).
    `items`, `channels` and `outcomes` are of the case; `depts` and `steps` ask for an event with one of them.
    """

    begins_from_ms: int | None = None
    begins_before_ms: int | None = None
    items: frozenset[str] | None = None
    depts: frozenset[str] | None = None
    channels: frozenset[str] | None = None
    steps: frozenset[str] | None = None
    outcomes: frozenset[str] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every case passes."""
        return all(getattr(self, condition.name) is None for condition in fields(self))


def choose_cases(log: EventLog, wanted: CaseFilter) -> np.ndarray:
    """One bool a case, in the order of `LogColumns.case_ids`.

    Raises `MissingColumnsError` where the log does not know what a condition asks for.
    """
    columns = log_columns(log)
    chosen = np.ones(columns.n_cases, bool)
    if wanted.begins_from_ms is not None:
        chosen &= find_case_times(log).begin_ms >= wanted.begins_from_ms
    if wanted.begins_before_ms is not None:
        chosen &= find_case_times(log).begin_ms < wanted.begins_before_ms
    for values, column in ((wanted.items, "item_name"), (wanted.channels, "channel")):
        if values is not None:
            chosen &= _of_case(log, column, values)
    if wanted.outcomes is not None:
        chosen &= _with_outcome(log, wanted.outcomes)
    for values, column in ((wanted.depts, "dept"), (wanted.steps, "activity")):
        if values is not None:
            chosen &= _any_event(log, _required(log, column).any_of(values))
    return chosen


def _of_case(log: EventLog, column: str, values: frozenset[str]) -> np.ndarray:
    """By the table of cases where it knows the column, else by any event of the case."""
    codes = text_codes(log, column, "cases")
    if codes is None:
        return _any_event(log, _required(log, column).any_of(values))
    return _in_case_order(log, codes.any_of(values))


def _with_outcome(log: EventLog, values: frozenset[str]) -> np.ndarray:
    """By the final result of the case, else by the last result one of its events has."""
    codes = text_codes(log, "final_result", "cases")
    if codes is not None:
        return _in_case_order(log, codes.any_of(values))
    codes, columns = _required(log, "result"), log_columns(log)
    position = np.where(codes.codes == MISSING, -1, np.arange(columns.n_events))
    last = np.maximum.reduceat(position, columns.first_events) if columns.n_cases else position
    return (last >= 0) & codes.any_of(values)[last]


def _required(log: EventLog, column: str) -> TextCodes:
    codes = text_codes(log, column)
    if codes is None:
        raise MissingColumnsError(
            zh=f"{log.name}：按 {column} 筛选需要该列，日志中没有或全部为空。",
            en=f"{log.name}: a filter by {column} needs this column, which is missing or empty.",
        )
    return codes


def _any_event(log: EventLog, of_event: np.ndarray) -> np.ndarray:
    columns = log_columns(log)
    return np.logical_or.reduceat(of_event, columns.first_events) if columns.n_cases else of_event


def _in_case_order(log: EventLog, of_row: np.ndarray) -> np.ndarray:
    """What is true of a row of the cases as what is true of each case; False for one without a row."""
    case = _case_of_row(log)
    chosen = np.zeros(log_columns(log).n_cases, bool)
    chosen[case[of_row & (case >= 0)]] = True
    return chosen


@once_per_object
def _case_of_row(log: EventLog) -> np.ndarray:
    return log_columns(log).codes_of_cases(log.cases["case_id"])
