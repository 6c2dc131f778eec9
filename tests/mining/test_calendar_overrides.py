"""Days a planner overrides: what they do to a calendar, and what a bad table says."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.calendar_overrides import CalendarOverrides, read_calendar_overrides
from mining.errors import CalendarError
from mining.working_time import OFFICE_HOURS

CHINA = OFFICE_HOURS.model_copy(update={"country": "CN"})


def read(tmp_path, text: str) -> CalendarOverrides:
    path = tmp_path / "calendar_overrides.csv"
    path.write_text(text, encoding="utf-8-sig")
    return read_calendar_overrides(path)


def test_overrides_win_over_country_and_timetable(tmp_path):
    overrides = read(
        tmp_path,
        "日期,是否工作日,备注\n2026-03-07,是,周六加班\n\n2026/03/09,0,停电\n2026-10-01,1,\n2026-10-10,否,\n",
    )
    calendar = overrides.on(CHINA)
    assert overrides.notes[dt.date(2026, 3, 7)] == "周六加班"
    worked = [calendar.is_working_day(day) for day in sorted(overrides.is_workday)]
    assert worked == [True, False, True, False]
    assert calendar.periods_on(dt.date(2026, 3, 7)) == CHINA.weekly["mon"]
    assert not CHINA.is_working_day(dt.date(2026, 3, 7))


def test_an_open_day_keeps_its_own_hours(tmp_path):
    short_fridays = {**OFFICE_HOURS.weekly, "fri": ((540, 720),)}
    calendar = OFFICE_HOURS.model_copy(
        update={"weekly": short_fridays, "closed_days": (dt.date(2026, 3, 6),)}
    )
    opened = read(tmp_path, "date,is_workday\n2026-03-06,1\n").on(calendar)
    assert opened.periods_on(dt.date(2026, 3, 6)) == ((540, 720),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,is_workday\n2026-13-01,1\n", "row 2: date is '2026-13-01'"),
        ("date,is_workday\n2026-03-07,1\n2026-03-08,maybe\n", "row 3: is_workday is 'maybe'"),
        ("date,is_workday\n2026-03-07,1\n2026-03-07,0\n", "row 3: date 2026-03-07 occurs twice"),
        ("date,is_workday\n2026-03-07\n", "row 2: is_workday is ''"),
        ("day,is_workday\n2026-03-07,1\n", "row 1: the column date is missing"),
        ("", "row 1: the column date is missing"),
    ],
)
def test_bad_tables_name_row_and_field(tmp_path, text, message):
    with pytest.raises(CalendarError, match=message) as caught:
        read(tmp_path, text)
    assert "calendar_overrides.csv" in caught.value.in_language("zh")


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(CalendarError, match="cannot be read"):
        read_calendar_overrides(tmp_path / "nowhere.csv")


@given(st.dictionaries(st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), st.booleans(), max_size=30))
def test_every_named_day_is_as_named_and_twice_is_once(named):
    overrides = CalendarOverrides(named, {})
    calendar = overrides.on(CHINA)
    assert all(calendar.is_working_day(day) == worked for day, worked in named.items())
    assert overrides.on(calendar) == calendar
    others = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    assert all(calendar.periods_on(day) == CHINA.periods_on(day) for day in others if day not in named)
