"""Which step a case has passed last when a block is done, on which choices and loops may look."""

from __future__ import annotations

from simulation.errors import ModelError
from simulation.service_model import Block, Choice, Loop, Parallel, Sequence, StepBlock, children


def last_steps(block: Block) -> tuple[frozenset[str], bool]:
    """The steps that may be the last passed in a block, and whether it may pass none."""
    if isinstance(block, StepBlock):
        return frozenset({block.step}), False
    if isinstance(block, Loop):
        return last_steps(block.loop)
    if isinstance(block, Sequence):
        steps: frozenset[str] = frozenset()
        for child in reversed(block.sequence):
            last, none = last_steps(child)
            steps |= last
            if not none:
                return steps, False
        return steps, True
    inside = [last_steps(child) for child in children(block)]
    steps = frozenset().union(*(last for last, _ in inside))
    if isinstance(block, Choice):
        return steps, any(none for _, none in inside)
    return steps, all(none for _, none in inside)  # parallel branches; a wait passes none


def check_contexts(block: Block, file: str, within_parallel: bool = False) -> None:
    """Inside a parallel block the last step may be one of another branch, so nothing there may look at it;
    raises `ModelError` naming the choice or loop."""
    if within_parallel and isinstance(block, Choice | Loop) and any(row.after for row in block.table.rows):
        raise ModelError(
            zh=f"{file}：网关“{block.name}”处的循环在并行分支内且不是块，无法转换。",
            en=f"{file}: the loop at the gateway {block.name!r} is inside a parallel branch and no block; it "
            "cannot be carried over.",
        )
    for child in children(block):
        check_contexts(child, file, within_parallel or isinstance(block, Parallel))
