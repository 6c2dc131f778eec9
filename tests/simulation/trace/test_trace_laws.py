"""The laws of traces on sample services and on halls over the whole feature space; figures and picks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from generated_models import GeneratedRun, generated_runs
from laws_of_traces import broken_by_a_case, broken_by_a_day, broken_laws
from sample_logs import load_service
from simulation.engines.program import build_program
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.trace import EntryKind, WatchedRun, case_figures, case_trace, pick_cases

DAYS = 26


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(generated=generated_runs())
def test_traces_of_every_hall_obey_the_laws(generated: GeneratedRun):
    program, *how = generated.arguments()
    assert broken_laws(WatchedRun(program, run_simpy(program, *how))) == []


@pytest.fixture(scope="module", params=["A", "B", "C"])
def watched(request) -> WatchedRun:
    program = build_program(load_service(request.param), DAYS)
    return WatchedRun(program, run_simpy(program, 3, 0, None))


def test_traces_of_the_services_obey_the_laws(watched):
    for case_id in watched.case_ids[::3]:
        assert list(broken_by_a_case(watched, case_trace(watched, case_id))) == []
    for day in (7, 9, 11):
        assert list(broken_by_a_day(watched, day)) == []


def test_figures_of_cases_are_those_of_their_stories(watched):
    figures = case_figures(watched, 5, 10)
    assert figures.case.size > 50
    for at in range(0, figures.case.size, 5):
        trace = case_trace(watched, watched.case_ids[figures.case[at]])
        assert trace.cycle_ms == figures.cycle_ms[at]
        assert trace.ms_in(EntryKind.WAIT) == figures.wait_ms[at]
        assert (trace.days_in_hall, trace.returns) == (figures.days_in_hall[at], figures.returns[at])


def test_picks_are_what_they_say(watched):
    figures = case_figures(watched, 5, 10)
    picks = pick_cases(figures)
    at = {reason: int(np.flatnonzero(figures.case == case)[0]) for reason, case in picks.items()}
    assert figures.wait_ms[at["longest_wait"]] == figures.wait_ms.max()
    assert figures.days_in_hall[at["most_days"]] == figures.days_in_hall.max()
    assert figures.returns[at["returned_twice"]] >= 2
    shorter = (figures.cycle_ms < figures.cycle_ms[at["typical"]]).sum()
    assert shorter <= (figures.case.size - 1) // 2
    assert "gave_up" not in picks
