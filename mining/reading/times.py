"""All time columns of a file, read together: one order of day and month, one wall clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.reading.day_order import DatedColumn, days_since_epoch, decide_day_order
from mining.reading.iso_times import read_iso
from mining.reading.notes import Notes
from mining.reading.raw import clean_text
from mining.reading.time_text import (
    DIRECT,
    MISSING,
    MS_PER_DAY,
    UNKNOWN_MS,
    UNREADABLE,
    YEAR_LAST,
    TimeNumbers,
    from_timestamps,
    put_together,
    take_apart,
)
from mining.reading.zones import to_local_clock


@dataclass(frozen=True)
class TimeColumns:
    """Wall-clock milliseconds since 1970 a column, `UNKNOWN_MS` where a time is missing or unreadable."""

    local_ms: dict[str, np.ndarray]
    unreadable: dict[str, np.ndarray]  # bool: a text is there and fits no known way to write a time
    zone: str


@dataclass(frozen=True)
class TimeSource:
    """A column to read: its header, its values, and the row of each in the file."""

    header: str
    values: pd.Series
    file_rows: np.ndarray


def read_times(
    sources: Mapping[str, TimeSource],
    *,
    timezone: str | None,
    day_first: bool | None,
    file: str,
    notes: Notes,
) -> TimeColumns:
    """Times of all columns on one clock; raises `LogError` where they allow more than one reading."""
    dated = {name: _dated(source) for name, source in sources.items()}
    orders = decide_day_order(dated, day_first, file, notes)
    walls: dict[str, np.ndarray] = {}
    unreadable: dict[str, np.ndarray] = {}
    for name, column in dated.items():
        walls[name], unreadable[name] = _wall_clock(column.numbers, orders.get(name, True))
        _note_dates_only(column, notes)
    offsets = {name: column.numbers.offset_minutes for name, column in dated.items()}
    local, zone = to_local_clock(walls, offsets, timezone, file, notes)
    return TimeColumns(local_ms=local, unreadable=unreadable, zone=zone)


def _dated(source: TimeSource) -> DatedColumn:
    if pd.api.types.is_datetime64_any_dtype(source.values.dtype):
        return DatedColumn(
            source.header, from_timestamps(source.values), source.values.array, source.file_rows
        )
    return DatedColumn(source.header, _numbers(source.values), source.values.array, source.file_rows)


def _numbers(texts: pd.Series) -> TimeNumbers:
    """The rows in the usual form at full speed, the others by their shapes."""
    usual = read_iso(texts)
    if usual is None:
        return take_apart(clean_text(texts))
    other = (texts != "").to_numpy(bool) & texts.notna().to_numpy()
    other[usual.rows] = False
    rows = np.flatnonzero(other)
    return put_together(len(texts), usual, rows, take_apart(clean_text(texts.iloc[rows])))


def _wall_clock(numbers: TimeNumbers, day_first: bool) -> tuple[np.ndarray, np.ndarray]:
    if bool(np.all((numbers.kind == DIRECT) | (numbers.kind == MISSING))):
        return numbers.direct_ms, np.zeros(numbers.kind.size, bool)
    swap = (numbers.kind == YEAR_LAST) & day_first
    month = np.where(swap, numbers.second, numbers.first)
    day = np.where(swap, numbers.first, numbers.second)
    days, valid = days_since_epoch(numbers.year, month, day)
    valid &= numbers.is_read & (numbers.clock_ms >= 0)
    wall = np.where(valid, days * MS_PER_DAY + numbers.clock_ms, UNKNOWN_MS)
    direct = numbers.kind == DIRECT
    wall[direct] = numbers.direct_ms[direct]
    return wall, (wall == UNKNOWN_MS) & (numbers.kind >= UNREADABLE)


def _note_dates_only(column: DatedColumn, notes: Notes) -> None:
    rows = int(column.numbers.is_read.sum())
    if column.numbers.has_clock:
        return
    notes.add(
        "dates_without_clock",
        "info",
        zh=f"列“{column.header}”只有日期，没有钟点：当天各环节的先后和用时无法得知。",
        en=f"column {column.header!r} has dates without a time of day: order and durations within a day "
        "are not known.",
        rows=rows,
    )


def as_datetimes(local_ms: np.ndarray) -> np.ndarray:
    """Milliseconds as `datetime64[ms]`; `UNKNOWN_MS` becomes NaT."""
    return local_ms.astype("datetime64[ms]")
