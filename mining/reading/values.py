"""Words in the file and what they stand for: results, places, channels, sources of materials, ratings."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from mining.deadlines import CALENDAR_DAYS, WORKING_DAYS
from mining.event_log import (
    ABANDON,
    APPLICANT,
    BACK_OFFICE,
    BY_APPLICANT,
    COMMITMENT,
    COUNTER,
    DECLINE,
    E_LICENCE,
    KIOSK,
    ONLINE,
    PASS,
    REJECT,
    RETURN,
    SHARED,
    WITHDRAW,
)
from mining.reading.coded import is_coded, recoded

WordMap = dict[str, str]


def fold_word(word: str) -> str:
    """A value as it is compared: NFKC, no spaces, lower case."""
    return "".join(unicodedata.normalize("NFKC", word).split()).casefold()


def word_map(groups: Mapping[str, str]) -> WordMap:
    """Words as they are compared -> what they stand for, from meaning -> words separated by spaces."""
    return {fold_word(word): meaning for meaning, words in groups.items() for word in words.split()}


RESULT_WORDS = word_map(
    {
        PASS: "通过 准予 准予许可 同意 办结 已办结 办理完成 完成 审核通过 审批通过 3完成受理 完成受理 "
        "pass passed approve approved accept accepted ok",
        RETURN: "补正 补齐补正 一次性告知 补齐补正告知 材料补正 退回补正 待补正 return returned correction",
        REJECT: "退回 退件 退办 不通过 不予许可 不同意 审核不通过 驳回 reject rejected denied refused",
        DECLINE: "不予受理 不受理 declined notaccepted",
        WITHDRAW: "撤回 撤件 撤销 申请撤回 撤销申请 withdraw withdrawn cancelled canceled",
        ABANDON: "弃号 过号 空号 abandon abandoned noshow no-show hang",
    }
)
# platform status codes: 30 to 90 are in process or finished, 97 declined
STATUS_CODES = {"90": PASS, "97": DECLINE}
_STATUS_RANGE = range(30, 100)

PLACE_WORDS = word_map(
    {
        COUNTER: "counter 窗口 窗口办理 现场 现场办理 线下 大厅 柜台 综合窗口 desk office window in-person",
        KIOSK: "kiosk 自助 自助机 自助终端 自助设备 自助办理",
        ONLINE: "online 网上 网上办理 线上 网办 在线 电脑端 pc端 移动端 手机端 掌上 掌办 app 小程序 微信 "
        "支付宝 internet web e-mail email mobile",
        BACK_OFFICE: "back_office backoffice back-office 后台 后台审批 后台办理 审批部门 内部",
        APPLICANT: "applicant 申请人",
    }
)
# 办理形式, GB/T 39046-2020
CHANNEL_CODES = {"1": "窗口", "2": "电脑端", "3": "移动端", "4": "快递", "9": "其他"}

SOURCE_WORDS = word_map(
    {
        BY_APPLICANT: "申请人提交 申请人自备 申请人提供 自备 申请人 现场提交 窗口收取 applicant submitted",
        SHARED: "数据共享 共享 部门共享 部门核验 系统核验 信息共享 共享获取 共享核验 自动获取 shared",
        E_LICENCE: "电子证照 电子证照库 证照库 e-licence e-license elicence",
        COMMITMENT: "告知承诺 承诺 告知承诺制 承诺书 commitment",
    }
)
RATING_WORDS = {
    "非常满意": 5.0,
    "满意": 4.0,
    "基本满意": 3.0,
    "不满意": 2.0,
    "非常不满意": 1.0,
    "未评价": np.nan,
}
LIFECYCLE_WORDS = word_map(
    {
        "start": "start started begin 开始 办理开始",
        "complete": "complete completed end finish finished done ate_abort pi_abort 结束 完成 办结",
    }
)


def map_values(column: pd.Series, change: Callable[[str], str | None]) -> pd.Series:
    """A text column with `change` applied to each different value; None becomes missing."""
    if is_coded(column):
        return recoded(column, lambda values: map_values(values, change))
    codes, values = pd.factorize(column)
    changed = pd.array([change(str(value)) for value in values], dtype="str")
    return pd.Series(changed.take(codes, allow_fill=True), index=column.index, dtype="str")


def map_words(
    column: pd.Series, words: Mapping[str, str], chosen: Mapping[str, str]
) -> tuple[pd.Series, list[str]]:
    """A column in the words of the vocabulary, and its different values that are not among them.

    `chosen` (the user's) wins over `words`; a value in neither stays as written.
    """
    own = {fold_word(word): meaning for word, meaning in chosen.items()}
    known = {**words, **own}
    unknown = [
        str(value)
        for value in column.dropna().unique()
        if fold_word(str(value)) not in known and value not in set(known.values())
    ]
    return map_values(column, lambda value: known.get(fold_word(value), value)), unknown


def result_words(column: pd.Series) -> WordMap:
    """Words for results, with the platform's status codes where the column has nothing but codes."""
    return {**RESULT_WORDS, **STATUS_CODES} if _all_codes(column, _STATUS_RANGE) else RESULT_WORDS


def channel_words(column: pd.Series) -> WordMap:
    """Words for channels: only codes are replaced, by what the standard says they mean."""
    return CHANNEL_CODES if _all_codes(column, range(1, 10)) else {}


def _all_codes(column: pd.Series, allowed: range) -> bool:
    values = column.dropna().unique()
    return len(values) > 0 and all(str(value).isdecimal() and int(value) in allowed for value in values)


def places_of(channel: pd.Series) -> pd.Series:
    """The place a channel stands for; missing where it stands for none."""
    return map_values(channel, lambda value: PLACE_WORDS.get(fold_word(value)))


def read_limit_units(column: pd.Series) -> pd.Series:
    """The kind of days a limit is in, from `20个自然日` or `工作日`; missing where the text names none."""
    text = column.str.normalize("NFKC").str.casefold()
    found = pd.Series(pd.NA, index=column.index, dtype="str")
    for word, unit in (("工作日|working", WORKING_DAYS), ("自然日|日历日|calendar", CALENDAR_DAYS)):
        found = found.mask(text.str.contains(word, na=False), unit)
    return found


def read_limit_days(column: pd.Series) -> pd.Series:
    """Days of a time limit: `5个工作日` -> 5, `即时` -> 0, missing where there is no number."""
    text = column.str.normalize("NFKC")
    at_once = text.str.contains("即时|当场|即办", na=False)
    days = pd.to_numeric(text.str.extract(r"(\d+(?:\.\d+)?)", expand=False), errors="coerce")
    return days.astype("float64").mask(at_once & days.isna(), 0.0)
