"""Pools of steps that share officers, and as many members as are there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mining.working_time import OFFICE_HOURS
from simulation.calibration.clock import WorkingClock
from simulation.calibration.durations import work_minutes
from simulation.calibration.grouping import group_steps
from simulation.calibration.observations import observe
from simulation.calibration.staffing import NO_POOL, calibrate_staffing


def staffing_of(frame, log_of_frame, departments=None):
    observed = observe(log_of_frame(frame))
    clock = WorkingClock.over(OFFICE_HOURS, int(observed.start_ms.min()), int(observed.end_ms.max()))
    depts = departments or [None] * len(observed.step_names)
    return observed, calibrate_staffing(observed, work_minutes(observed, clock), depts, clock)


def rows(step, officer, days, minutes=20, times=("10:00", "14:00")):
    return [
        {
            "case_id": f"{step}{officer}{day}{time}",
            "activity": step,
            "officer": officer,
            "ts_start": pd.Timestamp(f"{day} {time}"),
            "ts_end": pd.Timestamp(f"{day} {time}") + pd.Timedelta(minutes=minutes),
        }
        for day in days
        for time in times
    ]


DAYS = [str(day) for day in pd.date_range("2026-04-06", periods=30, freq="B").date]


def test_somebody_who_works_three_days_adds_no_member(log_of_frame):
    frame = pd.DataFrame(rows("a", "x", DAYS) + rows("a", "y", DAYS) + rows("a", "rare", DAYS[:3]))
    observed, staffing = staffing_of(frame, log_of_frame)
    pool = staffing.pools[0]
    assert pool.n_members == 2
    assert {observed.officer_names[o] for o in pool.home_officers} == {"x", "y"}
    assert pool.presence == pytest.approx(2.1)


def test_steps_of_the_same_officers_share_a_pool_others_do_not(log_of_frame):
    frame = pd.DataFrame(
        rows("a", "x", DAYS) + rows("b", "x", DAYS, times=("11:00", "15:00")) + rows("c", "y", DAYS)
    )
    _, staffing = staffing_of(frame, log_of_frame)
    assert sorted(pool.steps for pool in staffing.pools) == [(0, 1), (2,)]


def test_departments_keep_steps_apart():
    profile = np.array([[10, 0], [10, 0], [0, 5]])
    group_of_step, groups = group_steps(profile, np.array([True, True, True]), ["A", "B", "B"])
    assert len(groups) == 3
    assert len(set(group_of_step.tolist())) == 3


def test_no_officer_no_pool(log_of_frame):
    frame = pd.DataFrame(rows("a", "x", DAYS)).drop(columns="officer")
    _, staffing = staffing_of(frame, log_of_frame)
    assert staffing.pools == ()
    assert staffing.pool_of_step.tolist() == [NO_POOL]


def test_overload_raises_the_members_and_says_so(log_of_frame):
    # one name, eight hours a day of work on four cases at once: a role, not a person
    times = [f"{hour:02d}:{minute}" for hour in (9, 10, 13, 14) for minute in ("00", "01", "02", "03")]
    frame = pd.DataFrame(rows("a", "team", DAYS, minutes=50, times=times))
    _, staffing = staffing_of(frame, log_of_frame)
    pool = staffing.pools[0]
    assert pool.n_members >= 4
    assert pool.utilisation <= 0.85
    assert "at once" in pool.evidence.note.en
