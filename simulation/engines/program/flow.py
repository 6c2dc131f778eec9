"""The flow of a model, a tree, as numbered nodes a case walks along.

Nodes are numbered in flow order. A case has one counter for each slot a node needs: branches still missing
at a join, rounds of a loop, draws of a choice or wait so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from simulation.errors import ModelError
from simulation.service_model import (
    START,
    Block,
    Choice,
    ContextTable,
    Loop,
    Parallel,
    Sequence,
    StepBlock,
    Wait,
    children,
)

STEP, FORK, JOIN, CHOICE, LOOP_ENTER, LOOP_TEST, WAIT, END = range(8)
ALONE, MERGED, ALL = range(3)  # rework of a parallel block
REWORK = {"alone": ALONE, "merged": MERGED, "all": ALL}
NOTHING_YET = 0  # stands for START in the context of a case; step i is i + 1


class NodeCode(NamedTuple):
    """One node.

    `next`: where a case goes on. `a`: the step, the table (choice, loop test) or the distribution (wait).
    `b`: most rounds (loop test), the calendar (wait; -1 = elapsed time) or the rework (fork, join). `slot`,
    `slot_2`: counters of the case (fork, join: missing branches, rounds of rework; loop: rounds, draws;
    choice, wait: draws). `stream`: of its random numbers. `targets`: where the branches begin (fork, choice,
    loop test: again, on; join: its fork). `block`: the fork of the innermost parallel block around a step.
    """

    op: int
    next: int = -1
    a: int = -1
    b: int = -1
    slot: int = -1
    slot_2: int = -1
    stream: int = 0
    targets: tuple[int, ...] = ()
    block: int = -1


class TableCode(NamedTuple):
    """A context table: `keys` (see `context_key`) in ascending order, each with cumulative shares."""

    keys: tuple[int, ...]
    cumulative: tuple[tuple[float, ...], ...]


def context_keys(before_last: int, last: int, n_steps: int) -> tuple[int, int, int]:
    """Keys of the contexts of two, of one and of no step, in the order they are looked up.

    `last` and `before_last` are `NOTHING_YET` or step number + 1.
    """
    size = n_steps + 1
    return 1 + size + before_last * size + last, 1 + last, 0


def encode_table(table: ContextTable, steps: Mapping[str, int], known: set[str], where: str) -> TableCode:
    """The table in numbers; rows about steps that are not in the flow can never be used and are left out."""
    rows: dict[int, tuple[float, ...]] = {}
    numbers = {START: NOTHING_YET, **{name: number + 1 for name, number in steps.items()}}
    for row in table.rows:
        unknown = [name for name in row.after if name != START and name not in known]
        if unknown:
            raise ModelError(
                zh=f"{where}：after 中的环节“{unknown[0]}”未定义；已有：{'、'.join(sorted(known))}。",
                en=f"{where}: step {unknown[0]!r} in `after` is not defined; known: {sorted(known)}.",
            )
        if any(name not in numbers for name in row.after):
            continue
        total = sum(row.weights)
        shares, reached = [], 0.0
        for weight in row.weights:
            reached += weight
            shares.append(reached / total)
        last = numbers[row.after[-1]] if row.after else 0
        before = numbers[row.after[0]] if row.after else 0
        rows[context_keys(before, last, len(steps))[2 - len(row.after)]] = tuple(shares)
    keys = tuple(sorted(rows))
    return TableCode(keys, tuple(rows[key] for key in keys))


class FlowBuilder:
    """Collects nodes, tables and slots; `finish` gives the number of the first node."""

    def __init__(self, steps: Mapping[str, int], known_steps: set[str]) -> None:
        self.steps = steps
        self.known_steps = known_steps
        self.nodes: list[NodeCode] = []
        self.tables: list[TableCode] = []
        self.waits: list[Wait] = []
        self.n_slots = 0
        self._block = -1
        self.stream_names: dict[int, tuple[str, str]] = {}  # node -> (kind, name): choices, loops, waits

    def add_flow(self, flow: Block) -> int:
        """Number the nodes of the whole flow; returns the first one. The last node is the end."""
        end = _n_nodes(flow)
        self.nodes = [NodeCode(END)] * (end + 1)
        return self._add(flow, 0, end)

    def _slot(self) -> int:
        self.n_slots += 1
        return self.n_slots - 1

    def _add(self, block: Block, at: int, after: int) -> int:
        """Write the nodes of a block from number `at` on; returns where a case enters it."""
        if isinstance(block, StepBlock):
            self.nodes[at] = NodeCode(STEP, after, a=self.steps[block.step], block=self._block)
            return at
        if isinstance(block, Sequence):
            return self._add_sequence(block, at, after)
        if isinstance(block, Parallel):
            return self._add_parallel(block, at, after)
        if isinstance(block, Choice):
            table = self._table("choice", block.name, block.table)
            targets = self._add_branches(block, at + 1, after)
            self.nodes[at] = NodeCode(CHOICE, a=table, slot=self._slot(), targets=targets)
            self.stream_names[at] = ("choice", block.name)
            return at
        if isinstance(block, Loop):
            return self._add_loop(block, at, after)
        self.waits.append(block)
        self.nodes[at] = NodeCode(WAIT, after, a=len(self.waits) - 1, slot=self._slot())
        self.stream_names[at] = ("wait", block.name)
        return at

    def _add_parallel(self, block: Parallel, at: int, after: int) -> int:
        join, around = at + _n_nodes(block) - 1, self._block
        self._block = at
        targets = self._add_branches(block, at + 1, join)
        self._block = around
        slot, rounds, rework = self._slot(), self._slot(), REWORK[block.rework]
        self.nodes[at] = NodeCode(FORK, b=rework, slot=slot, slot_2=rounds, targets=targets)
        self.nodes[join] = NodeCode(JOIN, after, b=rework, slot=slot, slot_2=rounds, targets=(at,))
        return at

    def _add_sequence(self, block: Sequence, at: int, after: int) -> int:
        ends = at + _n_nodes(block)
        for child in reversed(block.sequence):
            ends -= _n_nodes(child)
            after = self._add(child, ends, after)
        return after

    def _add_branches(self, block: Parallel | Choice, at: int, after: int) -> tuple[int, ...]:
        targets = []
        for child in children(block):
            targets.append(self._add(child, at, after))
            at += _n_nodes(child)
        return tuple(targets)

    def _add_loop(self, block: Loop, at: int, after: int) -> int:
        test = at + _n_nodes(block) - 1
        body = self._add(block.loop, at + 1, test)
        rounds, draws = self._slot(), self._slot()
        table = self._table("loop", block.name, block.table)
        self.nodes[at] = NodeCode(LOOP_ENTER, body, slot=rounds)
        self.nodes[test] = NodeCode(
            LOOP_TEST, a=table, b=block.max_rounds, slot=rounds, slot_2=draws, targets=(body, after)
        )
        self.stream_names[test] = ("loop", block.name)
        return at

    def _table(self, kind: str, name: str, table: ContextTable) -> int:
        self.tables.append(encode_table(table, self.steps, self.known_steps, f"{kind} {name}"))
        return len(self.tables) - 1


def _n_nodes(block: Block) -> int:
    inside = sum(_n_nodes(child) for child in children(block))
    if isinstance(block, Sequence):
        return inside
    return inside + (2 if isinstance(block, Parallel | Loop) else 1)
