"""The compiled engine is the twin of the SimPy engine: equal records, to the millisecond.

`benchmarks/twin_search.py` looks through thousands of models; each difference it ever found is kept in
`twin_cases/` and checked here.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from generated_models import GeneratedRun, generated_runs, run_from_yaml
from simulation.engines.compiled import run_compiled
from simulation.engines.reference.simpy_engine import run_simpy
from twin_difference import first_difference
from twin_tight import run_tight

CASES = sorted((Path(__file__).parent / "twin_cases").glob("*.yaml"))


def difference(generated: GeneratedRun) -> str | None:
    """The first difference of the two engines on this run, the compiled one also with no room to spare."""
    program, *how = generated.arguments()
    run = run_simpy(program, *how)
    return first_difference(program, run, run_compiled(program, *how)) or first_difference(
        program, run, run_tight(program, *how)
    )


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(generated=generated_runs())
def test_the_engines_agree_on_generated_models(generated: GeneratedRun):
    assert difference(generated) is None


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_the_engines_agree_where_they_once_differed(case: Path):
    assert difference(run_from_yaml(case.read_text(encoding="utf-8"))) is None
