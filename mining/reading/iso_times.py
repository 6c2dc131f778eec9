"""The usual way to write a time, `2026-03-02 09:30:00` or `2026-03-02T09:30:00.000+08:00`, at full speed.

Most columns hold nothing else. Rows written in another way are left to `mining.reading.time_text`, which
knows all ways and gives the same result for this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

_ISO = re.compile(
    rb"(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.(\d{1,9}))?)?)?)(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_OFFSET = re.compile(rb"Z|([+-])(\d\d):(\d\d)", re.ASCII)
_LONGEST = 40  # characters
_DATE_LENGTH = 10
_YEARS_MS = tuple(
    int(np.datetime64(f"{year}-01-01", "ms").astype("int64")) for year in (1900, 2200)
)  # from, before


@dataclass(frozen=True)
class IsoTimes:
    """Rows with a time in the usual form: positions, wall-clock ms, minutes from UTC (None: none written)."""

    rows: np.ndarray
    wall_ms: np.ndarray
    offset_minutes: np.ndarray | None
    has_clock: bool


def read_iso(column: pd.Series) -> IsoTimes | None:
    """The rows whose text has the most frequent length, if all of them are times in the usual form."""
    data, lengths = _characters(column)
    counts = np.bincount(np.minimum(lengths, _LONGEST))
    counts[0] = 0
    length = int(counts.argmax())
    if counts[length] == 0 or length == _LONGEST:
        return None
    rows = np.flatnonzero(lengths == length)
    texts = _same_length(data, lengths, rows, length)
    form = _ISO.fullmatch(texts[0].tobytes())
    if form is None:
        return None
    wall_ms = _wall_clock(texts[:, : form.end(1)], len(form[2] or b""))
    if wall_ms is None:
        return None
    offsets = None
    if form[3] is not None:
        offsets = _offsets(np.ascontiguousarray(texts[:, form.end(1) :]))
        if offsets is None:
            return None
    return IsoTimes(rows, wall_ms, offsets, has_clock=form.end(1) > _DATE_LENGTH)


def _characters(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """All bytes of a text column one after the other, and the length of each text, 0 where it is missing."""
    array = pa.array(column, pa.large_string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    offsets = np.frombuffer(array.buffers()[1] or bytes(8), "int64", len(array) + 1, array.offset * 8)
    data = np.frombuffer(array.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    return data, np.diff(offsets)


def _same_length(data: np.ndarray, lengths: np.ndarray, rows: np.ndarray, length: int) -> np.ndarray:
    if data.size == rows.size * length:  # the other rows are empty
        return data.reshape(rows.size, length)
    begins = np.cumsum(lengths) - lengths
    return data[begins[rows][:, None] + np.arange(length)]


def _wall_clock(texts: np.ndarray, n_decimals: int) -> np.ndarray | None:
    n, length = texts.shape
    offsets = pa.py_buffer(np.arange(0, (n + 1) * length, length))
    array = pa.Array.from_buffers(
        pa.large_string(), n, [None, offsets, pa.py_buffer(np.ascontiguousarray(texts))]
    )
    unit = ("ms", "us", "ns")[max(n_decimals - 1, 0) // 3]
    try:
        times = array.cast(pa.timestamp(unit))
    except pa.ArrowInvalid:
        return None
    wall_ms = times.cast(pa.int64()).to_numpy() // {"ms": 1, "us": 1_000, "ns": 1_000_000}[unit]
    first, beyond = _YEARS_MS
    return wall_ms if first <= wall_ms.min() and wall_ms.max() < beyond else None


def _offsets(texts: np.ndarray) -> np.ndarray | None:
    n, length = texts.shape
    found = pa.Array.from_buffers(pa.binary(length), n, [None, pa.py_buffer(texts)]).dictionary_encode()
    minutes = [_minutes(text) for text in found.dictionary.to_pylist()]
    return None if None in minutes else np.array(minutes, "int16")[found.indices.to_numpy()]


def _minutes(text: bytes) -> int | None:
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    if match[1] is None:
        return 0
    return (1 if match[1] == b"+" else -1) * (int(match[2]) * 60 + int(match[3]))
