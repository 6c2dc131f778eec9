"""Both engines from the command line: one result, and the first use of the fast one tells its progress."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mining.reading import read_event_log
from sample_logs import load_service
from simulation.engines import compiled
from simulation.service_model import write_service_model

Command = Callable[..., int]
SHORT = ("--days", "3", "--warm-up", "2", "--replications", "2", "--json")


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "model.yaml"
    write_service_model(load_service("A"), path)
    return path


def test_both_engines_give_one_result(
    model_file: Path, onewindow: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    documents: dict[str, Any] = {}
    for engine in ("simpy", "compiled"):
        assert onewindow("simulate", str(model_file), "--engine", engine, *SHORT) == 0
        documents[engine] = json.loads(capsys.readouterr().out)
        assert documents[engine]["settings"].pop("engine") == engine
    assert documents["simpy"] == documents["compiled"]


def test_a_simulated_log_read_back_links_all_its_tickets(
    model_file: Path, onewindow: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "log"
    assert onewindow("simulate", str(model_file), "--output", str(folder), *SHORT) == 0
    capsys.readouterr()
    assert onewindow("mine", str(folder), "--json") == 0
    issues = {issue["code"] for issue in json.loads(capsys.readouterr().out)["quality"]["issues"]}
    assert "tickets_without_event" not in issues
    log = read_event_log(folder)
    assert len(log.tickets) > 100
    assert set(log.tickets["case_id"]) <= set(log.events["case_id"])


def test_an_unknown_engine_is_named_with_those_there_are(
    model_file: Path, onewindow: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert onewindow("simulate", str(model_file), "--engine", "abacus", "--lang", "en", *SHORT) == 2
    assert "Unknown engine 'abacus'; available: compiled, simpy" in capsys.readouterr().err


def test_the_first_use_tells_its_progress_on_stderr(
    model_file: Path,
    onewindow: Command,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    load = compiled.prepare

    def made(on_progress: Any = None) -> None:
        if on_progress is None:
            load()
        else:
            for share in (0.0, 0.04, 0.51, 0.55, 1.0):
                on_progress(share)

    monkeypatch.setattr(compiled, "is_ready", lambda: False)
    monkeypatch.setattr(compiled, "prepare", made)
    assert onewindow("simulate", str(model_file), "--lang", "zh", *SHORT) == 0
    streams = capsys.readouterr()
    json.loads(streams.out)
    told = [line for line in streams.err.splitlines() if "首次使用" in line]
    assert [line.rpartition("：")[2] for line in told] == ["0%", "50%", "100%"]


def test_a_folder_holds_all_tables_of_the_simulated_log_and_a_file_says_what_it_does_not(
    model_file: Path, onewindow: Command, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    simulated = ("simulate", str(model_file), "--lang", "en", *SHORT)
    assert onewindow(*simulated, "-o", str(tmp_path / "log.csv")) == 0
    assert "A file holds the events only; not written: materials" in capsys.readouterr().err
    assert onewindow(*simulated, "-o", str(tmp_path / "log")) == 0
    assert "not written" not in capsys.readouterr().err
    log = read_event_log(tmp_path / "log")
    assert log.simulated
    assert len(log.materials) > 0
    assert len(log.tickets) > 0
    assert len(log.events) == len(read_event_log(tmp_path / "log.csv").events)
    assert onewindow(*simulated, "-o", str(tmp_path / "log.txt")) == 2
    assert "runs" not in capsys.readouterr().err  # refused before the first of them
