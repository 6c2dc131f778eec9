"""From observed minutes to a distribution of the service model."""

from __future__ import annotations

import numpy as np

from simulation.service_model import NO_TIME, Constant, Distribution, Lognormal, Quantiles

MIN_FOR_QUANTILES = 50
MAX_QUANTILES = 101


def fit_distribution(minutes: np.ndarray) -> Distribution:
    """A distribution of these minutes with their mean.

    Empirical quantiles where there are 50 values or a fifth of them is zero, lognormal otherwise,
    `Constant` where all are equal, `NO_TIME` without a value. The mean of the result is the mean of the
    values (Quantiles: to rounding).
    """
    if minutes.size == 0 or float(minutes.max()) == 0.0:
        return NO_TIME
    mean = float(minutes.mean())
    if minutes.size == 1 or float(np.ptp(minutes)) <= 1e-9 * mean:
        return Constant(minutes=round(mean, 6))
    if minutes.size >= MIN_FOR_QUANTILES or float((minutes == 0).mean()) >= 0.2:
        return fit_quantiles(minutes)
    return Lognormal(mean_minutes=round(mean, 6), cv=round(float(minutes.std(ddof=1)) / mean, 6))


def fit_quantiles(minutes: np.ndarray) -> Quantiles:
    """Empirical quantiles at evenly spaced probabilities whose piecewise linear mean is the sample mean.

    Linear interpolation overstates a heavy tail: between the last two points lies half of their distance,
    while few values do. The last point is set so that the mean is right; where that would put it below its
    neighbour, all points are scaled.
    """
    size = int(np.clip(minutes.size // 5, 11, MAX_QUANTILES))
    values = np.quantile(minutes, np.linspace(0, 1, size))
    mean = float(minutes.mean())
    inner = values[0] / 2 + values[1:-1].sum()
    last = 2 * (mean * (size - 1) - inner)
    if last >= values[-2]:
        values[-1] = last
    else:
        values[-1] = values[-2]
        values *= mean * (size - 1) / (inner + values[-1] / 2)
    return Quantiles(values_minutes=tuple(float(v) for v in np.maximum.accumulate(rounded(values))))


def rounded(values: np.ndarray) -> np.ndarray:
    """Values to six significant digits: a model is a file a person reads."""
    with np.errstate(divide="ignore"):
        digits = np.where(values > 0, 5 - np.floor(np.log10(np.where(values > 0, values, 1.0))), 0)
    scale = 10.0 ** np.clip(digits, 0, 8)
    return np.round(values * scale) / scale
