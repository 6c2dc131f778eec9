"""Why somebody came to the hall again: the trigger of each visit after the first of its journey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, log_columns
from mining.diagnostics.corrections import corrections_if_known
from mining.diagnostics.departments import UNKNOWN, department_codes
from mining.diagnostics.handed_in import count_before
from mining.diagnostics.step_words import is_pick_up
from mining.event_log import BACK_OFFICE, EventLog
from mining.journeys import Visits, journey_ids
from mining.presence import applicant_present

IN_VAIN: Final = "not_served_before"
NEW_REASON: Final = "second_return_with_a_new_reason"
CORRECTION: Final = "return_for_correction"
PICK_UP: Final = "pick_up_only"
NEXT_OFFICE: Final = "next_office_after_wait"
SAME_OFFICE: Final = "same_office_after_wait"
ANOTHER_DAY: Final = "next_counter_without_wait"
UNCLEAR: Final = "unknown"
TRIGGERS = (IN_VAIN, NEW_REASON, CORRECTION, PICK_UP, NEXT_OFFICE, SAME_OFFICE, ANOTHER_DAY, UNCLEAR)
"""In the order in which they are looked for: the first that holds is the trigger."""


@dataclass(frozen=True)
class Triggers:
    """One value a visit; `trigger` is a position in `TRIGGERS`, -1 for the first visit of a journey."""

    trigger: np.ndarray
    first_event: np.ndarray  # the event served first during the visit, -1 without any
    cause: np.ndarray  # the return that made the visit necessary, -1 without any


def find_triggers(log: EventLog, visits: Visits) -> Triggers:
    """The trigger of each visit."""
    first, last, only_pick_up = _served(log, visits)
    n = visits.journey.size
    extra = visits.number > 0
    previous = np.where(extra, np.arange(n) - 1, 0)
    known = extra & (first >= 0)
    cause = _causes(log, np.where(known, first, -1))
    new_reason = np.zeros(n, bool)
    corrections = corrections_if_known(log)
    if corrections is not None:
        new_reason = (cause >= 0) & corrections.new_reason[cause]
    waited = _back_office_between(log, visits, previous)
    elsewhere, same = _other_office(log, last[previous], first)
    holds = (
        known & (last[previous] < 0),
        known & new_reason,
        known & (cause >= 0),
        known & only_pick_up,
        known & waited & elsewhere,
        known & waited & same,
        known & ~waited & (elsewhere | same),
        extra,
    )
    trigger = np.full(n, -1)
    for number in reversed(range(len(TRIGGERS))):
        trigger[holds[number]] = number
    return Triggers(trigger, first, cause)


def _served(log: EventLog, visits: Visits) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First and last event served during each visit (-1 without any), and whether all are pick-ups."""
    columns = log_columns(log)
    begin = np.where(columns.start_ms == UNKNOWN_MS, columns.time_ms, columns.start_ms)
    n = visits.journey.size
    order = np.lexsort((visits.served_event, begin[visits.served_event], visits.served_visit))
    event, visit = visits.served_event[order], visits.served_visit[order]
    first, last = np.full(n, -1), np.full(n, -1)
    first[visit[::-1]] = event[::-1]
    last[visit] = event
    collects = np.array([is_pick_up(str(name)) for name in columns.activities] + [False])
    others = np.bincount(visit, weights=~collects[columns.activity[event]], minlength=n)
    return first, last, (first >= 0) & (others == 0)


def _causes(log: EventLog, event: np.ndarray) -> np.ndarray:
    """The return each event answers: the last decision of its step, or else the event before in the case."""
    corrections = corrections_if_known(log)
    found = np.full(event.size, -1)
    if corrections is None:
        return found
    case = log_columns(log).case
    known = event >= 0
    neighbour = np.where(known & (event > 0), event - 1, -1)
    neighbour = np.where(case[neighbour] == case[event], neighbour, -1)
    for before in (neighbour, np.where(known, corrections.before[event], -1)):
        found = np.where((before >= 0) & corrections.returned[before], before, found)
    return found


def _back_office_between(log: EventLog, visits: Visits, previous: np.ndarray) -> np.ndarray:
    """Whether back-office work of the journey ended between the begins of the visit before and this one."""
    columns = log_columns(log)
    if log.has("place"):
        inside = (log.events["place"] == BACK_OFFICE).to_numpy(dtype=bool)
    else:
        present = applicant_present(log)
        inside = np.zeros(columns.n_events, bool) if present is None else ~present
    code = pd.Index(visits.journey_ids).get_indexer(pd.Index(journey_ids(log)[inside]))
    ended = [
        count_before(code, columns.time_ms[inside], visits.journey, moments)
        for moments in (visits.begin_ms[previous], visits.begin_ms + 1)
    ]
    return ended[1] > ended[0]


def _other_office(log: EventLog, before: np.ndarray, now: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether two events (-1: none) are of different departments, and whether they are of the same one."""
    if not log.has("dept"):
        return np.zeros(now.size, bool), np.zeros(now.size, bool)
    dept, _ = department_codes(log)
    here, there = dept[now], dept[before]
    known = (now >= 0) & (before >= 0) & (here != UNKNOWN) & (there != UNKNOWN)
    return known & (here != there), known & (here == there)
