"""Rows of the materials table that do not fit the events."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.event_log import EventLog, holds
from mining.quality_checks.found import Found, found
from mining.working_time import MS_PER_DAY, WorkingCalendar


def find_documents_at_unknown_steps(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Documents handed in at a step that their case does not have."""
    if not holds(log.materials, "activity"):
        return []
    steps = pd.MultiIndex.from_frame(log.events[["case_id", "activity"]].drop_duplicates())
    asked = pd.MultiIndex.from_frame(log.materials[["case_id", "activity"]])
    lost = log.materials["activity"].notna().to_numpy() & ~asked.isin(steps)
    return found(
        "documents_at_unknown_steps",
        np.flatnonzero(lost),
        "材料所属环节在该办件的事件中不存在：环节名称不一致，或事件缺失。",
        "documents of a step their case does not have: another spelling of the step, or a missing event.",
        table="materials",
    )


def find_documents_out_of_time(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Documents received more than a day after the last event of their case."""
    received = milliseconds(log.materials, "ts_received")
    columns = log_columns(log)
    case = columns.codes_of_cases(log.materials["case_id"])
    last = np.where(case >= 0, columns.time_ms[columns.last_events][case], UNKNOWN_MS)
    late = (received != UNKNOWN_MS) & (case >= 0) & (received > last + MS_PER_DAY)
    return found(
        "documents_after_the_case",
        np.flatnonzero(late),
        "收取时间晚于办件最后一个事件一天以上的材料。",
        "documents received more than a day after the last event of their case.",
        table="materials",
        severity="info",
    )


def find_documents_without_issuer(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Documents whose issuer is not told, in a table that tells it for others."""
    if not holds(log.materials, "issuer_dept"):
        return []
    return found(
        "documents_without_issuer",
        np.flatnonzero(log.materials["issuer_dept"].isna().to_numpy()),
        "没有出具机构的材料：无法判断能否共享（申请人自备的材料本无出具机构）。",
        "documents without an issuer: whether they could be shared cannot be told (what applicants write "
        "themselves has none).",
        table="materials",
        severity="info",
    )
