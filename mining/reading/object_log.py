"""Object-centric event logs (OCEL 2.0): what the three file formats hold, and one function to read them.

An event of such a log touches any number of objects of different types; `flatten.py` makes a log of cases.
Specification: Berti et al., OCEL (Object-Centric Event Log) 2.0 Specification, 2024, arXiv:2403.01975.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from mining.errors import LogError
from mining.reading.files import SourceFile
from mining.reading.limits import ReadLimits

EVENTS = ("event", "type", "time")
EVENT_VALUES = ("event", "name", "value")
OBJECTS = ("object", "type")
OBJECT_VALUES = ("object", "name", "time", "value")
EVENT_OBJECTS = ("event", "object", "qualifier")
OBJECT_OBJECTS = ("source", "target", "qualifier")


@dataclass(frozen=True)
class ObjectLog:
    """The tables of an object-centric log, all values as text, rows in the order of the file.

    `events`: one row an event. `event_values`: one row an attribute. `object_values`: one row an attribute
    and the time from which it has this value. `event_objects`, `object_objects`: relations, qualified.
    """

    file: str
    events: pd.DataFrame
    event_values: pd.DataFrame
    objects: pd.DataFrame
    object_values: pd.DataFrame
    event_objects: pd.DataFrame
    object_objects: pd.DataFrame


class ObjectLogRows:
    """An object-centric log under construction: rows are appended to lists."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.events: list[tuple[str, str, str]] = []
        self.event_values: list[tuple[str, str, str]] = []
        self.objects: list[tuple[str, str]] = []
        self.object_values: list[tuple[str, str, str, str]] = []
        self.event_objects: list[tuple[str, str, str]] = []
        self.object_objects: list[tuple[str, str, str]] = []

    def done(self) -> ObjectLog:
        """The log; raises `LogError` where there is no event."""
        if not self.events:
            raise LogError(
                zh=f"{self.file}：对象中心日志（OCEL）中没有事件。",
                en=f"{self.file}: there are no events in the object-centric log (OCEL).",
            )
        return ObjectLog(
            self.file,
            _frame(self.events, EVENTS),
            _frame(self.event_values, EVENT_VALUES),
            _frame(self.objects, OBJECTS),
            _frame(self.object_values, OBJECT_VALUES),
            _frame(self.event_objects, EVENT_OBJECTS),
            _frame(self.object_objects, OBJECT_OBJECTS),
        )


def _frame(rows: Sequence[tuple[str, ...]], names: tuple[str, ...]) -> pd.DataFrame:
    """Rows as columns of text; Arrow raises where a value is none."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = (pa.array(values, pa.large_string()) for values in columns)
    return pd.DataFrame(
        {name: pd.Series(array.to_pandas(), dtype="str") for name, array in zip(names, arrays, strict=True)}
    )


def as_value(value: object) -> str | None:
    """An attribute value as text; None where there is none."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def read_object_log(source: SourceFile, limits: ReadLimits) -> ObjectLog:
    """The object-centric log in a file; raises `LogError` where it is damaged or none."""
    from mining.reading.ocel_json import read_ocel_json
    from mining.reading.ocel_sqlite import read_ocel_sqlite
    from mining.reading.ocel_xml import read_ocel_xml

    readers: dict[str, Callable[[SourceFile, ReadLimits], ObjectLog]] = {
        "json": read_ocel_json,
        "sqlite": read_ocel_sqlite,
        "xml": read_ocel_xml,
    }
    return readers[source.format](source, limits)
