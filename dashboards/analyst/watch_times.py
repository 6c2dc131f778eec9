"""Moments of a run as dates and times of day, in the language of the screen."""

from __future__ import annotations

import datetime as dt

from dashboards.opening_hours import DAY_NAMES
from dashboards.words import Words
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, WEEKDAYS


def date_of(start_date: dt.date, ms: int) -> dt.date:
    """The date of a moment."""
    return start_date + dt.timedelta(days=ms // MS_PER_DAY)


def day_title(w: Words, date: dt.date) -> str:
    """Such as "Mon 2 Mar" or "3月2日 周一"."""
    weekday = w.of(DAY_NAMES[WEEKDAYS[date.weekday()]])
    return w("watch_day_title", weekday=weekday, day=date.day, month=w(f"month_{date.month}"))


def time_of_day(ms: int) -> str:
    """Such as "09:05"; the second is left out."""
    minute = ms % MS_PER_DAY // MS_PER_MINUTE
    return f"{minute // 60:02d}:{minute % 60:02d}"


def span_title(w: Words, start_date: dt.date, begin_ms: int, end_ms: int) -> str:
    """From when to when, the day told again only where it is another one."""
    first, last = date_of(start_date, begin_ms), date_of(start_date, end_ms)
    begin = w("watch_moment", day=day_title(w, first), time=time_of_day(begin_ms))
    if begin_ms == end_ms:
        return begin
    end = time_of_day(end_ms)
    if first != last:
        end = w("watch_moment", day=day_title(w, last), time=end)
    return w("watch_span", begin=begin, end=end)
