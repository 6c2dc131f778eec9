"""A SQLite file opened for reading only: nothing but SELECT, no views, no functions that reach outside."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from mining.errors import LogError

MAGIC = b"SQLite format 3\x00"
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_FUNCTIONS = frozenset(
    {"count", "coalesce", "lower", "upper", "length", "substr", "min", "max", "sum", "avg", "like"}
)


@contextmanager
def open_sqlite(path: Path, any_function: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection that can only read; errors of the database become a `LogError` naming the file.

    `any_function` allows all of SQLite's functions, as somebody's own query may need them.
    """
    with path.open("rb") as stream:
        head = stream.read(len(MAGIC))
    if head != MAGIC:
        raise LogError(
            zh=f"{path.name}：不是 SQLite 数据库。",
            en=f"{path.name}: is no SQLite database.",
        )
    connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.set_authorizer(_authorize_any_function if any_function else _authorize)
        yield connection
    except sqlite3.Error as problem:
        # the base class itself is raised for a damaged file, its children for what was asked of it
        damaged = type(problem) is sqlite3.DatabaseError or "disk I/O" in str(problem)
        hint_zh, hint_en = (
            ("，可能不完整或已损坏", "; it may be incomplete or damaged") if damaged else ("", "")
        )
        raise LogError(
            zh=f"{path.name}：SQLite 数据库无法读取（{problem}）{hint_zh}。",
            en=f"{path.name}: the SQLite database cannot be read ({problem}){hint_en}.",
        ) from None
    finally:
        connection.close()


def _authorize(action: int, _first: str | None, second: str | None, *_: object) -> int:
    if action in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and second in _FUNCTIONS):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _authorize_any_function(action: int, first: str | None, second: str | None, *_: object) -> int:
    if action == sqlite3.SQLITE_FUNCTION and second != "load_extension":
        return sqlite3.SQLITE_OK
    return _authorize(action, first, second)


def table_names(connection: sqlite3.Connection, views: bool = False) -> list[str]:
    """Names of the tables, and of views if wanted, without SQLite's own."""
    rows = connection.execute(
        "SELECT name, type FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    kinds = ("table", "view") if views else ("table",)
    return [str(name) for name, kind in rows if kind in kinds]


def quoted(name: str) -> str:
    """A name of a table or column as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
