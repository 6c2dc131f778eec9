"""What a log is read from: a file, a folder, an object-centric log; each as a set of tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mining.errors import LogError
from mining.reading.choices import ColumnChoices
from mining.reading.files import OBJECT_FORMATS, SourceFile, find_source
from mining.reading.flatten import flatten_objects
from mining.reading.limits import ReadLimits
from mining.reading.notes import Notes
from mining.reading.object_log import read_object_log
from mining.reading.table_kinds import EVENTS, MATERIALS
from mining.reading.table_set import TableSet, read_tables


@dataclass(frozen=True)
class Wanted:
    """What of a source is to be read: the object type that is the case, the types that are materials."""

    object_type: str | None = None
    material_types: tuple[str, ...] = ()

    @property
    def names_objects(self) -> bool:
        """Whether anything is said that only an object-centric log has."""
        return self.object_type is not None or bool(self.material_types)


def open_tables(path: str | Path, choices: ColumnChoices, wanted: Wanted, limits: ReadLimits) -> TableSet:
    """The tables of a source; raises `LogError` where they make no log or do not have what is wanted."""
    path = Path(path)
    if not path.is_dir():
        source = find_source(path)
        if source.format in OBJECT_FORMATS:
            return _of_objects(source, wanted, limits)
    if wanted.names_objects:
        raise LogError(
            zh=f"{path.name}：不是对象中心日志（OCEL），不能指定对象类型。",
            en=f"{path.name}: is no object-centric log (OCEL); no type of object can be named.",
        )
    return read_tables(path, choices, limits)


def _of_objects(source: SourceFile, wanted: Wanted, limits: ReadLimits) -> TableSet:
    log = read_object_log(source, limits)
    notes = Notes(source.name, len(log.events))
    flat = flatten_objects(log, wanted.object_type, wanted.material_types, notes)
    tables: Mapping[str, tuple] = {EVENTS: (flat.events,)}
    if flat.materials is not None:
        tables = {**tables, MATERIALS: (flat.materials,)}
    return TableSet(source.name, tables, single=True, issues=tuple(notes.issues))
