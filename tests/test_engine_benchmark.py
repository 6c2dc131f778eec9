"""What benchmarks/engines.py makes of its measurements."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import engine_tables, engines
from benchmarks.engine_peers import repeated

ROOT = Path(__file__).parents[1]


def figure(part: str, engine: str, units: int, seconds: float) -> engine_tables.Figure:
    return engine_tables.Figure(part, engine, "", units, seconds, [seconds], seconds, seconds, 1.0, 2.0, "")


def test_aims_are_told_as_reached_or_not():
    figures = [
        figure("queue", "onewindow, compiled", 1000, 1.0),
        figure("queue", "onewindow, SimPy", 1000, 40.0),
        figure("queue", "SimPy by hand", 1000, 20.0),
        figure("queue", "cimba, fastest form", 1000, 4.0),
    ]
    text = engine_tables.tables({"figures": figures, "loan": None, "experiments": None})
    assert "| queue: compiled as fast as cimba, fastest form, times 倍 | 4.00 | >= 3 | yes 是 |" in text
    assert "| queue: compiled as fast as SimPy by hand, times 倍 | 20.00 | >= 100 | no 否 |" in text
    assert "| queue: our SimPy engine takes, x SimPy by hand | 2.00 | <= 1.5 | no 否 |" in text


def test_a_wait_that_is_not_that_of_the_formula_ends_the_benchmark():
    expected = engines.erlang_c_wait()
    assert expected == pytest.approx(2.7235, abs=1e-4)
    engines.check_wait("good", {"mean_wait": expected * 1.05, "units": 1_000_000})
    with pytest.raises(SystemExit, match="bad: mean wait"):
        engines.check_wait("bad", {"mean_wait": expected * 1.1, "units": 1_000_000})


def test_cycle_times_that_differ_end_the_benchmark():
    engines.paired("cycle", [(10.0, 10.1), (11.0, 10.9), (10.5, 10.6), (9.5, 9.4), (10.0, 10.1)])
    with pytest.raises(SystemExit, match=r"ours - Prosimos = 1\.0"):
        engines.paired("cycle", [(10.0, 11.0), (11.0, 12.1), (10.5, 11.4), (9.5, 10.5), (10.0, 11.0)])


def test_short_work_is_repeated_and_the_least_told():
    calls = []
    found, seconds = repeated(lambda: calls.append(1) or len(calls))
    assert (found, len(calls)) == (5, 5)
    assert seconds["cpu"] <= seconds["first_cpu"]


def test_tables_go_between_the_marks_of_a_page(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{engines.MARKS[0]}\nold\n{engines.MARKS[1]}\nbehind\n", encoding="utf-8")
    engines.write_between(page, "new")
    assert page.read_text("utf-8") == f"before\n{engines.MARKS[0]}\nnew\n{engines.MARKS[1]}\nbehind\n"
    empty = tmp_path / "empty.md"
    empty.write_text("nothing", encoding="utf-8")
    with pytest.raises(SystemExit, match="has no"):
        engines.write_between(empty, "new")


def test_the_queue_written_by_hand_has_the_same_waits_with_and_without_simpy():
    """Both draw the same numbers in the same order, so every wait is the same."""
    answers = []
    for engine in ("simpy", "heapq"):
        command = [sys.executable, str(ROOT / "benchmarks" / "engine_peers.py"), engine, "2000", "3"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        answers.append(json.loads(done.stdout)["mean_wait"])
    assert answers[0] == pytest.approx(answers[1], rel=1e-9)
