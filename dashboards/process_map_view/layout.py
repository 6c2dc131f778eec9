"""Where the boxes, routes and labels of a process map go, in pixels. One layout feeds screen and reports.

`graphlay` computes it (pinned, behind `_place`); where it fails, `fallback.py` does with networkx alone.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dashboards.process_map_view import labels
from dashboards.process_map_view.fallback import place_in_layers
from mining.process_map import END_NODE, START_NODE, MapEdge, MapStep, ProcessMap

MAX_STEPS = 60
MAX_EDGES = 200
END_SIZE = (54.0, 28.0)
PADDING_X, PADDING_Y, LINE_PX = 11.0, 8.0, 17.0
LABEL_SIZE = (62.0, 16.0)  # "12.3 工作日" fits at 11 px
MARGIN = 14.0
THINNEST, THICKEST = 1.2, 7.0

Direction = Literal["leftright", "topbottom"]
Point = tuple[float, float]
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
    """A polyline from border to border, and the centre of its label."""

    source: str
    target: str
    points: tuple[Point, ...]
    label_x: float
    label_y: float

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


def lay_out(
    process_map: ProcessMap, *, direction: Direction = "leftright", aspect: float = 1.9
) -> MapLayout:
    """Positions for a map, the same for the same map.

    The `MAX_STEPS` most frequent steps and `MAX_EDGES` most frequent moves between them are drawn; the rest is
    counted in the layout. A flow much longer than `aspect` (width / height) is wrapped into rows.
    """
    steps, edges = capped(process_map)
    names = [START_NODE, *(step.name for step in steps), END_NODE]
    boxes = [_box(name) for name in names]
    try:
        placed = _place(boxes, edges, direction, aspect)
    except ValueError as error:  # GraphlayError: a limit, a graph it refuses
        log.warning("graphlay gave no layout (%s); falling back to layers", error)
        placed = place_in_layers(boxes, edges, direction)
    shifted = _to_origin(*placed)
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
    width = max(text_width, LABEL_SIZE[0]) + 2 * PADDING_X
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
    options = {
        "direction": direction,
        "wrap": {"viewport_aspect": aspect},
        "spacing": {"layer_gap": 40.0, "node_gap": 26.0, "dummy_gap": 18.0, "edge_label_margin": 10.0},
    }
    found = graphlay.layout(graph, preset="process_map", options=options)
    placed = [
        replace(
            box,
            x=node["center"]["x"] - box.width / 2,
            y=node["center"]["y"] - box.height / 2,
        )
        for box, node in zip(boxes, found.nodes, strict=True)
    ]
    routes = [_route(edge, drawn) for edge, drawn in zip(edges, found.edges, strict=True)]
    return placed, routes


def _route(edge: MapEdge, drawn: dict) -> EdgeRoute:
    points = tuple((point["x"], point["y"]) for point in drawn["points"])
    anchor = drawn.get("label_anchor")
    label = (anchor["x"], anchor["y"]) if anchor else middle(points)
    return EdgeRoute(edge.source, edge.target, points, *label)


def middle(points: Sequence[Point]) -> Point:
    """The point half way along a polyline."""
    lengths = [abs(b[0] - a[0]) + abs(b[1] - a[1]) for a, b in zip(points, points[1:], strict=False)]
    left = sum(lengths) / 2
    for (a, b), length in zip(zip(points, points[1:], strict=False), lengths, strict=True):
        if length >= left and length > 0:
            share = left / length
            return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])
        left -= length
    return points[0] if points else (0.0, 0.0)


def _to_origin(nodes: list[NodeBox], edges: list[EdgeRoute]) -> MapLayout:
    """Everything moved so that the drawing begins at (MARGIN, MARGIN); labels are inside, too."""
    half_width, half_height = LABEL_SIZE[0] / 2, LABEL_SIZE[1] / 2
    xs = [x for box in nodes for x in (box.x, box.x + box.width)]
    ys = [y for box in nodes for y in (box.y, box.y + box.height)]
    for edge in edges:
        xs += [x for x, _ in edge.points] + [edge.label_x - half_width, edge.label_x + half_width]
        ys += [y for _, y in edge.points] + [edge.label_y - half_height, edge.label_y + half_height]
    dx, dy = MARGIN - min(xs), MARGIN - min(ys)
    moved = tuple(replace(box, x=round(box.x + dx, 1), y=round(box.y + dy, 1)) for box in nodes)
    routes = tuple(
        EdgeRoute(
            edge.source,
            edge.target,
            tuple((round(x + dx, 1), round(y + dy, 1)) for x, y in edge.points),
            round(edge.label_x + dx, 1),
            round(edge.label_y + dy, 1),
        )
        for edge in edges
    )
    width, height = max(xs) - min(xs) + 2 * MARGIN, max(ys) - min(ys) + 2 * MARGIN
    return MapLayout(moved, routes, round(width, 1), round(height, 1))
