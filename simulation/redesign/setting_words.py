"""Settings of a hall in words, for sentences that tell two models apart."""

from __future__ import annotations

from collections.abc import Callable

from mining.text import Text
from mining.working_time import WEEKDAYS
from simulation.service_model import (
    Appointments,
    Batch,
    Constant,
    Exponential,
    Failure,
    Limits,
    Lognormal,
    Patience,
    Quantiles,
    Stuck,
    Uniform,
)

_DAYS = "一二三四五六日"
REWORK = {
    "alone": Text(zh="各自补正", en="each by itself"),
    "merged": Text(zh="一并补正，只重办被补正的", en="in one go, what was returned is done again"),
    "all": Text(zh="一并补正，全部重办", en="in one go, everything is done again"),
}


def in_words(value: object) -> Text:
    """A setting as part of a sentence; parts of a model in short, everything else as it is written."""
    for kind, describe in _WORDS:
        if isinstance(value, kind):
            return describe(value)
    if value is None:
        return Text(zh="无", en="none")
    if isinstance(value, bool):
        return Text(zh="是" if value else "否", en="yes" if value else "no")
    return REWORK.get(str(value), Text(zh=str(value), en=str(value)))


def _time(value: Constant | Lognormal | Exponential | Uniform | Quantiles) -> Text:
    minutes = f"{value.mean_minutes:g}"
    return Text(zh=f"平均 {minutes} 分钟", en=f"{minutes} minutes on average")


def _patience(value: Patience) -> Text:
    time = _time(value.minutes)
    return Text(
        zh=f"{time.zh}后离开，{value.comes_back:.0%} 改日再来",
        en=f"leaving after {time.en}, {value.comes_back:.0%} come again",
    )


def _appointments(value: Appointments) -> Text:
    return Text(
        zh=f"{value.share:.0%} 预约，每 {value.slot_minutes} 分钟 {value.per_slot} 人，"
        f"爽约 {value.no_show_chance:.0%}，优先级 {value.priority:+d}",
        en=f"{value.share:.0%} book, {value.per_slot} each {value.slot_minutes} minutes, "
        f"{value.no_show_chance:.0%} do not come, priority {value.priority:+d}",
    )


def _batch(value: Batch) -> Text:
    parts = [Text(zh=f"满 {value.size} 件", en=f"{value.size} at a time")] if value.size else []
    for day, minutes in value.weekly.items():
        clocks = ", ".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes)
        parts.append(Text(zh=f"周{_DAYS[WEEKDAYS.index(day)]} {clocks}", en=f"{day} {clocks}"))
    if value.together:
        parts.append(Text(zh="一并办理", en="done together"))
    return Text(zh="，".join(part.zh for part in parts), en=", ".join(part.en for part in parts))


def _stuck(value: Stuck) -> Text:
    kept = value.keeps_machine
    return Text(
        zh=f"{value.chance:.0%} 改办“{value.then}”{'，设备占用至办完' if kept else ''}",
        en=f"{value.chance:.0%} get {value.then!r} instead{', the machine waits for it' if kept else ''}",
    )


def _failure(value: Failure) -> Text:
    runs, repair = f"{value.runs_for.mean_minutes:g}", f"{value.repair.mean_minutes:g}"
    by = value.repaired_by
    open_time = value.repair_clock == "working"
    who_zh, who_en = ("（按开放时间计）", " in open time") if open_time else ("", "")
    return Text(
        zh=f"平均运行 {runs} 分钟、修复 {repair} 分钟{f'（由“{by}”）' if by else who_zh}",
        en=f"every {runs} minutes on average, {repair} to repair{f' by {by!r}' if by else who_en}",
    )


def _limits(value: Limits) -> Text:
    statutory, promised = value.statutory_working_days, value.promised_working_days
    begin_zh = f"自“{value.accepted_by}”通过起" if value.accepted_by else "自申请起"
    begin_en = f"from {value.accepted_by!r} on" if value.accepted_by else "from the application on"
    days_zh = [f"法定 {statutory} 个工作日"] * (statutory is not None)
    days_zh += [f"承诺 {promised} 个工作日"] * (promised is not None)
    days_en = [f"{statutory} working days by law"] * (statutory is not None)
    days_en += [f"{promised} promised"] * (promised is not None)
    return Text(zh="，".join([*days_zh, begin_zh]), en=", ".join([*days_en, begin_en]))


_WORDS: tuple[tuple[type | tuple[type, ...], Callable[..., Text]], ...] = (
    ((Constant, Lognormal, Exponential, Uniform, Quantiles), _time),
    (Patience, _patience),
    (Appointments, _appointments),
    (Batch, _batch),
    (Stuck, _stuck),
    (Failure, _failure),
    (Limits, _limits),
)
