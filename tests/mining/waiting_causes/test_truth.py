"""The level reached on logs of known causes; `python -m benchmarks.waiting_causes` prints the table."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
TRUTH = Path(os.environ.get("ONEWINDOW_SHARED_DATA", ROOT.parent / "shared" / "data")) / "truth"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "truth_benchmark", ROOT / "benchmarks" / "waiting_causes.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def truth() -> Path:
    if not TRUTH.exists():
        pytest.skip("the truth logs are not at hand (ONEWINDOW_SHARED_DATA says where)")
    return TRUTH


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["Insurance_Claims", "Loan_Application", "Pharmacy"])
def test_no_delay_is_found_where_none_was_put_in(benchmark, truth, name):
    recovered = benchmark.public_extraneous(truth, name)
    assert recovered["all"].true_mean == 0
    assert all(step.found_mean < 0.1 for step in recovered.values())  # minutes; reached: below 0.005


@pytest.mark.shared_data
@pytest.mark.parametrize("enabled", [True, False])
def test_batches(benchmark, truth, enabled):
    # reached: precision 0.996, recall 0.998, bias -0.3 of 1311 minutes
    score = benchmark.batch_score(truth, enabled)
    assert score.precision > 0.97
    assert score.recall > 0.97
    assert abs(score.filling.bias) < 0.01 * score.filling.true_mean
    assert score.filling.correlation > 0.98
    assert abs(score.until_begun.bias) < 0.01 * score.until_begun.true_mean
    assert score.until_begun.correlation > 0.98


def test_planted_delays_are_recovered_and_never_overstated(benchmark):
    recovered = benchmark.planted_extraneous()
    both = [step for name, step in recovered.items() if step.true_mean > 0 and name != "all"]
    assert len(both) == 2
    assert recovered["制证"].found_mean < 1
    for step in both:
        assert step.correlation > 0.9
        assert 0.5 * step.true_mean < step.found_mean < step.true_mean
