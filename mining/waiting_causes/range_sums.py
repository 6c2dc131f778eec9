"""Questions about stretches of a row of numbers, answered for millions of stretches at once."""

from __future__ import annotations

import numpy as np


def smallest_cover(begin: np.ndarray, end: np.ndarray, values: np.ndarray, n: int) -> np.ndarray:
    """For each of `n` places the smallest value of the stretches [begin, end) that cover it.

    The largest int64 where none does. Each stretch is two overlapping ones whose length is a power of two;
    these are halved from the longest to single places (a sparse table, backwards).
    """
    none = np.iinfo("int64").max
    length = end - begin
    power = np.zeros(length.size, "int64")
    filled = length > 0
    power[filled] = np.frexp(length[filled])[1] - 1
    smallest = np.full(n, none, "int64")
    for level in range(int(power.max(initial=0)), -1, -1):
        mine = filled & (power == level)
        width = 1 << level
        np.minimum.at(smallest, begin[mine], values[mine])
        np.minimum.at(smallest, end[mine] - width, values[mine])
        if level:
            half = width >> 1
            smallest[half:] = np.minimum(smallest[half:], smallest[:-half].copy())
    return smallest


def first_above(values: np.ndarray, begin: np.ndarray, most: np.ndarray) -> np.ndarray:
    """For each of `begin` the first place from there on whose value is above `most`, `values.size` if none.

    Maxima of 1, 2, 4, ... places are kept, and passed from the longest to the shortest.
    """
    n, none = values.size, np.iinfo("int64").max
    tables = [np.append(values, none)]
    while 2 ** len(tables) <= n:
        half, before = 2 ** (len(tables) - 1), tables[-1]
        tables.append(np.maximum(before, np.append(before[half:], np.full(half, none))))
    at = begin.copy()
    for level in range(len(tables) - 1, -1, -1):
        at = np.where(tables[level][at] <= most, at + 2**level, at)
    return at


def sums_between(weights: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Sums of `weights`, shape (rows, places), over the places of each stretch [begin, end)."""
    totals = np.stack([_running_total(row) for row in weights])
    return totals[:, end] - totals[:, begin]


def sums_up_to(
    keys: np.ndarray, weights: np.ndarray, begin: np.ndarray, end: np.ndarray, most: np.ndarray
) -> np.ndarray:
    """Sums of `weights` over the places of each stretch [begin, end) whose key is at most `most`.

    `weights` has the shape (rows, places), the answer (rows, stretches). A wavelet matrix (Information
    Systems 47, 2015) over the ranks of the keys: one stable partition for each bit.
    """
    distinct, rank = np.unique(keys, return_inverse=True)
    below = np.searchsorted(distinct, most, side="right")  # ranks smaller than this count
    everything = below == distinct.size
    found = np.where(everything, sums_between(weights, begin, end), 0)
    left, right = begin, end
    for level in range(max(int(distinct.size - 1).bit_length(), 1) - 1, -1, -1):
        one = (rank >> level) & 1 == 1
        zeros_before = _running_total(~one)
        n_zeros = int(zeros_before[-1])
        order = np.concatenate([np.flatnonzero(~one), np.flatnonzero(one)])
        left_zero, right_zero = zeros_before[left], zeros_before[right]
        goes_one = ~everything & ((below >> level) & 1 == 1)
        rank, weights = rank[order], weights[:, order]
        if n_zeros:
            for row, weight in zip(found, weights, strict=True):
                total = _running_total(weight[:n_zeros])
                row += np.where(goes_one, total[right_zero] - total[left_zero], 0)
        left = np.where(goes_one, n_zeros + left - left_zero, left_zero)
        right = np.where(goes_one, n_zeros + right - right_zero, right_zero)
    return found


def _running_total(values: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(values)])
