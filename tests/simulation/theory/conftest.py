"""The ruler: how near to the formula a simulated mean must be, and that this is near enough to matter.

Replications are independent, so their mean has a standard error s / sqrt(n). A comparison passes if
- the mean lies within t of these standard errors of the formula, t the quantile of Student's distribution
  that an exact engine leaves with chance `FALSE_ALARM` (3.6 standard errors of 30 replications), and
- an engine whose true mean is wrong by `catches` (a share of the formula, 5 % if not said otherwise) would
  fail with chance `POWER` at least: (t + 1.28) standard errors are no more than that. So no test can pass by
  being noisy.
With m comparisons in this folder a correct engine fails any of them with chance m x `FALSE_ALARM` at most; as
seeds are fixed, that chance was taken once, not at each run. The whole table: `pytest tests/simulation/theory
-vv`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri, stdtrit

FALSE_ALARM, POWER = 0.001, 0.9
Line = tuple[str, float, float, float]  # what, by theory, simulated, its standard error

Agrees = Callable[..., None]


@pytest.fixture
def agrees(record_property: Callable[[str, object], None]) -> Agrees:
    """`agrees(what, values, theory)`: values of the replications against the formula."""

    def check(what: str, values: np.ndarray, theory: float, catches: float = 0.05) -> None:
        n = len(values)
        simulated, error = float(np.mean(values)), float(np.std(values, ddof=1)) / n**0.5
        record_property("theory", (what, theory, simulated, error))
        t = float(stdtrit(n - 1, 1 - FALSE_ALARM / 2))
        assert (t + float(ndtri(POWER))) * error <= catches * abs(theory), (
            f"{what}: the standard error {error:.4g} is too large to tell {catches:.0%} of {theory:.4g}"
        )
        assert abs(simulated - theory) <= t * error, (
            f"{what}: {simulated:.5g} +- {error:.2g} simulated, {theory:.5g} by theory: "
            f"{abs(simulated - theory) / error:.1f} standard errors, at most {t:.1f}"
        )

    return check


def lines_of(reporter: Any) -> Iterator[Line]:
    """What the tests compared, in the order they ended."""
    for reports in reporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "theory" and report.when == "call":
                    yield value


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of all comparisons where details are wanted (-vv)."""
    if terminalreporter.config.option.verbose < 1:
        return
    found = list(lines_of(terminalreporter))
    terminalreporter.section(f"{len(found)} comparisons with queueing theory")
    terminalreporter.write_line("| model | theory | simulated | standard error |\n|---|--:|--:|--:|")
    for what, theory, simulated, error in found:
        terminalreporter.write_line(f"| {what} | {theory:.5g} | {simulated:.5g} | {error:.2g} |")
