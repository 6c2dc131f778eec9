"""The flow of a case: a block-structured tree, sound by construction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from mining.errors import FieldError
from simulation.model.distributions import Distribution
from simulation.model.parts import Clock, Part

Rework = Literal["alone", "merged", "all"]
START = "^"  # stands for "nothing yet" in the context of a choice


class ContextRow(Part):
    """Weights of the branches after the last steps `after` (the latest last; START = nothing yet)."""

    after: tuple[str, ...] = Field(max_length=2)
    weights: tuple[float, ...]
    n: int | None = None  # observations behind it


class ContextTable(Part):
    """Branch weights by context: the longest context that has a row is used, `()` is the last resort."""

    rows: tuple[ContextRow, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> ContextTable:
        contexts = [row.after for row in self.rows]
        if () not in contexts:
            raise FieldError(
                zh="条件表须有一行适用于任何情形：after: []",
                en="a context table needs a row for the empty context: after: []",
            )
        if len(contexts) != len(set(contexts)):
            raise FieldError(zh="同一情形（after）出现了两次", en="a context appears twice")
        sizes = {len(row.weights) for row in self.rows}
        if len(sizes) != 1:
            raise FieldError(
                zh="条件表各行的权重个数须相同",
                en="all rows of a context table need the same number of weights",
            )
        for row in self.rows:
            if min(row.weights) < 0 or sum(row.weights) <= 0:
                raise FieldError(
                    zh=f"{list(row.after)} 之后的权重须非负且不能全为 0",
                    en=f"weights after {list(row.after)} must be >= 0 and not all 0",
                )
        return self

    @property
    def n_branches(self) -> int:
        """Number of branches."""
        return len(self.rows[0].weights)


class StepBlock(Part):
    """A leaf: do this step."""

    step: str


class Sequence(Part):
    """One after another."""

    sequence: tuple[Block, ...]


class Parallel(Part):
    """All branches at once; goes on when the last is done. Counters see the applicant one at a time.

    `rework` says what a return for correction in one of the steps directly inside does to the others.
    "alone": it is corrected and done again by itself, the others go on. "merged": returns are gathered until
    all branches have an answer, corrected in one go, and only what was returned is done again. "all": they
    are gathered and corrected in the same way, then the whole block is done again.
    """

    parallel: tuple[Block, ...] = Field(min_length=1)
    rework: Rework = "alone"


class Choice(Part):
    """One of the branches; an empty sequence is "nothing"."""

    choice: tuple[Block, ...] = Field(min_length=1)
    name: str  # addresses its random numbers
    table: ContextTable

    @model_validator(mode="after")
    def _sizes(self) -> Choice:
        if self.table.n_branches != len(self.choice):
            raise FieldError(
                zh=f"选择 {self.name}：有 {len(self.choice)} 个分支，却有 {self.table.n_branches} 个权重",
                en=f"choice {self.name}: {len(self.choice)} branches but {self.table.n_branches} weights",
            )
        return self


class Loop(Part):
    """Do the body, then again or on: weights are (again, on). `max_rounds` caps a runaway and is counted."""

    loop: Block
    name: str
    table: ContextTable
    max_rounds: int = Field(default=500, ge=1)

    @model_validator(mode="after")
    def _sizes(self) -> Loop:
        if self.table.n_branches != 2:
            raise FieldError(
                zh=f"循环 {self.name}：权重应为 [再来一次, 继续]，现有 {self.table.n_branches} 个",
                en=f"loop {self.name}: weights are [again, on], found {self.table.n_branches}",
            )
        return self


class Wait(Part):
    """Time passes: nobody works on the case."""

    wait: Distribution
    name: str
    clock: Clock = "elapsed"
    calendar: str | None = None

    @model_validator(mode="after")
    def _calendar(self) -> Wait:
        if self.clock == "working" and self.calendar is None:
            raise FieldError(
                zh=f"等待 {self.name}：按工作时间计须给出日历（calendar）",
                en=f"wait {self.name}: working time needs a calendar",
            )
        return self


BLOCK_KEYS = {
    "step": StepBlock,
    "sequence": Sequence,
    "parallel": Parallel,
    "choice": Choice,
    "loop": Loop,
    "wait": Wait,
}


def _block_key(value: Any) -> str | None:
    """Which kind of block a YAML mapping is: the one of `BLOCK_KEYS` it has."""
    if isinstance(value, dict):
        return next((key for key in BLOCK_KEYS if key in value), None)
    return next((key for key, kind in BLOCK_KEYS.items() if isinstance(value, kind)), None)


Block = Annotated[
    Annotated[StepBlock, Tag("step")]
    | Annotated[Sequence, Tag("sequence")]
    | Annotated[Parallel, Tag("parallel")]
    | Annotated[Choice, Tag("choice")]
    | Annotated[Loop, Tag("loop")]
    | Annotated[Wait, Tag("wait")],
    Discriminator(
        _block_key,
        custom_error_type="unknown_block",
        custom_error_message="a block needs one of: " + ", ".join(BLOCK_KEYS),
    ),
]
for _kind in (Sequence, Parallel, Choice, Loop):
    _kind.model_rebuild()


def leaves(block: Block) -> Iterator[str]:
    """Names of the steps in a block, in flow order, with repetitions."""
    if isinstance(block, StepBlock):
        yield block.step
    for child in children(block):
        yield from leaves(child)


def children(block: Block) -> tuple[Block, ...]:
    """The blocks directly inside a block."""
    if isinstance(block, Sequence):
        return block.sequence
    if isinstance(block, Parallel):
        return block.parallel
    if isinstance(block, Choice):
        return block.choice
    if isinstance(block, Loop):
        return (block.loop,)
    return ()
