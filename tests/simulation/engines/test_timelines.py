"""Exact timelines of tiny halls, each worked by hand in the comment.

The rules a planner may ask about are in docs/how-the-simulation-works.md, whose timelines are tests too
(test_documented_timelines.py)."""

from __future__ import annotations

import pytest

from simulation.engines.program import build_program
from simulation.errors import ModelError

ONE_CLERK = """
steps: [{name: 受理, pool: 窗口, duration: {kind: constant, minutes: 10}}]
members: [{name: 甲, serves: [窗口]}]
"""
TWO_CLERKS = ONE_CLERK + "  - {name: 乙, serves: [窗口]}\n"
TWO_CLERKS = TWO_CLERKS.replace("[{name: 甲, serves: [窗口]}]", "\n  - {name: 甲, serves: [窗口]}")


def test_first_come_first_served(timeline):
    # 1 comes at 9:04 while 0 is served until 9:10
    assert timeline(ONE_CLERK, ["09:00", "09:04"]) == [
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "1 受理 甲 | Mon 09:04 | Mon 09:10 | Mon 09:20 | passed",
    ]


def test_the_one_who_waits_longest_goes_before_the_one_who_comes_as_the_clerk_is_free(timeline):
    # at 9:10 three things fall on one instant: 0 is done, 2 comes, 1 has waited since 9:05
    assert timeline(ONE_CLERK, ["09:10", "09:05", "09:00"]) == [
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "1 受理 甲 | Mon 09:05 | Mon 09:10 | Mon 09:20 | passed",
        "2 受理 甲 | Mon 09:10 | Mon 09:20 | Mon 09:30 | passed",
    ]


def test_people_who_come_at_one_moment_are_all_there_before_anybody_is_served(timeline):
    # both come at 9:00: case order decides, and 甲 is the first member
    assert timeline(TWO_CLERKS, ["09:00", "09:00", "09:00"]) == [
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "1 受理 乙 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "2 受理 甲 | Mon 09:00 | Mon 09:10 | Mon 09:20 | passed",
    ]


def test_the_clerk_idle_longest_serves(timeline):
    # at 9:20 甲 is idle since 9:10, 乙 since 9:12: 甲; at 9:40 甲 since 9:30: 乙
    assert timeline(TWO_CLERKS, ["09:00", "09:02", "09:20", "09:40"]) == [
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "1 受理 乙 | Mon 09:02 | Mon 09:02 | Mon 09:12 | passed",
        "2 受理 甲 | Mon 09:20 | Mon 09:20 | Mon 09:30 | passed",
        "3 受理 乙 | Mon 09:40 | Mon 09:40 | Mon 09:50 | passed",
    ]


def test_people_at_the_door_before_opening_take_the_first_tickets(timeline):
    assert timeline(ONE_CLERK, ["08:30", "08:20", "09:00"]) == [
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "1 受理 甲 | Mon 09:00 | Mon 09:10 | Mon 09:20 | passed",
        "2 受理 甲 | Mon 09:00 | Mon 09:20 | Mon 09:30 | passed",
    ]


def test_friday_evening_to_monday_morning(timeline):
    # 0 is served past 17:00; 1 holds a ticket at closing and is first on Monday, before 2 who comes then
    assert timeline(ONE_CLERK, ["Fri 16:55", "Fri 16:56"]) == [
        "0 受理 甲 | Fri 16:55 | Fri 16:55 | Fri 17:05 | passed",
        "1 受理 甲 | Fri 16:56 | Mon 09:00 | Mon 09:10 | passed",
    ]


def test_clerks_who_stay_longer_than_the_hall_find_nobody(timeline):
    # the hall closes at 17:00 although the clerk works until 18:00: 1 leaves and is back at 9:00
    late = ONE_CLERK.replace("serves: [窗口]", "serves: [窗口], calendar: long")
    late += 'calendars: {long: {weekly: {mon: ["08:00-18:00"], tue: ["08:00-18:00"]}}}\n'
    assert timeline(late, ["16:50", "16:55"]) == [
        "0 受理 甲 | Mon 16:50 | Mon 16:50 | Mon 17:00 | passed",
        "1 受理 甲 | Mon 16:55 | Tue 09:00 | Tue 09:10 | passed",
    ]


def test_lunch_in_shifts_serves_people_inside_over_lunch(timeline):
    # the hall has a lunch break but 甲 works through: who has a ticket is served, who comes at 12:05 gets
    # a ticket at 13:00
    through = ONE_CLERK.replace("serves: [窗口]", "serves: [窗口], calendar: through")
    through += 'calendars: {through: {weekly: {mon: ["09:00-17:00"]}}}\n'
    assert timeline(through, ["11:55", "11:58", "12:05"]) == [
        "0 受理 甲 | Mon 11:55 | Mon 11:55 | Mon 12:05 | passed",
        "1 受理 甲 | Mon 11:58 | Mon 12:05 | Mon 12:15 | passed",
        "2 受理 甲 | Mon 13:00 | Mon 13:00 | Mon 13:10 | passed",
    ]


def test_after_the_cut_off_people_come_another_day(timeline):
    # cut-off 16:45; at 16:50 no ticket: comes on Tuesday at a time of the arrival profile (10:00-10:30 or
    # 14:00-14:30)
    document = ONE_CLERK + "visits: {ticket_cutoff_minutes_before_close: 15}\n"
    (line,) = timeline(document, ["16:50"])
    ticket = line.split(" | ")[1]
    assert ticket.startswith(("Tue 10:0", "Tue 10:1", "Tue 10:2", "Tue 14:0", "Tue 14:1", "Tue 14:2"))
    assert timeline(document, ["16:44"]) == ["0 受理 甲 | Mon 16:44 | Mon 16:44 | Mon 16:54 | passed"]


def test_around_the_clock_nobody_is_sent_home_at_midnight(timeline):
    document = ONE_CLERK.replace("serves: [窗口]", "serves: [窗口], calendar: always")
    document += "visits: {calendar: always, ticket_cutoff_minutes_before_close: 15}\n"
    assert timeline(document, ["23:50", "23:55", "23:58"]) == [
        "0 受理 甲 | Mon 23:50 | Mon 23:50 | Tue 00:00 | passed",
        "1 受理 甲 | Mon 23:55 | Tue 00:00 | Tue 00:10 | passed",
        "2 受理 甲 | Mon 23:58 | Tue 00:10 | Tue 00:20 | passed",
    ]


def test_the_back_office_pauses_and_takes_nothing_else_meanwhile(timeline):
    # 90 minutes from 11:30: 30 before lunch, 60 from 13:00; the second begins at 14:00: 90 to 15:30
    document = """
    steps: [{name: 审核, place: back_office, pool: 审核科, duration: {kind: constant, minutes: 90}}]
    members: [{name: 甲, serves: [审核科]}]
    """
    assert timeline(document, ["11:30", "11:40"]) == [
        "0 审核 甲 | Mon 11:30 | Mon 11:30 | Mon 14:00 | passed",
        "1 审核 甲 | Mon 11:40 | Mon 14:00 | Mon 15:30 | passed",
    ]
    # 60 minutes from Friday 16:30: 30 on Friday, 30 on Monday; exactly until closing ends at closing
    document = document.replace("90", "60")
    assert timeline(document, ["Fri 16:30"]) == ["0 审核 甲 | Fri 16:30 | Fri 16:30 | Mon 09:30 | passed"]
    assert timeline(document, ["Fri 16:00"]) == ["0 审核 甲 | Fri 16:00 | Fri 16:00 | Fri 17:00 | passed"]


def test_steps_without_pool_take_working_or_elapsed_time(timeline):
    # working: reached Friday 17:30 begins Monday 9:00, 120 minutes; elapsed: two hours from Monday 11:00
    document = """
    steps:
      - {name: 公示, place: back_office, calendar: hall, duration: {kind: constant, minutes: 120}}
      - {name: 邮寄, place: online, clock: elapsed, duration: {kind: constant, minutes: 120}}
    """
    assert timeline(document, ["Fri 17:30"]) == [
        "0 公示 - | Fri 17:30 | Mon 09:00 | Mon 11:00 | passed",
        "0 邮寄 - | Mon 11:00 | Mon 11:00 | Mon 13:00 | passed",
    ]


def test_work_of_no_length_ends_at_once_at_any_hour(timeline):
    document = "steps: [{name: 登记, place: online, calendar: hall}]"
    assert timeline(document, ["03:00"]) == ["0 登记 - | Mon 03:00 | Mon 03:00 | Mon 03:00 | passed"]


def test_delays_before_a_step(timeline):
    # 30 minutes of post, elapsed; 60 of another agency in working time from 11:30: 30, and 30 after lunch
    document = """
    steps:
      - {name: 甲证, place: online, clock: elapsed, delay_before: {kind: constant, minutes: 30}}
      - {name: 乙证, place: online, calendar: hall, delay_before: {kind: constant, minutes: 60},
         delay_clock: working}
    """
    assert timeline(document, ["11:00"]) == [
        "0 甲证 - | Mon 11:30 | Mon 11:30 | Mon 11:30 | passed",
        "0 乙证 - | Mon 13:30 | Mon 13:30 | Mon 13:30 | passed",
    ]


def test_speed_divides_own_time_and_checking(timeline):
    # 10 + 2 x 5 minutes = 20; speed 2: 10; step speed 4 wins at 复核: 8 / 4 = 2
    document = """
    materials: [{name: 甲表, minutes_to_check: 5}, {name: 乙表, minutes_to_check: 5}]
    steps:
      - {name: 受理, pool: 窗口, duration: {kind: constant, minutes: 10},
         materials: [{material: 甲表}, {material: 乙表}]}
      - {name: 复核, pool: 窗口, duration: {kind: constant, minutes: 8}}
    members: [{name: 甲, serves: [窗口], speed: 2, step_speeds: {复核: 4}}]
    """
    assert timeline(document, ["09:00"]) == [
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "0 复核 甲 | Mon 09:10 | Mon 09:10 | Mon 09:12 | passed",
    ]


def test_a_member_of_two_pools_looks_at_queues_in_model_order(timeline):
    # at 9:10 case 1 has waited for 乙事 since 9:01, but the queue of 甲事 is looked at first: case 0 goes on
    document = """
    steps:
      - {name: 甲事, place: back_office, pool: 甲队, duration: {kind: constant, minutes: 10}}
      - {name: 乙事, place: back_office, pool: 乙队, duration: {kind: constant, minutes: 10}}
    members: [{name: 甲, serves: [乙队, 甲队]}]
    flow: {sequence: [{step: 乙事}, {step: 甲事}]}
    pools: [{name: 甲队}, {name: 乙队}]
    """
    assert timeline(document, ["09:00", "09:01"]) == [
        "0 乙事 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | passed",
        "0 甲事 甲 | Mon 09:10 | Mon 09:10 | Mon 09:20 | passed",
        "1 乙事 甲 | Mon 09:01 | Mon 09:20 | Mon 09:30 | passed",
        "1 甲事 甲 | Mon 09:30 | Mon 09:30 | Mon 09:40 | passed",
    ]


def test_priority_first_then_time(timeline):
    # both branches of 0 are ready at 9:00; 1 comes at 9:05 and its 加急 overtakes 普通 of 0
    document = """
    steps:
      - {name: 普通, place: back_office, pool: 科, priority: 1, duration: {kind: constant, minutes: 10}}
      - {name: 加急, place: back_office, pool: 科, priority: 0, duration: {kind: constant, minutes: 10}}
    flow: {parallel: [{step: 普通}, {step: 加急}]}
    members: [{name: 甲, serves: [科]}]
    """
    shown = [line.split(" | ") for line in timeline(document, ["09:00", "09:05"])]
    assert [(who, end) for who, _, _, end, _ in shown] == [
        ("0 加急 甲", "Mon 09:10"),
        ("1 加急 甲", "Mon 09:20"),
        ("0 普通 甲", "Mon 09:30"),
        ("1 普通 甲", "Mon 09:40"),
    ]


def test_a_further_counter_on_the_same_day_or_not(timeline):
    # with chance 1: the next ticket at once; past the cut-off 16:45: Tuesday
    document = """
    steps:
      - {name: 取件, pool: 一号, duration: {kind: constant, minutes: 10}}
      - {name: 交件, pool: 二号, duration: {kind: constant, minutes: 10}}
    members: [{name: 甲, serves: [一号]}, {name: 乙, serves: [二号]}]
    visits: {ticket_cutoff_minutes_before_close: 15, come_back_after: {kind: constant, minutes: 90}}
    """
    assert timeline(document, ["09:00"])[1] == "0 交件 乙 | Mon 09:10 | Mon 09:10 | Mon 09:20 | passed"
    # over lunch: served until 12:05, the next ticket is given out at 13:00
    assert timeline(document, ["11:55"])[1] == "0 交件 乙 | Mon 13:00 | Mon 13:00 | Mon 13:10 | passed"
    # done at 16:49, no more tickets; home at 18:19, so Tuesday within the arrival profile
    (late,) = timeline(document, ["16:39"])[1:]
    assert late.split(" | ")[1].startswith(("Tue 10", "Tue 14"))
    # with chance 0: home, and back 90 minutes later
    document = document.replace("visits: {", "visits: {same_day_continuation: 0, ")
    assert timeline(document, ["09:00"])[1] == "0 交件 乙 | Mon 10:40 | Mon 10:40 | Mon 10:50 | passed"


def test_fetched_materials_come_before_the_ticket(timeline):
    # fetched at once in 20 and in 5 minutes while the applicant stands at the door; nothing is checked
    document = """
    materials: [{name: 执照, minutes_to_check: 5}, {name: 户口}]
    steps:
      - {name: 受理, pool: 窗口, duration: {kind: constant, minutes: 10},
         materials: [{material: 执照, shared: true, shared_minutes: 20},
                     {material: 户口, shared: true, shared_minutes: 5}]}
    members: [{name: 甲, serves: [窗口]}]
    visits: {come_back_after: {kind: constant, minutes: 600}}
    """
    assert timeline(document, ["09:00"]) == ["0 受理 甲 | Mon 09:20 | Mon 09:20 | Mon 09:30 | passed"]
    # never available: handed in at once, 10 + 5 minutes
    document = document.replace("shared: true", "shared: true, shared_available: 0")
    assert timeline(document, ["09:00"]) == ["0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:15 | passed"]


def test_waits_of_the_flow(timeline):
    # a day of elapsed time, then 60 minutes of working time from Tuesday 11:30
    document = """
    steps: [{name: 甲, place: online, clock: elapsed}, {name: 乙, place: online, clock: elapsed}]
    flow:
      sequence:
        - wait: {kind: constant, minutes: 1440}
          name: 公告
        - step: 甲
        - {wait: {kind: constant, minutes: 60}, name: 催办, clock: working, calendar: hall}
        - step: 乙
    """
    assert timeline(document, ["11:30"]) == [
        "0 甲 - | Tue 11:30 | Tue 11:30 | Tue 11:30 | passed",
        "0 乙 - | Tue 13:30 | Tue 13:30 | Tue 13:30 | passed",
    ]


CONTEXT = """
steps:
  - {name: 甲, place: online, clock: elapsed}
  - {name: 乙, place: online, clock: elapsed}
  - {name: 丙, place: online, clock: elapsed}
flow:
  loop:
    choice: [{step: 甲}, {step: 乙}, {step: 丙}]
    name: 下一步
    table:
      rows:
        - {after: [], weights: [0, 0, 1]}
        - {after: ["^"], weights: [1, 0, 0]}
        - {after: [甲], weights: [1, 0, 0]}
        - {after: [甲, 甲], weights: [0, 1, 0]}
  name: 再来
  table: {rows: [{after: [], weights: [1, 0]}, {after: [丙], weights: [0, 1]}]}
"""


def test_choices_use_the_longest_context_that_has_a_row(timeline):
    # nothing yet: 甲; after 甲: 甲; after 甲 甲: 乙; after 甲 乙 there is no row, nor after 乙: 丙; on
    assert [line.split()[1] for line in timeline(CONTEXT, ["09:00"])] == ["甲", "甲", "乙", "丙"]


def test_people_come_with_steps_behind_them(timeline):
    # the first with nothing, the second with 甲: 甲, 乙, 丙; the third with 甲 甲: 乙, 丙
    come = """
arrivals:
  - &way {name: 无, per_day: 1, calendar: hall, half_hour_weights: {"09:00": 1}}
  - {<<: *way, name: 一步, passed: [甲]}
  - {<<: *way, name: 两步, passed: [甲, 甲]}
"""
    shown = timeline(CONTEXT + come, ["09:00", "10:00", "11:00"], through=[0, 1, 2])
    steps = {case: [line.split()[1] for line in shown if line[0] == case] for case in "012"}
    assert steps == {"0": ["甲", "甲", "乙", "丙"], "1": ["甲", "乙", "丙"], "2": ["乙", "丙"]}


def test_steps_behind_people_must_be_in_the_flow(make_model):
    come = """
arrivals: [{name: 一步, per_day: 1, calendar: hall, half_hour_weights: {"09:00": 1}, passed: [丁]}]
"""
    with pytest.raises(ModelError, match="step '丁' is not defined"):
        make_model(CONTEXT + come)
    apart = CONTEXT.replace("steps:\n", "steps:\n  - {name: 丁, place: online, clock: elapsed}\n", 1)
    with pytest.raises(ModelError, match="'丁' in `passed` is not in the flow, which has: 甲, 乙, 丙"):
        build_program(make_model(apart + come), 1)


def test_silent_steps_leave_no_record_but_count_as_context(timeline):
    silent = CONTEXT.replace("{name: 甲, place: online, clock: elapsed}", "{name: 甲, silent: true}")
    assert [line.split()[1] for line in timeline(silent, ["09:00"])] == ["乙", "丙"]


def test_loops_are_capped_and_counted(run_tiny):
    document = """
    steps: [{name: 甲, place: online, clock: elapsed}]
    flow: {loop: {step: 甲}, name: 再来, max_rounds: 3, table: {rows: [{after: [], weights: [1, 0]}]}}
    """
    _, run = run_tiny(document, ["09:00"])
    assert len(run.visits) == 3
    assert run.loops_capped == 1
    assert run.finish_ms.tolist() == [9 * 3_600_000]


def test_endless_corrections_are_capped_and_counted(run_tiny):
    document = "steps: [{name: 甲, place: online, clock: elapsed, return_chance: 1}]"
    _, run = run_tiny(document, ["09:00"])
    assert len(run.visits) == 101
    assert run.returns_capped == 1
    assert run.finish_ms.tolist() == [9 * 3_600_000]


def test_a_new_policy_returns_cases_from_its_midnight_on(timeline):
    # the chance is 1 at that midnight and has halved a hundred times a day later
    document = """
    steps:
      - {name: 甲, place: online, clock: elapsed,
         policy_change: {from_date: 2026-03-03, extra_return_chance: 1, half_life_days: 0.01}}
    visits: {correction_takes: {kind: constant, minutes: 1440}}
    """
    assert timeline(document, ["09:00", "Tue 00:00"]) == [
        "0 甲 - | Mon 09:00 | Mon 09:00 | Mon 09:00 | passed",
        "1 甲 - | Tue 00:00 | Tue 00:00 | Tue 00:00 | returned",
        "1 甲 - | Wed 00:00 | Wed 00:00 | Wed 00:00 | passed",
    ]


def test_what_a_new_policy_adds_to_the_chance_of_a_return_halves_with_its_half_life(run_tiny, fields):
    document = """
    steps:
      - {name: 甲, place: online, clock: elapsed, return_chance: 0.1,
         policy_change: {from_date: 2026-03-03, extra_return_chance: 0.4, half_life_days: 1}}
    visits: {correction_takes: {kind: constant, minutes: 14400}}
    """
    days = ["Mon 09:00", "Tue 00:00", "Wed 00:00", "Thu 00:00"]
    _, run = run_tiny(document, [day for day in days for _ in range(2000)], days=8)
    visits = fields(run)
    share = [(visits["outcome"][visits["case"] // 2000 == n] == 1).mean() for n in range(4)]
    # 2,000 draws each: three standard errors of .5 are .034
    assert share == pytest.approx([0.1, 0.5, 0.3, 0.2], abs=0.034)


def test_a_rejection_inside_a_parallel_block(run_tiny, timeline):
    # 审查 rejects at 9:30. 核实 is under way and ends at 10:00; 盖章 of case 1 waits for 甲 and is never
    # started; the wait is forgotten; nothing follows. The case ends with its last step under way.
    document = """
    steps:
      - {name: 审查, place: back_office, clock: elapsed, reject_chance: 1,
         duration: {kind: constant, minutes: 30}}
      - {name: 核实, place: back_office, clock: elapsed, duration: {kind: constant, minutes: 60}}
      - {name: 盖章, place: back_office, pool: 印, duration: {kind: constant, minutes: 45}}
      - {name: 发证, place: online, clock: elapsed}
    flow:
      sequence:
        - parallel:
            - step: 审查
            - step: 核实
            - step: 盖章
            - sequence: [{wait: {kind: constant, minutes: 40}, name: 等}, {step: 发证}]
        - step: 发证
    members: [{name: 甲, serves: [印]}]
    """
    assert timeline(document, ["09:00", "09:00"]) == [
        "0 审查 - | Mon 09:00 | Mon 09:00 | Mon 09:30 | rejected",
        "1 审查 - | Mon 09:00 | Mon 09:00 | Mon 09:30 | rejected",
        "0 盖章 甲 | Mon 09:00 | Mon 09:00 | Mon 09:45 | passed",
        "0 核实 - | Mon 09:00 | Mon 09:00 | Mon 10:00 | passed",
        "1 核实 - | Mon 09:00 | Mon 09:00 | Mon 10:00 | passed",
    ]
    _, run = run_tiny(document, ["09:00", "09:00"])
    assert run.rejected.all()
    assert run.finish_ms.tolist() == [10 * 3_600_000] * 2


def test_after_a_rejection_nothing_that_was_to_come_begins(run_tiny, timeline):
    # rejected at the counter at 12:05: the other counter, for which the applicant is in line, work that would
    # begin at 13:00 and what follows the wait of 40 minutes do not happen
    document = """
    steps:
      - {name: 面审, pool: 一号, reject_chance: 1, duration: {kind: constant, minutes: 10}}
      - {name: 缴费, pool: 二号, duration: {kind: constant, minutes: 5}}
      - {name: 初核, place: online, clock: elapsed, duration: {kind: constant, minutes: 6}}
      - {name: 公示, place: online, calendar: hall, duration: {kind: constant, minutes: 5}}
      - {name: 已取消, silent: true}
    flow:
      parallel:
        - step: 面审
        - step: 缴费
        - sequence: [{step: 初核}, {step: 公示}]
        - sequence:
            - {wait: {kind: constant, minutes: 40}, name: 等}
            - {loop: {step: 已取消}, name: 空转, max_rounds: 2, table: {rows: [{after: [], weights: [1, 0]}]}}
    members: [{name: 甲, serves: [一号]}, {name: 乙, serves: [二号]}]
    """
    assert timeline(document, ["11:55"]) == [
        "0 初核 - | Mon 11:55 | Mon 11:55 | Mon 12:01 | passed",
        "0 面审 甲 | Mon 11:55 | Mon 11:55 | Mon 12:05 | rejected",
    ]
    _, run = run_tiny(document, ["11:55"])
    assert run.loops_capped == 0
    assert run.finish_ms.tolist() == [(12 * 60 + 5) * 60_000]


def test_a_fetched_document_that_does_not_match_is_handed_in_afterwards(timeline):
    # fetched at no cost of checking: 10 minutes, but it does not match; then handed in: 10 + 3
    document = """
    materials: [{name: 户口簿, minutes_to_check: 3}]
    steps:
      - {name: 受理, pool: 窗口, duration: {kind: constant, minutes: 10},
         materials: [{material: 户口簿, shared: true, shared_mismatch_chance: 1}]}
    members: [{name: 甲, serves: [窗口]}]
    """
    assert timeline(document, ["09:00"]) == [
        "0 受理 甲 | Mon 09:00 | Mon 09:00 | Mon 09:10 | returned",
        "0 受理 甲 | Mon 09:10 | Mon 09:10 | Mon 09:23 | passed",
    ]


def test_papers_go_on_while_the_hall_is_closed(timeline):
    # one queue for the counter and for papers, 甲 works from 8:00: papers at once, the applicant at 9:00
    document = """
    steps:
      - {name: 预审, place: back_office, pool: 科, duration: {kind: constant, minutes: 10}}
      - {name: 面谈, place: counter, pool: 科, duration: {kind: constant, minutes: 10}}
    flow: {choice: [{step: 预审}, {step: 面谈}], name: 渠道, table: {rows: [{after: [], weights: [1, 1]}]}}
    members: [{name: 甲, serves: [科], calendar: early}]
    calendars: {early: {weekly: {mon: ["08:00-17:00"], tue: ["08:00-17:00"]}}}
    """
    for seed in range(20):
        shown = timeline(document, ["16:55", "16:56", "16:57", "Tue 08:10"], seed=seed)
        kinds = {line[0]: line.split()[1] for line in shown}
        if [kinds[c] for c in "0123"] == ["面谈", "面谈", "预审", "预审"]:
            break
    else:
        pytest.fail("no seed gives the wanted choices")
    # 0 until 17:05; 1 has to leave; 2 waits since 16:57 for 甲, who is back at 8:00; 3 at 8:10
    assert shown == [
        "0 面谈 甲 | Mon 16:55 | Mon 16:55 | Mon 17:05 | passed",
        "2 预审 甲 | Mon 16:57 | Tue 08:00 | Tue 08:10 | passed",
        "3 预审 甲 | Tue 08:10 | Tue 08:10 | Tue 08:20 | passed",
        "1 面谈 甲 | Mon 16:56 | Tue 09:00 | Tue 09:10 | passed",
    ]
