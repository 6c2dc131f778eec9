"""Drawing days again: spread between days, not between people of one day."""

from __future__ import annotations

import numpy as np
import pytest

from mining.resampling import draw_days, mean_difference_interval, ratio_interval


def test_each_draw_has_as_many_days() -> None:
    drawn = draw_days(7)
    assert drawn.shape == (1000, 7)
    assert set(drawn.sum(axis=1)) == {7}


def test_days_that_are_alike_leave_no_doubt() -> None:
    # each day two of the first group wait 30 and one of the other 10: the difference is 20 in any draw
    day = np.repeat(np.arange(5), 3)
    values = np.tile([30.0, 30.0, 10.0], 5)
    first = np.tile([True, True, False], 5)
    assert mean_difference_interval(day, values, first) == (20.0, 20.0)


def test_the_interval_covers_what_it_should() -> None:
    # 40 days of 10 people each, a shift a day of sd 5: the true difference 3 is inside in 17 of 20 at least
    inside = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        day = np.repeat(np.arange(40), 10)
        first = np.tile([True] * 5 + [False] * 5, 40)
        shift = rng.normal(0, 5, 80).reshape(40, 2)
        values = shift[day, first.astype(int)] + 3.0 * first + rng.normal(0, 2, day.size)
        low, high = mean_difference_interval(day, values, first)
        assert low is not None
        assert high is not None
        inside += low < 3 < high
    assert inside >= 17


@pytest.mark.parametrize("day", [[], [3, 3, 3]])
def test_one_day_tells_nothing(day: list[int]) -> None:
    values = np.arange(float(len(day)))
    assert mean_difference_interval(np.array(day), values, values > 0) == (None, None)


def test_groups_that_never_meet_tell_nothing() -> None:
    assert mean_difference_interval(np.array([0, 1]), np.array([1.0, 2.0]), np.array([True, False])) == (
        None,
        None,
    )


def test_one_day_tells_no_interval_of_a_ratio() -> None:
    assert ratio_interval(np.zeros(5, "int64"), np.ones(5), np.ones(5)) == (None, None)


def test_days_that_are_alike_leave_no_doubt_about_a_ratio() -> None:
    low, high = ratio_interval(np.arange(20) // 2, np.tile([1.0, 2.0], 10), np.full(20, 3.0))
    assert (low, high) == (pytest.approx(0.5), pytest.approx(0.5))


def test_the_interval_of_a_ratio_covers_the_truth_about_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(60):
        draw = np.random.default_rng(seed)
        whole = draw.exponential(1.0, 600)
        low, high = ratio_interval(np.repeat(np.arange(30), 20), whole * draw.uniform(0, 1, 600), whole)
        assert low is not None
        assert high is not None
        covered += low <= 0.5 <= high
    assert covered >= 51  # 95 % of 60 is 57; below 51 once in 300 such tests
