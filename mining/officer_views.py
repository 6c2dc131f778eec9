"""Officers in findings and on screens: under a pseudonym, and never in groups so small that one stands out.

A pseudonym such as O-3f9a2c is made from the name and the salt of the project (HMAC-SHA256): the same officer
has the same one in every view of a project, and another one in another project. Names are shown if the user
asks for them (`FindingOptions.show_officers`). An officer with fewer than five cases in a view is never
listed, named or not: such officers are counted as others.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.columns import log_columns
from mining.event_log import EventLog

MIN_CASES_SHOWN = 5
"""Officers with fewer cases in a view are counted as others (an assumption)."""
_CHARACTERS = 6


def officer_label(log: EventLog, name: str) -> str:
    """How an officer is called in findings and on screens: a pseudonym unless names were asked for."""
    if log.options.show_officers:
        return name
    digest = hmac.new(log.options.salt.encode("utf-8"), name.encode("utf-8"), hashlib.sha256).hexdigest()
    return f"O-{digest[:_CHARACTERS]}"


@dataclass(frozen=True)
class OfficerView:
    """Officers of some events, most cases first: `labels` and `cases` of those shown, and who is not.

    `others` counts the officers with fewer than five cases, `others_cases` their cases together, None where
    that number would tell of fewer than five cases.
    """

    names: tuple[str, ...]  # as in the log, of those shown; never to be displayed
    labels: tuple[str, ...]
    cases: tuple[int, ...]
    others: int
    others_cases: int | None


def view_officers(log: EventLog, events: np.ndarray) -> OfficerView:
    """The officers of these events (positions, or one bool an event) as they may be shown."""
    if not log.has("officer"):
        return OfficerView((), (), (), 0, None)
    at = np.flatnonzero(events) if events.dtype == bool else events
    officer = log.events["officer"].to_numpy()[at]
    pairs = pd.DataFrame({"officer": officer, "case": log_columns(log).case[at]}).dropna().drop_duplicates()
    counts = pairs.groupby("officer")["case"].size()
    shown = counts[counts >= MIN_CASES_SHOWN]
    names = sorted((str(name) for name in shown.index), key=lambda name: (-int(shown[name]), name))
    hidden = counts.index[counts < MIN_CASES_SHOWN]
    together = int(pairs.loc[pairs["officer"].isin(hidden), "case"].nunique())
    return OfficerView(
        names=tuple(names),
        labels=tuple(officer_label(log, name) for name in names),
        cases=tuple(int(shown[name]) for name in names),
        others=len(hidden),
        others_cases=together if together >= MIN_CASES_SHOWN else None,
    )
