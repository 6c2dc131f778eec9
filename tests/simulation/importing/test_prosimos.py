"""Prosimos' parameters: times, people, arrivals; and a whole model against the chances of its diagram."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from simulation.engines.program import build_program
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.errors import ModelError
from simulation.importing.bpmn_graph import AND, BLOCK, END, START, read_bpmn
from simulation.importing.prosimos import import_prosimos
from simulation.importing.prosimos_parameters import TimeLaw, read_parameters
from simulation.importing.prosimos_times import to_distribution

LOAN = Path(__file__).parents[3] / "benchmarks" / "loan_application"
FLOW = "start > check > end"


def law(name: str, *values: float) -> TimeLaw:
    return TimeLaw.model_validate(
        {"distribution_name": name, "distribution_params": [{"value": value} for value in values]}
    )


def task(*resources: dict[str, object]) -> list[dict[str, object]]:
    return [{"task_id": "check", "resources": list(resources)}]


def resource(name: str, distribution: str, *values: float) -> dict[str, object]:
    return {"resource_id": name, **law(distribution, *values).model_dump(exclude={"histogram_data"})}


@pytest.mark.parametrize(
    ("given", "whole", "low", "high"),
    [
        (law("expon", 600, 0, 1e7), stats.expon(scale=600), 0, np.inf),
        (law("expon", 4055, 3600, 7200), stats.expon(loc=3600, scale=455), 3600, 7200),
        (law("norm", 600, 300, 0, 1e6), stats.norm(600, 300), 0, np.inf),
        (law("gamma", 600, 90000, 0, 1e6), stats.gamma(4, scale=150), 0, np.inf),
        (law("lognorm", 600, 360000, 60, 3600), stats.lognorm(0.8326, scale=424.26), 60, 3600),
    ],
    ids=["exponential", "begins late", "normal without negatives", "gamma", "lognormal cut"],
)
def test_the_mean_is_that_of_the_law_within_its_bounds(given, whole, low, high):
    expected = whole.expect(lambda x: x, lb=low, ub=high, conditional=True) / 60
    assert to_distribution(given, "here").mean_minutes == pytest.approx(expected, rel=2e-3)


def test_plain_laws_are_carried_over_as_they_are():
    assert to_distribution(law("fix", 90), "here").minutes == 1.5
    uniform = to_distribution(law("uniform", 60, 600), "here")
    assert (uniform.low_minutes, uniform.high_minutes) == (1, 10)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (law("triang", 1, 2, 3), "triang"),
        (law("expon", 60), "3 finite parameters"),
        (law("fix", -1), "negative"),
    ],
)
def test_other_laws_are_refused(given, found):
    with pytest.raises(ModelError, match=found):
        to_distribution(given, "here")


def test_people_share_a_queue_and_may_be_faster(files):
    people = [
        {"id": "slow", "name": "Slow", "amount": 2, "calendar": "week", "cost_per_hour": 3},
        {"id": "fast", "name": "Fast", "amount": 1, "calendar": "week"},
        {"id": "idle", "name": "Idle", "amount": 1, "calendar": "week"},
    ]
    both = task(resource("slow", "expon", 600, 0, 6000), resource("fast", "expon", 300, 0, 3000))
    found = import_prosimos(
        *files(
            FLOW,
            resource_profiles=[{"id": "p", "name": "p", "resource_list": people}],
            task_resource_distribution=both,
        )
    )
    assert [m.name for m in found.model.members] == ["Slow_0", "Slow_1", "Fast"]
    assert {pool for m in found.model.members for pool in m.serves} == {"Slow + Fast"}
    assert found.model.members[2].step_speeds == {"check": pytest.approx(2)}
    assert [note.en for note in found.notes][:2] == [
        "Resources ['idle'] do no task and are left out.",
        "cost_per_hour is not carried over.",
    ]


def test_people_with_different_laws_are_refused(files):
    people = [{"id": name, "name": name, "amount": 1, "calendar": "week"} for name in "ab"]
    different = task(resource("a", "expon", 600, 0, 6000), resource("b", "uniform", 0, 600))
    with pytest.raises(ModelError, match="resource b"):
        import_prosimos(
            *files(
                FLOW,
                resource_profiles=[{"id": "p", "name": "p", "resource_list": people}],
                task_resource_distribution=different,
            )
        )


@pytest.mark.parametrize(
    "changed",
    [
        {"batch_processing": [{"task_id": "check"}]},
        {"prioritisation_rules": [{}]},
        {"model_type": "FUZZY"},
        {"unheard_of": 1},
        {"task_resource_distribution": []},
        {"resource_calendars": []},
        {"arrival_time_calendar": []},
        {"arrival_time_distribution": {"distribution_name": "fix", "distribution_params": [{"value": 9000}]}},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_has_no_counterpart_is_named(files, changed):
    with pytest.raises(ModelError, match=r"tiny\.(json|bpmn)") as raised:
        import_prosimos(*files(FLOW, **changed))
    name, value = next(iter(changed.items()))
    named = {"resource_calendars": "calendar week", "arrival_time_distribution": "150 minutes"}
    assert named.get(name, name) in raised.value.text.en, value


def test_calendars_and_arrivals(files):
    hours = [
        {"from": "SATURDAY", "to": "MONDAY", "beginTime": "22:00:00", "endTime": "23:59:59"},
        {"from": "monday", "to": "monday", "beginTime": "09:00", "endTime": "10:30:00.000"},
    ]
    found = import_prosimos(
        *files(
            FLOW,
            arrival_time_calendar={"id": "a", "name": "a", "time_periods": hours},
            resource_calendars=[{"id": "week", "name": "week", "time_periods": hours}],
        ),
        start_date=dt.date(2026, 3, 2),
    ).model
    week = found.calendars["week"].weekly
    assert week == {"mon": ((540, 630), (1320, 1440)), "sat": ((1320, 1440),), "sun": ((1320, 1440),)}
    per_day = {a.name: a.per_day for a in found.arrivals}
    # gaps of 10 minutes without spread: 9 + 12 and 12 of them, and half a gap more at each opening
    assert per_day == {"arrivals mon": pytest.approx(22), "arrivals sat-sun": pytest.approx(12.5)}
    assert found.start_date == dt.date(2026, 3, 2)


def test_a_timer_is_a_wait(files):
    event = {"event_id": "t1", **law("fix", 3600).model_dump(exclude={"histogram_data"})}
    flow = import_prosimos(*files("start > check > t1 > end", event_distribution=[event])).model.flow
    assert flow.sequence[1].wait.minutes == 60


def visits_by_the_diagram() -> dict[str, float]:
    """Mean visits of each task: the expected flow through the graph of the loan application."""
    graph = read_bpmn(LOAN / "loan_application.bpmn")
    parameters = read_parameters(LOAN / "loan_application.json")
    chance = {p.path_id: p.value for g in parameters.gateway_branching_probabilities for p in g.probabilities}
    names = list(graph.nodes)
    system, source = np.eye(len(names)), np.zeros(len(names))
    for edge in graph.edges:
        parallel_join = graph.nodes[edge.target].kind == AND and len(graph.incoming(edge.target)) > 1
        share = chance.get(edge.id, 1.0) / (len(graph.incoming(edge.target)) if parallel_join else 1)
        system[names.index(edge.target), names.index(edge.source)] -= share
    source[[n for n, name in enumerate(names) if graph.nodes[name].kind == START]] = 1
    through = np.linalg.solve(system, source)
    assert through[[graph.nodes[name].kind == END for name in names]] == pytest.approx(1)
    return {
        graph.nodes[name].label: value
        for name, value in zip(names, through, strict=True)
        if graph.nodes[name].kind == BLOCK
    }


def test_the_folded_flow_has_the_chances_of_the_diagram():
    """Loops, a parallel block and a loop with two ways out: mean visits of each step in 2,400 cases."""
    model = import_prosimos(LOAN / "loan_application.bpmn", LOAN / "loan_application.json").model
    program = build_program(model, 140)
    run = run_simpy(program, 5, 0)
    finished = run.finish_ms >= 0
    expected = visits_by_the_diagram()
    assert finished.sum() > 2000
    for number, step in enumerate(program.names.steps):
        of_step = run.visits[run.visits[:, 1] == number, 0]
        counts = np.bincount(of_step, minlength=finished.size)[finished]
        error = counts.std(ddof=1) / counts.size**0.5
        assert abs(counts.mean() - expected[step.name]) <= 4 * error, step.name


def test_the_loan_application_is_told_with_its_sources():
    found = import_prosimos(LOAN / "loan_application.bpmn", LOAN / "loan_application.json")
    assert "gap after gap" in found.notes[-1].en
    assert found.model.assumptions["arrivals.arrivals.per_day"].note == found.notes[-1]
    assert json.loads((LOAN / "loan_application.json").read_text("utf-8"))["resource_profiles"]
