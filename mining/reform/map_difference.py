"""Two process maps over one set of nodes: what is gone, what is new, what changed in share or in time.

The share of a step or a move is that of the cases that went through it. Its difference has Newcombe's
interval (from Wilson's of both sides), that of a mean time Welch's; cases, and moves of one edge, count as
independent. A map is drawn with the positions of the union, so that before and after lie on each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from mining.columns import UNKNOWN_MS, log_columns
from mining.event_log import EventLog
from mining.grouped import count_codes, grouped_distinct, grouped_mean
from mining.map_times import list_moves
from mining.process_map import END_NODE, START_NODE
from mining.statistics import newcombe_interval
from mining.waiting import split_times
from mining.working_time import MS_PER_MINUTE, WorkingCalendar

Presence = Literal["only_before", "only_after", "both"]
Z = 1.959963984540054


@dataclass(frozen=True)
class SideNumbers:
    """One side of a step or move: cases through it, their share, how often a case, mean working minutes.

    Minutes are those from the step before (of a move) or from start to end (of a step); None where unknown.
    """

    cases: int
    share: float
    per_case: float
    minutes_mean: float | None
    minutes_sd: float | None
    minutes_n: int


@dataclass(frozen=True)
class Change:
    """A step (`target` is None) or a move on both maps, with differences after - before and 95 % intervals.

    Times are compared where both sides have 5 of them. `minutes_per_case_change` is how much longer a case
    takes for it, all cases counted: the change of (minutes x times a case).
    """

    source: str
    target: str | None
    presence: Presence
    before: SideNumbers
    after: SideNumbers
    share_change: float
    share_change_low: float
    share_change_high: float
    minutes_change: float | None
    minutes_change_low: float | None
    minutes_change_high: float | None
    minutes_per_case_change: float | None

    @property
    def is_certain(self) -> bool:
        """Whether the interval of the share or of the minutes does not hold 0."""
        share = not (self.share_change_low <= 0 <= self.share_change_high)
        low, high = self.minutes_change_low, self.minutes_change_high
        return share or (low is not None and high is not None and not (low <= 0 <= high))

    def to_json(self) -> dict[str, Any]:
        """Names, presence, both sides, differences."""
        return {
            "source": self.source,
            "target": self.target,
            "presence": self.presence,
            "before": vars(self.before).copy(),
            "after": vars(self.after).copy(),
            "share_change": self.share_change,
            "share_change_low": self.share_change_low,
            "share_change_high": self.share_change_high,
            "minutes_change": self.minutes_change,
            "minutes_change_low": self.minutes_change_low,
            "minutes_change_high": self.minutes_change_high,
            "minutes_per_case_change": self.minutes_per_case_change,
        }


@dataclass(frozen=True)
class MapDifference:
    """Every step and every move of either log; START and END are the ends of moves."""

    cases_before: int
    cases_after: int
    steps: tuple[Change, ...]
    moves: tuple[Change, ...]

    def ranked(self) -> tuple[Change, ...]:
        """Changes that are more than chance, steps and moves together, the largest change of share first."""
        certain = [each for each in (*self.steps, *self.moves) if each.is_certain]
        return tuple(
            sorted(certain, key=lambda each: (-abs(each.share_change), each.source, str(each.target)))
        )

    def ranked_by_time(self) -> tuple[Change, ...]:
        """Steps and moves with a certain change of their mean time, the most minutes a case first."""
        told = [
            each
            for each in (*self.steps, *self.moves)
            if each.minutes_per_case_change is not None
            and each.minutes_change_low is not None
            and each.minutes_change_high is not None
            and not (each.minutes_change_low <= 0 <= each.minutes_change_high)
        ]
        return tuple(sorted(told, key=lambda each: -abs(each.minutes_per_case_change or 0.0)))

    def to_json(self) -> dict[str, Any]:
        """All steps and moves of the union."""
        return {
            "cases_before": self.cases_before,
            "cases_after": self.cases_after,
            "steps": [each.to_json() for each in self.steps],
            "moves": [each.to_json() for each in self.moves],
        }


MIN_TIMES = 5
_NOTHING = SideNumbers(0, 0.0, 0.0, None, None, 0)
Key = tuple[str, str | None]


def compare_maps(before: EventLog, after: EventLog, calendar: WorkingCalendar) -> MapDifference:
    """The directly-follows maps of both logs, step by step and move by move, the most frequent first."""
    sides = [{**_steps(log, calendar), **_moves(log, calendar)} for log in (before, after)]
    n = log_columns(before).n_cases, log_columns(after).n_cases
    keys = sorted(
        sides[0].keys() | sides[1].keys(),
        key=lambda key: (-sum(side.get(key, _NOTHING).cases for side in sides), key[0], str(key[1])),
    )
    changes = [
        _change(key, sides[0].get(key, _NOTHING), sides[1].get(key, _NOTHING), n[0], n[1]) for key in keys
    ]
    return MapDifference(
        cases_before=n[0],
        cases_after=n[1],
        steps=tuple(each for each in changes if each.target is None),
        moves=tuple(each for each in changes if each.target is not None),
    )


def _change(key: Key, before: SideNumbers, after: SideNumbers, n_before: int, n_after: int) -> Change:
    low, high = newcombe_interval(before.cases, n_before, after.cases, n_after)
    presence: Presence = "both"
    if not (before.cases and after.cases):
        presence = "only_before" if before.cases else "only_after"
    minutes, minutes_low, minutes_high = _minutes_change(before, after)
    per_case = None
    if minutes is not None and before.minutes_mean is not None and after.minutes_mean is not None:
        per_case = after.minutes_mean * after.per_case - before.minutes_mean * before.per_case
    return Change(
        source=key[0],
        target=key[1],
        presence=presence,
        before=before,
        after=after,
        share_change=after.share - before.share,
        share_change_low=low,
        share_change_high=high,
        minutes_change=minutes,
        minutes_change_low=minutes_low,
        minutes_change_high=minutes_high,
        minutes_per_case_change=per_case,
    )


def _minutes_change(
    before: SideNumbers, after: SideNumbers
) -> tuple[float | None, float | None, float | None]:
    if before.minutes_mean is None or after.minutes_mean is None:
        return None, None, None
    if min(before.minutes_n, after.minutes_n) < MIN_TIMES:
        return None, None, None
    change = after.minutes_mean - before.minutes_mean
    variances = [(side.minutes_sd or 0.0) ** 2 / side.minutes_n for side in (before, after)]
    half = Z * sum(variances) ** 0.5
    return change, change - half, change + half


def _steps(log: EventLog, calendar: WorkingCalendar) -> dict[Key, SideNumbers]:
    columns = log_columns(log)
    times = split_times(log, calendar)
    keys: list[Key] = [(str(name), None) for name in columns.activities]
    return _numbers(keys, columns.activity, columns.case, times.work_ms, columns.n_cases)


def _moves(log: EventLog, calendar: WorkingCalendar) -> dict[Key, SideNumbers]:
    columns = log_columns(log)
    moves, width = list_moves(log), columns.n_activities + 1
    codes, edge, _ = count_codes(moves.source * width + moves.target, width * width)
    sources, targets = [*columns.activities, START_NODE], [*columns.activities, END_NODE]
    keys: list[Key] = [(str(sources[code // width]), str(targets[code % width])) for code in codes.tolist()]
    known = (moves.from_ms != UNKNOWN_MS) & (moves.to_ms != UNKNOWN_MS)
    took = np.full(edge.size, UNKNOWN_MS, "int64")
    took[known] = np.maximum(calendar.working_ms_between(moves.from_ms[known], moves.to_ms[known]), 0)
    return _numbers(keys, edge, moves.case, took, columns.n_cases)


def _numbers(
    keys: list[Key], group: np.ndarray, case: np.ndarray, took_ms: np.ndarray, n_cases: int
) -> dict[Key, SideNumbers]:
    k, known = len(keys), took_ms != UNKNOWN_MS
    times = np.bincount(group, minlength=k)
    cases = grouped_distinct(group, case, k)
    minutes, of = took_ms[known] / MS_PER_MINUTE, group[known]
    counts = np.bincount(of, minlength=k)
    mean = grouped_mean(of, minutes, k)
    spread = grouped_mean(of, (minutes - mean[of]) ** 2, k)
    return {
        key: SideNumbers(
            cases=int(cases[code]),
            share=float(cases[code] / n_cases),
            per_case=float(times[code] / n_cases),
            minutes_mean=float(mean[code]) if counts[code] else None,
            minutes_sd=float((spread[code] * counts[code] / (counts[code] - 1)) ** 0.5)
            if counts[code] > 1
            else None,
            minutes_n=int(counts[code]),
        )
        for code, key in enumerate(keys)
    }
