"""The material dependency graph: the module's example, a cycle, the critical path, what is missing."""

from __future__ import annotations

import pytest

from mining.errors import MissingColumnsError
from mining.material_graph import GraphEdge, GraphNode, find_material_graph

STEPS = [
    ("设立登记", "Mon 09:00", "Mon 10:00", "营业执照"),
    ("刻章", "Mon 10:00", "Mon 12:00", "公章"),
    ("税务", "Mon 13:00", "Mon 16:00", None),
]
PAPERS = [
    ("设立登记", "设立申请书"),
    ("刻章", "营业执照复印件"),
    ("税务", "企业营业执照"),
    ("税务", "公章"),
]


def log_of(hand_log, steps=STEPS, papers=PAPERS):
    return hand_log(
        [("c", step, start, end, {"issues": issued}) for step, start, end, issued in steps],
        materials=[
            {"case_id": "c", "activity": step, "material_name": name, "file_row": n}
            for n, (step, name) in enumerate(papers, start=2)
        ],
    )


def test_the_example_of_the_module(hand_log):
    graph = find_material_graph(log_of(hand_log))
    assert graph.layers == (("设立登记",), ("刻章", "税务"))
    assert graph.layers_on_paper == (("设立登记",), ("刻章",), ("税务",))
    assert graph.cycles == ()
    # the times from the end of the step before: 2 hours for the seal, 3 for taxes (lunch is none)
    assert graph.critical_path == ("设立登记", "税务")
    assert GraphNode("营业执照", "document", 2) in graph.nodes
    assert GraphNode("公章", "document", 1, electronic=True) in graph.nodes
    assert GraphNode("税务", "step", 1) in graph.nodes
    assert GraphEdge("营业执照", "税务", "asked", 1) in graph.edges
    assert GraphEdge("刻章", "公章", "issued", 1) in graph.edges
    assert len(graph.edges) == 6
    assert graph.to_json()["layers"] == [["设立登记"], ["刻章", "税务"]]


def test_the_critical_path_is_the_one_with_most_hours(hand_log):
    steps = [*STEPS, ("公积金", "Mon 10:00", "Mon 10:30", None)]
    papers = [*PAPERS, ("公积金", "营业执照")]
    graph = find_material_graph(log_of(hand_log, steps, papers))
    assert graph.critical_path == ("设立登记", "税务")
    assert graph.critical_path_working_hours is not None
    assert graph.critical_path_working_hours == pytest.approx(3.0, abs=0.01)


def test_steps_that_need_one_another_are_a_cycle(hand_log):
    steps = [("规划", "Mon 09:00", "Mon 10:00", "规划意见"), ("环评", "Mon 10:00", "Mon 11:00", "环评批复")]
    papers = [("规划", "环评批复"), ("环评", "规划意见"), ("规划", "规划意见")]
    graph = find_material_graph(log_of(hand_log, steps, papers))
    assert graph.cycles == (("环评", "规划"),) or graph.cycles == (("规划", "环评"),)
    assert len(graph.layers) == 1
    assert set(graph.critical_path) == {"规划", "环评"}


def test_what_is_missing_is_named(hand_log):
    log = hand_log(
        [("c", "受理", "Mon 09:00", "Mon 10:00", {})], materials=[{"case_id": "c", "material_name": "甲"}]
    )
    with pytest.raises(MissingColumnsError, match="graph of documents"):
        find_material_graph(log)
