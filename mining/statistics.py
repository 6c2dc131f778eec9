"""Intervals for rates: what a handful of events allows us to say."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from scipy.special import betaincinv, gammaincinv  # scipy.stats has them too, and takes two seconds to import


def jeffreys_interval(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of a rate seen `hits` times of `n`: quantiles of Beta(hits + 1/2, n - hits + 1/2).

    Fractions, 0 to 1. As usual the low end is 0 where nothing was seen and the high end is 1 where everything
    was (Brown, Cai, DasGupta 2001). With no hit at all the high end of the 95 % interval is below 1 % from
    n = 250 on. Without observations (n = 0) the rate can be anything: (0, 1).
    """
    if not 0 <= hits <= n:
        raise ValueError(f"hits must be between 0 and n, found {hits} of {n}")
    if n == 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits + 0.5, n - hits + 0.5, tail))
    high = 1.0 if hits == n else float(betaincinv(hits + 0.5, n - hits + 0.5, 1 - tail))
    return low, high


def jeffreys_upper(hits: int, n: int, level: float = 0.95) -> float:
    """The high end of `jeffreys_interval`."""
    return jeffreys_interval(hits, n, level)[1]


def wilson_interval(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a rate, as fractions; (0, 1) without observations."""
    if not 0 <= hits <= n:
        raise ValueError(f"hits must be between 0 and n, found {hits} of {n}")
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    rate = hits / n
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def exact_interval(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a rate (Clopper and Pearson 1934), as fractions; (0, 1) without observations.

    It covers the true rate in at least `level` of all cases, also where `hits` is 0 or 1. 2 hits of 100:
    0.0024 to 0.0704.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"hits must be between 0 and n, found {hits} of {n}")
    if n == 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, n - hits + 1, tail))
    high = 1.0 if hits == n else float(betaincinv(hits + 1, n - hits, 1 - tail))
    return low, high


def poisson_interval(count: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of the expected number of independent events, `count` of which were seen (Garwood 1936).

    Divide by the exposure for a rate. 10 events: 4.80 to 18.39; none: 0 to 3.69.
    """
    if count < 0:
        raise ValueError(f"count must not be negative, found {count}")
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(gammaincinv(count, tail))
    return low, float(gammaincinv(count + 1, 1 - tail))


def newcombe_interval(
    hits_before: int, n_before: int, hits_after: int, n_after: int, level: float = 0.95
) -> tuple[float, float]:
    """Interval of rate after - rate before, from the Wilson intervals of both (Newcombe 1998, method 10).

    Example: 56 of 70 before, 48 of 80 after: difference -0.20, interval -0.333 to -0.0525.
    """
    before, after = hits_before / n_before if n_before else 0.5, hits_after / n_after if n_after else 0.5
    low_before, high_before = wilson_interval(hits_before, n_before, level)
    low_after, high_after = wilson_interval(hits_after, n_after, level)
    down = sqrt((after - low_after) ** 2 + (high_before - before) ** 2)
    up = sqrt((high_after - after) ** 2 + (before - low_before) ** 2)
    return after - before - down, after - before + up
