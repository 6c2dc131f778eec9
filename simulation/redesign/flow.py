"""Questions to and changes of a flow, the block-structured tree of a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from simulation.service_model import (
    START,
    Block,
    Choice,
    ContextTable,
    Loop,
    Parallel,
    Sequence,
    ServiceModel,
    StepBlock,
    Wait,
    children,
    leaves,
)

NOTHING = Sequence(sequence=())


def context_tables(block: Block) -> Iterator[ContextTable]:
    """The tables of all choices and loops in a block."""
    if isinstance(block, Choice | Loop):
        yield block.table
    for child in children(block):
        yield from context_tables(child)


def looked_back_at(block: Block) -> set[str]:
    """Names of the steps some table of the block looks back at."""
    return {name for table in context_tables(block) for row in table.rows for name in row.after} - {START}


def with_children(block: Block, inside: tuple[Block, ...]) -> Block:
    """The same block with other blocks directly inside; a choice keeps its number of branches."""
    if isinstance(block, Sequence):
        return Sequence(sequence=inside)
    if isinstance(block, Parallel):
        return Parallel(parallel=inside, rework=block.rework)
    if isinstance(block, Choice):
        return Choice(choice=inside, name=block.name, table=block.table)
    if isinstance(block, Loop):
        return Loop(loop=inside[0], name=block.name, table=block.table, max_rounds=block.max_rounds)
    return block


def without_step(block: Block, step: str) -> Block | None:
    """The block without the leaves of `step`; None where nothing is left of it.

    Blocks left empty go, sequences and parallel blocks left with one block become that block. The branch of
    a choice becomes "nothing" instead: its chance stays.
    """
    if step not in set(leaves(block)):
        return block
    if isinstance(block, StepBlock):
        return None
    inside = [without_step(child, step) for child in children(block)]
    kept = tuple(child for child in inside if child is not None)
    if all(does_nothing(child) for child in kept):
        return None
    if isinstance(block, Choice):
        return with_children(block, tuple(child or NOTHING for child in inside))
    if isinstance(block, Sequence | Parallel) and len(kept) == 1:
        return kept[0]
    return with_children(block, kept)


def does_nothing(block: Block) -> bool:
    """Whether a case passes through the block without a step and without time."""
    return not isinstance(block, StepBlock | Wait) and all(does_nothing(child) for child in children(block))


def flattened(block: Block) -> Block:
    """The same flow with sequences directly inside sequences dissolved."""
    inside = tuple(flattened(child) for child in children(block))
    if not isinstance(block, Sequence):
        return with_children(block, inside)
    flat: list[Block] = []
    for child in inside:
        flat.extend(child.sequence if isinstance(child, Sequence) else (child,))
    return Sequence(sequence=tuple(flat))


def sequences(block: Block) -> Iterator[Sequence]:
    """All sequences in a block, the outer ones first."""
    if isinstance(block, Sequence):
        yield block
    for child in children(block):
        yield from sequences(child)


def map_sequences(block: Block, change: Callable[[Sequence], Block]) -> Block:
    """The block with `change` applied to each sequence in it, the inner ones first."""
    inside = tuple(map_sequences(child, change) for child in children(block))
    again = with_children(block, inside)
    return change(again) if isinstance(again, Sequence) else again


def branches_in_parallel(block: Block) -> list[tuple[tuple[str, ...], ...]]:
    """For each parallel block, the steps of its branches."""
    found = [branches for child in children(block) for branches in branches_in_parallel(child)]
    if isinstance(block, Parallel):
        found.insert(0, tuple(tuple(leaves(branch)) for branch in block.parallel))
    return found


def steps_in_order(model: ServiceModel, n_walks: int = 500) -> list[str]:
    """Names of the steps in the order in which cases first meet them.

    Where no table looks back, that is the order in which the flow is written. A flow learnt from a log is a
    choice of all steps again and again, which has no written order: there it is the order of the mean first
    position over `n_walks` walks through the tables with a fixed seed; steps never met come last.
    """
    written = list(dict.fromkeys(leaves(model.flow)))
    if not looked_back_at(model.flow):
        return written
    walker = _Walker()
    positions: Counter[str] = Counter()
    met: Counter[str] = Counter()
    for _ in range(n_walks):
        for position, name in enumerate(dict.fromkeys(walker.walk(model.flow))):
            positions[name] += position
            met[name] += 1
    return sorted(written, key=lambda name: positions[name] / met[name] if met[name] else np.inf)


class _Walker:
    """Draws the steps of cases; branches of a parallel block one after another."""

    def __init__(self) -> None:
        self._generator = np.random.default_rng(0)
        self._shares: dict[int, dict[tuple[str, ...], np.ndarray]] = {}  # by id of the table

    def walk(self, flow: Block) -> list[str]:
        walked: list[str] = []
        self._pass(flow, walked)
        return walked

    def _pass(self, block: Block, walked: list[str]) -> None:
        if isinstance(block, StepBlock):
            walked.append(block.step)
        elif isinstance(block, Choice):
            self._pass(block.choice[self._draw(block.table, walked)], walked)
        elif isinstance(block, Loop):
            for _ in range(block.max_rounds):
                self._pass(block.loop, walked)
                if self._draw(block.table, walked) == 1:
                    break
        else:
            for child in children(block):
                self._pass(child, walked)

    def _draw(self, table: ContextTable, walked: list[str]) -> int:
        if id(table) not in self._shares:
            self._shares[id(table)] = {
                row.after: np.cumsum(row.weights) / sum(row.weights) for row in table.rows
            }
        shares = self._shares[id(table)]
        last_two = (START, START, *walked[-2:])[-2:]
        context = next(c for c in (last_two, last_two[1:], ()) if c in shares)
        drawn = int(np.searchsorted(shares[context], self._generator.random(), side="right"))
        return min(drawn, table.n_branches - 1)
