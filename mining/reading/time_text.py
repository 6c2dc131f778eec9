"""Times as text, taken apart into numbers for whole columns at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.reading.iso_times import IsoTimes
from mining.reading.time_shapes import TimeShape, understand_shape

UNKNOWN_MS = int(np.iinfo(np.int64).min)  # pandas stores NaT the same way
NO_OFFSET = np.int16(np.iinfo(np.int16).min)
MS_PER_MINUTE, MS_PER_DAY = 60_000, 86_400_000
_LONGEST = 48  # characters
_CHUNK = 200_000
_SERIAL_DAYS = (18_264, 109_574)  # 1950 to 2199
# 1899-12-30: day 0 of spreadsheets that believe in 1900-02-29, right for every day after it
_SERIAL_EPOCH_DAYS = 25_569
_ZERO = np.uint8(ord("0"))

_CHINESE = (
    (r"(?:星期|周|礼拜)[一二三四五六日天]", " "),
    (r"上午|早上|凌晨|清晨", " AM"),
    (r"中午\s*(?=1[12])", " "),
    (r"下午|晚上|傍晚|中午", " PM"),
    (r"\s*年\s*|\s*月\s*(?=\d)", "-"),
    (r"\s*[日号]\s*", " "),
    (r"\s*[时点:]\s*(?=\d)", ":"),
    (r"\s*[时点]", ":00"),
    (r"\s*分\s*(?=\d)", ":"),
    (r"\s*[分秒]", ""),
    (r"\s+", " "),
)


@dataclass(frozen=True)
class TimeNumbers:
    """One value a row, whatever the column was: text or timestamps.

    `kind` says what a row is: MISSING, UNREADABLE, YEAR_FIRST (numbers are year, month, day), YEAR_LAST
    (day and month in an order not told by the shape), or DIRECT (`direct_ms` is the result).
    """

    kind: np.ndarray
    year: np.ndarray
    first: np.ndarray  # month, or the first number of a date with its year last
    second: np.ndarray
    clock_ms: np.ndarray  # since midnight; negative where hour, minute or second is out of range
    direct_ms: np.ndarray
    offset_minutes: np.ndarray  # NO_OFFSET where none is written
    has_clock: bool  # any row has a time of day

    @property
    def is_read(self) -> np.ndarray:
        """Rows with a time."""
        return self.kind >= YEAR_FIRST


_ARRAYS = ("kind", "year", "first", "second", "clock_ms", "direct_ms", "offset_minutes")
MISSING, UNREADABLE, YEAR_FIRST, YEAR_LAST, DIRECT = range(5)


def take_apart(column: pd.Series) -> TimeNumbers:
    """The numbers in a column of times written as text."""
    text = _plain_ascii(column)
    array = pa.array(text, pa.large_string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    offsets = np.frombuffer(array.buffers()[1], "int64", count=len(array) + 1 + array.offset)[array.offset :]
    data = np.frombuffer(array.buffers()[2] or b"", np.uint8)
    lengths = np.where(text.isna().to_numpy(), 0, np.diff(offsets))
    numbers = _empty(len(array))
    numbers.kind[lengths > 0] = UNREADABLE
    has_clock = False
    for rows, characters in _same_length(data, offsets[:-1], lengths):
        for shape, members in _by_shape(characters):
            understood = understand_shape(shape)
            if understood is not None:
                _fill(numbers, rows[members], characters[members], understood)
                has_clock |= understood.has_clock
    return replace(numbers, has_clock=has_clock)


def put_together(n: int, usual: IsoTimes, other_rows: np.ndarray, other: TimeNumbers) -> TimeNumbers:
    """The numbers of `n` rows: `usual` ones, those of the other rows, and missing ones."""
    numbers = _empty(n)
    numbers.kind[usual.rows] = DIRECT
    numbers.direct_ms[usual.rows] = usual.wall_ms
    if usual.offset_minutes is not None:
        numbers.offset_minutes[usual.rows] = usual.offset_minutes
    for name in _ARRAYS if other_rows.size else ():
        getattr(numbers, name)[other_rows] = getattr(other, name)
    return replace(numbers, has_clock=usual.has_clock or other.has_clock)


def from_timestamps(column: pd.Series) -> TimeNumbers:
    """The numbers of a column of timestamps: their wall clock, and the offset where they have a zone."""
    numbers = _empty(len(column))
    known = column.notna().to_numpy()
    wall = column.dt.tz_localize(None) if column.dt.tz is not None else column
    wall_ms = wall.to_numpy().astype("datetime64[ms]").astype("int64")
    numbers.kind[known] = DIRECT
    numbers.direct_ms[known] = wall_ms[known]
    if column.dt.tz is not None:
        utc = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype("datetime64[ms]")
        difference = (wall_ms - utc.astype("int64")) // MS_PER_MINUTE
        numbers.offset_minutes[known] = difference[known]
    return replace(numbers, has_clock=bool(np.any(wall_ms[known] % MS_PER_DAY)))


def _empty(n: int) -> TimeNumbers:
    return TimeNumbers(
        kind=np.zeros(n, "int8"),
        year=np.zeros(n, "int32"),
        first=np.zeros(n, "int32"),
        second=np.zeros(n, "int32"),
        clock_ms=np.zeros(n, "int64"),
        direct_ms=np.full(n, UNKNOWN_MS),
        offset_minutes=np.full(n, NO_OFFSET),
        has_clock=False,
    )


def _plain_ascii(column: pd.Series) -> pd.Series:
    """Chinese units of date and time replaced by signs: `2026年3月2日 下午3:05` -> `2026-3-2 PM3:05`."""
    other = column.notna() & ~column.str.isascii().fillna(True).astype(bool)
    if not bool(other.any()):
        return column
    text = column[other].str.normalize("NFKC")
    for pattern, replacement in _CHINESE:
        text = text.str.replace(pattern, replacement, regex=True)
    result = column.copy()
    result[other] = text.str.strip()
    return result


def _same_length(
    data: np.ndarray, begins: np.ndarray, lengths: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows whose texts are equally long, with their characters (rows x length)."""
    for length in np.unique(lengths):
        if not 0 < length <= _LONGEST:
            continue
        every = np.flatnonzero(lengths == length)
        for begin in range(0, every.size, _CHUNK):
            rows = every[begin : begin + _CHUNK]
            yield rows, data[begins[rows][:, None] + np.arange(length)]


def _by_shape(characters: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Shapes in a block of equally long texts, each with the positions of its texts."""
    shapes = np.where(characters - _ZERO < 10, _ZERO, characters)
    if bool((shapes == shapes[0]).all()):
        yield shapes[0].tobytes().decode("latin-1"), np.arange(len(shapes))
        return
    weights = np.random.default_rng(0).integers(1, 2**63, size=(shapes.shape[1],), dtype=np.uint64)
    hashes = np.zeros(len(shapes), "uint64")
    for position in range(shapes.shape[1]):
        hashes += shapes[:, position].astype("uint64") * weights[position]
    codes, _ = pd.factorize(hashes)
    order = np.argsort(codes, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        yield shapes[members[0]].tobytes().decode("latin-1"), members


def _number(characters: np.ndarray, span: tuple[int, int]) -> np.ndarray:
    value = np.zeros(len(characters), "int64")
    for position in range(*span):
        value = value * 10 + (characters[:, position] - _ZERO)
    return value


def _fill(numbers: TimeNumbers, rows: np.ndarray, characters: np.ndarray, shape: TimeShape) -> None:
    if shape.serial:
        days = np.ascontiguousarray(characters).view(f"S{characters.shape[1]}").ravel().astype("float64")
        sensible = (days >= _SERIAL_DAYS[0]) & (days < _SERIAL_DAYS[1])
        numbers.kind[rows[sensible]] = DIRECT
        since_epoch = (days[sensible] - _SERIAL_EPOCH_DAYS) * MS_PER_DAY
        numbers.direct_ms[rows[sensible]] = np.rint(since_epoch).astype("int64")
        return
    spans = shape.spans

    def number(name: str) -> np.ndarray:
        return _number(characters, spans[name]) if name in spans else np.zeros(len(rows), "int64")

    numbers.kind[rows] = YEAR_LAST if "first" in spans else YEAR_FIRST
    numbers.year[rows] = number("year")
    numbers.first[rows] = number("first" if "first" in spans else "month")
    numbers.second[rows] = number("second_number" if "first" in spans else "day")
    numbers.clock_ms[rows] = _clock_ms(number("hour"), number("minute"), number("second"), shape.half_day)
    if "fraction" in spans:
        begin, end = spans["fraction"]
        digits = min(end - begin, 3)  # to the millisecond
        numbers.clock_ms[rows] += _number(characters, (begin, begin + digits)) * 10 ** (3 - digits)
    if shape.offset_sign:
        minutes = number("offset_hour") * 60 + number("offset_minute")
        numbers.offset_minutes[rows] = shape.offset_sign * minutes


def _clock_ms(hour: np.ndarray, minute: np.ndarray, second: np.ndarray, half_day: str | None) -> np.ndarray:
    valid = (hour < 24) & (minute < 60) & (second < 60)
    if half_day == "PM":
        hour = np.where(hour < 12, hour + 12, hour)
    elif half_day == "AM":
        valid &= hour <= 12
        hour = np.where(hour == 12, 0, hour)
    return np.where(valid, ((hour * 60 + minute) * 60 + second) * 1000, -MS_PER_DAY)
