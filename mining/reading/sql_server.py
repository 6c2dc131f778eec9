"""PostgreSQL and MySQL through SQLAlchemy: sessions that can only read, rows through a server's cursor."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mining.errors import LogError
from mining.reading.database import CHUNK_ROWS, Chunk, Database

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection

_POSTGRESQL, _MYSQL = "postgresql+psycopg", "mysql+pymysql"
DRIVERS = {
    "postgresql": _POSTGRESQL,
    "postgres": _POSTGRESQL,
    _POSTGRESQL: _POSTGRESQL,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    _MYSQL: _MYSQL,
    "mariadb+pymysql": _MYSQL,
}
_MODULES = {_POSTGRESQL: "psycopg", _MYSQL: "pymysql"}
_CONNECT_SECONDS = 15
_HIDDEN = "***"


@contextmanager
def open_server(url: str) -> Iterator[Database]:
    """A database of a server; raises `LogError` where the address is none or nobody answers there."""
    address = _address(url)
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    label = label_of(address)
    engine = create_engine(address, poolclass=NullPool, connect_args=_connect_arguments(address))
    try:
        with engine.connect() as connection:
            _only_read(connection)
            yield _Server(label, connection)
    except SQLAlchemyError as problem:
        raise _failed(label, problem, address) from None
    finally:
        engine.dispose()


def _address(url: str) -> URL:
    driver = DRIVERS[url.partition("://")[0].lower()]
    if importlib.util.find_spec("sqlalchemy") is None or importlib.util.find_spec(_MODULES[driver]) is None:
        raise LogError(
            zh='读取服务器数据库需要附加组件，请安装：pip install "onewindow[sql]"。',
            en="reading from a database server needs more packages, install them: "
            'pip install "onewindow[sql]".',
        )
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        address = make_url(url).set(drivername=driver)
    except (ArgumentError, ValueError):
        raise _no_address() from None
    if not address.database:
        raise _no_address()
    return address


def _no_address() -> LogError:
    # the address itself is not shown: there may be a password in it
    return LogError(
        zh="数据库地址无法识别，应为 postgresql://用户:密码@主机:端口/库名（密码中的 @ / : 写作 %40 %2F "
        "%3A）。",
        en="the address of the database cannot be understood; it must be like "
        "postgresql://USER:PASSWORD@HOST:PORT/DATABASE (write @ / : in a password as %40 %2F %3A).",
    )


def label_of(address: URL) -> str:
    """What a database is called in messages: without user, password and options."""
    port = "" if address.port is None else f":{address.port}"
    return f"{address.get_backend_name()}://{address.host or ''}{port}/{address.database}"


def _connect_arguments(address: URL) -> dict[str, Any]:
    if address.drivername == _POSTGRESQL:
        # for the whole session: a query cannot leave it by ending a transaction
        options = "-c default_transaction_read_only=on"
        return {"connect_timeout": _CONNECT_SECONDS, "options": options}
    return {"connect_timeout": _CONNECT_SECONDS, "local_infile": False}


def _only_read(connection: Connection) -> None:
    if connection.dialect.name == "mysql":
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
        connection.rollback()  # the transaction under way keeps the rights it began with


class _Server:
    def __init__(self, label: str, connection: Connection) -> None:
        self.label = label
        self._connection = connection

    def tables(self) -> list[str]:
        """Names of tables and views of the usual schema."""
        from sqlalchemy import inspect

        inspector = inspect(self._connection)
        return sorted({*inspector.get_table_names(), *inspector.get_view_names()})

    def table_query(self, table: str) -> str:
        """All rows of a table."""
        return f"SELECT * FROM {self._connection.dialect.identifier_preparer.quote_identifier(table)}"

    def rows(self, query: str) -> Iterator[Chunk]:
        """Rows of a query, through a cursor of the server."""
        streaming = self._connection.execution_options(stream_results=True, no_parameters=True)
        with streaming.exec_driver_sql(query) as result:
            names = list(map(str, result.keys()))
            chunk = list(result.fetchmany(CHUNK_ROWS))
            while True:
                yield names, list(chunk)
                chunk = list(result.fetchmany(CHUNK_ROWS))
                if not chunk:
                    return


def _failed(label: str, problem: Exception, address: URL) -> LogError:
    reason = " ".join(str(getattr(problem, "orig", None) or problem).split())
    for secret in _secrets(address):
        reason = reason.replace(secret, _HIDDEN)
    return LogError(
        zh=f"{label}：数据库无法读取（{reason}）。",
        en=f"{label}: the database cannot be read ({reason}).",
    )


def _secrets(address: URL) -> list[str]:
    from urllib.parse import quote, quote_plus

    password = "" if address.password is None else str(address.password)
    return sorted({password, quote(password, safe=""), quote_plus(password)} - {""}, key=len, reverse=True)
