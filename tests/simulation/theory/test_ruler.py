"""The ruler refuses what it should: noise, a wrong formula, an engine that is a little wrong."""

from __future__ import annotations

import numpy as np
import pytest

import queueing_formulas as theory
from queueing_halls import Observation, exponential, members, observe, people, round_the_clock, step
from queueing_ruler import FALSE_ALARM, POWER, judge

N = 30


def test_a_right_mean_passes_and_a_wrong_one_fails_as_often_as_said():
    """Normal replications, as noisy as the ruler lets pass: 1 % standard error for an error of 5 %."""
    noise = np.random.default_rng(1).normal(size=(20_000, N))
    noise /= noise.std(axis=1, ddof=1, keepdims=True)  # the most noise that passes: 5 % / (t + 1.28)
    error = 0.05 / (3.6594 + 1.2816) * 0.9999

    def failures(true_mean: float) -> float:
        failed = 0
        for each in noise:
            try:
                judge("", true_mean + each * error * N**0.5, 1.0)
            except AssertionError:
                failed += 1
        return failed / len(noise)

    assert failures(1.0) == pytest.approx(FALSE_ALARM, abs=4 * (FALSE_ALARM / len(noise)) ** 0.5)
    for wrong in (0.95, 1.05):
        assert failures(wrong) > POWER - 0.01


def test_noise_does_not_pass():
    values = np.random.default_rng(2).normal(1.0, 0.1, N)
    with pytest.raises(AssertionError, match="too large to tell 5%"):
        judge("noisy", values, float(values.mean()))


def _mean_waits(speed: float) -> np.ndarray:
    staff = [{**clerk, "speed": speed} for clerk in members("窗口", 3)]
    hall = round_the_clock([step("窗口", exponential(1))], staff, [people(2.25)])

    def measures(seen: Observation) -> list[float]:
        return [seen.minutes(seen.waiting()).mean()]

    return observe(hall, measures, days=20, seed=23)[:, 0]


def test_clerks_two_percent_slower_than_the_formula_says_are_found_out():
    expected = theory.mean_wait_of_servers(3, 2.25, 1.0)
    judge("as they are", _mean_waits(1.0), expected)
    with pytest.raises(AssertionError, match="standard errors, at most"):
        judge("2 % slower", _mean_waits(0.98), expected)
