from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.columns import UNKNOWN_MS, log_columns
from mining.enabled_times import find_enabled_times
from mining.waiting import split_times, sum_times_by_step
from mining.working_time import MS_PER_MINUTE, OFFICE_HOURS


def minutes(values_ms: np.ndarray) -> list[float | None]:
    return [None if value == UNKNOWN_MS else value / MS_PER_MINUTE for value in values_ms.tolist()]


@pytest.mark.parametrize(
    ("place", "ticket", "start", "end", "wait", "work"),
    [
        ("counter", "Mon 11:30", "Mon 13:30", "Mon 13:50", 120, 20),  # the hall waits over lunch
        ("back_office", "Mon 11:30", "Mon 13:30", "Mon 13:50", 60, 20),  # work does not
        ("counter", "Mon 16:30", "Tue 09:10", "Tue 09:20", 40, 10),  # nobody waits over night
        ("counter", "Mon 16:30", "Mon 16:50", "Mon 17:30", 20, 40),  # the person at the window is served
        ("back_office", "Mon 16:30", "Mon 16:50", "Tue 09:30", 20, 40),  # back-office work pauses
        ("counter", "Fri 16:30", "Mon2 09:00", "Mon2 09:05", 30, 5),
        ("kiosk", "Mon 09:00", "Mon 09:00", "Mon 09:04", 0, 4),
        ("counter", "Mon 09:30", "Mon 09:20", "Mon 09:40", None, 20),  # a ticket after the start
        ("counter", "Mon 09:00", "Mon 09:20", "Mon 09:10", 20, None),  # an end before the start
        ("counter", "Mon 09:00", "Mon 09:20", None, 20, None),
        ("counter", "Mon 09:00", None, "Mon 09:10", None, None),
    ],
)
def test_one_event_by_hand(hand_log, place, ticket, start, end, wait, work):
    log = hand_log([("c", "受理", start, end, {"place": place, "ts_ticket": ticket})])
    times = split_times(log)
    assert minutes(times.wait_ms) == [wait]
    assert minutes(times.work_ms) == [work]


def test_reach_is_waiting_plus_working_where_both_are_known(hand_log):
    at = {"place": "counter", "ts_ticket": "Mon 16:30"}
    log = hand_log([("c", "受理", "Mon 16:50", "Mon 17:30", at), ("d", "受理", None, "Mon 17:30", at)])
    assert minutes(split_times(log).reach_ms) == [60, 30]


def test_sums_by_step_count_what_is_unknown(hand_log):
    log = hand_log(
        [
            ("c", "受理", "Mon 09:30", "Mon 10:00", {"ts_ticket": "Mon 09:00"}),
            ("c", "审核", "Mon 11:00", "Mon 14:00", {}),
            ("d", "受理", "Mon 09:30", "Mon 10:00", {}),
        ]
    )
    table = sum_times_by_step(log)
    assert table.known == "waiting_and_working"
    accept, review = table.steps
    assert (accept.step, accept.events, accept.waits_known, accept.waits_unknown) == ("受理", 2, 1, 1)
    assert (accept.waiting_hours, accept.working_hours) == (0.5, 1.0)
    assert (review.waiting_hours, review.working_hours, review.reach_hours) == (1.0, 2.0, 3.0)
    assert (review.works_known, review.works_unknown) == (1, 0)


def test_a_log_with_ends_only_knows_the_time_to_reach_and_says_so(sequences_log):
    table = sum_times_by_step(sequences_log(["ab", "ab"]))
    assert table.known == "time_to_reach"
    assert "end times only" in table.note.en
    assert "到达完成的用时" in table.note.zh
    first, second = table.steps
    assert (first.reach_hours, first.waiting_hours, first.working_hours) == (None, None, None)
    assert second.reach_hours == pytest.approx(2 / 60)
    assert second.waits_unknown == 2


@given(st.integers(0, 10**6))
def test_known_and_unknown_add_up_and_nothing_is_negative(random_log, seed):
    log = random_log(seed)
    columns, times = log_columns(log), split_times(log, OFFICE_HOURS)
    for values in (times.wait_ms, times.work_ms, times.reach_ms):
        assert ((values >= 0) | (values == UNKNOWN_MS)).all()
    both = (times.wait_ms != UNKNOWN_MS) & (times.work_ms != UNKNOWN_MS)
    assert (times.reach_ms[both] == times.wait_ms[both] + times.work_ms[both]).all()
    assert (times.work_ms[~columns.knows_start_and_end] == UNKNOWN_MS).all()
    table = sum_times_by_step(log)
    assert sum(step.events for step in table.steps) == log.n_events
    for step in table.steps:
        assert step.waits_known + step.waits_unknown == step.works_known + step.works_unknown == step.events
    waited = sum(step.waiting_hours or 0 for step in table.steps) * 60
    assert waited == pytest.approx(times.wait_ms[times.wait_ms != UNKNOWN_MS].sum() / MS_PER_MINUTE)


@given(st.integers(0, 10**6))
def test_back_office_reach_is_the_same_measured_in_one_piece(random_log, seed):
    log = random_log(seed)
    log = replace(log, events=log.events.assign(place="back_office"))
    times, enabled = split_times(log), find_enabled_times(log).enabled_ms
    both = (times.wait_ms != UNKNOWN_MS) & (times.work_ms != UNKNOWN_MS)
    in_one_piece = OFFICE_HOURS.working_ms_between(enabled[both], log_columns(log).end_ms[both])
    assert (times.reach_ms[both] == in_one_piece).all()
