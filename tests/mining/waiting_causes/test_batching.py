"""Batching: work left to pile up, and done together or one after the other."""

from __future__ import annotations

import numpy as np
import pytest

from mining.event_log import COUNTER
from mining.waiting_causes import split_waits
from mining.waiting_causes.batching import NO_BATCH
from mining.working_time import MS_PER_MINUTE, OFFICE_HOURS

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


def piles(day: str) -> list[tuple[str, str, str, str, str]]:
    """Three papers of 9:00, 9:30 and 10:00, done one after the other from 11:00 on by somebody free till
    then."""
    return [
        ("盖章", "甲", f"{day} 09:00", f"{day} 11:00", f"{day} 11:10"),
        ("盖章", "甲", f"{day} 09:30", f"{day} 11:10", f"{day} 11:20"),
        ("盖章", "甲", f"{day} 10:00", f"{day} 11:20", f"{day} 11:30"),
    ]


def test_a_habit_of_piling_up(causes_of, office_log):
    works = [work for day in DAYS for work in piles(day)]
    # w0 lay until 10:00 for the last of its batch, until 11:00 for it to begin
    assert causes_of(works, "w0") == {"batching": 120.0}
    # w2 lay for 60 minutes until the batch began, then for the 20 of the two before it
    assert causes_of(works, "w2") == {"batching": 60.0, "contention": 20.0}
    causes = split_waits(office_log(works), OFFICE_HOURS)
    assert list(causes.batches.sizes) == [3] * 5
    first = office_log(works).events["case_id"] == "w0"
    assert causes.piling_up_ms[first.to_numpy()] == [60 * MS_PER_MINUTE]


def test_people_at_a_counter_are_a_queue(causes_of):
    works = [work for day in DAYS for work in piles(day)]
    assert causes_of(works, "w0", place=COUNTER) == {"extraneous": 120.0}


def test_once_is_no_habit(causes_of):
    assert causes_of(piles("Mon"), "w0") == {"extraneous": 120.0}


def test_started_together(office_log):
    works = [
        ("联审", "甲", f"{day} {enabled}", f"{day} 11:00", f"{day} 11:30")
        for day in DAYS
        for enabled in ("09:00", "10:00", "10:30", "11:00")
    ]
    causes = split_waits(office_log(works), OFFICE_HOURS)
    assert list(causes.batches.sizes) == [4] * 5
    assert causes.shared_name == 0  # a batch is one job


def test_a_queue_behind_other_work_is_no_batch(office_log):
    works = [
        work
        for day in DAYS
        for work in [("电话", "甲", f"{day} 09:00", f"{day} 09:00", f"{day} 11:00"), *piles(day)]
    ]
    causes = split_waits(office_log(works), OFFICE_HOURS)
    assert (causes.batches.batch == NO_BATCH).all()


def test_a_pile_that_is_not_cleared_is_no_batch(office_log):
    # two of five are done at 11:00, the others next day: the officer works through a backlog
    rows = []
    for day, after in zip(DAYS, (*DAYS[1:], "Mon2"), strict=True):
        rows += piles(day)[:2]
        rows += [
            ("盖章", "甲", f"{day} 10:0{n}", f"{after} 1{4 + n}:00", f"{after} 1{4 + n}:10") for n in range(3)
        ]
    causes = split_waits(office_log(rows), OFFICE_HOURS)
    assert (causes.batches.batch == NO_BATCH).all()


def test_single_ones_done_meanwhile_let_nothing_pile_up(office_log):
    # every day one that came at 10:30 is done at 10:40, before those of 9:00 and 9:30
    single = [("盖章", "甲", f"{day} 10:30", f"{day} 10:40", f"{day} 10:45") for day in DAYS]
    causes = split_waits(office_log([*single, *(work for day in DAYS for work in piles(day))]), OFFICE_HOURS)
    assert (causes.batches.batch == NO_BATCH).all()


@pytest.mark.parametrize("seed", range(5))
def test_no_batch_in_a_queue_served_in_turn(office_log, seed):
    draw = np.random.default_rng(seed)
    come = np.sort(draw.integers(0, 170, 40))
    free, rows = 0, []
    for at in come:
        begin = max(int(at), free)
        free = begin + int(draw.integers(1, 8))
        clock = [f"Mon {9 + t // 60:02d}:{t % 60:02d}" for t in (int(at), begin, free)]
        rows.append(("受理", "甲", *clock))
    causes = split_waits(office_log(rows), OFFICE_HOURS)
    assert (causes.batches.batch == NO_BATCH).all()
