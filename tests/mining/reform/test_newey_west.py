"""Newey-West by hand and against statsmodels; intervals hold the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from mining.reform.newey_west import (
    autocorrelation,
    first_order_errors,
    fit,
    newey_west,
    slow_errors,
    usual_lags,
)


def level_design(n: int, change: int) -> np.ndarray:
    t = np.arange(n, dtype=float)
    return np.column_stack([np.ones(n), t - change, t >= change, np.where(t >= change, t - change, 0)])


def ar1(n: int, r: float, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=n + 50)
    for i in range(1, n + 50):
        noise[i] += r * noise[i - 1]
    return noise[50:]


def test_the_usual_lags():
    assert [usual_lags(n) for n in (20, 100, 300, 1000)] == [2, 4, 5, 6]


def test_a_mean_by_hand():
    # 1, 2, 4, 5 about their mean 3: -2, -1, 1, 2; sums of squares 10, of neighbours 2 - 1 + 2 = 3
    # one lag with weight 1/2: 10 + 2 * 3 / 2 = 13; var of the mean = 13 / 16 * 4 / 3 = 13 / 12
    found = newey_west(np.ones((4, 1)), np.array([1.0, 2, 4, 5]), lags=1)
    assert found.coefficients == pytest.approx([3.0])
    assert found.standard_errors == pytest.approx([(13 / 12) ** 0.5])
    # a gap between the second and the third: only -2 * -1 and 1 * 2 are neighbours: 10 + 4 = 14
    apart = newey_west(np.ones((4, 1)), np.array([1.0, 2, 4, 5]), at=np.array([0, 1, 5, 6]), lags=1)
    assert apart.standard_errors == pytest.approx([(14 / 12) ** 0.5])


# statsmodels 0.15 OLS(y, X).fit(cov_type="HAC", cov_kwds={"maxlags": L, "use_correction": True}).bse with
# X = level_design(40, 20), y = 3 + sin(i) + 2 (i >= 20) + i / 10, i = 0 ... 39
STATSMODELS = {
    0: [0.3012248132, 0.02432471375, 0.4463802548, 0.03861577609],
    3: [0.2850766372, 0.02330798328, 0.4533437183, 0.03770924696],
    7: [0.1632929813, 0.01318126783, 0.2643779867, 0.02197473005],
}


@pytest.mark.parametrize("lags", [0, 3, 7])
def test_the_same_as_statsmodels(lags):
    i = np.arange(40)
    values = 3 + np.sin(i) + 2 * (i >= 20) + i / 10
    found = newey_west(level_design(40, 20), values, lags=lags)
    assert found.standard_errors == pytest.approx(STATSMODELS[lags], rel=1e-6)


def test_rows_that_do_not_determine_the_coefficients():
    with pytest.raises(ValueError, match="do not determine"):
        newey_west(np.ones((5, 2)), np.arange(5.0))
    with pytest.raises(ValueError, match="do not determine"):
        newey_west(np.eye(3), np.arange(3.0))


@pytest.mark.parametrize("r", [0.0, 0.5])
def test_intervals_of_a_level_change_hold_the_truth(r):
    # 200 samples of 120 days: with a true rate of 95 % fewer than 179 hits come once in a thousand times
    design, hits, plain_hits, white_hits = level_design(120, 60), 0, 0, 0
    for seed in range(200):
        values = 10 - 3.0 * design[:, 2] + ar1(120, r, seed)
        low, high = fit(design, values).interval(2)
        hits += low <= -3 <= high
        low, high = newey_west(design, values).interval(2)
        plain_hits += low <= -3 <= high
        low, high = newey_west(design, values, lags=0).interval(2)
        white_hits += low <= -3 <= high
    assert 180 <= hits <= 199
    if r:
        assert white_hits < 165  # errors that ignore neighbours promise too much
        assert white_hits < plain_hits < hits


def test_first_order_errors_without_correlation_are_those_of_least_squares():
    design = level_design(60, 30)
    values = np.random.default_rng(3).normal(size=60)
    residuals = newey_west(design, values).residuals
    alternating = (
        residuals * np.where(np.arange(60) % 2, 1, -1) if autocorrelation(residuals) > 0 else residuals
    )
    variance = alternating @ alternating / 56
    expected = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * variance)
    assert first_order_errors(design, alternating) == pytest.approx(expected)


def test_autocorrelation_leaves_gaps_out():
    values = np.array([1.0, 1, -1, -1])
    assert autocorrelation(values) == pytest.approx(0.25)
    assert autocorrelation(values, np.array([0, 1, 3, 4])) == pytest.approx(0.5)
    assert autocorrelation(np.zeros(3)) == 0


def test_swings_of_weeks_widen_the_interval():
    # noise of a day (sd 1) and a wave of about three weeks (sd 1): four lags do not see the wave
    design, hits, plain_hits = level_design(110, 55), 0, 0
    for seed in range(150):
        draw = np.random.default_rng(seed)
        values = draw.normal(size=110) + ar1(110, 0.9, seed + 1000) * (1 - 0.9**2) ** 0.5
        low, high = fit(design, values).interval(2)
        hits += low <= 0 <= high
        low, high = newey_west(design, values).interval(2)
        plain_hits += low <= 0 <= high
    assert plain_hits < 110
    assert hits > plain_hits + 15


def test_slow_errors_of_a_mean_without_correlation_are_unbiased_before_the_stretch():
    # 20 (n / lags = 100 / 20 = 5 degrees of freedom) against 99: the stretch is 2.571 / 1.984
    design, n = np.ones((100, 1)), 100
    found = []
    for seed in range(300):
        values = np.random.default_rng(seed).normal(size=n)
        residuals = values - values.mean()
        if autocorrelation(residuals) <= -0.01:  # taken as none
            found.append(float(slow_errors(design, residuals)[0]) / (2.5706 / 1.9842))
    assert np.mean(np.square(found)) == pytest.approx(1 / n, rel=0.35)
