"""OCEL 2.0 as a SQLite database."""

from __future__ import annotations

import sqlite3

from mining.errors import LogError
from mining.reading.files import SourceFile
from mining.reading.limits import ReadLimits
from mining.reading.object_log import ObjectLog, ObjectLogRows, as_value
from mining.reading.sqlite_file import open_sqlite, quoted, table_names

NEEDED_TABLES = ("event", "event_map_type", "event_object", "object", "object_map_type")
_OWN_COLUMNS = ("ocel_id", "ocel_time", "ocel_changed_field")


def read_ocel_sqlite(source: SourceFile, limits: ReadLimits) -> ObjectLog:
    """The log in a database; raises `LogError` where it is damaged or lacks a table of OCEL 2.0."""
    with open_sqlite(source.path) as connection:
        tables = table_names(connection)
        missing = [name for name in NEEDED_TABLES if name not in tables]
        if missing:
            raise _no_ocel(source.name, missing, tables)
        rows = ObjectLogRows(source.name)
        _read_objects(connection, tables, rows)
        _read_events(connection, tables, rows)
        return rows.done()


def is_ocel(tables: list[str]) -> bool:
    """Whether a database has the tables of an object-centric log."""
    return set(NEEDED_TABLES) <= set(tables)


def _no_ocel(file: str, missing: list[str], tables: list[str]) -> LogError:
    lacking, found = ", ".join(missing), ", ".join(tables[:30]) or "-"
    return LogError(
        zh=f"{file}：不是 OCEL 2.0：缺少表 {lacking}；现有：{found}。"
        "如要读取其中一张表，请用 --sql-table 指定。",
        en=f"{file}: is no OCEL 2.0 log: it lacks the tables {lacking}; there are: {found}. "
        "To read one of them as a log, name it with --sql-table.",
    )


def _read_objects(connection: sqlite3.Connection, tables: list[str], rows: ObjectLogRows) -> None:
    for name, kind in connection.execute("SELECT ocel_id, ocel_type FROM object"):
        rows.objects.append((str(name), str(kind)))
    if "object_object" in tables:
        query = "SELECT ocel_source_id, ocel_target_id, ocel_qualifier FROM object_object"
        for source, target, qualifier in connection.execute(query):
            rows.object_objects.append((str(source), str(target), str(qualifier or "")))
    for table in _type_tables(connection, "object", tables, rows.file):
        columns = _columns(connection, table)
        for cells in connection.execute(f"SELECT * FROM {quoted(table)}"):
            record = dict(zip(columns, cells, strict=True))
            changed = record.get("ocel_changed_field")
            for name, value in record.items():
                text = as_value(value)
                if name in _OWN_COLUMNS or text is None or (changed is not None and name != changed):
                    continue
                time = str(record.get("ocel_time") or "")
                rows.object_values.append((str(record["ocel_id"]), name, time, text))


def _read_events(connection: sqlite3.Connection, tables: list[str], rows: ObjectLogRows) -> None:
    times: dict[str, str] = {}
    for table in _type_tables(connection, "event", tables, rows.file):
        columns = _columns(connection, table)
        for cells in connection.execute(f"SELECT * FROM {quoted(table)}"):
            record = dict(zip(columns, cells, strict=True))
            event = str(record["ocel_id"])
            times[event] = str(record.get("ocel_time") or "")
            for name, value in record.items():
                text = as_value(value)
                if name not in _OWN_COLUMNS and text is not None:
                    rows.event_values.append((event, name, text))
    for name, kind in connection.execute("SELECT ocel_id, ocel_type FROM event"):
        rows.events.append((str(name), str(kind), times.get(str(name), "")))
    query = "SELECT ocel_event_id, ocel_object_id, ocel_qualifier FROM event_object"
    for event_id, target, qualifier in connection.execute(query):
        rows.event_objects.append((str(event_id), str(target), str(qualifier or "")))


def _type_tables(connection: sqlite3.Connection, group: str, tables: list[str], file: str) -> list[str]:
    """The tables of the types of events or objects; raises `LogError` where one of them is not there."""
    found = []
    for kind, name in connection.execute(f"SELECT ocel_type, ocel_type_map FROM {group}_map_type"):
        table = f"{group}_{name}"
        if table not in tables:
            raise _no_ocel(file, [f"{table} ({kind})"], tables)
        found.append(table)
    return found


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    cursor = connection.execute(f"SELECT * FROM {quoted(table)} LIMIT 0")
    return [str(column[0]) for column in cursor.description]
