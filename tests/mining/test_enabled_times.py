"""Enabled times worked by hand, and against a plain loop over events."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.concurrency import concurrent_steps, find_concurrency
from mining.enabled_times import EnabledBy, find_enabled_times


def clock(log, position: int) -> str | None:
    value = find_enabled_times(log).enabled_ms[position]
    return None if value == UNKNOWN_MS else str(np.datetime64(int(value), "ms"))[11:16]


def test_the_example_of_the_module(hand_log):
    log = hand_log(
        [
            ("c", "受理", "Mon 09:05", "Mon 09:20", {"ts_ticket": "Mon 08:55"}),
            ("c", "审核", "Mon 10:00", "Mon 11:00", {}),
            ("c", "发证", "Mon 14:00", "Mon 14:10", {}),
        ]
    )
    assert [clock(log, position) for position in range(3)] == ["08:55", "09:20", "11:00"]
    assert find_enabled_times(log).enabled_by.tolist() == [
        EnabledBy.TICKET,
        EnabledBy.PREDECESSOR,
        EnabledBy.PREDECESSOR,
    ]
    assert find_enabled_times(log).predecessor.tolist() == [-1, 0, 1]


def test_recorded_wins_over_ticket_over_predecessor(hand_log):
    log = hand_log(
        [
            ("c", "受理", "Mon 09:05", "Mon 09:20", {"ts_enabled": "Mon 08:50", "ts_ticket": "Mon 08:55"}),
            ("c", "缴费", "Mon 09:40", "Mon 09:45", {"ts_ticket": "Mon 09:30"}),
        ]
    )
    assert [clock(log, 0), clock(log, 1)] == ["08:50", "09:30"]


def test_a_ticket_repeated_on_the_next_row_is_not_a_new_one(hand_log):
    ticket = {"ts_ticket": "Mon 08:55"}
    log = hand_log(
        [
            ("c", "受理", "Mon 09:05", "Mon 09:20", ticket),
            ("c", "审核", "Mon 10:00", "Mon 11:00", ticket),
            ("d", "受理", "Mon 09:05", "Mon 09:20", ticket),
        ]
    )
    assert [clock(log, position) for position in range(3)] == ["08:55", "09:20", "08:55"]


def test_the_first_event_is_enabled_by_the_application_or_unknown(hand_log):
    rows = [("c", "受理", "Mon 10:00", "Mon 10:20", {}), ("d", "受理", "Mon 10:00", "Mon 10:20", {})]
    log = hand_log(rows, cases=[{"case_id": "d", "ts_apply": "Mon 09:00"}, {"case_id": "gone"}])
    assert [clock(log, 0), clock(log, 1)] == [None, "09:00"]
    assert find_enabled_times(log).enabled_by.tolist() == [EnabledBy.UNKNOWN, EnabledBy.APPLICATION]


def test_an_event_that_still_ran_did_not_enable(hand_log):
    log = hand_log(
        [
            ("c", "受理", "Mon 09:00", "Mon 09:10", {}),
            ("c", "审核", "Mon 09:30", "Mon 11:00", {}),
            ("c", "缴费", "Mon 10:00", "Mon 11:30", {}),
        ]
    )
    assert clock(log, 2) == "09:10"


def test_an_unknown_end_leaves_the_next_event_unknown(hand_log):
    log = hand_log(
        [
            ("c", "受理", "Mon 09:00", "Mon 09:10", {}),
            ("c", "审核", "Mon 09:30", None, {}),
            ("c", "发证", "Mon 10:00", "Mon 10:10", {}),
        ]
    )
    assert clock(log, 2) is None
    assert find_enabled_times(log).predecessor[2] == 1


def parallel_rows(case: str, day: str, first: str, second: str) -> list:
    return [
        (case, "受理", None, f"{day} 09:00", {}),
        (case, first, None, f"{day} 10:00", {}),
        (case, second, None, f"{day} 11:00", {}),
        (case, "发证", None, f"{day} 12:00", {}),
    ]


def test_steps_in_both_orders_do_not_enable_each_other(hand_log):
    rows = []
    for n in range(6):
        rows += parallel_rows(f"a{n}", "Mon", "税务", "社保") + parallel_rows(f"b{n}", "Tue", "社保", "税务")
    log = hand_log(rows)
    assert concurrent_steps(log) == (("社保", "税务"),)
    assert [clock(log, position) for position in range(4)] == [None, "09:00", "09:00", "11:00"]


def test_a_loop_is_not_concurrency(sequences_log):
    assert concurrent_steps(sequences_log(["abababc"] * 12)) == ()


def test_a_rare_order_is_not_concurrency(sequences_log):
    assert concurrent_steps(sequences_log(["xaby"] * 17 + ["xbay"] * 3)) == ()
    assert concurrent_steps(sequences_log(["xaby"] * 15 + ["xbay"] * 5)) == (("a", "b"),)
    assert concurrent_steps(sequences_log(["xaby"] * 5 + ["xbay"] * 4)) == ()  # too few cases


def test_steps_that_overlap_are_concurrent_even_in_one_order(hand_log):
    rows = []
    for n in range(10):
        rows += [
            (f"c{n}", "税务", "Mon 09:00", "Mon 10:00", {}),
            (f"c{n}", "社保", "Mon 09:30", "Mon 11:00", {}),
            (f"c{n}", "发证", "Mon 11:30", "Mon 11:40", {}),
        ]
    assert concurrent_steps(hand_log(rows)) == (("社保", "税务"),)


def test_nobody_stands_at_two_counters(hand_log):
    rows = []
    for n in range(6):
        rows += parallel_rows(f"a{n}", "Mon", "税务", "社保") + parallel_rows(f"b{n}", "Tue", "社保", "税务")
    at_counter = [(c, step, s, e, {"place": "counter"}) for c, step, s, e, _ in rows]
    log = hand_log(at_counter)
    assert concurrent_steps(log) == ()
    assert clock(log, 2) == "10:00"


def slow_predecessor(log, position: int) -> int:
    """The definition, event by event."""
    columns, concurrent = log_columns(log), find_concurrency(log)
    first = columns.first_events[columns.case[position]]
    begin = columns.start_ms[position]
    for earlier in range(position - 1, first - 1, -1):
        if begin != UNKNOWN_MS and columns.time_ms[earlier] > begin:
            continue
        pair = np.array([columns.activity[earlier]]), np.array([columns.activity[position]])
        if not concurrent(*pair)[0]:
            return earlier
    return -1


@given(st.integers(0, 10**6))
def test_same_as_the_plain_definition(random_log, seed):
    log = random_log(seed, cases=12)
    enabled = find_enabled_times(log)
    asked = np.flatnonzero(enabled.enabled_by != EnabledBy.TICKET)
    assert enabled.predecessor[asked].tolist() == [slow_predecessor(log, int(position)) for position in asked]


@given(st.integers(0, 10**6))
def test_derived_enabled_times_never_follow_the_start(random_log, seed):
    log = random_log(seed)
    enabled, columns = find_enabled_times(log), log_columns(log)
    derived = (enabled.enabled_by == EnabledBy.PREDECESSOR) & (columns.start_ms != UNKNOWN_MS)
    assert (enabled.enabled_ms[derived] <= columns.start_ms[derived]).all()
    assert (enabled.known == (enabled.enabled_by != EnabledBy.UNKNOWN)).all()


@pytest.mark.shared_data
def test_enabled_times_of_a_log_whose_truth_is_known(truth_log):
    """A simulated loan process with two parallel blocks, its true enabled times in another column."""
    log = truth_log("Loan_Application_batched.csv.gz")
    enabled, truth = find_enabled_times(log), milliseconds(log.events, "true_enabled")
    assert np.count_nonzero(~enabled.known) == log.n_cases  # the first event of each
    exact = enabled.enabled_ms[enabled.known] == truth[enabled.known]
    assert exact.mean() > 0.94  # taking the event before as predecessor gets 0.84
    one_after_the_other = log_columns(log).end_ms[log_columns(log).move_sources]
    assert (one_after_the_other == truth[log_columns(log).move_sources + 1]).mean() < 0.85
