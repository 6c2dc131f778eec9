"""Reviews as one table, wherever the log keeps them, with the counter (else department) each is about."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.case_times import find_case_times
from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.event_log import EventLog, holds

BAD_RATING = 2
"""The last two of five levels (不满意, 非常不满意) are bad reviews (差评)."""


def find_ratings(log: EventLog, unit: str) -> pd.DataFrame | None:
    """Rated reviews: `unit` (missing where unknown), `ms`, `rating`; None where the log has no rating at all.

    From the table of reviews, else from tickets, else from cases. What a review is about is its own column
    `unit` ("window" or "dept"), else that of the last event of its case which has one. Reviews nobody rated
    are left out.
    """
    for table, times in ((log.reviews, ("ts",)), (log.tickets, ("ts_end", "ts_start", "ts_ticket"))):
        if holds(table, "rating_1to5"):
            return _of_table(log, table, unit, times)
    if holds(log.cases, "rating_1to5"):
        return _of_table(log, log.cases, unit, ("ts_finish",))
    return None


def _of_table(log: EventLog, table: pd.DataFrame, unit: str, times: tuple[str, ...]) -> pd.DataFrame:
    rows = table[table["rating_1to5"].notna()].reset_index(drop=True)
    columns = log_columns(log)
    case = (
        columns.codes_of_cases(pd.Index(rows["case_id"].astype("object")))
        if "case_id" in rows.columns
        else np.full(len(rows), -1)
    )
    ms = np.full(len(rows), UNKNOWN_MS)
    for name in times:
        ms = np.where(ms == UNKNOWN_MS, milliseconds(rows, name), ms)
    finish = np.append(find_case_times(log).finish_ms, UNKNOWN_MS)[case]
    about = _last_of_case(log, unit)[case]
    own = rows[unit].astype("object") if unit in rows.columns else pd.Series(None, index=rows.index)
    return pd.DataFrame(
        {
            "unit": own.where(own.notna(), pd.Series(about, index=rows.index)).to_numpy(dtype=object),
            "ms": np.where(ms == UNKNOWN_MS, finish, ms),
            "rating": rows["rating_1to5"].to_numpy(dtype="float64"),
        }
    )


def _last_of_case(log: EventLog, unit: str) -> np.ndarray:
    """The last value of a column of events in each case, None where it has none; and None once more, for the
    code -1 of a case without events."""
    columns = log_columns(log)
    found = np.full(columns.n_cases + 1, None, dtype=object)
    if log.has(unit):
        at = np.flatnonzero(log.events[unit].notna().to_numpy())
        found[columns.case[at]] = log.events[unit].to_numpy(dtype=object)[at]  # later ones win
    return found
