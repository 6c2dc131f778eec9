"""How each document came in: online, or at a counter or kiosk.

A channel of the materials table decides. Where it has none, the event that received the document tells: the
first of its case and step that ends at or after it, else the last one; `place` decides, then its channel.
"""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd

from mining.columns import log_columns
from mining.event_log import ONLINE, EventLog, holds
from mining.presence import PRESENT_CHANNELS, applicant_present

ONLINE_CHANNELS = frozenset(
    {ONLINE, "internet", "web", "app", "e-mail", "email", "portal", "mobile"}
    | {"线上", "网上", "在线", "网办", "网上办理", "网上申请", "掌上", "掌上办", "手机", "小程序"}
    | {"一网通办", "全程网办", "电脑端", "移动端"}
)
"""Channel words, in lower case after NFKC, that mean it came in online."""


def channels_known(log: EventLog) -> bool:
    """Whether anything in the log can tell online from counter."""
    return log.has("place") or log.has("channel") or holds(log.materials, "channel")


def with_channels(log: EventLog, rows: pd.DataFrame) -> pd.DataFrame:
    """Submissions (`HandedIn.rows`) with `online` and `offline`; neither where the log does not tell."""
    received_by = _receiving_events(log, rows)
    known = received_by >= 0
    came_online, came_in_person = event_channels(log)
    online = known & came_online[received_by] & ~came_in_person[received_by]
    offline = known & came_in_person[received_by]
    own = rows["channel"].astype("object")
    told = own.notna().to_numpy(dtype=bool)
    words = [str(word) for word in own.dropna().unique()]
    own_online = own.isin([word for word in words if means_online(word)]).to_numpy(dtype=bool)
    own_offline = own.isin([word for word in words if _plain(word) in PRESENT_CHANNELS]).to_numpy(dtype=bool)
    return rows.assign(
        online=np.where(told, own_online, online), offline=np.where(told, own_offline, offline)
    )


def event_channels(log: EventLog) -> tuple[np.ndarray, np.ndarray]:
    """Whether each event was online, and whether the applicant was there in person."""
    events = log.events
    present = applicant_present(log)
    offline = np.zeros(log.n_events, bool) if present is None else present
    online = np.zeros(log.n_events, bool)
    if log.has("channel"):
        channel = events["channel"]
        words = [word for word in channel.dropna().unique() if means_online(str(word))]
        online = channel.isin(words).to_numpy(dtype=bool)
    if log.has("place"):
        online = np.where(events["place"].isna(), online, events["place"] == ONLINE).astype(bool)
    return online, offline


def means_online(word: str) -> bool:
    """Whether a channel word means that something came in online."""
    return _plain(word) in ONLINE_CHANNELS


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().lower()


def _receiving_events(log: EventLog, rows: pd.DataFrame) -> np.ndarray:
    """Position of the event that received each submission, -1 where its case or step has no event."""
    columns = log_columns(log)
    case = columns.codes_of_cases(pd.Index(rows["case_id"].astype("object")))
    step = pd.Index(columns.activities).get_indexer(pd.Index(rows["activity"].astype("object")))
    key = np.where((case >= 0) & (step >= 0), case * columns.n_activities + step, -1)
    event_key = columns.case * columns.n_activities + columns.activity
    _, ranks = np.unique(np.concatenate([columns.time_ms, rows["time_ms"].to_numpy()]), return_inverse=True)
    height = int(ranks.max()) + 1
    place = event_key * height + ranks[: log.n_events]
    order = np.argsort(place, kind="stable")
    found = np.searchsorted(place[order], key * height + ranks[log.n_events :])
    after = order[np.minimum(found, log.n_events - 1)]
    before = order[np.maximum(found - 1, 0)]
    chosen = np.where((found < log.n_events) & (event_key[after] == key), after, before)
    return np.where((key >= 0) & (event_key[chosen] == key), chosen, -1)
