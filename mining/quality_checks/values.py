"""Columns that are half empty or say always the same; items too rare to tell anything."""

from __future__ import annotations

import numpy as np

from mining.event_log import EVENT_COLUMNS, EventLog
from mining.quality_checks.found import Found, counted, found
from mining.working_time import WorkingCalendar

RARE_CASES = 30
ALWAYS_THERE = {"case_id", "activity", "time", "file_row"}
SELDOM_THERE = {
    "ts_ticket",
    "ts_call",
    "ticket_no",
    "result",
    "reason",
    "materials",
    "issues",
    "window",
    "visit_id",
}
"""Columns that only some steps have: a gap in them is no loss."""


def find_missing_values(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Columns every event should have and some have not; rows counts events with a gap in any of them."""
    gaps = np.zeros(log.n_events, bool)
    shares: dict[str, float] = {}
    for column in EVENT_COLUMNS:
        if column in ALWAYS_THERE | SELDOM_THERE or not log.has(column):
            continue
        missing = log.events[column].isna().to_numpy()
        if missing.any():
            shares[column] = float(missing.mean())
            gaps |= missing
    listed = ", ".join(
        f"{column} {share:.1%}" for column, share in sorted(shares.items(), key=lambda s: -s[1])
    )
    return found(
        "missing_values",
        np.flatnonzero(gaps),
        f"部分事件缺少的值：{listed}。缺少之处按未知处理。",
        f"values some events lack: {listed}. They count as unknown.",
        severity="info",
    )


def find_constant_columns(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Columns with one value for all events: they cannot tell anything apart."""
    columns = ("dept", "officer", "window", "channel", "item_name", "result", "hall")
    constant = [
        name
        for name in columns
        if log.has(name) and log.events[name].dropna().nunique() == 1 and log.n_cases > 1
    ]
    shown = [f"{name}: {log.events[name].dropna().iloc[0]}" for name in constant]
    return counted(
        "constant_columns",
        len(constant),
        sum(log.has(name) for name in columns),
        shown,
        "全日志只有一个值的列（行数为列数）：无法据此比较。",
        "columns with one value in the whole log (rows counts columns): nothing can be compared by them.",
    )


def find_rare_items(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Items with fewer than 30 cases, in a log of several items."""
    if not log.has("item_name"):
        return []
    cases = log.events.drop_duplicates(["case_id", "item_name"])["item_name"].value_counts()
    rare = cases[cases < RARE_CASES]
    if len(cases) < 2:
        return []
    return counted(
        "rare_items",
        len(rare),
        len(cases),
        [f"{name} ({count})" for name, count in rare.head(5).items()],
        f"办件少于 {RARE_CASES} 件的事项（行数为事项数）：不宜单独下结论。",
        f"items with fewer than {RARE_CASES} cases (rows counts items): too few to conclude from.",
    )
