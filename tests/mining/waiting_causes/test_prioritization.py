"""Prioritization: the officer was busy with work that came later."""

from __future__ import annotations


def test_work_that_came_later_went_first(causes_of):
    # w1 can begin at 9:10; 甲 does w0 (since 9:00) until 9:30 and then w2, which came at 9:20, until 10:00
    works = [
        ("审核", "甲", "Mon 09:00", "Mon 09:00", "Mon 09:30"),
        ("审核", "甲", "Mon 09:10", "Mon 10:00", "Mon 10:10"),
        ("审核", "甲", "Mon 09:20", "Mon 09:30", "Mon 10:00"),
    ]
    assert causes_of(works, "w1") == {"contention": 20.0, "prioritization": 30.0}
    assert causes_of(works, "w2") == {"contention": 10.0}


def test_older_work_in_hand_at_the_same_time_is_contention(causes_of):
    # 9:30-10:00 both w0 (older) and w2 (newer) are in hand: contention comes first
    works = [
        ("审核", "甲", "Mon 09:00", "Mon 09:00", "Mon 10:00"),
        ("审核", "甲", "Mon 09:10", "Mon 10:30", "Mon 10:40"),
        ("审核", "甲", "Mon 09:20", "Mon 09:30", "Mon 10:30"),
    ]
    assert causes_of(works, "w1") == {"contention": 50.0, "prioritization": 30.0}
