"""For all tests: nothing is read from or written to the home of whoever runs them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Salts of projects go to a folder of this run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEWINDOW_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture
def shared_data() -> Path:
    """The folder of real logs; the test is skipped where it is missing."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("ONEWINDOW_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no real logs in {folder}; set ONEWINDOW_SHARED_DATA to where they are")
    return folder
