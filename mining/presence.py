"""Which events had the applicant standing in the hall."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.event_log import PRESENT_PLACES, EventLog
from mining.log_cache import once_per_object

PRESENT_CHANNELS = frozenset(
    {
        *PRESENT_PLACES,
        *("窗口", "现场", "现场办理", "窗口办理", "线下", "大厅", "柜台", "自助", "自助机", "自助终端"),
        *("desk", "office", "in person", "in-person", "walk-in", "window", "offline"),
    }
)
"""Channel words, in lower case after NFKC, that mean the applicant came in person."""


@once_per_object
def applicant_present(log: EventLog) -> np.ndarray | None:
    """One bool an event: the applicant was at a counter or kiosk; None where the log tells of no event.

    `place` decides. An event without place had the applicant there if it is the first with its ticket; if it
    names a window and no channel says otherwise; or if its channel is one of `PRESENT_CHANNELS`. A channel
    that never changes within a case says how the application came in, so it speaks for the first event of
    a case alone. Events of which nothing is known count as not present.
    """
    columns = log_columns(log)
    channel = _event_channels(log)
    if channel is None and not any(log.has(c) for c in ("place", "ts_ticket", "window")):
        return None
    came, stayed_away = _by_channel(channel, columns.n_events)
    if channel is not None and not _changes_within_cases(log, channel):
        at_first = np.zeros(columns.n_events, bool)
        at_first[columns.first_events] = True
        came = came & at_first
    present = came | (new_tickets_ms(log) != UNKNOWN_MS)
    if "window" in log.events.columns:
        present |= log.events["window"].notna().to_numpy() & ~stayed_away
    if "place" in log.events.columns:
        place = log.events["place"]
        present = np.where(place.isna(), present, place.isin(PRESENT_PLACES)).astype(bool)
    return present


def new_tickets_ms(log: EventLog) -> np.ndarray:
    """`ts_ticket` of the first event that carries it, in ms; an export may repeat a ticket on each row."""
    ticket, source = milliseconds(log.events, "ts_ticket"), log_columns(log).move_sources
    again = np.zeros(ticket.size, bool)
    again[source + 1] = ticket[source] == ticket[source + 1]
    return np.where(again, UNKNOWN_MS, ticket)


def _event_channels(log: EventLog) -> pd.Series | None:
    """The channel of each event, else that of its case; None where the log knows none."""
    channel = log.events["channel"] if log.has("channel") else None
    if "channel" not in log.cases.columns or not bool(log.cases["channel"].notna().any()):
        return channel
    of_case = log.events["case_id"].map(log.cases.drop_duplicates("case_id").set_index("case_id")["channel"])
    return of_case if channel is None else channel.fillna(of_case)


def _by_channel(channel: pd.Series | None, n_events: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether the channel of an event says the applicant came, and whether it says the opposite."""
    if channel is None:
        return np.zeros(n_events, bool), np.zeros(n_events, bool)
    came = channel.isin([word for word in channel.dropna().unique() if _means_present(word)]).to_numpy()
    return came, channel.notna().to_numpy() & ~came


def _means_present(word: str) -> bool:
    return unicodedata.normalize("NFKC", word).strip().lower() in PRESENT_CHANNELS


def _changes_within_cases(log: EventLog, channel: pd.Series) -> bool:
    codes, _ = pd.factorize(channel)
    source = log_columns(log).move_sources
    before, after = codes[source], codes[source + 1]
    return bool(np.any((before != after) & (before >= 0) & (after >= 0)))
