"""Standardised means and quantiles of values in clusters and strata, for the log as it is and redrawn.

Values of one day (or of one applicant) hang together, so whole days (applicants) are drawn again, with
replacement, and a stratum keeps its weight in every draw (direct standardisation). Days hang together with
the days after them: a busy week comes back as full queues at later steps. So days are drawn in runs of
neighbours (moving blocks, sqrt(n) days long), and an interval from few blocks is stretched as Student's t is.
On sample service A, 80 days, two-week means of the wait correlate with 0.5 and single days drawn alone gave
intervals half as wide as the spread between runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

DRAWS = 2000
MAX_CLUSTERS = 1000
"""More clusters are put together at random into so many: that keeps their variance and saves memory."""
QUANTILE_BINS = 512


@dataclass(frozen=True)
class Sample:
    """The values of one side: `cluster` and `stratum` are codes, one a value."""

    values: np.ndarray
    cluster: np.ndarray
    stratum: np.ndarray

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(self.cluster.max()) + 1 if self.cluster.size else 0

    def only(self, chosen: np.ndarray) -> Sample:
        """The part chosen by one bool a value; a cluster without values stays, it may be drawn too."""
        return Sample(self.values[chosen], self.cluster[chosen], self.stratum[chosen])


@dataclass(frozen=True)
class Drawn:
    """How often each cluster is drawn, `times` of shape (`DRAWS` + 1, clusters), the first row being the log
    as it is; and how many independent pieces were drawn."""

    times: np.ndarray
    pieces: int


def draw_clusters(n_clusters: int, draw: np.random.Generator) -> Drawn:
    """Clusters that have no order, each drawn by itself."""
    drawn = draw.multinomial(n_clusters, np.full(n_clusters, 1 / n_clusters), size=DRAWS)
    return Drawn(np.concatenate([np.ones((1, n_clusters)), drawn]), n_clusters)


def draw_days(n_days: int, draw: np.random.Generator) -> Drawn:
    """Days in their order, drawn in blocks of sqrt(n) neighbours; the last day is followed by the first."""
    length = max(1, round(n_days**0.5))
    blocks = max(1, round(n_days / length))
    begun = draw.multinomial(blocks, np.full(n_days, 1 / n_days), size=DRAWS)
    around = np.concatenate([begun[:, n_days - length + 1 :], begun], axis=1)
    reached = np.concatenate([np.zeros((DRAWS, 1)), np.cumsum(around, axis=1)], axis=1)
    return Drawn(np.concatenate([np.ones((1, n_days)), reached[:, length:] - reached[:, :-length]]), blocks)


def merge_clusters(cluster: np.ndarray, draw: np.random.Generator | None) -> np.ndarray:
    """Codes of at most `MAX_CLUSTERS` clusters, without gaps; without a `draw` neighbours go together."""
    codes = np.unique(cluster, return_inverse=True)[1]
    n = int(codes.max()) + 1 if codes.size else 0
    if n <= MAX_CLUSTERS:
        return codes
    if draw is None:
        return codes // -(-n // MAX_CLUSTERS)
    return draw.permutation(n)[codes] % MAX_CLUSTERS


def means(sample: Sample, drawn: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """The mean in each row of `drawn`, standardised to `weights` (one a stratum) or plain if None.

    A stratum that no drawn cluster holds gives its weight to the others; NaN where nothing was drawn.
    """
    k = weights.size if weights is not None else 1
    stratum = sample.stratum if weights is not None else np.zeros_like(sample.stratum)
    cells = sample.cluster * k + stratum
    shape = (drawn.shape[1], k)
    sums = np.bincount(cells, weights=sample.values, minlength=shape[0] * k).reshape(shape)
    counts = np.bincount(cells, minlength=shape[0] * k).reshape(shape)
    total, n = drawn @ sums, drawn @ counts
    stratum_means = np.divide(total, n, out=np.zeros_like(total), where=n > 0)
    given = (n > 0) * (weights if weights is not None else np.ones(1))
    whole = given.sum(axis=1)
    found = np.full(drawn.shape[0], np.nan)
    return np.divide((stratum_means * given).sum(axis=1), whole, out=found, where=whole > 0)


def quantiles(
    sample: Sample, drawn: np.ndarray, weights: np.ndarray | None, probability: float
) -> np.ndarray:
    """A quantile in each row of `drawn`, each value weighted so that strata have their `weights`.

    The first row is exact (`weighted_quantile`, `np.quantile` without weights); the others are read off
    `QUANTILE_BINS` bins that hold equal weight.
    """
    order = np.argsort(sample.values, kind="stable")
    values, cluster = sample.values[order], sample.cluster[order]
    each = np.ones(values.size)
    if weights is not None:
        n = np.bincount(sample.stratum, minlength=weights.size)
        each = (weights / np.maximum(n, 1))[sample.stratum[order]]
    reached = np.cumsum(each)
    bins = np.minimum((reached / reached[-1] * QUANTILE_BINS).astype("int64"), QUANTILE_BINS - 1)
    bins = np.unique(bins, return_inverse=True)[1]
    k, n_clusters = int(bins[-1]) + 1, drawn.shape[1]
    cells = np.bincount(cluster * k + bins, weights=each, minlength=n_clusters * k)
    mass = np.cumsum(drawn @ cells.reshape(n_clusters, k), axis=1)
    centre = values[(np.searchsorted(bins, np.arange(k)) + np.searchsorted(bins, np.arange(k), "right")) // 2]
    at = (mass >= probability * mass[:, -1:] - 1e-12).argmax(axis=1)
    found = np.where(mass[:, -1] > 0, centre[at], np.nan)
    found[0] = weighted_quantile(values, each, probability)
    return found


def weighted_quantile(values: np.ndarray, weights: np.ndarray, probability: float) -> float:
    """Quantile of sorted values with weights, linear between values; equal weights give `np.quantile`."""
    if values.size == 1:
        return float(values[0])
    middle = np.cumsum(weights) - weights / 2
    position = (middle - middle[0]) / (middle[-1] - middle[0])
    return float(np.interp(probability, position, values))


def stretched_interval(
    value: float, draws: np.ndarray, pieces: int, level: float = 0.95
) -> tuple[float, float] | None:
    """The middle `level` of the draws, stretched about the value as Student's t of pieces - 1 is.

    None for a single piece, or if nothing was drawn.
    """
    known = draws[np.isfinite(draws)]
    if known.size == 0 or pieces < 2:
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    stretch = float(stdtrit(pieces - 1, (1 + level) / 2) / ndtri((1 + level) / 2))
    return value - stretch * max(value - float(low), 0.0), value + stretch * max(float(high) - value, 0.0)
