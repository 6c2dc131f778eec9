"""Small things of which blocks are made while a graph is folded."""

from __future__ import annotations

from collections import Counter

from simulation.importing.bpmn_graph import Graph, Node
from simulation.importing.last_steps import last_steps
from simulation.service_model import Block, ContextRow, ContextTable, Sequence

NOTHING = Sequence(sequence=())


class Names:
    """Names for choices and loops, each once."""

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()

    def at(self, node: Node) -> str:
        """The name of a choice or loop at a gateway."""
        return self.like(node.label)

    def like(self, label: str) -> str:
        """The label, with a number if it was given before."""
        self._times[label] += 1
        times = self._times[label]
        return label if times == 1 else f"{label} ({times})"


def in_sequence(*blocks: Block) -> Block:
    """Blocks one after another; sequences among them are opened, nothing is left out."""
    flat: list[Block] = []
    for block in blocks:
        flat.extend(block.sequence if isinstance(block, Sequence) else [block])
    return flat[0] if len(flat) == 1 else Sequence(sequence=tuple(flat))


def plain_table(*weights: float) -> ContextTable:
    """Chances that do not look at the last steps."""
    return ContextTable(rows=(ContextRow(after=(), weights=weights),))


def block_of(node: Node) -> Block:
    """The block of a task, a wait or what was folded."""
    if node.block is None:
        raise AssertionError(f"{node.id} has no block")
    return node.block


def last_of(graph: Graph, node: Node) -> list[str]:
    """The steps of which one is the last passed when a block is done; raises where it may pass none."""
    steps, may_pass_none = last_steps(block_of(node))
    if may_pass_none:
        raise graph.error(
            node,
            zh="处于无法写成块的循环中，且其中可能一个环节也不经过，无法转换。",
            en="is in a loop that is no block, and may pass no step at all; it cannot be carried over.",
        )
    return sorted(steps)
