"""The events of one step with their times, for diagnostics that look at steps one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.columns import UNKNOWN_MS, log_columns
from mining.event_log import EventLog
from mining.presence import applicant_present
from mining.waiting import EventTimes
from mining.working_time import MS_PER_DAY


@dataclass(frozen=True)
class StepEvents:
    """Positions of the events of one step, and their times in ms, `UNKNOWN_MS` where the log cannot tell."""

    name: str
    dept: str | None  # the most frequent one
    events: np.ndarray
    wait_ms: np.ndarray
    work_ms: np.ndarray
    reach_ms: np.ndarray
    at_counter: bool  # the applicant stands there more often than not


def events_by_step(log: EventLog, times: EventTimes) -> list[StepEvents]:
    """One value a step, the most frequent first."""
    columns = log_columns(log)
    present = applicant_present(log)
    order = np.argsort(columns.activity, kind="stable")
    bounds = np.searchsorted(columns.activity[order], np.arange(columns.n_activities + 1))
    found = []
    for code, name in enumerate(columns.activities):
        events = order[bounds[code] : bounds[code + 1]]
        found.append(
            StepEvents(
                name=str(name),
                dept=_most_frequent_department(log, events),
                events=events,
                wait_ms=times.wait_ms[events],
                work_ms=times.work_ms[events],
                reach_ms=times.reach_ms[events],
                at_counter=present is not None and bool(present[events].mean() > 0.5),
            )
        )
    return found


def known(values_ms: np.ndarray) -> np.ndarray:
    """The values that are known."""
    return values_ms[values_ms != UNKNOWN_MS]


def mean_interval(time_ms: np.ndarray, values: np.ndarray) -> tuple[float | None, float | None]:
    """95 % interval of a mean, from its spread between days: waits of one day are not independent.

    (None, None) where all values are of one day.
    """
    return ratio_interval(time_ms, values, np.ones(values.size))


def ratio_interval(
    time_ms: np.ndarray, parts: np.ndarray, wholes: np.ndarray
) -> tuple[float | None, float | None]:
    """95 % interval of the sum of `parts` over the sum of `wholes`, from its spread between days; at least 0.

    (None, None) where all values are of one day. Linearised variance of a ratio of daily sums (Cochran 1977).
    """
    days, day = np.unique(time_ms // MS_PER_DAY, return_inverse=True)
    whole = float(wholes.sum())
    if days.size < 2 or whole == 0:
        return None, None
    ratio = float(parts.sum()) / whole
    off = np.bincount(day, weights=parts - ratio * wholes)
    error = float(np.sqrt(days.size / (days.size - 1) * (off**2).sum())) / whole
    return max(0.0, ratio - 1.96 * error), ratio + 1.96 * error


def quantile_interval(
    time_ms: np.ndarray, values: np.ndarray, probability: float
) -> tuple[float | None, float | None]:
    """95 % interval of a quantile, from the spread between days of the share at or below it (Woodruff 1952).

    (None, None) where all values are of one day.
    """
    below, above = mean_interval(time_ms, (values <= np.quantile(values, probability)).astype("float64"))
    if below is None or above is None:
        return None, None
    spread = (above - below) / 2
    ends = np.clip([probability - spread, probability + spread], 0, 1)
    low, high = np.quantile(values, ends)
    return float(low), float(high)


def _most_frequent_department(log: EventLog, events: np.ndarray) -> str | None:
    if not log.has("dept"):
        return None
    counts = log.events["dept"].iloc[events].value_counts()
    return str(counts.index[0]) if len(counts) else None
