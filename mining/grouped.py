"""Statistics of values in groups, in one pass over arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def grouped_mean(groups: np.ndarray, values: np.ndarray, n_groups: int) -> np.ndarray:
    """Mean of each group as float64, NaN for an empty one."""
    counts = np.bincount(groups, minlength=n_groups)
    sums = np.bincount(groups, weights=values, minlength=n_groups)
    return np.divide(sums, counts, out=np.full(n_groups, np.nan), where=counts > 0)


def grouped_quantiles(
    groups: np.ndarray, values: np.ndarray, n_groups: int, probabilities: Sequence[float]
) -> np.ndarray:
    """Quantiles of each group, shape (probabilities, groups), linear between values, NaN for an empty group.

    The same numbers as `np.quantile` on each group.
    """
    ordered = values[np.lexsort((values, groups))].astype("float64")
    counts = np.bincount(groups, minlength=n_groups)
    first = np.cumsum(counts) - counts
    found = np.full((len(probabilities), n_groups), np.nan)
    filled = np.flatnonzero(counts)
    for row, probability in enumerate(probabilities):
        rank = probability * (counts[filled] - 1)
        below = np.floor(rank).astype("int64")
        above = np.minimum(below + 1, counts[filled] - 1)
        low, high = ordered[first[filled] + below], ordered[first[filled] + above]
        found[row, filled] = low + (rank - below) * (high - low)
    return found


def grouped_distinct(groups: np.ndarray, values: np.ndarray, n_groups: int) -> np.ndarray:
    """How many different `values` (non-negative codes) each group has."""
    if groups.size == 0:
        return np.zeros(n_groups, "int64")
    width = int(values.max()) + 1
    return np.bincount(np.unique(groups * width + values) // width, minlength=n_groups)


def grouped_mode(groups: np.ndarray, values: np.ndarray, n_groups: int) -> np.ndarray:
    """The most frequent value (a code; the smallest of equals) of each group, -1 for an empty one."""
    found = np.full(n_groups, -1, "int64")
    if groups.size == 0:
        return found
    width = int(values.max()) + 1
    pairs, counts = np.unique(groups * width + values, return_counts=True)
    # later writes win, so the best pair of each group is written last
    order = np.lexsort((-(pairs % width), counts))
    found[pairs[order] // width] = pairs[order] % width
    return found
