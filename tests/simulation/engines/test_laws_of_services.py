"""Laws on whole services, A and B of the samples, whatever engine runs them.

Laws that any small model must obey are in `test_generated_laws.py`; here they meet thousands of visits with
documents, corrections, officers of different speed and trips.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from laws_of_numbers import breaches_of_conservation, breaches_of_littles_law, visits_of
from laws_of_runs import broken_laws
from mining.columns import UNKNOWN_MS, log_columns
from mining.enabled_times import find_enabled_times
from mining.text import same
from mining.waiting_causes import split_waits
from mining.working_time import MS_PER_DAY
from sample_logs import load_service
from simulation.engines.arrivals import draw_applicants
from simulation.engines.log.tables import to_event_log
from simulation.engines.program import Program, build_program
from simulation.engines.run_records import Record, RunRecords
from simulation.redesign import Scenario
from simulation.redesign.lever import changed, rebuilt, with_steps
from simulation.service_model import Constant, ServiceModel
from simulation.simulate import ENGINES

DAYS, SEED = 33, 11


@cache
def simulated(service: str, engine: str) -> tuple[Program, RunRecords]:
    return run_of(load_service(service), engine)


def run_of(model: ServiceModel, engine: str) -> tuple[Program, RunRecords]:
    program = build_program(model, DAYS)
    return program, ENGINES[engine](program, SEED, 0, None)


@pytest.fixture(params=["A", "B"])
def service(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


def test_who_comes_leaves_or_is_inside_and_each_visit_ends_once(service, engine):
    program, run = simulated(service, engine)
    assert run.arrived_ms.size > 800
    assert list(breaches_of_conservation(program, run, draw_applicants(program, SEED, 0))) == []


def test_number_inside_is_rate_times_time_exactly(service, engine):
    program, run = simulated(service, engine)
    begin, end = 5 * MS_PER_DAY + 12_345_678, 26 * MS_PER_DAY + 43_210_987
    assert list(breaches_of_littles_law(program, run, begin, end)) == []


def test_members_queues_and_calendars(service, engine):
    """Nobody on two tasks at once or working outside her calendar, nobody overtaken within a priority class,
    nobody idle beside work, no applicant in two places, nothing after a rejection."""
    assert broken_laws(*simulated(service, engine)) == []


def test_causes_of_waiting_sum_to_the_wait(service, engine):
    """Mining splits every wait of the simulated log, to the millisecond, and misses none of the counters."""
    program, run = simulated(service, engine)
    log = to_event_log(program, run)
    causes = split_waits(log, load_service(service).calendars["大厅"])
    visits = visits_of(run)
    wait = log_columns(log).start_ms - find_enabled_times(log).enabled_ms
    assert causes.told.sum() == (visits["member"] >= 0).sum() > 5000
    assert (causes.elapsed_ms[:, ~causes.told] == UNKNOWN_MS).all()
    np.testing.assert_array_equal(causes.elapsed_ms.sum(axis=0)[causes.told], wait[causes.told])
    assert (
        causes.elapsed_ms.sum(axis=0)[causes.told].sum()
        == (visits["start"] - visits["enabled"])[visits["member"] >= 0].sum()
    )


# --- what one change leaves as it was -------------------------------------------------------------------


def luck(program: Program, run: RunRecords) -> dict[tuple[object, ...], tuple[object, ...]]:
    """By (who, step, visit): what was at fault, the outcome, and the work in it, minutes at speed 1."""
    speeds = [*program.member_speeds, (1.0,) * len(program.steps)]
    found = {}
    for values in run.visits.tolist():
        record = Record(*values)
        who = (run.arrivals[record.case], run.day[record.case], run.index[record.case])
        work = None
        if program.steps[record.step].present:
            work = (record.end - record.start) * speeds[record.member][record.step] / 60_000
        name = program.names.steps[record.step].name
        found[(*who, name, record.visit)] = (record.outcome, record.handed, record.at_fault, work)
    return found


def with_duration(model: ServiceModel, name: str) -> ServiceModel:
    step = changed(model.step(name), duration=Constant(minutes=3))
    return rebuilt(model, steps=with_steps(model, {name: step}))


@pytest.mark.parametrize(("service", "name"), [("A", "设立登记"), ("B", "核税缴税"), ("B", "登记审核")])
def test_another_duration_of_a_step_leaves_every_other_draw(service, name, engine):
    model = load_service(service)
    before = luck(*simulated(service, engine))
    after = luck(*run_of(with_duration(model, name), engine))
    common = before.keys() & after.keys()
    assert len(common) > 0.8 * len(before)
    slower = 0
    for visit in common:
        assert before[visit][:3] == after[visit][:3]
        if visit[3] == name:
            slower += before[visit][3] != after[visit][3]
        elif before[visit][3] is not None:
            # the same work, by whoever did it: rounded to a millisecond of her time
            assert after[visit][3] == pytest.approx(before[visit][3], abs=0.0001)
    assert slower > 100 or not model.step(name).present


def test_an_empty_scenario_changes_not_one_event(service, engine):
    model = load_service(service)
    again = Scenario(name=same("nothing")).apply(ServiceModel.model_validate(model.model_dump()))
    (_, run), (_, other) = simulated(service, engine), run_of(again, engine)
    for name, value in vars(run).items():
        np.testing.assert_array_equal(value, getattr(other, name), err_msg=name)
