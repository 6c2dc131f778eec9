"""Working time against hand-worked days, the official Chinese calendar of 2026, and its own laws."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mining.errors import CalendarError
from mining.official_days import has_official_make_up_days
from mining.working_time import (
    MS_PER_DAY,
    MS_PER_HOUR,
    MS_PER_MINUTE,
    OFFICE_HOURS,
    WEEKDAYS,
    WorkingCalendar,
    deadline,
    same_hours_every,
    to_ms,
)

CHINA = OFFICE_HOURS.model_copy(update={"country": "CN"})
YEAR_BEGIN, YEAR_END = to_ms(dt.datetime(2026, 1, 1)), to_ms(dt.datetime(2027, 1, 1))
moments = st.integers(YEAR_BEGIN, YEAR_END - 1)


def hours(begin: str, end: str, calendar: WorkingCalendar = OFFICE_HOURS) -> float:
    span = (np.array([to_ms(dt.datetime.fromisoformat(moment))]) for moment in (begin, end))
    return float(calendar.working_ms_between(*span)[0]) / MS_PER_HOUR


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2026-03-02 09:00", "2026-03-02 12:00", 3),
        ("2026-03-02 11:00", "2026-03-02 14:00", 2),  # lunch does not count
        ("2026-03-02 12:10", "2026-03-02 12:50", 0),
        ("2026-03-02 00:00", "2026-03-03 00:00", 7),
        ("2026-03-06 16:00", "2026-03-09 10:00", 2),  # over the weekend
        ("2026-03-07 08:00", "2026-03-08 20:00", 0),
        ("2026-03-02 10:00", "2026-03-02 09:00", -1),
        ("2026-03-02 17:00", "2026-03-03 09:00", 0),
    ],
)
def test_hours_by_hand(begin, end, expected):
    assert hours(begin, end) == expected


def test_envelope_counts_lunch_but_not_the_night():
    hall = OFFICE_HOURS.envelope()
    assert hours("2026-03-02 11:00", "2026-03-02 14:00", hall) == 3
    assert hours("2026-03-02 16:00", "2026-03-03 10:00", hall) == 2
    assert hall.minutes_per_day == 480
    assert OFFICE_HOURS.minutes_per_day == 420


def test_holidays_and_make_up_days_of_china():
    assert hours("2026-10-01 00:00", "2026-10-08 00:00", CHINA) == 0  # National Day, Thursday to Wednesday
    assert hours("2026-10-10 00:00", "2026-10-11 00:00", CHINA) == 7  # Saturday made up
    assert hours("2026-10-10 00:00", "2026-10-11 00:00") == 0
    make_up = [day for day in _days_of_2026() if CHINA.is_working_day(day) and day.weekday() >= 5]
    assert [f"{day:%m-%d}" for day in make_up] == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    assert sum(CHINA.is_working_day(day) for day in _days_of_2026()) == 248
    assert has_official_make_up_days("CN", 2026)
    assert not has_official_make_up_days("CN", 2035)


def _days_of_2026() -> list[dt.date]:
    return [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]


def test_explicit_days_win_over_the_country():
    calendar = CHINA.model_copy(
        update={"closed_days": (dt.date(2026, 10, 10),), "extra_days": (dt.date(2026, 10, 1),)}
    )
    assert not calendar.is_working_day(dt.date(2026, 10, 10))
    assert calendar.periods_on(dt.date(2026, 10, 1)) == ((540, 720), (780, 1020))


def test_unknown_country_is_named():
    nowhere = OFFICE_HOURS.model_copy(update={"country": "XX"})
    with pytest.raises(CalendarError, match="'XX'") as error:
        nowhere.is_working_day(dt.date(2026, 3, 2))
    assert "XX" in error.value.in_language("zh")


@pytest.mark.parametrize(
    ("accepted", "working_days", "expected"),
    [
        ("2026-09-18", 5, "2026-09-24"),
        ("2026-02-12", 3, "2026-02-24"),
        ("2026-09-28", 5, "2026-10-10"),
        ("2026-03-06", 1, "2026-03-09"),
        ("2026-03-06", 0, "2026-03-06"),
    ],
)
def test_deadlines_count_from_the_next_day(accepted, working_days, expected):
    assert deadline(CHINA, dt.date.fromisoformat(accepted), working_days) == dt.date.fromisoformat(expected)


def test_plain_business_days_get_these_deadlines_wrong():
    for accepted, working_days in (("2026-09-18", 5), ("2026-02-12", 3), ("2026-09-28", 5)):
        naive = np.busday_offset(accepted, working_days).astype(dt.date)
        assert naive != deadline(CHINA, dt.date.fromisoformat(accepted), working_days)


def test_a_negative_limit_is_refused():
    with pytest.raises(CalendarError, match="-1 working days"):
        deadline(CHINA, dt.date(2026, 3, 2), -1)


@given(st.dates(dt.date(2026, 1, 1), dt.date(2026, 11, 1)), st.integers(0, 30))
def test_as_many_working_days_as_the_limit_up_to_the_deadline(accepted, limit):
    last = deadline(CHINA, accepted, limit)
    passed = [accepted + dt.timedelta(days=n) for n in range(1, (last - accepted).days + 1)]
    assert sum(map(CHINA.is_working_day, passed)) == limit
    assert limit == 0 or CHINA.is_working_day(last)


@given(st.lists(moments, min_size=2, max_size=20))
def test_worked_until_never_falls_and_grows_at_most_as_time_does(chosen):
    ordered = np.sort(np.array(chosen))
    steps = np.diff(CHINA.intervals(YEAR_BEGIN, YEAR_END).worked_until(ordered))
    assert (steps >= 0).all()
    assert (steps <= np.diff(ordered)).all()


@given(moments, st.integers(1, 200 * MS_PER_HOUR))
def test_adding_work_inverts_measuring_it(start, work):
    reach = CHINA.intervals(YEAR_BEGIN, YEAR_END + 90 * MS_PER_DAY)
    end = reach.add(start, work)
    assert CHINA.working_ms_between(np.array([start]), np.array([end]))[0] == work
    assert CHINA.working_ms_between(np.array([start]), np.array([end - 1]))[0] == work - 1


@given(moments)
def test_no_work_takes_no_time_and_open_moments_are_their_own_opening(start):
    reach = CHINA.intervals(YEAR_BEGIN, YEAR_END + 30 * MS_PER_DAY)
    assert reach.add(start, 0) == start
    opening = reach.next_open(start)
    assert reach.is_open(opening)
    assert (opening == start) == reach.is_open(start)
    assert CHINA.working_ms_between(np.array([start]), np.array([opening]))[0] == 0


@given(moments, moments, moments)
def test_working_time_adds_up(a, b, c):
    def between(start: int, end: int) -> int:
        return int(CHINA.working_ms_between(np.array([start]), np.array([end]))[0])

    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)


def test_work_that_ends_at_closing_ends_at_that_closing():
    reach = OFFICE_HOURS.intervals(YEAR_BEGIN, YEAR_END)
    eleven = to_ms(dt.datetime(2026, 3, 2, 11))
    assert reach.add(eleven, MS_PER_HOUR) == to_ms(dt.datetime(2026, 3, 2, 12))
    assert reach.add(eleven, MS_PER_HOUR + MS_PER_MINUTE) == to_ms(dt.datetime(2026, 3, 2, 13, 1))


def test_reaching_past_the_intervals_is_an_error_not_a_guess():
    reach = OFFICE_HOURS.intervals(YEAR_BEGIN, YEAR_BEGIN + 7 * MS_PER_DAY)
    with pytest.raises(CalendarError, match="too little open time"):
        reach.add(YEAR_BEGIN, 1000 * MS_PER_HOUR)
    with pytest.raises(CalendarError, match="no opening"):
        reach.next_open(YEAR_END)


def test_no_moments_no_durations():
    nothing = np.zeros(0, "int64")
    assert OFFICE_HOURS.working_ms_between(nothing, nothing).size == 0


@pytest.mark.parametrize(
    ("weekly", "message"),
    [
        ({"mon": ["09:00-12:00", "11:00-17:00"]}, "overlap"),
        ({"mon": ["12:00-09:00"]}, "in order"),
        ({"mon": []}, "at least one open period"),
        ({"mon": ["nine to five"]}, "not a period"),
        ({"mon": ["09:00-25:00"]}, "not a period"),
    ],
)
def test_calendars_that_make_no_sense_are_refused(weekly, message):
    with pytest.raises(ValidationError, match=message):
        WorkingCalendar.model_validate({"weekly": weekly})


def test_a_day_cannot_be_both_closed_and_extra():
    day = dt.date(2026, 3, 7)
    with pytest.raises(ValidationError, match="both a closed and an extra day"):
        WorkingCalendar(weekly=OFFICE_HOURS.weekly, closed_days=(day,), extra_days=(day,))


def test_calendars_survive_json_and_hash_by_value():
    again = WorkingCalendar.model_validate_json(CHINA.model_dump_json())
    assert again == CHINA
    assert hash(again) == hash(CHINA)
    assert same_hours_every(WEEKDAYS[:1], "09:00-12:00") == {"mon": ("09:00-12:00",)}


def test_hours_of_the_hall_apart_from_those_of_the_staff():
    weekly = {**same_hours_every(WEEKDAYS[:5], "09:00-18:00"), "sat": ["09:00-12:00"]}
    both = WorkingCalendar.model_validate({**CHINA.model_dump(), "hall_weekly": weekly})
    saturday, national_day = dt.date(2026, 3, 7), dt.date(2026, 10, 1)
    assert not both.is_working_day(saturday)  # limits count the days of the staff
    assert both.of_hall().periods_on(saturday) == ((540, 720),)
    assert both.of_hall().periods_on(national_day) == ()
    assert hours("2026-03-02 16:00", "2026-03-02 18:00", both) == 1
    assert hours("2026-03-02 16:00", "2026-03-02 18:00", both.envelope()) == 2
    assert both.envelope() == both.of_hall().envelope()
    assert CHINA.of_hall() is CHINA
    assert WorkingCalendar.model_validate_json(both.model_dump_json()) == both
    with pytest.raises(ValidationError, match="at least one open period"):
        WorkingCalendar.model_validate({**CHINA.model_dump(), "hall_weekly": {"mon": []}})


@given(moments, moments)
def test_working_and_closed_time_are_calendar_time(a, b):
    a, b = min(a, b), max(a, b)
    open_ms = int(CHINA.working_ms_between(np.array([a]), np.array([b]))[0])
    reach = CHINA.intervals(a, b)
    edges = np.clip(
        np.concatenate([[a], np.stack([reach.begin_ms, reach.end_ms], axis=1).ravel(), [b]]), a, b
    )
    closed_ms = int((edges[1::2] - edges[::2]).sum())
    assert open_ms + closed_ms == b - a
