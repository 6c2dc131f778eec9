"""The machine code of the fast engine is made in the background, and its progress can be read."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from dashboards import fast_engine
from dashboards.fast_engine import FastEngine

OnProgress = Callable[[float], None]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A machine without machine code, and what was done on it."""
    done: list[str] = []
    monkeypatch.setattr(fast_engine, "is_ready", lambda: False)
    monkeypatch.setattr(fast_engine, "prepare", lambda *_told: done.append("prepared"))
    return done


def test_it_is_made_by_another_process_and_then_loaded(
    machine: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast_engine, "MAKE", "print(0.0); print(0.375)")
    engine = FastEngine().start()
    engine.join(30)
    assert (engine.state, engine.share, machine) == ("ready", 0.375, ["prepared"])


def test_kept_machine_code_is_only_loaded(machine: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_engine, "is_ready", lambda: True)
    monkeypatch.setattr(fast_engine, "MAKE", "raise SystemExit(1)")
    engine = FastEngine().start()
    engine.join(30)
    assert (engine.state, engine.share, machine) == ("ready", 0.0, ["prepared"])


def test_where_no_other_process_can_make_it_this_one_does(
    machine: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(fast_engine, "MAKE", "raise SystemExit(7)")
    engine = FastEngine().start()
    engine.join(30)
    assert (engine.state, machine) == ("ready", ["prepared"])
    assert "exit code 7" in caplog.text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_where_it_cannot_be_made_the_pages_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_told: OnProgress) -> None:
        raise RuntimeError("no compiler")

    monkeypatch.setattr(fast_engine, "is_ready", lambda: True)
    monkeypatch.setattr(fast_engine, "prepare", fails)
    engine = FastEngine().start()
    engine.join(30)
    assert engine.state == "failed"


def test_progress_can_be_read_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    half, go_on = threading.Event(), threading.Event()

    def slowly(told: OnProgress) -> None:
        told(0.5)
        half.set()
        go_on.wait(20)

    monkeypatch.setattr(fast_engine, "is_ready", lambda: False)
    monkeypatch.setattr(fast_engine, "MAKE", "print(1.0)")  # but its machine code could not be kept
    monkeypatch.setattr(fast_engine, "prepare", slowly)
    engine = FastEngine().start()
    assert half.wait(20)
    assert (engine.state, engine.share) == ("preparing", 0.5)
    go_on.set()
    engine.join(20)
    assert engine.state == "ready"
