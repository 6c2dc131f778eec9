"""Steps that run at the same time in one case: parallel blocks, where overlaps prove them.

A group of steps is a parallel block if its steps overlap in time within cases, each case that meets one
of them meets all of them once and without another step in between, and the steps that never overlap
fall into branches with one order. Anything less stays a matter of routing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from simulation.calibration.observations import Observations
from simulation.service_model import Block, Parallel, Sequence, StepBlock

MIN_OVERLAP_SHARE = 0.15  # of the cases that have both steps
MIN_REGULAR_SHARE = 0.90  # of the cases that have any step of the group
MAX_LAG = 8  # overlapping events are looked for among the next eight of the case
MIN_CASES = 20


@dataclass(frozen=True)
class ParallelGroup:
    """A parallel block: its branches (step codes in order) and the events that ran in it."""

    branches: tuple[tuple[int, ...], ...]
    events: np.ndarray

    @property
    def steps(self) -> tuple[int, ...]:
        """Codes of all its steps."""
        return tuple(step for branch in self.branches for step in branch)

    def block(self, names: tuple[str, ...]) -> Block:
        """The block of the service model."""
        return Parallel(parallel=tuple(_branch([StepBlock(step=names[s]) for s in b]) for b in self.branches))


def _branch(leaves: list[StepBlock]) -> Block:
    return leaves[0] if len(leaves) == 1 else Sequence(sequence=tuple(leaves))


def find_parallel_groups(observed: Observations, repeats: np.ndarray) -> tuple[ParallelGroup, ...]:
    """The parallel blocks of a log with start times; none where starts are unknown."""
    if not observed.starts_logged:
        return ()
    overlaps = _overlap_share(observed)
    concurrent = overlaps >= MIN_OVERLAP_SHARE
    found = []
    for steps in _components(concurrent):
        branches = [tuple(branch) for branch in _components(~concurrent, within=steps)]
        if len(steps) > 1 and len(branches) > 1:
            group = _regular_group(observed, repeats, steps, branches)
            if group is not None:
                found.append(group)
    return tuple(found)


def release_at_fork(observed: Observations, groups: tuple[ParallelGroup, ...]) -> Observations:
    """The observations with steps of parallel blocks released when the block was, not one by the other."""
    released = observed.released_ms.copy()
    for group in groups:
        events = group.events
        case = observed.case[events]
        begins = np.append(True, case[1:] != case[:-1])
        instance = np.cumsum(begins) - 1
        first = events[begins]
        before = np.maximum(first - 1, 0)
        fork = np.where(observed.first[first], observed.released_ms[first], observed.end_ms[before])
        free = fork[instance]
        for branch in group.branches:
            latest = fork.copy()
            for step in branch:
                mine = observed.step[events] == step
                free[mine] = latest[instance[mine]]
                latest[instance[mine]] = observed.end_ms[events[mine]]
        released[events] = np.minimum(free, observed.start_ms[events])
    return replace(observed, released_ms=released)


def _overlap_share(observed: Observations) -> np.ndarray:
    """By pair of steps: overlapping pairs of events over the cases that have both steps."""
    n = len(observed.step_names)
    overlaps = np.zeros((n, n))
    for lag in range(1, MAX_LAG + 1):
        a, b = np.arange(observed.n_events - lag), np.arange(lag, observed.n_events)
        at_once = (observed.case[a] == observed.case[b]) & (observed.start_ms[b] < observed.end_ms[a])
        at_once &= observed.timed[a] & observed.timed[b] & (observed.step[a] != observed.step[b])
        np.add.at(overlaps, (observed.step[a[at_once]], observed.step[b[at_once]]), 1)
    overlaps += overlaps.T
    if not overlaps.any():
        return overlaps
    involved = np.flatnonzero(overlaps.any(axis=0))
    has = np.zeros((len(observed.case_names), involved.size))
    column = np.full(n, -1)
    column[involved] = np.arange(involved.size)
    mine = column[observed.step] >= 0
    has[observed.case[mine], column[observed.step[mine]]] = 1
    together = np.zeros((n, n))
    together[np.ix_(involved, involved)] = has.T @ has
    return np.where(together >= MIN_CASES, overlaps / np.maximum(together, 1), 0.0)


def _components(adjacent: np.ndarray, within: list[int] | None = None) -> list[list[int]]:
    """Connected components of an undirected graph, smallest code first."""
    left = list(range(len(adjacent))) if within is None else sorted(within)
    components = []
    while left:
        component, frontier = [], [left.pop(0)]
        while frontier:
            node = frontier.pop()
            component.append(node)
            near = [other for other in left if adjacent[node, other]]
            left = [other for other in left if other not in near]
            frontier.extend(near)
        components.append(sorted(component))
    return components


def _regular_group(
    observed: Observations, repeats: np.ndarray, steps: list[int], branches: list[tuple[int, ...]]
) -> ParallelGroup | None:
    """The group with its events, or None where cases do not keep to it."""
    events = np.flatnonzero(np.isin(observed.step, steps) & ~repeats)
    case = observed.case[events]
    cases, begin, size = np.unique(case, return_index=True, return_counts=True)
    step_table = np.bincount(
        np.searchsorted(cases, case) * len(observed.step_names) + observed.step[events],
        minlength=cases.size * len(observed.step_names),
    ).reshape(cases.size, -1)
    once = (step_table[:, steps] == 1).all(axis=1)
    positions = np.cumsum(~repeats)
    contiguous = positions[events[begin + size - 1]] - positions[events[begin]] == size - 1
    regular = once & contiguous
    if regular.mean() < MIN_REGULAR_SHARE:
        return None
    mine = events[regular[np.searchsorted(cases, case)]]
    place = {s: observed.end_ms[mine[observed.step[mine] == s]] for s in steps}
    ordered = []
    for branch in branches:
        in_order = tuple(sorted(branch, key=lambda s: float(place[s].mean())))
        for a, b in pairwise(in_order):
            if (place[a] <= place[b]).mean() < MIN_REGULAR_SHARE:
                return None
        ordered.append(in_order)
    return ParallelGroup(tuple(ordered), mine)
