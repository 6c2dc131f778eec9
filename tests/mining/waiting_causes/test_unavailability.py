"""Unavailability: the officer was off."""

from __future__ import annotations

from mining.event_log import COUNTER

OVER_LUNCH = [
    ("审核", "甲", "Mon 11:30", "Mon 11:30", "Mon 12:00"),
    ("审核", "甲", "Mon 11:50", "Mon 13:10", "Mon 13:20"),
]


def test_lunch_of_the_hall_where_the_officer_shows_no_hours(causes_of):
    # busy until 12:00, closed until 13:00, then 10 minutes without a reason
    assert causes_of(OVER_LUNCH, "w1") == {"contention": 10.0, "unavailability": 60.0, "extraneous": 10.0}


def test_closed_hours_are_no_working_time_except_for_people_who_sit_there(causes_of):
    assert causes_of(OVER_LUNCH, "w1", working=True) == {"contention": 10.0, "extraneous": 10.0}
    in_hall = causes_of(OVER_LUNCH, "w1", working=True, place=COUNTER)
    assert in_hall == {"contention": 10.0, "unavailability": 60.0, "extraneous": 10.0}


def test_a_night_in_calendar_time(causes_of):
    # Monday 16:50 to 17:00 busy, off until Tuesday 9:00, begun at once: 16 hours off
    works = [
        ("审核", "甲", "Mon 16:40", "Mon 16:40", "Mon 17:00"),
        ("审核", "甲", "Mon 16:50", "Tue 09:00", "Tue 09:20"),
    ]
    assert causes_of(works, "w1") == {"contention": 10.0, "unavailability": 960.0}
    assert causes_of(works, "w1", working=True) == {"contention": 10.0}


def test_the_example_of_the_package(causes_of):
    works = [
        ("审核", "甲", "Mon 10:50", "Mon 11:00", "Mon 11:40"),
        ("审核", "甲", "Mon 11:10", "Mon 11:40", "Mon 12:00"),
        ("复核", "甲", "Mon 11:00", "Mon 13:10", "Mon 13:20"),
    ]
    assert causes_of(works, "w2") == {
        "contention": 40.0,
        "prioritization": 20.0,
        "unavailability": 60.0,
        "extraneous": 10.0,
    }
    works[2] = ("复核", "甲", "Mon 11:00", "Mon 13:30", "Mon 13:40")
    assert causes_of(works, "w2") == {"extraneous": 150.0}
