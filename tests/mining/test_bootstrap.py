"""Intervals by drawing days again."""

from __future__ import annotations

import numpy as np
import pytest

from mining.bootstrap import ratio_interval
from mining.working_time import MS_PER_DAY


def test_one_day_tells_no_interval():
    time = np.zeros(5, "int64")
    assert ratio_interval(time, np.ones(5), np.ones(5)) == (None, None)


def test_days_that_are_alike_leave_no_doubt():
    time = np.arange(20) // 2 * MS_PER_DAY
    low, high = ratio_interval(time, np.tile([1.0, 2.0], 10), np.full(20, 3.0))
    assert (low, high) == (pytest.approx(0.5), pytest.approx(0.5))


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    covered = 0
    for seed in range(60):
        draw = np.random.default_rng(seed)
        time = np.repeat(np.arange(30) * MS_PER_DAY, 20)
        whole = draw.exponential(1.0, time.size)
        low, high = ratio_interval(time, whole * draw.uniform(0, 1, time.size), whole)
        covered += low <= 0.5 <= high
    assert covered >= 51  # 95 % of 60 is 57; below 51 once in 300 such tests
