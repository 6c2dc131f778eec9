"""Layout, labels and drawings of the process map."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import pairwise

import graphlay
import pytest

from dashboards.process_map_view import compose, draw_process_map, draw_svg, lay_out
from dashboards.process_map_view import layout as layout_module
from dashboards.process_map_view.component import SelectedMove, SelectedStep, read_selection
from dashboards.process_map_view.label_places import along, distance, place_labels
from dashboards.process_map_view.labels import MAX_LINE_EM, MAX_LINES, width_em, wrap
from dashboards.process_map_view.scene import scale_of
from dashboards.words import words
from mining.process_map import END_NODE, START_NODE, MapEdge, MapStep, ProcessMap


def small_map(*names: str, cases: int = 100) -> ProcessMap:
    """A chain START -> names -> END, the first step repeated by a tenth of the cases."""
    steps = tuple(MapStep(name, cases, cases, None, "counter", 10.0, 20.0, 5.0, 0) for name in names)
    chain = [START_NODE, *names, END_NODE]
    edges = [MapEdge(a, b, cases - i, cases - i, 30.0, 20.0) for i, (a, b) in enumerate(pairwise(chain))]
    edges.append(MapEdge(names[0], names[0], cases // 10, cases // 10, 3.0, 2.0))
    moves = sum(edge.moves for edge in edges)
    return ProcessMap(steps, tuple(edges), cases, len(steps), len(edges), moves, moves, "to_start")


def test_wrap_breaks_chinese_anywhere_and_english_at_blanks() -> None:
    assert wrap("设立登记") == ("设立登记",)
    assert wrap("税种核定与发票申领及增值税专用发票核定") == ("税种核定与发票申领及", "增值税专用发票核定")
    assert wrap("T06 Determine necessity of stop advice") == ("T06 Determine", "necessity of", "stop advice")


@pytest.mark.parametrize("name", ["x" * 200, "设" * 80, "a_b" * 40, "  ", "受理 and check", "\n"])
def test_wrap_never_exceeds_its_limits(name: str) -> None:
    lines = wrap(name)
    assert 1 <= len(lines) <= MAX_LINES
    assert all(line and width_em(line) <= MAX_LINE_EM for line in lines)


def test_layout_is_deterministic_and_boxes_do_not_overlap() -> None:
    process_map = small_map("受理", "审核", "领照", "Confirmation of receipt", "税种核定+发票申领")
    first = lay_out(process_map)
    assert first == lay_out(process_map)
    assert {box.name for box in first.nodes} == {START_NODE, END_NODE, *(s.name for s in process_map.steps)}
    for i, a in enumerate(first.nodes):
        assert min(a.x, a.y) >= 0
        assert a.x + a.width <= first.width
        assert a.y + a.height <= first.height
        for b in first.nodes[i + 1 :]:
            apart = (
                a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
            )
            assert apart, (a.name, b.name)


def test_edges_begin_and_end_at_their_boxes() -> None:
    layout = lay_out(small_map("受理", "审核", "领照"))
    for edge in layout.edges:
        for name, (x, y) in ((edge.source, edge.points[0]), (edge.target, edge.points[-1])):
            box = layout.node(name)
            assert box is not None
            assert box.x - 2 <= x <= box.x + box.width + 2
            assert box.y - 2 <= y <= box.y + box.height + 2


def test_long_flows_are_wrapped_into_rows() -> None:
    layout = lay_out(small_map(*(f"环节{n:02d}" for n in range(14))))
    assert layout.width / layout.height < 6
    assert len({round(box.y) for box in layout.nodes}) > 1


def test_large_maps_are_capped_and_what_is_left_out_is_counted() -> None:
    layout = lay_out(small_map(*(f"步骤{n}" for n in range(75))))
    assert len(layout.nodes) == 60 + 2
    assert layout.steps_left_out == 15
    assert layout.edges_left_out > 0


def test_fallback_draws_the_same_steps_where_graphlay_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: object, **_options: object) -> None:
        raise graphlay.GraphlayError("limit")

    process_map = small_map("受理", "审核", "领照")
    usual = lay_out(process_map)
    monkeypatch.setattr(graphlay, "layout", fails)
    fallback = lay_out(process_map)
    assert {box.name for box in fallback.nodes} == {box.name for box in usual.nodes}
    assert [edge.ends for edge in fallback.edges] == [edge.ends for edge in usual.edges]
    xs = {box.name: box.x for box in fallback.nodes}
    assert xs[START_NODE] < xs["受理"] < xs["审核"] < xs["领照"] < xs[END_NODE]


def test_labels_lie_on_their_own_line_or_nowhere() -> None:
    lines = [((0.0, 0.0), (100.0, 0.0)), ((0.0, 4.0), (100.0, 4.0)), ((0.0, 0.0), (10.0, 0.0))]
    box = (0.0, -10.0, 40.0, 10.0)
    places = place_labels(lines, [(50.0, 40.0), None, None], [box], (30.0, 10.0))
    assert places[0] == along(lines[0], 0.6)  # the wished place is beside the line, 0.5 and 0.4 touch the box
    assert places[1] is None  # every place on it touches the box or the first label
    assert places[2] is None
    assert distance((5.0, 3.0), lines[0]) == 3.0


def test_steps_without_times_have_no_heat_on_the_time_layer() -> None:
    process_map = small_map("受理", "审核")
    bare = replace(process_map.steps[0], wait_minutes_mean=None, work_minutes_median=None)
    process_map = replace(process_map, steps=(bare, *process_map.steps[1:]))
    scene = compose(lay_out(process_map), process_map, "time", words("zh"))
    by_name = {node.name: node for node in scene.nodes}
    assert (by_name["受理"].heat, by_name["受理"].value) == (0.0, "–")
    assert (by_name["审核"].heat, by_name["审核"].value) == (1.0, "15 分钟")


def test_a_step_only_the_other_map_has_is_a_ghost_at_its_place() -> None:
    before, after = small_map("受理", "审核", "领照"), small_map("受理", "领照")
    layout = lay_out(before)
    scene = compose(layout, after, "frequency", words("zh"), scale_of(before, after))
    ghosts = [node.name for node in scene.nodes if node.ghost]
    assert ghosts == ["审核"]
    assert not any("审核" in (edge.source, edge.target) for edge in scene.edges)


def test_svg_escapes_names_and_is_well_formed() -> None:
    evil = '<script>alert("1")</script>&'
    process_map = small_map(evil, "审核")
    for text in (
        draw_process_map(process_map, "zh"),
        draw_svg(compose(lay_out(process_map), process_map, "time", words("en")), evil),
    ):
        root = ElementTree.fromstring(text)
        assert root.tag.endswith("svg")
        assert "<script" not in text
        assert {element.tag.split("}")[1] for element in root.iter()} <= {
            "svg", "g", "title", "path", "polygon", "rect", "text",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"kind": "step", "name": "受理"}, SelectedStep("受理")),
        ({"kind": "edge", "source": "a", "target": "b"}, SelectedMove("a", "b")),
        (None, None),
        ("step", None),
        ({"kind": "step", "name": 3}, None),
        ({"kind": "edge", "source": "a"}, None),
    ],
)
def test_selection_from_the_browser_is_checked(value: object, expected: object) -> None:
    assert read_selection(value) == expected


def test_caps_are_those_promised() -> None:
    assert (layout_module.MAX_STEPS, layout_module.MAX_EDGES) == (60, 200)
