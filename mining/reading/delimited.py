"""CSV and its relatives: encoding, separator and header found, quoted line breaks kept, odd rows aside."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from mining.errors import LogError
from mining.reading.encoding import to_utf8
from mining.reading.files import SourceFile
from mining.reading.header_row import LOOK_AT_ROWS, HeaderPlace, locate_header
from mining.reading.limits import ReadLimits
from mining.reading.raw import MalformedRow, RawTable
from mining.text import Text

SEPARATORS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 1000
_HEAD_BYTES = 512 * 1024
_WORDS = pa.dictionary(pa.int32(), pa.string())
_BLOCK_BYTES = 64 * 1024 * 1024  # a row must fit into one


@dataclass(frozen=True)
class _Layout:
    separator: str
    header: HeaderPlace
    few_values: frozenset[str]  # headers of columns that repeat their values
    data_offset: int  # bytes before the first row of data
    first_row: int  # its row number


def read_delimited(source: SourceFile, limits: ReadLimits, known_headers: Collection[str]) -> RawTable:
    """The table of a text file; raises `LogError` where it has no header or is not text."""
    data, encoding = to_utf8(source.read(limits), source.name)
    layout = _find_layout(data, known_headers, source.name)
    table, numbers, malformed = _parse(data, layout, source.name)
    del data
    blank = _blank_rows(table)
    return RawTable(
        file=source.name,
        format="csv",
        table=table.filter(pa.array(~blank)) if blank.any() else table,
        file_rows=numbers[~blank],
        encoding=encoding,
        title_rows=layout.header.title_rows,
        blank_rows=int(blank.sum()),
        malformed=malformed,
    )


def _find_layout(data: bytes, known_headers: Collection[str], file: str) -> _Layout:
    """The separator whose header names the most known columns, then the most columns."""
    lines = list(io.StringIO(data[:_HEAD_BYTES].decode("utf-8", errors="ignore"), newline=""))
    best: _Layout | None = None
    for separator in SEPARATORS:
        rows, ends = _first_rows(lines, separator)
        header = locate_header(rows, known_headers)
        if header is None:
            continue
        if best is None or (header.known, len(header.names)) > (best.header.known, len(best.header.names)):
            offset = sum(len(line.encode("utf-8")) for line in lines[: ends[header.last_row]])
            best = _Layout(separator, header, frozenset(), offset, header.last_row + 2)
    if best is None:
        raise LogError(zh=f"{file}：文件中没有任何内容。", en=f"{file}: there is nothing in the file.")
    rows, _ = _first_rows(lines, best.separator, best.header.last_row + 1 + _SAMPLE_ROWS)
    return replace(best, few_values=_repeating(rows[best.header.last_row + 1 :], best.header.names))


def _repeating(rows: list[list[str]], names: Sequence[str]) -> frozenset[str]:
    """The columns with a value in each other row of the sample seen before."""
    columns = zip(names, zip_longest(*rows, fillvalue=""), strict=False)
    return frozenset(name for name, cells in columns if len(set(cells)) <= len(cells) / 2)


def _first_rows(
    lines: list[str], separator: str, at_most: int = LOOK_AT_ROWS
) -> tuple[list[list[str]], list[int]]:
    """The first rows, and for each the number of lines up to its end."""
    reader = csv.reader(iter(lines), delimiter=separator)
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
            if len(rows) >= at_most:
                break
    except csv.Error:  # a cell beyond the module's limit: the rows before it decide
        pass
    return rows, ends


def _parse(data: bytes, layout: _Layout, file: str) -> tuple[pa.Table, np.ndarray, tuple[MalformedRow, ...]]:
    names = list(layout.header.names)
    malformed: list[tuple[int, Text]] = []

    def set_aside(row: arrow_csv.InvalidRow) -> str:
        malformed.append((row.number, _why_malformed(row)))
        return "skip"

    body = pa.py_buffer(memoryview(data)[layout.data_offset :])
    quoted = data.find(b'"', layout.data_offset) >= 0
    if body.size == 0:
        table = pa.table({name: pa.array([], pa.string()) for name in names})
        return table, np.empty(0, "int64"), ()
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(
                column_names=names, use_threads=False, block_size=min(_BLOCK_BYTES, body.size + 1)
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=layout.separator,
                quote_char='"' if quoted else False,
                newlines_in_values=quoted,
                ignore_empty_lines=False,
                invalid_row_handler=set_aside,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: _WORDS if name in layout.few_values else pa.string() for name in names},
                strings_can_be_null=False,
                check_utf8=False,  # done for the whole file
            ),
        )
    except pa.ArrowInvalid as problem:
        raise LogError(
            zh=f"{file}：CSV 无法解析（{problem}）。", en=f"{file}: not a readable CSV ({problem})."
        ) from None
    skipped = np.array([number for number, _ in malformed], "int64")
    every = np.arange(1, table.num_rows + len(malformed) + 1)
    numbers = np.setdiff1d(every, skipped, assume_unique=True) + layout.first_row - 1
    shift = layout.first_row - 1
    return (
        table.unify_dictionaries(),
        numbers,
        tuple(MalformedRow(number + shift, why) for number, why in malformed),
    )


def _why_malformed(row: arrow_csv.InvalidRow) -> Text:
    found, expected = row.actual_columns, row.expected_columns
    breaks = row.text.count("\n")
    zh = f"该行有 {found} 个单元格，表头有 {expected} 个"
    en = f"the row has {found} cells, the header {expected}"
    if breaks:
        zh += f"；其中含 {breaks} 个换行，可能有未闭合的引号"
        en += f"; it holds {breaks} line breaks, perhaps a quotation mark is never closed"
    return Text(zh=zh, en=en)


def _blank_rows(table: pa.Table) -> np.ndarray:
    blank = np.ones(table.num_rows, bool)
    for column in table.columns:
        if not blank.any():
            break
        blank &= pc.equal(column.cast(pa.string()), "").to_numpy()
    return blank
