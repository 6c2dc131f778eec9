"""Day before month, or month before day: decided by the whole column, never by a single row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mining.errors import LogError
from mining.reading.notes import Notes
from mining.reading.time_text import YEAR_LAST, TimeNumbers

_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def days_since_epoch(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Days since 1970-01-01 and whether year, month and day are a date from 1900 to 2199."""
    sensible = (month >= 1) & (month <= 12) & (year >= _FIRST_YEAR) & (year <= _LAST_YEAR)
    months = np.where(sensible, (year.astype("int64") - 1970) * 12 + month - 1, 0)
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype("int64")
    following = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype("int64")
    valid = sensible & (day >= 1) & (day <= following - first)
    return first + day - 1, valid


@dataclass(frozen=True)
class DatedColumn:
    """A column of times with what is needed to quote its rows."""

    header: str
    numbers: TimeNumbers
    texts: Sequence[object]
    file_rows: np.ndarray

    def text(self, position: int) -> str:
        """A time as written."""
        return str(self.texts[position]).strip()

    def quote(self, position: int) -> str:
        """`row 3 (13.02.2025)`."""
        return f"row {self.file_rows[position]} ({self.text(position)})"

    def quote_zh(self, position: int) -> str:
        """`第 3 行（13.02.2025）`."""
        return f"第 {self.file_rows[position]} 行（{self.text(position)}）"


@dataclass(frozen=True)
class _Readings:
    day_only: np.ndarray  # positions of rows that fit day first and not month first
    month_only: np.ndarray
    either: np.ndarray  # positions that fit both and differ


def decide_day_order(
    columns: Mapping[str, DatedColumn], day_first: bool | None, file: str, notes: Notes
) -> dict[str, bool]:
    """For each column with years last, whether the day comes first.

    A column in which every row fits both readings follows the other columns of the file where those agree;
    raises `LogError` where nothing decides it, or where rows contradict each other.
    """
    readings = {
        name: _readings(c.numbers) for name, c in columns.items() if np.any(c.numbers.kind == YEAR_LAST)
    }
    if day_first is not None:
        return dict.fromkeys(readings, day_first)
    decided: dict[str, bool] = {}
    for name, reading in readings.items():
        column = columns[name]
        if reading.day_only.size and reading.month_only.size:
            raise _contradiction(file, column, reading)
        if reading.day_only.size or reading.month_only.size:
            decided[name] = bool(reading.day_only.size)
            _note_order(column, reading, decided[name], notes)
    orders = set(decided.values())
    for name in readings.keys() - decided.keys():
        if readings[name].either.size and len(orders) != 1:
            raise _ambiguity(file, columns[name], int(readings[name].either[0]))
        decided[name] = next(iter(orders), True)  # without `either` all rows read the same both ways
    return decided


def _readings(numbers: TimeNumbers) -> _Readings:
    rows = np.flatnonzero(numbers.kind == YEAR_LAST)
    year, first, second = numbers.year[rows], numbers.first[rows], numbers.second[rows]
    _, as_day_first = days_since_epoch(year, second, first)
    _, as_month_first = days_since_epoch(year, first, second)
    return _Readings(
        day_only=rows[as_day_first & ~as_month_first],
        month_only=rows[as_month_first & ~as_day_first],
        either=rows[as_day_first & as_month_first & (first != second)],
    )


def _note_order(column: DatedColumn, reading: _Readings, day_first: bool, notes: Notes) -> None:
    if not reading.either.size:
        return
    proof = int((reading.day_only if day_first else reading.month_only)[0])
    order_zh, order_en = ("日/月/年", "day, month, year") if day_first else ("月/日/年", "month, day, year")
    notes.add(
        "day_first" if day_first else "month_first",
        "info",
        zh=f"列“{column.header}”按{order_zh}读取：只有这样才能读出{column.quote_zh(proof)}。",
        en=f"column {column.header!r} is read as {order_en}: {column.quote(proof)} fits no other reading.",
        rows=reading.either.size,
        examples=(column.quote(int(position)) for position in reading.either),
    )


def _ambiguity(file: str, column: DatedColumn, position: int) -> LogError:
    year = column.numbers.year[position]
    first, second = column.numbers.first[position], column.numbers.second[position]
    row, text = column.file_rows[position], column.text(position)
    as_day, as_month = f"{year}-{second:02d}-{first:02d}", f"{year}-{first:02d}-{second:02d}"
    return LogError(
        zh=f"{file} 第 {row} 行，列“{column.header}”：“{text}”可读作 {as_day}（日在前）或 "
        f"{as_month}（月在前），"
        "全列各行都无法区分。请在列映射文件中写明 day_first: true 或 false。",
        en=f"{file} row {row}, column {column.header!r}: {text!r} may be {as_day} (day first) or {as_month} "
        "(month first), and no row tells which. Say day_first: true or false in the columns file.",
    )


def _contradiction(file: str, column: DatedColumn, reading: _Readings) -> LogError:
    day, month = int(reading.day_only[0]), int(reading.month_only[0])
    return LogError(
        zh=f"{file}，列“{column.header}”：{column.quote_zh(day)}只能是日在前，"
        f"{column.quote_zh(month)}只能是月在前，"
        "同一列混有两种日期格式。"
        "请统一格式，或用 day_first 指定一种（另一种的行将被拒收并列出）。",
        en=f"{file}, column {column.header!r}: {column.quote(day)} only fits day first, "
        f"{column.quote(month)} only month first. "
        "Write the column in one way, or choose with day_first (rows that do not fit are rejected and "
        "listed).",
    )
