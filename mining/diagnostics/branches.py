"""The usual sequence of a service, cut into branches: what one department does in one go.

A branch is a stretch of neighbouring steps of one department in the usual order, like a counter and the
approval behind it. Steps most cases never see are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.columns import log_columns
from mining.diagnostics.departments import UNKNOWN, department_codes
from mining.event_log import EventLog
from mining.grouped import grouped_mean, grouped_mode

MIN_STEP_SHARE = 0.5
"""A step belongs to the usual sequence if at least this share of the cases that ended has it."""
MIN_ORDER_SHARE = 0.8
"""Two branches follow one another if, of the cases with both, this share begins them in this order."""


@dataclass(frozen=True)
class Branch:
    """Steps of one department, in order; codes are those of `LogColumns.activities`."""

    dept: str
    steps: tuple[str, ...]
    codes: tuple[int, ...]


def usual_branches(log: EventLog) -> tuple[Branch, ...]:
    """The branches of the log in their usual order: by the mean place of each step's first occurrence."""
    columns = log_columns(log)
    dept_code, names = department_codes(log)
    known = dept_code != UNKNOWN
    of_step = grouped_mode(columns.activity[known], dept_code[known], columns.n_activities)
    branches: list[tuple[int, list[int]]] = []
    for step in _usual_order(log):
        dept = int(of_step[step])
        if dept == UNKNOWN:
            continue
        if branches and branches[-1][0] == dept:
            branches[-1][1].append(step)
        else:
            branches.append((dept, [step]))
    return tuple(
        Branch(names[dept], tuple(str(columns.activities[step]) for step in steps), tuple(steps))
        for dept, steps in branches
    )


def _usual_order(log: EventLog) -> list[int]:
    columns = log_columns(log)
    first = np.flatnonzero(~columns.repeated)
    steps = columns.activity[first]
    # the place among the case's first occurrences, so that repetitions push nothing back
    place = np.arange(first.size) - np.searchsorted(first, columns.case_starts[:-1])[columns.case[first]]
    mean_place = grouped_mean(steps, place, columns.n_activities)
    cases = np.bincount(steps, minlength=columns.n_activities)
    finished = _cases_that_ended(log)
    needed = MIN_STEP_SHARE * max(finished, 1)
    usual = [step for step in range(columns.n_activities) if cases[step] >= needed]
    return sorted(usual, key=lambda step: (mean_place[step], step))


def _cases_that_ended(log: EventLog) -> int:
    """Cases known to have ended; all of them where the log does not tell."""
    columns = log_columns(log)
    if "ts_finish" in log.cases.columns and bool(log.cases["ts_finish"].notna().any()):
        return int(log.cases["ts_finish"].notna().sum())
    return columns.n_cases


@dataclass(frozen=True)
class BranchTimes:
    """For each case (row) and branch (column): when it began and ended, in ms; -1 where it never did."""

    begin_ms: np.ndarray
    end_ms: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """Whether the case has the branch."""
        return self.end_ms >= 0


def branch_times(log: EventLog, branches: tuple[Branch, ...]) -> BranchTimes:
    """First begin (start where known, else end) and last end of each branch in each case."""
    columns = log_columns(log)
    begin_of_event = np.where(
        columns.start_ms > 0, np.minimum(columns.start_ms, columns.time_ms), columns.time_ms
    )
    shape = (columns.n_cases, len(branches))
    begin, end = np.full(shape, np.iinfo(np.int64).max), np.full(shape, -1, "int64")
    for number, branch in enumerate(branches):
        events = np.flatnonzero(np.isin(columns.activity, branch.codes))
        np.minimum.at(begin[:, number], columns.case[events], begin_of_event[events])
        np.maximum.at(end[:, number], columns.case[events], columns.time_ms[events])
    return BranchTimes(np.where(end >= 0, begin, -1), end)
