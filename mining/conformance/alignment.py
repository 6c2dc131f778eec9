"""Alignments: the fewest skips and insertions that make a sequence of steps a run of a net.

A move is a step that both log and net do (free), a step of the log the net does not allow there (1), a step
the net needs that the log lacks (1), or a silent move (free). The cheapest way is found by Dijkstra's
search; its states are (position in the sequence, marking). Where that takes more states than `MAX_STATES`,
a narrow search keeps only the best few markings at each position: its result is a valid alignment, perhaps
not the cheapest, and is marked.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Literal

from mining.conformance.net import Cluster, Net

MAX_STATES = 5_000
WIDTH = 20
AROUND = 300
"""Markings the narrow search keeps at a position, and those it looks at from there to the next."""
UNKNOWN_STEP = -1

Side = Literal["both", "log", "model"]


@dataclass(frozen=True)
class Move:
    """One move of an alignment; `step` is the number of a step of the net, `UNKNOWN_STEP` for another one.
    `position` is that of the event in the sequence, of the next event for a step the log lacks."""

    side: Side
    step: int
    position: int


@dataclass(frozen=True)
class Alignment:
    """The moves in order; `cost` = those of one side only. `states` is what the search looked at."""

    moves: tuple[Move, ...]
    cost: int
    exact: bool
    states: int


State = tuple[int, int]  # position, marking
Back = dict[State, tuple[State, Move | None]]
Following = tuple[State, int, Move | None]  # where to, what it costs, the move


class Aligner:
    """Aligns sequences with one net; those that differ only in steps unknown to the net share a search."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self._known: dict[tuple[int, ...], Alignment | None] = {}

    def align(self, sequence: tuple[int, ...], max_states: int = MAX_STATES) -> Alignment | None:
        """The alignment of a sequence of step numbers; None where the net cannot reach its end at all.

        The states of a search that was made before count as 0.
        """
        positions = [at for at, step in enumerate(sequence) if step != UNKNOWN_STEP]
        steps = tuple(sequence[at] for at in positions)
        again = steps in self._known
        if not again:
            self._known[steps] = _align(self.net, steps, max_states)
        found = self._known[steps]
        if found is None:
            return None
        unknown = [at for at, step in enumerate(sequence) if step == UNKNOWN_STEP]
        moves = _with_unknown(found.moves, [*positions, len(sequence)], unknown)
        return Alignment(moves, found.cost + len(unknown), found.exact, 0 if again else found.states)


def _with_unknown(moves: tuple[Move, ...], positions: list[int], unknown: list[int]) -> tuple[Move, ...]:
    """The moves at their places in the whole sequence, each unknown step before the first move after it that
    the log makes, and before what the model lacks at the end."""
    last = max((n for n, move in enumerate(moves) if move.side != "model"), default=-1)
    found: list[Move] = []
    left = list(reversed(unknown))
    for number, move in enumerate(moves):
        at = positions[move.position]
        while left and ((move.side != "model" and left[-1] < at) or number > last):
            found.append(Move("log", UNKNOWN_STEP, left.pop()))
        found.append(Move(move.side, move.step, at))
    return (*found, *(Move("log", UNKNOWN_STEP, at) for at in reversed(left)))


def _align(net: Net, sequence: tuple[int, ...], max_states: int) -> Alignment | None:
    found = _search(net, sequence, max_states)
    if isinstance(found, Alignment):
        return found
    return _narrow(net, sequence, found) if found else None


def _search(net: Net, sequence: tuple[int, ...], max_states: int) -> Alignment | int:
    """Cheapest first, farthest first among equals.

    The number of states looked at where these were too many, 0 where there is no way.
    """
    rest = _steps_to_come(sequence)
    start, goal = (0, net.start), (len(sequence), net.end)
    best: dict[State, int] = {start: 0}
    back: Back = {}
    queue: list[tuple[int, int, int, State]] = [(0, 0, 0, start)]
    pushed, seen = 0, 0
    while queue:
        cost, _, _, state = heapq.heappop(queue)
        if cost > best[state]:
            continue
        if state == goal:
            return Alignment(_moves(back, state), cost, True, seen)
        seen += 1
        if seen > max_states:
            return seen
        for following, more, move in _next(net, sequence, rest, state):
            new = cost + more
            if new < best.get(following, new + 1):
                best[following] = new
                back[following] = (state, move)
                pushed += 1
                heapq.heappush(queue, (new, -following[0], pushed, following))
    return 0


def _next(net: Net, sequence: tuple[int, ...], rest: list[int], state: State) -> list[Following]:
    """Where one move leads from a state, what it costs, and the move (None for a silent one).

    A free cluster whose steps do not come any more can fire now or later with the same result, so it alone is
    followed (a persistent set): parallel parts are not gone through in every order.
    """
    position, marking = state
    clusters = net.enabled(marking)
    for cluster in clusters:
        if cluster.free and not cluster.labels & rest[position]:
            return _fired(cluster, None, state)
    step = sequence[position] if position < len(sequence) else None
    found = [each for cluster in clusters for each in _fired(cluster, step, state)]
    if step is not None:
        found.append(((position + 1, marking), 1, Move("log", step, position)))
    return found


def _fired(cluster: Cluster, step: int | None, state: State) -> list[Following]:
    """The moves of a cluster; `step` is the one that comes next in the sequence."""
    position, marking = state
    found: list[Following] = []
    for each in cluster.members:
        if each.overfills(marking):
            continue
        after = each.fire(marking)
        if each.label is None:
            found.append(((position, after), 0, None))
            continue
        if each.label == step:
            found.append(((position + 1, after), 0, Move("both", each.label, position)))
        found.append(((position, after), 1, Move("model", each.label, position)))
    return found


def _steps_to_come(sequence: tuple[int, ...]) -> list[int]:
    """At each position, a bit for each step from there on."""
    found = [0] * (len(sequence) + 1)
    for position in range(len(sequence) - 1, -1, -1):
        found[position] = found[position + 1] | 1 << sequence[position]
    return found


def _moves(back: Back, state: State) -> tuple[Move, ...]:
    found = []
    while state in back:
        state, move = back[state]
        if move is not None:
            found.append(move)
    return tuple(reversed(found))


def _narrow(net: Net, sequence: tuple[int, ...], seen: int) -> Alignment | None:
    """Position by position, with the `WIDTH` cheapest markings of each."""
    rest = _steps_to_come(sequence)
    layer: dict[int, int] = {net.start: 0}
    back: Back = {}
    for position in range(len(sequence) + 1):
        last = position == len(sequence)
        reached = _around(net, sequence, rest, position, layer, back, None if last else AROUND)
        seen += len(reached)
        if last:
            if net.end not in reached:
                return None
            return Alignment(_moves(back, (position, net.end)), reached[net.end], False, seen)
        following: dict[int, int] = {}
        for marking, cost in reached.items():
            for (at, after), more, move in _next(net, sequence, rest, (position, marking)):
                if at > position and cost + more < following.get(after, cost + more + 1):
                    following[after] = cost + more
                    back[at, after] = ((position, marking), move)
        kept = sorted(following, key=lambda marking: following[marking])[:WIDTH]
        layer = {marking: following[marking] for marking in kept}
    return None


def _around(
    net: Net,
    sequence: tuple[int, ...],
    rest: list[int],
    position: int,
    layer: dict[int, int],
    back: Back,
    most: int | None,
) -> dict[int, int]:
    """The cheapest markings silent moves and skipped steps reach; up to the end if `most` is None."""
    best = dict(layer)
    done: dict[int, int] = {}
    queue = [(cost, number, marking) for number, (marking, cost) in enumerate(layer.items())]
    heapq.heapify(queue)
    pushed = len(queue)
    while queue and (most is None or len(done) < most):
        cost, _, marking = heapq.heappop(queue)
        if marking in done:
            continue
        done[marking] = cost
        if most is None and (marking == net.end or len(done) > MAX_STATES):
            break
        for (at, after), more, move in _next(net, sequence, rest, (position, marking)):
            if at == position and cost + more < best.get(after, cost + more + 1):
                best[after] = cost + more
                back[at, after] = ((position, marking), move)
                pushed += 1
                heapq.heappush(queue, (cost + more, pushed, after))
    return done
