"""The tables of one log: of a folder of files, of the sheets of a workbook, of a single file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from mining.errors import LogError
from mining.quality import QualityIssue
from mining.reading.arrow_text import as_text_table
from mining.reading.choices import ColumnChoices
from mining.reading.files import ALLOWED, SUFFIXES, find_source
from mining.reading.formats import read_raw
from mining.reading.header_row import HeaderPlace
from mining.reading.limits import ReadLimits
from mining.reading.notes import Notes, listed
from mining.reading.raw import RawTable
from mining.reading.table_kinds import (
    CASES,
    EVENTS,
    KINDS,
    all_headers,
    kind_by_headers,
    kind_by_name,
)
from mining.reading.xlsx import read_sheets

_BEGINNINGS = (EVENTS, CASES, "tickets")  # a log can be made of any of these


@dataclass(frozen=True)
class TableSet:
    """Tables by kind (`table_kinds.KINDS`), and the names of files and sheets that were not read.

    `name` is what errors and the log are called after. `single` is a file with one table: it is a table of
    events whatever its headers say, unless they are those of tickets. `issues` were found on the way.
    """

    name: str
    tables: Mapping[str, tuple[RawTable, ...]]
    not_read: tuple[str, ...] = ()
    single: bool = False
    issues: tuple[QualityIssue, ...] = ()

    def of(self, kind: str) -> tuple[RawTable, ...]:
        """All tables of a kind."""
        return self.tables.get(kind, ())

    def with_tables(self, more: Mapping[str, Iterable[RawTable]]) -> TableSet:
        """With further tables of these kinds."""
        merged = dict(self.tables)
        for kind, tables in more.items():
            merged[kind] = (*merged.get(kind, ()), *tables)
        return replace(self, tables=merged)


def read_tables(path: str | Path, choices: ColumnChoices, limits: ReadLimits) -> TableSet:
    """The tables of a folder, a workbook or a file; raises `LogError` where they make no log."""
    path = Path(path)
    if path.is_dir():
        return _of_folder(path, choices, limits)
    found = _read_file(path, choices, limits)
    if len(found) > 1:
        return named_tables(
            path.name, [(_kind_of(raw, raw.title), raw) for raw in found], found[0].other_sheets
        )
    return single_table(found[0], choices)


def single_table(raw: RawTable, choices: ColumnChoices) -> TableSet:
    """A table by itself: of tickets if its headers or somebody's choice say so, else of events."""
    decided = {"case_id", "activity"} & {name for name, header in choices.columns.items() if header}
    is_tickets = not decided and ("tickets" in choices.tables or kind_by_headers(raw.headers) == "tickets")
    kind = "tickets" if is_tickets else EVENTS
    return TableSet(raw.file, {kind: (raw,)}, single=True)


def read_one_table(path: str | Path, choices: ColumnChoices, limits: ReadLimits) -> RawTable:
    """The table of a file given for itself: of a workbook the sheet that maps best."""
    return read_raw(path, _known(choices), {}, limits, sheet=None)


def check_kind(kind: str) -> str:
    """The kind of table somebody named; raises `LogError` listing those there are."""
    allowed = [name for name in KINDS if name != EVENTS]
    if kind not in allowed:
        raise LogError(
            zh=f"没有名为“{kind}”的表，可用：{listed(allowed)}。",
            en=f"there is no table {kind!r}, allowed are: {listed(allowed)}.",
        )
    return kind


def _known(choices: ColumnChoices) -> set[str]:
    named = (header for kind in choices.tables for header in choices.headers_of(kind))
    return {*all_headers(), *named, *(header for header in choices.columns.values() if header)}


def _read_file(path: Path, choices: ColumnChoices, limits: ReadLimits) -> list[RawTable]:
    source = find_source(path)
    if source.format == "xlsx" and choices.sheet is None:
        return read_sheets(source, limits, _known(choices), pick=_sheets_of_tables)
    return [read_raw(path, _known(choices), choices.columns, limits, choices.sheet)]


def _sheets_of_tables(headers: Mapping[str, HeaderPlace]) -> list[str]:
    """The sheets that are tables of a log, if they are of more than one kind."""
    kinds = {name: kind_by_name(name) or kind_by_headers(place.names) for name, place in headers.items()}
    found = {kind for kind in kinds.values() if kind is not None}
    if len(found) < 2 or not found & set(_BEGINNINGS):
        return []
    return [name for name, kind in kinds.items() if kind is not None]


def _kind_of(raw: RawTable, name: str) -> str | None:
    return kind_by_name(name) or kind_by_headers(raw.headers)


def _of_folder(folder: Path, choices: ColumnChoices, limits: ReadLimits) -> TableSet:
    found: list[tuple[str | None, RawTable]] = []
    not_read: list[str] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")):
            continue
        if path.is_dir() or not _is_readable(path):
            not_read.append(path.name)
            continue
        named = kind_by_name(_stem(path))
        try:
            tables = _read_file(path, choices, limits)
        except LogError:
            if named is not None:
                raise
            not_read.append(path.name)
            continue
        for raw in tables:
            by_sheet = kind_by_name(raw.sheet) if raw.sheet else None
            kind = by_sheet or named or kind_by_headers(raw.headers)
            found.append((kind, raw))
            not_read += [f"{path.name} / {sheet}" for sheet in raw.other_sheets if raw is tables[0]]
    return named_tables(folder.resolve().name, found, tuple(not_read))


def _is_readable(path: Path) -> bool:
    inner = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return inner.suffix.lower() in SUFFIXES


def _stem(path: Path) -> str:
    return path.name.removesuffix(".gz").rpartition(".")[0]


def named_tables(
    name: str, found: Sequence[tuple[str | None, RawTable]], not_read: tuple[str, ...]
) -> TableSet:
    """Tables with their kinds, those without one not read.

    Raises `LogError` where no log can be made of them.
    """
    tables: dict[str, tuple[RawTable, ...]] = {}
    left = list(not_read)
    for kind, raw in found:
        if kind is None:
            left.append(raw.file if raw.sheet is None else f"{raw.file} / {raw.sheet}")
        else:
            tables[kind] = (*tables.get(kind, ()), raw)
    if not set(_BEGINNINGS) & tables.keys():
        raise _nothing_to_begin_with(name, tables, left)
    return TableSet(name, tables, tuple(left))


def _nothing_to_begin_with(
    name: str, tables: Mapping[str, tuple[RawTable, ...]], not_read: list[str]
) -> LogError:
    found = listed([f"{raw.file} ({kind})" for kind, raws in tables.items() for raw in raws]) or "-"
    left = listed(not_read) or "-"
    return LogError(
        zh=f"{name}：没有过程表（如 up_pro_process、办件过程信息），也没有受理、结果或排队表，无法构成日志。"
        f"识别出的表：{found}；未识别：{left}。可读的文件：{ALLOWED}。",
        en=f"{name}: no table of steps (such as up_pro_process), nor one of cases or tickets, so there is no "
        f"log. Tables found: {found}; not recognised: {left}. Files that can be read: {ALLOWED}.",
    )


def note_tables(tables: TableSet, notes: Notes) -> None:
    """Say which file is which table, and which were not read."""
    if tables.single:
        return
    named = [f"{raw.label} = {kind}" for kind, raws in tables.tables.items() for raw in raws]
    notes.add(
        "tables_read",
        "info",
        zh=f"读取的表：{listed(named)}。",
        en=f"tables read: {listed(named)}.",
        rows=len(named),
        of_rows=len(named) + len(tables.not_read),
    )
    notes.add(
        "tables_not_read",
        "warning",
        zh=f"未能识别、未读取的文件或工作表：{listed(tables.not_read)}。",
        en=f"files or sheets that were not recognised and not read: {listed(tables.not_read)}.",
        rows=len(tables.not_read),
        of_rows=len(named) + len(tables.not_read),
    )


def one_below_the_other(raws: tuple[RawTable, ...], notes: Notes) -> RawTable:
    """Tables of one kind as one: monthly exports. Rows of later ones are numbered on."""
    first = raws[0]
    if len(raws) == 1:
        return first
    offsets = np.cumsum([0, *(int(raw.file_rows.max(initial=1)) for raw in raws[:-1])])
    parts = [f"{raw.label}: {int(offset) + 1:,}+" for raw, offset in zip(raws, offsets, strict=True)]
    notes.add(
        "tables_joined",
        "info",
        zh=f"同类的表已上下相接，行号连续编号：{listed(parts)}。",
        en=f"tables of one kind are read as one, their rows numbered on: {listed(parts)}.",
        rows=len(raws),
        of_rows=len(raws),
    )
    rows = [raw.file_rows + offset for raw, offset in zip(raws, offsets, strict=True)]
    malformed = tuple(
        replace(row, file_row=row.file_row + int(offset))
        for raw, offset in zip(raws, offsets, strict=True)
        for row in raw.malformed
    )
    return replace(
        first,
        file=" + ".join(dict.fromkeys(raw.file for raw in raws)),
        table=pa.concat_tables([as_text_table(raw.table) for raw in raws], promote_options="default"),
        file_rows=np.concatenate(rows),
        malformed=malformed,
    )


def log_name(name: str) -> str:
    """What a log of this file or folder is called: without the ending of a file."""
    bare = name.removesuffix(".gz")
    stem, _, ending = bare.rpartition(".")
    return stem if stem and f".{ending.lower()}" in SUFFIXES else bare
