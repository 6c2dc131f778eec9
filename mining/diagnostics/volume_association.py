"""How volume and a rate go together within counters: Spearman's correlation, its chance, single counters.

Ranks are taken among the periods of one counter (`volume_quality` says why). Chance is what the same numbers
give with the periods in another order, one order for all counters. A single counter is held against the
highest of all counters in each order, so that looking at many of them is paid for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betainc

from mining.diagnostics.periods import Tally
from mining.resampling import DRAWS, draw_days

ALARM_CORRELATION = 0.4
ALARM_P_VALUE = 0.0015
"""Assumptions: reported above this correlation, if chance makes one as high less often than this. A log is
looked at in six ways (reviews and returns; counters together, single, and the last periods running), so one
log without any of it in a hundred is reported."""
MIN_PERIODS = 5
MIN_CELLS = 10
ORDERS = 5000


@dataclass(frozen=True)
class Correlation:
    """A rank correlation with its 95 % interval, how often chance gives as much, and on how many cells (one
    a counter and period) it rests; of one `unit`, or of all together where that is None."""

    correlation: float
    low: float
    high: float
    p_value: float
    cells: int
    unit: str | None = None

    @property
    def alarms(self) -> bool:
        """Whether it is to be reported."""
        return self.correlation > ALARM_CORRELATION and self.p_value < ALARM_P_VALUE


@dataclass(frozen=True)
class Association:
    """The correlation of all units together, of those that stand out by themselves (the strongest first), and
    the units whose volume rose and whose quality fell two periods running."""

    together: Correlation
    singled_out: tuple[Correlation, ...]
    falling: tuple[str, ...]
    by_strength: tuple[str, ...]  # units that go with volume at all, the strongest first

    @property
    def alarms(self) -> bool:
        """Whether any of it is to be reported."""
        return self.together.alarms or bool(self.singled_out) or bool(self.falling)

    @property
    def headline(self) -> Correlation:
        """The correlation the alarm rests on: that of all units, else of the one that stands out most."""
        return self.together if self.together.alarms or not self.singled_out else self.singled_out[0]

    @property
    def worst_units(self) -> tuple[str, ...]:
        """Units to look at first; those that merely go with volume only where all units do together."""
        single = [each.unit for each in self.singled_out if each.unit is not None]
        rest = self.by_strength if self.together.alarms else ()
        return tuple(dict.fromkeys([*self.falling, *single, *rest]))


def associate(volume: np.ndarray, counts: Tally) -> Association | None:
    """How volume (units, periods) and the rate of `counts` go together.

    Units with fewer than three known periods are left out. None with fewer than ten cells unless one unit has
    five periods, and where volumes or rates never change.
    """
    rate = counts.rate
    known = ~np.isnan(rate) & (volume > 0)
    known &= known.sum(axis=1, keepdims=True) >= 3  # two periods are always in some order
    if known.sum() < MIN_CELLS and known.sum(axis=1).max(initial=0) < MIN_PERIODS:
        return None
    x, y = _ranks(volume, known), _ranks(rate, known)
    if not ((x**2).sum() > 0 and (y**2).sum() > 0):
        return None
    orders = _orders(x.shape[1])
    between = x.T @ y  # (period of volume, period of rate)
    chance = between[np.arange(x.shape[1]), orders].sum(axis=1)
    p_value = _share_as_high(chance, float((x * y).sum()))
    by_unit, p_values = _single_units(x, y, known, orders)
    order = np.argsort(-by_unit, kind="stable")
    single = (_of_unit(x, y, known, k, float(p_values[k]), counts.units) for k in order if by_unit[k] > 0)
    return Association(
        together=_correlation(x, y, int(known.sum()), p_value),
        singled_out=tuple(each for each in single if each.alarms),
        falling=_falling(volume, counts),
        by_strength=tuple(counts.units[k] for k in order if by_unit[k] > 0),
    )


def _ranks(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Ranks of the known values of each row, ties shared, less their mean; 0 where unknown."""
    table = pd.DataFrame(np.where(known, values, np.nan))
    ranks = table.rank(axis=1)
    return ranks.sub(ranks.mean(axis=1), axis=0).fillna(0.0).to_numpy()


def _orders(n_periods: int) -> np.ndarray:
    every = np.tile(np.arange(n_periods), (ORDERS, 1))
    return np.random.default_rng(0).permuted(every, axis=1)


def _share_as_high(chance: np.ndarray, observed: float) -> float:
    """The share of orders, the one found among them, with as much or more."""
    return float((1 + np.count_nonzero(chance >= observed - 1e-9)) / (1 + chance.size))


def _correlation(
    x: np.ndarray, y: np.ndarray, cells: int, p_value: float, unit: str | None = None
) -> Correlation:
    """The correlation of centred ranks, with an interval from drawing periods again."""
    drawn = draw_days(x.shape[1], DRAWS)
    products, squares_x, squares_y = (each.sum(axis=0) for each in (x * y, x**2, y**2))
    below = np.sqrt((drawn @ squares_x) * (drawn @ squares_y))
    found = np.divide(drawn @ products, below, out=np.full(below.size, np.nan), where=below > 0)
    value = float(products.sum() / np.sqrt(squares_x.sum() * squares_y.sum()))
    low, high = (float(np.nanquantile(found, q)) for q in (0.025, 0.975))
    return Correlation(value, low, high, p_value, cells, unit)


def _of_unit(
    x: np.ndarray, y: np.ndarray, known: np.ndarray, k: int, p_value: float, units: tuple[str, ...]
) -> Correlation:
    return _correlation(x[k : k + 1], y[k : k + 1], int(known[k].sum()), p_value, units[k])


def _single_units(
    x: np.ndarray, y: np.ndarray, known: np.ndarray, orders: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The correlation of each unit (-1 where nothing varies), and how often chance gives any unit as much.

    Units are compared by correlation x sqrt(periods - 1), which spreads alike for long and short rows.
    """
    length = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    weight = np.sqrt(np.maximum(known.sum(axis=1) - 1, 1))
    by_unit = np.full(length.size, -1.0)
    highest = np.full(len(orders), -np.inf)
    for k in np.flatnonzero(length > 0):
        by_unit[k] = (x[k] @ y[k]) / length[k]
        highest = np.maximum(highest, y[k][orders] @ x[k] / length[k] * weight[k])
    own = by_unit * weight
    return by_unit, np.array([_share_as_high(highest, float(value)) for value in own])


def _falling(volume: np.ndarray, counts: Tally) -> tuple[str, ...]:
    """Units whose volume and rate both rose twice up to the last period, the rate by more than chance."""
    if volume.shape[1] < 3:
        return ()
    v, rate = volume[:, -3:], counts.rate[:, -3:]
    with np.errstate(invalid="ignore"):
        rose = (np.diff(v, axis=1) > 0).all(axis=1) & (np.diff(rate, axis=1) > 0).all(axis=1)
    bad, n = counts.bad[:, [-3, -1]], counts.counted[:, [-3, -1]]
    total, last = bad.sum(axis=1), bad[:, 1]
    # given the total, the last period has its share of it by chance (conditional test of two rates)
    expected = np.divide(n[:, 1], n.sum(axis=1), out=np.ones(len(n)), where=n.sum(axis=1) > 0)
    p_value = np.where(last > 0, betainc(np.maximum(last, 1), total - last + 1, expected), 1.0)
    chosen = rose & (p_value < ALARM_P_VALUE / len(counts.units))
    return tuple(name for name, is_one in zip(counts.units, chosen, strict=True) if is_one)
