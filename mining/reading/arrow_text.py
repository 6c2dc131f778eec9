"""Columns as Arrow text, whatever pandas or a file keeps them in."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

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


def is_in(values: pd.Series, among: pd.Series | pd.Index | Collection[str]) -> np.ndarray:
    """Whether each text is one of those in `among`; False where it is missing. Much faster than `isin`."""
    if isinstance(among, pd.Series | pd.Index):
        sought = text_array(pd.Series(among).dropna())
    else:
        sought = pa.array(list(among), pa.large_string())
    found = pc.is_in(pa.array(values, pa.large_string()), value_set=sought, skip_nulls=True)
    return found.to_numpy(zero_copy_only=False).astype(bool)
