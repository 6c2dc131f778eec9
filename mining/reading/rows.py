"""Rows that cannot be used: listed one by one; rows that say nothing new: dropped and counted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.errors import LogError
from mining.reading.aliases import ROW_NUMBER_HEADERS, fold_header
from mining.reading.coded import codes_and_values
from mining.reading.mapping import HeaderMap
from mining.reading.notes import Notes
from mining.reading.raw import RawTable, clean_text, to_series
from mining.text import Text

PRIMARY_TIMES = ("ts_end", "ts_start", "time")
POSITION = "_position"  # of a row in the raw table
_MISSING = {
    "case_id": Text(
        zh="没有办件编号（若为合并单元格，可在列映射文件中写 fill_down: true）",
        en="no case id (merged cells? say fill_down: true in the columns file)",
    ),
    "activity": Text(zh="没有环节名称", en="no step"),
    "time": Text(zh="没有时间", en="no time"),
}


def reject_rows(
    frame: pd.DataFrame, raw: RawTable, mapped: HeaderMap, unreadable: Mapping[str, np.ndarray], notes: Notes
) -> pd.DataFrame:
    """The rows with a case, a step and a time; the others are noted with their row number and reasons.

    Raises `LogError` where no row is left.
    """
    times = [name for name in PRIMARY_TIMES if name in frame.columns]
    known = np.any([frame[name].notna().to_numpy() for name in times], axis=0)
    illegible = {name: unreadable[name] for name in times}
    any_illegible = np.any(list(illegible.values()), axis=0)
    lacking = {
        "case_id": frame["case_id"].isna().to_numpy(),
        "activity": frame["activity"].isna().to_numpy(),
        "time": ~known & ~any_illegible,
    }
    bad = np.any([any_illegible, *lacking.values()], axis=0)
    positions = np.flatnonzero(bad)
    headers = [header for header in mapped.columns.values() if header in raw.table.column_names]
    texts = _texts_of(raw, headers, positions)
    for number, position in enumerate(positions):
        values = {header: text for header, text in zip(headers, texts[number], strict=True) if text}
        reasons = [_MISSING[name] for name, mask in lacking.items() if mask[position]]
        reasons += [
            _not_a_time(mapped.columns[name], values.get(mapped.columns[name], ""))
            for name, mask in illegible.items()
            if mask[position]
        ]
        notes.reject(int(raw.file_rows[position]), _joined(reasons), values)
    for row in raw.malformed:
        notes.reject(row.file_row, row.reason, {})
    _note_rejected(notes)
    if bad.all():
        raise nothing_left(raw, notes)
    return frame[~bad]


def _texts_of(raw: RawTable, headers: list[str], positions: np.ndarray) -> list[tuple[str, ...]]:
    if not positions.size:
        return []
    rows = raw.table.select(headers).take(pa.array(positions))
    columns = [
        [str(value) if value is not None else "" for value in column.to_pylist()] for column in rows.columns
    ]
    return list(zip(*columns, strict=True)) if columns else [()] * positions.size


def _not_a_time(header: str, text: str) -> Text:
    return Text(
        zh=f"列“{header}”的“{text}”不是可识别的时间",
        en=f"{text!r} in column {header!r} is no time in a known format",
    )


def _joined(reasons: list[Text]) -> Text:
    return Text(zh="；".join(r.zh for r in reasons), en="; ".join(r.en for r in reasons))


def _note_rejected(notes: Notes) -> None:
    notes.rejected.sort(key=lambda row: row.file_row)
    notes.add(
        "rejected_rows",
        "rejected",
        zh="这些行无法读取，未计入日志；逐行列在“拒收行”中。",
        en="these rows cannot be read and are not part of the log; each is listed among the rejected rows.",
        rows=len(notes.rejected),
        examples=(f"row {row.file_row}: {row.reason.en}" for row in notes.rejected),
    )


def nothing_left(raw: RawTable, notes: Notes) -> LogError:
    """The error of a table whose rows were all rejected."""
    first = notes.rejected[0]
    return LogError(
        zh=f"{raw.file}：{raw.rows_read:,} 行中没有一行可用；例如第 {first.file_row} 行：{first.reason.zh}。",
        en=f"{raw.file}: none of the {raw.rows_read:,} rows can be used; row {first.file_row} for example: "
        f"{first.reason.en}.",
    )


def require_rows(raw: RawTable) -> None:
    """Raise `LogError` for a file without any row of data."""
    if raw.rows_read == 0:
        raise LogError(
            zh=f"{raw.label}：没有数据行（只有表头或空日志）。",
            en=f"{raw.label}: there are no rows of data.",
        )


def drop_duplicates(frame: pd.DataFrame, raw: RawTable, keep: bool, notes: Notes) -> pd.DataFrame:
    """The rows without those that repeat an earlier one in every cell; running numbers do not count.

    With `keep` they are only counted.
    """
    keys = [name for name in ("case_id", "activity", *PRIMARY_TIMES) if name in frame.columns]
    suspects = _repeated(frame, keys)
    if not suspects.size:
        return frame
    positions = frame[POSITION].to_numpy()[suspects]
    headers = [h for h in raw.table.column_names if fold_header(h) not in ROW_NUMBER_HEADERS]
    headers = [h for h in headers if not _is_running_number(raw, h)]
    rows = raw.table.select(headers).take(pa.array(positions))
    cells = pd.DataFrame({header: to_series(rows.column(header)) for header in headers})
    cells[_CASE_OF_SUSPECT] = frame["case_id"].array[suspects]  # XES keeps it elsewhere
    again = suspects[cells.duplicated().to_numpy()]
    notes.add(
        "equal_rows_kept" if keep else "duplicate_rows",
        "info" if keep else "warning",
        zh=f"与前面某行完全相同的重复行，{'保留' if keep else '已去除'}。",
        en=f"rows equal to an earlier one in every cell; {'kept' if keep else 'dropped'}.",
        rows=again.size,
        examples=(place(frame, position) for position in again),
        file_rows=frame["file_row"].to_numpy()[again],
    )
    return frame if keep else frame[~np.isin(np.arange(len(frame)), again)]


def _repeated(frame: pd.DataFrame, keys: list[str]) -> np.ndarray:
    """Positions of the rows that have another row with the same values in all `keys`."""
    mixed = np.zeros(len(frame), "uint64")
    for key in keys:
        is_time = pd.api.types.is_datetime64_any_dtype(frame[key].dtype)
        numbers = frame[key].to_numpy().astype("int64") if is_time else codes_and_values(frame[key])[0]
        mixed = (mixed ^ numbers.astype("uint64")) * _ODD
        mixed ^= mixed >> _HALF  # products leave the low bits poor
    ordered = np.sort(mixed)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not twice.size:
        return np.zeros(0, "int64")
    candidates = np.flatnonzero(np.isin(mixed, twice))
    return candidates[frame[keys].iloc[candidates].duplicated(keep=False).to_numpy()]


def place(frame: pd.DataFrame, position: int) -> str:
    """Where an event stands: `row 41 (case P-1007, step 受理)`."""
    row = frame.iloc[position]
    return f"row {row['file_row']} (case {row['case_id']}, step {row['activity']})"


_ODD, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)  # the golden ratio, as hash functions use it
_CASE_OF_SUSPECT = "_case"


def _is_running_number(raw: RawTable, header: str) -> bool:
    """A column without a name that counts the rows: the index of an exported data frame."""
    if not header.startswith("(column "):
        return False
    numbers = pd.to_numeric(clean_text(to_series(raw.table.column(header))), errors="coerce").to_numpy()
    return bool(numbers.size > 1 and np.all(np.diff(numbers) > 0))
