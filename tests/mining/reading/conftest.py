"""Small files, written where the test runs."""

from __future__ import annotations

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
