"""Handed in online, then again at the counter (线上提交、线下重复提交).

Of the documents of a journey whose first submission came in online, the share that is handed in once more
at a counter or kiosk. Where a submission came in is told by the event that received it: the first of its
case and step that ends at or after it, else the last one. `place` decides, then the channel of the event.
Answers to a return at the same step do not count (`handed_in`).

Example: form and identity card uploaded on Monday, both shown again at the counter on Wednesday: 2 of 2.
"""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.columns import log_columns
from mining.diagnostics.handed_in import find_handed_in
from mining.diagnostics.shared import (
    ASSUMED_CHECK_MINUTES,
    ASSUMED_PREPARE_MINUTES,
    Needs,
    examples,
    lost_on_copies,
    rounded,
    yearly_factor,
)
from mining.errors import MissingColumnsError
from mining.event_log import ONLINE, EventLog
from mining.findings import Finding, Proposal
from mining.presence import applicant_present
from mining.statistics import wilson_interval
from mining.text import Text
from mining.working_time import WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="查找线上提交后线下重复提交", en="finding documents handed in online and again on paper"),
    materials=("case_id", "activity", "material_name"),
)
ALARM_SHARE = 0.05
"""Reported if more than this share of what came in online is handed in again (an assumption)."""
MIN_JOURNEYS = 5
MAX_DOCUMENTS = 10
ONLINE_CHANNELS = frozenset(
    {ONLINE, "internet", "web", "app", "e-mail", "email", "portal", "mobile"}
    | {
        "线上",
        "网上",
        "在线",
        "网办",
        "网上办理",
        "网上申请",
        "掌上",
        "掌上办",
        "手机",
        "小程序",
        "一网通办",
        "全程网办",
    }
)
"""Channel words, in lower case after NFKC, that mean it came in online."""
_CAUTION = Text(
    zh="须确认线上提交的材料窗口能看到并认可（原件核验可改为数据核验），再取消线下重复收取。",
    en="Check that the counter can see and accept what came in online (originals may be verified with data) "
    "before it stops asking again.",
)


def find_resubmitted_offline(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """At most one finding, if more than 5 % of the documents handed in online come again on paper.

    `cases` = journeys with such a document, `share` = of the journeys that handed anything in online. Hours
    lost = copies handed in again x (0.6 minutes to check + 5 minutes to prepare), both assumed; they are
    part of `duplicate_material` too. Raises `MissingColumnsError` without a materials table, or where
    nothing tells online from counter.
    """
    NEEDS.check(log)
    if not log.has("place") and not log.has("channel"):
        raise MissingColumnsError(
            zh=f"{log.name}：{NEEDS.purpose.zh}需要列 place 或 channel（逐条事件），日志中没有或全部为空。",
            en=f"{log.name}: {NEEDS.purpose.en} needs the column place or channel of events; "
            "the log has neither.",
        )
    rows = find_handed_in(log).rows
    rows = _with_channels(log, rows)
    first = rows.groupby(["journey", "document"], observed=True, sort=False)["online"].transform("first")
    began_online = rows[first.astype(bool)]
    again = began_online[began_online["offline"]]
    n_documents, hits = _pairs(began_online), _pairs(again)
    journeys = int(again["journey"].nunique())
    if journeys < MIN_JOURNEYS or hits <= ALARM_SHARE * n_documents:
        return []
    return [_finding(log, calendar, began_online, again, n_documents, hits)]


def _with_channels(log: EventLog, rows: pd.DataFrame) -> pd.DataFrame:
    """`online` and `offline` of each submission; neither where the log does not tell."""
    events = log.events
    present = applicant_present(log)
    offline = np.zeros(log.n_events, bool) if present is None else present
    online = np.zeros(log.n_events, bool)
    if log.has("channel"):
        channel = events["channel"]
        words = [word for word in channel.dropna().unique() if _means_online(str(word))]
        online = channel.isin(words).to_numpy(dtype=bool)
    if log.has("place"):
        online = np.where(events["place"].isna(), online, events["place"] == ONLINE).astype(bool)
    received_by = _receiving_events(log, rows)
    known = received_by >= 0
    return rows.assign(
        online=known & online[received_by] & ~offline[received_by], offline=known & offline[received_by]
    )


def _means_online(word: str) -> bool:
    return unicodedata.normalize("NFKC", word).strip().lower() in ONLINE_CHANNELS


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


def _pairs(rows: pd.DataFrame) -> int:
    """Number of different documents over all journeys."""
    return len(rows.drop_duplicates(["journey", "document"]))


def _finding(
    log: EventLog,
    calendar: WorkingCalendar,
    began_online: pd.DataFrame,
    again: pd.DataFrame,
    n_documents: int,
    hits: int,
) -> Finding:
    journeys = int(again["journey"].nunique())
    counts = again["document"].astype("object").value_counts()
    documents = sorted(counts.index, key=lambda name: (-counts[name], name))
    return Finding(
        kind="resubmitted_offline",
        title=Text(
            zh=f"线上交过的材料有 {hits / n_documents:.0%} 又到窗口重交",
            en=f"{hits / n_documents:.0%} of the documents handed in online come again on paper",
        ),
        where={
            "materials": [*documents[:MAX_DOCUMENTS]],
            "steps": [str(name) for name in again["activity"].dropna().unique()],
        },
        cases=journeys,
        share=rounded(journeys / began_online["journey"].nunique()),
        **lost_on_copies(yearly_factor(log, calendar), len(again)),
        evidence=_evidence(counts, documents[:MAX_DOCUMENTS], n_documents, hits),
        example_cases=examples(again["case_id"].astype("object")),
        proposes=(
            Proposal(
                lever="share_materials",
                parameters={"materials": [*documents[:MAX_DOCUMENTS]], "mode": "handed_in_once"},
                caution=_CAUTION,
            ),
        ),
    )


def _evidence(counts: pd.Series, documents: list[str], n_documents: int, hits: int) -> dict[str, JsonValue]:
    low, high = wilson_interval(hits, n_documents)
    return {
        "documents_online_first": n_documents,
        "handed_in_again": hits,
        "handed_in_again_share": rounded(hits / n_documents),
        "handed_in_again_share_low": rounded(low),
        "handed_in_again_share_high": rounded(high),
        "handed_in_again_by_document": {name: int(counts[name]) for name in documents},
        "assumed_check_minutes_per_copy": ASSUMED_CHECK_MINUTES,
        "assumed_prepare_minutes_per_copy": ASSUMED_PREPARE_MINUTES,
    }
