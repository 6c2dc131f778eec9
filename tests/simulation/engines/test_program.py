"""The flattened model: nodes in flow order, contexts, what cannot run."""

from __future__ import annotations

from textwrap import dedent

import pytest
import yaml

from simulation.engines.log.report import quality_report
from simulation.engines.program import build as program
from simulation.engines.program import build_program
from simulation.engines.program import flow as flow_program
from simulation.engines.program.codes import check_ms
from simulation.engines.program.flow import context_keys
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.errors import ExperimentError, ModelError

STEPS = "steps: [" + ", ".join(f"{{name: {n}, place: online, clock: elapsed}}" for n in "甲乙丙丁") + "]\n"


def test_nodes_are_numbered_in_flow_order(make_model):
    flow = """
    flow:
      sequence:
        - step: 丙
        - parallel: [{step: 甲}, {sequence: []}, {step: 丙}]
        - {loop: {step: 乙}, name: 再来, table: {rows: [{after: [], weights: [1, 1]}]}}
    """
    found = build_program(make_model(STEPS + dedent(flow)), 1)
    assert [step.name for step in found.names.steps] == ["丙", "甲", "乙"]  # 丁 is not in the flow
    kinds = [node.op for node in found.nodes]
    f = flow_program
    assert kinds == [f.STEP, f.FORK, f.STEP, f.STEP, f.JOIN, f.LOOP_ENTER, f.STEP, f.LOOP_TEST, f.END]
    assert [node.a for node in found.nodes if node.op == f.STEP] == [0, 1, 0, 2]
    assert found.entry == 0
    assert found.nodes[1].targets == (2, 4, 3)  # the empty branch is at the join at once
    assert found.nodes[7].targets == (6, 8)


def test_an_empty_flow_ends_at_once(run_tiny):
    _, run = run_tiny(STEPS + "flow: {sequence: []}", ["09:00", "09:00"])
    assert run.finish_ms.tolist() == run.arrived_ms.tolist()
    assert len(run.visits) == 0


def test_context_keys_never_meet():
    n = 5
    contexts = [(b, a) for b in range(n + 1) for a in range(n + 1)]
    two = {context_keys(b, a, n)[0] for b, a in contexts}
    one = {context_keys(b, a, n)[1] for b, a in contexts}
    assert len(two) == (n + 1) ** 2
    assert len(one) == n + 1
    assert not two & one
    assert 0 not in two | one


def test_equal_distributions_are_one(make_model):
    document = """
    steps:
      - {name: 甲, place: online, clock: elapsed, duration: {kind: exponential, mean_minutes: 3}}
      - {name: 乙, place: online, clock: elapsed, duration: {kind: exponential, mean_minutes: 3}}
    """
    found = build_program(make_model(document), 1)
    assert found.steps[0].duration == found.steps[1].duration
    assert len(found.distributions) == 2  # and the one of no time


def test_checking_time_adds_up_what_is_handed_in(make_model):
    document = """
    materials: [{name: 表, minutes_to_check: 2}, {name: 证, minutes_to_check: 0.5}]
    steps: [{name: 甲, pool: 窗, materials: [{material: 证}, {material: 表}]}]
    members: [{name: 一, serves: [窗]}]
    """
    step = build_program(make_model(document), 1).steps[0]
    assert [check_ms(step.asked, bits) for bits in range(4)] == [0, 30_000, 120_000, 150_000]
    assert step.check_all_ms == 150_000


@pytest.mark.parametrize(
    ("document", "named"),
    [
        (
            STEPS + "flow: {sequence: [{wait: {kind: constant, minutes: 1}, name: 等}, "
            "{wait: {kind: constant, minutes: 1}, name: 等}]}",
            "等",
        ),
        (
            STEPS + "flow: {choice: [{step: 甲}], name: 选, table: {rows: [{after: [], weights: [1]}, "
            "{after: [戊], weights: [1]}]}}",
            "戊",
        ),
        (
            STEPS.replace("甲, place: online", "甲, pool: 窗, place: online")
            + "members: [{name: 一, serves: [窗], step_speeds: {己: 2}}]",
            "己",
        ),
    ],
)
def test_models_that_cannot_run_are_named(make_model, document, named):
    with pytest.raises(ModelError) as error:
        build_program(make_model(document), 5)
    assert named in error.value.text.zh
    assert named in error.value.text.en


def test_rows_about_steps_outside_the_flow_are_left_out(make_model):
    document = STEPS + (
        "flow: {choice: [{step: 甲}, {step: 乙}], name: 选, "
        "table: {rows: [{after: [], weights: [1, 3]}, {after: [丁], weights: [1, 0]}]}}"
    )
    (table,) = build_program(make_model(document), 5).tables
    assert table.cumulative == ((0.25, 1.0),)


def test_holidays_not_published_yet_are_reported(make_model, monkeypatch):
    def published(country: str, year: int) -> bool:
        return country == "CN" and year < 2026

    monkeypatch.setattr(program, "has_official_make_up_days", published)
    calendars = {
        "cn": {"weekly": {"mon": ["09:00-17:00"]}, "country": "CN"},
        "de": {"weekly": {"mon": ["09:00-17:00"]}, "country": "DE"},
    }
    document = yaml.safe_load(STEPS) | {"calendars": calendars}
    found = build_program(make_model(document), 400)  # 2026-03-02 and 400 days: into 2027
    assert found.guessed_holidays == ("CN 2026", "CN 2027")  # Germany has no make-up days at all
    issue = quality_report(found, run_simpy(found, 1, 0)).issue("holidays_guessed")
    assert issue is not None
    assert "CN 2026, CN 2027" in issue.message.zh


def test_streams_that_meet_are_an_error(make_model, monkeypatch):
    monkeypatch.setattr(program, "stream_of", lambda *names: 7)
    with pytest.raises(ModelError, match="one random stream"):
        build_program(make_model(STEPS), 5)


def test_more_materials_than_bits_are_an_error(make_model):
    names = [f"材料{n}" for n in range(63)]
    document = {
        "materials": [{"name": name} for name in names],
        "steps": [{"name": "甲", "pool": "窗", "materials": [{"material": name} for name in names]}],
        "members": [{"name": "一", "serves": ["窗"]}],
    }
    with pytest.raises(ModelError, match="63 materials; at most 62"):
        build_program(make_model(document), 5)
    document["steps"][0]["materials"] = [{"material": name} for name in names[:62]]
    assert build_program(make_model(document), 5).steps[0].all_asked == 2**62 - 1


@pytest.mark.parametrize("days", [0, -3, 65536])
def test_days_out_of_range(make_model, days):
    with pytest.raises(ExperimentError, match=r"1 to 65535"):
        build_program(make_model(STEPS), days)
