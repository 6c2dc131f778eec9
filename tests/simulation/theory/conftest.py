"""`agrees(what, values, theory)` for all tests of this folder, and their comparisons as a table:

pytest tests/simulation/theory -vv
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from queueing_ruler import judge, mean_and_error

Agrees = Callable[..., None]
Line = tuple[str, float, float, float]  # what, by theory, simulated, its standard error


@pytest.fixture
def agrees(record_property: Callable[[str, object], None]) -> Agrees:
    """Values of the replications against the formula, see `queueing_ruler`."""

    def check(what: str, values: np.ndarray, theory: float, catches: float = 0.05) -> None:
        record_property("theory", (what, float(theory), *mean_and_error(values)))
        judge(what, values, theory, catches)

    return check


def lines_of(reporter: Any) -> Iterator[Line]:
    """What the tests compared, in the order they ended."""
    for reports in reporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                yield from (value for name, value in report.user_properties if name == "theory")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of all comparisons where details are wanted (-vv)."""
    if terminalreporter.config.option.verbose < 1:
        return
    found = list(lines_of(terminalreporter))
    terminalreporter.section(f"{len(found)} comparisons with queueing theory")
    terminalreporter.write_line("| model | theory | simulated | standard error |\n|---|--:|--:|--:|")
    for what, theory, simulated, error in found:
        terminalreporter.write_line(f"| {what} | {theory:.5g} | {simulated:.5g} | {error:.2g} |")
