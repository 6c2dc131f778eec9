"""What a log is read from: a file, a folder, an object-centric log, a database; each as a set of tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mining.errors import LogError
from mining.reading.choices import ColumnChoices
from mining.reading.database import is_url, open_database, open_sqlite_database
from mining.reading.files import OBJECT_FORMATS, SourceFile, find_source
from mining.reading.flatten import flatten_objects
from mining.reading.limits import ReadLimits
from mining.reading.notes import Notes
from mining.reading.object_log import read_object_log
from mining.reading.ocel_sqlite import is_ocel
from mining.reading.sql_tables import read_database
from mining.reading.sqlite_file import open_sqlite, table_names
from mining.reading.table_kinds import EVENTS, MATERIALS, kind_by_name
from mining.reading.table_set import TableSet, read_tables


@dataclass(frozen=True)
class Wanted:
    """What of a source is to be read: types of objects (OCEL), a table or a query of a database."""

    object_type: str | None = None
    material_types: tuple[str, ...] = ()
    table: str | None = None
    query: str | None = None

    @property
    def names_objects(self) -> bool:
        """Whether anything is said that only an object-centric log has."""
        return self.object_type is not None or bool(self.material_types)

    @property
    def names_table(self) -> bool:
        """Whether anything is said that only a database has."""
        return self.table is not None or self.query is not None


def open_tables(path: str | Path, choices: ColumnChoices, wanted: Wanted, limits: ReadLimits) -> TableSet:
    """The tables of a source; raises `LogError` where they make no log or do not have what is wanted."""
    if wanted.table is not None and wanted.query is not None:
        raise LogError(
            zh="表名与查询只能给出一个（--sql-table 或 --sql-query）。",
            en="name a table or give a query, not both (--sql-table or --sql-query).",
        )
    if is_url(path):
        with open_database(str(path)) as database:
            _refuse_objects(database.label, wanted)
            return read_database(database, choices, wanted.table, wanted.query)
    path = Path(path)
    source = None if path.is_dir() else find_source(path)
    if source is not None and source.format == "sqlite" and not _has_objects(source, wanted):
        with open_sqlite_database(path) as database:
            return read_database(database, choices, wanted.table, wanted.query)
    if wanted.names_table:
        raise LogError(
            zh=f"{path.name}：不是数据库，不能指定表或查询。",
            en=f"{path.name}: is no database; no table or query can be named.",
        )
    if source is not None and source.format in OBJECT_FORMATS:
        return _of_objects(source, wanted, limits)
    _refuse_objects(path.name, wanted)
    return read_tables(path, choices, limits)


def _has_objects(source: SourceFile, wanted: Wanted) -> bool:
    if wanted.names_objects:
        return True
    if wanted.names_table:
        return False
    with open_sqlite(source.path) as connection:
        names = table_names(connection)
    return is_ocel(names) or not any(kind_by_name(name) for name in names)


def _refuse_objects(name: str, wanted: Wanted) -> None:
    if wanted.names_objects:
        raise LogError(
            zh=f"{name}：不是对象中心日志（OCEL），不能指定对象类型。",
            en=f"{name}: is no object-centric log (OCEL); no type of object can be named.",
        )


def _of_objects(source: SourceFile, wanted: Wanted, limits: ReadLimits) -> TableSet:
    log = read_object_log(source, limits)
    notes = Notes(source.name, len(log.events))
    flat = flatten_objects(log, wanted.object_type, wanted.material_types, notes)
    tables: Mapping[str, tuple] = {EVENTS: (flat.events,)}
    if flat.materials is not None:
        tables = {**tables, MATERIALS: (flat.materials,)}
    return TableSet(source.name, tables, single=True, issues=tuple(notes.issues))
