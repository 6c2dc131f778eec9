"""Codes of GB/T 39046-2020 (annex A) and of the national list of items, and what they stand for."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from mining.event_log import BY_APPLICANT
from mining.reading.aliases import fold_header, split_words
from mining.reading.notes import Notes
from mining.reading.values import CHANNEL_CODES, map_values

CODES: dict[str, Mapping[str, str]] = {
    "channel": CHANNEL_CODES,  # A.5 办理形式
    "case_type": {"1": "即办件", "2": "承诺件", "9": "其他"},  # A.6 办件类型
    "applicant_type": {  # A.4 服务对象
        "1": "自然人",
        "2": "企业法人",
        "3": "事业法人",
        "4": "社会组织法人",
        "5": "行政机关",
        "6": "其他组织",
    },
    "kind": {"1": "延长审批", "2": "其他特别程序"},  # A.7 特别程序种类
    "source": {"10": BY_APPLICANT, "20": "政府部门核发", "99": "其他"},  # 来源渠道 of the list of items
}
RATING_CODES: Mapping[str, float] = {"1": 5.0, "2": 4.0, "3": 3.0, "4": 2.0, "5": 1.0}  # A.8, 1 is the best

# headers that are the standard's own, whatever the table is called
_STANDARD_HEADERS: dict[str, tuple[str, ...]] = {
    "channel": split_words("办理形式 申报来源代码 办理形式代码 handle_type"),
    "case_type": split_words("办件类型 办件类型代码"),
    "applicant_type": split_words("服务对象 服务对象代码 applyer_type"),
    "kind": split_words("特别程序种类 特别程序种类代码 special_type TBCXZL"),
    "source": split_words("source_type"),
    "rating_1to5": split_words("满意度代码"),
}
_NOT_THE_STANDARDS = frozenset({fold_header("apply_type"), fold_header("申请类型")})  # codes of its own


def is_standard(column: str, header: str, national: bool) -> bool:
    """Whether codes under this header are those of the standard: it says so, or its table does."""
    folded = fold_header(header.rpartition(":")[2])
    if folded in _NOT_THE_STANDARDS:
        return False
    return national or folded in {fold_header(name) for name in _STANDARD_HEADERS.get(column, ())}


def decode(values: pd.Series, column: str, header: str, national: bool, notes: Notes) -> pd.Series:
    """Words for codes, where the column holds nothing but codes of the standard."""
    codes = CODES.get(column)
    if codes is None or not is_standard(column, header, national):
        return values
    found = values.dropna()
    if not len(found) or not bool(found.isin(list(codes)).all()):
        return values
    notes.add(
        "codes_decoded",
        "info",
        zh=f"列“{header}”为 GB/T 39046-2020 代码，已换成名称。",
        en=f"column {header!r} holds codes of GB/T 39046-2020; they are shown as words.",
        rows=len(found),
        of_rows=len(values),
    )
    return map_values(values, lambda code: codes[code])


def with_own_codes(values: pd.Series, column: str, header: str, notes: Notes) -> pd.Series:
    """Codes of another table than the standard's (申请类型) with their header before them.

    So nothing that follows takes them for codes of the standard.
    """
    found = values.dropna()
    if fold_header(header) not in _NOT_THE_STANDARDS or not bool(found.str.fullmatch(r"\d").all()):
        return values
    notes.add(
        "codes_not_decoded",
        "info",
        zh=f"列“{header}”的代码不属于 GB/T 39046-2020，含义未知，原样保留；可在 values.{column} 中写明。",
        en=f"codes in column {header!r} are not those of GB/T 39046-2020; they are kept as they are. "
        f"Say what they mean under values.{column}.",
        rows=len(found),
        of_rows=len(values),
    )
    return map_values(values, lambda code: f"{header} {code}")
