"""All checks in one list; running them, and the rows behind each issue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.event_log import EventLog
from mining.log_cache import once_per_object
from mining.quality import MAX_EXAMPLES, QualityIssue, QualityReport
from mining.quality_checks import cases, documents, names, times, values, work
from mining.quality_checks.found import Check, Found
from mining.working_time import OFFICE_HOURS, WorkingCalendar

CHECKS: tuple[Check, ...] = (
    times.find_future_times,
    times.find_implausible_times,
    times.find_midnight_times,
    times.find_rounded_times,
    times.find_shifted_clock,
    times.find_closed_day_events,
    times.find_missing_days,
    work.find_very_long_work,
    work.find_overlapping_work,
    work.find_bursts,
    work.find_ticket_order,
    cases.find_dates_out_of_order,
    cases.find_events_after_finish,
    cases.find_unusual_ends,
    cases.find_single_event_cases,
    cases.find_very_long_cases,
    cases.find_number_gaps,
    cases.find_contradicting_results,
    names.find_similar_names,
    names.find_generic_officers,
    names.find_test_rows,
    values.find_missing_values,
    values.find_constant_columns,
    values.find_rare_items,
    documents.find_documents_at_unknown_steps,
    documents.find_documents_out_of_time,
    documents.find_documents_without_issuer,
)
_ORDER = {"rejected": 0, "warning": 1, "info": 2}
SHOWN_COLUMNS = ("case_id", "activity", "ts_start", "ts_end", "dept", "window", "officer", "result")


@dataclass(frozen=True)
class CheckedRows:
    """An issue, and the rows of a table of the log it is about (none where it is about something else)."""

    issue: QualityIssue
    table: str
    positions: np.ndarray


def check_log(log: EventLog, calendar: WorkingCalendar = OFFICE_HOURS) -> tuple[CheckedRows, ...]:
    """What the checks object to, warnings first; computed once for each log and calendar."""
    known = _known(log)
    if calendar not in known:
        found = [each for check in CHECKS for each in check(log, calendar)] if log.n_events else []
        checked = [_checked(log, each) for each in found]
        known[calendar] = tuple(sorted(checked, key=lambda each: _ORDER[each.issue.severity]))
    return known[calendar]


@once_per_object
def _known(log: EventLog) -> dict[WorkingCalendar, tuple[CheckedRows, ...]]:
    return {}


def quality_of(log: EventLog, calendar: WorkingCalendar = OFFICE_HOURS) -> QualityReport:
    """The report of reading, with what the checks of the whole log add to it."""
    issues = (*log.quality.issues, *(each.issue for each in check_log(log, calendar)))
    return log.quality.model_copy(update={"issues": issues})


def issue_table(log: EventLog, code: str, calendar: WorkingCalendar = OFFICE_HOURS) -> pd.DataFrame | None:
    """All rows an issue is about, with their row numbers in the file; None where it is about no rows.

    Rows that reading set aside (duplicates) have their number and nothing else.
    """
    for checked in check_log(log, calendar):
        if checked.issue.code == code and checked.positions.size:
            return _shown(getattr(log, checked.table).iloc[checked.positions])
    rows = log.quality.file_rows.get(code)
    if rows is None or not len(rows):
        return None
    events = log.events.set_index("file_row", drop=False)
    return _shown(events.reindex(rows).assign(file_row=rows))


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    first = [name for name in ("file_row", *SHOWN_COLUMNS) if name in table.columns]
    rest = [name for name in table.columns if name not in first and not table[name].isna().all()]
    return table[[*first, *rest]].reset_index(drop=True)


def _checked(log: EventLog, each: Found) -> CheckedRows:
    table = getattr(log, each.table)
    examples = each.examples or tuple(
        _example(row) for _, row in table.iloc[each.positions[:MAX_EXAMPLES]].iterrows()
    )
    issue = QualityIssue(
        code=each.code,
        severity=each.severity,
        message=each.message,
        rows=int(each.positions.size if each.count is None else each.count),
        of_rows=len(table) if each.of is None else each.of,
        examples=examples,
    )
    return CheckedRows(issue, each.table, each.positions)


def _example(row: pd.Series) -> str:
    where = f"row {row['file_row']}: " if "file_row" in row else ""
    named = {"case": row.get("case_id"), "step": row.get("activity"), "document": row.get("material_name")}
    parts = ", ".join(
        f"{word} {value}" for word, value in named.items() if value is not None and value == value
    )
    return f"{where}{parts}"
