"""Drift: whether the way cases go changed from month to month, more than chance would have it.

The distance of two months is the total variation of their distributions of variants, or of moves where
nearly every case is a variant of its own: 0 (the same) to 1 (nothing in common). Two samples of one
distribution have a distance too, so the days of the two months are dealt out again at random (`DEALS` times;
days and not cases, because the cases of one day hang together) and the distance seen is held against those
dealt. Chances are corrected for the number of months compared (Holm).

Example: 60 % of the cases took a-b and 40 % a-c, a month later 30 % and 70 %: distance 0.30. With 100
cases each month chance alone gives about 0.06.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from mining.case_mix import DIMENSIONS, find_strata, mix_distance
from mining.case_times import find_case_times
from mining.columns import log_columns
from mining.event_log import EventLog
from mining.follow_up import followed_cases
from mining.grouped import count_codes
from mining.map_times import list_moves
from mining.process_map import END_NODE, START_NODE
from mining.variants import find_variant_codes, variant_activities
from mining.working_time import MS_PER_DAY, WorkingCalendar, working_days

DEALS = 1999
SEED = 20150301
MIN_CASES, MIN_DAYS = 30, 8
"""A month with fewer cases, or fewer days on which cases began, is not compared."""
MAX_VARIANTS_A_CASE = 0.5
"""Moves instead of variants where more different variants than this come on a case."""
MAX_SHIFTS = 5
Unit = Literal["variants", "moves"]


@dataclass(frozen=True)
class Shift:
    """A variant or a move whose share changed between two months; shares are of cases (of moves)."""

    steps: tuple[str, ...]
    share_before: float
    share_after: float


@dataclass(frozen=True)
class MonthPair:
    """Two months compared. `chance` is the corrected chance of such a distance between like months.

    `expected` is the mean distance of months dealt at random, `expected_high` the one that 95 % of them stay
    under, `excess_low` to `excess_high` the distance less the middle 95 % of those dealt.
    """

    month_before: str
    month_after: str
    cases_before: int
    cases_after: int
    cases_per_working_day_before: float
    cases_per_working_day_after: float
    distance: float
    expected: float
    expected_high: float
    excess_low: float
    excess_high: float
    chance: float
    mix_distance: float | None  # of item, channel and type of applicant; None where the log tells none
    shifts: tuple[Shift, ...]

    @property
    def excess(self) -> float:
        """The distance beyond what chance gives."""
        return self.distance - self.expected

    def to_json(self) -> dict[str, Any]:
        """All fields, shifts as lists."""
        shifts = [{**vars(each), "steps": list(each.steps)} for each in self.shifts]
        return {**vars(self), "excess": self.excess, "shifts": shifts}


@dataclass(frozen=True)
class Drift:
    """Each month against the one before, and the last against the first where there are more than two.

    `left_out` counts cases not compared: begun too near the end of the log, or in a month too thin.
    """

    unit: Unit
    pairs: tuple[MonthPair, ...]
    cases: int
    left_out: int
    thin_months: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The contract of the command line."""
        return {
            "unit": self.unit,
            "pairs": [each.to_json() for each in self.pairs],
            "cases": self.cases,
            "cases_left_out": self.left_out,
            "thin_months": list(self.thin_months),
        }


@dataclass(frozen=True)
class _Counted:
    """One row a unit (a case, a move): its case and the code of what it is, and the names of codes."""

    case: np.ndarray
    code: np.ndarray
    names: list[tuple[str, ...]]


def measure_drift(log: EventLog, calendar: WorkingCalendar) -> Drift:
    """The drift of a log by calendar month of the begin of cases.

    Cases begun too near the end of the log are left out, for only short ones of them are complete.
    """
    columns = log_columns(log)
    if columns.n_cases == 0:
        return Drift("variants", (), 0, 0, ())
    begin_ms = find_case_times(log).begin_ms
    followed = followed_cases(log, open_known=False)
    day = begin_ms // MS_PER_DAY
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    thin, kept = _months(month[followed], day[followed])
    unit, counted = _what_to_count(log)
    strata = find_strata(log, log, tuple(DIMENSIONS))
    mix = strata.before if strata.dimensions else None
    compared = followed & np.isin(month, kept)
    pairs = list(pairwise(kept))
    if len(kept) > 2:
        pairs.append((kept[0], kept[-1]))
    found = [
        _compare(log, calendar, (first, last), np.where(compared, month, -1), day, counted, mix, number)
        for number, (first, last) in enumerate(pairs)
    ]
    return Drift(
        unit,
        tuple(_corrected(found)),
        int(compared.sum()),
        int((~compared).sum()),
        tuple(_name(each) for each in thin),
    )


def _months(month: np.ndarray, day: np.ndarray) -> tuple[list[int], list[int]]:
    """Months too thin to compare, and the others."""
    thin: list[int] = []
    kept: list[int] = []
    for each in np.unique(month).tolist():
        inside = month == each
        enough = inside.sum() >= MIN_CASES and np.unique(day[inside]).size >= MIN_DAYS
        (kept if enough else thin).append(each)
    return thin, kept


def _name(month: int) -> str:
    return str(np.datetime64(month, "M"))


def _what_to_count(log: EventLog) -> tuple[Unit, _Counted]:
    columns, variants = log_columns(log), find_variant_codes(log)
    if variants.cases.size <= MAX_VARIANTS_A_CASE * columns.n_cases:
        names = [variant_activities(columns, int(case)) for case in variants.example_case]
        return "variants", _Counted(np.arange(columns.n_cases), variants.of_case, names)
    moves, width = list_moves(log), columns.n_activities + 1
    keys, code, _ = count_codes(moves.source * width + moves.target, width * width)
    sources, targets = [*columns.activities, START_NODE], [*columns.activities, END_NODE]
    moved: list[tuple[str, ...]] = [
        (str(sources[key // width]), str(targets[key % width])) for key in keys.tolist()
    ]
    return "moves", _Counted(moves.case, code, moved)


def _compare(
    log: EventLog,
    calendar: WorkingCalendar,
    months: tuple[int, int],
    month: np.ndarray,
    day: np.ndarray,
    counted: _Counted,
    mix: np.ndarray | None,
    number: int,
) -> MonthPair:
    of_case = np.isin(month, months)
    days, day_code = np.unique(day[of_case], return_inverse=True)
    code_of_day = np.full(month.size, -1, "int64")
    code_of_day[of_case] = day_code
    rows = of_case[counted.case]
    present, code = np.unique(counted.code[rows], return_inverse=True)
    width = present.size
    table = np.bincount(code_of_day[counted.case[rows]] * width + code, minlength=days.size * width).reshape(
        days.size, width
    )
    in_last = days.astype("datetime64[D]").astype("datetime64[M]").astype("int64") == months[1]
    shares = np.stack([table[~in_last].sum(axis=0), table[in_last].sum(axis=0)]).astype(float)
    shares /= shares.sum(axis=1, keepdims=True)
    distance = float(np.abs(shares[0] - shares[1]).sum() / 2)
    dealt = _dealt_distances(table, in_last, np.random.default_rng([SEED, number]))
    order = np.argsort(-np.abs(shares[1] - shares[0]), kind="stable")[:MAX_SHIFTS]
    cases = [int((month == each).sum()) for each in months]
    rates = [_per_working_day(calendar, each, n) for each, n in zip(months, cases, strict=True)]
    return MonthPair(
        month_before=_name(months[0]),
        month_after=_name(months[1]),
        cases_before=cases[0],
        cases_after=cases[1],
        cases_per_working_day_before=rates[0],
        cases_per_working_day_after=rates[1],
        distance=distance,
        expected=float(dealt.mean()),
        expected_high=float(np.quantile(dealt, 0.95)),
        excess_low=distance - float(np.quantile(dealt, 0.975)),
        excess_high=distance - float(np.quantile(dealt, 0.025)),
        chance=float((1 + np.count_nonzero(dealt >= distance - 1e-12)) / (1 + dealt.size)),
        mix_distance=None if mix is None else _mix(mix, month, months),
        shifts=tuple(
            Shift(counted.names[present[code]], float(shares[0, code]), float(shares[1, code]))
            for code in order
        ),
    )


def _dealt_distances(table: np.ndarray, in_last: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Distances after dealing the days to two months of the same numbers of days, at random."""
    n = in_last.size
    dealt = np.argsort(draw.random((DEALS, n)), axis=1) < int(in_last.sum())
    last = dealt.astype(float) @ table
    first = table.sum(axis=0) - last
    last /= np.maximum(last.sum(axis=1, keepdims=True), 1)
    first /= np.maximum(first.sum(axis=1, keepdims=True), 1)
    return np.abs(first - last).sum(axis=1) / 2


def _mix(mix: np.ndarray, month: np.ndarray, months: tuple[int, int]) -> float:
    n = int(mix.max()) + 1
    return mix_distance(*(np.bincount(mix[month == each], minlength=n) for each in months))


def _per_working_day(calendar: WorkingCalendar, month: int, cases: int) -> float:
    edges = np.array([month, month + 1], "datetime64[M]").astype("datetime64[ms]").astype("int64")
    first, end = edges.tolist()
    return cases / max(working_days(calendar, first, end - 1).size, 1)


def _corrected(pairs: list[MonthPair]) -> list[MonthPair]:
    """Holm: the k-th smallest of m chances times m - k + 1, never below the one before."""
    found = list(pairs)
    worst = 0.0
    for rank, position in enumerate(np.argsort([pair.chance for pair in pairs], kind="stable").tolist()):
        worst = max(worst, min(1.0, pairs[position].chance * (len(pairs) - rank)))
        found[position] = replace(pairs[position], chance=worst)
    return found
