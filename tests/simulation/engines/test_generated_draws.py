"""Over the whole feature space: what is counted adds up, and a change of one step moves no other draw."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generated_models import GeneratedRun, generated_runs
from laws_of_numbers import breaches_of_conservation, breaches_of_littles_law
from mining.waiting_causes import split_waits
from simulation.engines.arrivals import draw_applicants
from simulation.engines.log.tables import to_event_log
from simulation.engines.program import Program, build_program
from simulation.engines.reference.cases import Outcome
from simulation.engines.run_records import Record, RunRecords
from simulation.service_model import service_model_from
from simulation.simulate import ENGINES

the_same_each_time = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
engines = pytest.mark.parametrize("engine", sorted(ENGINES))


def run_of(generated: GeneratedRun, engine: str) -> tuple[Program, RunRecords]:
    program, *how = generated.arguments()
    return program, ENGINES[engine](program, *how)


@engines
@the_same_each_time
@given(generated=generated_runs())
def test_cases_and_time_are_conserved(generated: GeneratedRun, engine: str):
    program, run = run_of(generated, engine)
    people = generated.people or draw_applicants(program, generated.seed, generated.replication)
    assert list(breaches_of_conservation(program, run, people)) == []
    begin, end = run.end_ms // 5, run.end_ms - run.end_ms // 7
    assert list(breaches_of_littles_law(program, run, begin, end)) == []


@engines
@the_same_each_time
@given(generated=generated_runs())
def test_causes_of_waiting_sum_to_the_wait(generated: GeneratedRun, engine: str):
    program, run = run_of(generated, engine)
    log = to_event_log(program, run)
    model = service_model_from(generated.document)
    if log.n_events == 0:
        return
    causes = split_waits(log, model.calendars[model.visits.calendar])
    told = causes.elapsed_ms[:, causes.told]
    waited = (log.events["ts_start"] - log.events["ts_enabled"]).dt.total_seconds().to_numpy() * 1000
    assert (told >= 0).all()
    np.testing.assert_array_equal(told.sum(axis=0), np.round(waited[causes.told]))


# --- draws ------------------------------------------------------------------------------------------------

Visit = tuple[int, int, int, str, int]


def visits_by_name(program: Program, run: RunRecords) -> dict[Visit, Record]:
    """Records by (arrivals, day, index, step, visit)."""
    found = {}
    for values in run.visits.tolist():
        record = Record(*values)
        who = (int(run.arrivals[record.case]), int(run.day[record.case]), int(run.index[record.case]))
        found[(*who, program.names.steps[record.step].name, record.visit)] = record
    return found


def with_duration(document: dict[str, Any], number: int) -> tuple[dict[str, Any], str]:
    """The document with another duration of one step, and the name of that step."""
    changed = deepcopy(document)
    step = changed["steps"][number % len(changed["steps"])]
    step["duration"] = {"kind": "exponential", "mean_minutes": 23}
    return changed, step["name"]


@engines
@the_same_each_time
@given(generated=generated_runs())
def test_the_order_in_which_steps_and_documents_are_written_has_no_say(generated: GeneratedRun, engine: str):
    document = {**generated.document}
    for part in ("steps", "materials"):
        document[part] = document[part][::-1]
    (_, run), (_, other) = run_of(generated, engine), run_of(replace(generated, document=document), engine)
    for name, value in vars(run).items():
        np.testing.assert_array_equal(value, getattr(other, name), err_msg=name)


@engines
@the_same_each_time
@given(generated=generated_runs(), number=st.integers(0, 11))
def test_another_duration_of_one_step_moves_no_other_draw(generated: GeneratedRun, number: int, engine: str):
    document, name = with_duration(generated.document, number)
    check_same_luck(generated, document, engine, except_step=name)


@engines
@the_same_each_time
@given(generated=generated_runs(), factor=st.sampled_from([0.7, 0.35, 1.9]))
def test_another_pace_of_everybody_moves_no_draw(generated: GeneratedRun, factor: float, engine: str):
    document = deepcopy(generated.document)
    for member in document["members"]:
        member["speed"] = member.get("speed", 1.0) * factor
        member["step_speeds"] = {step: v * factor for step, v in member.get("step_speeds", {}).items()}
    check_same_luck(generated, document, engine)


def check_same_luck(
    generated: GeneratedRun, document: dict[str, Any], engine: str, except_step: str | None = None
) -> None:
    """Which documents are at fault, who gets stuck, and how long the work at a counter takes are the same for
    every (case, step, visit), whatever else comes out differently: who is served when, who gives up, what a
    case meets after that."""
    program, *how = generated.arguments()
    other = build_program(service_model_from(document), generated.days)
    before = visits_by_name(program, ENGINES[engine](program, *how))
    after = visits_by_name(other, ENGINES[engine](other, *how))
    for visit in before.keys() & after.keys():
        one, two = before[visit], after[visit]
        if Outcome.GAVE_UP in (one.outcome, two.outcome):
            continue
        assert (one.outcome == Outcome.STUCK) == (two.outcome == Outcome.STUCK)
        if one.outcome != Outcome.STUCK:
            known = (one.handed & two.handed) | (one.fetched & two.fetched)
            assert (one.at_fault ^ two.at_fault) & known == 0
        works = _work_ms(program, one), _work_ms(other, two)
        if visit[3] != except_step and one.handed == two.handed and None not in works:
            assert works[0] == pytest.approx(works[1], abs=5)


def _work_ms(program: Program, record: Record) -> float | None:
    """Work at a counter at speed 1; None where the time tells more than the work: pauses of the back
    office, failures of a machine."""
    if record.member < 0 or not program.steps[record.step].present or program.failures[record.member]:
        return None
    return (record.end - record.start) * program.member_speeds[record.member][record.step]
