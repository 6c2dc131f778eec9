"""Laws: the five causes of every wait sum to it, whoever did what and in whatever order the file is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from mining.columns import UNKNOWN_MS, log_columns
from mining.enabled_times import find_enabled_times
from mining.event_log import EventLog, sort_events
from mining.waiting import split_times
from mining.waiting_causes import Cause, split_waits
from mining.working_time import OFFICE_HOURS

SEEDS = st.integers(0, 10_000)


def with_officers(log: EventLog, seed: int, n: int, known: float = 0.9) -> EventLog:
    draw = np.random.default_rng(seed)
    names = np.array([f"o{code}" for code in draw.integers(0, n, log.n_events)], dtype=object)
    names[draw.random(log.n_events) > known] = None
    return replace(log, events=log.events.assign(officer=pd.array(names, dtype="str")))


@given(seed=SEEDS, officers=st.integers(1, 8))
def test_causes_sum_to_the_wait(random_log, seed, officers):
    log = with_officers(random_log(seed), seed, officers)
    causes = split_waits(log, OFFICE_HOURS)
    told = causes.told
    waited = log_columns(log).start_ms - find_enabled_times(log).enabled_ms
    assert (causes.elapsed_ms[:, told] >= 0).all()
    assert np.array_equal(causes.elapsed_ms[:, told].sum(axis=0), waited[told])
    assert np.array_equal(
        causes.working_ms[:, told].sum(axis=0), split_times(log, OFFICE_HOURS).wait_ms[told]
    )
    assert (causes.working_ms[:, told] <= causes.elapsed_ms[:, told]).all()
    assert (causes.elapsed_ms[:, ~told] == UNKNOWN_MS).all()
    assert (causes.piling_up_ms[told] <= causes.elapsed_ms[Cause.BATCHING, told]).all()


@given(seed=SEEDS)
def test_every_wait_is_told_or_counted(random_log, seed):
    log = with_officers(random_log(seed), seed, 5)
    causes = split_waits(log, OFFICE_HOURS)
    columns, wait = log_columns(log), split_times(log, OFFICE_HOURS).wait_ms
    timed = columns.knows_start_and_end & (columns.end_ms >= columns.start_ms) & (wait != UNKNOWN_MS)
    assert causes.told.sum() + causes.without_officer + causes.shared_name == timed.sum()


@given(seed=SEEDS)
def test_names_of_officers_do_not_matter(random_log, seed):
    log = with_officers(random_log(seed), seed, 4)
    turned = log.events["officer"].map({f"o{code}": f"p{9 - code}" for code in range(4)})
    other = replace(log, events=log.events.assign(officer=turned))
    ours, theirs = split_waits(log, OFFICE_HOURS), split_waits(other, OFFICE_HOURS)
    assert np.array_equal(ours.elapsed_ms, theirs.elapsed_ms)


@given(seed=SEEDS)
def test_the_causes_are_those_of_a_plain_count_by_the_minute(random_log, seed):
    """Everything in `random_log` falls on whole minutes, so contention and prioritization can be counted."""
    log = with_officers(random_log(seed, cases=6), seed, 3, known=1.0)
    causes, columns = split_waits(log, OFFICE_HOURS), log_columns(log)
    enabled, start, end = find_enabled_times(log).enabled_ms, columns.start_ms, columns.end_ms
    officer = log.events["officer"].to_numpy()
    done = np.flatnonzero(columns.knows_start_and_end & (end >= start))
    for at in np.flatnonzero(causes.told & (causes.batches.batch < 0)):
        minutes = np.arange(enabled[at], start[at], 60_000)
        mine = done[(officer[done] == officer[at])]
        busy = (start[mine][:, None] <= minutes) & (minutes < end[mine][:, None])
        known = (enabled[mine] != UNKNOWN_MS) & (enabled[mine] <= start[mine])
        older = busy & (~known | (enabled[mine] <= enabled[at]))[:, None]
        in_turn, any_work = older.any(axis=0), busy.any(axis=0)
        found = causes.elapsed_ms[:, at] // 60_000
        # what came before the officer was last free is extraneous, so the others can only be fewer
        assert found[Cause.CONTENTION] <= in_turn.sum()
        assert found[Cause.PRIORITIZATION] <= (any_work & ~in_turn).sum()
        if log.events["place"].iloc[at] == "counter":
            assert found[Cause.CONTENTION] == in_turn.sum()
            assert found[Cause.PRIORITIZATION] == (any_work & ~in_turn).sum()


def test_the_order_of_the_file_does_not_matter(random_log):
    log = with_officers(random_log(3), 3, 4)
    shuffled = log.events.sample(frac=1, random_state=1)
    other = replace(log, events=sort_events(shuffled))
    assert np.array_equal(
        split_waits(log, OFFICE_HOURS).elapsed_ms, split_waits(other, OFFICE_HOURS).elapsed_ms
    )


def test_a_log_without_officers_or_times_tells_nothing(sequences_log, random_log):
    for log in (sequences_log(["abc", "acb"]), random_log(1)):
        assert not split_waits(log, OFFICE_HOURS).told.any()


def test_a_log_of_one_service_without_length_and_wait(office_log):
    log = office_log([("受理", "甲", "Mon 09:30", "Mon 09:30", "Mon 09:30")])
    causes = split_waits(log, OFFICE_HOURS)
    assert causes.told.tolist() == [True]
    assert causes.elapsed_ms.tolist() == [[0]] * len(Cause)
