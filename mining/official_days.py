"""Public holidays and make-up working days (调休) of a country, and how far they are official.

The `holidays` library knows rules for every year, but a government publishes make-up days a year ahead at
most. A calendar past that year looks complete and is a guess: `calendar_banner` says so.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import holidays as holidays_library

from mining.errors import CalendarError
from mining.text import Text

_FIRST_YEAR, _LAST_YEAR = 1990, 2060


@lru_cache(maxsize=256)
def official_days(country: str, year: int) -> tuple[frozenset[dt.date], frozenset[dt.date]]:
    """Public holidays and make-up working days of a country and year, from the `holidays` library."""
    try:
        found = holidays_library.country_holidays(country, years=year)
    except NotImplementedError as error:
        raise CalendarError(
            zh=f"节假日库不认识国家代码 {country}。",
            en=f"No public holidays are known for country {country!r}.",
        ) from error
    extra = getattr(found, "weekend_workdays", None) or set()
    return frozenset(found), frozenset(day for day in extra if day.year == year)


def has_official_make_up_days(country: str, year: int) -> bool:
    """Whether make-up days were published for the year; where not, its calendar is a guess."""
    return bool(official_days(country, year)[1])


@lru_cache(maxsize=32)
def official_years(country: str) -> tuple[int, int] | None:
    """The first and the last year with published make-up days; None for a country that has none at all."""
    years = [year for year in range(_FIRST_YEAR, _LAST_YEAR + 1) if has_official_make_up_days(country, year)]
    return (years[0], years[-1]) if years else None


def official_until(country: str) -> dt.date | None:
    """The last day whose make-up days are published; None for a country that has none at all.

    China, in `holidays` 0.109: 2026-12-31.
    """
    years = official_years(country)
    return None if years is None else dt.date(years[1], 12, 31)


def calendar_banner(country: str | None, first: dt.date, last: dt.date) -> Text | None:
    """The warning for dates from `first` to `last` that reach beyond the official years; None if none do."""
    years = None if country is None else official_years(country)
    if years is None or (years[0] <= first.year and last.year <= years[1]):
        return None
    guessed = [year for year in range(first.year, last.year + 1) if not years[0] <= year <= years[1]]
    shown = f"{guessed[0]}" if len(guessed) == 1 else f"{guessed[0]}–{guessed[-1]}"
    return Text(
        zh=f"{country} 的节假日与调休只公布到 {years[1]} 年（自 {years[0]} 年起）：{shown} 年的工作日历是"
        "推测，没有调休；公布后用 --calendar-overrides 写入。",
        en=f"Holidays and make-up days of {country} are published for {years[0]} to {years[1]}: the calendar "
        f"of {shown} is a guess without make-up days; add them with --calendar-overrides once published.",
    )
