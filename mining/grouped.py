"""Statistics of values in groups, in one pass over arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    ordered = _sorted_in_groups(groups, values, n_groups).astype("float64")
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


def _sorted_in_groups(groups: np.ndarray, values: np.ndarray, n_groups: int) -> np.ndarray:
    """The values of group 0 in order, then those of group 1, ..."""
    if values.size and np.issubdtype(values.dtype, np.integer):
        lowest = int(values.min())
        span = int(values.max()) - lowest + 1
        if (
            n_groups * span < 2**62
        ):  # one sort of whole numbers is several times faster than a sort by two keys
            return np.sort(groups * span + (values - lowest)) % span + lowest
    return values[np.lexsort((values, groups))]


def _order_in_groups(groups: np.ndarray, values: np.ndarray, n_groups: int) -> np.ndarray:
    """Positions of whole-number values in the order of `_sorted_in_groups`; equal ones in any order."""
    lowest = int(values.min(initial=0))
    span = int(values.max(initial=0)) - lowest + 1
    if n_groups * span >= 2**62:
        return np.lexsort((values, groups))
    return np.argsort(groups * span + (values - lowest))


def grouped_distinct(groups: np.ndarray, values: np.ndarray, n_groups: int) -> np.ndarray:
    """How many different `values` (non-negative codes) each group has."""
    if groups.size == 0:
        return np.zeros(n_groups, "int64")
    width = int(values.max()) + 1
    pairs = np.sort(groups * width + values)
    is_new = np.concatenate([[True], pairs[1:] != pairs[:-1]])
    return np.bincount(pairs[is_new] // width, minlength=n_groups)


def count_codes(codes: np.ndarray, n_codes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The different codes (0 to n_codes - 1) in order, the position of each element among them, and how often
    each occurs: `np.unique` with inverse and counts, by counting where the codes are few."""
    if n_codes > max(10 * codes.size, 1_000_000):
        keys, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
        return keys, inverse, counts
    counts = np.bincount(codes, minlength=n_codes)
    keys = np.flatnonzero(counts)
    position = np.zeros(n_codes, "int64")
    position[keys] = np.arange(keys.size)
    return keys, position[codes], counts[keys]


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


@dataclass(frozen=True)
class OwnedValues:
    """Values sorted within groups, each with the number of its owner (a case), so that the statistics of
    some owners need no sort. `bounds`: where each group begins, and the number of values. `values` is empty
    where they are only counted."""

    owner: np.ndarray
    values: np.ndarray
    bounds: np.ndarray

    def count(self, chosen: np.ndarray) -> np.ndarray:
        """How many values of each group have a chosen owner (one bool an owner)."""
        return np.diff(np.searchsorted(np.flatnonzero(chosen[self.owner]), self.bounds))

    def measure(
        self, chosen: np.ndarray, probabilities: Sequence[float] = ()
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean of the values of each group with a chosen owner, and their quantiles as `grouped_quantiles`
        gives them; NaN for an empty group."""
        at = np.flatnonzero(chosen[self.owner])
        bounds = np.searchsorted(at, self.bounds)
        n, filled = np.diff(bounds), np.flatnonzero(np.diff(bounds))
        values, first = self.values[at], bounds[:-1][filled]
        mean = np.full(n.size, np.nan)
        mean[filled] = np.add.reduceat(values, first) / n[filled] if filled.size else []
        quantiles = np.full((len(probabilities), n.size), np.nan)
        for row, probability in enumerate(probabilities):
            rank = probability * (n[filled] - 1)
            below = np.floor(rank).astype("int64")
            low = values[first + below]
            high = values[first + np.minimum(below + 1, n[filled] - 1)]
            quantiles[row, filled] = low + (rank - below) * (high - low)
        return mean, quantiles


def owned_values(
    groups: np.ndarray, owner: np.ndarray, n_groups: int, values: np.ndarray | None = None
) -> OwnedValues:
    """Whole-number values by group (None: they are only counted); `owner` are the codes of their owners."""
    bounds = np.concatenate([[0], np.cumsum(np.bincount(groups, minlength=n_groups))])
    order = _order_in_groups(groups, owner if values is None else values, n_groups)
    kept = np.zeros(0) if values is None else values[order].astype("float64")
    return OwnedValues(owner[order].astype("int32"), kept, bounds)


@dataclass(frozen=True)
class GroupedSummary:
    """One value a group; all but `n` are NaN for an empty one, `sd` (of a sample) also for a single value."""

    n: np.ndarray
    total: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    smallest: np.ndarray
    median: np.ndarray
    largest: np.ndarray


def grouped_summary(groups: np.ndarray, values: np.ndarray, n_groups: int) -> GroupedSummary:
    """Number, sum, mean, standard deviation, extremes and median of the values of each group, by one sort."""
    ordered = _sorted_in_groups(groups, values, n_groups).astype("float64")
    n = np.bincount(groups, minlength=n_groups)
    filled = np.flatnonzero(n)
    first, last = (np.cumsum(n) - n)[filled], (np.cumsum(n) - 1)[filled]

    def of_filled(found: np.ndarray) -> np.ndarray:
        result = np.full(n_groups, np.nan)
        result[filled] = found
        return result

    total = np.add.reduceat(ordered, first) if filled.size else ordered
    mean = total / n[filled]
    squares = np.square(ordered - np.repeat(mean, n[filled]))
    spread = np.add.reduceat(squares, first) if filled.size else squares
    variance = np.divide(spread, n[filled] - 1, out=np.full(filled.size, np.nan), where=n[filled] > 1)
    half = (n[filled] - 1) // 2
    median = (ordered[first + half] + ordered[last - half]) / 2
    return GroupedSummary(
        n=n,
        total=of_filled(total),
        mean=of_filled(mean),
        sd=of_filled(np.sqrt(variance)),
        smallest=of_filled(ordered[first]),
        median=of_filled(median),
        largest=of_filled(ordered[last]),
    )


def sorted_distinct(values: np.ndarray) -> np.ndarray:
    """The different whole numbers in order, as `np.unique`, which hashes and takes several times longer."""
    ordered = np.sort(values)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if ordered.size else ordered
