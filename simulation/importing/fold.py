"""A graph folded into blocks: what has one way in and one way out becomes a sequence, choice, loop or
parallel block, again and again, until one block is left.

Loops that are left by several ways are no blocks. Where only exclusive gateways are left, the rest is a chain
instead: a loop over a choice of its blocks, both looking at the last step passed, which decides where a case
goes next exactly as the diagram does.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from simulation.errors import ModelError
from simulation.importing.bpmn_graph import AND, BLOCK, END, START, XOR, Edge, Graph, Node
from simulation.importing.last_steps import check_contexts, last_steps
from simulation.service_model import (
    Block,
    Choice,
    ContextRow,
    ContextTable,
    Loop,
    Parallel,
    Sequence,
)

NOTHING = Sequence(sequence=())


def fold(graph: Graph) -> Block:
    """The flow of a normalised graph whose tasks have their blocks and whose splits have their chances.

    Uses the graph up. Raises `ModelError` naming the gateways of what is no combination of blocks and chains.
    """
    folder = _Folder(graph)
    while folder.step():
        pass
    flow = folder.whole() or folder.chain()
    check_contexts(flow, graph.file)
    return flow


def in_sequence(*blocks: Block) -> Block:
    """Blocks one after another; sequences among them are opened, nothing is left out."""
    flat: list[Block] = []
    for block in blocks:
        flat.extend(block.sequence if isinstance(block, Sequence) else [block])
    return flat[0] if len(flat) == 1 else Sequence(sequence=tuple(flat))


def plain_table(*weights: float) -> ContextTable:
    """Chances that do not look at the last steps."""
    return ContextTable(rows=(ContextRow(after=(), weights=weights),))


class _Folder:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._names: Counter[str] = Counter()

    def _name(self, node: Node) -> str:
        """A name for a choice or loop at a gateway, each once."""
        self._names[node.label] += 1
        times = self._names[node.label]
        return node.label if times == 1 else f"{node.label} ({times})"

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

    def _remove(self, *nodes: Node) -> None:
        gone = {node.id for node in nodes}
        for name in gone:
            del self.graph.nodes[name]
        self.graph.edges = [e for e in self.graph.edges if e.source not in gone and e.target not in gone]

    def _skip_gateway(self) -> bool:
        """A gateway with one way in and one way out does nothing."""
        for node in self.graph.of_kind(XOR, AND):
            ways_in, ways_out = self.graph.incoming(node.id), self.graph.outgoing(node.id)
            if len(ways_in) == len(ways_out) == 1 and ways_in[0] is not ways_out[0]:
                target = ways_out[0].target
                self.graph.edges.append(Edge(ways_in[0].id, ways_in[0].source, target, ways_in[0].weight))
                self._remove(node)
                return True
        return False

    def _join_sequence(self) -> bool:
        """Two blocks one behind the other are one."""
        for edge in self.graph.edges:
            first, second = self.graph.nodes[edge.source], self.graph.nodes[edge.target]
            if first.kind == second.kind == BLOCK and first is not second:
                first.block = in_sequence(_block(first), _block(second))
                for way in self.graph.outgoing(second.id):
                    self.graph.edges.append(Edge(way.id, first.id, way.target, way.weight))
                self._remove(second)
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
                    branches = tuple(NOTHING if node is None else _block(node) for _, node in paths)
                    weights = [edge.weight for edge, _ in paths]
                    self._replace_paths(split, target, paths, self._branching(split, branches, weights))
                    return True
        return False

    def _branching(self, split: Node, branches: tuple[Block, ...], weights: list[float]) -> Block | None:
        if all(branch == NOTHING for branch in branches):
            return None
        if split.kind == AND:
            return Parallel(parallel=branches)
        return Choice(choice=branches, name=self._name(split), table=plain_table(*weights))

    def _replace_paths(
        self, split: Node, target: str, paths: list[tuple[Edge, Node | None]], block: Block | None
    ) -> None:
        edges = [edge for edge, _ in paths]
        weight = sum(edge.weight for edge in edges)
        self.graph.edges = [edge for edge in self.graph.edges if not any(edge is other for other in edges)]
        self._remove(*(node for _, node in paths if node is not None))
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
        self._remove(*(node for node in (body, returning) if node is not None))
        self._add_path(join.id, split.id, 1.0, loop, split)

    def _loop(self, split: Node, body: Node | None, returning: Node | None, again: float) -> Block | None:
        if returning is None:
            if body is None:
                return None  # round and round without doing anything
            return Loop(loop=_block(body), name=self._name(split), table=plain_table(again, 1 - again))
        if body is None:
            rounds = Loop(loop=_block(returning), name=self._name(split), table=plain_table(again, 1 - again))
            return Choice(
                choice=(NOTHING, rounds), name=self._name(split), table=plain_table(1 - again, again)
            )
        whether = Choice(
            choice=(NOTHING, _block(returning)), name=self._name(split), table=plain_table(1 - again, again)
        )
        rows = [ContextRow(after=(), weights=(0, 1))]
        rows += [ContextRow(after=(step,), weights=(1, 0)) for step in self._last_of(returning)]
        return Loop(
            loop=in_sequence(_block(body), whether),
            name=self._name(split),
            table=ContextTable(rows=tuple(rows)),
        )

    def _last_of(self, node: Node) -> list[str]:
        """The steps of which one is the last passed when a block is done; raises where it may pass none."""
        steps, may_pass_none = last_steps(_block(node))
        if may_pass_none:
            raise self.graph.error(
                node,
                zh="处于无法写成块的循环中，且其中可能一个环节也不经过，无法转换。",
                en="is in a loop that is no block, and may pass no step at all; it cannot be carried over.",
            )
        return sorted(steps)

    # --- what is left ----------------------------------------------------------------------------------

    def chain(self) -> Block:
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
            for step in self._last_of(block):
                again.append(ContextRow(after=(step,), weights=(1 - row[-1], row[-1])))
                if sum(row[:-1]) > 0:
                    go.append(ContextRow(after=(step,), weights=tuple(row[:-1])))
        label = Node("", XOR, "下一步", "")
        choice = Choice(
            choice=tuple(_block(block) for block in blocks),
            name=self._name(label),
            table=ContextTable(rows=tuple(go)),
        )
        rest: Block = Loop(loop=choice, name="再来", table=ContextTable(rows=tuple(again)))
        if first[-1] > 0:
            rest = Choice(
                choice=(rest, NOTHING), name=self._name(label), table=plain_table(1 - first[-1], first[-1])
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
        self._remove(block)
        self.graph.edges.append(Edge(block.id, source, target, weight))
        return [_block(block)]

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


def _block(node: Node) -> Block:
    if node.block is None:
        raise AssertionError(f"{node.id} has no block")
    return node.block
