"""`agrees(what, values, theory)` for all tests of this folder.

The comparisons stand in docs/queueing-theory.md; a test whose row there is another one fails.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from queueing_ruler import PAGE, WRITES_THE_PAGE, judge, mean_and_error, row

Agrees = Callable[..., None]


@pytest.fixture(scope="session")
def rows_told(request: pytest.FixtureRequest) -> frozenset[str] | None:
    """The rows of the page; None while it is being renewed."""
    if request.config.pluginmanager.hasplugin(WRITES_THE_PAGE):
        return None
    return frozenset(PAGE.read_text(encoding="utf-8").splitlines())


@pytest.fixture
def agrees(rows_told: frozenset[str] | None, record_property: Callable[[str, object], None]) -> Agrees:
    """Values of the replications against the formula, see `queueing_ruler`."""

    def check(what: str, values: np.ndarray, theory: float, catches: float = 0.05) -> None:
        line = (what, float(theory), *mean_and_error(values))
        record_property("theory", line)
        judge(what, values, theory, catches)
        assert rows_told is None or row(*line) in rows_told, (
            f"{row(*line)}: not on the page; renew it with: python docs/make_queueing_theory.py"
        )

    return check
