"""Parquet files: all columns as text, but for timestamps."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mining.errors import LogError
from mining.reading.files import SourceFile
from mining.reading.limits import ReadLimits
from mining.reading.raw import RawTable, unique_headers

_LARGEST_WHOLE_FLOAT = 2.0**53


def read_parquet(source: SourceFile, limits: ReadLimits) -> RawTable:
    """The table of a Parquet file; raises `LogError` where it is damaged."""
    try:
        with pq.ParquetFile(source.path) as file:
            groups = range(file.metadata.num_row_groups)
            unpacked = sum(file.metadata.row_group(group).total_byte_size for group in groups)
            limits.check(source.name, unpacked, source.size)
            table = file.read()
            table.validate(full=True)  # text that is no UTF-8, offsets that lead nowhere
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise LogError(
            zh=f"{source.name}：Parquet 文件已损坏或不是 Parquet（{problem}）。",
            en=f"{source.name}: damaged, or not a Parquet file ({problem}).",
        ) from None
    kept = [name for name in table.column_names if not name.startswith("__index_level_")]
    names = unique_headers(kept)
    columns = [_as_text(table.column(table.column_names.index(name))) for name in kept]
    return RawTable(
        file=source.name,
        format="parquet",
        table=pa.table(dict(zip(names, columns, strict=True))),
        file_rows=np.arange(1, table.num_rows + 1),
    )


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_timestamp(kind):
        return column
    if pa.types.is_date(kind):
        return column.cast(pa.timestamp("ms"))
    if pa.types.is_dictionary(kind):
        return _as_text(column.cast(kind.value_type))
    if pa.types.is_floating(kind):
        return _whole_numbers(column.cast(pa.float64()))
    if pa.types.is_nested(kind):  # a list of materials
        return pa.chunked_array([pa.array([_joined(value) for value in column.to_pylist()], pa.string())])
    return column.cast(pa.string())


def _whole_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Floats that are whole numbers without `.0`: identifiers beside a missing one come as floats."""
    values = column.to_numpy()
    known = ~np.isnan(values)
    if bool(np.all(np.abs(values[known]) < _LARGEST_WHOLE_FLOAT) and np.all(values[known] % 1 == 0)):
        whole = pc.cast(pa.array(values, from_pandas=True), pa.int64())
        return pa.chunked_array([whole.cast(pa.string())])
    return column.cast(pa.string())


def _joined(value: object) -> str | None:
    if value is None:
        return None
    items = value if isinstance(value, list) else [value]
    return ";".join(str(item) for item in items if item is not None)
