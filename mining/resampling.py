"""Intervals by drawing days again (bootstrap): what happened on one day is not independent."""

from __future__ import annotations

import numpy as np

DRAWS = 1000


def draw_days(n_days: int, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """How often each day is drawn in each of `draws` samples of `n_days` days: shape (draws, n_days)."""
    chances = np.full(n_days, 1 / n_days)
    return np.random.default_rng(seed).multinomial(n_days, chances, size=draws)


def ratio_interval(
    day: np.ndarray, above: np.ndarray, below: np.ndarray, level: float = 0.95
) -> tuple[float | None, float | None]:
    """Interval of sum(above) / sum(below), one value each, days drawn again.

    `day` is any number a day. (None, None) with fewer than two days; draws in which `below` sums to nothing
    are left out.
    """
    _, code = np.unique(day, return_inverse=True)
    n_days = int(code.max()) + 1 if code.size else 0
    if n_days < 2:
        return None, None
    drawn = draw_days(n_days)
    tops, bottoms = (drawn @ np.bincount(code, part, minlength=n_days) for part in (above, below))
    ratios = tops[bottoms > 0] / bottoms[bottoms > 0]
    if ratios.size == 0:
        return None, None
    tail = (1 - level) / 2
    return float(np.quantile(ratios, tail)), float(np.quantile(ratios, 1 - tail))


def mean_difference_interval(
    day: np.ndarray, values: np.ndarray, in_first: np.ndarray, level: float = 0.95
) -> tuple[float | None, float | None]:
    """Interval of the mean of `values` in the first group minus that in the other, days drawn again.

    `day` is any number a day, `in_first` one bool a value. (None, None) with fewer than two days, or where
    draws hold only one of the groups too often to tell.
    """
    _, code = np.unique(day, return_inverse=True)
    n_days = int(code.max()) + 1 if code.size else 0
    if n_days < 2:
        return None, None
    drawn = draw_days(n_days)
    means = []
    for group in (in_first, ~in_first):
        sums = np.bincount(code[group], weights=values[group], minlength=n_days)
        counts = drawn @ np.bincount(code[group], minlength=n_days)
        means.append(np.divide(drawn @ sums, counts, out=np.full(drawn.shape[0], np.nan), where=counts > 0))
    difference = means[0] - means[1]
    known = difference[~np.isnan(difference)]
    if known.size < 0.9 * difference.size:
        return None, None
    tail = (1 - level) / 2
    return float(np.quantile(known, tail)), float(np.quantile(known, 1 - tail))
