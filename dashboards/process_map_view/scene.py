"""What a map shows on top of its layout: widths, heat, labels. Component and static SVG draw one scene."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

from dashboards.process_map_view.label_places import Point
from dashboards.process_map_view.layout import EdgeRoute, MapLayout, stroke_width
from dashboards.words import Words
from mining.process_map import END_NODE, START_NODE, MapEdge, MapStep, ProcessMap

Layer = Literal["frequency", "time"]
CORNER = 9.0


@dataclass(frozen=True)
class Scale:
    """The largest values of the maps that are compared: equal width and heat then mean equal numbers."""

    events: int
    moves: int
    step_minutes: float
    edge_minutes: float


@dataclass(frozen=True)
class DrawnNode:
    """A box with its text. `heat` is 0 to 1; a ghost is a step the other map has and this one has not."""

    id: str
    name: str
    kind: Literal["step", "end"]
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    value: str
    heat: float
    ghost: bool
    tooltip: str


@dataclass(frozen=True)
class DrawnEdge:
    """A route as an SVG path with its arrowhead (polygon points) and label."""

    id: str
    source: str
    target: str
    path: str
    arrow: str
    stroke: float
    heat: float
    label: str
    label_x: float
    label_y: float
    tooltip: str


@dataclass(frozen=True)
class Scene:
    """Everything a drawing needs, in pixels."""

    width: float
    height: float
    layer: Layer
    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values for the component."""
        return asdict(self)


def scale_of(*maps: ProcessMap) -> Scale:
    """The common scale of maps drawn side by side."""
    steps = [step for process_map in maps for step in process_map.steps]
    edges = [edge for process_map in maps for edge in process_map.edges]
    return Scale(
        events=max((step.events for step in steps), default=0),
        moves=max((edge.moves for edge in edges), default=0),
        step_minutes=_largest(step_minutes(step) for step in steps),
        edge_minutes=_largest(edge.minutes_mean for edge in edges),
    )


def compose(
    layout: MapLayout, process_map: ProcessMap, layer: Layer, w: Words, scale: Scale | None = None
) -> Scene:
    """The scene of a map on a layout of this map or of a union with others; edges it lacks are left out."""
    scale = scale or scale_of(process_map)
    steps = {step.name: step for step in process_map.steps}
    edges = {(edge.source, edge.target): edge for edge in process_map.edges}
    nodes = []
    for box in layout.nodes:
        step = steps.get(box.name)
        end = box.name in (START_NODE, END_NODE)
        nodes.append(
            DrawnNode(
                id=f"step:{box.name}",
                name=box.name,
                kind="end" if end else "step",
                x=box.x,
                y=box.y,
                width=box.width,
                height=box.height,
                lines=(end_label(box.name, w),) if end else box.lines,
                value=_step_value(step, layer, w) if step else "",
                heat=_step_heat(step, layer, scale) if step else 0.0,
                ghost=step is None and not end,
                tooltip=_step_tooltip(step, w) if step else end_label(box.name, w),
            )
        )
    drawn = tuple(
        _edge(route, edges[route.ends], layer, w, scale) for route in layout.edges if route.ends in edges
    )
    return Scene(layout.width, layout.height, layer, tuple(nodes), drawn)


def step_minutes(step: MapStep) -> float | None:
    """What the time layer colours a step by: its mean wait plus its median work, where either is known."""
    known = [m for m in (step.wait_minutes_mean, step.work_minutes_median) if m is not None]
    return sum(known) if known else None


def end_label(name: str, w: Words) -> str:
    """A step's name, or the word for the start and the end of the map."""
    return {START_NODE: w("map_start"), END_NODE: w("map_end")}.get(name, name)


def _largest(values: Iterable[float | None]) -> float:
    return max((value for value in values if value is not None), default=0.0)


def _share(value: float | None, largest: float) -> float:
    """0 to 1 by square root, so that small values still differ."""
    return round((max(value, 0.0) / largest) ** 0.5, 3) if value and largest else 0.0


def _step_value(step: MapStep, layer: Layer, w: Words) -> str:
    if layer == "frequency":
        return w.count(step.events)
    minutes = step_minutes(step)
    return w.duration(minutes) if minutes is not None else w("unknown_short")


def _step_heat(step: MapStep, layer: Layer, scale: Scale) -> float:
    if layer == "frequency":
        return _share(step.events, scale.events)
    return _share(step_minutes(step), scale.step_minutes)


def _step_tooltip(step: MapStep, w: Words) -> str:
    lines = [step.name, w("tip_step_counts", events=w.count(step.events), cases=w.count(step.cases))]
    if step.wait_minutes_mean is not None:
        lines.append(w("tip_step_wait", time=w.duration(step.wait_minutes_mean)))
    if step.work_minutes_median is not None:
        lines.append(w("tip_step_work", time=w.duration(step.work_minutes_median)))
    return "\n".join(lines)


def _edge(route: EdgeRoute, edge: MapEdge, layer: Layer, w: Words, scale: Scale) -> DrawnEdge:
    stroke = stroke_width(edge.moves, scale.moves)
    unknown = edge.minutes_mean is None
    time = w("unknown_short") if edge.minutes_mean is None else w.duration(edge.minutes_mean)
    heat = (
        _share(edge.moves, scale.moves)
        if layer == "frequency"
        else _share(edge.minutes_mean, scale.edge_minutes)
    )
    label = w.count(edge.moves) if layer == "frequency" else ("" if unknown else time)
    if route.label_at is None:
        label = ""
    title = w("arrow", a=end_label(edge.source, w), b=end_label(edge.target, w))
    path, arrow = _path_and_arrow(route.points, stroke)
    label_x, label_y = _beside(route, stroke)
    return DrawnEdge(
        id=f"edge:{edge.source}\n{edge.target}",
        source=edge.source,
        target=edge.target,
        path=path,
        arrow=arrow,
        stroke=stroke,
        heat=heat,
        label=label,
        label_x=label_x,
        label_y=label_y,
        tooltip=f"{title}\n{w('tip_edge', moves=w.count(edge.moves), cases=w.count(edge.cases), time=time)}",
    )


def _beside(route: EdgeRoute, stroke: float) -> Point:
    """The label's place moved off a thick horizontal line, above it, or off a loop."""
    if route.label_at is None:
        return 0.0, 0.0
    x, y = route.label_at
    if route.source == route.target:  # beyond the loop, which is smaller than its label
        (first_x, first_y), (last_x, _) = route.points[0], route.points[-1]
        if abs(first_x - last_x) < 1:
            return x + (24 if x > first_x else -24), y
        return x, y + (9 if y > first_y else -6)
    for (x0, y0), (x1, y1) in pairwise(route.points):
        if abs(y0 - y1) < 1 and abs(y - y0) < 1 and min(x0, x1) <= x <= max(x0, x1):
            return x, round(y - stroke / 2 - 5, 1)
    return x, y


def _path_and_arrow(points: Sequence[Point], stroke: float) -> tuple[str, str]:
    """An SVG path with rounded corners that stops where its arrowhead begins, and the arrowhead."""
    head = 5.0 + stroke * 1.3
    (x0, y0), (x1, y1) = points[-2], points[-1]
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 or 1.0
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    base = (x1 - ux * head, y1 - uy * head)
    half = head * 0.55
    arrow = [(x1, y1), (base[0] - uy * half, base[1] + ux * half), (base[0] + uy * half, base[1] - ux * half)]
    line = [*points[:-1], (x1 - ux * min(head * 0.8, length), y1 - uy * min(head * 0.8, length))]
    return _rounded(line), " ".join(f"{x:.1f},{y:.1f}" for x, y in arrow)


def _rounded(points: Sequence[Point]) -> str:
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        enter, leave = _towards(corner, before), _towards(corner, after)
        parts.append(f"L{enter[0]:.1f} {enter[1]:.1f}")
        parts.append(f"Q{corner[0]:.1f} {corner[1]:.1f} {leave[0]:.1f} {leave[1]:.1f}")
    parts.append(f"L{points[-1][0]:.1f} {points[-1][1]:.1f}")
    return "".join(parts)


def _towards(corner: Point, other: Point) -> Point:
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    reach = min(CORNER, length / 2)
    return corner[0] + dx / length * reach, corner[1] + dy / length * reach
