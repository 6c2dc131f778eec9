"""One function for all file formats."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from mining.errors import LogError
from mining.reading.delimited import read_delimited
from mining.reading.files import OBJECT_FORMATS, find_source
from mining.reading.limits import ReadLimits
from mining.reading.parquet import read_parquet
from mining.reading.raw import RawTable
from mining.reading.xes import read_xes
from mining.reading.xlsx import read_xlsx


def read_raw(
    path: str | Path,
    known_headers: Collection[str],
    chosen: Mapping[str, str | None],
    limits: ReadLimits,
    sheet: str | None,
) -> RawTable:
    """The table of a file; `known_headers` and the `chosen` ones tell where its header row is."""
    source = find_source(path)
    if source.format in OBJECT_FORMATS:
        raise LogError(
            zh=f"{source.name}：对象中心日志（OCEL）不能作为一张表读取。",
            en=f"{source.name}: an object-centric log (OCEL) cannot be read as a table.",
        )
    wanted = {*known_headers, *(header for header in chosen.values() if header)}
    if source.format == "xes":
        return read_xes(source, limits)
    if source.format == "xlsx":
        return read_xlsx(source, limits, wanted, sheet)
    if source.format == "parquet":
        return read_parquet(source, limits)
    return read_delimited(source, limits, wanted)
