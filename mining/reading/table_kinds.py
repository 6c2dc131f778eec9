"""Which table a file or a sheet is: told by its name, else by its headers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from mining.reading.aliases import EVENT_ALIASES, Aliases, fold_aliases, fold_header, split_words
from mining.reading.table_aliases import TABLE_ALIASES

EVENTS, CASES, MATERIALS = "events", "cases", "materials"
KINDS = (EVENTS, *TABLE_ALIASES)

_NATIONAL_NAMES = {
    EVENTS: "up_pro_process 办件过程信息 办件过程 办理过程信息 办理过程 过程信息 事项办理 环节明细 办件环节",
    CASES: "up_pro_accept up_pro_result 办件受理信息 办件结果信息 办件受理 办件结果 受理信息 结果信息 "
    "事项受理 事项办结 办件基本信息",
    MATERIALS: "up_pro_material 办件材料信息 办件材料 材料信息 收件材料",
    "clock_stops": "up_pro_special_procedure up_pro_specialprocedure 特别程序信息 特别程序 暂停计时",
    "catalog": "up_task_general_basic up_task_general_material 事项基本信息 事项材料信息 事项材料 材料目录 "
    "事项目录 事项清单 实施清单",
    "tickets": "排队叫号 叫号记录 取号记录 排队记录 票号明细",
    "reviews": "好差评 政务服务绩效评价 评价记录 评价明细",
    "complaints": "投诉记录 投诉明细 投诉工单 投诉",
    "devices": "设备状态 设备运行 自助设备",
}
_BY_NAME = {fold_header(name): kind for kind, names in _NATIONAL_NAMES.items() for name in split_words(names)}
_STANDARD_NAMES = tuple(
    fold_header(name)
    for name in split_words(
        "up_pro_ up_task_ 办件受理信息 办件过程信息 办件结果信息 办件材料信息 特别程序信息 "
        "事项基本信息 事项材料信息"
    )
)
_WORDS = re.compile(r"[^A-Za-z]+")

# headers that alone tell what a table is about
_TELLING: Aliases = {
    "clock_stops": split_words(
        "特别程序开始时间 special_time 特别程序种类名称 special_name TBCXZL TBCXKSRQ 暂停开始时间 "
        "停表开始时间"
    ),
    "complaints": split_words("投诉时间 投诉内容 投诉编号 被投诉单位 complaint_id"),
    "tickets": split_words(
        "取号时间 getTime 叫号时间 呼叫时间 CHQUEUE_TICKETTIME CHQUEUE_CALLTIME CHQUEUE_STIME 取号方式 "
        "ts_ticket ts_call"
    ),
    "reviews": split_words("评价时间 评价渠道 文字评价 评价内容 review_time"),
}
_TIMES = frozenset({"time", "ts_start", "ts_end"})


def kind_by_name(name: str) -> str | None:
    """The kind of table a file (without its ending) or sheet name stands for, or None.

    The longest known name in it decides (`up_pro_process_202603`, `1 办件受理信息`); an English kind counts
    as a word of its own (`A_events`).
    """
    folded = fold_header(name)
    found = [known for known in _BY_NAME if known in folded]
    if found:
        return _BY_NAME[max(found, key=len)]
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = {word for word in _WORDS.split(plain) if word}
    if "clock" in words and "stops" in words:
        return "clock_stops"
    named = [kind for kind in KINDS if kind in words]
    return named[0] if len(named) == 1 else None


def is_national(name: str) -> bool:
    """Whether a table is one of the national exchange tables: its codes are those of GB/T 39046-2020."""
    return any(known in fold_header(name) for known in _STANDARD_NAMES)


def kind_by_headers(headers: Iterable[str]) -> str | None:
    """The kind of table these headers belong to, or None where they tell nothing."""
    folded = {fold_header(header) for header in headers}
    events = known_columns(folded, EVENT_ALIASES)
    if {"case_id", "activity"} <= events and events & _TIMES:
        return EVENTS
    columns = {kind: known_columns(folded, aliases) for kind, aliases in TABLE_ALIASES.items()}
    told = {kind for kind, names in _TELLING.items() if folded & {fold_header(name) for name in names}}
    tests = {
        "clock_stops": "clock_stops" in told and "case_id" in columns["clock_stops"],
        "complaints": "complaints" in told,
        "devices": {"device_id", "state", "ts"} <= columns["devices"],
        MATERIALS: {"case_id", "material_name"} <= columns[MATERIALS],
        "tickets": "tickets" in told and bool(columns["tickets"] - {"case_id"}),
        "reviews": "reviews" in told and "rating_1to5" in columns["reviews"],
        "catalog": "case_id" not in columns[CASES]
        and bool(columns["catalog"] & {"item_code", "item_name"})
        and bool(columns["catalog"] & _CATALOG_ONLY),
        CASES: "case_id" in columns[CASES] and bool(columns[CASES] & _CASES_ONLY),
    }
    return next((kind for kind, fits in tests.items() if fits), None)


_CATALOG_ONLY = frozenset({"limit_statutory", "limit_promised", "visits_promised", "material_name"})
_CASES_ONLY = frozenset(
    {
        "ts_apply",
        "ts_accept",
        "ts_finish",
        "final_result",
        "limit_statutory",
        "limit_promised",
        "applicant_type",
    }
)


def known_columns(folded_headers: Collection[str], aliases: Aliases) -> set[str]:
    """The columns that one of these headers (as `fold_header` leaves them) may stand for."""
    index = fold_aliases(aliases)
    return {column for header in folded_headers for column in index.get(header, {})}


def all_headers() -> set[str]:
    """Every header any table may use, for finding header rows."""
    tables = (EVENT_ALIASES, *TABLE_ALIASES.values())
    return {alias for aliases in tables for names in aliases.values() for alias in names}
