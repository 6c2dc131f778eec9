"""A counter over a day and the length of its queue, worked by hand."""

from __future__ import annotations

import pytest

from simulation.errors import ExperimentError
from simulation.trace import CounterState, counter_day, hall_day, queue_day, staff_at, waiting_at

ONE_CLERK = """
steps: [{name: 受理, pool: 窗口, duration: {kind: constant, minutes: 20}}]
members: [{name: 甲, serves: [窗口]}]
"""


def told(day, clock):
    return [f"{clock(i.begin_ms)[4:]} {i.state} {','.join(i.cases)}".strip() for i in day.intervals]


def test_a_day_from_midnight_to_midnight(watch, clock):
    # 0 9:30-9:50; 1 at 11:50 until 12:10, ten minutes into lunch; 2 at 16:55 until 17:15
    watched = watch(ONE_CLERK, ["09:30", "11:50", "16:55"])
    assert told(counter_day(watched, "甲", 0), clock) == [
        "00:00 closed",
        "09:00 idle",
        "09:30 serving A-0000-0000",
        "09:50 idle",
        "11:50 serving A-0000-0001",
        "12:00 past_closing A-0000-0001",
        "12:10 lunch",
        "13:00 idle",
        "16:55 serving A-0000-0002",
        "17:00 past_closing A-0000-0002",
        "17:15 closed",
    ]
    day = counter_day(watched, "甲", 0)
    assert day.minutes_in(CounterState.SERVING, CounterState.PAST_CLOSING) == 60
    assert day.intervals[2].text.en == "serves 0000-0000: 受理, 20.0 min"
    assert day.intervals[5].text.zh == "下班或午休时间继续办完 0000-0001 的受理，10.0 分钟"
    assert [d.member for d in hall_day(watched, 0)] == ["甲"]


def test_a_paper_rests_on_the_desk_over_lunch(watch, clock):
    document = """
    steps: [{name: 审核, place: back_office, pool: 科室, duration: {kind: constant, minutes: 60}}]
    members: [{name: 丙, serves: [科室]}]
    """
    assert told(counter_day(watch(document, ["11:30"]), "丙", 0), clock) == [
        "00:00 closed",
        "09:00 idle",
        "11:30 serving A-0000-0000",
        "12:00 resting A-0000-0000",
        "13:00 serving A-0000-0000",
        "13:30 idle",
        "17:00 closed",
    ]


def test_work_under_way_at_the_end_of_the_run_has_no_record(watch, clock):
    # 0 comes at 16:00 for ten hours: nothing is written down, so nobody can tell whether 甲 is free
    document = ONE_CLERK.replace("minutes: 20", "minutes: 600")
    assert told(counter_day(watch(document, ["16:00"], days=1), "甲", 0), clock) == [
        "00:00 closed",
        "09:00 idle",
        "12:00 lunch",
        "13:00 idle",
        "16:00 unrecorded",
        "17:00 closed",
    ]


def test_the_queue_over_a_day(watch, clock):
    # 0 is served at once until 9:20; 1 waits 9:05-9:20, 2 9:10-9:40; 3 comes at 16:50 behind 0: see below
    watched = watch(ONE_CLERK, ["09:00", "09:05", "09:10"])
    queue = queue_day(watched, "窗口", 0)
    assert list(zip(map(clock, queue.moments_ms), queue.waiting, strict=True)) == [
        ("Mon 00:00", 0),
        ("Mon 09:05", 1),
        ("Mon 09:10", 2),
        ("Mon 09:20", 1),
        ("Mon 09:40", 0),
    ]
    assert queue.longest == 2
    assert queue.mean == pytest.approx((15 + 30) / 1440)


def test_people_who_go_home_with_a_ticket_do_not_stand_in_the_queue_at_night(watch, clock, ms):
    # 0 is served 16:50-17:10; 1 waits from 16:55, goes home at 17:00, is back and called at 9:00
    watched = watch(ONE_CLERK, ["16:50", "16:55"])
    queue = queue_day(watched, "窗口", 0)
    assert list(zip(map(clock, queue.moments_ms), queue.waiting, strict=True))[1:] == [
        ("Mon 16:55", 1),
        ("Mon 17:00", 0),
    ]
    assert waiting_at(watched, "窗口", ms("16:57")) != ()
    assert waiting_at(watched, "窗口", ms("17:30")) == ()


def test_who_waits_and_what_the_staff_does_at_a_moment(watch, ms):
    watched = watch(ONE_CLERK, ["09:00", "09:05", "09:10"])
    rows = waiting_at(watched, "窗口", ms("09:15"))
    assert [watched.case_ids[watched.record(row).case] for row in rows] == ["A-0000-0001", "A-0000-0002"]
    (clerk,) = staff_at(watched, 0, ms("09:15"))
    assert (clerk.member, clerk.state) == ("甲", CounterState.SERVING)
    assert watched.record(clerk.row).case == 0


def test_unknown_names_and_days_are_errors(watch):
    watched = watch(ONE_CLERK, ["09:00"], days=3)
    for ask in (
        lambda: counter_day(watched, "乙", 0),
        lambda: counter_day(watched, "甲", 3),
        lambda: queue_day(watched, "二号", 0),
        lambda: queue_day(watched, "窗口", -1),
    ):
        with pytest.raises(ExperimentError):
            ask()
