"""A plain layered layout with networkx alone: cycles broken, longest-path layers, barycentre order.

Straight lines instead of routes. Used only where graphlay gives no layout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx

from dashboards.process_map_view.label_places import Point
from mining.process_map import END_NODE, START_NODE, MapEdge

if TYPE_CHECKING:
    from dashboards.process_map_view.layout import Direction, NodeBox

LAYER_GAP, NODE_GAP, LOOP = 70.0, 34.0, 16.0
SWEEPS = 8


def place_in_layers(
    boxes: list[NodeBox], edges: Sequence[MapEdge], direction: Direction
) -> tuple[list[NodeBox], list[tuple[Point, ...]]]:
    """Boxes in layers along `direction`, edges as straight lines from border to border."""
    layers = _order(_layers([box.name for box in boxes], edges), edges)
    by_name = {box.name: box for box in boxes}
    placed = {box.name: box for layer in _coordinates(layers, by_name, direction) for box in layer}
    return [placed[box.name] for box in boxes], [_line(placed[e.source], placed[e.target]) for e in edges]


def _layers(names: list[str], edges: Sequence[MapEdge]) -> list[list[str]]:
    forward = nx.DiGraph()
    forward.add_nodes_from(names)
    for edge in sorted(edges, key=lambda e: (-e.moves, e.source, e.target)):
        # strongest first; an edge that would close a cycle points backwards in the drawing
        closes = edge.source == edge.target or nx.has_path(forward, edge.target, edge.source)
        if not closes:
            forward.add_edge(edge.source, edge.target)
    depth: dict[str, int] = {}
    for name in nx.lexicographical_topological_sort(forward):
        depth[name] = max((depth[before] + 1 for before in forward.predecessors(name)), default=1)
    depth[START_NODE] = 0
    depth[END_NODE] = max(depth.values()) + 1
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in names:
        layers[depth[name]].append(name)
    return [layer for layer in layers if layer]


def _order(layers: list[list[str]], edges: Sequence[MapEdge]) -> list[list[str]]:
    neighbours: dict[str, list[str]] = {}
    for edge in edges:
        neighbours.setdefault(edge.source, []).append(edge.target)
        neighbours.setdefault(edge.target, []).append(edge.source)
    for _ in range(SWEEPS):
        place = {name: i - (len(layer) - 1) / 2 for layer in layers for i, name in enumerate(layer)}
        for layer in layers:
            centre = {n: _mean([place[m] for m in neighbours.get(n, [n])]) for n in layer}
            layer.sort(key=lambda n: (centre[n], n))
    return layers


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _coordinates(
    layers: list[list[str]], boxes: dict[str, NodeBox], direction: Direction
) -> list[list[NodeBox]]:
    across = direction == "topbottom"
    result, along = [], 0.0
    for layer in layers:
        members = [boxes[name] for name in layer]
        sizes = [box.width if across else box.height for box in members]
        offset = -(sum(sizes) + NODE_GAP * (len(sizes) - 1)) / 2
        row = []
        for box, size in zip(members, sizes, strict=True):
            row.append(replace(box, x=offset, y=along) if across else replace(box, x=along, y=offset))
            offset += size + NODE_GAP
        result.append(row)
        along += max(box.height if across else box.width for box in members) + LAYER_GAP
    return result


def _line(source: NodeBox, target: NodeBox) -> tuple[Point, ...]:
    if source.name == target.name:
        right, y = source.x + source.width, source.y + source.height / 2
        return ((right, y - 8), (right + LOOP, y - 8), (right + LOOP, y + 8), (right, y + 8))
    return (_border(source, _centre(target)), _border(target, _centre(source)))


def _centre(box: NodeBox) -> Point:
    return box.x + box.width / 2, box.y + box.height / 2


def _border(box: NodeBox, towards: Point) -> Point:
    x, y = _centre(box)
    dx, dy = towards[0] - x, towards[1] - y
    scale = min(
        box.width / 2 / abs(dx) if dx else float("inf"), box.height / 2 / abs(dy) if dy else float("inf")
    )
    return (x, y) if scale == float("inf") else (x + dx * scale, y + dy * scale)
