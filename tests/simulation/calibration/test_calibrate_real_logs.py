"""Real logs: the calibrated model reproduces them, within minutes of the hand and percent of the mean."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pandas as pd
import pytest

from mining.reading import read_event_log
from simulation.calibration import calibrate, complete_cases
from simulation.simulate import simulate

DATA = Path(os.environ.get("ONEWINDOW_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))

pytestmark = pytest.mark.shared_data


def real_log(name, columns=None):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not in ../shared/data")
    return read_event_log(path, columns)


def facts(log, ends_only):
    """Mean cycle time in hours and events a case; a log of ends knows a case from its first end on."""
    events = log.events.groupby("case_id")
    begins = events["time"].min() if ends_only else events["ts_start"].min()
    hours = (events["time"].max() - begins).dt.total_seconds() / 3600
    return hours.mean(), len(log.events) / len(hours)


def simulated_cases(model, log, seed):
    """Finished cases that arrived within the span of the log, run long enough for them to finish."""
    days = (log.events["time"].max() - log.events["time"].min()).days + 1
    run = simulate(model, days=days + 200, seed=seed)
    in_time = run.cases["ts_apply"] < pd.Timestamp(model.start_date) + pd.Timedelta(days=days)
    finished = run.cases["ts_finish"].notna()
    assert finished[in_time].mean() > 0.97
    return run.of_cases(run.cases["case_id"][in_time & finished])


@pytest.mark.parametrize(
    ("name", "ends_only"), [("receipt.xes.gz", True), ("fidelity/LoanApp.csv.gz", False)]
)
def test_cycle_time_and_events_a_case(name, ends_only):
    log = real_log(name)
    model = calibrate(log)
    whole = log.of_cases(complete_cases(log))
    hours, per_case = facts(whole, ends_only)
    runs = [facts(simulated_cases(model, log, seed), ends_only) for seed in (1, 2, 3)]
    assert sum(r[0] for r in runs) / 3 == pytest.approx(hours, rel=0.15)
    assert sum(r[1] for r in runs) / 3 == pytest.approx(per_case, rel=0.05)


def test_no_pool_of_a_real_log_is_overloaded():
    model = calibrate(real_log("receipt.xes.gz"))
    for pool in model.pools:
        assert "utilisation" in model.evidence[f"pools.{pool.name}.members"].note.en
    assert "start_times" in model.assumptions


def test_a_log_of_almost_four_hundred_steps_gives_a_model_of_reasonable_size():
    log = real_log("BPIC15_1.xes.gz")
    began = time.process_time()
    model = calibrate(log)
    assert time.process_time() - began < 30
    assert len(model.steps) == len(log.activities)
    weights = sum(len(row.weights) for choice in model.flow.loop.choice for row in choice.table.rows)
    assert weights < 100_000
