"""Times of queue machines: a day and a clock in two columns, 0:00:00 for none, services past midnight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mining.reading.arrow_text import text_array
from mining.reading.choices import JOINT, ColumnChoices
from mining.reading.mapping import map_table_headers
from mining.reading.notes import Notes
from mining.reading.raw import RawTable, clean_text
from mining.reading.table_aliases import TICKET_ALIASES

CLOCKS = ("ts_ticket", "ts_call", "ts_left", "ts_start", "ts_end")
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
_ZERO = r"0{1,2}:00(?::00(?:\.0+)?)?"
_HALF_DAY = pd.Timedelta(hours=12)
CLOCK_SKEW = pd.Timedelta(minutes=1)
"""Clocks of a queue's devices may differ by so much (an assumption): a service that begins up to this much
before its ticket began at once."""


def with_whole_times(raw: RawTable, choices: ColumnChoices, notes: Notes) -> RawTable:
    """The table with one column for each time: first of several headers, day and clock put together.

    Raises `LogError` where a header that was chosen is not there.
    """
    raw = _with_first_of_several(raw, choices, notes)
    columns = map_table_headers(raw, TICKET_ALIASES, choices.of_table("tickets"), _unheard(raw)).columns
    if "date" not in columns:
        return raw
    day = clean_text(raw.column(columns["date"]).astype("str"))
    table = raw.table
    for header in dict.fromkeys(columns[name] for name in CLOCKS if name in columns):
        clock = clean_text(raw.column(header).astype("str"))
        if not bool(clock.dropna().str.fullmatch(_CLOCK).all()):
            continue
        whole = day.str.cat(clock, sep=" ")
        table = table.set_column(table.column_names.index(header), header, text_array(whole))
    return replace(raw, table=table)


def _unheard(raw: RawTable) -> Notes:
    return Notes(raw.file, raw.rows_read)  # what is noted here is noted again when the table is read


def _with_first_of_several(raw: RawTable, choices: ColumnChoices, notes: Notes) -> RawTable:
    table = raw.table
    for name, header in choices.tables.get("tickets", {}).items():
        parts = header if isinstance(header, tuple) else ()
        found = map_table_headers(raw, {}, {str(part): part for part in parts}, _unheard(raw)).columns
        values = [_without_zero(raw, found[part], name, choices, notes) for part in parts]
        if not values:
            continue
        first = values[0]
        for other in values[1:]:
            first = first.fillna(other)
        table = table.append_column(JOINT.join(parts), text_array(first))
    raw = replace(raw, table=table)
    if choices.zero_clock != "none":
        return raw
    single = map_table_headers(raw, TICKET_ALIASES, choices.of_table("tickets"), _unheard(raw)).columns
    for name in CLOCKS:
        if name in single and JOINT not in single[name]:
            values_of = _without_zero(raw, single[name], name, choices, notes)
            position = table.column_names.index(single[name])
            table = table.set_column(position, single[name], text_array(values_of))
    return replace(raw, table=table)


def _without_zero(raw: RawTable, header: str, name: str, choices: ColumnChoices, notes: Notes) -> pd.Series:
    values = clean_text(raw.column(header).astype("str"))
    if choices.zero_clock != "none" or name not in CLOCKS:
        return values
    zero = values.str.fullmatch(_ZERO, na=False)
    notes.add(
        "zero_clock_means_none",
        "info",
        zh=f"列“{header}”的 0:00:00 按没有时间处理（zero_clock: none）。",
        en=f"0:00:00 in column {header!r} is taken as no time (zero_clock: none).",
        rows=int(zero.sum()),
    )
    return values.mask(zero)


def past_midnight(frame: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """With times half a day or more before the first of their ticket moved to the next day."""
    names = [name for name in CLOCKS if name in frame.columns]
    first = next((frame[name] for name in names if name in ("ts_ticket", "ts_call")), None)
    if first is None:
        return frame
    changed: dict[str, pd.Series] = {}
    wrapped = np.zeros(len(frame), bool)
    for name in names:
        early = first - frame[name] >= _HALF_DAY
        changed[name] = frame[name].mask(early, frame[name] + pd.Timedelta(days=1))
        wrapped |= early.to_numpy()
    notes.add(
        "past_midnight",
        "info",
        zh="钟点早于取号时间半天以上：视为次日（跨零点）。",
        en="clocks half a day or more before their ticket: taken as the next day, past midnight.",
        rows=int(wrapped.sum()),
        examples=(f"row {row}" for row in frame["file_row"][wrapped]),
    )
    return frame.assign(**changed)


def in_order(frame: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """With a ticket no later than its call, a call no later than its start, where only clocks disagree.

    A ticket more than `CLOCK_SKEW` after the service began is unknown.
    """
    for early, late in (("ts_ticket", "ts_start"), ("ts_ticket", "ts_call"), ("ts_call", "ts_start")):
        if early not in frame.columns or late not in frame.columns:
            continue
        after = frame[early] > frame[late]
        far = frame[early] - frame[late] > CLOCK_SKEW
        notes.add(
            f"{early}_after_{late}",
            "warning" if far.any() else "info",
            zh=f"{early} 晚于 {late}：相差一分钟以内视为钟差，取 {late}；更多则 {early} 按未知处理"
            f"（其中 {int(far.sum()):,} 行）。",
            en=f"{early} after {late}: up to a minute apart the clocks differ, and {late} is taken; "
            f"{early} is unknown where it is more ({int(far.sum()):,} rows).",
            rows=int(after.sum()),
            examples=(f"row {row}" for row in frame["file_row"][after]),
        )
        frame = frame.assign(**{early: frame[early].mask(after, frame[late]).mask(far)})
    return frame
