"""Steps done again because something was returned for correction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mining.columns import log_columns
from mining.event_log import RETURN, EventLog


def repeated_after_return(log: EventLog) -> np.ndarray:
    """One bool an event: its step was done before in the case, and between then and now something was
    returned.

    The returned attempt itself counts: 受理 (补正), 受理 is a step and an allowed repetition.
    """
    columns = log_columns(log)
    if not log.has("result"):
        return np.zeros(columns.n_events, bool)
    returned = (log.events["result"] == RETURN).to_numpy()
    before = np.concatenate([[0], np.cumsum(returned)])[:-1]  # returns among the events before each
    order = np.lexsort((np.arange(columns.n_events), columns.activity, columns.case))
    again = (columns.case[order][1:] == columns.case[order][:-1]) & (
        columns.activity[order][1:] == columns.activity[order][:-1]
    )
    allowed = np.zeros(columns.n_events, bool)
    later, earlier = order[1:][again], order[:-1][again]
    allowed[later] = before[later] > before[earlier]
    return allowed


def without(log: EventLog, left_out: np.ndarray) -> EventLog:
    """The log without these events (one bool an event); first events of cases must not be among them."""
    return replace(log, events=log.events[~left_out].reset_index(drop=True)) if left_out.any() else log
