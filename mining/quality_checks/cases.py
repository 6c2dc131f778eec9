"""Cases whose dates contradict each other, that begin or end in the middle, or that are no single case."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.event_log import EventLog
from mining.quality_checks.found import Found, counted, found, high_outliers
from mining.working_time import WorkingCalendar

USUAL_SHARE = 0.05
MIN_CASES = 30
MANY_EVENTS_OF_CASE = 50
MAX_GAP = 50
_RUNNING_NUMBER = re.compile(r"^(.*?)(\d{1,9})$")


def find_dates_out_of_order(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Accepted before the application, finished before acceptance, promised for a day before acceptance."""
    pairs = (
        ("accept_before_apply", "ts_apply", "ts_accept", "受理早于申请", "accepted before the application"),
        ("finish_before_accept", "ts_accept", "ts_finish", "办结早于受理", "finished before acceptance"),
    )
    result: list[Found] = []
    for code, first, second, zh, en in pairs:
        earlier, later = milliseconds(log.cases, first), milliseconds(log.cases, second)
        wrong = (earlier != UNKNOWN_MS) & (later != UNKNOWN_MS) & (later < earlier)
        result += found(
            code,
            np.flatnonzero(wrong),
            f"{zh}的办件：日期有误或含义不同。",
            f"cases {en}: a wrong date, or one that means something else.",
            table="cases",
        )
    return result


def find_events_after_finish(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Events on a day after the one on which their case was finished."""
    columns = log_columns(log)
    finish = np.full(columns.n_cases, UNKNOWN_MS, "int64")
    codes = columns.codes_of_cases(log.cases["case_id"])
    finish[codes[codes >= 0]] = milliseconds(log.cases, "ts_finish")[codes >= 0]
    end = finish[columns.case]
    late = (end != UNKNOWN_MS) & (columns.time_ms // 86_400_000 > end // 86_400_000)
    return found(
        "events_after_finish",
        np.flatnonzero(late),
        "办结日之后仍有事件：送达、归档、补录，或办结时间有误。",
        "events after the day their case was finished: delivery, filing, later entries, or a wrong date.",
        severity="info",
    )


def find_unusual_ends(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Cases that do not begin (end) with a step that begins (ends) at least 5 % of the cases."""
    columns = log_columns(log)
    if columns.n_cases < MIN_CASES:
        return []
    result: list[Found] = []
    for code, at, zh, en in (
        ("unusual_first_step", columns.first_events, "首个环节不常见：可能在日志开始前已受理。", "begin"),
        ("unusual_last_step", columns.last_events, "末个环节不常见：可能尚未办结。", "end"),
    ):
        steps = columns.activity[at]
        share = np.bincount(steps, minlength=columns.n_activities) / columns.n_cases
        if share.max() < USUAL_SHARE:  # nothing is usual here
            continue
        result += found(
            code,
            at[share[steps] < USUAL_SHARE],
            zh,
            f"cases that {en} with a step few cases {en} with: cut off by the {en} of the log, perhaps.",
            severity="info",
        )
    return result


def find_single_event_cases(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Cases with one event, in a log whose usual case has more."""
    columns = log_columns(log)
    if columns.n_cases == 0 or np.median(columns.case_lengths) < 2:
        return []
    return found(
        "single_event_cases",
        columns.first_events[columns.case_lengths == 1],
        "只有一个事件的办件：未继续，或其余事件未导出。",
        "cases with a single event: not gone on with, or the rest was not exported.",
        severity="info",
    )


def find_very_long_cases(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Cases with far more events than others: several cases under one number."""
    columns = log_columns(log)
    if columns.n_cases < MIN_CASES:
        return []
    lengths = columns.case_lengths.astype("float64")
    return found(
        "very_long_cases",
        columns.first_events[high_outliers(lengths) & (lengths > MANY_EVENTS_OF_CASE)],
        "事件数远多于其他办件：多个办件可能共用一个编号。",
        "far more events than other cases: several cases may share a number.",
    )


def find_number_gaps(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Numbers that are missing in runs of case numbers with one prefix: cases that were not exported."""
    ids = pd.Series(log_columns(log).case_ids, dtype="str")
    parts = ids.str.extract(_RUNNING_NUMBER).dropna()
    if len(parts) < MIN_CASES:
        return []
    numbers = pd.to_numeric(parts[1]).astype("int64")
    order = np.lexsort((numbers, parts[0]))
    prefix, number = parts[0].to_numpy()[order], numbers.to_numpy()[order]
    gap = np.diff(number) - 1
    within = (prefix[1:] == prefix[:-1]) & (gap > 0) & (gap <= MAX_GAP)
    dense = np.mean((prefix[1:] == prefix[:-1]) & (gap == 0)) > 0.5
    if not dense:
        return []
    shown = [f"{prefix[i]}{number[i]} … {number[i + 1]}" for i in np.flatnonzero(within)[:5]]
    return counted(
        "case_number_gaps",
        int(gap[within].sum()),
        int(gap[within].sum()) + len(ids),
        shown,
        "办件编号不连续（行数为缺少的编号数）：可能有办件未导出。",
        "case numbers are missing in their runs (rows counts numbers): cases may not have been exported.",
    )


def find_contradicting_results(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Cases whose final result is another than that of their last decided event."""
    if not log.has("result") or "final_result" not in log.cases.columns:
        return []
    last = log.events.dropna(subset=["result"]).groupby("case_id")["result"].last()
    final = log.cases["final_result"]
    known = log.cases["case_id"].map(last)
    wrong = final.notna() & known.notna() & (final != known)
    return found(
        "contradicting_results",
        np.flatnonzero(wrong.to_numpy()),
        "办件结果与最后一个环节的结果不一致。",
        "the final result of the case is another than that of its last step.",
        table="cases",
        severity="info",
    )
