"""For all tests: nothing is read from or written to the home of whoever runs them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Salts of projects go to a folder of this run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEWINDOW_DATA", str(tmp_path_factory.mktemp("data")))
        yield
