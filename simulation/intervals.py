"""Student's t interval of a mean over replications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from simulation.errors import ExperimentError

LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean with the interval it is known to: `n` independent values, confidence `level`."""

    mean: float
    low: float
    high: float
    n: int
    level: float = LEVEL

    @property
    def contains_zero(self) -> bool:
        """Whether the interval holds 0: the sign is then not known."""
        return self.low <= 0 <= self.high


def mean_interval(values: Sequence[float], level: float = LEVEL) -> Interval:
    """Mean and two-sided t interval of independent values; equal values give an interval of no width.

    Raises `ExperimentError` for fewer than two values: one run says nothing about its own error.
    """
    if len(values) < 2:
        raise ExperimentError(
            zh=f"区间至少需要 2 次重复仿真，现有 {len(values)} 次。",
            en=f"An interval needs at least 2 replications, found {len(values)}.",
        )
    data = np.asarray(values, dtype="float64")
    mean = float(data.mean())
    if np.ptp(data) == 0:
        return Interval(float(data[0]), float(data[0]), float(data[0]), data.size, level)
    standard_error = float(data.std(ddof=1)) / data.size**0.5
    half = float(stdtrit(data.size - 1, (1 + level) / 2)) * standard_error
    return Interval(mean, mean - half, mean + half, data.size, level)
