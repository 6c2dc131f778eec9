"""Whose holidays: told, detected by zone or names, and dropped where the log shows otherwise."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mining.country import Country, check_country, choose_country, detect_country, with_country
from mining.errors import CalendarError
from mining.event_log import EventLog, sort_events
from mining.text import Text, same
from mining.working_time import OFFICE_HOURS, WEEKDAYS, WorkingCalendar, same_hours_every

CHINA = Country("CN", same("CN"))
YEAR = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]


def daily_log(days: list[dt.date], step: str = "受理", zone: str = "local", a_day: int = 12) -> EventLog:
    """A log with so many events on each of these days."""
    moments = [pd.Timestamp(day) + pd.Timedelta(hours=9 + n % 8) for day in days for n in range(a_day)]
    events = pd.DataFrame(
        {"case_id": [f"c{n}" for n in range(len(moments))], "activity": step, "time": moments}
    )
    events["file_row"] = np.arange(2, len(events) + 2)
    typed = events.astype({"case_id": "str", "activity": "str", "time": "datetime64[ms]"})
    return EventLog(events=sort_events(typed), zone=zone)


def working_days(calendar: WorkingCalendar) -> list[dt.date]:
    return [day for day in YEAR if calendar.is_working_day(day)]


@pytest.mark.parametrize(
    ("zone", "step", "country"),
    [
        ("+08:00", "receive", "CN"),
        ("Asia/Shanghai", "receive", "CN"),
        ("local", "受理", "CN"),
        ("UTC", "受理", "CN"),
        ("local", "receive", None),
        ("local", "受付を行う", None),  # Japanese
        ("+01:00/+02:00", "受理", None),
        ("Europe/Amsterdam", "receive", None),
    ],
)
def test_the_country_is_detected_and_says_why(zone, step, country):
    found = detect_country(daily_log([dt.date(2026, 3, 2)], step, zone))
    assert found.code == country
    assert (zone in found.reason.en) or zone in ("local", "UTC")
    assert found.reason.zh


def test_a_country_told_wins_and_must_exist():
    log = daily_log([dt.date(2026, 3, 2)])
    assert choose_country(log, "nl").code == "NL"
    assert choose_country(log, "none").code is None
    assert choose_country(log).code == "CN"
    check_country(None)
    check_country("none")
    with pytest.raises(CalendarError, match="'XX'"):
        check_country("xx")


def test_a_hall_that_keeps_the_official_days():
    china = OFFICE_HOURS.model_copy(update={"country": "CN"})
    calendar, country = with_country(OFFICE_HOURS, daily_log(working_days(china)), CHINA)
    assert calendar.country == "CN"
    assert working_days(calendar) == working_days(china)
    assert "(0 worked)" in country.reason.en
    assert "6 make-up days (0 idle)" in country.reason.en


def test_what_the_log_shows_wins_day_by_day():
    china = OFFICE_HOURS.model_copy(update={"country": "CN"})
    new_year, make_up = dt.date(2026, 1, 1), dt.date(2026, 2, 28)
    shown = sorted({*working_days(china), new_year} - {make_up})
    calendar, country = with_country(OFFICE_HOURS, daily_log([*shown, dt.date(2026, 12, 31)]), CHINA)
    assert calendar.is_working_day(new_year)
    assert not calendar.is_working_day(make_up)
    assert "(1 worked)" in country.reason.en
    assert "(1 idle)" in country.reason.en
    # too few events a day to tell
    few, _ = with_country(OFFICE_HOURS, daily_log(shown, a_day=3), CHINA)
    assert not few.is_working_day(new_year)


def test_a_hall_that_works_through_holidays_has_none():
    every_weekday = [day for day in YEAR if day.weekday() < 5]
    calendar, country = with_country(OFFICE_HOURS, daily_log(every_weekday), CHINA)
    assert (calendar.country, country.code) == (None, None)
    assert "were worked: not used" in country.reason.en
    all_week = WorkingCalendar.model_validate({"weekly": same_hours_every(WEEKDAYS, "00:00-24:00")})
    assert with_country(all_week, daily_log(YEAR), CHINA)[1].code is None


def test_days_the_calendar_names_stay():
    closed = OFFICE_HOURS.model_copy(update={"closed_days": (dt.date(2026, 1, 4),)})
    calendar, _ = with_country(closed, daily_log(YEAR[:60]), CHINA)
    assert not calendar.is_working_day(dt.date(2026, 1, 4))
    nobody = Country(None, Text(zh="无", en="none"))
    assert with_country(closed, daily_log(YEAR[:60]), nobody) == (closed, nobody)
    empty = daily_log(YEAR[:1])
    assert with_country(closed, replace(empty, events=empty.events.iloc[:0]), CHINA)[0].country == "CN"
