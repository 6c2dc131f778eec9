"""When did a rate or a time get worse at once, and how fast did it recover: many series searched together.

A shock at day t0 with half-life h adds A x 2^(-(t - t0) / h) from t0 on; h may be endless (no recovery).
For each series (a step's returns, a step's service times) and each t0 and h the amplitude A is estimated by
least squares on what happened, weighted by how much happened on a day, and divided by its standard error: a
score z (the score test of a rise). The largest z over all days, half-lives and series is held against the
largest of logs whose weeks were put into another order - the same for all series, in blocks of five days or
single weeks, so that what hangs together within a week and between steps stays together. The share of
orders with a larger one is the p-value of the search as a whole (max-statistic: Westfall and Young 1993).
It errs on the safe side, as the orders of a log with a shock hold the shock: of 150 clean logs 2 % had p
below 5 %.

Half-life interval: those h whose z^2, at the day found, is within 3.84 times the spread of the days (1 if
they spread as chance does) of the best (profile likelihood). An end that reaches the longest or endless h
is None.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

HALF_LIVES = np.array([3.0, 5, 7, 10, 14, 20, 28, 40, 60, 90, 140, np.inf])
SEARCHED_HALF_LIVES = np.array([7.0, 20, 60, np.inf])
ORDERS = 499
NEVER_SIGNIFICANT = 2.5
"""The largest score of a log without any shock is above this far more often than once in twenty."""
MAX_DAYS = 260
"""Longer logs are searched week by week."""
MIN_BLOCKS = 8
_MONDAY = 4  # 1970-01-05 was one
BLOCK, BLOCK_OF_WEEKS = 5, 1
MIN_BEFORE, MIN_AFTER = 20, 10
MIN_WEEKS_BEFORE, MIN_WEEKS_AFTER = 8, 4
"""Days (weeks) put into another order together; days (weeks) before and after one that is looked at."""
MAX_POSITIONS = 300
CHI_SQUARE_95 = 3.841


@dataclass(frozen=True)
class DaySeries:
    """Series over the same days: `day` (numbers since 1970, ascending), and of shape (series, days) how much
    happened (`n`) and the sum of its values (`total`); `variance` of a single value of each series. `weekly`:
    a column is a week, named by its first day."""

    day: np.ndarray
    n: np.ndarray
    total: np.ndarray
    variance: np.ndarray
    weekly: bool = False

    @property
    def block(self) -> int:
        """How many neighbouring columns hang together."""
        return BLOCK_OF_WEEKS if self.weekly else BLOCK

    @property
    def mean(self) -> np.ndarray:
        """Mean of each series over all days."""
        return self.total.sum(axis=1) / self.n.sum(axis=1)

    @property
    def off(self) -> np.ndarray:
        """Sum of the values of each day less the mean of the series."""
        return self.total - self.n * self.mean[:, None]


def by_week(series: DaySeries) -> DaySeries:
    """The same with one column a week, named by its first day with anything."""
    first = np.flatnonzero(np.diff((series.day - _MONDAY) // 7, prepend=-1))
    n, total = (np.add.reduceat(each, first, axis=1) for each in (series.n, series.total))
    return DaySeries(series.day[first], n, total, series.variance, weekly=True)


@dataclass(frozen=True)
class Shock:
    """A rise found or looked at: in which series, from which day, how much, and how it went on."""

    series: int
    position: int  # of its first day in `DaySeries.day`
    half_life_days: float | None  # None: no recovery seen
    half_life_low: float | None
    half_life_high: float | None
    amplitude: float
    score: float
    p_value: float


def search_shock(series: DaySeries) -> list[Shock]:
    """The first day of the strongest rise of each series, with the p-value of the whole search; those below 1
    in 20 only. Nothing where the days are too few to put their weeks into other orders."""
    positions = _positions(series)
    if positions.size == 0 or series.day.size // series.block < MIN_BLOCKS or series.n.shape[0] == 0:
        return []
    as_observed = np.arange(series.day.size)[None, :]
    scores = [of[:, 0].T for _, of in _scores_of_orders(series, positions, as_observed)]
    observed = np.concatenate(scores[::-1])  # one row a position and half-life, one column a series
    best = observed.max(axis=0)
    if best.max() < NEVER_SIGNIFICANT:
        return []
    highest = _highest_of_orders(positions, series)
    found = []
    for which in np.flatnonzero(np.isfinite(best)):
        p_value = (1 + np.count_nonzero(highest >= best[which])) / (1 + highest.size)
        if p_value < 0.05:
            position = positions[int(observed[:, which].argmax()) // SEARCHED_HALF_LIVES.size]
            found.append(look_at(series, int(which), int(position), float(p_value)))
    return found


def look_at(series: DaySeries, which: int, position: int, p_value: float) -> Shock:
    """The rise of one series from one day on: its half-life, with its interval, and its amplitude."""
    shapes = _shapes(series.day, np.array([position]), HALF_LIVES)
    n, off = series.n[which : which + 1], series.off[which : which + 1]
    scores = _scores(shapes, n, off, series.variance[which : which + 1])[:, 0]
    best = int(np.nanargmax(scores))
    spread = _spread(shapes[best], n[0], off[0], float(series.variance[which]))
    # squares of falls count against a half-life, not for it
    drop = np.sign(scores[best]) * scores[best] ** 2 - np.sign(scores) * scores**2
    inside = HALF_LIVES[drop <= CHI_SQUARE_95 * spread]
    return Shock(
        series=which,
        position=position,
        half_life_days=_finite(HALF_LIVES[best]),
        half_life_low=None if inside.min() == HALF_LIVES[0] else _finite(inside.min()),
        half_life_high=_finite(inside.max()),
        amplitude=_amplitude(shapes[best], n[0], off[0]),
        score=float(scores[best] / np.sqrt(spread)),
        p_value=p_value,
    )


def shape_of(day: np.ndarray, shock: Shock) -> np.ndarray:
    """What of the amplitude is left on each day: 0 before, 1 on the first, then decaying."""
    half_life = np.inf if shock.half_life_days is None else shock.half_life_days
    return _shapes(day, np.array([shock.position]), np.array([half_life]))[0]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _positions(series: DaySeries) -> np.ndarray:
    """Days at which a rise may begin, at most 300 of them."""
    before, after = (MIN_WEEKS_BEFORE, MIN_WEEKS_AFTER) if series.weekly else (MIN_BEFORE, MIN_AFTER)
    positions = np.arange(before, series.day.size - after)
    return positions[:: max(1, -(-positions.size // MAX_POSITIONS))] if positions.size > 0 else positions


def _shapes(day: np.ndarray, positions: np.ndarray, half_lives: np.ndarray) -> np.ndarray:
    """One row a position and half-life, one column a day."""
    age = (day[None, :] - day[positions][:, None]).astype("float64")
    with np.errstate(over="ignore"):
        decay = np.exp2(-age[:, None, :] / half_lives[None, :, None])
    return np.where(age[:, None, :] >= 0, decay, 0.0).reshape(-1, day.size)


def _scores(shapes: np.ndarray, n: np.ndarray, off: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """z of each shape (rows) and series (columns); -inf where nothing varies."""
    total = n.sum(axis=1)
    squares = (shapes**2) @ n.T - (shapes @ n.T) ** 2 / total
    below = np.sqrt(np.maximum(squares * variance, 0))
    return np.divide(shapes @ off.T, below, out=np.full(below.shape, -np.inf), where=below > 1e-9)


def _highest_of_orders(positions: np.ndarray, series: DaySeries) -> np.ndarray:
    """The largest score of each order of the blocks, over all positions, half-lives and series."""
    days, block = series.day.size, series.block
    starts = np.arange(0, days, block)
    draw = np.random.default_rng(0)
    orders = [
        np.concatenate([np.arange(s, min(s + block, days)) for s in draw.permutation(starts)])
        for _ in range(ORDERS)
    ]
    highest = np.full(ORDERS, -np.inf)
    for _, scores in _scores_of_orders(series, positions, np.array(orders)):
        np.maximum(highest, scores.max(axis=(0, 2)), out=highest)
    return highest


def _scores_of_orders(
    series: DaySeries, positions: np.ndarray, orders: np.ndarray
) -> Iterator[tuple[int, np.ndarray]]:
    """For each position, the last first, the scores of all series, orders of days and half-lives searched.

    What follows a day and decays is the day and what decays from the next day on, so all positions take one
    pass over the days instead of one each.
    """
    wanted = set(positions.tolist())
    gaps = np.diff(series.day, append=series.day[-1:]).astype("float64")
    keeps = np.exp2(-gaps[:, None] / SEARCHED_HALF_LIVES)
    shape = (series.n.shape[0], len(orders), SEARCHED_HALF_LIVES.size)
    n, n_squared, off = (np.zeros(shape) for _ in range(3))  # sums weighted by the shape, and by its square
    total = series.n.sum(axis=1)[:, None, None]
    for day in range(series.day.size - 1, -1, -1):
        at = orders[:, day]
        n = series.n[:, at, None] + n * keeps[day]
        n_squared = series.n[:, at, None] + n_squared * keeps[day] ** 2
        off = series.off[:, at, None] + off * keeps[day]
        if day in wanted:
            below = np.sqrt(np.maximum((n_squared - n**2 / total) * series.variance[:, None, None], 0))
            yield day, np.divide(off, below, out=np.full(shape, -np.inf), where=below > 1e-9)


def _amplitude(shape: np.ndarray, n: np.ndarray, off: np.ndarray) -> float:
    return float(shape @ off / (shape**2 @ n - (shape @ n) ** 2 / n.sum()))


def _spread(shape: np.ndarray, n: np.ndarray, off: np.ndarray, variance: float) -> float:
    """How much more days differ from the fit than chance lets them, at least 1."""
    amplitude = _amplitude(shape, n, off)
    fitted = amplitude * (shape - shape @ n / n.sum())
    used = n > 0
    squares = ((off - n * fitted)[used] ** 2 / n[used]).sum() / variance
    return max(1.0, float(squares) / max(1, int(used.sum()) - 3))
