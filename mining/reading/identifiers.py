"""Identifiers that a spreadsheet turned into numbers: `202603020001.0`, `1.23457E+11`."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import pandas as pd

from mining.reading.coded import codes_and_values
from mining.reading.notes import Notes
from mining.reading.values import map_values

_WHOLE_FLOAT = r"\d+\.0+"
_SCIENTIFIC = r"\d(?:\.\d+)?[Ee]\+?\d+"
_DIGITS_KEPT = 15  # by a spreadsheet; later digits become zeros
_ROUNDED = re.compile(rf"\d{{{_DIGITS_KEPT}}}0+")


def repair_identifiers(
    ids: pd.Series, header: str, file_rows: np.ndarray, file_format: str, notes: Notes
) -> pd.Series:
    """Identifiers as they were before a spreadsheet made numbers of them, where no digit is lost.

    `202603020001.0` becomes `202603020001`; `1.23457E+11` has lost digits, so that different cases may
    have become one: it stays as written and is reported. Only a column in which every value is a number is
    touched, so names such as `1.0` and `A-1` beside each other stay.
    """
    codes, values = codes_and_values(ids)
    as_float = values.str.fullmatch(_WHOLE_FLOAT).to_numpy(bool)
    scientific = values.str.fullmatch(_SCIENTIFIC).to_numpy(bool)
    numeric = as_float | scientific | values.str.isdecimal().to_numpy(bool)
    if not (as_float | scientific).any() or not numeric.all():
        rounded = _in_rows(_rounded_whole(values, file_format), codes)
        _note_lost_digits(ids, rounded, header, file_rows, notes)
        return ids
    repaired = map_values(ids, _repaired)
    changed = _in_rows(values.map(_repaired).ne(values), codes)
    notes.add(
        "ids_repaired",
        "info",
        zh=f"列“{header}”的编号被电子表格变成了小数或科学计数，已无损还原。",
        en=f"identifiers in column {header!r} had become floating-point numbers in a spreadsheet; restored "
        "without loss.",
        rows=int(changed.sum()),
        examples=_examples(ids, changed, file_rows, repaired),
        file_rows=file_rows[changed],
    )
    codes, values = codes_and_values(repaired)
    lost = values.str.fullmatch(_SCIENTIFIC) | _rounded_whole(values, file_format)
    _note_lost_digits(ids, _in_rows(lost, codes), header, file_rows, notes)
    return repaired


def _in_rows(of_value: pd.Series, codes: np.ndarray) -> np.ndarray:
    """What is true of each value as what is true of each row; False where a row has none."""
    return np.append(of_value.to_numpy(bool), False)[codes]


def _repaired(text: str) -> str:
    if "e" not in text.lower():
        return text.partition(".")[0]
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return format(Decimal(text), "f").partition(".")[0] if decimals >= int(exponent) else text


def _rounded_whole(ids: pd.Series, file_format: str) -> pd.Series:
    """Whole numbers of a workbook with zeros from the sixteenth digit on."""
    if file_format != "xlsx":
        return pd.Series(False, index=ids.index)
    return ids.str.fullmatch(_ROUNDED)


def _note_lost_digits(
    ids: pd.Series, lost: np.ndarray, header: str, file_rows: np.ndarray, notes: Notes
) -> None:
    notes.add(
        "ids_lost_digits",
        "warning",
        zh=f"列“{header}”的编号已丢失位数（电子表格只保留有限位），不同办件可能混为一件；"
        "请将该列设为文本后重新导出。",
        en=f"identifiers in column {header!r} have lost digits in a spreadsheet, so that different cases "
        "may have become one; format the column as text and export again.",
        rows=int(lost.sum()),
        examples=_examples(ids, lost, file_rows),
        file_rows=file_rows[lost],
    )


def _examples(
    ids: pd.Series, which: np.ndarray, file_rows: np.ndarray, after: pd.Series | None = None
) -> list[str]:
    positions = np.flatnonzero(which)[:5]
    became = [""] * positions.size if after is None else [f" -> {after.iloc[p]}" for p in positions]
    return [f"row {file_rows[p]}: {ids.iloc[p]}{end}" for p, end in zip(positions, became, strict=True)]
