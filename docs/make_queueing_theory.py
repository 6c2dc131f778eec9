"""Writes docs/queueing-theory.md: `python docs/make_queueing_theory.py`.

Runs the tests of `tests/simulation/theory` and tells every comparison they make; nothing is written where one
fails. The text above the table is `docs/queueing-theory_introduction.md`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests" / "simulation" / "theory")]

from queueing_ruler import HEAD, PAGE, WRITES_THE_PAGE, row  # noqa: E402 (after the path is set)

INTRODUCTION = HERE / "queueing-theory_introduction.md"


class Comparisons:
    """A plugin of pytest that collects what the tests compared, in their order."""

    def __init__(self) -> None:
        self.__name__ = WRITES_THE_PAGE
        self.lines: list[tuple[str, float, float, float]] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called by pytest for each phase of each test."""
        if report.when == "call":
            self.lines += [value for name, value in report.user_properties if name == "theory"]


def main() -> int:
    """Run the tests and write the page; the exit code is that of the tests."""
    os.chdir(HERE.parent)
    found = Comparisons()
    code = pytest.main(["tests/simulation/theory", "-q", "-p", "no:cacheprovider"], plugins=[found])
    if code == 0:
        lines = [row(*line) for line in found.lines]
        introduction = INTRODUCTION.read_text(encoding="utf-8").replace("NUMBER", str(len(lines)))
        PAGE.write_text(introduction + "\n".join((*HEAD, *lines)) + "\n", encoding="utf-8", newline="\n")
    return int(code)


if __name__ == "__main__":
    raise SystemExit(main())
