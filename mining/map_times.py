"""The numbers on a process map: minutes at steps and between steps, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.case_times import find_case_times
from mining.columns import UNKNOWN_MS, LogColumns, difference_ms, log_columns
from mining.enabled_times import case_milliseconds, find_enabled_times
from mining.event_log import EventLog
from mining.grouped import count_codes, grouped_distinct, grouped_mean, grouped_mode, grouped_quantiles
from mining.waiting import split_times
from mining.working_time import MS_PER_MINUTE, WorkingCalendar


@dataclass(frozen=True)
class Moves:
    """All moves of a log, one value a move: activity codes (START and END are `n_activities`), the case, and
    the two moments between which its time counts (`UNKNOWN_MS` where not known)."""

    source: np.ndarray
    target: np.ndarray
    case: np.ndarray
    from_ms: np.ndarray
    to_ms: np.ndarray


@dataclass(frozen=True)
class EdgeTable:
    """One value an edge, the most frequent edge first, then by codes. Minutes are NaN where unknown."""

    source: np.ndarray
    target: np.ndarray
    moves: np.ndarray
    cases: np.ndarray
    minutes_mean: np.ndarray
    minutes_median: np.ndarray
    calendar_minutes_mean: np.ndarray
    calendar_minutes_median: np.ndarray


@dataclass(frozen=True)
class StepTable:
    """One value a step, by activity code. Minutes are NaN where unknown, codes -1."""

    events: np.ndarray
    cases: np.ndarray
    repeats: np.ndarray
    work_minutes_median: np.ndarray
    work_minutes_p90: np.ndarray
    wait_minutes_mean: np.ndarray
    work_calendar_minutes_median: np.ndarray
    wait_calendar_minutes_mean: np.ndarray


def list_moves(log: EventLog) -> Moves:
    """Moves between neighbouring events of each case, from START and to END.

    A move ends at the start of its target where the log has durations, else at its end; it begins at the end
    of its source. START is the application (`ts_apply`). Moves to END take no time. A case that is still
    inside a simulation has no move to END.
    """
    columns = log_columns(log)
    k, inner = columns.n_activities, columns.move_sources
    first, last = columns.first_events, columns.last_events
    if log.simulated:
        last = last[find_case_times(log).finished]
    arrive_ms = columns.start_ms if columns.has_durations else columns.end_ms
    unknown = np.full(last.size, UNKNOWN_MS, "int64")
    return Moves(
        source=np.concatenate([columns.activity[inner], np.full(first.size, k), columns.activity[last]]),
        target=np.concatenate([columns.activity[inner + 1], columns.activity[first], np.full(last.size, k)]),
        case=np.concatenate([columns.case[inner], columns.case[first], columns.case[last]]),
        from_ms=np.concatenate([columns.end_ms[inner], case_milliseconds(log, "ts_apply"), unknown]),
        to_ms=np.concatenate([arrive_ms[inner + 1], arrive_ms[first], unknown]),
    )


def tabulate_edges(moves: Moves, n_activities: int, calendar: WorkingCalendar) -> EdgeTable:
    """Counts, working and calendar minutes of each edge; 0 where a target begins before its source ends."""
    width = n_activities + 1
    keys, edge, counts = count_codes(moves.source * width + moves.target, width * width)
    known = (moves.from_ms != UNKNOWN_MS) & (moves.to_ms != UNKNOWN_MS)
    open_ms = calendar.working_ms_between(moves.from_ms[known], moves.to_ms[known])
    elapsed_ms = moves.to_ms[known] - moves.from_ms[known]
    (mean_ms, median_ms), (elapsed_mean_ms, elapsed_median_ms) = (
        _mean_and_median(edge[known], np.maximum(values, 0), keys.size) for values in (open_ms, elapsed_ms)
    )
    cases = grouped_distinct(edge, moves.case, keys.size)
    order = np.lexsort((keys, -counts))
    return EdgeTable(
        source=keys[order] // width,
        target=keys[order] % width,
        moves=counts[order],
        cases=cases[order],
        minutes_mean=mean_ms[order] / MS_PER_MINUTE,
        minutes_median=median_ms[order] / MS_PER_MINUTE,
        calendar_minutes_mean=elapsed_mean_ms[order] / MS_PER_MINUTE,
        calendar_minutes_median=elapsed_median_ms[order] / MS_PER_MINUTE,
    )


def _mean_and_median(groups: np.ndarray, values: np.ndarray, n_groups: int) -> tuple[np.ndarray, np.ndarray]:
    [median] = grouped_quantiles(groups, values, n_groups, [0.5])
    return grouped_mean(groups, values, n_groups), median


def tabulate_steps(log: EventLog, calendar: WorkingCalendar) -> StepTable:
    """Counts, minutes worked and waited at each step, in working time and on the wall clock."""
    columns = log_columns(log)
    k = columns.n_activities
    times = split_times(log, calendar)
    worked, waited = times.work_ms != UNKNOWN_MS, times.wait_ms != UNKNOWN_MS
    work_ms = grouped_quantiles(columns.activity[worked], times.work_ms[worked], k, [0.5, 0.9])
    median, p90 = work_ms / MS_PER_MINUTE
    elapsed_ms = difference_ms(columns.end_ms, columns.start_ms)[worked]
    [elapsed] = grouped_quantiles(columns.activity[worked], elapsed_ms, k, [0.5]) / MS_PER_MINUTE
    waited_ms = difference_ms(columns.start_ms, find_enabled_times(log).enabled_ms)[waited]
    events = np.bincount(columns.activity, minlength=k)
    repeats = np.bincount(columns.activity, weights=columns.repeated, minlength=k).astype("int64")
    return StepTable(
        events=events,
        cases=events - repeats,
        repeats=repeats,
        work_minutes_median=median,
        work_minutes_p90=p90,
        wait_minutes_mean=grouped_mean(columns.activity[waited], times.wait_ms[waited] / MS_PER_MINUTE, k),
        work_calendar_minutes_median=elapsed,
        wait_calendar_minutes_mean=grouped_mean(columns.activity[waited], waited_ms / MS_PER_MINUTE, k),
    )


def most_frequent(columns: LogColumns, values: pd.Series | None) -> list[str | None]:
    """The most frequent value of a text column at each step, None where it has none."""
    if values is None:
        return [None] * columns.n_activities
    codes, labels = pd.factorize(values, sort=True)
    known = codes >= 0
    found = grouped_mode(columns.activity[known], codes[known], columns.n_activities)
    return [str(labels[code]) if code >= 0 else None for code in found]
