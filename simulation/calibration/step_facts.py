"""What a step is: its department, its place, the documents it makes. Majorities over its events."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from mining.event_log import COUNTER, LIST_SEPARATOR, PLACES, EventLog
from simulation.calibration.observations import UNKNOWN_MS, Observations

ISSUED_SHARE = 0.5


def departments(log: EventLog, observed: Observations, min_share: float = 0.0) -> list[str | None]:
    """The most frequent department of each step.

    None where the log names none, or where it has less than `min_share` of the step's events.
    """
    if not log.has("dept"):
        return [None] * len(observed.step_names)
    found = []
    for values in _by_step(log.events["dept"], observed):
        dept = most_frequent(values)
        found.append(dept if dept is not None and (values == dept).mean() >= min_share else None)
    return found


def places(log: EventLog, observed: Observations) -> list[str | None]:
    """The place of each step: the logged one, or the counter if at least half of its events have a ticket."""
    tickets = observed.ticket_ms != UNKNOWN_MS
    logged = _by_step(log.events["place"], observed) if log.has("place") else None
    found: list[str | None] = []
    for step in range(len(observed.step_names)):
        place = most_frequent(logged[step]) if logged is not None else None
        if place not in PLACES:
            place = COUNTER if tickets[observed.step == step].mean() >= 0.5 else None
        found.append(place)
    return found


def issued(log: EventLog, observed: Observations) -> list[tuple[str, ...]]:
    """Documents each step makes: those at least half of its passed visits list."""
    if not log.has("issues"):
        return [()] * len(observed.step_names)
    return [_issued(values) for values in _by_step(log.events["issues"], observed)]


def most_frequent(values: pd.Series) -> str | None:
    """The most frequent value (ties: the first by name), None where all are missing."""
    counts = values.dropna().value_counts()
    if counts.empty:
        return None
    return str(min(counts[counts == counts.iloc[0]].index))


def _issued(values: pd.Series) -> tuple[str, ...]:
    lists = values.dropna().astype("object").map(lambda text: [p.strip() for p in text.split(LIST_SEPARATOR)])
    counts = lists.explode().value_counts()
    return tuple(sorted(str(d) for d in counts[counts >= ISSUED_SHARE * len(lists)].index if d))


def _by_step(column: pd.Series, observed: Observations) -> list[pd.Series]:
    """The values of a column, split by step."""
    order = np.argsort(observed.step, kind="stable")
    bounds = np.searchsorted(observed.step[order], np.arange(len(observed.step_names) + 1))
    return [column.iloc[order[a:b]] for a, b in pairwise(bounds)]
