"""Columns of the tables of a simulated log, from numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.event_log import TIME_DTYPE

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
FIRST_ROW = 2  # the first data row of a file with a header of one line


def texts(values: Sequence[str | None] | np.ndarray, codes: np.ndarray) -> pd.Series:
    """The text of each code; -1 is missing."""
    table = pa.array(list(values), pa.large_string())
    chosen = table.take(pa.array(codes, mask=codes < 0)) if len(table) else pa.nulls(codes.size, table.type)
    return pd.Series(pd.array(chosen, dtype=TEXT)).astype("str")


def times(start_date: dt.date, ms: np.ndarray) -> pd.Series:
    """Local times of milliseconds since the first midnight; negative is missing."""
    moments = np.datetime64(start_date, "ms") + np.asarray(ms).astype("timedelta64[ms]")
    return pd.Series(np.where(ms < 0, np.datetime64("NaT", "ms"), moments)).astype(TIME_DTYPE)
