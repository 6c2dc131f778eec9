"""Databases by URL, for reading only: SQLite by itself, PostgreSQL and MySQL through SQLAlchemy.

Rows are fetched in chunks and turned into Arrow text at once. The password of a URL is shown nowhere.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

from mining.errors import LogError
from mining.reading.sqlite_file import open_sqlite, quoted, table_names

CHUNK_ROWS = 20_000
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
SCHEMES = (
    "sqlite:///FILE",
    "postgresql://USER:PASSWORD@HOST/DATABASE",
    "mysql://USER:PASSWORD@HOST/DATABASE",
)
Chunk = tuple[list[str], list[Sequence[Any]]]


class Database(Protocol):
    """An open database: the names of its tables and views, and the rows of a query."""

    label: str

    def tables(self) -> list[str]:
        """Names of tables and views, sorted; those outside of the usual schema with it in front."""
        ...

    def table_query(self, table: str) -> str:
        """The query of all rows of a table."""
        ...

    def rows(self, query: str) -> Iterator[Chunk]:
        """The names of the columns and the rows, chunk by chunk; at least one chunk, be it empty."""
        ...


def is_url(path: object) -> bool:
    """Whether something is a database URL rather than a path."""
    return isinstance(path, str) and _URL.match(path) is not None


@contextmanager
def open_database(url: str) -> Iterator[Database]:
    """The database behind a URL; raises `LogError` where it cannot be reached or is of another kind."""
    scheme = url.partition("://")[0].lower()
    if scheme == "sqlite":
        path = unquote(url.partition("://")[2].partition("?")[0])
        if not path.startswith("/") or path == "/":
            raise LogError(
                zh="SQLite 地址应为 sqlite:///文件 或 sqlite:////绝对路径/文件。",
                en="the address of a SQLite database must be sqlite:///FILE or sqlite:////ABSOLUTE/FILE.",
            )
        with open_sqlite_database(Path(path[1:])) as sqlite:
            yield sqlite
        return
    from mining.reading.sql_server import DRIVERS, open_server

    if scheme not in DRIVERS:
        allowed = ", ".join(SCHEMES)
        raise LogError(
            zh=f"不支持的数据库类型 {scheme}://，可用：{allowed}。",
            en=f"unknown kind of database {scheme}://, allowed are: {allowed}.",
        )
    with open_server(url) as server:
        yield server


@contextmanager
def open_sqlite_database(path: Path) -> Iterator[Database]:
    """A SQLite file as a database."""
    if not path.is_file():
        raise LogError(zh=f"{path}：文件不存在。", en=f"{path}: there is no such file.")
    with open_sqlite(path, any_function=True) as connection:
        yield _Sqlite(path.name, connection)


class _Sqlite:
    def __init__(self, label: str, connection: sqlite3.Connection) -> None:
        self.label = label
        self._connection = connection

    def tables(self) -> list[str]:
        """Names of tables and views."""
        return table_names(self._connection, views=True)

    def table_query(self, table: str) -> str:
        """All rows of a table."""
        return f"SELECT * FROM {quoted(table)}"

    def rows(self, query: str) -> Iterator[Chunk]:
        """Rows of a query."""
        cursor = self._connection.execute(query)
        names = [str(column[0]) for column in cursor.description]
        chunk: list[Sequence[Any]] = cursor.fetchmany(CHUNK_ROWS)
        while True:
            yield names, chunk
            chunk = cursor.fetchmany(CHUNK_ROWS)
            if not chunk:
                return
