"""Extraneous: the officer was there and free, or was so before the work was begun."""

from __future__ import annotations

import pytest

from mining.event_log import COUNTER

FREE_BETWEEN = [
    ("审核", "甲", "Mon 09:00", "Mon 09:00", "Mon 11:00"),
    ("审核", "甲", "Mon 16:00", "Mon 16:00", "Mon 17:00"),
    ("复核", "甲", "Mon 09:00", "Tue 09:00", "Tue 09:10"),
]


def test_work_done_before_the_officer_was_free_held_nothing_back(causes_of):
    # busy 9-11, free until 16:00 (with lunch), busy until 17:00, off until 9:00: w2 came late by 7 hours;
    # w1 was begun out of turn
    assert causes_of(FREE_BETWEEN, "w2") == {
        "extraneous": 420.0,
        "prioritization": 60.0,
        "unavailability": 960.0,
    }


def test_a_pause_between_two_jobs_proves_nothing(causes_of):
    # 14 minutes free from 9:46 on: too short to say that the work was not there
    works = [
        ("审核", "甲", "Mon 09:00", "Mon 09:00", "Mon 09:46"),
        ("审核", "甲", "Mon 09:00", "Mon 10:00", "Mon 10:30"),
        ("复核", "甲", "Mon 09:00", "Mon 10:30", "Mon 10:40"),
    ]
    assert causes_of(works, "w2") == {"contention": 76.0, "extraneous": 14.0}


def test_people_in_the_hall_were_ready_all_the_time(causes_of):
    works = [
        ("受理", "甲", "Mon 09:00", "Mon 09:00", "Mon 09:30"),
        ("受理", "甲", "Mon 09:10", "Mon 10:00", "Mon 10:10"),
    ]
    assert causes_of(works, "w1", place=COUNTER) == {"contention": 20.0, "extraneous": 30.0}
    assert causes_of(works, "w1") == {"extraneous": 50.0}


@pytest.mark.parametrize("officer", [None, "甲"])
def test_without_an_officer_no_cause_is_told(office_log, officer):
    from mining.columns import UNKNOWN_MS
    from mining.waiting_causes import split_waits
    from mining.working_time import OFFICE_HOURS

    works = [
        ("审核", "乙", "Mon 09:00", "Mon 09:30", "Mon 10:00"),
        ("审核", officer, "Mon 09:00", "Mon 10:00", "Mon 10:30"),
    ]
    causes = split_waits(office_log(works), OFFICE_HOURS)
    assert list(causes.told) == [True, officer is not None]
    assert causes.without_officer == (officer is None)
    assert bool((causes.elapsed_ms[:, 1] == UNKNOWN_MS).all()) == (officer is None)


def test_a_name_many_people_share_is_nobody(office_log):
    # three papers in hand at once, all day: not one person
    from mining.waiting_causes import split_waits
    from mining.working_time import OFFICE_HOURS

    works = [("审核", "科室", "Mon 09:00", f"Mon 09:{n:02d}", f"Mon 11:{n:02d}") for n in (10, 20, 30)]
    causes = split_waits(office_log(works), OFFICE_HOURS)
    assert causes.shared_name == 3
    assert not causes.told.any()
