"""When applicants answered a return for correction (补正): the moment a limit's clock begins anew.

For each return that was answered, the earliest moment after it that the log knows of the next attempt at the
step: a document received for that step, the ticket of the attempt, its start; else its end.

Example: returned Monday 10:00; the corrected form came in on Wednesday and was read on Friday: Wednesday.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, LogColumns, log_columns, milliseconds
from mining.diagnostics.corrections import Corrections
from mining.event_log import EventLog, holds
from mining.presence import new_tickets_ms

_LAST = np.iinfo("int64").max


def find_resubmissions(log: EventLog, corrections: Corrections) -> tuple[np.ndarray, np.ndarray]:
    """Of each answered return: the case (code) and the moment of the answer in ms."""
    columns = log_columns(log)
    returned = np.flatnonzero(corrections.returned & (corrections.after >= 0))
    again = corrections.after[returned]
    back_ms, attempt_ms = columns.time_ms[returned], columns.time_ms[again]
    moments = [attempt_ms]
    candidates = (columns.start_ms[again], new_tickets_ms(log)[again], _received_ms(log, columns, returned))
    for candidate in candidates:
        inside = (candidate != UNKNOWN_MS) & (candidate >= back_ms) & (candidate <= attempt_ms)
        moments.append(np.where(inside, candidate, _LAST))
    return columns.case[returned], np.minimum.reduce(moments)


def _received_ms(log: EventLog, columns: LogColumns, returned: np.ndarray) -> np.ndarray:
    """The first moment after each return that a document came in for its case and step."""
    table = log.materials
    nothing = np.full(returned.size, UNKNOWN_MS, "int64")
    if returned.size == 0 or not (holds(table, "ts_received") and holds(table, "activity")):
        return nothing
    case = columns.codes_of_cases(table["case_id"])
    step = pd.Index(columns.activities).get_indexer(pd.Index(table["activity"].astype("object")))
    came_ms = milliseconds(table, "ts_received")
    known = (case >= 0) & (step >= 0) & (came_ms != UNKNOWN_MS)
    key = case[known] * columns.n_activities + step[known]
    wanted = columns.case[returned] * columns.n_activities + columns.activity[returned]
    order = np.lexsort((came_ms[known], key))
    key, came_ms = key[order], came_ms[known][order]
    # positions in (key, time): times as ranks, so that both fit into one number
    _, rank = np.unique(np.concatenate([came_ms, columns.time_ms[returned]]), return_inverse=True)
    height = int(rank.max()) + 1
    at = np.searchsorted(key * height + rank[: key.size], wanted * height + rank[key.size :], side="right")
    found = np.append(key, -1)[at] == wanted
    return np.where(found, np.append(came_ms, UNKNOWN_MS)[at], nothing)
