"""Names that are one thing under two spellings, and names that are nobody's."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict

import numpy as np

from mining.event_log import EventLog
from mining.quality_checks.found import Found, counted, found, high_outliers
from mining.text import Text
from mining.working_time import WorkingCalendar

COLUMNS: dict[str, Text] = {
    "activity": Text(zh="环节", en="steps"),
    "dept": Text(zh="部门", en="departments"),
    "officer": Text(zh="经办人", en="officers"),
    "item_name": Text(zh="事项", en="items"),
}
_SIGNS = re.compile(r"[\W_]+")
_GENERIC = re.compile(
    r"admin|system|server|batch|robot|auto|public|guest|test|系统|管理员|自动|自助|公共|共用|测试|机器人|默认",
    re.IGNORECASE,
)
_TEST = re.compile(r"^(?:测试|test(?![a-z]))", re.IGNORECASE)
MANY_DEPARTMENTS = 3


def find_similar_names(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Names of one column that differ in width, case, spaces or signs only; one finding a column."""
    result: list[Found] = []
    for column, word in COLUMNS.items():
        if not log.has(column):
            continue
        spellings: dict[str, list[str]] = defaultdict(list)
        for name, count in log.events[column].value_counts().items():
            spellings[_folded(str(name))].append(f"{name} ({count})")
        twice = [" = ".join(names) for names in spellings.values() if len(names) > 1]
        result += counted(
            f"similar_{column}_names",
            len(twice),
            len(spellings),
            twice[:5],
            f"只在全半角、大小写、空格或符号上不同的{word.zh}名称（行数为组数）：统计时分开计算，请统一。",
            f"names of {word.en} that differ in width, case, spaces or signs only (rows counts groups): they "
            "are counted apart; make them one.",
            severity="warning",
        )
    return result


def _folded(name: str) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def find_generic_officers(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Officers that are accounts: named like a system, or in far more departments than their colleagues."""
    if not log.has("officer"):
        return []
    names = log.events["officer"].dropna().unique()
    generic = {str(name) for name in names if _GENERIC.search(str(name))}
    if log.has("dept"):
        pairs = log.events[["officer", "dept"]].dropna().drop_duplicates()
        departments = pairs["officer"].value_counts()
        far = high_outliers(departments.to_numpy("float64")) & (departments > MANY_DEPARTMENTS).to_numpy()
        generic |= {str(name) for name in departments.index[far]}
    at = np.flatnonzero(log.events["officer"].isin(sorted(generic)).to_numpy())
    return found(
        "generic_officers",
        at,
        "经办人像是系统或公用账号（名称如此，或所在部门远多于同事）：不能当作一个人来分析。",
        "officers that look like a system or a shared account (by name, or at work in far more departments "
        "than others): no single person.",
        severity="info",
    )


def find_test_rows(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Events whose case, step or item has a name that begins with 测试 or test."""
    mask = np.zeros(log.n_events, bool)
    for column in ("case_id", "activity", "item_name"):
        if log.has(column):
            values = log.events[column].dropna().unique()
            tests = [value for value in values if _TEST.search(str(value))]
            mask |= log.events[column].isin(tests).to_numpy()
    return found(
        "test_rows",
        np.flatnonzero(mask),
        "办件、环节或事项名称以“测试”开头：可能是试运行数据，请确认后剔除。",
        "the name of the case, step or item begins with 'test': perhaps a trial run; make sure, then leave "
        "it out.",
    )
