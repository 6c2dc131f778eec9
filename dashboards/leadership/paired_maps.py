"""Two maps on one layout: what both have stands at the same place, width and colour mean the same numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboards.process_map_view import Layer, Scene, compose, lay_out
from dashboards.process_map_view.scene import scale_of
from dashboards.words import Words
from mining.process_map import MapEdge, MapStep, ProcessMap, filter_process_map

ASPECT = 4.0


@dataclass(frozen=True)
class PairedMaps:
    """The scenes before and after."""

    before: Scene
    after: Scene


def pair_maps(
    before: ProcessMap, after: ProcessMap, layer: Layer, w: Words, *, paths_share: float = 0.1
) -> PairedMaps:
    """The scenes of two maps, each filtered alike, laid out as their union."""
    shown = [filter_process_map(each, 1.0, paths_share) for each in (before, after)]
    layout = lay_out(_union(shown[0], shown[1]), aspect=ASPECT)
    scale = scale_of(*shown)
    scenes = [compose(layout, each, layer, w, scale) for each in shown]
    return PairedMaps(scenes[0], scenes[1])


def _union(a: ProcessMap, b: ProcessMap) -> ProcessMap:
    """All steps and moves of both, counts added; the times stay those of one, a layout needs none."""
    steps: dict[str, MapStep] = {}
    edges: dict[tuple[str, str], MapEdge] = {}
    for step in (*a.steps, *b.steps):
        known = steps.get(step.name)
        steps[step.name] = replace(step, events=step.events + known.events) if known else step
    for edge in (*a.edges, *b.edges):
        ends = (edge.source, edge.target)
        other = edges.get(ends)
        edges[ends] = replace(edge, moves=edge.moves + other.moves) if other else edge
    return replace(
        a,
        steps=tuple(sorted(steps.values(), key=lambda s: (-s.events, s.name))),
        edges=tuple(sorted(edges.values(), key=lambda e: (-e.moves, e.source, e.target))),
    )
