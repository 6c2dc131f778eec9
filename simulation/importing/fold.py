"""A graph folded into blocks: what has one way in and one way out becomes a sequence, choice, loop or
parallel block, again and again, until one block is left.

Loops that are left by several ways are no blocks. Where only exclusive gateways are left, the rest is a chain
instead: a loop over a choice of its blocks, both looking at the last step passed, which decides where a case
goes next exactly as the diagram does.
"""

from __future__ import annotations

from collections import defaultdict

from simulation.importing.bpmn_graph import AND, BLOCK, XOR, Edge, Graph, Node
from simulation.importing.chain import Chain
from simulation.importing.last_steps import check_contexts
from simulation.importing.pieces import NOTHING, Names, block_of, in_sequence, last_of, plain_table
from simulation.service_model import Block, Choice, ContextRow, ContextTable, Loop, Parallel


def fold(graph: Graph) -> Block:
    """The flow of a normalised graph whose tasks have their blocks and whose splits have their chances.

    Uses the graph up. Raises `ModelError` naming the gateways of what is no combination of blocks and chains.
    """
    folder = _Folder(graph)
    while folder.step():
        pass
    flow = folder.whole() or Chain(graph, folder.names).block()
    check_contexts(flow, graph.file)
    return flow


class _Folder:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.names = Names()

    def step(self) -> bool:
        """One reduction, if there is one."""
        return (
            self._skip_gateway()
            or self._join_sequence()
            or self._fold_branches(XOR)
            or self._fold_branches(AND)
            or self._fold_loop()
        )

    def whole(self) -> Block | None:
        """The block between start and end, if nothing else is left."""
        rest = list(self.graph.of_kind(BLOCK))
        if len(rest) > 1 or list(self.graph.of_kind(XOR, AND)):
            return None
        return rest[0].block if rest else NOTHING

    # --- reductions ------------------------------------------------------------------------------------

    def _skip_gateway(self) -> bool:
        """A gateway with one way in and one way out does nothing."""
        for node in self.graph.of_kind(XOR, AND):
            ways_in, ways_out = self.graph.incoming(node.id), self.graph.outgoing(node.id)
            if len(ways_in) == len(ways_out) == 1 and ways_in[0] is not ways_out[0]:
                target = ways_out[0].target
                self.graph.edges.append(Edge(ways_in[0].id, ways_in[0].source, target, ways_in[0].weight))
                self.graph.remove(node)
                return True
        return False

    def _join_sequence(self) -> bool:
        """Two blocks one behind the other are one."""
        for edge in self.graph.edges:
            first, second = self.graph.nodes[edge.source], self.graph.nodes[edge.target]
            if first.kind == second.kind == BLOCK and first is not second:
                first.block = in_sequence(block_of(first), block_of(second))
                for way in self.graph.outgoing(second.id):
                    self.graph.edges.append(Edge(way.id, first.id, way.target, way.weight))
                self.graph.remove(second)
                return True
        return False

    def _paths(self, split: Node, kind: str) -> dict[str, list[tuple[Edge, Node | None]]]:
        """Ways out of a gateway by the gateway of the kind they lead to, straight or through one block."""
        found: dict[str, list[tuple[Edge, Node | None]]] = defaultdict(list)
        for edge in self.graph.outgoing(split.id):
            node: Node | None = self.graph.nodes[edge.target]
            target = edge.target
            if node is not None and node.kind == BLOCK:
                target = self.graph.outgoing(node.id)[0].target
            else:
                node = None
            if self.graph.nodes[target].kind == kind and target != split.id:
                found[target].append((edge, node))
        return found

    def _fold_branches(self, kind: str) -> bool:
        """Ways from one gateway to one other are a choice, or a parallel block."""
        for split in self.graph.of_kind(kind):
            for target, paths in self._paths(split, kind).items():
                if len(paths) > 1:
                    branches = tuple(NOTHING if node is None else block_of(node) for _, node in paths)
                    weights = [edge.weight for edge, _ in paths]
                    self._replace_paths(split, target, paths, self._branching(split, branches, weights))
                    return True
        return False

    def _branching(self, split: Node, branches: tuple[Block, ...], weights: list[float]) -> Block | None:
        if all(branch == NOTHING for branch in branches):
            return None
        if split.kind == AND:
            return Parallel(parallel=branches)
        return Choice(choice=branches, name=self.names.at(split), table=plain_table(*weights))

    def _replace_paths(
        self, split: Node, target: str, paths: list[tuple[Edge, Node | None]], block: Block | None
    ) -> None:
        edges = [edge for edge, _ in paths]
        weight = sum(edge.weight for edge in edges)
        self.graph.edges = [edge for edge in self.graph.edges if not any(edge is other for other in edges)]
        self.graph.remove(*(node for _, node in paths if node is not None))
        self._add_path(split.id, target, weight, block, split)

    def _add_path(self, source: str, target: str, weight: float, block: Block | None, like: Node) -> None:
        """A way from one node to another through a block, or straight."""
        if block is None:
            self.graph.edges.append(Edge(like.id, source, target, weight))
            return
        node = Node(f"{like.id} block {len(self.graph.edges)}", BLOCK, like.label, like.tag, block)
        while node.id in self.graph.nodes:
            node.id += "'"
        self.graph.nodes[node.id] = node
        self.graph.edges.append(Edge(f"{node.id} in", source, node.id, weight))
        self.graph.edges.append(Edge(f"{node.id} out", node.id, target))

    def _fold_loop(self) -> bool:
        """A join, a block, a split, and one way from the split back to the join."""
        for join in self.graph.of_kind(XOR):
            onward = self.graph.outgoing(join.id)
            if len(onward) != 1:
                continue
            body, split = self._through(onward[0])
            if split.kind != XOR or split is join:
                continue
            back = self._paths(split, XOR).get(join.id, [])
            if len(back) == 1 and len(self.graph.outgoing(split.id)) > 1:
                self._close_loop(join, body, split, back[0])
                return True
        return False

    def _through(self, edge: Edge) -> tuple[Node | None, Node]:
        """The block an edge leads to, if any, and the node behind it."""
        node = self.graph.nodes[edge.target]
        if node.kind != BLOCK:
            return None, node
        return node, self.graph.nodes[self.graph.outgoing(node.id)[0].target]

    def _close_loop(self, join: Node, body: Node | None, split: Node, back: tuple[Edge, Node | None]) -> None:
        edge, returning = back
        ways = self.graph.outgoing(split.id)
        again = edge.weight / sum(way.weight for way in ways)
        loop = self._loop(split, body, returning, again)
        gone = [edge, *self.graph.outgoing(join.id)]
        self.graph.edges = [e for e in self.graph.edges if not any(e is other for other in gone)]
        self.graph.remove(*(node for node in (body, returning) if node is not None))
        self._add_path(join.id, split.id, 1.0, loop, split)

    def _loop(self, split: Node, body: Node | None, returning: Node | None, again: float) -> Block | None:
        if returning is None:
            if body is None:
                return None  # round and round without doing anything
            return Loop(loop=block_of(body), name=self.names.at(split), table=plain_table(again, 1 - again))
        if body is None:
            rounds = Loop(
                loop=block_of(returning), name=self.names.at(split), table=plain_table(again, 1 - again)
            )
            return Choice(
                choice=(NOTHING, rounds), name=self.names.at(split), table=plain_table(1 - again, again)
            )
        last_of(self.graph, body)  # passes a step in any case, or the last one would not tell what was done
        whether = Choice(
            choice=(NOTHING, block_of(returning)),
            name=self.names.at(split),
            table=plain_table(1 - again, again),
        )
        rows = [ContextRow(after=(), weights=(0, 1))]
        rows += [ContextRow(after=(step,), weights=(1, 0)) for step in last_of(self.graph, returning)]
        return Loop(
            loop=in_sequence(block_of(body), whether),
            name=self.names.at(split),
            table=ContextTable(rows=tuple(rows)),
        )
