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
def open_sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can only read; errors of the database become a `LogError` naming the file."""
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
        connection.set_authorizer(_authorize)
        yield connection
    except sqlite3.Error as problem:
        raise LogError(
            zh=f"{path.name}：SQLite 数据库无法读取（{problem}），文件可能不完整或已损坏。",
            en=f"{path.name}: the SQLite database cannot be read ({problem}); it may be incomplete "
            "or damaged.",
        ) from None
    finally:
        connection.close()


def _authorize(action: int, _first: str | None, second: str | None, *_: object) -> int:
    if action in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and second in _FUNCTIONS):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def table_names(connection: sqlite3.Connection) -> list[str]:
    """Names of the tables, without views and SQLite's own."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return [str(name) for (name,) in rows]


def quoted(name: str) -> str:
    """A name of a table or column as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
