"""Laws of every run, on models over the whole feature space."""

from __future__ import annotations

import numpy as np
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from generated_models import GeneratedRun, generated_runs, run_from_yaml
from laws_of_runs import broken_laws
from mining.working_time import MS_PER_DAY
from simulation.engines.log.tables import case_names, to_event_log
from simulation.engines.program import Program, build_program
from simulation.engines.reference.cases import Outcome
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.engines.run_records import Record, RunRecords
from simulation.service_model import dump_service_model, service_model_from

the_same_each_time = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
END = Record._fields.index("end")


@the_same_each_time
@given(generated=generated_runs())
def test_every_run_obeys_the_laws(generated: GeneratedRun):
    program, *how = generated.arguments()
    run = run_simpy(program, *how)
    assert broken_laws(program, run) == []


@the_same_each_time
@given(generated=generated_runs())
def test_a_model_is_run_alike_each_time_and_after_writing_it_down(generated: GeneratedRun):
    program, *how = generated.arguments()
    run = run_simpy(program, *how)
    assert_same(run, run_simpy(program, *how))
    read = run_from_yaml(generated.to_yaml())
    model = service_model_from(read.document)
    assert service_model_from(yaml.safe_load(dump_service_model(model))) == model
    assert_same(run, run_simpy(*read.arguments()))


@the_same_each_time
@given(generated=generated_runs(), more_days=st.integers(1, 4))
def test_a_longer_run_begins_with_the_shorter_one(generated: GeneratedRun, more_days: int):
    short_program, seed, replication, _, people = generated.arguments()
    program = build_program(service_model_from(generated.document), generated.days + more_days)
    short = run_simpy(short_program, seed, replication, None, people)
    assume(short.no_slot == 0)  # who finds no slot in the shorter run may find one on the days after it
    long = run_simpy(program, seed, replication, None, people)
    n = len(short.visits)
    assert long.visits[:n].tolist() == short.visits.tolist()
    assert np.all(long.visits[n:, END] >= short_program.horizon_ms)
    ended = short.finish_ms >= 0
    assert long.finish_ms[: ended.size][ended].tolist() == short.finish_ms[ended].tolist()


@the_same_each_time
@given(generated=generated_runs())
def test_a_run_that_stops_with_its_cohort_is_the_beginning_of_the_whole_run(generated: GeneratedRun):
    program, seed, replication, cohort, people = generated.arguments()
    first, last = cohort or (0, 1)
    whole = run_simpy(program, seed, replication, None, people)
    short = run_simpy(program, seed, replication, (first, last), people)
    assert whole.visits[: len(short.visits)].tolist() == short.visits.tolist()
    assert np.all(whole.visits[len(short.visits) :, END] >= short.end_ms)
    came_on = short.arrived_ms // MS_PER_DAY
    of_cohort = (came_on >= first) & (came_on < last)
    if short.end_ms < program.horizon_ms:
        assert np.all(short.finish_ms[of_cohort] >= 0)
        assert short.end_ms >= last * MS_PER_DAY


@the_same_each_time
@given(generated=generated_runs())
def test_the_event_log_tells_every_record(generated: GeneratedRun):
    program, *how = generated.arguments()
    run = run_simpy(program, *how)
    log = to_event_log(program, run)
    assert _told(log.events, program) == _recorded(program, run)
    assert sorted(log.cases["case_id"]) == sorted(case_names(program, run))
    assert log.cases["ts_finish"].isna().sum() == (run.finish_ms < 0).sum()
    bits = np.bitwise_count(run.visits[:, [Record._fields.index("handed"), Record._fields.index("fetched")]])
    assert len(log.materials) == bits.sum()


def _told(events, program: Program) -> set[tuple[object, ...]]:
    midnight = np.datetime64(program.start_date, "ms")
    times = [
        ((events[name] - midnight) // np.timedelta64(1, "ms")).fillna(-1)
        for name in ("ts_enabled", "ts_start", "ts_end")
    ]
    columns = (events["case_id"], events["activity"], events["visit_no"], *times)
    return set(zip(*(column.tolist() for column in columns), strict=True))


def _recorded(program: Program, run: RunRecords) -> set[tuple[object, ...]]:
    cases, steps = case_names(program, run), [step.name for step in program.names.steps]
    rows = [Record(*values) for values in run.visits.tolist()]
    served = [(r.start, r.end) if r.outcome != Outcome.GAVE_UP else (-1, -1) for r in rows]
    return {
        (cases[r.case], steps[r.step], r.visit, r.enabled, *times)
        for r, times in zip(rows, served, strict=True)
    }


def assert_same(run: RunRecords, other: RunRecords) -> None:
    """Both runs are equal in every field."""
    for name, value in vars(run).items():
        assert np.array_equal(value, getattr(other, name)), name
