"""Work that one pair of hands could not have done as it stands in the log."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.event_log import EventLog
from mining.quality_checks.found import Found, found, high_outliers
from mining.touch_times import believed_officers
from mining.working_time import MS_PER_MINUTE, WorkingCalendar

MIN_EVENTS_OF_STEP = 30
LONGEST_PLAUSIBLE_MINUTES = 30
BURST = 3


def find_very_long_work(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Events far longer than others of their step: forgotten to close, or two events in one."""
    columns = log_columns(log)
    known = np.flatnonzero(columns.knows_start_and_end)
    minutes = (columns.end_ms[known] - columns.start_ms[known]) / MS_PER_MINUTE
    order = np.argsort(columns.activity[known], kind="stable")
    bounds = np.flatnonzero(np.diff(columns.activity[known][order])) + 1
    far: list[np.ndarray] = []
    for part in np.split(order, bounds):
        if part.size >= MIN_EVENTS_OF_STEP:
            long = high_outliers(minutes[part]) & (minutes[part] > LONGEST_PLAUSIBLE_MINUTES)
            far.append(part[long])
    positions = np.sort(known[np.concatenate(far)]) if far else np.zeros(0, "int64")
    return found(
        "very_long_work",
        positions,
        "办理时长远高于同环节其他事件（对数四分位距三倍以外）：可能忘记结束。",
        "far longer than other events of the step (three interquartile ranges on a log scale): perhaps never "
        "closed.",
    )


def find_overlapping_work(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Events that begin while the same officer is still at another one."""
    if not log.has("officer"):
        return []
    columns = log_columns(log)
    officer = pd.factorize(log.events["officer"])[0]
    at = np.flatnonzero((officer >= 0) & columns.knows_start_and_end)
    at = at[np.lexsort((columns.end_ms[at], columns.start_ms[at], officer[at]))]
    if at.size == 0:
        return []
    shift = officer[at].astype("int64") * (
        int(columns.end_ms[at].max()) - int(columns.start_ms[at].min()) + 1
    )
    latest = np.maximum.accumulate(columns.end_ms[at] + shift)
    same = officer[at][1:] == officer[at][:-1]
    overlaps = same & (columns.start_ms[at][1:] + shift[1:] < latest[:-1])
    return found(
        "overlapping_work",
        np.sort(at[1:][overlaps]),
        "同一经办人同时办理多件：账号共用、批量登记，或确实并行；其办理时长偏长。",
        "an officer is at two cases at once: a shared account, entries made in bulk, or work in parallel; "
        "their handling times are too long.",
        severity="info",
    )


def find_bursts(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Three or more cases that one officer finished in the same second; full minutes are no seconds.

    Names that are roles or placeholders tell nothing of one person.
    """
    officer = believed_officers(log)
    if officer is None:
        return []
    columns = log_columns(log)
    second = columns.end_ms // 1000
    by_the_second = (columns.end_ms != UNKNOWN_MS) & (columns.end_ms % MS_PER_MINUTE != 0)
    at = np.flatnonzero((officer >= 0) & by_the_second)
    keys = pd.MultiIndex.from_arrays([officer[at], second[at]])
    code, _ = pd.factorize(keys)
    pairs = np.unique(np.stack([code, columns.case[at]]), axis=1)[0] if at.size else np.zeros(0, "int64")
    cases = np.bincount(pairs, minlength=int(code.max()) + 1) if at.size else pairs
    burst = at[cases[code] >= BURST] if at.size else at
    return found(
        "same_second_bursts",
        burst,
        "同一经办人在同一秒办结三件及以上：批量操作或补录，时间不代表实际办理。",
        "one officer finished three or more cases in the same second: done in bulk or entered later, so "
        "these times tell nothing of the work.",
    )


def find_ticket_order(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Called before the ticket was taken, or served before being called."""
    times = [milliseconds(log.events, name) for name in ("ts_ticket", "ts_call", "ts_start")]
    wrong = np.zeros(log.n_events, bool)
    for first, earlier in enumerate(times):
        for later in times[first + 1 :]:
            wrong |= (earlier != UNKNOWN_MS) & (later != UNKNOWN_MS) & (later < earlier)
    return found(
        "ticket_order",
        np.flatnonzero(wrong),
        "取号、叫号、开始办理的先后颠倒：该事件的等待时间未知。",
        "ticket, call and start are not in this order: the wait of these events is not known.",
    )
