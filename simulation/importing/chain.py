"""What is no combination of blocks as a chain: from each block straight to the next by chance.

The chain is a loop over a choice of the blocks. Both look at the last step passed, which tells in which block
the case has been and so where it goes next, exactly as the gateways between the blocks do.
"""

from __future__ import annotations

from simulation.errors import ModelError
from simulation.importing.bpmn_graph import AND, BLOCK, END, START, Edge, Graph, Node
from simulation.importing.pieces import NOTHING, Names, block_of, in_sequence, last_of, plain_table
from simulation.service_model import Block, Choice, ContextRow, ContextTable, Loop

NEXT, AGAIN = "next 下一步", "again 再来"


class Chain:
    """The rest of a graph in which nothing more can be folded; only exclusive gateways are left between."""

    def __init__(self, graph: Graph, names: Names) -> None:
        self.graph = graph
        self.names = names

    def block(self) -> Block:
        """The rest of the graph as a loop over a choice, between the block before and the block behind it."""
        self._require_exclusive()
        before, after = self._peel(START), self._peel(END)
        blocks = list(self.graph.of_kind(BLOCK))
        start, end = next(self.graph.of_kind(START)), next(self.graph.of_kind(END))
        ways = self._ways([start, *blocks], [*blocks, end])
        first, *rows = ways
        again = [ContextRow(after=(), weights=(0, 1))]
        go = [ContextRow(after=(), weights=tuple(first[:-1]))]
        for block, row in zip(blocks, rows, strict=True):
            for step in last_of(self.graph, block):
                again.append(ContextRow(after=(step,), weights=(1 - row[-1], row[-1])))
                if sum(row[:-1]) > 0:
                    go.append(ContextRow(after=(step,), weights=tuple(row[:-1])))
        choice = Choice(
            choice=tuple(block_of(block) for block in blocks),
            name=self.names.like(NEXT),
            table=ContextTable(rows=tuple(go)),
        )
        rest: Block = Loop(loop=choice, name=self.names.like(AGAIN), table=ContextTable(rows=tuple(again)))
        if first[-1] > 0:
            rest = Choice(
                choice=(rest, NOTHING),
                name=self.names.like(NEXT),
                table=plain_table(1 - first[-1], first[-1]),
            )
        return in_sequence(*before, rest, *after)

    def _require_exclusive(self) -> None:
        for node in self.graph.of_kind(AND):
            raise self.graph.error(
                node,
                zh="的并行分支没有全部汇合到同一个并行网关，无法写成并行块。",
                en="has parallel branches that do not all meet in one parallel gateway; no parallel block.",
            )

    def _peel(self, kind: str) -> list[Block]:
        """The block that stands alone behind the start, or before the end."""
        node = next(self.graph.of_kind(kind))
        edge = (self.graph.outgoing if kind == START else self.graph.incoming)(node.id)[0]
        block = self.graph.nodes[edge.target if kind == START else edge.source]
        if block.kind != BLOCK:
            return []
        block_in, block_out = self.graph.incoming(block.id)[0], self.graph.outgoing(block.id)[0]
        source, target, weight = block_in.source, block_out.target, block_in.weight
        self.graph.remove(block)
        self.graph.edges.append(Edge(block.id, source, target, weight))
        return [block_of(block)]

    def _ways(self, sources: list[Node], targets: list[Node]) -> list[list[float]]:
        """Chances to come from each source to each target with only gateways between."""
        number = {node.id: n for n, node in enumerate(targets)}
        found = []
        for source in sources:
            chances = [0.0] * len(targets)
            carried = {self.graph.outgoing(source.id)[0].target: 1.0}
            while carried:
                at, chance = carried.popitem()
                if at in number:
                    chances[number[at]] += chance
                    continue
                ways = self.graph.outgoing(at)
                total = sum(way.weight for way in ways)
                for way in ways:
                    if way.weight > 0:
                        carried[way.target] = carried.get(way.target, 0.0) + chance * way.weight / total
                if chance < 1e-15:
                    raise ModelError(
                        zh=f"{self.graph.file}：网关 {at} 处在只有网关的循环中，无法转换。",
                        en=f"{self.graph.file}: the gateway {at} is in a circle of gateways alone, which "
                        "cannot be carried over.",
                    )
            found.append(chances)
        return found
