"""How far a country's calendar is official, and the same days in an independent library."""

from __future__ import annotations

import datetime as dt

import pytest

from mining.official_days import calendar_banner, has_official_make_up_days, official_until, official_years
from mining.working_time import OFFICE_HOURS

CHINA = OFFICE_HOURS.model_copy(update={"country": "CN"})


def test_make_up_days_are_published_up_to_a_year():
    years = official_years("CN")
    assert years is not None
    assert years[0] <= 2018
    assert has_official_make_up_days("CN", years[1])
    assert not has_official_make_up_days("CN", years[1] + 1)
    assert official_until("CN") == dt.date(years[1], 12, 31)
    assert official_until("NL") is None


def test_the_banner_names_the_years_that_are_guessed():
    years = official_years("CN")
    assert years is not None
    inside = dt.date(years[1], 12, 31)
    assert calendar_banner("CN", dt.date(2026, 1, 1), inside) is None
    past = calendar_banner("CN", dt.date(2026, 1, 1), dt.date(years[1] + 2, 1, 1))
    assert past is not None
    assert f"of {years[1] + 1}–{years[1] + 2} is a guess" in past.en
    assert f"{years[1] + 1}–{years[1] + 2} 年的工作日历是推测" in past.zh
    before = calendar_banner("CN", dt.date(years[0] - 1, 6, 1), dt.date(years[0] - 1, 7, 1))
    assert before is not None
    assert f"of {years[0] - 1} is a guess" in before.en
    assert calendar_banner(None, inside, dt.date(2050, 1, 1)) is None
    assert calendar_banner("NL", inside, dt.date(2050, 1, 1)) is None


@pytest.mark.parametrize("year", range(2018, 2027))
def test_working_days_of_china_are_those_of_another_library(year):
    chinese_calendar = pytest.importorskip("chinese_calendar")
    days = [dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(366)]
    days = [day for day in days if day.year == year]
    ours = [day for day in days if CHINA.is_working_day(day)]
    assert ours == [day for day in days if chinese_calendar.is_workday(day)]
    assert 247 < len(ours) < 252
