"""The benchmark of fidelity, run as a program on a log of a sample service under the name of a public one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sample_logs import load_service
from simulation.simulate import simulate

ROOT = Path(__file__).parents[1]
DAYS, COHORT_DAYS = 120, 90


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "benchmarks" / "fidelity.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    # whole cases only: a test part of cases that the end of the log cuts off is like no finished case
    log = simulate(load_service("A"), DAYS, seed=1, cohort_days=(0, COHORT_DAYS))
    whole = log.cases["case_id"][log.cases["ts_finish"].notna()]
    events = log.of_cases(whole).events
    events = events[["case_id", "activity", "officer", "ts_start", "ts_end"]]
    events.columns = ["case_id", "activity", "resource", "start_time", "end_time"]
    events.to_csv(folder / "LoanApp.csv.gz", index=False)
    return folder


def test_a_log_is_measured_and_the_missing_ones_are_named(folder, tmp_path):
    results = tmp_path / "results.json"
    done = run("--data", folder, "--replications", 2, "--json", results)
    assert done.returncode == 0, done.stderr
    for name in ("P2P", "Production", "ACR"):
        assert f"{name}.csv.gz is missing" in done.stderr
    (result,) = json.loads(results.read_text("utf-8"))
    assert result["n_training"] > result["n_test"] > 50
    assert result["n_unfinished"] == 0
    assert result["model"]["n_gram"] < 0.1
    for made_by in ("model", "floor"):
        assert f"{result[made_by]['n_gram']:.3g} | {result[made_by]['absolute_hours']:.3g}" in done.stdout


def test_without_any_log_nothing_is_measured(tmp_path):
    done = run("--data", tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("is missing") == 4
    assert not done.stdout
