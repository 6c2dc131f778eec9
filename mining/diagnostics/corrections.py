"""Returns for correction (补正): which decisions sent a case back to be put right, and what came of it.

A decision returned the case if its result is 补正, or if it was no pass and the same step decided on the case
again later: somebody put it right. A rejection nobody came back from is none.

One-time notification (一次性告知): all that is wrong must be said the first time. The second return of a
case at a step breaks it if it names a reason the first did not; where one of the two gives no reason, it is
unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.columns import log_columns
from mining.diagnostics.decisions import NOT_A_DECISION, Decisions, find_decisions
from mining.errors import MissingColumnsError
from mining.event_log import RETURN, EventLog
from mining.log_cache import once_per_object
from mining.materials import Aliases, document_names
from mining.text import Text, folded

_SEPARATORS = re.compile(r"[;；、,，|\n]+")
_PURPOSE = Text(zh="查找补正", en="finding returns for correction")


@dataclass(frozen=True)
class Corrections:
    """One value an event; positions are those of the log, -1 where there is none.

    `before` and `after` are the decisions of the same step on the same case right before and after.
    """

    decisions: Decisions
    returned: np.ndarray  # bool
    before: np.ndarray
    after: np.ndarray
    attempt: np.ndarray  # nth decision of the step on the case, from 1; 0 for events that are none
    second_return: np.ndarray  # bool: the second return of the case at the step
    new_reason: np.ndarray  # bool: a second return with a reason the first did not name
    reasons_known: np.ndarray  # bool: a second return that, like the first, gives a reason


def find_corrections(log: EventLog, purpose: Text = _PURPOSE) -> Corrections:
    """The returns of a log; raises `MissingColumnsError` naming `purpose` where it has no decisions."""
    find_decisions(log, purpose)
    return _corrections(log)


def corrections_if_known(log: EventLog) -> Corrections | None:
    """`find_corrections`, or None where the log does not tell of decisions."""
    try:
        return find_corrections(log)
    except MissingColumnsError:
        return None


@once_per_object
def _corrections(log: EventLog) -> Corrections:
    decisions = find_decisions(log, _PURPOSE)
    n, case = log.n_events, log_columns(log).case
    decided = np.flatnonzero(decisions.step != NOT_A_DECISION)
    decided = decided[np.lexsort((decided, decisions.step[decided], case[decided]))]
    same = _same_as_before(case[decided], decisions.step[decided])
    before, after, attempt = np.full(n, -1), np.full(n, -1), np.zeros(n, "int64")
    before[decided[1:][same[1:]]] = decided[:-1][same[1:]]
    after[decided[:-1][same[1:]]] = decided[1:][same[1:]]
    attempt[decided] = _running_count(np.ones(decided.size, bool), same)
    returned = (decisions.step != NOT_A_DECISION) & ~decisions.passed & (after >= 0)
    if log.has("result"):
        returned |= (log.events["result"] == RETURN).to_numpy(dtype=bool)
    second, new, known = _second_returns(log, returned, decisions.step)
    return Corrections(decisions, returned, before, after, attempt, second, new, known)


def _same_as_before(case: np.ndarray, step: np.ndarray) -> np.ndarray:
    same = np.zeros(case.size, bool)
    same[1:] = (case[1:] == case[:-1]) & (step[1:] == step[:-1])
    return same


def _running_count(counted: np.ndarray, same: np.ndarray) -> np.ndarray:
    """How many were counted so far, restarting wherever `same` is false."""
    total = np.cumsum(counted)
    begins = np.flatnonzero(~same)
    base = np.repeat(total[begins] - counted[begins], np.diff(np.append(begins, counted.size)))
    return total - base


def _second_returns(
    log: EventLog, returned: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    case = log_columns(log).case
    at = np.flatnonzero(returned)
    at = at[np.lexsort((at, step[at], case[at]))]
    nth = _running_count(np.ones(at.size, bool), _same_as_before(case[at], step[at]))
    place = np.flatnonzero(nth == 2)
    second, new, known = (np.zeros(returned.size, bool) for _ in range(3))
    second[at[place]] = True
    if log.has("reason") and place.size:
        reason = log.events["reason"]
        pairs = pd.DataFrame(
            {
                "first": reason.iloc[at[place - 1]].to_numpy(dtype=object),
                "second": reason.iloc[at[place]].to_numpy(dtype=object),
            },
            index=at[place],
        ).dropna()
        known[pairs.index] = True
        different = pairs.drop_duplicates()
        news = {
            (first, later): bool(reasons_in(later, log.aliases) - reasons_in(first, log.aliases))
            for first, later in different.itertuples(index=False)
        }
        new[pairs.index] = [news[pair] for pair in pairs.itertuples(index=False, name=None)]
    return second, new, known


def reasons_in(text: str, aliases: Aliases | None = None) -> frozenset[str]:
    """The reasons a text lists, names of documents in their one spelling."""
    parts = [part.strip() for part in _SEPARATORS.split(text) if part.strip()]
    names = document_names(parts, aliases)
    return frozenset(folded(names[part]) for part in parts)
