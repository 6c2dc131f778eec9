"""Intervals of ratios by drawing days again: what happens on one day is not independent."""

from __future__ import annotations

import numpy as np

from mining.working_time import MS_PER_DAY

DRAWS = 400
LEVEL = 0.95
MIN_DAYS = 2


def day_codes(time_ms: np.ndarray) -> tuple[np.ndarray, int]:
    """The day of each moment as a code in order of time, and the number of different days."""
    days, code = np.unique(time_ms // MS_PER_DAY, return_inverse=True)
    return code, int(days.size)


def draw_days(n_days: int, draws: int = DRAWS) -> np.ndarray:
    """How often each day is in each draw, shape (draws, days); the same for every run."""
    return np.random.default_rng(0).multinomial(n_days, np.full(n_days, 1 / n_days), size=draws)


def ratio_interval(
    time_ms: np.ndarray, above: np.ndarray, below: np.ndarray
) -> tuple[float | None, float | None]:
    """95 % interval of sum(above) / sum(below), one value a moment each; (None, None) with fewer than two
    days.

    Draws in which `below` sums to nothing are left out.
    """
    code, n_days = day_codes(time_ms)
    if n_days < MIN_DAYS:
        return None, None
    drawn = draw_days(n_days)
    tops, bottoms = (drawn @ np.bincount(code, part, minlength=n_days) for part in (above, below))
    ratios = tops[bottoms > 0] / bottoms[bottoms > 0]
    return quantile_pair(ratios)


def quantile_pair(values: np.ndarray) -> tuple[float | None, float | None]:
    """The ends of the middle 95 % of drawn values."""
    if values.size == 0:
        return None, None
    tail = (1 - LEVEL) / 2
    return float(np.quantile(values, tail)), float(np.quantile(values, 1 - tail))
