"""Tiny halls as in the tests of the engines, watched."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from simulation.trace import WatchedRun

ENGINES = Path(__file__).parents[1] / "engines"
HALLS = ENGINES / "conftest.py"
sys.path[:0] = [str(Path(__file__).parent), str(ENGINES)]  # generated halls, and the laws


def _halls() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tiny_halls", HALLS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tiny_halls"] = module
    spec.loader.exec_module(module)
    return module


TINY = _halls()
Watch = Callable[..., WatchedRun]


@pytest.fixture
def watch() -> Watch:
    """`watch(document, come)`: the run of a tiny hall in which people come at given times."""

    def run(document: str, come: list[str], **more: Any) -> WatchedRun:
        return WatchedRun(*TINY._run(document, come, **more))

    return run


@pytest.fixture
def clock() -> Callable[[int], str]:
    """Milliseconds as 'Mon 09:30'."""
    return TINY.clock


@pytest.fixture
def ms() -> Callable[[str], int]:
    """'Mon 09:30' as milliseconds."""
    return TINY.milliseconds
