"""Handed in online, then again at the counter (线上提交、线下重复提交).

Of the documents of a journey whose first submission came in online, the share that is handed in once more
at a counter or kiosk (`submission_channels`). Answers to a return at the same step do not count
(`handed_in`).

Example: form and identity card uploaded on Monday, both shown again at the counter on Wednesday: 2 of 2.
"""

from __future__ import annotations

import pandas as pd
from pydantic import JsonValue

from mining.diagnostics.definition import Definition
from mining.diagnostics.handed_in import find_handed_in
from mining.diagnostics.shared import (
    ASSUMED_CHECK_MINUTES,
    ASSUMED_PREPARE_MINUTES,
    Needs,
    examples,
    lost_on_copies,
    rounded,
    share_effect,
    yearly_factor,
)
from mining.diagnostics.submission_channels import channels_known, with_channels
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Finding, Proposal
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
DEFINITION = Definition(
    ids=("D5",),
    name=Text(zh="线上提交、线下重复提交", en="Online, then again on paper"),
    kinds=("resubmitted_offline",),
    definition=Text(
        zh="一件事中首次在线上提交的材料，之后又到窗口或自助机提交。提交渠道先看材料表，再看接收它的事件的 "
        "place 与 channel。"
        "同一环节因补正的重交不计。",
        en="A document of a journey whose first submission came in online and that is handed in once more at "
        "a counter "
        "or kiosk. The channel is that of the materials table, else the place or channel of the event that "
        "received it. Answers to a return at the same step do not count.",
    ),
    formula=Text(
        zh="重交比例 = 又到线下提交的（一件事，材料）/ 首次在线上提交的（一件事，材料）。",
        en="Share = (journey, document) pairs handed in again offline / pairs first handed in online.",
    ),
    needs=(
        "materials.case_id",
        "materials.activity",
        "materials.material_name",
        "place or channel or materials.channel",
    ),
    better_with=("materials.ts_received", "journey_id"),
    alarm=Text(
        zh="超过 5 %（假定），5 件事以上。", en="More than 5 % (an assumption), five journeys or more."
    ),
    hours=Text(
        zh="每份重交的材料：申请人 5 分钟、官员 0.6 分钟（假定）；也包含在“重复提交的材料”中。",
        en="Each copy: 5 minutes of the applicant, 0.6 of an officer (assumed); part of duplicated materials "
        "too.",
    ),
    example=Text(
        zh="申请表与身份证已上传，身份证又到窗口出示：2 份中 1 份。",
        en="Form and identity card uploaded, the card shown again at the counter: 1 of 2.",
    ),
    proposes=("share_materials",),
)
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
    if not channels_known(log):
        raise MissingColumnsError(
            zh=f"{log.name}：{NEEDS.purpose.zh}需要列 place 或 channel（逐条事件），或材料表的 channel，日志"
            "中没有或全部为空。",
            en=f"{log.name}: {NEEDS.purpose.en} needs the column place or channel of events, or "
            "channel of materials; the log has none of them.",
        )
    rows = find_handed_in(log).rows
    rows = with_channels(log, rows)
    first = rows.groupby(["journey", "document"], observed=True, sort=False)["online"].transform("first")
    began_online = rows[first.astype(bool)]
    again = began_online[began_online["offline"]]
    n_documents, hits = _pairs(began_online), _pairs(again)
    journeys = int(again["journey"].nunique())
    if journeys < MIN_JOURNEYS or hits <= ALARM_SHARE * n_documents:
        return []
    return [_finding(log, calendar, began_online, again, n_documents, hits)]


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
        effect=share_effect("handed_in_again_share", hits, n_documents),
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
