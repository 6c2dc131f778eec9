"""Contention: the officer was busy with work that came no later."""

from __future__ import annotations


def test_the_queue_was_kept(causes_of):
    # w2 can begin at 9:20; 甲 does w0 (since 9:00) until 9:30 and w1 (since 9:10) until 10:00
    works = [
        ("审核", "甲", "Mon 09:00", "Mon 09:00", "Mon 09:30"),
        ("审核", "甲", "Mon 09:10", "Mon 09:30", "Mon 10:00"),
        ("审核", "甲", "Mon 09:20", "Mon 10:00", "Mon 10:10"),
    ]
    assert causes_of(works, "w2") == {"contention": 40.0}


def test_what_another_officer_does_is_no_contention(causes_of):
    works = [
        ("审核", "乙", "Mon 09:00", "Mon 09:00", "Mon 10:00"),
        ("审核", "甲", "Mon 09:00", "Mon 10:00", "Mon 10:10"),
    ]
    assert causes_of(works, "w1") == {"extraneous": 60.0}


def test_overlapping_work_counts_once(causes_of):
    # 甲 has two papers in hand 9:00-10:00 and 9:30-10:30: 90 minutes busy, not 120
    works = [
        ("审核", "甲", "Mon 09:00", "Mon 09:00", "Mon 10:00"),
        ("复核", "甲", "Mon 09:00", "Mon 09:30", "Mon 10:30"),
        ("发证", "甲", "Mon 09:00", "Mon 10:30", "Mon 10:40"),
    ]
    assert causes_of(works, "w2") == {"contention": 90.0}


def test_work_of_unknown_enabled_time_breaks_no_queue(hand_log):
    from mining.waiting_causes import Cause, split_waits
    from mining.working_time import MS_PER_MINUTE, OFFICE_HOURS

    log = hand_log(
        [
            ("a", "审核", "Mon 09:30", "Mon 10:00", {"officer": "甲"}),
            ("b", "复核", "Mon 10:00", "Mon 10:10", {"officer": "甲", "ts_enabled": "Mon 09:25"}),
        ]
    )
    causes = split_waits(log, OFFICE_HOURS)
    assert list(causes.told) == [False, True]
    assert causes.elapsed_ms[Cause.CONTENTION, 1] == 30 * MS_PER_MINUTE
    assert causes.elapsed_ms[Cause.PRIORITIZATION, 1] == 0
