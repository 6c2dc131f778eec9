"""Exact timelines of people who lose patience, go first, book and walk, worked by hand in the comments."""

from __future__ import annotations

from textwrap import dedent

import pytest

MINUTE = 60_000
ONE_CLERK = """
steps: [{name: 受理, pool: 窗口, duration: {kind: constant, minutes: 10}}]
members: [{name: 甲, serves: [窗口]}]
"""
PEOPLE = """
arrivals:
  - {name: A, per_day: 10, calendar: hall, half_hour_weights: {"10:00": 1, "14:00": 1}, PATIENCE}
"""


def _patient(document: str, minutes: float, comes_back: float = 0) -> str:
    patience = f"patience: {{minutes: {{kind: constant, minutes: {minutes}}}, comes_back: {comes_back}}}"
    return dedent(document) + PEOPLE.replace("PATIENCE", patience)


def _clock_of(text: str) -> int:
    hour, minute = text.split(":")
    return (int(hour) * 60 + int(minute)) * MINUTE


# --- patience -----------------------------------------------------------------------------------------


def test_whose_patience_ends_as_the_counter_becomes_free_leaves(timeline, run_tiny):
    # at 9:10 甲 is free, and at 9:10 the ten minutes of 1 are over; 2, who came at 9:05, is next
    document, come = _patient(ONE_CLERK, 10), ["09:00", "09:00", "09:05"]
    assert timeline(document, come) == [
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "1 受理 - | Mon 09:00 | Mon 09:10 | Mon 09:10 | gave_up",
        "2 受理 甲 | Mon 09:05 | Mon 09:10 | Mon 09:20 | passed",
    ]
    _, run = run_tiny(document, come)
    assert run.gave_up.tolist() == [False, True, False]
    assert not run.rejected.any()
    assert run.finish_ms.tolist() == [_clock_of(text) for text in ("09:10", "09:10", "09:20")]


def test_who_is_being_served_does_not_give_up(timeline):
    # 1 is called at 9:10; that its eleven minutes end at 9:11 has no effect
    assert timeline(_patient(ONE_CLERK, 11), ["09:00", "09:00"]) == [
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "1 受理 甲 | Mon 09:00 | Mon 09:10 | Mon 09:20 | passed",
    ]


def test_without_patience_only_a_free_counter_keeps_people(timeline):
    # 0 is served at once; 1 sees that nobody is free; 2 at 9:10 finds 甲 free again at that instant
    assert timeline(_patient(ONE_CLERK, 0), ["09:00", "09:00", "09:10"]) == [
        "1 受理 - | Mon 09:00 | Mon 09:00 | Mon 09:00 | gave_up",
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "2 受理 甲 | Mon 09:10 | Mon 09:10 | Mon 09:20 | passed",
    ]


def test_lunch_counts_for_patience_and_the_night_does_not(timeline):
    # lunch: 11:58 + 30; night: 4 minutes until 17:00 and 26 more from 9:00, as nobody serves before 9:30
    document = _patient(ONE_CLERK, 30).replace("serves: [窗口]", "serves: [窗口], calendar: late")
    document += 'calendars: {late: {weekly: {mon: ["09:00-12:00", "13:00-17:00"], tue: ["09:30-17:00"]}}}\n'
    assert timeline(document, ["11:55", "11:58", "16:55", "16:56"]) == [
        "0 受理 甲 | Mon 11:55 | Mon 11:55 | Mon 12:05 | passed",
        "1 受理 - | Mon 11:58 | Mon 12:28 | Mon 12:28 | gave_up",
        "2 受理 甲 | Mon 16:55 | Mon 16:55 | Mon 17:05 | passed",
        "3 受理 - | Mon 16:56 | Tue 09:26 | Tue 09:26 | gave_up",
    ]


def test_who_gives_up_at_closing_has_left_with_a_ticket(timeline, run_tiny):
    # 1 has waited its ten minutes at 17:00; the doors close first, so the ticket was held at closing
    document, come = _patient(ONE_CLERK, 10), ["16:50", "16:50", "16:55"]
    document = document.replace("kind: constant, minutes: 10}}]", "kind: constant, minutes: 15}}]")
    assert timeline(document, come) == [
        "1 受理 - | Mon 16:50 | Mon 17:00 | Mon 17:00 | gave_up",
        "0 受理 甲 | Mon 16:50 | Mon 16:50 | Mon 17:05 | passed",
        "2 受理 甲 | Mon 16:55 | Tue 09:00 | Tue 09:15 | passed",
    ]
    assert run_tiny(document, come)[1].left_with_ticket == 2


def test_who_has_given_up_is_not_counted_at_closing(run_tiny):
    # 1 left at 16:55
    _, run = run_tiny(
        _patient(ONE_CLERK, 4).replace("minutes: 10", "minutes: 15"), ["16:50", "16:51", "16:58"]
    )
    assert run.left_with_ticket == 1


def test_coming_back_after_giving_up_is_on_a_later_day(timeline, run_tiny):
    # 1 leaves at 9:05; 26 hours later is Tuesday 11:05. Nothing later: next midnight, so a time drawn from
    # the arrival profile (10:00-10:30, 14:00-14:30) of Tuesday
    document = _patient(ONE_CLERK, 5, comes_back=1)
    later = document + "visits: {come_back_after: {kind: constant, minutes: 1560}}\n"
    assert timeline(later, ["09:00", "09:00"]) == [
        "1 受理 - | Mon 09:00 | Mon 09:05 | Mon 09:05 | gave_up",
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "1 受理 甲 | Tue 11:05 | Tue 11:05 | Tue 11:15 | passed",
    ]
    ticket = timeline(document, ["09:00", "09:00"])[-1].split(" | ")[1]
    assert ticket.startswith(("Tue 10:0", "Tue 10:1", "Tue 10:2", "Tue 14:0", "Tue 14:1", "Tue 14:2"))
    assert not run_tiny(document, ["09:00", "09:00"])[1].gave_up.any()


def test_papers_come_back_with_the_applicant(run_tiny, fields):
    # the licence was fetched once, the form (2 minutes to check) is handed in when 1 is served: 10 + 2
    document = """
    materials: [{name: 执照, minutes_to_check: 5}, {name: 表, minutes_to_check: 2}]
    steps:
      - {name: 受理, pool: 窗口, duration: {kind: constant, minutes: 10},
         materials: [{material: 执照, shared: true, shared_minutes: 20}, {material: 表}]}
    members: [{name: 甲, serves: [窗口]}]
    visits: {come_back_after: {kind: constant, minutes: 1560}}
    """
    _, run = run_tiny(_patient(document, 5, comes_back=1), ["09:00", "09:00"])
    visits = fields(run)
    mine = visits["case"] == 1
    assert visits["handed"][mine].tolist() == [0, 0b10]
    assert visits["fetched"][mine].tolist() == [0, 0b01]
    assert (visits["end"] - visits["start"])[mine].tolist() == [0, 12 * MINUTE]
    assert (visits["enabled"] - visits["reached"])[mine].tolist() == [20 * MINUTE, 1560 * MINUTE]


def test_the_chance_to_come_back(run_tiny):
    document = _patient(ONE_CLERK, 0, comes_back=0.3)
    _, run = run_tiny(document, ["09:00"] * 1001, days=40)
    # every one of the 1000 not served comes again with .3 each time; on Tuesday some of them are served
    first_time = (run.visits[:, 8] < 86_400_000) & (run.visits[:, 9] == 3)
    assert first_time.sum() == 1000
    for_good = (run.finish_ms == _clock_of("09:00")).sum()
    assert for_good == pytest.approx(700, abs=4 * (1000 * 0.3 * 0.7) ** 0.5)


def test_giving_up_for_good_ends_the_case_with_what_is_under_way(timeline, run_tiny):
    # 1 gives up at 9:05; its check ends at 10:00, what would follow does not happen
    document = """
    steps:
      - {name: 面谈, pool: 窗口, duration: {kind: constant, minutes: 10}}
      - {name: 核实, place: back_office, clock: elapsed, duration: {kind: constant, minutes: 60},
         reject_chance: 1}
      - {name: 发证, place: online, clock: elapsed}
    flow: {sequence: [{parallel: [{step: 面谈}, {step: 核实}]}, {step: 发证}]}
    members: [{name: 甲, serves: [窗口]}]
    """
    assert timeline(_patient(document, 5), ["09:00", "09:00"]) == [
        "1 面谈 - | Mon 09:00 | Mon 09:05 | Mon 09:05 | gave_up",
        "0 面谈 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "0 核实 - | Mon 09:00 | Mon 09:00 | Mon 10:00 | rejected",
        "1 核实 - | Mon 09:00 | Mon 09:00 | Mon 10:00 | rejected",
    ]
    _, run = run_tiny(_patient(document, 5), ["09:00", "09:00"])
    assert run.gave_up.tolist() == [False, True]  # the case was closed by giving up, not by the decision
    assert run.rejected.tolist() == [True, False]
    assert run.finish_ms.tolist() == [_clock_of("10:00")] * 2


def test_after_giving_up_at_one_counter_the_applicant_goes_to_the_next_in_line(timeline):
    # 1 waits for 社保 until 9:05, then goes to 公积金, and comes back for 社保 26 hours after giving up
    document = """
    steps:
      - {name: 社保, pool: 社保窗口, duration: {kind: constant, minutes: 10}}
      - {name: 公积金, pool: 公积金窗口, duration: {kind: constant, minutes: 20}}
    flow: {parallel: [{step: 社保}, {step: 公积金}]}
    members: [{name: 甲, serves: [社保窗口]}, {name: 乙, serves: [公积金窗口]}]
    visits: {come_back_after: {kind: constant, minutes: 1560}}
    """
    assert timeline(_patient(document, 5, comes_back=1), ["09:00", "09:00"]) == [
        "1 社保 - | Mon 09:00 | Mon 09:05 | Mon 09:05 | gave_up",
        "0 社保 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "0 公积金 - | Mon 09:10 | Mon 09:15 | Mon 09:15 | gave_up",
        "1 公积金 乙 | Mon 09:05 | Mon 09:05 | Mon 09:25 | passed",
        "1 社保 甲 | Tue 11:05 | Tue 11:05 | Tue 11:15 | passed",
        "0 公积金 乙 | Tue 11:15 | Tue 11:15 | Tue 11:35 | passed",
    ]


def test_papers_in_the_back_office_know_no_impatience(timeline):
    document = ONE_CLERK.replace("name: 受理,", "name: 受理, place: back_office,")
    assert timeline(_patient(document, 5), ["09:00", "09:00"])[1] == (
        "1 受理 甲 | Mon 09:00 | Mon 09:10 | Mon 09:20 | passed"
    )


# --- priority -----------------------------------------------------------------------------------------

LANES = """
arrivals:
  - {name: A, per_day: 10, calendar: hall, half_hour_weights: {"10:00": 1}}
  - {name: 老年, per_day: 10, calendar: hall, half_hour_weights: {"10:00": 1}, priority: -1}
"""


def test_a_lane_of_its_own_goes_first(timeline):
    # 2 comes last through the lane of the aged and is called before 1
    assert timeline(ONE_CLERK + LANES, ["09:00", "09:01", "09:02"], through=[0, 0, 1]) == [
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "2 受理 甲 | Mon 09:02 | Mon 09:10 | Mon 09:20 | passed",
        "1 受理 甲 | Mon 09:01 | Mon 09:20 | Mon 09:30 | passed",
    ]


def test_priorities_of_step_and_arrivals_are_added(timeline):
    # 普通 has 1, 加急 0; through the lane of the aged 普通 has 0: equal to 加急, so the time decides
    document = """
    steps:
      - {name: 普通, place: back_office, pool: 科, priority: 1, duration: {kind: constant, minutes: 10}}
      - {name: 加急, place: back_office, pool: 科, priority: 0, duration: {kind: constant, minutes: 10}}
    flow: {parallel: [{step: 普通}, {step: 加急}]}
    members: [{name: 甲, serves: [科]}]
    """
    ran = timeline(dedent(document) + LANES, ["09:00", "09:05"], through=[1, 0])
    shown = [line.split(" | ") for line in ran]
    assert [(who, end) for who, _, _, end, _ in shown] == [
        ("0 加急 甲", "Mon 09:10"),
        ("0 普通 甲", "Mon 09:20"),
        ("1 加急 甲", "Mon 09:30"),
        ("1 普通 甲", "Mon 09:40"),
    ]


# --- appointments -------------------------------------------------------------------------------------

BOOKED = """
arrivals:
  - {name: A, per_day: 10, calendar: hall, half_hour_weights: {"10:00": 1},
     appointments: {share: 1, per_slot: 2, grace_minutes: 10, priority: -1}}
"""


def test_who_has_an_appointment_waits_from_the_begin_of_the_slot_and_goes_first(timeline):
    # 2 is there at 9:10 for 9:20: ticket at 9:20, before 1 who waits since 9:05
    assert timeline(ONE_CLERK + BOOKED, ["09:00", "09:05", "09:10"], slots=["-", "-", "09:20"]) == [
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "1 受理 甲 | Mon 09:05 | Mon 09:10 | Mon 09:20 | passed",
        "2 受理 甲 | Mon 09:20 | Mon 09:20 | Mon 09:30 | passed",
    ]
    busy = ONE_CLERK.replace("minutes: 10", "minutes: 15")
    assert timeline(busy + BOOKED, ["09:00", "09:05", "09:10"], slots=["-", "-", "09:12"]) == [
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:15 | passed",
        "2 受理 甲 | Mon 09:12 | Mon 09:15 | Mon 09:30 | passed",
        "1 受理 甲 | Mon 09:05 | Mon 09:30 | Mon 09:45 | passed",
    ]


def test_the_grace_ends_with_its_last_minute(timeline):
    # slot 9:10, grace until 9:20: 2 comes at 9:20 and goes before 1; at 9:21 it would be behind
    document = ONE_CLERK.replace("minutes: 10", "minutes: 30") + BOOKED
    in_time = timeline(document, ["09:00", "09:05", "09:20"], slots=["-", "-", "09:10"])
    assert in_time[1] == "2 受理 甲 | Mon 09:20 | Mon 09:30 | Mon 10:00 | passed"
    late = timeline(document, ["09:00", "09:05", "09:21"], slots=["-", "-", "09:10"])
    assert late[1:] == [
        "1 受理 甲 | Mon 09:05 | Mon 09:30 | Mon 10:00 | passed",
        "2 受理 甲 | Mon 09:21 | Mon 10:00 | Mon 10:30 | passed",
    ]


def test_a_slot_that_begins_as_the_hall_opens(timeline):
    # all three take their tickets at 9:00; 2, with the slot, is called first although it came last
    assert timeline(ONE_CLERK + BOOKED, ["08:30", "08:40", "08:50"], slots=["-", "-", "09:00"]) == [
        "2 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "0 受理 甲 | Mon 09:00 | Mon 09:10 | Mon 09:20 | passed",
        "1 受理 甲 | Mon 09:00 | Mon 09:20 | Mon 09:30 | passed",
    ]


def test_an_appointment_after_lunch(timeline):
    # there at 11:50 for 13:00; at 11:50 the ticket is that of the slot, over lunch
    assert timeline(ONE_CLERK + BOOKED, ["11:50", "12:30"], slots=["13:00", "-"]) == [
        "0 受理 甲 | Mon 13:00 | Mon 13:00 | Mon 13:10 | passed",
        "1 受理 甲 | Mon 13:00 | Mon 13:10 | Mon 13:20 | passed",
    ]


def test_an_appointment_that_was_missed_by_a_day_is_used_up(timeline):
    # an hour late for 16:30 there are no more tickets; on Tuesday 0 has no priority over 1 (profile 10:00)
    document = ONE_CLERK.replace("minutes: 10", "minutes: 120") + BOOKED
    (_, first, second) = timeline(document, ["17:30", "Tue 09:00", "Tue 09:10"], slots=["16:30", "-", "-"])
    assert first.startswith("2 受理 甲 | Tue 09:10 | Tue 11:00")
    assert second.startswith("0 受理 甲 | Tue 10:")


def test_only_the_first_counter_of_a_case_has_the_priority_of_the_appointment(timeline):
    # 2 goes before nobody at 咨询; at 交件 its ticket is of 9:40, behind that of 1, which is of 9:20
    document = """
    steps:
      - {name: 咨询, pool: 一号, duration: {kind: constant, minutes: 10}}
      - {name: 交件, pool: 二号, duration: {kind: constant, minutes: 30}}
    members: [{name: 甲, serves: [一号]}, {name: 乙, serves: [二号]}]
    """
    assert timeline(dedent(document) + BOOKED, ["09:00", "09:01", "09:25"], slots=["-", "-", "09:30"]) == [
        "0 咨询 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "1 咨询 甲 | Mon 09:01 | Mon 09:10 | Mon 09:20 | passed",
        "0 交件 乙 | Mon 09:10 | Mon 09:10 | Mon 09:40 | passed",
        "2 咨询 甲 | Mon 09:30 | Mon 09:30 | Mon 09:40 | passed",
        "1 交件 乙 | Mon 09:20 | Mon 09:40 | Mon 10:10 | passed",
        "2 交件 乙 | Mon 09:40 | Mon 10:10 | Mon 10:40 | passed",
    ]


def test_patience_of_the_booked_begins_with_the_slot(timeline):
    # there at 9:02 for 9:10, five minutes of patience from 9:10 on
    document = ONE_CLERK.replace("minutes: 10", "minutes: 30") + BOOKED.replace(
        "     appointments",
        "     patience: {minutes: {kind: constant, minutes: 5}, comes_back: 0},\n     appointments",
    )
    assert timeline(document, ["09:00", "09:02"], slots=["-", "09:10"])[0] == (
        "1 受理 - | Mon 09:10 | Mon 09:15 | Mon 09:15 | gave_up"
    )


# --- walking ------------------------------------------------------------------------------------------

THREE_COUNTERS = """
steps:
  - {name: 咨询, pool: 一号, duration: {kind: constant, minutes: 10}}
  - {name: 填表, pool: 一号, duration: {kind: constant, minutes: 5}}
  - {name: 交件, pool: 二号, duration: {kind: constant, minutes: 10}}
members: [{name: 甲, serves: [一号]}, {name: 乙, serves: [二号]}]
visits: {ticket_cutoff_minutes_before_close: 15, walk: {kind: constant, minutes: 3},
         come_back_after: {kind: constant, minutes: 960}}
"""


def test_the_way_to_a_counter_of_another_pool(timeline):
    # no way from 咨询 to 填表; three minutes to 交件
    assert timeline(THREE_COUNTERS, ["09:00"]) == [
        "0 咨询 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "0 填表 甲 | Mon 09:10 | Mon 09:10 | Mon 09:15 | passed",
        "0 交件 乙 | Mon 09:18 | Mon 09:18 | Mon 09:28 | passed",
    ]


def test_the_way_may_lead_into_lunch_or_past_the_last_ticket(timeline):
    # done at 11:58, there at 12:01: ticket at 13:00; done at 16:43, there at 16:46: no more tickets that day,
    # home, and back 16 hours after 16:43: before opening, so at a time of the arrival profile
    assert timeline(THREE_COUNTERS, ["11:43"])[-1] == "0 交件 乙 | Mon 13:00 | Mon 13:00 | Mon 13:10 | passed"
    last = timeline(THREE_COUNTERS, ["16:28"])[-1]
    assert last.split(" | ")[1].startswith(("Tue 10:", "Tue 14:"))
    assert timeline(THREE_COUNTERS, ["16:26"])[-1] == "0 交件 乙 | Mon 16:44 | Mon 16:44 | Mon 16:54 | passed"


def test_a_correction_at_the_same_counter_needs_no_walk_and_a_new_visit_neither(timeline):
    # corrected on the spot; after work in the back office the next counter is another visit: 60 minutes
    document = """
    materials: [{name: 户口簿}]
    steps:
      - {name: 受理, pool: 一号, duration: {kind: constant, minutes: 10},
         materials: [{material: 户口簿, shared: true, shared_mismatch_chance: 1}]}
      - {name: 审核, place: back_office, clock: elapsed, duration: {kind: constant, minutes: 20}}
      - {name: 领证, pool: 二号, duration: {kind: constant, minutes: 5}}
    members: [{name: 甲, serves: [一号]}, {name: 乙, serves: [二号]}]
    visits: {walk: {kind: constant, minutes: 3}, come_back_after: {kind: constant, minutes: 60}}
    """
    assert timeline(document, ["09:00"]) == [
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | returned",
        "0 受理 甲 | Mon 09:10 | Mon 09:10 | Mon 09:20 | passed",
        "0 审核 - | Mon 09:20 | Mon 09:20 | Mon 09:40 | passed",
        "0 领证 乙 | Mon 10:40 | Mon 10:40 | Mon 10:45 | passed",
    ]
