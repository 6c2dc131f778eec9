"""Places for the labels of edges: on their own line, clear of boxes and of each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom
FRACTIONS = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)
NEAR_PX = 10.0


def place_labels(
    routes: Sequence[Sequence[Point]],
    wished: Sequence[Point | None],
    boxes: Sequence[Rectangle],
    size: tuple[float, float],
) -> list[Point | None]:
    """For each route the centre of its label, or None where there is no room on its line.

    A wished place is kept where it lies on the line; one beside another line would
    be read as that one's.
    """
    kept = [
        at if at and distance(at, route) <= NEAR_PX else None
        for at, route in zip(wished, routes, strict=True)
    ]
    taken = [*boxes, *(_around(at, size) for at in kept if at)]
    result = []
    for at, route in zip(kept, routes, strict=True):
        found = at or _free_place(route, taken, size)
        if found and not at:
            taken.append(_around(found, size))
        result.append(found)
    return result


def along(points: Sequence[Point], share: float) -> Point:
    """The point at this share of the length of a polyline."""
    lengths = [_length(a, b) for a, b in pairwise(points)]
    left = sum(lengths) * share
    for (a, b), length in zip(pairwise(points), lengths, strict=True):
        if length >= left and length > 0:
            return a[0] + left / length * (b[0] - a[0]), a[1] + left / length * (b[1] - a[1])
        left -= length
    return points[-1]


def distance(at: Point, points: Sequence[Point]) -> float:
    """Distance of a point from a polyline."""
    return min(_to_segment(at, a, b) for a, b in pairwise(points))


def _free_place(route: Sequence[Point], taken: list[Rectangle], size: tuple[float, float]) -> Point | None:
    places = (along(route, share) for share in FRACTIONS)
    return next((at for at in places if not any(_meet(_around(at, size), other) for other in taken)), None)


def _around(at: Point, size: tuple[float, float]) -> Rectangle:
    return at[0] - size[0] / 2, at[1] - size[1] / 2, at[0] + size[0] / 2, at[1] + size[1] / 2


def _meet(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _length(a: Point, b: Point) -> float:
    return float(((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5)


def _to_segment(at: Point, a: Point, b: Point) -> float:
    length = _length(a, b)
    if length == 0:
        return _length(at, a)
    share = ((at[0] - a[0]) * (b[0] - a[0]) + (at[1] - a[1]) * (b[1] - a[1])) / length**2
    share = min(max(share, 0.0), 1.0)
    return _length(at, (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))
