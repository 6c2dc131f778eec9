"""The story of a case, worked by hand in the comments."""

from __future__ import annotations

import pytest

from simulation.errors import ExperimentError
from simulation.trace import EntryKind, ahead_of, case_trace

MINUTE = 60_000
ONE_CLERK = """
materials: [{name: 表, minutes_to_check: 1}]
steps: [{name: 受理, pool: 窗口, duration: {kind: constant, minutes: 10}, materials: [{material: 表}]}]
members: [{name: 甲, serves: [窗口]}]
"""


def told(trace, clock):
    """A line an entry of the applicant: from, to, what."""
    return [f"{clock(e.begin_ms)} {clock(e.end_ms)} {e.kind}" for e in trace.applicant]


def minutes(parts):
    return {name: ms / MINUTE for name, ms in parts.items()}


def test_wait_behind_two_and_over_lunch(watch, clock):
    # 甲 needs 11 minutes each (10 and 1 to check): 0 is served 11:40-11:51, 1 11:51-12:02, past the bell;
    # 2 has a ticket since 11:50 and is called at 13:00: 12 minutes busy, then 58 minutes of lunch
    trace = case_trace(watch(ONE_CLERK, ["11:40", "11:45", "11:50"]), "A-0000-0002")
    assert told(trace, clock) == [
        "Mon 11:50 Mon 13:00 wait",
        "Mon 13:00 Mon 13:11 served",
        "Mon 13:11 Mon 13:11 finished",
    ]
    waiting, served, _ = trace.applicant
    assert minutes(waiting.parts) == {"busy": 12, "lunch": 58}
    assert minutes(served.parts) == {"own": 10, "check": 1}
    assert "2 ahead (0000-0000, 0000-0001)" not in waiting.text.en  # 0 is being served, not waiting
    assert "1 ahead (0000-0001)" in waiting.text.en
    assert "staff: 1 busy" in waiting.text.en
    assert "everybody busy 12.0 min" in waiting.text.en
    assert "午休 58.0 分钟" in waiting.text.zh
    assert "甲" in served.text.zh
    assert "hands in 1: 表; passed" in served.text.en
    assert (trace.cycle_ms, trace.days_in_hall) == (81 * MINUTE, 1)


def test_who_is_called_at_once_has_no_wait(watch, clock):
    trace = case_trace(watch(ONE_CLERK, ["09:00"]), "A-0000-0000")
    assert told(trace, clock) == ["Mon 09:00 Mon 09:11 served", "Mon 09:11 Mon 09:11 finished"]
    assert "取号即叫" in trace.applicant[0].text.zh


def test_at_the_door_before_opening_and_sent_home_with_a_ticket(watch, clock):
    # comes at 8:40, tickets from 9:00; the second comes at 16:55 while the first of 16:54 is served until
    # 17:05: home with the ticket, called at 9:00 next morning
    watched = watch(ONE_CLERK, ["08:40", "16:54", "16:55"])
    assert told(case_trace(watched, "A-0000-0000"), clock)[0] == "Mon 08:40 Mon 09:00 door"
    last = case_trace(watched, "A-0000-0002")
    assert told(last, clock) == [
        "Mon 16:55 Mon 17:00 wait",
        "Mon 17:00 Tue 09:00 overnight",
        "Tue 09:00 Tue 09:11 served",
        "Tue 09:11 Tue 09:11 finished",
    ]
    assert last.days_in_hall == 2
    assert minutes(last.parts) == {"busy": 5, "overnight": 16 * 60, "own": 10, "check": 1}


def test_too_late_for_a_ticket(watch, clock):
    late = ONE_CLERK + "visits: {ticket_cutoff_minutes_before_close: 15}\n"
    first = case_trace(watch(late, ["16:50"]), "A-0000-0000").applicant[0]
    assert first.kind is EntryKind.ANOTHER_DAY
    assert clock(first.end_ms).startswith("Tue")


def test_returned_corrected_and_back(watch, clock):
    # the form is at fault once (chance 1/2, seed 6): 15 minutes, an hour to correct it, then the form alone
    document = """
    materials: [{name: 表, minutes_to_check: 2}, {name: 证, minutes_to_check: 3}]
    steps:
      - {name: 受理, pool: 窗口, duration: {kind: constant, minutes: 10},
         materials: [{material: 表, defect_chance: 0.5}, {material: 证, defect_chance: 0.1}]}
    members: [{name: 甲, serves: [窗口]}]
    visits: {correction_takes: {kind: constant, minutes: 60}}
    """
    trace = case_trace(watch(document, ["09:00"], seed=6), "A-0000-0000")
    assert told(trace, clock) == [
        "Mon 09:00 Mon 09:15 served",
        "Mon 09:15 Mon 10:15 corrects",
        "Mon 10:15 Mon 10:27 served",
        "Mon 10:27 Mon 10:27 finished",
    ]
    assert (trace.returns, trace.documents_handed_in) == (1, 3)
    assert "补正：表有误" in trace.applicant[0].text.zh
    assert "returned for correction: 表 at fault" in trace.applicant[0].text.en


def test_two_counters_of_one_visit_and_a_paper_between_visits(watch, clock):
    # 咨询 9:00-9:10, 交件 at once 9:10-9:30, 审核 30 minutes from 9:30, then home for an hour: 领证 at 11:00
    document = """
    steps:
      - {name: 咨询, pool: 一号, duration: {kind: constant, minutes: 10}}
      - {name: 交件, pool: 二号, duration: {kind: constant, minutes: 20}}
      - {name: 审核, place: back_office, pool: 科室, duration: {kind: constant, minutes: 30}}
      - {name: 领证, pool: 一号, duration: {kind: constant, minutes: 5}}
    members: [{name: 甲, serves: [一号]}, {name: 乙, serves: [二号]}, {name: 丙, serves: [科室]}]
    visits: {come_back_after: {kind: constant, minutes: 60}}
    """
    trace = case_trace(watch(document, ["09:00"]), "A-0000-0000")
    assert told(trace, clock) == [
        "Mon 09:00 Mon 09:10 served",
        "Mon 09:10 Mon 09:30 served",
        "Mon 09:30 Mon 10:00 papers",
        "Mon 10:00 Mon 11:00 comes_back",
        "Mon 11:00 Mon 11:05 served",
        "Mon 11:05 Mon 11:05 finished",
    ]
    assert minutes(trace.parts) == {"own": 35, "work": 30, "comes_back": 60}
    (paper,) = (e for e in trace.entries if e.lane is not None)
    assert paper.text.en == "丙 works on 审核 for 30.0 min; passed."


def test_a_paper_that_queues_and_rests_over_lunch(watch, clock):
    # two papers at 11:30, 40 minutes each: 0 until 13:10 (30 before lunch, 10 after), 1 queues behind it
    # for 100 minutes: 40 minutes busy, 60 at lunch; then 13:10-13:50
    document = """
    steps: [{name: 审核, place: back_office, pool: 科室, duration: {kind: constant, minutes: 40}}]
    members: [{name: 丙, serves: [科室]}]
    """
    watched = watch(document, ["11:30", "11:30"])
    lanes = [[e for e in case_trace(watched, f"A-0000-000{n}").entries if e.lane is not None] for n in (0, 1)]
    assert [(clock(e.begin_ms), e.kind, minutes(e.parts)) for e in lanes[0] + lanes[1]] == [
        ("Mon 11:30", "work", {"work": 40, "rest": 60}),
        ("Mon 11:30", "queue", {"busy": 40, "lunch": 60}),
        ("Mon 13:10", "work", {"work": 40}),
    ]
    assert "前面 0 件" in lanes[1][0].text.zh  # case 0 is on the desk, not in the queue
    whole = case_trace(watched, "A-0000-0001").applicant[0]
    assert minutes(whole.parts) == {"queue": 100, "work": 40}


def test_counters_in_parallel_are_attended_one_by_one_while_papers_go_on(watch, clock):
    # 社保 9:00-9:10, then 公积金 9:10-9:30; 核名 in the office 9:00-10:30 beside them
    document = """
    steps:
      - {name: 社保, pool: 社保窗口, duration: {kind: constant, minutes: 10}}
      - {name: 公积金, pool: 公积金窗口, duration: {kind: constant, minutes: 20}}
      - {name: 核名, place: back_office, pool: 科室, duration: {kind: constant, minutes: 90}}
    flow: {parallel: [{step: 社保}, {step: 公积金}, {step: 核名}]}
    members: [{name: 甲, serves: [社保窗口]}, {name: 乙, serves: [公积金窗口]}, {name: 丙, serves: [科室]}]
    """
    trace = case_trace(watch(document, ["09:00"]), "A-0000-0000")
    assert told(trace, clock) == [
        "Mon 09:00 Mon 09:10 served",
        "Mon 09:10 Mon 09:30 served",
        "Mon 09:30 Mon 10:30 papers",
        "Mon 10:30 Mon 10:30 finished",
    ]
    assert minutes(trace.parts) == {"own": 30, "work": 60}
    assert [(clock(e.begin_ms), clock(e.end_ms)) for e in trace.entries if e.lane is not None] == [
        ("Mon 09:00", "Mon 10:30")
    ]


def test_a_moment_at_a_counter_while_papers_go_on(watch, clock):
    # 初审 is done at 9:30, and 盖章 takes no time then; 核名 goes on until 10:00
    document = """
    steps:
      - {name: 初审, place: online, clock: elapsed, duration: {kind: constant, minutes: 30}}
      - {name: 盖章, clock: elapsed}
      - {name: 核名, place: online, clock: elapsed, duration: {kind: constant, minutes: 60}}
    flow: {parallel: [{sequence: [{step: 初审}, {step: 盖章}]}, {step: 核名}]}
    """
    trace = case_trace(watch(document, ["09:00"]), "A-0000-0000")
    assert told(trace, clock) == [
        "Mon 09:00 Mon 09:30 papers",
        "Mon 09:30 Mon 09:30 served",
        "Mon 09:30 Mon 10:00 papers",
        "Mon 10:00 Mon 10:00 finished",
    ]


def test_urgent_work_overtakes(watch):
    # 甲 is busy until 9:10; 普通 of case 0 waits since 9:00, 加急 of case 1 comes at 9:05 and goes first
    document = """
    steps:
      - {name: 普通, place: back_office, pool: 科室, priority: 1, duration: {kind: constant, minutes: 10}}
      - {name: 加急, place: back_office, pool: 科室, priority: 0, duration: {kind: constant, minutes: 10}}
    flow: {parallel: [{step: 普通}, {step: 加急}]}
    members: [{name: 甲, serves: [科室]}]
    """
    watched = watch(document, ["09:00", "09:05"])
    queue = next(e for e in case_trace(watched, "A-0000-0000").entries if e.kind is EntryKind.QUEUE)
    overtook = ahead_of(watched, queue.row).overtook
    assert [watched.record(row).case for row in overtook] == [1]


def test_shared_documents_are_fetched_before_the_ticket(watch, clock):
    document = """
    materials: [{name: 执照, minutes_to_check: 5}]
    steps: [{name: 受理, pool: 窗口, duration: {kind: constant, minutes: 10},
             materials: [{material: 执照, shared: true, shared_minutes: 20}]}]
    members: [{name: 甲, serves: [窗口]}]
    """
    trace = case_trace(watch(document, ["09:00"]), "A-0000-0000")
    assert told(trace, clock)[:2] == ["Mon 09:00 Mon 09:20 fetch", "Mon 09:20 Mon 09:30 served"]
    assert "fetched 1: 执照" in trace.applicant[1].text.en


def test_a_case_that_is_still_inside(watch, clock):
    document = """
    steps: [{name: 受理, pool: 窗口, duration: {kind: constant, minutes: 10}},
            {name: 公示, place: back_office, clock: elapsed, duration: {kind: constant, minutes: 5000}}]
    members: [{name: 甲, serves: [窗口]}]
    """
    trace = case_trace(watch(document, ["09:00"], days=1), "A-0000-0000")
    assert told(trace, clock) == [
        "Mon 09:00 Mon 09:10 served",
        "Mon 09:10 Tue 00:00 unfinished",
        "Tue 00:00 Tue 00:00 unfinished",
    ]
    assert trace.finished_ms is None


def test_a_case_of_another_run_is_an_error(watch):
    with pytest.raises(ExperimentError) as caught:
        case_trace(watch(ONE_CLERK, ["09:00"]), "B-0000-0000")
    assert "A-0000-0000" in caught.value.text.zh
    assert "B-0000-0000" in caught.value.text.en
