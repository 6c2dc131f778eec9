"""Variants: the different sequences of steps cases went through, and how many took each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.case_times import cycle_calendar_days, cycle_days
from mining.columns import LogColumns, log_columns
from mining.event_log import EventLog
from mining.grouped import grouped_quantiles
from mining.log_cache import once_per_object
from mining.working_time import OFFICE_HOURS, WorkingCalendar


@dataclass(frozen=True)
class Variant:
    """One sequence of steps. `share` is of all cases, 0 to 1; the median is over finished cases."""

    activities: tuple[str, ...]
    cases: int
    share: float
    median_cycle_working_days: float | None
    median_cycle_calendar_days: float | None
    example_case: str


@dataclass(frozen=True)
class VariantCodes:
    """The variant of each case (code), and for each variant one case that went through it (code) and how
    many did; the most frequent variant first, equally frequent ones by their first case."""

    of_case: np.ndarray
    example_case: np.ndarray
    cases: np.ndarray


def find_variants(log: EventLog, calendar: WorkingCalendar = OFFICE_HOURS) -> list[Variant]:
    """All variants of a log, the most frequent first."""
    columns = log_columns(log)
    found = find_variant_codes(log)
    days = cycle_days(log, calendar)
    known = ~np.isnan(days)
    n, of_case = found.cases.size, found.of_case[known]
    [medians] = grouped_quantiles(of_case, days[known], n, [0.5])
    [on_calendar] = grouped_quantiles(of_case, cycle_calendar_days(log)[known], n, [0.5])
    return [
        Variant(
            activities=variant_activities(columns, int(case)),
            cases=int(cases),
            share=float(cases / columns.n_cases),
            median_cycle_working_days=None if np.isnan(median) else float(median),
            median_cycle_calendar_days=None if np.isnan(elapsed) else float(elapsed),
            example_case=str(columns.case_ids[case]),
        )
        for case, cases, median, elapsed in zip(
            found.example_case, found.cases, medians, on_calendar, strict=True
        )
    ]


def variant_activities(columns: LogColumns, case: int) -> tuple[str, ...]:
    """The steps of a case, in order."""
    codes = columns.activity[columns.case_starts[case] : columns.case_starts[case + 1]]
    return tuple(columns.activities[codes].tolist())


@once_per_object
def find_variant_codes(log: EventLog) -> VariantCodes:
    """Which cases share a sequence of steps.

    Each sequence is hashed to 64 bits (random weights by position and step) and each case is then compared
    with the first case of its hash, so that a collision cannot merge two variants.
    """
    columns = log_columns(log)
    if columns.n_cases == 0:
        nothing = np.zeros(0, "int64")
        return VariantCodes(nothing, nothing, nothing)
    _, example, group = np.unique(_hashes(columns), return_index=True, return_inverse=True)
    if not _all_like_example(columns, example[group]):
        example, group = _by_bytes(columns)
    cases = np.bincount(group)
    order = np.lexsort((example, -cases))
    rank = np.empty(order.size, "int64")
    rank[order] = np.arange(order.size)
    return VariantCodes(rank[group], example[order], cases[order])


def _hashes(columns: LogColumns, seed: int = 20180830) -> np.ndarray:
    draw = np.random.default_rng(seed)
    longest = int(columns.case_lengths.max())
    by_position = draw.integers(0, 2**64, longest, dtype="uint64")
    by_step = draw.integers(0, 2**64, columns.n_activities, dtype="uint64")
    position = np.arange(columns.n_events) - columns.first_events[columns.case]
    return np.add.reduceat(by_position[position] * by_step[columns.activity], columns.first_events)


def _all_like_example(columns: LogColumns, example_of_case: np.ndarray) -> bool:
    if not np.array_equal(columns.case_lengths, columns.case_lengths[example_of_case]):
        return False
    shift = columns.first_events[example_of_case] - columns.first_events
    twin = np.arange(columns.n_events) + shift[columns.case]
    return bool(np.array_equal(columns.activity, columns.activity[twin]))


def _by_bytes(columns: LogColumns) -> tuple[np.ndarray, np.ndarray]:
    """The slow exact way, for the day two sequences share a hash."""
    sequences = np.split(columns.activity, columns.case_starts[1:-1])
    keys = np.array([sequence.tobytes().hex() for sequence in sequences], dtype=object)
    _, example, group = np.unique(keys, return_index=True, return_inverse=True)
    return example, group
