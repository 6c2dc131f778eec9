"""The command line called in this process, its salts in a folder of the test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dashboards import cli


@pytest.fixture
def onewindow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """`onewindow("mine", "a.csv")` is the exit code of that command."""
    monkeypatch.setenv("ONEWINDOW_DATA", str(tmp_path / "data"))

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["onewindow", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    return run
