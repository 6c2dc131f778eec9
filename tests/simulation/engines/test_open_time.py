"""Integer calendars of the engine against those of `mining.working_time`, and by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.errors import CalendarError
from mining.working_time import OFFICE_HOURS, WorkingCalendar, to_ms
from simulation.engines.program.open_time import (
    NEVER,
    merge,
    open_time,
    people_inside,
    periods_by_day,
    ticket_periods,
)

MONDAY = dt.date(2026, 3, 2)
HOUR, DAY = 3_600_000, 86_400_000
WEEK = periods_by_day(OFFICE_HOURS, MONDAY, 14)


@settings(max_examples=200, deadline=None)
@given(start=st.integers(0, 5 * DAY), work=st.integers(0, 30 * HOUR))
def test_the_same_arithmetic_as_the_working_calendar(start, work):
    engine = open_time(WEEK)
    epoch = to_ms(dt.datetime.combine(MONDAY, dt.time()))
    log = OFFICE_HOURS.intervals(epoch, epoch + 14 * DAY)
    assert engine.is_open(start) == log.is_open(epoch + start)
    assert engine.next_open(start) == log.next_open(epoch + start) - epoch
    assert engine.add(start, work) == log.add(epoch + start, work) - epoch


def test_past_the_reach_is_never():
    engine = open_time(WEEK)
    assert engine.next_open(14 * DAY) == NEVER
    assert engine.add(11 * DAY + 16 * HOUR, 2 * HOUR) == NEVER  # the second Friday 16:00, one hour left
    assert engine.add(11 * DAY + 16 * HOUR, HOUR) == 11 * DAY + 17 * HOUR
    nothing = merge([])
    assert nothing.next_open(0) == nothing.add(0, 1) == NEVER
    assert not nothing.is_open(0)
    with pytest.raises(CalendarError):
        OFFICE_HOURS.intervals(0, DAY).add(0, 100 * HOUR)  # the log's calendar says so with an error


def test_touching_periods_are_one():
    always = WorkingCalendar.model_validate(
        {"weekly": {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}}
    )
    assert open_time(periods_by_day(always, MONDAY, 3)).begins == (0,)
    assert open_time(periods_by_day(always, MONDAY, 3)).ends == (3 * DAY,)
    # and no cut-off where there is no closing, except at the end of the reach
    tickets = ticket_periods(periods_by_day(always, MONDAY, 3), 60)
    assert tickets[:2] == [((0, DAY),), ((DAY, 2 * DAY),)]


def test_tickets_until_the_cut_off_of_the_last_closing():
    monday = ticket_periods(WEEK, 15)[0]
    assert monday == ((9 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR - 15 * 60_000))
    # five hours before closing is 12:00: the afternoon is gone; six: 11:00
    assert ticket_periods(WEEK, 300)[0] == ((9 * HOUR, 12 * HOUR),)
    assert ticket_periods(WEEK, 360)[0] == ((9 * HOUR, 11 * HOUR),)
    assert ticket_periods(WEEK, 600)[0] == ()


def test_people_stay_inside_over_lunch():
    inside = people_inside(WEEK)
    assert (inside.begins[0], inside.ends[0]) == (9 * HOUR, 17 * HOUR)
    assert inside.changes()[:3] == ((9 * HOUR, 1), (17 * HOUR, 0), (DAY + 9 * HOUR, 1))


def test_last_closing():
    engine = open_time(WEEK)
    assert engine.last_closing(12 * HOUR - 1) == -1
    assert engine.last_closing(12 * HOUR) == 12 * HOUR
    assert engine.last_closing(DAY + 8 * HOUR) == 17 * HOUR
