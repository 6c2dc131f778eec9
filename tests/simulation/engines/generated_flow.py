"""Flow trees over given steps: everything a block can be, also where it makes little sense."""

from __future__ import annotations

from itertools import count

from generated_parts import Chooser, Document, pause

KINDS = ("sequence", "choice", "parallel", "loop", "wait", "nothing")


def flow(c: Chooser, names: list[str]) -> Document:
    """A tree in which every step appears, some of them more than once."""
    return _Tree(c, names).over(names, depth=0)


class _Tree:
    def __init__(self, c: Chooser, names: list[str]) -> None:
        self._c = c
        self._names = names
        self._numbers = count()

    def over(self, names: list[str], depth: int) -> Document:
        """A block with these steps in this order."""
        block = self._split(names, depth) if len(names) > 1 else self._around({"step": names[0]}, depth)
        return self._around(block, depth) if self._c.one_in(6) else block

    def _split(self, names: list[str], depth: int) -> Document:
        c = self._c
        cut = c.number(1, len(names) - 1)
        parts = [self.over(names[:cut], depth + 1), self.over(names[cut:], depth + 1)]
        if depth < 3 and c.has("again", 4):
            parts.append(self.over([c.pick(*self._names)], depth + 3))
        if c.has("parallel"):
            return self._parallel(parts)
        if c.has("choice", 3):
            return self._choice(parts)
        return {"sequence": parts}

    def _around(self, block: Document, depth: int) -> Document:
        """The block, perhaps within a loop, beside nothing, or before or after a wait."""
        c = self._c
        if depth < 4 and c.has("loop", 4):
            rounds = c.pick(2, 3, 1)
            return {"loop": block, "name": self._name("loop"), "max_rounds": rounds, "table": self._table(2)}
        if c.has("wait", 4):
            parts = [block, self._wait()] if c.one_in(2) else [self._wait(), block]
            return self._parallel(parts) if c.has("parallel") else {"sequence": parts}
        if c.has("choice", 6):
            return self._choice([block, {"sequence": []}])
        if c.has("parallel", 8):
            return self._parallel([block, {"sequence": []}])
        return block

    def _parallel(self, parts: list[Document]) -> Document:
        rework = self._c.pick("merged", "all", "alone") if self._c.has("rework", 1) else "alone"
        return {"parallel": parts, "rework": rework}

    def _choice(self, parts: list[Document]) -> Document:
        return {"choice": parts, "name": self._name("choice"), "table": self._table(len(parts))}

    def _wait(self) -> Document:
        wait: Document = {"wait": pause(self._c), "name": self._name("wait")}
        if self._c.one_in(2):
            wait |= {"clock": "working", "calendar": self._c.pick("hall", "office", "always")}
        return wait

    def _name(self, kind: str) -> str:
        return f"{kind} {next(self._numbers)}"

    def _table(self, n: int) -> Document:
        """Weights by the last two steps, the last one, and in any case without looking back."""
        c = self._c
        contexts: list[list[str]] = [[]]
        if "contexts" in c.on:
            steps = ("^", *self._names)
            contexts += [[c.pick(*steps)] for _ in range(c.number(0, 1))]
            contexts += [[c.pick(*steps), c.pick(*steps)] for _ in range(c.number(0, 2))]
        distinct = {tuple(context): None for context in contexts}
        return {"rows": [{"after": list(context), "weights": self._weights(n)} for context in distinct]}

    def _weights(self, n: int) -> list[int]:
        first = self._c.pick(1, 2)
        return [first, *(self._c.pick(1, 2, 0, 5) for _ in range(n - 1))]
