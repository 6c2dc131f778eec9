"""Small files, written where the test runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

TextFile = Callable[..., Path]


@pytest.fixture
def text_file(tmp_path: Path) -> TextFile:
    """`text_file("a.csv", "text", encoding="gbk")` writes a file and returns its path."""

    def write(name: str, text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def shared_data() -> Path:
    """The folder of real logs; the test is skipped where it is missing."""
    default = Path(__file__).parents[4] / "shared" / "data"
    folder = Path(os.environ.get("ONEWINDOW_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no real logs in {folder}; set ONEWINDOW_SHARED_DATA to where they are")
    return folder
