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
from mining.reading.coded import encoded
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
_BLOCK_BYTES = 1024 * 1024
_LONGEST_ROW = 64 * 1024 * 1024


@dataclass(frozen=True)
class _Layout:
    separator: str
    header: HeaderPlace
    few_values: frozenset[str]  # headers of columns that repeat their values
    data_offset: int  # bytes before the first row of data
    first_row: int  # its row number


def read_delimited(source: SourceFile, limits: ReadLimits, known_headers: Collection[str]) -> RawTable:
    """The table of a text file; raises `LogError` where it has no header or is not text."""
    data, encoding = to_utf8(source.read_buffer(limits), source.name)
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


def _find_layout(data: memoryview, known_headers: Collection[str], file: str) -> _Layout:
    """The separator whose header names the most known columns, then the most columns."""
    lines = list(io.StringIO(str(data[:_HEAD_BYTES], "utf-8", errors="ignore"), newline=""))
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


def _parse(
    data: memoryview, layout: _Layout, file: str
) -> tuple[pa.Table, np.ndarray, tuple[MalformedRow, ...]]:
    """The rows that fit, their numbers, and the rows that do not."""
    if len(data) <= layout.data_offset:
        table = pa.table({name: pa.array([], pa.string()) for name in layout.header.names})
        return table, np.empty(0, "int64"), ()
    try:
        table, malformed = _parse_blocks(data, layout, _BLOCK_BYTES)
    except pa.ArrowInvalid:  # perhaps a row that is longer than a block
        try:
            table, malformed = _parse_blocks(data, layout, _LONGEST_ROW)
        except pa.ArrowInvalid as problem:
            raise LogError(
                zh=f"{file}：CSV 无法解析（{problem}）。", en=f"{file}: not a readable CSV ({problem})."
            ) from None
    skipped = np.array([row.file_row for row in malformed], "int64") - layout.first_row
    every = np.arange(table.num_rows + len(malformed)) + layout.first_row
    return table, np.delete(every, skipped), tuple(malformed)


def _parse_blocks(data: memoryview, layout: _Layout, block_bytes: int) -> tuple[pa.Table, list[MalformedRow]]:
    malformed: list[MalformedRow] = []

    def set_aside(row: arrow_csv.InvalidRow) -> str:
        malformed.append(MalformedRow(row.number + layout.first_row - 1, _why_malformed(row)))
        return "skip"

    names = list(layout.header.names)
    body = pa.py_buffer(data[layout.data_offset :])
    quoted = _holds(data[layout.data_offset :], b'"')
    table = arrow_csv.read_csv(
        pa.BufferReader(body),
        read_options=arrow_csv.ReadOptions(
            column_names=names, use_threads=False, block_size=min(block_bytes, body.size + 1)
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
    for name in layout.few_values:  # each block has words of its own
        table = table.set_column(names.index(name), name, encoded(table.column(name)))
    return table, malformed


def _holds(data: memoryview, sign: bytes) -> bool:
    values = np.frombuffer(data, np.uint8)
    parts = (values[begin : begin + _BLOCK_BYTES] for begin in range(0, values.size, _BLOCK_BYTES))
    return any(bool(np.any(part == sign[0])) for part in parts)


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
