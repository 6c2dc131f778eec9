"""A working calendar in words: the hours of each weekday, days with the same hours together."""

from __future__ import annotations

from itertools import groupby

from mining.text import Language, Text
from mining.working_time import WEEKDAYS, Period, Weekday, WorkingCalendar

DAY_NAMES: dict[Weekday, Text] = {
    "mon": Text(zh="周一", en="Mon"),
    "tue": Text(zh="周二", en="Tue"),
    "wed": Text(zh="周三", en="Wed"),
    "thu": Text(zh="周四", en="Thu"),
    "fri": Text(zh="周五", en="Fri"),
    "sat": Text(zh="周六", en="Sat"),
    "sun": Text(zh="周日", en="Sun"),
}


def opening_hours(calendar: WorkingCalendar, language: Language) -> str:
    """Such as "Mon-Fri 09:00-12:00, 13:00-17:00; Sat 09:00-12:00"; closed days are left out."""
    parts = []
    for periods, group in groupby(WEEKDAYS, lambda day: calendar.weekly.get(day, ())):
        days = list(group)
        if not periods:
            continue
        names = DAY_NAMES[days[0]].in_language(language)
        if len(days) > 1:
            names += "–" + DAY_NAMES[days[-1]].in_language(language)
        comma = "、" if language == "zh" else ", "
        parts.append(f"{names} {comma.join(_period(period) for period in periods)}")
    return ("；" if language == "zh" else "; ").join(parts)


def _period(period: Period) -> str:
    begin, end = (f"{minute // 60:02d}:{minute % 60:02d}" for minute in period)
    return f"{begin}–{end}"
