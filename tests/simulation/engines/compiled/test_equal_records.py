"""The compiled engine gives the records of the SimPy engine, event for event, to the millisecond."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from generated_models import GeneratedRun, generated_runs
from sample_logs import load_scenarios, load_service
from simulation.engines.arrivals import draw_applicants
from simulation.engines.compiled import run_compiled
from simulation.engines.program import build_program
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.engines.run_records import RunRecords
from simulation.redesign.scenario import Scenario
from simulation.service_model import ServiceModel


def assert_equal(one: RunRecords, other: RunRecords) -> None:
    """Every column and every count of two runs."""
    for field in fields(RunRecords):
        expected, found = getattr(one, field.name), getattr(other, field.name)
        assert np.array_equal(expected, found), field.name


def _assert_engines_agree(model: ServiceModel, days: int, seed: int, replication: int = 0) -> RunRecords:
    program = build_program(model, days)
    run = run_simpy(program, seed, replication)
    assert_equal(run, run_compiled(program, seed, replication))
    return run


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", ["A", "B", "C", "D", "E", "N"])
def test_sample_services(name, seed):
    run = _assert_engines_agree(load_service(name), 30, seed)
    assert len(run.visits) > 50


def test_other_replications_are_other_runs_and_equal_ones():
    runs = [_assert_engines_agree(load_service("B"), 12, 7, replication) for replication in range(3)]
    assert len({run.visits.tobytes() for run in runs}) == 3


def test_the_largest_seeds():
    _assert_engines_agree(load_service("B"), 6, 2**32 - 1, 2**32 - 1)


@pytest.mark.parametrize("scenario", load_scenarios("A").values(), ids=list(load_scenarios("A")))
def test_redesigned_services(scenario: Scenario):
    _assert_engines_agree(scenario.apply(load_service("A")), 15, 3)


def test_a_run_that_stops_with_its_cohort():
    program = build_program(load_service("A"), 200)
    expected = run_simpy(program, 1, 0, (5, 9))
    assert 9 * 86_400_000 <= expected.end_ms < program.horizon_ms
    assert_equal(expected, run_compiled(program, 1, 0, (5, 9)))


def test_given_applicants():
    program = build_program(load_service("B"), 10)
    people = draw_applicants(program, 4, 0)
    assert_equal(run_simpy(program, 1, 0, None, people), run_compiled(program, 1, 0, None, people))


def test_runs_side_by_side_in_threads_do_not_meet():
    program = build_program(load_service("B"), 40)
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda replication: run_compiled(program, 1, replication), range(8)))
    for replication, run in enumerate(together):
        assert_equal(run_compiled(program, 1, replication), run)


def test_a_flow_of_waits_alone(make_model):
    wait = {"wait": {"kind": "exponential", "mean_minutes": 90}}
    flow = {
        "parallel": [{**wait, "name": "一"}, {"sequence": [{**wait, "name": "二"}, {**wait, "name": "三"}]}]
    }
    run = _assert_engines_agree(make_model({"steps": [], "flow": flow}), 3, 1)
    assert (run.finish_ms > run.arrived_ms).sum() > 10


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(generated=generated_runs())
def test_generated_halls(generated: GeneratedRun):
    program, *how = generated.arguments()
    assert_equal(run_simpy(program, *how), run_compiled(program, *how))


def test_people_who_come_with_steps_behind_them(make_model):
    way = {"per_day": 20, "calendar": "hall", "half_hour_weights": {"09:00": 1}}
    rows = [([], [1, 1]), (["甲"], [0, 1]), (["乙", "甲"], [1, 0])]
    steps = [
        {"name": name, "pool": name, "duration": {"kind": "exponential", "mean_minutes": 8}}
        for name in "甲乙"
    ]
    model = make_model(
        {
            "steps": steps,
            "flow": {
                "choice": [{"step": "甲"}, {"step": "乙"}],
                "name": "去向",
                "table": {"rows": [{"after": after, "weights": weights} for after, weights in rows]},
            },
            "members": [{"name": f"{name}-1", "serves": [name]} for name in "甲乙"],
            "arrivals": [
                {"name": "+".join(passed) or "无", "passed": passed, **way}
                for passed in ([], ["甲"], ["乙", "甲"])
            ],
        }
    )
    run = _assert_engines_agree(model, 5, 1)
    step = dict(zip(run.visits[:, 0].tolist(), run.visits[:, 1].tolist(), strict=True))
    went = {(int(run.arrivals[case]), number) for case, number in step.items()}
    assert went == {(0, 0), (0, 1), (1, 1), (2, 0)}
