"""Machine code is kept by what it depends on, and made where it cannot be kept."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulation.engines.compiled import kernels

PROJECT = Path(__file__).parents[4]
OURS = ("mining", "simulation")
ONE_STEP = """
name: {zh: 一步, en: One step}
start_date: 2026-03-02
calendars: {hall: {weekly: {mon: ["09:00-17:00"], tue: ["09:00-17:00"]}}}
steps: [{name: 取号, calendar: hall, duration: {kind: constant, minutes: 5}}]
flow: {step: 取号}
arrivals: [{name: 窗口, per_day: 9, calendar: hall, half_hour_weights: {"09:00": 1}}]
visits: {calendar: hall}
"""


def _modules_used(path: Path) -> set[str]:
    """Modules of the project a module imports from."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in OURS:
            as_modules = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name for name in (node.module, *as_modules) if _file(name).exists()}
    return found


def _file(module: str) -> Path:
    return PROJECT / f"{module.replace('.', '/')}.py"


def test_every_module_the_kernel_takes_anything_from_is_part_of_its_name():
    compiled = Path(kernels.__file__).parent
    used = {name for path in compiled.glob("*.py") for name in _modules_used(path)}
    assert len(used) > 20
    used.discard("simulation.errors")  # of `prepare`, not of the kernel
    assert {_file(name) for name in used} <= set(kernels.sources())


def test_another_text_of_a_module_is_another_folder(monkeypatch, tmp_path):
    before = kernels.folder_of(kernels.sources())
    changed = tmp_path / "kernel.py"
    changed.write_bytes(kernels.sources()[0].read_bytes() + b"\n")
    assert kernels.folder_of([changed, *kernels.sources()[1:]]) != before
    assert kernels.folder_of(kernels.sources()) == before
    monkeypatch.setattr(kernels, "version", lambda package: "0.0")
    assert kernels.folder_of(kernels.sources()) != before


def test_code_is_ready_once_made_and_for_the_next_process(monkeypatch):
    kernels.prepare()
    assert kernels.is_ready()
    monkeypatch.setattr(kernels, "_loaded", False)  # as in a process that begins
    assert kernels.is_ready()


def test_code_is_looked_for_where_asked_and_ready_only_when_complete(monkeypatch, tmp_path):
    monkeypatch.setenv("ONEWINDOW_CACHE", str(tmp_path))
    monkeypatch.setattr(kernels, "_loaded", False)
    folder = kernels.folder_of(kernels.sources())
    assert folder.is_relative_to(tmp_path)
    monkeypatch.setattr(kernels, "_folder", lambda: folder)  # the one of this process was found before
    assert not kernels.is_ready()
    (folder / "half made").mkdir(parents=True)
    assert not kernels.is_ready()
    (folder / kernels._MARK).touch()
    assert kernels.is_ready()
    monkeypatch.setattr(kernels, "_why_not", lambda: "no numba here")
    assert not kernels.is_ready()


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
@pytest.mark.parametrize("absent", [True, False])
def test_without_numba_simpy_serves_and_the_compiled_engine_says_why(tmp_path, engine, absent):
    for name in ("numba", "llvmlite") if absent else ():
        (tmp_path / f"{name}.py").write_text(f"raise ImportError('no {name} here')\n", encoding="utf-8")
    script = tmp_path / "run.py"
    (tmp_path / "model.yaml").write_text(ONE_STEP, encoding="utf-8")
    script.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from simulation.engines.compiled import is_ready\n"
        "from simulation.errors import ExperimentError\n"
        "from simulation.service_model import read_service_model\n"
        "from simulation.simulate import simulate\n"
        "model = read_service_model(Path(sys.argv[1]))\n"
        "try:\n"
        "    print(is_ready(), len(simulate(model, 3, 1, engine=sys.argv[2]).events))\n"
        "except ExperimentError as error:\n"
        "    print(is_ready(), error.text.en)\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(PROJECT)])}
    if not absent:
        environment["NUMBA_DISABLE_JIT"] = "1"
    command = [sys.executable, str(script), str(tmp_path / "model.yaml"), engine]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    if engine == "simpy":
        assert re.fullmatch(r"False \d+\n", said)
    else:
        assert said.startswith("False The compiled engine cannot run here (")
        assert ("no numba here" if absent else "NUMBA_DISABLE_JIT") in said


def test_folders_nobody_uses_are_removed(tmp_path):
    mine, recent, old = (tmp_path / name for name in ("mine", "recent", "old"))
    for folder in (mine, recent, old):
        (folder / "code").mkdir(parents=True)
    long_ago = time.time() - (kernels.KEPT_DAYS + 1) * 86_400
    os.utime(old, (long_ago, long_ago))
    kernels.remove_old(mine)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "recent"]


def test_a_folder_that_cannot_be_written_is_replaced_by_a_private_one(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    folder = kernels.usable(blocked / "kernels")
    assert folder.is_dir()
    assert blocked not in folder.parents


def _shown_by(code: str) -> str:
    """What a new process prints."""
    command = [sys.executable, "-c", code]
    shown = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return shown.stdout.strip()


def test_numba_is_not_imported_before_it_is_needed():
    code = "import sys, simulation.simulate; print('numba' in sys.modules)"
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "False"


@pytest.mark.parametrize("n_threads", [4])
def test_threads_that_prepare_at_once_wait_for_the_first(n_threads):
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from simulation.engines.compiled import is_ready, prepare\n"
        f"with ThreadPoolExecutor({n_threads}) as threads:\n"
        f"    list(threads.map(lambda _: prepare(), range({n_threads})))\n"
        "print(is_ready())"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "True"
