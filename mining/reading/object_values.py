"""Attributes of events and objects of an object-centric log, one column each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.reading.arrow_text import is_in
from mining.reading.object_log import ObjectLog


def wide(values: pd.DataFrame, owner: str) -> pd.DataFrame:
    """One column an attribute; of one given twice the last counts."""
    last = values.drop_duplicates([owner, "name"], keep="last")
    return last.pivot(index=owner, columns="name", values="value")


def last_values(log: ObjectLog, objects: pd.Index | np.ndarray) -> pd.DataFrame:
    """The attributes of these objects in the end, in this order; without columns none of them has."""
    values = log.object_values[is_in(log.object_values["object"], objects)]
    return wide(in_time(values), "object").reindex(objects)


def in_time(values: pd.DataFrame) -> pd.DataFrame:
    """Object values in the order of the time they hold from; those without one come first."""
    moment = as_moments(values["time"])
    return values.assign(moment=moment).sort_values("moment", kind="stable", na_position="first")


def as_moments(times: pd.Series) -> pd.Series:
    """Times as text as moments that can be compared; missing where a text is none."""
    return pd.to_datetime(times.mask(times == ""), utc=True, format="ISO8601", errors="coerce")
