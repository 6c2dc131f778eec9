"""Token replay: play a sequence on a net and count the tokens that were missing or left over.

Fitness = 1/2 (1 - missing / consumed) + 1/2 (1 - remaining / produced) (Rozinat and van der Aalst, 2008).
Silent moves are taken where the shortest way of them enables the next step. A second token in a place
counts as remaining.

Example: the net a, b, c and the sequence a, c: produced 3 tokens (start, a, c), consumed 3 (a, c, end), 1
missing before c, 1 remaining after a: fitness 1 - 1/3.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from mining.conformance.alignment import UNKNOWN_STEP
from mining.conformance.net import Net, Transition

MAX_SILENT = 1_000
"""Markings looked at for a way of silent moves."""


@dataclass(frozen=True)
class Tokens:
    """Token counts of one sequence. Steps that are not in the net are passed over and make it unfit."""

    produced: int
    consumed: int
    missing: int
    remaining: int
    unknown_steps: int

    @property
    def fitness(self) -> float:
        """0 to 1."""
        return token_fitness(self.produced, self.consumed, self.missing, self.remaining)

    @property
    def fits(self) -> bool:
        """No token missing or remaining, every step known."""
        return self.missing == 0 and self.remaining == 0 and self.unknown_steps == 0


def token_fitness(produced: int, consumed: int, missing: int, remaining: int) -> float:
    """The formula, of one sequence or of sums over a log."""
    return 0.5 * (1 - missing / consumed) + 0.5 * (1 - remaining / produced)


class TokenReplay:
    """Replays sequences on one net; remembers ways of silent moves between them."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self._ways: dict[tuple[int, int], tuple[Transition, ...] | None] = {}

    def replay(self, sequence: tuple[int, ...]) -> Tokens:
        """The token counts of a sequence of step numbers."""
        marking = self.net.start
        produced = marking.bit_count()
        consumed = missing = extra = unknown = 0
        for step in sequence:
            if step == UNKNOWN_STEP:
                unknown += 1
                continue
            way = self._way(marking, step)
            for each in way if way is not None else (self.net.by_step[step][0],):
                lacking = each.takes & ~marking
                missing += lacking.bit_count()
                marking |= lacking
                extra += (marking & ~each.takes & each.gives).bit_count()
                consumed += each.takes.bit_count()
                produced += each.gives.bit_count()
                marking = each.fire(marking)
        for each in self._way(marking, None) or ():
            consumed += each.takes.bit_count()
            produced += each.gives.bit_count()
            marking = each.fire(marking)
        lacking = self.net.end & ~marking
        missing += lacking.bit_count()
        consumed += self.net.end.bit_count()
        remaining = (marking & ~self.net.end).bit_count() + extra
        return Tokens(produced, consumed, missing, remaining, unknown)

    def _way(self, marking: int, step: int | None) -> tuple[Transition, ...] | None:
        """Silent moves and then the step (None: the end marking); None if there is no such way."""
        key = (marking, -1 if step is None else step)
        if key not in self._ways:
            self._ways[key] = self._find_way(marking, step)
        return self._ways[key]

    def _find_way(self, marking: int, step: int | None) -> tuple[Transition, ...] | None:
        queue: deque[tuple[int, tuple[Transition, ...]]] = deque([(marking, ())])
        seen = {marking}
        while queue and len(seen) < MAX_SILENT:
            here, way = queue.popleft()
            if step is None:
                if here == self.net.end:
                    return way
            else:
                for each in self.net.by_step[step]:
                    if each.fires_from(here):
                        return (*way, each)
            for move in self.net.silent_moves(here):
                after = move.fire(here)
                if after not in seen:
                    seen.add(after)
                    queue.append((after, (*way, move)))
        return None
