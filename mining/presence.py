"""Which events had the applicant standing in the hall."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd

from mining.event_log import PRESENT_PLACES, EventLog

PRESENT_CHANNELS = frozenset(
    {
        *PRESENT_PLACES,
        *("窗口", "现场", "现场办理", "线下", "大厅", "柜台", "自助", "自助机", "自助终端"),
        *("desk", "office", "in person", "in-person", "walk-in", "window", "offline"),
    }
)
"""Channel words, in lower case after NFKC, that mean the applicant came in person."""


def applicant_present(log: EventLog) -> np.ndarray | None:
    """One bool an event: the applicant was at a counter or kiosk; None where the log tells of no event.

    `place` decides; where an event has none, its `channel` (see `PRESENT_CHANNELS`). A channel known only for
    the whole case says how the application came in, so it speaks for the first event of the case alone.
    Events with neither count as not present.
    """
    if log.has("place"):
        place = log.events["place"]
        channel = log.events.get("channel")
        by_channel = _is_present_channel(channel) if channel is not None else np.zeros(len(place), bool)
        return np.where(place.isna(), by_channel, place.isin(PRESENT_PLACES)).astype(bool)
    if log.has("channel"):
        return _is_present_channel(log.events["channel"])
    if "channel" in log.cases.columns and bool(log.cases["channel"].notna().any()):
        return _first_events_by_case_channel(log)
    return None


def _first_events_by_case_channel(log: EventLog) -> np.ndarray:
    came = log.cases.loc[_is_present_channel(log.cases["channel"]), "case_id"]
    first = ~log.events["case_id"].duplicated()
    return (first & log.events["case_id"].isin(came)).to_numpy()


def _is_present_channel(channel: pd.Series) -> np.ndarray:
    def means_present(word: str) -> bool:
        return unicodedata.normalize("NFKC", word).strip().lower() in PRESENT_CHANNELS

    return channel.isin([word for word in channel.dropna().unique() if means_present(word)]).to_numpy()
