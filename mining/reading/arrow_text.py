"""Columns as Arrow text, whatever pandas or a file keeps them in."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from mining.reading.raw import to_series


def text_array(values: pd.Series) -> pa.Array:
    """A text column as one Arrow array."""
    return pa.array(values.to_numpy(dtype=object), pa.large_string(), from_pandas=True)


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of a file as text; timestamps as `2026-03-02 09:05:00.000000+0800`."""
    if not pa.types.is_timestamp(column.type):
        return column.cast(pa.large_string())
    if column.type.tz is None:
        return column.cast(pa.timestamp("us"), safe=False).cast(pa.large_string())
    return pa.chunked_array([text_array(to_series(column).dt.strftime("%Y-%m-%d %H:%M:%S.%f%z"))])


def as_text_table(table: pa.Table) -> pa.Table:
    """All columns as text."""
    return pa.table({name: as_text(table.column(name)) for name in table.column_names})
