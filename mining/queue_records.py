"""Tickets of the queues of a hall, one record each, from the queue machine or else from the events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.event_log import (
    ABANDON,
    SERVED,
    TICKET_ABANDONED,
    TICKET_RETURNED,
    EventLog,
    holds,
)
from mining.presence import new_tickets_ms

NOBODY = -1


@dataclass(frozen=True)
class QueueRecords:
    """One value a ticket that was drawn, in the order of the source; times in ms, `UNKNOWN_MS` if not known.

    `queue` codes `queues` (hall and business, or department), `window` codes windows (else officers), -1 for
    none, `case` the cases of the log. `called_ms` is the call, else the start of the service; `calls_known`
    of them are calls. `served` and `abandoned` are both False where the outcome is not known. `backwards`
    counts tickets called before they were drawn: their call is left out.
    """

    source: Literal["tickets", "events"]
    queues: tuple[str, ...]
    queue: np.ndarray
    window: np.ndarray
    case: np.ndarray
    ticket_ms: np.ndarray
    called_ms: np.ndarray
    start_ms: np.ndarray
    end_ms: np.ndarray
    served: np.ndarray
    abandoned: np.ndarray
    calls_known: int
    backwards: int

    def of_queue(self, code: int) -> QueueRecords:
        """The records of one queue."""
        at = self.queue == code
        names = (
            "queue",
            "window",
            "case",
            "ticket_ms",
            "called_ms",
            "start_ms",
            "end_ms",
            "served",
            "abandoned",
        )
        return replace(self, **{name: getattr(self, name)[at] for name in names})


def find_queue_records(log: EventLog, wanted: Sequence[str] = ("ts_call", "ts_start")) -> QueueRecords | None:
    """The tickets of a log; None where neither its tickets nor its events know when one was drawn.

    A table of tickets wins over the events, unless it knows none of the `wanted` columns and only events are
    left to tell when somebody was called or served; a ticket repeated on several events of a case counts
    once.
    """
    told = any(holds(log.tickets, name) for name in wanted)
    if holds(log.tickets, "ts_ticket") and (told or not log.has("ts_ticket")):
        return _records(log, log.tickets[log.tickets["ts_ticket"].notna()], "tickets")
    if not log.has("ts_ticket"):
        return None
    return _records(log, log.events[new_tickets_ms(log) != UNKNOWN_MS], "events")


def _records(log: EventLog, rows: pd.DataFrame, source: Literal["tickets", "events"]) -> QueueRecords:
    ticket, call, start, end = (
        milliseconds(rows, name) for name in ("ts_ticket", "ts_call", "ts_start", "ts_end")
    )
    gone = _is(rows, "status", TICKET_ABANDONED) | _is(rows, "result", ABANDON)
    served = ~gone & (
        _is(rows, "status", SERVED) | _is(rows, "status", TICKET_RETURNED) | (start != UNKNOWN_MS)
    )
    called = np.where(call != UNKNOWN_MS, call, start)
    called = np.where(gone & (call == UNKNOWN_MS), UNKNOWN_MS, called)
    backwards = (called != UNKNOWN_MS) & (called < ticket)
    queue, names = _queues(rows)
    return QueueRecords(
        source=source,
        queues=names,
        queue=queue,
        window=_windows(rows),
        case=log_columns(log).codes_of_cases(rows["case_id"])
        if "case_id" in rows.columns
        else np.full(len(rows), NOBODY, "int64"),
        ticket_ms=ticket,
        called_ms=np.where(backwards, UNKNOWN_MS, called),
        start_ms=start,
        end_ms=end,
        served=served,
        abandoned=gone,
        calls_known=int((call != UNKNOWN_MS).sum()),
        backwards=int(backwards.sum()),
    )


def _is(rows: pd.DataFrame, column: str, value: str) -> np.ndarray:
    if column not in rows.columns:
        return np.zeros(len(rows), bool)
    return (rows[column] == value).to_numpy(dtype=bool)


def _queues(rows: pd.DataFrame) -> tuple[np.ndarray, tuple[str, ...]]:
    """The business of each ticket, else its department; with the hall where there are several."""
    name = next((column for column in ("business", "dept") if holds(rows, column)), None)
    label = pd.Series("", index=rows.index) if name is None else rows[name].astype("object").fillna("")
    if holds(rows, "hall") and rows["hall"].nunique() > 1:
        label = (rows["hall"].astype("object").fillna("") + " " + label).str.strip()
    codes, names = pd.factorize(label, sort=True)
    return codes.astype("int64"), tuple(str(each) for each in names)


def _windows(rows: pd.DataFrame) -> np.ndarray:
    name = next((column for column in ("window", "officer") if holds(rows, column)), None)
    if name is None:
        return np.full(len(rows), NOBODY, "int64")
    seats = rows[name].astype("object")
    if holds(rows, "hall"):
        seats = seats.where(seats.isna(), rows["hall"].astype("object").fillna("") + " " + seats)
    return pd.factorize(seats)[0].astype("int64")
