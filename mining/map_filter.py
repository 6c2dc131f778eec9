"""Which steps and edges of a process map stay, by frequency, without breaking it apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

HIDDEN_STEP_COST = 1e6  # more than any path of shown steps, whose moves cost about 1 each at most


@dataclass(frozen=True)
class MapGraph:
    """A map as numbers: steps 0 to n - 1, START n, END n + 1; steps and edges most frequent first."""

    n_steps: int
    source: np.ndarray
    target: np.ndarray
    moves: np.ndarray

    @property
    def start(self) -> int:
        """Number of START."""
        return self.n_steps

    @property
    def end(self) -> int:
        """Number of END."""
        return self.n_steps + 1


def choose_steps(graph: MapGraph, share: float) -> np.ndarray:
    """One bool a node: the most frequent share of steps (at least one) and the two ends.

    Also the steps without which one of these could not be reached from START, or could not reach END.
    """
    shown = np.zeros(graph.n_steps + 2, bool)
    shown[: max(1, _count(share, graph.n_steps))] = True
    shown[[graph.start, graph.end]] = True
    between = shown[graph.source] & shown[graph.target]
    for forward in (True, False):
        cut_off = np.flatnonzero(shown & ~_reached(graph, between, forward))
        if cut_off.size:
            before = _strongest_paths(graph, np.arange(graph.source.size), shown, forward)
            shown[list(_on_paths(before, cut_off))] = True
            between = shown[graph.source] & shown[graph.target]
    return shown


def choose_edges(graph: MapGraph, shown: np.ndarray, share: float) -> np.ndarray:
    """One bool an edge: of the edges between shown nodes the most frequent share, the strongest edge into and
    out of each shown step, and the edges without which a step would hang loose."""
    candidates = np.flatnonzero(shown[graph.source] & shown[graph.target])
    kept = np.zeros(graph.source.size, bool)
    kept[candidates[: _count(share, candidates.size)]] = True
    rarest_first = candidates[::-1]
    for ends in (graph.source[rarest_first], graph.target[rarest_first]):
        strongest = np.full(shown.size, -1)
        strongest[ends] = rarest_first  # the last write wins
        kept[strongest[strongest >= 0]] = True
    for forward in (True, False):
        loose = np.flatnonzero(shown & ~_reached(graph, kept, forward))
        if loose.size:
            _keep_paths(graph, kept, _strongest_paths(graph, candidates, shown, forward), loose, forward)
    return kept


def _count(share: float, total: int) -> int:
    return int(np.ceil(share * total - 1e-9))


def _reached(graph: MapGraph, edges: np.ndarray, forward: bool) -> np.ndarray:
    """Which nodes can be reached from START along these edges (or can reach END)."""
    tail, head = graph.source[edges], graph.target[edges]
    if not forward:
        tail, head = head, tail
    reached = np.zeros(graph.n_steps + 2, bool)
    reached[graph.start if forward else graph.end] = True
    known = 0
    while known < np.count_nonzero(reached):
        known = int(np.count_nonzero(reached))
        reached[head[reached[tail]]] = True
    return reached


def _strongest_paths(graph: MapGraph, edges: np.ndarray, shown: np.ndarray, forward: bool) -> np.ndarray:
    """For each node the node before it on the best path from START (or after it, on the way to END).

    A move costs the less the more frequent it is (1 for the rarest; of equals the first is cheapest), a step
    that is not shown `HIDDEN_STEP_COST`: the best path brings back the fewest hidden steps, then takes the
    strongest moves. Negative where there is no path.
    """
    tail, head = graph.source[edges], graph.target[edges]
    if not forward:
        tail, head = head, tail
    cost = 1 / graph.moves[edges] + 1e-9 * edges + HIDDEN_STEP_COST * ~shown[head]
    network = csr_array((cost, (tail, head)), shape=(shown.size, shown.size))
    origin = graph.start if forward else graph.end
    _, before = dijkstra(network, indices=origin, return_predecessors=True)
    return before


def _on_paths(before: np.ndarray, nodes: np.ndarray) -> set[int]:
    """All nodes on the paths that lead to `nodes`."""
    found: set[int] = set()
    for node in nodes.tolist():
        while node >= 0 and node not in found:
            found.add(node)
            node = int(before[node])
    return found


def _keep_paths(
    graph: MapGraph, kept: np.ndarray, before: np.ndarray, nodes: np.ndarray, forward: bool
) -> None:
    size = graph.n_steps + 2
    links = {(int(before[node]), node) for node in _on_paths(before, nodes) if before[node] >= 0}
    wanted = [a * size + b if forward else b * size + a for a, b in links]
    kept |= np.isin(graph.source * size + graph.target, wanted)
