"""Exact timelines of batches, machines, helpers and rework in parallel blocks, worked by hand."""

from __future__ import annotations

import pytest

from simulation.engines.run_records import Repair

BATCH = """
steps:
  - name: 会审
    place: back_office
    pool: 科室
    duration: {{kind: constant, minutes: 10}}
    batch: {batch}
members: [{{name: 甲, serves: [科室]}}]
"""


def test_a_batch_goes_as_soon_as_it_has_its_size(timeline):
    # 0 waits for 1; both are let go at 9:05; 2 waits for a fourth who never comes
    assert timeline(BATCH.format(batch="{size: 2}"), ["09:00", "09:05", "09:07"]) == [
        "0 会审 甲 | Mon 09:00 | Mon 09:05 | Mon 09:15 | passed",
        "1 会审 甲 | Mon 09:05 | Mon 09:15 | Mon 09:25 | passed",
    ]


def test_a_timetable_lets_go_who_is_there_and_who_comes_at_that_instant(timeline):
    # 2 comes at 10:00 sharp: arrivals come before gates; 3 waits a week
    hall = BATCH.format(batch='{weekly: {mon: ["10:00"]}}')
    assert timeline(hall, ["09:00", "09:30", "10:00", "10:01"]) == [
        "0 会审 甲 | Mon 09:00 | Mon 10:00 | Mon 10:10 | passed",
        "1 会审 甲 | Mon 09:30 | Mon 10:10 | Mon 10:20 | passed",
        "2 会审 甲 | Mon 10:00 | Mon 10:20 | Mon 10:30 | passed",
        "3 会审 甲 | Mon 10:01 | Mon 10:00 | Mon 10:10 | passed",
    ]


def test_a_timetable_keeps_to_the_days_of_its_calendar(timeline):
    # the second Monday is closed: 1 waits for the third
    hall = BATCH.format(batch='{weekly: {mon: ["10:00"]}, calendar: committee}')
    hall += 'calendars: {committee: {weekly: {mon: ["09:00-12:00"]}, closed_days: [2026-03-09]}}\n'
    (_, line) = timeline(hall, ["09:00", "10:01"], days=21)
    assert line == "1 会审 甲 | Mon 10:01 | Mon 10:00 | Mon 10:10 | passed"
    assert len(timeline(hall, ["09:00", "10:01"], days=14)) == 1


def test_a_batch_done_together_takes_its_own_time_once_and_checks_all_papers(timeline):
    # let go at 9:05; 10 minutes and two checks of 2 minutes: 9:19 for both; 2 and 3 wait for 甲
    hall = """
    materials: [{name: 申请书, minutes_to_check: 2}]
    steps:
      - name: 会审
        place: back_office
        pool: 科室
        duration: {kind: constant, minutes: 10}
        materials: [{material: 申请书}]
        batch: {size: 2, together: true}
    members: [{name: 甲, serves: [科室]}]
    """
    assert timeline(hall, ["09:00", "09:05", "09:06", "09:07"]) == [
        "0 会审 甲 | Mon 09:00 | Mon 09:05 | Mon 09:19 | passed",
        "1 会审 甲 | Mon 09:05 | Mon 09:05 | Mon 09:19 | passed",
        "2 会审 甲 | Mon 09:06 | Mon 09:19 | Mon 09:33 | passed",
        "3 会审 甲 | Mon 09:07 | Mon 09:19 | Mon 09:33 | passed",
    ]


def test_a_machine_that_fails_interrupts_all_cases_of_its_batch(timeline):
    # 20 minutes from 9:15 for both; down from 9:30 to 9:40: both end at 9:45, and 2 and 3 after them
    hall = """
    steps:
      - {name: 会审, place: back_office, pool: 科室, duration: {kind: constant, minutes: 20},
         batch: {size: 2, together: true}}
    members:
      - name: 甲
        serves: [科室]
        failure: {runs_for: {kind: constant, minutes: 30}, repair: {kind: constant, minutes: 10}}
    """
    assert timeline(hall, ["09:00", "09:15", "09:16", "09:17"], days=1)[:2] == [
        "0 会审 甲 | Mon 09:00 | Mon 09:15 | Mon 09:45 | passed",
        "1 会审 甲 | Mon 09:15 | Mon 09:15 | Mon 09:45 | passed",
    ]


KIOSK = """
steps: [{{name: 自助, place: kiosk, pool: 自助机, duration: {{kind: constant, minutes: {minutes}}}}}]
members:
  - name: 一号机
    serves: [自助机]
    failure:
      runs_for: {{kind: constant, minutes: 30}}
      repair: {{kind: constant, minutes: {repair}}}
"""


def test_a_machine_that_fails_finishes_its_service_after_the_repair(run_tiny, lines_of):
    # fails at 9:30 with 10 minutes left, repaired 9:45; runs until 10:15
    program, run = run_tiny(KIOSK.format(minutes=20, repair=15), ["09:00", "09:20"], days=1)
    assert lines_of(program, run) == [
        "0 自助 一号机 | Mon 09:00 | Mon 09:00 | Mon 09:20 | passed",
        "1 自助 一号机 | Mon 09:20 | Mon 09:20 | Mon 09:55 | passed",
    ]
    minute = 60_000
    first, second = (Repair(*values) for values in run.repairs.tolist()[:2])
    assert first == (0, 0, 570 * minute, 570 * minute, 585 * minute, -1)
    assert second[:3] == (0, 1, 615 * minute)


def test_a_service_that_ends_as_the_machine_fails_is_finished(timeline):
    # 30 minutes from 9:00; the next one waits for the repair at 9:45
    hall = KIOSK.format(minutes=30, repair=15)
    assert timeline(hall, ["09:00", "09:10"], days=1) == [
        "0 自助 一号机 | Mon 09:00 | Mon 09:00 | Mon 09:30 | passed",
        "1 自助 一号机 | Mon 09:10 | Mon 09:45 | Mon 10:15 | passed",
    ]


def test_a_repair_of_no_length_changes_nothing(timeline):
    hall = KIOSK.format(minutes=50, repair=0)
    assert timeline(hall, ["09:00"], days=1) == [
        "0 自助 一号机 | Mon 09:00 | Mon 09:00 | Mon 09:50 | passed",
    ]


def test_a_machine_still_down_at_the_end_is_told(run_tiny):
    # fails at 9:30 for good; with a repairer who is never there the repair does not even begin
    _, run = run_tiny(KIOSK.format(minutes=5, repair=6000), [], days=1)
    minute = 60_000
    assert len(run.repairs) == 0
    assert run.still_down.tolist() == [[0, 0, 570 * minute, 570 * minute, -1, -1]]
    waiting = KIOSK.format(minutes=5, repair=15) + (
        "      repaired_by: 维修\n  - {name: 修理工, serves: [维修], calendar: 周日}\n"
        "calendars: {周日: {weekly: {sun: ['09:00-12:00']}}}\n"
        "pools: [{name: 自助机}, {name: 维修}]\n"
    )
    _, run = run_tiny(waiting, [], days=1)
    assert run.still_down.tolist() == [[0, 0, 570 * minute, -1, -1, -1]]


def test_a_machine_runs_in_the_open_time_of_its_calendar(run_tiny):
    # 30 open minutes after each repair of 120: 9:30, 12:00 (at the closing), 14:30, 17:00; Tuesday alike
    _, run = run_tiny(KIOSK.format(minutes=5, repair=120), [], days=2)
    failed = [Repair(*values).failed / 3_600_000 for values in run.repairs.tolist()]
    assert failed == [9.5, 12.0, 14.5, 17.0, 33.5, 36.0, 38.5, 41.0]


def test_back_office_work_of_a_machine_pauses_and_is_interrupted(timeline):
    # 60 minutes from 11:30; fails at 11:50 (170 open minutes); 40 are left at 12:10: 13:00 to 13:40
    hall = """
    steps: [{name: 打印, place: back_office, pool: 机器, duration: {kind: constant, minutes: 60}}]
    members:
      - name: 一号机
        serves: [机器]
        failure: {runs_for: {kind: constant, minutes: 170}, repair: {kind: constant, minutes: 20}}
    """
    assert timeline(hall, ["11:30"], days=1) == ["0 打印 一号机 | Mon 11:30 | Mon 11:30 | Mon 13:40 | passed"]


def test_a_technician_who_also_serves_repairs_when_free(run_tiny, lines_of):
    # the machine fails at 9:30; 甲 serves until 9:40 and works at double speed: repaired 9:50. The repair
    # goes before 2, who came later
    hall = """
    steps:
      - {name: 咨询, pool: 咨询台, duration: {kind: constant, minutes: 80}}
      - {name: 自助, place: kiosk, pool: 自助机, duration: {kind: constant, minutes: 5}}
    members:
      - {name: 甲, serves: [咨询台], speed: 2}
      - name: 一号机
        serves: [自助机]
        failure:
          runs_for: {kind: constant, minutes: 30}
          repair: {kind: constant, minutes: 20}
          repaired_by: 咨询台
    """
    program, run = run_tiny(hall, ["09:00", "09:35"], days=1)
    assert lines_of(program, run)[:3] == [
        "0 咨询 甲 | Mon 09:00 | Mon 09:00 | Mon 09:40 | passed",
        "0 自助 一号机 | Mon 09:40 | Mon 09:50 | Mon 09:55 | passed",
        "1 咨询 甲 | Mon 09:35 | Mon 09:50 | Mon 10:30 | passed",
    ]
    minute = 60_000
    assert run.repairs.tolist()[0] == [1, 0, 570 * minute, 580 * minute, 590 * minute, 0]


STUCK = """
steps:
  - {{name: 自助, place: kiosk, pool: 自助机, duration: {{kind: constant, minutes: 5}}, stuck: {stuck}}}
  - {{name: 辅导, pool: 辅导岗, duration: {{kind: constant, minutes: 10}}}}
flow: {{step: 自助}}
members: [{{name: 一号机, serves: [自助机]}}, {{name: 甲, serves: [辅导岗]}}]
"""


def test_an_applicant_who_is_stuck_goes_to_the_counter_instead(timeline):
    # the machine is free at 9:05 for 1; the counter serves 0 until 9:15, then 1
    hall = STUCK.format(stuck="{chance: 1, then: 辅导}")
    assert timeline(hall, ["09:00", "09:01"]) == [
        "0 自助 一号机 | Mon 09:00 | Mon 09:00 | Mon 09:05 | stuck",
        "1 自助 一号机 | Mon 09:01 | Mon 09:05 | Mon 09:10 | stuck",
        "0 辅导 甲 | Mon 09:05 | Mon 09:05 | Mon 09:15 | passed",
        "1 辅导 甲 | Mon 09:10 | Mon 09:15 | Mon 09:25 | passed",
    ]


def test_a_machine_waits_with_the_applicant_for_help(timeline):
    # the machine is taken until 甲 has helped at 9:15: 1 begins then
    hall = STUCK.format(stuck="{chance: 1, then: 辅导, keeps_machine: true}")
    assert timeline(hall, ["09:00", "09:01"]) == [
        "0 自助 一号机 | Mon 09:00 | Mon 09:00 | Mon 09:05 | stuck",
        "0 辅导 甲 | Mon 09:05 | Mon 09:05 | Mon 09:15 | passed",
        "1 自助 一号机 | Mon 09:01 | Mon 09:15 | Mon 09:20 | stuck",
        "1 辅导 甲 | Mon 09:20 | Mon 09:20 | Mon 09:30 | passed",
    ]


def test_nobody_helps_at_a_machine_while_the_helper_is_away(timeline):
    # 甲 has lunch: the machine is kept from 12:00 until 13:10, 1 waits
    hall = STUCK.format(stuck="{chance: 1, then: 辅导, keeps_machine: true}")
    assert timeline(hall, ["11:55", "11:56"])[:3] == [
        "0 自助 一号机 | Mon 11:55 | Mon 11:55 | Mon 12:00 | stuck",
        "0 辅导 甲 | Mon 12:00 | Mon 13:00 | Mon 13:10 | passed",
        "1 自助 一号机 | Mon 11:56 | Mon 13:10 | Mon 13:15 | stuck",
    ]


# 甲审 ends at Tuesday's first instant, when a rule that is forgotten at once returns everything
REWORK = """
steps:
  - name: 甲审
    place: back_office
    clock: elapsed
    duration: {{kind: constant, minutes: 10}}
    policy_change: {{from_date: 2026-03-03, extra_return_chance: 1, half_life_days: 1.0e-9}}
  - {{name: 乙审, place: back_office, clock: elapsed, duration: {{kind: constant, minutes: 30}}}}
flow: {{parallel: [{{step: 甲审}}, {{step: 乙审}}], rework: {rework}}}
visits: {{correction_takes: {{kind: constant, minutes: 60}}}}
"""
FIRST_ROUND = [
    "0 甲审 - | Mon 23:50 | Mon 23:50 | Tue 00:00 | returned",
    "0 乙审 - | Mon 23:50 | Mon 23:50 | Tue 00:20 | passed",
]


@pytest.mark.parametrize(
    ("rework", "again"),
    [
        ("alone", ["0 甲审 - | Tue 01:00 | Tue 01:00 | Tue 01:10 | passed"]),  # an hour after its return
        ("merged", ["0 甲审 - | Tue 01:20 | Tue 01:20 | Tue 01:30 | passed"]),  # an hour after all answers
        (
            "all",
            [
                "0 甲审 - | Tue 01:20 | Tue 01:20 | Tue 01:30 | passed",
                "0 乙审 - | Tue 01:20 | Tue 01:20 | Tue 01:50 | passed",
            ],
        ),
    ],
)
def test_rework_in_a_parallel_block(timeline, rework, again):
    assert timeline(REWORK.format(rework=rework), ["23:50"]) == FIRST_ROUND + again


def test_merged_returns_are_corrected_in_one_go(timeline):
    # both return, 乙审 at 00:00 of the first instant too; one hour after the later of the two
    hall = (
        REWORK.format(rework="merged")
        .replace("minutes: 30", "minutes: 10")
        .replace(
            "name: 乙审, place: back_office, clock: elapsed",
            "name: 乙审, place: back_office, clock: elapsed, return_chance: 0, "
            "policy_change: {from_date: 2026-03-03, extra_return_chance: 1, half_life_days: 1.0e-9}",
        )
    )
    assert timeline(hall, ["23:50"]) == [
        "0 甲审 - | Mon 23:50 | Mon 23:50 | Tue 00:00 | returned",
        "0 乙审 - | Mon 23:50 | Mon 23:50 | Tue 00:00 | returned",
        "0 甲审 - | Tue 01:00 | Tue 01:00 | Tue 01:10 | passed",
        "0 乙审 - | Tue 01:00 | Tue 01:00 | Tue 01:10 | passed",
    ]


def test_a_step_after_the_returned_one_waits_for_the_merged_correction(timeline):
    # 甲审 then 丙审 in one branch: 丙审 begins only after 甲审 has passed at 01:30
    hall = REWORK.format(rework="merged").replace(
        "[{step: 甲审}, {step: 乙审}]", "[{sequence: [{step: 甲审}, {step: 丙审}]}, {step: 乙审}]"
    )
    hall = hall.replace(
        "flow:",
        "  - {name: 丙审, place: back_office, clock: elapsed, duration: {kind: constant, minutes: 5}}\nflow:",
    )
    assert timeline(hall, ["23:50"])[2:] == [
        "0 甲审 - | Tue 01:20 | Tue 01:20 | Tue 01:30 | passed",
        "0 丙审 - | Tue 01:30 | Tue 01:30 | Tue 01:35 | passed",
    ]
