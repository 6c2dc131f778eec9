"""A flow as a Petri net, small and fast: a marking is one whole number with a bit for each place.

Nets are taken as safe (a place holds one token at most), which every flow of blocks is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Transition:
    """One step (`label` is its number in `Net.steps`) or a silent move (None); places as bits."""

    label: int | None
    takes: int
    gives: int

    def fires_from(self, marking: int) -> bool:
        """Whether every place it takes from holds a token."""
        return marking & self.takes == self.takes

    def fire(self, marking: int) -> int:
        """The marking after it."""
        return (marking & ~self.takes) | self.gives

    def overfills(self, marking: int) -> bool:
        """Whether it would put a second token into a place."""
        return bool(marking & ~self.takes & self.gives)


@dataclass(frozen=True)
class Cluster:
    """The transitions that take from exactly the same places. `labels` has a bit for each step among them;
    `free` says that no other transition takes from any of these places, so nothing else can disable them."""

    takes: int
    members: tuple[Transition, ...]
    labels: int
    free: bool


@dataclass(frozen=True)
class Net:
    """Transitions between places, from the marking `start` to the marking `end`; names of steps by number."""

    steps: tuple[str, ...]
    transitions: tuple[Transition, ...]
    start: int
    end: int

    @cached_property
    def silent(self) -> dict[int, tuple[Transition, ...]]:
        """Transitions that are no step, by the lowest place they take from."""
        found: dict[int, list[Transition]] = {}
        for each in self.transitions:
            if each.label is None:
                found.setdefault(each.takes & -each.takes, []).append(each)
        return {place: tuple(each) for place, each in found.items()}

    def silent_moves(self, marking: int) -> list[Transition]:
        """The silent transitions that can fire without putting a second token into a place."""
        found, rest, by_place = [], marking, self.silent
        while rest:
            place = rest & -rest
            rest ^= place
            for each in by_place.get(place, ()):
                if each.fires_from(marking) and not each.overfills(marking):
                    found.append(each)
        return found

    @cached_property
    def clusters(self) -> dict[int, tuple[Cluster, ...]]:
        """All clusters, by the lowest place they take from."""
        by_places: dict[int, list[Transition]] = {}
        for each in self.transitions:
            by_places.setdefault(each.takes, []).append(each)
        found: dict[int, list[Cluster]] = {}
        for takes, members in by_places.items():
            labels = _bits(1 << each.label for each in members if each.label is not None)
            free = not any(other != takes and other & takes for other in by_places)
            found.setdefault(takes & -takes, []).append(Cluster(takes, tuple(members), labels, free))
        return {place: tuple(each) for place, each in found.items()}

    def enabled(self, marking: int) -> list[Cluster]:
        """The clusters that can fire."""
        found, rest, by_place = [], marking, self.clusters
        while rest:
            place = rest & -rest
            rest ^= place
            found += [each for each in by_place.get(place, ()) if marking & each.takes == each.takes]
        return found

    @cached_property
    def by_step(self) -> tuple[tuple[Transition, ...], ...]:
        """The transitions of each step."""
        found: list[list[Transition]] = [[] for _ in self.steps]
        for each in self.transitions:
            if each.label is not None:
                found[each.label].append(each)
        return tuple(tuple(each) for each in found)


@dataclass
class NetBuilder:
    """Collects places and transitions of a net."""

    places: int = 0
    names: dict[str, int] = field(default_factory=dict)
    transitions: list[Transition] = field(default_factory=list)

    def place(self) -> int:
        """A new place, as a bit."""
        self.places += 1
        return 1 << (self.places - 1)

    def add(self, label: str | None, takes: Iterable[int], gives: Iterable[int]) -> None:
        """A step, or a silent move if `label` is None, between places."""
        number = None if label is None else self.names.setdefault(label, len(self.names))
        self.transitions.append(Transition(number, _bits(takes), _bits(gives)))

    def build(self, start: int, end: int) -> Net:
        """The net between two markings."""
        return Net(tuple(self.names), tuple(self.transitions), start, end)


def _bits(places: Iterable[int]) -> int:
    marking = 0
    for place in places:
        marking |= place
    return marking
