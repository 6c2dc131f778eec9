"""What an alignment says went another way: skipped, inserted, wrong order, repeated, unfinished.

A step the model needs there and the log lacks is *skipped*, or *unfinished* if no step of the case comes
after it. A step the log has and the model does not allow there is *repeated* if the model has it in its
place in this case too, else *inserted* (unknown to the model, or of another branch). A step that is both
lacking in its place and done in another one is in the *wrong order*.

Example, model a b c d: a c d skips b; a b b c d repeats b; a c b d has b or c in the wrong order; a b is
unfinished at c and d; a x b c d inserts x.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

from mining.conformance.alignment import UNKNOWN_STEP, Move

Kind = Literal["skipped", "inserted", "wrong_order", "repeated", "unfinished"]
KINDS: tuple[Kind, ...] = ("skipped", "inserted", "wrong_order", "repeated", "unfinished")
Found = tuple[Kind, str]  # the kind and the step


def deviations_of(
    moves: tuple[Move, ...], steps: tuple[str, ...], sequence_names: tuple[str, ...]
) -> Counter[Found]:
    """How often each kind occurs at each step in one alignment.

    Steps have the model's names, those it does not know the log's (`sequence_names`, one an event).
    """
    together = {move.step for move in moves if move.side == "both"}
    last = max((n for n, move in enumerate(moves) if move.side != "model"), default=-1)
    lacking = Counter(move.step for move in moves if move.side == "model")
    extra = [move for move in moves if move.side == "log"]
    found: Counter[Found] = Counter()
    moved: Counter[int] = Counter()
    for move in extra:
        name = sequence_names[move.position] if move.step == UNKNOWN_STEP else steps[move.step]
        if moved[move.step] < lacking[move.step]:
            moved[move.step] += 1
            found["wrong_order", name] += 1
        elif move.step in together:
            found["repeated", name] += 1
        else:
            found["inserted", name] += 1
    for number, move in enumerate(moves):
        if move.side != "model":
            continue
        if moved[move.step]:
            moved[move.step] -= 1
        else:
            found["unfinished" if number > last else "skipped", steps[move.step]] += 1
    return found
