"""The material dependency graph: document -> step that asks for it, step -> document it issues.

A step depends on another if it asks for a document the other issues, directly or over others. Documents that
exist electronically as soon as the licence behind them does (`electronic_documents.yaml`) are on the graph,
marked, and hold nobody up; what follows if only the paper counts is told beside it.

From the graph follow, for steps: cycles (a needs what b issues and b what a issues: one of the two must do
without, or they go in rounds), layers (steps of one layer need nothing of one another), and the critical
path: the chain of dependent steps with most time, each counted with its mean time from the moment it could
begin to its end, in working hours. Steps tied in a cycle stand in one layer and count together on a path.

A step whose times the log does not know counts as no time.

Example: 设立登记 issues 营业执照; 刻章 asks for it, issues 公章; 税务 asks for both. Layers: 设立登记, then
刻章 and 税务 (a seal is electronic); on paper 设立登记, then 刻章, then 税务.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import networkx as nx
import pandas as pd
from pydantic import JsonValue

from mining.diagnostics.document_flow import DocumentFlow, electronic_documents, find_document_flow
from mining.event_log import LIST_SEPARATOR, EventLog, holds
from mining.material_merges import aliases_of
from mining.text import Text
from mining.waiting import sum_times_by_step
from mining.working_time import OFFICE_HOURS, WorkingCalendar

NodeKind = Literal["step", "document"]
_PURPOSE = Text(zh="材料依赖图", en="the graph of documents and steps")


@dataclass(frozen=True)
class GraphNode:
    """A step (`count`: its events) or a document (`count`: its submissions)."""

    name: str
    kind: NodeKind
    count: int
    electronic: bool = False  # a document that exists electronically anyhow


@dataclass(frozen=True)
class GraphEdge:
    """ "asked": document -> step, counted in submissions; "issued": step -> document, in events."""

    source: str
    target: str
    kind: Literal["asked", "issued"]
    count: int


@dataclass(frozen=True)
class MaterialGraph:
    """Nodes and edges, and what follows from them for the steps that ask for or issue documents.

    `layers` and `critical_path` take electronic documents as held at once; `layers_on_paper` do not.
    `critical_path_working_hours` is None where the log tells no times.
    """

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    cycles: tuple[tuple[str, ...], ...]
    layers: tuple[tuple[str, ...], ...]
    layers_on_paper: tuple[tuple[str, ...], ...]
    critical_path: tuple[str, ...]
    critical_path_working_hours: float | None

    def to_json(self) -> dict[str, JsonValue]:
        """All of it; keys as the fields."""
        return {
            "nodes": [
                {"name": n.name, "kind": n.kind, "count": n.count, "electronic": n.electronic}
                for n in self.nodes
            ],
            "edges": [
                {"source": e.source, "target": e.target, "kind": e.kind, "count": e.count} for e in self.edges
            ],
            "cycles": [[*cycle] for cycle in self.cycles],
            "layers": [[*layer] for layer in self.layers],
            "layers_on_paper": [[*layer] for layer in self.layers_on_paper],
            "critical_path": [*self.critical_path],
            "critical_path_working_hours": self.critical_path_working_hours,
        }


def find_material_graph(log: EventLog, calendar: WorkingCalendar = OFFICE_HOURS) -> MaterialGraph:
    """The graph of a log; raises `MissingColumnsError` where the log does not tell what steps issue."""
    flow = find_document_flow(log, _PURPOSE)
    steps = sorted({*flow.issues, *flow.asks})
    hours = _hours(log, calendar)
    paper, anyhow = _step_graph(flow, steps, frozenset()), _step_graph(flow, steps, electronic_documents())
    path, length = _critical_path(anyhow, hours)
    return MaterialGraph(
        nodes=_nodes(log, flow, steps),
        edges=_edges(log, flow),
        cycles=_cycles(paper),
        layers=_layers(anyhow),
        layers_on_paper=_layers(paper),
        critical_path=path,
        critical_path_working_hours=None if length is None else round(length, 2),
    )


def _step_graph(flow: DocumentFlow, steps: list[str], without: frozenset[str]) -> nx.DiGraph:
    """a -> b where b asks for a document a issues; a step's own documents tie it to nobody."""
    graph = nx.DiGraph()
    graph.add_nodes_from(steps)
    issuers: dict[str, list[str]] = {}
    for step, documents in flow.issues.items():
        for document in documents - without:
            issuers.setdefault(document, []).append(step)
    for step, documents in flow.asks.items():
        own = flow.issues.get(step, frozenset())
        graph.add_edges_from((issuer, step) for d in documents - own for issuer in issuers.get(d, []))
    return graph


def _cycles(graph: nx.DiGraph) -> tuple[tuple[str, ...], ...]:
    """Groups of steps that need one another's documents."""
    found = [tuple(sorted(part)) for part in nx.strongly_connected_components(graph) if len(part) > 1]
    return tuple(sorted(found))


def _layers(graph: nx.DiGraph) -> tuple[tuple[str, ...], ...]:
    condensed = nx.condensation(graph)
    return tuple(
        tuple(sorted(step for group in layer for step in condensed.nodes[group]["members"]))
        for layer in nx.topological_generations(condensed)
    )


def _critical_path(graph: nx.DiGraph, hours: dict[str, float]) -> tuple[tuple[str, ...], float | None]:
    """The chain with most hours; ties by name. Without times the longest chain, and no hours."""
    if not len(graph):
        return (), None
    condensed = nx.condensation(graph)
    members = {group: sorted(condensed.nodes[group]["members"]) for group in condensed}
    weight = {g: sum(hours.get(step, 0.0) if hours else 1.0 for step in members[g]) for g in condensed}
    best: dict[int, tuple[float, tuple[str, ...]]] = {}
    for group in nx.topological_sort(condensed):
        before = [best[earlier] for earlier in condensed.predecessors(group)]
        length, chain = max(before, key=lambda found: (found[0], len(found[1]), found[1]), default=(0.0, ()))
        best[group] = (length + weight[group], (*chain, *members[group]))
    length, chain = max(best.values(), key=lambda found: (found[0], len(found[1]), found[1]))
    return chain, length if hours else None


def _hours(log: EventLog, calendar: WorkingCalendar) -> dict[str, float]:
    """Mean working hours from the moment a step could begin to its end."""
    return {
        each.step: each.reach_hours / each.reaches_known
        for each in sum_times_by_step(log, calendar).steps
        if each.reach_hours is not None and each.reaches_known
    }


def _nodes(log: EventLog, flow: DocumentFlow, steps: list[str]) -> tuple[GraphNode, ...]:
    events = log.events["activity"].value_counts()
    submissions = Counter[str]()
    for (document, _), n in _asked(log).items():
        submissions[document] += n
    documents = sorted({d for found in (flow.issues, flow.asks) for group in found.values() for d in group})
    electronic = electronic_documents()
    return (
        *(GraphNode(step, "step", int(events.get(step, 0))) for step in steps),
        *(GraphNode(name, "document", submissions[name], name in electronic) for name in documents),
    )


def _edges(log: EventLog, flow: DocumentFlow) -> tuple[GraphEdge, ...]:
    asked, issued = _asked(log), _issued(log)
    return (
        *(
            GraphEdge(document, step, "asked", asked[document, step])
            for step, documents in sorted(flow.asks.items())
            for document in sorted(documents)
        ),
        *(
            GraphEdge(step, document, "issued", issued[step, document])
            for step, documents in sorted(flow.issues.items())
            for document in sorted(documents)
        ),
    )


def _asked(log: EventLog) -> Counter[tuple[str, str]]:
    """Submissions by (document, step)."""
    if not (holds(log.materials, "activity") and holds(log.materials, "material_name")):
        return Counter()
    pairs = log.materials.dropna(subset=["activity", "material_name"])
    counts = pairs.groupby(["material_name", "activity"], observed=True).size()
    return _by_document(log, ((str(name), str(step), int(n)) for (name, step), n in counts.items()))


def _issued(log: EventLog) -> Counter[tuple[str, str]]:
    """Events by (step, document); documents only the materials table names as issued count 0."""
    if not log.has("issues"):
        return Counter()
    counts = log.events.groupby(["issues", "activity"]).size()
    each = (
        (name.strip(), str(step), int(n))
        for (names, step), n in counts.items()
        for name in str(names).split(LIST_SEPARATOR)
    )
    found = _by_document(log, each)
    return Counter({(step, document): n for (document, step), n in found.items()})


def _by_document(log: EventLog, rows: pd.Series) -> Counter[tuple[str, str]]:
    aliases, found = aliases_of(log), Counter[tuple[str, str]]()
    for name, step, n in rows:
        found[aliases.document_of(name), step] += n
    return found
