"""Where the boxes, routes and labels of a process map go, in pixels. One layout feeds screen and reports.

`graphlay` computes it (pinned, behind `_place`); where it fails, `fallback.py` does with networkx alone.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from dashboards.process_map_view import labels
from dashboards.process_map_view.fallback import place_in_layers
from dashboards.process_map_view.label_places import Point, place_labels
from mining.process_map import END_NODE, START_NODE, MapEdge, MapStep, ProcessMap

MAX_STEPS = 60
MAX_EDGES = 200
END_SIZE = (54.0, 28.0)
PADDING_X, PADDING_Y, LINE_PX = 11.0, 8.0, 17.0
LABEL_SIZE = (50.0, 14.0)  # "1.2 工作日" and "123,456" fit at 11 px
MARGIN = 14.0
NARROWEST = 58.0  # room for the number under a short name
THINNEST, THICKEST = 1.2, 7.0

Direction = Literal["leftright", "topbottom"]
Ends = tuple[str, str]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NodeBox:
    """A box; `x`, `y` is its upper left corner. START and END are boxes without lines."""

    name: str
    lines: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class EdgeRoute:
    """A polyline from border to border, and the centre of its label; None where there is no room for one."""

    source: str
    target: str
    points: tuple[Point, ...]
    label_at: Point | None = None

    @property
    def ends(self) -> Ends:
        """(source, target)."""
        return self.source, self.target


@dataclass(frozen=True)
class MapLayout:
    """Boxes and routes of a map, `width` x `height` pixels, and what the caps left out."""

    nodes: tuple[NodeBox, ...]
    edges: tuple[EdgeRoute, ...]
    width: float
    height: float
    steps_left_out: int = 0
    edges_left_out: int = 0

    def node(self, name: str) -> NodeBox | None:
        """The box of this step, or None."""
        return next((box for box in self.nodes if box.name == name), None)


def lay_out(process_map: ProcessMap, *, direction: Direction = "leftright", aspect: float = 1.9) -> MapLayout:
    """Positions for a map, the same for the same map.

    The `MAX_STEPS` most frequent steps and `MAX_EDGES` most frequent moves between them are drawn; the rest
    is counted in the layout. A flow much longer than `aspect` (width / height) is wrapped into rows.
    """
    steps, edges = capped(process_map)
    names = [START_NODE, *(step.name for step in steps), END_NODE]
    boxes = [_box(name) for name in names]
    try:
        placed, routes = _place(boxes, edges, direction, aspect)
    except ValueError as error:  # GraphlayError: a limit, a graph it refuses
        log.warning("graphlay gave no layout (%s); falling back to layers", error)
        placed, points = place_in_layers(boxes, edges, direction)
        routes = _labelled(placed, edges, points, [None] * len(edges))
    shifted = _to_origin(placed, routes)
    return replace(
        shifted,
        steps_left_out=len(process_map.steps) - len(steps),
        edges_left_out=len(process_map.edges) - len(edges),
    )


def capped(process_map: ProcessMap) -> tuple[Sequence[MapStep], Sequence[MapEdge]]:
    """The steps and moves that are drawn, each edge with both of its ends."""
    steps = process_map.steps[:MAX_STEPS]
    drawn = {START_NODE, END_NODE, *(step.name for step in steps)}
    edges = [edge for edge in process_map.edges if edge.source in drawn and edge.target in drawn]
    return steps, edges[:MAX_EDGES]


def stroke_width(moves: int, most: int) -> float:
    """Width of an edge in pixels, by the square root of its share of the most frequent one."""
    return round(THINNEST + (THICKEST - THINNEST) * (moves / most) ** 0.5, 2) if most else THINNEST


def _box(name: str) -> NodeBox:
    if name in (START_NODE, END_NODE):
        return NodeBox(name, (), 0, 0, *END_SIZE)
    lines = labels.wrap(name)
    text_width = max(labels.width_em(line) for line in lines) * labels.FONT_PX
    width = max(text_width, NARROWEST) + 2 * PADDING_X
    return NodeBox(name, lines, 0, 0, round(width, 1), (len(lines) + 1) * LINE_PX + 2 * PADDING_Y)


def _place(
    boxes: list[NodeBox], edges: Sequence[MapEdge], direction: Direction, aspect: float
) -> tuple[list[NodeBox], list[EdgeRoute]]:
    import graphlay

    graph = graphlay.Graph()
    for box in boxes:
        graph.node(box.name, width=box.width, height=box.height)
    most = max((edge.moves for edge in edges), default=0)
    for edge in edges:
        graph.edge(
            edge.source,
            edge.target,
            weight=1 + 9 * edge.moves / most,
            thickness=stroke_width(edge.moves, most),
            label_size={"width": LABEL_SIZE[0], "height": LABEL_SIZE[1]},
        )
    options: dict[str, Any] = {
        "direction": direction,
        "wrap": {"viewport_aspect": aspect},
        "spacing": {"layer_gap": 60.0, "node_gap": 26.0, "dummy_gap": 18.0, "edge_label_margin": 10.0},
        "labels": {"reservation": "always"},
    }
    found = graphlay.layout(graph, preset="process_map", options=options)
    if any(_slants(edge["points"]) for edge in found.edges):
        # a move between rows of a wrapped flow may cut straight through the drawing: route all anew
        for node, at in zip(graph.nodes, found.nodes, strict=True):
            node["position"] = at["center"]
        del options["wrap"]
        found = graphlay.reroute(graph, preset="process_map", options=options)
    placed = [
        replace(
            box,
            x=node["center"]["x"] - box.width / 2,
            y=node["center"]["y"] - box.height / 2,
        )
        for box, node in zip(boxes, found.nodes, strict=True)
    ]
    points = [tuple((p["x"], p["y"]) for p in drawn["points"]) for drawn in found.edges]
    anchors = [drawn["label_anchor"] for drawn in found.edges]
    wished = [(anchor["x"], anchor["y"]) if anchor else None for anchor in anchors]
    return placed, _labelled(placed, edges, points, wished)


def _slants(points: list[dict[str, float]]) -> bool:
    return any(abs(a["x"] - b["x"]) > 1 and abs(a["y"] - b["y"]) > 1 for a, b in pairwise(points))


def _labelled(
    boxes: list[NodeBox],
    edges: Sequence[MapEdge],
    points: Sequence[tuple[Point, ...]],
    wished: Sequence[Point | None],
) -> list[EdgeRoute]:
    rectangles = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes]
    places = place_labels(points, wished, rectangles, LABEL_SIZE)
    return [
        EdgeRoute(edge.source, edge.target, line, at)
        for edge, line, at in zip(edges, points, places, strict=True)
    ]


def _to_origin(nodes: list[NodeBox], edges: list[EdgeRoute]) -> MapLayout:
    """Everything moved so that the drawing begins at (MARGIN, MARGIN); labels are inside, too."""
    half_width, half_height = LABEL_SIZE[0] / 2, LABEL_SIZE[1] / 2
    xs = [x for box in nodes for x in (box.x, box.x + box.width)]
    ys = [y for box in nodes for y in (box.y, box.y + box.height)]
    for edge in edges:
        xs += [x for x, _ in edge.points]
        ys += [y for _, y in edge.points]
        if edge.label_at:
            xs += [edge.label_at[0] - half_width, edge.label_at[0] + half_width]
            ys += [edge.label_at[1] - half_height, edge.label_at[1] + half_height]
    dx, dy = MARGIN - min(xs), MARGIN - min(ys)

    def moved(at: Point) -> Point:
        return round(at[0] + dx, 1), round(at[1] + dy, 1)

    boxes = tuple(replace(box, x=round(box.x + dx, 1), y=round(box.y + dy, 1)) for box in nodes)
    routes = tuple(
        replace(
            edge,
            points=tuple(moved(at) for at in edge.points),
            label_at=moved(edge.label_at) if edge.label_at else None,
        )
        for edge in edges
    )
    width, height = max(xs) - min(xs) + 2 * MARGIN, max(ys) - min(ys) + 2 * MARGIN
    return MapLayout(boxes, routes, round(width, 1), round(height, 1))
