"""How a fitted number says where it comes from."""

from __future__ import annotations

import numpy as np

from mining.text import Text
from simulation.service_model import Evidence

Z_95 = 1.959964


def measured(n: int, interval: tuple[float, float] | None = None, note: Text | None = None) -> Evidence:
    """Evidence of a parameter measured on `n` observations, with its 95 % interval where there is one."""
    low, high = interval if interval is not None else (None, None)
    return Evidence(source="measured", n=n, low=low, high=high, note=note)


def assumed(zh: str, en: str, n: int | None = None) -> Evidence:
    """Evidence of a parameter the log cannot tell: the sentence names the assumption."""
    return Evidence(source="assumed", n=n, note=Text(zh=zh, en=en))


def mean_interval(values: np.ndarray) -> tuple[float, float]:
    """95 % interval of the mean by the normal approximation, never below 0; (mean, mean) for one value."""
    mean = float(values.mean())
    if values.size < 2:
        return round(mean, 4), round(mean, 4)
    half = Z_95 * float(values.std(ddof=1)) / float(np.sqrt(values.size))
    return round(max(0.0, mean - half), 4), round(mean + half, 4)


def share_interval(successes: int, n: int) -> tuple[float, float]:
    """95 % interval of a share after Wilson (1927)."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = successes / n, Z_95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * float(np.sqrt(share * (1 - share) / n + z2 / (4 * n * n)))
    return round(max(0.0, centre - half), 6), round(min(1.0, centre + half), 6)
