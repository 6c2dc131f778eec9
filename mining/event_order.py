"""The one order of events in the project: case, time, row of the file."""

from __future__ import annotations

import numpy as np
import pandas as pd


def event_order(case_rank: np.ndarray, time: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Positions in the order (case, time, row): `np.lexsort((row, time, case_rank))`, several times faster.

    All are whole numbers. Case and time are one number to sort by; only where that is equal does the row
    decide.
    """
    if case_rank.size == 0:
        return np.zeros(0, "int64")
    earliest = int(time.min())
    span = int(time.max()) - earliest + 1
    if (int(case_rank.max()) + 1) * span >= 2**62:
        return np.lexsort((row, time, case_rank))
    key = case_rank.astype("int64") * span + (time - earliest)
    order = np.argsort(key)
    key = key[order]
    equal = key[1:] == key[:-1]
    if equal.any():
        tied = np.flatnonzero(np.append(equal, False) | np.append(False, equal))
        members = order[tied]
        order[tied] = members[np.lexsort((row[members], key[tied]))]
    return order


def rank_of_cases(case_ids: pd.Series) -> np.ndarray:
    """For each row the rank of its case among all cases in the order of their ids."""
    if not isinstance(case_ids.dtype, pd.CategoricalDtype):
        return pd.factorize(case_ids, sort=True)[0]
    rank = np.empty(len(case_ids.cat.categories), "int64")
    rank[case_ids.cat.categories.argsort()] = np.arange(rank.size)
    return rank[case_ids.cat.codes.to_numpy()]
