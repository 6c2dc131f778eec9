"""A second-order Markov chain over steps, with pooled contexts, as tables of the service model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.calibration.cases import CaseWindow
from simulation.calibration.observations import Observations
from simulation.service_model import START, ContextRow, ContextTable

MIN_COUNTS = (3, 5, 10, 20, 50, 100, 1_000_000)
MAX_WEIGHTS = 60_000  # of all tables together: a model is a file a person can open
NOTHING = -1  # no step yet
ANY = -2  # pooled over this place of the context

Context = tuple[int, int]  # (step before the last, last step), ANY where pooled


@dataclass(frozen=True)
class Chain:
    """Moves by context (`moves[context]` = next symbols and their counts) and ends by context."""

    moves: dict[Context, tuple[np.ndarray, np.ndarray]]
    ends: dict[Context, int]
    position: np.ndarray  # mean relative position of each symbol in its cases
    longest_case: int
    n_moves: int
    n_pooled: int
    min_count: int

    @property
    def used_symbols(self) -> list[int]:
        """Symbols that occur, ascending."""
        return sorted({int(s) for symbols, _ in self.moves.values() for s in symbols})

    @property
    def n_pairs(self) -> int:
        """Contexts of two steps."""
        return sum(1 for context in self.moves if context[0] != ANY)

    def symbols_by_position(self) -> list[int]:
        """The symbols that occur, in the order in which cases meet them."""
        return sorted(self.used_symbols, key=lambda s: (self.position[s], s))

    def table(self, branches: list[int], names: tuple[str, ...]) -> ContextTable:
        """Weights of these branches by context; contexts that lead to none of them have no row."""
        return self._table([[s] for s in branches], names)

    def stage_table(self, stages: list[list[int]], names: tuple[str, ...]) -> ContextTable:
        """Weights of the stages by context: the sum over their branches."""
        return self._table(stages, names)

    def end_table(self, names: tuple[str, ...]) -> ContextTable:
        """[again, on] by context."""
        contexts = {c for c in (*self.moves, *self.ends) if c[1] != NOTHING}
        counts = {c: (float(self._n(c)), float(self.ends.get(c, 0))) for c in contexts}
        rows = [_row(c, counts[c], names) for c in sorted(counts, key=_order) if c != (ANY, ANY)]
        total = [sum(column) for column in zip(*counts.values(), strict=True)] if counts else [0.0, 1.0]
        last = counts.get((ANY, ANY), tuple(total))
        return ContextTable(rows=(*rows, ContextRow(after=(), weights=last, n=round(sum(last)))))

    def _n(self, context: Context) -> int:
        return int(self.moves[context][1].sum()) if context in self.moves else 0

    def _table(self, branches: list[list[int]], names: tuple[str, ...]) -> ContextTable:
        branch_of = {symbol: number for number, group in enumerate(branches) for symbol in group}
        rows: list[ContextRow] = []
        total, rest = np.zeros(len(branches)), np.zeros(len(branches))
        for context in sorted(self.moves, key=_order):
            weights = np.zeros(len(branches))
            for symbol, count in zip(*self.moves[context], strict=True):
                if int(symbol) in branch_of:
                    weights[branch_of[int(symbol)]] += count
            total += weights
            if context == (ANY, ANY):
                rest = weights
            elif weights.any():
                rows.append(_row(context, tuple(weights.tolist()), names))
        last = rest if rest.any() else total
        return ContextTable(
            rows=(*rows, ContextRow(after=(), weights=tuple(last.tolist()), n=int(last.sum())))
        )


def fit_chain(
    observed: Observations,
    events: np.ndarray,
    symbol: np.ndarray,
    heads: np.ndarray,
    window: CaseWindow,
    rejected: np.ndarray,
    n_symbols: int,
) -> Chain:
    """Count moves by context. The context of a move is made of steps, its target may be a parallel block."""
    step, case = observed.step[events], observed.case[events]
    begins = np.append(True, case[1:] != case[:-1])
    last_1 = np.where(begins, NOTHING, np.roll(step, 1))
    second = np.append(False, begins[:-1]) & ~begins
    last_2 = np.where(begins | second, NOTHING, np.roll(step, 2))
    usable = heads[window.begun[case[heads]] | (last_2[heads] != NOTHING)]
    tails = np.flatnonzero(np.append(begins[1:], True))
    ended = tails[window.finished[case[tails]] & ~rejected[events[tails]]]
    ended = ended[window.begun[case[ended]] | (last_1[ended] != NOTHING)]
    moves_from = np.column_stack([last_2[usable], last_1[usable]])
    ends_from = np.column_stack([last_1[ended], step[ended]])
    place = (np.arange(case.size) - np.maximum.accumulate(np.where(begins, np.arange(case.size), 0))).astype(
        float
    )
    lengths = np.bincount(case, minlength=int(case.max()) + 1)
    relative = (place + 0.5) / lengths[case]
    n_of = np.maximum(np.bincount(symbol, minlength=n_symbols), 1)
    position = np.bincount(symbol, relative, minlength=n_symbols) / n_of
    return _smallest_that_fits(moves_from, symbol[usable], ends_from, position, int(lengths.max()))


def _smallest_that_fits(
    moves_from: np.ndarray, target: np.ndarray, ends_from: np.ndarray, position: np.ndarray, longest: int
) -> Chain:
    """The chain with the least pooling whose tables are not too large."""
    for min_count in MIN_COUNTS:
        moves, ends, pooled = _pooled(moves_from, ends_from, min_count)
        weights = _n_weights(moves, target)
        if weights <= MAX_WEIGHTS:
            break
    return Chain(
        moves=_count_moves(moves, target),
        ends=_count_ends(ends),
        position=position,
        longest_case=max(longest, 1),
        n_moves=int(target.size),
        n_pooled=pooled,
        min_count=min_count,
    )


def _pooled(
    moves_from: np.ndarray, ends_from: np.ndarray, min_count: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Contexts with those seen fewer than `min_count` times replaced by (ANY, last), then by (ANY, ANY)."""
    both = np.concatenate([moves_from, ends_from])
    both = _replace_rare(both, min_count, keep_last=True)
    pooled = int((both[: len(moves_from), 0] == ANY).sum())
    both = _replace_rare(both, 1 if min_count < MIN_COUNTS[-1] else MIN_COUNTS[0], keep_last=False)
    return both[: len(moves_from)], both[len(moves_from) :], pooled


def _replace_rare(contexts: np.ndarray, min_count: int, *, keep_last: bool) -> np.ndarray:
    base = int(contexts.max()) + 3
    code = (contexts[:, 0] + 2) * base + contexts[:, 1] + 2
    _, index, counts = np.unique(code, return_inverse=True, return_counts=True)
    rare = (counts[index] < min_count) & (contexts[:, 1] != NOTHING)
    replaced = contexts.copy()
    replaced[rare, 0] = ANY
    if not keep_last:
        replaced[rare, 1] = ANY
    return replaced


def _n_weights(moves_from: np.ndarray, target: np.ndarray) -> int:
    """Size of the tables: contexts x branches, or in stages contexts x (stages + steps of those reached)."""
    contexts = len(_unique_rows(moves_from)[0])
    branches = len(np.unique(target))
    return contexts * branches if branches <= 40 else contexts * (branches // 16 + 1 + 3 * 16)


def _count_moves(moves_from: np.ndarray, target: np.ndarray) -> dict[Context, tuple[np.ndarray, np.ndarray]]:
    rows, counts = _unique_rows(np.column_stack([moves_from, target]))
    begins = np.flatnonzero(np.append(True, (rows[1:, :2] != rows[:-1, :2]).any(axis=1)))
    ends = np.append(begins[1:], len(rows))
    return {
        (int(rows[a, 0]), int(rows[a, 1])): (rows[a:b, 2], counts[a:b])
        for a, b in zip(begins.tolist(), ends.tolist(), strict=True)
    }


def _count_ends(ends_from: np.ndarray) -> dict[Context, int]:
    rows, counts = _unique_rows(ends_from)
    return {(int(a), int(b)): int(n) for (a, b), n in zip(rows, counts, strict=True)}


def _unique_rows(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Different rows in ascending order, and how often each occurs; through one number a row, for speed."""
    base = int(rows.max(initial=0)) + 3
    code = np.zeros(len(rows), "int64")
    for column in range(rows.shape[1]):
        code = code * base + rows[:, column] + 2
    codes, counts = np.unique(code, return_counts=True)
    columns = [codes // base**power % base - 2 for power in range(rows.shape[1] - 1, -1, -1)]
    return np.column_stack(columns), counts


def _row(context: Context, weights: tuple[float, ...], names: tuple[str, ...]) -> ContextRow:
    after = tuple(START if code == NOTHING else names[code] for code in context if code != ANY)
    return ContextRow(after=after, weights=weights, n=round(sum(weights)))


def _order(context: Context) -> tuple[bool, bool, Context]:
    """Full contexts first, then the pooled ones."""
    return context[0] == ANY, context[1] == ANY, context
