"""Whose public holidays and make-up days a log's calendar has: told, or detected and said why.

Detected is China alone: by the zone of the times (+08:00, Asia/Shanghai) or by steps named in Chinese. For
any other hall the country is told (`--country NL`) or holidays are those the activity in the log shows. What
the log shows wins over the list day by day: an official day off that was worked like any other is a working
day, a make-up day without any event is a day off; where most days off were worked the list is not used.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

import numpy as np

from mining.columns import log_columns
from mining.event_log import EventLog
from mining.official_days import official_days
from mining.text import Text
from mining.working_time import MS_PER_DAY, WEEKDAYS, WorkingCalendar, date_of

NO_COUNTRY = "none"
CHINESE_ZONES = ("+08:00", "Asia/Shanghai", "Asia/Chongqing", "Asia/Urumqi", "Asia/Harbin", "PRC")
UNKNOWN_ZONES = ("local", "UTC", "Etc/UTC")  # a wall clock without a place
MIN_CHINESE_SHARE = 0.5
MIN_DAILY = 10  # events a day: fewer show neither a worked holiday nor an idle make-up day
WORKED_SHARE = 0.5  # of a usual day's events
MIN_DAYS_OFF = 2
_CHINESE, _OTHER_SCRIPTS = re.compile("[\u4e00-\u9fff]"), re.compile("[\u3040-\u30ff\uac00-\ud7af]")


@dataclass(frozen=True)
class Country:
    """The country whose official days a calendar has (None: no list of days), and why."""

    code: str | None
    reason: Text


def choose_country(log: EventLog, told: str | None = None) -> Country:
    """The country told (`none` for no list), else the one detected."""
    if told is None:
        return detect_country(log)
    if told.lower() == NO_COUNTRY:
        return Country(None, Text(zh="按要求不用任何国家的节假日表", en="told to use no list of holidays"))
    return Country(told.upper(), Text(zh=f"指定国家 {told.upper()}", en=f"country {told.upper()} was told"))


def check_country(told: str | None) -> None:
    """Raise `CalendarError` for a code the library of holidays does not know."""
    if told is not None and told.lower() != NO_COUNTRY:
        official_days(told.upper(), dt.date.today().year)


def detect_country(log: EventLog) -> Country:
    """China where zone or names of steps say so, else none."""
    zone = log.zone
    if zone in CHINESE_ZONES:
        return Country("CN", Text(zh=f"时区为 {zone}，用中国节假日", en=f"the zone is {zone}: China"))
    if zone not in UNKNOWN_ZONES:
        return Country(
            None,
            Text(
                zh=f"时区 {zone} 不能确定国家，未用节假日表（可用 --country 指定）",
                en=f"the zone {zone} does not tell the country: no list of holidays (--country names one)",
            ),
        )
    names = log.activities
    chinese = sum(bool(_CHINESE.search(name)) and not _OTHER_SCRIPTS.search(name) for name in names)
    if names and chinese >= MIN_CHINESE_SHARE * len(names):
        return Country(
            "CN",
            Text(
                zh=f"{len(names)} 个环节名中 {chinese} 个为中文，用中国节假日",
                en=f"{chinese} of {len(names)} names of steps are Chinese: China",
            ),
        )
    return Country(
        None,
        Text(
            zh="时区与环节名都不能确定国家，未用节假日表（可用 --country 指定）",
            en="neither zone nor names tell the country: no list of holidays (--country names one)",
        ),
    )


def with_country(
    calendar: WorkingCalendar, log: EventLog, country: Country
) -> tuple[WorkingCalendar, Country]:
    """The calendar with the official days of the country, as far as the log does not show otherwise.

    Days the calendar already names win. A hall open on all seven weekdays keeps no holidays.
    """
    if country.code is None:
        return calendar, country
    if all(calendar.weekly.get(day) for day in WEEKDAYS):
        return calendar, _without(country, zh="大厅每周七天开放，不用", en="open all week: not used")
    seen = _DaysSeen.of(log, calendar, country.code)
    if seen.off.size >= MIN_DAYS_OFF and seen.worked_off.size > seen.off.size / 2:
        return calendar, _without(
            country,
            zh=f"但日志期间 {seen.off.size} 个法定休息日中有 {seen.worked_off.size} 个照常办公，不用",
            en=f"but {seen.worked_off.size} of {seen.off.size} official days off were worked: not used",
        )
    named = {*calendar.closed_days, *calendar.extra_days}
    closed = {*calendar.closed_days, *(_dates(seen.idle_extra) - named)}
    extra = {*calendar.extra_days, *(_dates(seen.worked_off) - named)}
    update = {
        "country": country.code,
        "closed_days": tuple(sorted(closed)),
        "extra_days": tuple(sorted(extra)),
    }
    return calendar.model_copy(update=update), replace(country, reason=_with_counts(country.reason, seen))


def _without(country: Country, *, zh: str, en: str) -> Country:
    return Country(None, Text(zh=f"{country.reason.zh}，{zh}", en=f"{country.reason.en}, {en}"))


def _with_counts(reason: Text, seen: _DaysSeen) -> Text:
    return Text(
        zh=f"{reason.zh}；日志期间法定休息 {seen.off.size} 天（{seen.worked_off.size} 天照常办公），"
        f"调休上班 {seen.extra.size} 天（{seen.idle_extra.size} 天无办件）",
        en=f"{reason.en}; {seen.off.size} official days off in the log ({seen.worked_off.size} worked), "
        f"{seen.extra.size} make-up days ({seen.idle_extra.size} idle)",
    )


@dataclass(frozen=True)
class _DaysSeen:
    """Official days within a log, as numbers since 1970, and those the log shows to be otherwise."""

    off: np.ndarray  # weekdays with opening hours that are official days off
    worked_off: np.ndarray
    extra: np.ndarray
    idle_extra: np.ndarray

    @classmethod
    def of(cls, log: EventLog, calendar: WorkingCalendar, country: str) -> _DaysSeen:
        day = log_columns(log).time_ms // MS_PER_DAY
        if day.size == 0:
            nothing = np.zeros(0, "int64")
            return cls(nothing, nothing, nothing, nothing)
        first = int(day.min())
        events = np.bincount(day - first)
        dates = [date_of(first + n) for n in range(events.size)]
        official = {year: official_days(country, year) for year in {date.year for date in dates}}
        is_open = np.array([bool(calendar.weekly.get(WEEKDAYS[date.weekday()])) for date in dates])
        is_off = np.array([date in official[date.year][0] for date in dates])
        is_extra = np.array([date in official[date.year][1] for date in dates])
        ordinary = events[is_open & ~is_off]
        usual = float(np.median(ordinary)) if ordinary.size else 0.0
        telling = usual >= MIN_DAILY
        number = first + np.arange(events.size)
        return cls(
            off=number[is_open & is_off],
            worked_off=number[is_open & is_off & telling & (events >= WORKED_SHARE * usual)],
            extra=number[~is_open & is_extra],
            idle_extra=number[~is_open & is_extra & telling & (events == 0)],
        )


def _dates(numbers: np.ndarray) -> set[dt.date]:
    return {date_of(number) for number in numbers}
