"""Alignments cost what trying everything gives; the narrow search never less; replay fits the runs."""

from __future__ import annotations

import heapq
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mining.conformance.alignment import UNKNOWN_STEP, Aligner, Move
from mining.conformance.net import Net
from mining.conformance.step_list import StepList, net_of_steps
from mining.conformance.token_replay import TokenReplay

NAME = {"zh": "例", "en": "example"}


def blocks(names: list[str]) -> st.SearchStrategy[Any]:
    """A part of a step list with each of these steps once, in order, under any nesting."""
    if len(names) == 1:
        step: st.SearchStrategy[Any] = st.just(names[0])
        return st.one_of(step, step.map(lambda x: {"optional": x}), step.map(lambda x: {"repeat": x}))

    def joined(cut: int) -> st.SearchStrategy[Any]:
        kinds = st.sampled_from(["sequence", "parallel", "choice"])
        return st.tuples(kinds, blocks(names[:cut]), blocks(names[cut:])).map(lambda x: {x[0]: [x[1], x[2]]})

    return st.integers(1, len(names) - 1).flatmap(joined)


NETS = blocks(list("abcdef")).map(
    lambda part: net_of_steps(StepList.model_validate({"name": NAME, "steps": [part]}))
)
SEQUENCES = st.lists(st.integers(UNKNOWN_STEP, 5), max_size=9).map(tuple)


def cheapest(net: Net, sequence: tuple[int, ...]) -> int:
    """By Dijkstra's search over every transition in every order."""
    queue, done = [(0, 0, net.start)], set()
    while queue:
        cost, position, marking = heapq.heappop(queue)
        if (position, marking) == (len(sequence), net.end):
            return cost
        if (position, marking) in done:
            continue
        done.add((position, marking))
        if position < len(sequence):
            heapq.heappush(queue, (cost + 1, position + 1, marking))
        for each in net.transitions:
            if each.fires_from(marking) and not each.overfills(marking):
                after = each.fire(marking)
                heapq.heappush(queue, (cost + (each.label is not None), position, after))
                if position < len(sequence) and each.label == sequence[position]:
                    heapq.heappush(queue, (cost, position + 1, after))
    raise AssertionError("the net has no run")


def is_run(net: Net, steps: list[int]) -> bool:
    """Whether the net can do exactly these steps."""
    markings = {net.start}

    def silently(reached: set[int]) -> set[int]:
        todo = list(reached)
        while todo:
            marking = todo.pop()
            for each in net.silent_moves(marking):
                after = each.fire(marking)
                if after not in reached:
                    reached.add(after)
                    todo.append(after)
        return reached

    for step in steps:
        markings = {
            each.fire(marking)
            for marking in silently(markings)
            for each in net.by_step[step]
            if each.fires_from(marking)
        }
    return net.end in silently(markings)


def is_valid(net: Net, sequence: tuple[int, ...], moves: tuple[Move, ...]) -> bool:
    """Whether the log's side is the sequence, at its places, and the model's side is a run of the net."""
    of_log = [(move.position, move.step) for move in moves if move.side != "model"]
    of_model = [move.step for move in moves if move.side != "log"]
    return of_log == list(enumerate(sequence)) and is_run(net, of_model)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(NETS, SEQUENCES)
def test_an_alignment_is_valid_and_the_cheapest(net: Net, sequence: tuple[int, ...]) -> None:
    found = Aligner(net).align(sequence)
    assert found is not None
    assert found.exact
    assert is_valid(net, sequence, found.moves)
    assert found.cost == sum(move.side != "both" for move in found.moves) == cheapest(net, sequence)
    narrow = Aligner(net).align(sequence, max_states=0)
    assert narrow is not None
    assert not narrow.exact
    assert is_valid(net, sequence, narrow.moves)
    assert narrow.cost >= found.cost


@settings(max_examples=150, deadline=None, derandomize=True)
@given(NETS, SEQUENCES)
def test_replay_fits_exactly_the_runs(net: Net, sequence: tuple[int, ...]) -> None:
    tokens = TokenReplay(net).replay(sequence)
    assert tokens.fits == (cheapest(net, sequence) == 0)
    assert 0 <= tokens.fitness <= 1
    assert tokens.fitness < 1 or tokens.fits or tokens.unknown_steps
    # tokens are conserved: what was put in and found missing is what was taken and left
    assert tokens.produced + tokens.missing == tokens.consumed + tokens.remaining


def test_replay_by_hand() -> None:
    net = net_of_steps(StepList.model_validate({"name": NAME, "steps": ["a", "b", "c"]}))
    tokens = TokenReplay(net).replay((0, 2))  # the example of the module
    assert (tokens.produced, tokens.consumed, tokens.missing, tokens.remaining) == (3, 3, 1, 1)
    assert tokens.fitness == 1 - 1 / 3


def test_many_parallel_steps_are_not_gone_through_in_every_order() -> None:
    names = [f"s{number}" for number in range(16)]  # 65,536 ways to have done some of them
    net = net_of_steps(StepList.model_validate({"name": NAME, "steps": [{"parallel": names}]}))
    found = Aligner(net).align((3, 1, 7))
    assert found is not None
    assert found.exact
    assert (found.cost, found.states < 200) == (13, True)
