"""Traces where people give up, book, walk, need help, and machines fail; worked by hand in the comments."""

from __future__ import annotations

from simulation.trace import EntryKind, case_trace, counter_day

MINUTE = 60_000
PEOPLE = """
arrivals:
  - {name: A, per_day: 10, calendar: hall, half_hour_weights: {"10:00": 1}, MORE}
"""
ONE_CLERK = """
steps: [{name: 受理, pool: 窗口, duration: {kind: constant, minutes: 10}}]
members: [{name: 甲, serves: [窗口]}]
"""


def impatient(minutes: float, comes_back: float) -> str:
    patience = f"patience: {{minutes: {{kind: constant, minutes: {minutes}}}, comes_back: {comes_back}}}"
    return PEOPLE.replace("MORE", patience)


def told(trace, clock):
    return [f"{clock(e.begin_ms)} {clock(e.end_ms)} {e.kind}" for e in trace.applicant]


def minutes(parts):
    return {name: ms / MINUTE for name, ms in parts.items()}


def day_of(watched, member, clock):
    return [f"{clock(i.begin_ms)[4:]} {i.state}" for i in counter_day(watched, member, 0).intervals]


def test_who_gives_up_for_good(watch, clock):
    # 0 is served until 9:10; the five minutes of 1 are over at 9:05
    trace = case_trace(watch(ONE_CLERK + impatient(5, 0), ["09:00", "09:00"]), "A-0000-0001")
    assert told(trace, clock) == [
        "Mon 09:00 Mon 09:05 wait",
        "Mon 09:05 Mon 09:05 gave_up",
        "Mon 09:05 Mon 09:05 left",
    ]
    assert minutes(trace.parts) == {"busy": 5}


def test_who_comes_again_after_giving_up(watch, clock):
    # gone at 9:05, 25 hours later it is Tuesday 10:05
    document = ONE_CLERK + impatient(5, 1) + "visits: {come_back_after: {kind: constant, minutes: 1500}}\n"
    trace = case_trace(watch(document, ["09:00", "09:00"]), "A-0000-0001")
    assert told(trace, clock) == [
        "Mon 09:00 Mon 09:05 wait",
        "Mon 09:05 Mon 09:05 gave_up",
        "Mon 09:05 Tue 10:05 again_after_giving_up",
        "Tue 10:05 Tue 10:15 served",
        "Tue 10:15 Tue 10:15 finished",
    ]
    assert trace.days_in_hall == 2


def test_the_early_wait_for_their_slot_at_the_door(watch, clock):
    # there at 9:05 for 9:20
    booked = PEOPLE.replace("MORE", "appointments: {share: 1, per_slot: 1}")
    program_and_people = watch(ONE_CLERK + booked, ["09:05"], slots=["09:20"])
    assert told(case_trace(program_and_people, "A-0000-0000"), clock)[:2] == [
        "Mon 09:05 Mon 09:20 door",
        "Mon 09:20 Mon 09:30 served",
    ]


def test_the_way_to_the_next_counter(watch, clock):
    document = """
    steps:
      - {name: 咨询, pool: 一号, duration: {kind: constant, minutes: 10}}
      - {name: 交件, pool: 二号, duration: {kind: constant, minutes: 10}}
    members: [{name: 甲, serves: [一号]}, {name: 乙, serves: [二号]}]
    visits: {walk: {kind: constant, minutes: 4}}
    """
    assert told(case_trace(watch(document, ["09:00"]), "A-0000-0000"), clock)[:3] == [
        "Mon 09:00 Mon 09:10 served",
        "Mon 09:10 Mon 09:14 moves",
        "Mon 09:14 Mon 09:24 served",
    ]


def test_a_breakdown_in_the_story_and_in_the_day_of_the_machine(watch, clock):
    # the machine fails at 11:30 with 10 of 20 minutes left and is repaired at 11:45: done at 11:55. Case 1
    # waits from 11:25: 5 minutes busy, 15 out of order, 10 busy; next failure at 15:15
    document = """
    steps: [{name: 自助, place: kiosk, pool: 自助机, duration: {kind: constant, minutes: 20}}]
    members:
      - name: 一号机
        serves: [自助机]
        failure: {runs_for: {kind: constant, minutes: 150}, repair: {kind: constant, minutes: 15}}
    """
    watched = watch(document, ["11:20", "11:25"], days=1)
    assert day_of(watched, "一号机", clock) == [
        "00:00 closed",
        "09:00 idle",
        "11:20 serving",
        "11:30 down",
        "11:45 serving",
        "11:55 serving",  # case 1
        "12:00 past_closing",
        "12:15 lunch",
        "13:00 idle",
        "15:15 down",
        "15:30 unrecorded",  # whether it fails again and is not repaired in this run, nobody can tell
        "17:00 closed",
    ]
    served = case_trace(watched, "A-0000-0000").applicant[0]
    assert minutes(served.parts) == {"own": 20, "stopped": 15}
    assert served.text.en.startswith("Takes a ticket and is called at once; at 一号机: 自助, 35.0 min")
    assert "15.0 min of it stopped by a breakdown" in served.text.en
    waiting = case_trace(watched, "A-0000-0001").applicant[0]
    assert minutes(waiting.parts) == {"busy": 15, "down": 15}


def test_a_repair_in_the_day_of_who_does_it(watch, clock):
    # the machine fails at 9:30; 甲 serves until 9:40 and repairs until 10:00
    document = """
    steps:
      - {name: 咨询, pool: 咨询台, duration: {kind: constant, minutes: 20}}
      - {name: 自助, place: kiosk, pool: 自助机, duration: {kind: constant, minutes: 5}}
    members:
      - {name: 甲, serves: [咨询台]}
      - name: 一号机
        serves: [自助机]
        failure: {runs_for: {kind: constant, minutes: 30}, repair: {kind: constant, minutes: 20},
                  repaired_by: 咨询台}
    """
    watched = watch(document, ["09:20"], days=1)
    assert day_of(watched, "甲", clock)[:5] == [
        "00:00 closed",
        "09:00 idle",
        "09:20 serving",
        "09:40 repairing",
        "10:00 idle",
    ]
    assert day_of(watched, "一号机", clock)[1:4] == ["09:00 idle", "09:30 down", "10:00 serving"]


def test_a_machine_is_held_until_the_help_is_over(watch, clock):
    # 0 is stuck at 9:06 and helped until 9:14; 1 waits for the machine from 9:02 on
    document = """
    steps:
      - {name: 自助, place: kiosk, pool: 自助机, duration: {kind: constant, minutes: 6},
         stuck: {chance: 1, then: 辅导, keeps_machine: true}}
      - {name: 辅导, pool: 辅导岗, duration: {kind: constant, minutes: 8}}
    flow: {step: 自助}
    members: [{name: 一号机, serves: [自助机]}, {name: 甲, serves: [辅导岗]}]
    """
    watched = watch(document, ["09:00", "09:02"])
    assert day_of(watched, "一号机", clock)[1:6] == [
        "09:00 serving",
        "09:06 held",
        "09:14 serving",
        "09:20 held",
        "09:28 idle",
    ]
    first = case_trace(watched, "A-0000-0000")
    assert told(first, clock)[:2] == ["Mon 09:00 Mon 09:06 served", "Mon 09:06 Mon 09:14 served"]
    assert "卡住，需要“辅导”" in first.applicant[0].text.zh
    waiting = case_trace(watched, "A-0000-0001").applicant[0]
    assert minutes(waiting.parts) == {"busy": 12}


def test_a_batch_gathers_before_it_queues(watch, clock):
    # both let go at 9:05; 甲 does 0 until 9:15, then 1
    document = """
    steps:
      - {name: 会审, place: back_office, pool: 科室, duration: {kind: constant, minutes: 10},
         batch: {size: 2}}
    members: [{name: 甲, serves: [科室]}]
    """
    watched = watch(document, ["09:00", "09:05"])
    lanes = [[e for e in case_trace(watched, f"A-0000-000{n}").entries if e.lane is not None] for n in (0, 1)]
    assert [(clock(e.begin_ms), clock(e.end_ms), e.kind) for e in lanes[0]] == [
        ("Mon 09:00", "Mon 09:05", EntryKind.GATE),
        ("Mon 09:05", "Mon 09:15", EntryKind.WORK),
    ]
    assert [e.kind for e in lanes[1]] == [EntryKind.QUEUE, EntryKind.WORK]


def test_a_batch_done_together_is_one_block_of_the_day(watch, clock):
    document = """
    steps:
      - {name: 会审, place: back_office, pool: 科室, duration: {kind: constant, minutes: 10},
         batch: {size: 2, together: true}}
    members: [{name: 甲, serves: [科室]}]
    """
    watched = watch(document, ["09:00", "09:05"])
    (block,) = (i for i in counter_day(watched, "甲", 0).intervals if i.cases)
    assert block.cases == ("A-0000-0000", "A-0000-0001")
    assert clock(block.end_ms) == "Mon 09:15"
