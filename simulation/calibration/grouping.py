"""Steps whose work is done by the same people."""

from __future__ import annotations

import numpy as np

MIN_SIMILARITY = 0.5


def group_steps(
    profile: np.ndarray, eligible: np.ndarray, departments: list[str | None]
) -> tuple[np.ndarray, list[list[int]]]:
    """Group steps by their officers: (group of each step, -1 where not eligible; members of each group).

    `profile` counts events by step and officer. Average linkage on the cosine of the profiles: the two groups
    whose summed profiles are most alike are merged until no pair reaches 0.5. Single linkage would
    chain everything together through one substitute. Steps of different departments never meet.
    """
    groups = [[int(step)] for step in np.flatnonzero(eligible)]
    sums = [profile[group[0]].astype(float) for group in groups]
    depts = [departments[group[0]] for group in groups]
    if groups:
        matrix = _similarity(np.array(sums), depts)
        while matrix.size and matrix.max() >= MIN_SIMILARITY:
            a, b = sorted(divmod(int(matrix.argmax()), len(groups)))
            groups[a] += groups.pop(b)
            sums[a] = sums[a] + sums.pop(b)
            depts.pop(b)
            matrix = _without(matrix, b)
            row = _similarity_to(np.array(sums), depts, a)
            matrix[a, :], matrix[:, a] = row, row
    group_of_step = np.full(len(departments), -1)
    for code, group in enumerate(groups):
        group_of_step[group] = code
    return group_of_step, groups


def _similarity(sums: np.ndarray, depts: list[str | None]) -> np.ndarray:
    return np.array([_similarity_to(sums, depts, index) for index in range(len(depts))])


def _similarity_to(sums: np.ndarray, depts: list[str | None], index: int) -> np.ndarray:
    """Cosine of one profile with all; -1 for itself and for other departments."""
    norms = np.linalg.norm(sums, axis=1) + 1e-12
    row = sums @ sums[index] / (norms * norms[index])
    row[[dept != depts[index] for dept in depts]] = -1.0
    row[index] = -1.0
    return row


def _without(matrix: np.ndarray, index: int) -> np.ndarray:
    return np.delete(np.delete(matrix, index, axis=0), index, axis=1)
