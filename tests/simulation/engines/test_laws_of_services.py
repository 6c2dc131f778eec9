"""Laws on whole services, A and B of the samples, whatever engine runs them.

Laws that any small model must obey are in `test_generated_laws.py`; here they meet thousands of visits with
documents, corrections, officers of different speed and trips.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from mining.columns import UNKNOWN_MS, log_columns
from mining.enabled_times import find_enabled_times
from mining.text import same
from mining.waiting_causes import split_waits
from sample_logs import load_service
from simulation.engines.arrivals import draw_applicants
from simulation.engines.log_tables import to_event_log
from simulation.engines.program import Program, build_program
from simulation.engines.run_records import Record, RunRecords
from simulation.redesign import Scenario
from simulation.redesign.lever import changed, rebuilt, with_steps
from simulation.service_model import Constant, ServiceModel
from simulation.simulate import ENGINES

DAYS, SEED = 33, 11
Columns = dict[str, np.ndarray]


@cache
def simulated(service: str, engine: str) -> tuple[Program, RunRecords]:
    return run_of(load_service(service), engine)


def run_of(model: ServiceModel, engine: str) -> tuple[Program, RunRecords]:
    program = build_program(model, DAYS)
    return program, ENGINES[engine](program, SEED, 0, None)


def visits_of(run: RunRecords) -> Columns:
    return dict(zip(Record._fields, run.visits.T, strict=True))


@pytest.fixture(params=["A", "B"])
def service(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


def test_who_comes_leaves_or_is_inside_and_each_visit_ends_once(service, engine):
    program, run = simulated(service, engine)
    people, visits = draw_applicants(program, SEED, 0), visits_of(run)
    assert run.arrived_ms.tolist() == people.time_ms[people.time_ms < run.end_ms].tolist()
    finished, rejected, gave_up = run.finish_ms >= 0, run.rejected, run.gave_up
    assert not (rejected & gave_up).any()
    n_by_end = [(finished & ~rejected & ~gave_up).sum(), rejected.sum(), gave_up.sum()]
    inside = ~finished & ~rejected & ~gave_up
    assert sum(n_by_end) + inside.sum() == run.arrived_ms.size > 800
    # visits of a case to a step are numbered without a gap, all of them where the case has finished
    case, step, number = visits["case"], visits["step"], visits["visit"]
    place = case * len(program.steps) + step
    n_visits = np.bincount(place)
    of_finished = finished[case]
    assert np.unique(np.stack([place, number]), axis=1).shape[1] == number.size
    assert (number[of_finished] < n_visits[place[of_finished]]).all()


def test_number_inside_is_rate_times_time_exactly(service, engine):
    """Little's law over a window, L x its length = lambda x its length x W, in whole milliseconds: the area
    under the number inside, walked from moment to moment, is the time spent inside, added up one by one. For
    whole cases, at every queue and at every desk."""
    program, run = simulated(service, engine)
    visits = visits_of(run)
    begin, end = 5 * 86_400_000, 26 * 86_400_000
    stays = [(run.arrived_ms, np.where(run.finish_ms < 0, run.end_ms, run.finish_ms))]
    for step in range(len(program.steps)):
        here = visits["step"] == step
        stays.append((visits["enabled"][here], visits["start"][here]))
        stays.append((visits["start"][here], visits["end"][here]))
    for enter, leave in stays:
        spent = int((np.clip(leave, begin, end) - np.clip(enter, begin, end)).sum())
        assert area_under_number(enter, leave, begin, end) == spent


def area_under_number(enter: np.ndarray, leave: np.ndarray, begin: int, end: int) -> int:
    """Walks through time: how many are inside from each moment to the next."""
    moments = np.unique(np.concatenate([enter, leave, [begin, end]]))
    inside = np.searchsorted(np.sort(enter), moments, "right") - np.searchsorted(
        np.sort(leave), moments, "right"
    )
    assert (inside >= 0).all()
    assert inside[-1] == 0 or moments[-1] == end
    length = np.diff(np.clip(moments, begin, end))
    return int((inside[:-1] * length).sum())


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
