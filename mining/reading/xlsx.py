"""XLSX workbooks: one sheet or several, dates as Excel shows them, titles and merged headers found."""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

from mining.errors import LogError
from mining.reading.files import SourceFile
from mining.reading.header_row import LOOK_AT_ROWS, HeaderPlace, locate_header
from mining.reading.limits import ReadLimits
from mining.reading.raw import MalformedRow, RawTable
from mining.text import Text

_EXACT_DIGITS = 1e15  # Excel keeps 15 digits
_HEAD_BYTES = 64 * 1024
# what zipfile, the XML parser and openpyxl raise for a damaged workbook
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError),
    *(InvalidFileException, SyntaxError, KeyError, ValueError, TypeError, AttributeError, IndexError),
)


PickSheets = Callable[[Mapping[str, HeaderPlace]], Collection[str]]


def read_xlsx(
    source: SourceFile, limits: ReadLimits, known_headers: Collection[str], sheet: str | None
) -> RawTable:
    """The table of one sheet, the one that maps best unless named.

    Raises `LogError` where the workbook is damaged or has no header.
    """
    return read_sheets(source, limits, known_headers, sheet)[0]


def read_sheets(
    source: SourceFile,
    limits: ReadLimits,
    known_headers: Collection[str],
    sheet: str | None = None,
    pick: PickSheets | None = None,
) -> list[RawTable]:
    """The tables of the sheets `pick` chooses by their headers, or of the best one where it chooses none."""
    _check_archive(source, limits)
    try:
        book = openpyxl.load_workbook(source.path, read_only=True, data_only=True)
    except _DAMAGE as problem:
        raise _damaged(source.name, problem) from None
    try:
        sheets = {page.title: page for page in book.worksheets}
        for page in sheets.values():
            page.reset_dimensions()
        headers = _headers(sheets, known_headers, sheet, source.name)
        chosen = [] if pick is None else list(pick(headers))
        chosen = chosen or [max(headers, key=lambda name: headers[name].known)]
        others = tuple(name for name in sheets if name not in chosen)
        return [_read_sheet(sheets[name], headers[name], source.name, others) for name in chosen]
    except _DAMAGE as problem:
        raise _damaged(source.name, problem) from None
    finally:
        book.close()


def _check_archive(source: SourceFile, limits: ReadLimits) -> None:
    try:
        with zipfile.ZipFile(source.path) as archive:
            members = archive.infolist()
            limits.check(source.name, sum(member.file_size for member in members), source.size)
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as stream:
                        _check_no_entities(stream.read(_HEAD_BYTES), source.name)
    except _DAMAGE as problem:
        raise _damaged(source.name, problem) from None


def _check_no_entities(head: bytes, file: str) -> None:
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise LogError(
            zh=f"{file}：工作簿内含 XML 实体声明（DOCTYPE），出于安全不予读取。",
            en=f"{file}: the workbook declares XML entities (DOCTYPE); it is not read, for safety.",
        )


def _damaged(file: str, problem: BaseException) -> LogError:
    return LogError(
        zh=f"{file}：Excel 工作簿已损坏或不是 .xlsx（{problem}）。请在 Excel 中打开后另存为 .xlsx。",
        en=f"{file}: damaged, or not an .xlsx workbook ({problem}). Open it in Excel and save it as .xlsx.",
    )


def _headers(
    sheets: dict[str, Any], known_headers: Collection[str], wanted: str | None, file: str
) -> dict[str, HeaderPlace]:
    """The header of each sheet that has one, or of the wanted sheet alone."""
    if wanted is not None and wanted not in sheets:
        names = ", ".join(sheets)
        raise LogError(
            zh=f"{file}：没有名为“{wanted}”的工作表，现有：{names}。",
            en=f"{file}: there is no sheet {wanted!r}, there are: {names}.",
        )
    found: dict[str, HeaderPlace] = {}
    for name in [wanted] if wanted is not None else list(sheets):
        rows = [row for row, _ in zip(_text_rows(sheets[name]), range(LOOK_AT_ROWS), strict=False)]
        header = locate_header(rows, known_headers)
        if header is not None:
            found[name] = header
    if not found:
        raise LogError(zh=f"{file}：工作簿中没有任何内容。", en=f"{file}: there is nothing in the workbook.")
    return found


def _read_sheet(page: Any, header: HeaderPlace, file: str, others: tuple[str, ...]) -> RawTable:
    width = len(header.names)
    columns: list[list[str]] = [[] for _ in header.names]
    numbers: list[int] = []
    malformed: list[MalformedRow] = []
    blank_before, blank = 0, 0
    for number, row in enumerate(_text_rows(page), start=1):
        if number <= header.last_row + 1:
            continue
        if not any(row):
            blank_before += 1
            continue
        blank, blank_before = blank + blank_before, 0
        if any(row[width:]):
            malformed.append(MalformedRow(number, _too_wide(len(row), width)))
            continue
        numbers.append(number)
        for column, cell in zip(columns, [*row, *[""] * (width - len(row))], strict=False):
            column.append(cell)
    arrays = {name: pa.array(cells, pa.string()) for name, cells in zip(header.names, columns, strict=True)}
    return RawTable(
        file=file,
        format="xlsx",
        table=pa.table(arrays),
        file_rows=np.array(numbers, "int64"),
        sheet=page.title,
        other_sheets=others,
        title_rows=header.title_rows,
        blank_rows=blank,  # those after the last row with content do not count
        malformed=tuple(malformed),
    )


def _too_wide(found: int, expected: int) -> Text:
    return Text(
        zh=f"该行有 {found} 个单元格，表头有 {expected} 个",
        en=f"the row has {found} cells, the header {expected}",
    )


def _text_rows(page: Any) -> Iterator[list[str]]:
    for row in page.iter_rows(values_only=True):
        cells = [_as_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dt.datetime):
        return _rounded(value).isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_DIGITS:
        return str(int(value))
    return str(value)


def _rounded(value: dt.datetime) -> dt.datetime:
    """To the millisecond: Excel keeps days as floats, 9:05:00 may come as 9:04:59.999997."""
    whole = value.replace(microsecond=0)
    return whole + dt.timedelta(milliseconds=round(value.microsecond / 1000))
