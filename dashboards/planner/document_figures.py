"""Figures of documents: the heat map by department, and which steps need what others issue."""

from __future__ import annotations

from html import escape

import networkx as nx
import plotly.graph_objects as go

from dashboards.words import Words
from mining.material_graph import MaterialGraph
from mining.material_heat_map import MaterialHeatMap

ROW_PX = 26
LEAST_PX = 220
COLOURS = [[0.0, "rgba(31,111,235,0.04)"], [1.0, "#1f6feb"]]
STEP, LINE = "#1f6feb", "#8a94a0"


def draw_heat_map(found: MaterialHeatMap, value: str, w: Words) -> go.Figure:
    """One cell a document and department; `value` is "submissions", "avoidable" or "returns"."""
    cells = getattr(found, value)
    figure = go.Figure(
        go.Heatmap(
            z=cells,
            x=[escape(name) for name in found.departments],
            y=[escape(name) for name in found.documents],
            text=[[w.count(int(cell)) if cell else "" for cell in row] for row in cells],
            texttemplate="%{text}",
            colorscale=COLOURS,
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="%{y} · %{x}: %{z}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showgrid=False)
    figure.update_layout(
        height=max(LEAST_PX, ROW_PX * len(found.documents) + 60), margin={"l": 8, "r": 8, "t": 8, "b": 8}
    )
    return figure


def draw_dependencies(graph: MaterialGraph, w: Words, *, on_paper: bool) -> go.Figure:
    """Steps in columns by what they need; a line is a document one issues and the other asks for."""
    layers = graph.layers_on_paper if on_paper else graph.layers
    place = {
        step: (column, row - (len(layer) - 1) / 2)
        for column, layer in enumerate(layers)
        for row, step in enumerate(layer)
    }
    figure = go.Figure()
    for (source, target), documents in _needs(graph, on_paper).items():
        if source not in place or target not in place:
            continue
        (x0, y0), (x1, y1) = place[source], place[target]
        figure.add_annotation(
            x=x1, y=y1, ax=x0, ay=y0, xref="x", yref="y", axref="x", ayref="y", showarrow=True,
            arrowhead=2, arrowwidth=1.2, arrowcolor=LINE, standoff=12, startstandoff=12,
            hovertext=escape(w("list_separator").join(documents)),
        )  # fmt: skip
    figure.add_scatter(
        x=[x for x, _ in place.values()],
        y=[y for _, y in place.values()],
        mode="markers+text",
        text=[escape(step) for step in place],
        textposition="top center",
        marker={"size": 14, "color": STEP},
        hovertemplate="%{text}<extra></extra>",
    )
    figure.update_xaxes(visible=False, range=[-0.6, len(layers) - 0.4])
    tallest = max((len(layer) for layer in layers), default=1)
    figure.update_yaxes(visible=False, range=[-tallest / 2 - 0.1, tallest / 2 + 0.4])
    figure.update_layout(
        height=max(LEAST_PX, 44 * tallest + 60), margin={"l": 8, "r": 8, "t": 24, "b": 8}, showlegend=False
    )
    return figure


def _needs(graph: MaterialGraph, on_paper: bool) -> dict[tuple[str, str], list[str]]:
    """(issuing step, asking step) -> documents; those implied by a chain of others are left out."""
    electronic = {node.name for node in graph.nodes if node.electronic}
    issuers: dict[str, list[str]] = {}
    for edge in graph.edges:
        if edge.kind == "issued":
            issuers.setdefault(edge.target, []).append(edge.source)
    needs: dict[tuple[str, str], list[str]] = {}
    for edge in graph.edges:
        if edge.kind == "asked" and (on_paper or edge.source not in electronic):
            for issuer in issuers.get(edge.source, []):
                if issuer != edge.target:
                    needs.setdefault((issuer, edge.target), []).append(edge.source)
    between = nx.DiGraph(list(needs))
    if nx.is_directed_acyclic_graph(between):
        kept = set(nx.transitive_reduction(between).edges)
        return {pair: documents for pair, documents in needs.items() if pair in kept}
    return needs
