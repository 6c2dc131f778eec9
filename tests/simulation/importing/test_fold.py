"""Diagrams folded into blocks, and what cannot be."""

from __future__ import annotations

import pytest

from simulation.errors import ModelError
from simulation.importing.prosimos import import_prosimos


@pytest.fixture
def flow_of(files):
    """The flow of a tiny diagram as plain data."""
    return lambda flows: import_prosimos(*files(flows)).model.model_dump(mode="json", exclude_defaults=True)[
        "flow"
    ]


def steps(*names: str) -> list[dict[str, str]]:
    return [{"step": name} for name in names]


def plain(*weights: float) -> dict[str, object]:
    return {"rows": [{"after": [], "weights": list(weights)}]}


def test_tasks_in_a_row(flow_of):
    assert flow_of("start > check > sign > end") == {"sequence": steps("check", "sign")}


def test_exclusive_branches_are_a_choice(flow_of):
    found = flow_of("start > x1; a > x2 > end; b > x2; x1 > a 0.3; x1 > b 0.7")
    assert found == {"choice": steps("a", "b"), "name": "x1", "table": plain(0.3, 0.7)}


def test_a_way_past_a_task_is_a_branch_without_steps(flow_of):
    found = flow_of("start > x1; a > x2 > end; x1 > a 0.3; x1 > x2 0.7")
    assert found == {"choice": [{"step": "a"}, {"sequence": []}], "name": "x1", "table": plain(0.3, 0.7)}


def test_parallel_branches_are_a_parallel_block(flow_of):
    assert flow_of("start > p1 > a > p2 > end; p1 > b > c > p2") == {
        "parallel": [{"step": "a"}, {"sequence": steps("b", "c")}]
    }


def test_branches_that_meet_at_different_gateways_are_nested_choices(flow_of):
    found = flow_of("start > x1; a > x2 > c > x3 > end; b > x2; d > x3; x1 > a 0.2; x1 > b 0.2; x1 > d 0.6")
    inner = {"choice": steps("a", "b"), "name": "x1", "table": plain(0.2, 0.2)}
    outer = found["choice"]
    assert {"sequence": [inner, {"step": "c"}]} in outer
    assert {"step": "d"} in outer
    assert sorted(found["table"]["rows"][0]["weights"]) == pytest.approx([0.4, 0.6])


def test_a_way_back_is_a_loop(flow_of):
    found = flow_of("start > x1 > a > x2; x2 > x1 0.25; x2 > end 0.75")
    assert found == {"loop": {"step": "a"}, "name": "x2", "table": plain(0.25, 0.75)}


def test_a_way_back_into_a_task_is_a_loop(flow_of):
    found = flow_of("start > a > x2; x2 > a 0.25; x2 > end 0.75")
    assert found == {"loop": {"step": "a"}, "name": "x2", "table": plain(0.25, 0.75)}


def test_work_on_the_way_back_alone_is_done_any_number_of_times(flow_of):
    found = flow_of("start > x1 > x2; b > x1; x2 > b 0.25; x2 > end 0.75")
    assert found["table"] == plain(0.75, 0.25)
    assert found["choice"] == [
        {"sequence": []},
        {"loop": {"step": "b"}, "name": "x2", "table": plain(0.25, 0.75)},
    ]


def test_work_forth_and_back(flow_of):
    """a, then with chance 0.25 b and a again: the loop goes on exactly after b."""
    found = flow_of("start > x1 > a > x2; b > x1; x2 > b 0.25; x2 > end 0.75")
    whether = {"choice": [{"sequence": []}, {"step": "b"}], "name": "x2", "table": plain(0.75, 0.25)}
    assert found["loop"] == {"sequence": [{"step": "a"}, whether]}
    assert found["table"]["rows"] == [
        {"after": [], "weights": [0, 1]},
        {"after": ["b"], "weights": [1, 0]},
    ]


def test_a_loop_with_two_ways_out_is_a_chain(flow_of):
    """a > b, out after a with 0.5, after b with 0.1 by c: no block, but the last step tells where to go."""
    found = flow_of("start > x1 > a > x2; b > x3; c > end; x2 > end 0.5; x2 > b 0.5; x3 > x1 0.9; x3 > c 0.1")
    chain = found if "loop" in found else found["sequence"][0]
    branches = [block["step"] for block in chain["loop"]["choice"]]
    go = {
        tuple(row["after"]): dict(zip(branches, row["weights"], strict=True))
        for row in chain["loop"]["table"]["rows"]
    }
    out = {tuple(row["after"]): row["weights"][1] for row in chain["table"]["rows"]}
    assert go[()] == {"a": 1, "b": 0, "c": 0}
    assert go[("a",)]["b"] == pytest.approx(0.5)
    assert go[("b",)] == pytest.approx({"a": 0.9, "b": 0, "c": 0.1})
    assert out[("a",)] == pytest.approx(0.5)
    assert out[("b",)] == 0
    assert out[("c",)] == 1


@pytest.mark.parametrize(
    ("flows", "named"),
    [
        ("start > o1 > a > end; o1 > b > end", "inclusiveGateway 'o1'"),
        ("start > p1 > a > end; p1 > b > end", "parallelGateway 'p1'"),
        ("start > a > x1; x1 > b 0.5; x1 > c 0.2; b > end; c > end", "exclusiveGateway 'x1'"),
        ("start > a > x1; x1 > b 0.5; x1 > c; b > end; c > end", "'x1-c'"),
        ("start > a > end; b > end", "task 'b'"),
        ("start > p1 > x1 > a > x2; b > x1; x2 > b 0.5; x2 > p2 0.5; p1 > c > p2 > end", "'x2 (2)'"),
        ("start > t1 > end", "intermediateCatchEvent 't1'"),
        (
            "start > x1 > x3; a > x4 > x2; b > x1; x3 > a 0.5; x3 > x4 0.5; x2 > b 0.25; x2 > end 0.75",
            "may pass no step at all",
        ),
    ],
    ids=[
        "inclusive",
        "parallel ends",
        "sum of chances",
        "no chance",
        "unreached",
        "back in parallel",
        "event",
        "nothing in a loop",
    ],
)
def test_what_cannot_be_carried_over_is_named(files, flows, named):
    with pytest.raises(ModelError, match="tiny") as raised:
        import_prosimos(*files(flows))
    assert named in raised.value.text.en


def test_other_elements_are_named(files):
    with pytest.raises(ModelError, match="userTask 'u'"):
        import_prosimos(*files("start > a > end", extra='<userTask id="u"/>'))


def test_a_document_type_is_refused(files):
    bpmn, parameters = files("start > a > end")
    bpmn.write_text("<!DOCTYPE x [<!ENTITY a 'b'>]>" + bpmn.read_text("utf-8"), "utf-8")
    with pytest.raises(ModelError, match="DOCTYPE"):
        import_prosimos(bpmn, parameters)
