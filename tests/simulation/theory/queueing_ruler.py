"""The ruler: how near to the formula a simulated mean must be, and that this is near enough to matter.

Replications are independent, so their mean has a standard error s / sqrt(n). A comparison passes if
- the mean lies within t of these standard errors of the formula, t the quantile of Student's distribution
  that an exact engine leaves with chance `FALSE_ALARM` (3.7 standard errors of 30 replications), and
- an engine whose true mean is wrong by `catches` (a share of the formula, 5 % if not said otherwise) would
  fail with chance `POWER` at least: (t + 1.28) standard errors are no more than that, so the standard error
  is at most 1 % of the formula. No test can pass by being noisy.
With m comparisons a correct engine fails any of them with chance m x `FALSE_ALARM` at most (about 150 stand
in this folder: 15 %); as seeds are fixed, that chance was taken once, when they were written, not each time.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.special import ndtri, stdtrit

FALSE_ALARM, POWER = 0.001, 0.9

PAGE = Path(__file__).parents[3] / "docs" / "queueing-theory.md"
WRITES_THE_PAGE = "writes docs/queueing-theory.md"  # name of the plugin of the run that renews it
HEAD = (
    "| model 模型 | theory 理论 | simulated 仿真 | standard error 标准误 | of theory 占比 | distance 相差 |",
    "|---|--:|--:|--:|--:|--:|",
)


def mean_and_error(values: np.ndarray) -> tuple[float, float]:
    """Mean of the replications and its standard error."""
    return float(np.mean(values)), float(np.std(values, ddof=1)) / len(values) ** 0.5


def judge(what: str, values: np.ndarray, theory: float, catches: float = 0.05) -> None:
    """Fails where the replications are too noisy to tell, or tell something else than the formula."""
    simulated, error = mean_and_error(values)
    t = float(stdtrit(len(values) - 1, 1 - FALSE_ALARM / 2))
    assert (t + float(ndtri(POWER))) * error <= catches * abs(theory), (
        f"{what}: the standard error {error:.4g} is too large to tell {catches:.0%} of {theory:.4g}"
    )
    assert abs(simulated - theory) <= t * error, (
        f"{what}: {simulated:.5g} +- {error:.2g} simulated, {theory:.5g} by theory: "
        f"{abs(simulated - theory) / error:.1f} standard errors, at most {t:.1f}"
    )


def row(what: str, theory: float, simulated: float, error: float) -> str:
    """One comparison as a row of the page; the distance in standard errors."""
    distance = (simulated - theory) / error
    share = error / abs(theory)
    return f"| {what} | {theory:.4g} | {simulated:.4g} | {error:.2g} | {share:.1%} | {distance:+.1f} |"
