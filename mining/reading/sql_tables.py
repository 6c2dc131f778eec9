"""Tables of a database as the tables of a log: one by name, a query, or the national exchange tables."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from mining.errors import LogError
from mining.reading.arrow_text import as_text
from mining.reading.choices import ColumnChoices
from mining.reading.database import Database
from mining.reading.notes import listed
from mining.reading.object_log import as_value
from mining.reading.raw import RawTable, unique_headers
from mining.reading.sql_query import check_query
from mining.reading.table_kinds import kind_by_headers, kind_by_name
from mining.reading.table_set import TableSet, named_tables, single_table

_MOST_TABLES = 200  # whose headers are looked at


def read_database(
    database: Database, choices: ColumnChoices, table: str | None, query: str | None
) -> TableSet:
    """The tables of a log in a database.

    `table` or `query` gives one table. Without them the tables whose names say what they are
    (`up_pro_process`, ...) are read like the files of a folder; where no name does, those whose headers do,
    unless two are of one kind. Raises `LogError` for a table that is not there, listing those that are, and
    for any other query than one SELECT.
    """
    if query is not None:
        raw = _read(database, check_query(query, database.label), "query")
        return single_table(raw, choices)
    if table is not None:
        _check_table(database, table)
        return single_table(_read(database, database.table_query(table), table), choices)
    names = database.tables()
    kinds = {name: kind for name in names if (kind := kind_by_name(name)) is not None}
    kinds = kinds or _by_headers(database, names)
    found = [(kind, _read(database, database.table_query(name), name)) for name, kind in kinds.items()]
    return named_tables(database.label, found, tuple(name for name in names if name not in kinds))


def _check_table(database: Database, table: str) -> None:
    names = database.tables()
    if table in names:
        return
    near = difflib.get_close_matches(table, names, n=1)
    hint_zh, hint_en = (f"是否想写 {near[0]}？", f" Did you mean {near[0]}?") if near else ("", "")
    raise LogError(
        zh=f"{database.label}：没有表“{table}”。{hint_zh}现有：{listed(names) or '无'}。",
        en=f"{database.label}: there is no table {table!r}.{hint_en} There are: {listed(names) or 'none'}.",
    )


def _by_headers(database: Database, names: Sequence[str]) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for name in names[:_MOST_TABLES]:
        headers, _ = next(database.rows(f"SELECT * FROM ({database.table_query(name)}) AS looked_at LIMIT 0"))
        kind = kind_by_headers(headers)
        if kind is None:
            continue
        other = next((earlier for earlier, known in kinds.items() if known == kind), None)
        if other is not None:
            raise LogError(
                zh=f"{database.label}：表 {other} 与 {name} 都像是 {kind}，请用 --sql-table 指定一个。",
                en=f"{database.label}: tables {other} and {name} both look like {kind}; choose one with "
                "--sql-table.",
            )
        kinds[name] = kind
    return kinds


def _read(database: Database, query: str, title: str) -> RawTable:
    names: list[str] = []
    parts: list[list[pa.Array]] = []
    for headers, rows in database.rows(query):
        names = headers
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(headers)
        parts.append([_as_arrow(column) for column in columns])
    arrays = [pa.chunked_array(pieces, pa.large_string()) for pieces in zip(*parts, strict=True)]
    table = pa.table(dict(zip(unique_headers(names), arrays, strict=True)))
    return RawTable(
        file=database.label,
        format="sql",
        table=table,
        file_rows=np.arange(1, table.num_rows + 1),
        sheet=title,
    )


def _as_arrow(values: Sequence[Any]) -> pa.Array:
    """One column of a chunk as text, at the speed of Arrow where all values are of one kind."""
    try:
        array = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array([_as_text(value) for value in values], pa.large_string())
    kind = array.type
    if (
        pa.types.is_string(kind)
        or pa.types.is_null(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_date(kind)
    ):
        return array.cast(pa.large_string())
    if pa.types.is_timestamp(kind):
        return as_text(pa.chunked_array([array])).combine_chunks()
    return pa.array([_as_text(value) for value in values], pa.large_string())


def _as_text(value: Any) -> str | None:
    if isinstance(value, bytes | bytearray | memoryview):
        return None  # pictures and signatures are no part of a log
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return format(value.to_integral_value(), "f")
    if hasattr(value, "isoformat"):
        return str(value.isoformat(sep=" ") if hasattr(value, "hour") and hasattr(value, "year") else value)
    return as_value(value)
