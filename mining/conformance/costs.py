"""What a deviation costs in time: working days of like cases with and without it.

Least squares of the cycle time of finished cases on one indicator a deviation (kind and step), the number
of other, rarer deviations of the case, and one level an item: what a deviation adds while everything else
that deviates is the same. Standard errors are White's (HC1). There are at most a tenth as many indicators
as cases. Cases of one variant and item are one row with a count, so a million cases are a few thousand
rows.

Example: cases without deviation take 5 days; those that skip a check 4; those that repeat a step and skip the
check 7: the skip costs -1, the repetition +3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

MIN_CASES = 10
"""Finished cases with, and without, a deviation below which nothing is told about its cost."""


@dataclass(frozen=True)
class TimeCost:
    """Extra working days of a case with the deviation; None where they cannot be told.

    `cases` are finished cases with it, `entangled` tells that it never occurs apart from others.
    """

    days: float | None
    low: float | None
    high: float | None
    cases: int
    entangled: bool


def time_costs(
    present: np.ndarray, variant: np.ndarray, item: np.ndarray, days: np.ndarray
) -> list[TimeCost]:
    """The cost of each deviation: `present` has one row a variant and one column a deviation (bool).

    `variant`, `item` (codes) and `days` have one value a case; NaN days (open cases) are left out.
    """
    known = ~np.isnan(days)
    variant, item, days = variant[known], item[known], days[known]
    n_items = int(item.max()) + 1 if item.size else 0
    keys, group = np.unique(variant * max(n_items, 1) + item, return_inverse=True)
    rows = present[keys // max(n_items, 1)].astype(float)
    n = np.bincount(group, minlength=keys.size).astype(float)
    total = np.bincount(group, weights=days, minlength=keys.size)
    squares = np.bincount(group, weights=days**2, minlength=keys.size)
    cases = (rows * n[:, None]).sum(axis=0).astype(int)
    enough = (cases >= MIN_CASES) & (days.size - cases >= MIN_CASES)
    unknown = [TimeCost(None, None, None, int(count), False) for count in cases]
    if not enough.any():
        return unknown
    used = np.flatnonzero(enough)
    used = used[np.argsort(-np.minimum(cases, days.size - cases)[used], kind="stable")]
    used = used[: max(days.size // MIN_CASES, 1)]
    others = np.delete(rows, used, axis=1).sum(axis=1, keepdims=True)
    levels = (keys[:, None] % n_items == np.arange(n_items)).astype(float)
    design = np.concatenate([rows[:, used], others, levels], axis=1)
    found, errors, told = _weighted(design, n, total, squares)
    freedom = max(days.size - design.shape[1], 1)
    half = float(stdtrit(freedom, 0.975)) * errors
    costs = list(unknown)
    for column, deviation in enumerate(used.tolist()):
        value, by = float(found[column]), float(half[column])
        apart = bool(told[column])
        costs[deviation] = TimeCost(
            days=value if apart else None,
            low=value - by if apart else None,
            high=value + by if apart else None,
            cases=int(cases[deviation]),
            entangled=not apart,
        )
    return costs


def _weighted(
    design: np.ndarray, n: np.ndarray, total: np.ndarray, squares: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients, White's standard errors, and which coefficients the rows determine."""
    gram = design.T @ (design * n[:, None])
    values, vectors = np.linalg.eigh(gram)
    null = values <= values.max() * 1e-10
    inverse = (vectors[:, ~null] / values[~null]) @ vectors[:, ~null].T
    found = inverse @ (design.T @ total)
    fitted = design @ found
    residual_squares = np.maximum(squares - 2 * fitted * total + n * fitted**2, 0)
    middle = design.T @ (design * residual_squares[:, None])
    size = n.sum()
    scale = size / max(size - np.count_nonzero(~null), 1)
    errors = np.sqrt(np.maximum(np.diag(inverse @ middle @ inverse) * scale, 0))
    told = np.abs(vectors[:, null]).max(axis=1, initial=0.0) < 1e-6
    return found, errors, told
