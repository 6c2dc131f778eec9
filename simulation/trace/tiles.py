"""Time cut into pieces without gap or overlap."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from simulation.engines.program.open_time import Interval, OpenTime

T = TypeVar("T")


class Tile(NamedTuple, Generic[T]):
    """[begin_ms, end_ms) and what it stands for."""

    begin_ms: int
    end_ms: int
    value: T


def painted(begin: int, end: int, layers: Sequence[Iterable[tuple[int, int, T]]], ground: T) -> list[Tile[T]]:
    """[begin, end) cut into tiles: at each moment the value of the first layer that covers it, else `ground`.

    Within a layer the piece given first wins. Neighbours of equal value are one tile; an empty span has none.
    """
    pieces = [
        (max(b, begin), min(e, end), value)
        for layer in layers
        for b, e, value in layer
        if b < end and e > begin
    ]
    pieces = [piece for piece in pieces if piece[0] < piece[1]]
    edges = sorted({begin, end, *(b for b, _, _ in pieces), *(e for _, e, _ in pieces)})
    values = [ground] * (len(edges) - 1)
    for b, e, value in reversed(pieces):  # the first is painted last
        for at in range(bisect_left(edges, b), bisect_left(edges, e)):
            values[at] = value
    tiles: list[Tile[T]] = []
    for at, value in enumerate(values):
        if tiles and tiles[-1].value == value:
            tiles[-1] = tiles[-1]._replace(end_ms=edges[at + 1])
        else:
            tiles.append(Tile(edges[at], edges[at + 1], value))
    return tiles


def split_at(tiles: Sequence[Tile[T]], moments: Iterable[int]) -> list[Tile[T]]:
    """The tiles, cut in two where a moment falls inside one."""
    cuts = sorted(set(moments))
    found = []
    for tile in tiles:
        inside = cuts[bisect_right(cuts, tile.begin_ms) : bisect_left(cuts, tile.end_ms)]
        edges = [tile.begin_ms, *inside, tile.end_ms]
        found += [Tile(b, e, tile.value) for b, e in pairwise(edges)]
    return found


def open_within(calendar: OpenTime, begin: int, end: int) -> list[Interval]:
    """The open intervals of a calendar inside [begin, end)."""
    first = bisect_left(calendar.ends, begin + 1)
    found = []
    for number in range(first, len(calendar.begins)):
        if calendar.begins[number] >= end:
            break
        found.append((max(calendar.begins[number], begin), min(calendar.ends[number], end)))
    return found


def closed_within(calendar: OpenTime, begin: int, end: int) -> list[Interval]:
    """The closed intervals of a calendar inside [begin, end)."""
    edges = [begin, *(moment for span in open_within(calendar, begin, end) for moment in span), end]
    return [(b, e) for b, e in zip(edges[::2], edges[1::2], strict=True) if b < e]


def overlap_ms(spans: Iterable[Interval], begin: int, end: int) -> int:
    """How much of [begin, end) the spans cover; they do not overlap one another."""
    return sum(max(0, min(e, end) - max(b, begin)) for b, e in spans)
