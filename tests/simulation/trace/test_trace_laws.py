"""What holds for every case, counter and queue of a run: nothing is lost, nothing told twice."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mining.working_time import MS_PER_DAY
from sample_logs import load_service
from simulation.engines.program import build_program
from simulation.engines.simpy_engine import run_simpy
from simulation.trace import (
    CounterState,
    EntryKind,
    WaitCause,
    WatchedRun,
    case_figures,
    case_trace,
    hall_day,
    pick_cases,
    queue_day,
    waiting_at,
)

DAYS = 26


@pytest.fixture(scope="module", params=["A", "B", "C"])
def watched(request) -> WatchedRun:
    program = build_program(load_service(request.param), DAYS)
    return WatchedRun(program, run_simpy(program, 3, 0, None))


@pytest.fixture(scope="module")
def traces(watched):
    return [case_trace(watched, case_id) for case_id in watched.case_ids[::3]]


def test_the_applicants_entries_follow_one_another_from_arrival_to_end(traces):
    for trace in traces:
        assert trace.applicant[0].begin_ms == trace.arrived_ms
        assert trace.applicant[-1].end_ms == trace.end_ms
        assert all(a.end_ms == b.begin_ms for a, b in pairwise(trace.applicant))


def test_parts_add_up_to_entries_and_entries_to_the_cycle_time(traces):
    for trace in traces:
        assert all(sum(e.parts.values()) == e.length_ms for e in trace.entries)
        assert sum(trace.parts.values()) == trace.cycle_ms


def test_every_wait_is_explained(traces):
    for trace in traces:
        assert all(WaitCause.NOBODY not in entry.parts for entry in trace.entries)


def test_every_visit_is_told_once(watched, traces):
    for trace in traces:
        rows = watched.rows_of_case(watched.case_number(trace.case_id))
        told = [e.row for e in trace.entries if e.kind in (EntryKind.SERVED, EntryKind.WORK)]
        assert sorted(told) == sorted(rows)


def test_counters_days_have_no_gap_and_hold_all_work(watched):
    columns = watched.columns
    for day in (7, 9, 11):
        begin, end = day * MS_PER_DAY, (day + 1) * MS_PER_DAY
        for counter in hall_day(watched, day):
            edges = [(i.begin_ms, i.end_ms) for i in counter.intervals]
            assert (edges[0][0], edges[-1][1]) == (begin, end)
            assert all(a[1] == b[0] for a, b in pairwise(edges))
            rows = watched.rows_of_member(watched.member_number(counter.member))
            spans = np.minimum(columns["end"][rows], end) - np.maximum(columns["start"][rows], begin)
            taken = counter.minutes_in(CounterState.SERVING, CounterState.PAST_CLOSING, CounterState.RESTING)
            assert taken * 60_000 == pytest.approx(float(spans.clip(0).sum()))


def test_queues_are_as_long_as_the_people_in_them(watched):
    for pool in {name for name in watched.pools if name}:
        queue = queue_day(watched, pool, 8)
        for moment, waiting in zip(queue.moments_ms, queue.waiting, strict=True):
            assert len(waiting_at(watched, pool, moment)) == waiting


def test_figures_of_cases_are_those_of_their_stories(watched):
    figures = case_figures(watched, 5, 10)
    assert figures.case.size > 50
    for at in range(0, figures.case.size, 5):
        trace = case_trace(watched, watched.case_ids[figures.case[at]])
        assert trace.cycle_ms == figures.cycle_ms[at]
        assert trace.ms_in(EntryKind.WAIT) == figures.wait_ms[at]
        assert (trace.days_in_hall, trace.returns) == (figures.days_in_hall[at], figures.returns[at])


def test_picks_are_what_they_say(watched):
    figures = case_figures(watched, 5, 10)
    picks = pick_cases(figures)
    at = {reason: int(np.flatnonzero(figures.case == case)[0]) for reason, case in picks.items()}
    assert figures.wait_ms[at["longest_wait"]] == figures.wait_ms.max()
    assert figures.days_in_hall[at["most_days"]] == figures.days_in_hall.max()
    assert figures.returns[at["returned_twice"]] >= 2
    shorter = (figures.cycle_ms < figures.cycle_ms[at["typical"]]).sum()
    assert shorter <= (figures.case.size - 1) // 2
    assert "gave_up" not in picks
