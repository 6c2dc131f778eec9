"""The search for a day from which things got worse: scores by hand, half-lives, clean series over seeds."""

from __future__ import annotations

import numpy as np
import pytest

from mining.diagnostics.change_points import (
    SEARCHED_HALF_LIVES,
    DaySeries,
    Shock,
    _scores,
    _scores_of_orders,
    _shapes,
    by_week,
    look_at,
    search_shock,
    shape_of,
)

N_SERIES = 6


def working_days(n: int) -> np.ndarray:
    days = np.arange(20_514, 20_514 + 2 * n)  # 2026-03-02 is a Monday
    return days[(days - 20_514) % 7 < 5][:n]


def make(seed: int, rise: float, days: int = 90, a_day: int = 50, half_life: float = 20) -> DaySeries:
    """Series of 15 % of 50 a day; the third has a shock on its 41st day."""
    rng = np.random.default_rng(seed)
    day = working_days(days)
    n = rng.poisson(a_day, (N_SERIES, days))
    chance = np.full((N_SERIES, days), 0.15)
    age = day - day[40]
    chance[2] += np.where(age >= 0, rise * np.exp2(-age / half_life), 0)
    return DaySeries(day, n.astype(float), rng.binomial(n, chance).astype(float), np.full(N_SERIES, 0.1275))


def test_a_score_by_hand() -> None:
    # two days before with 0 of 10, two after with 5 and 5 of 10, no recovery: mean 0.25, sum of f (y - mean)
    # = 2.5 + 2.5 = 5; sum of n f^2 - (sum of n f)^2 / N = 20 - 400 / 40 = 10; variance 3/16
    n = np.full((1, 4), 10.0)
    off = np.array([[0.0, 0, 5, 5]]) - n * 0.25
    shape = np.array([[0.0, 0, 1, 1]])
    assert _scores(shape, n, off, np.array([3 / 16]))[0, 0] == pytest.approx(5 / np.sqrt(10 * 3 / 16))


def test_shapes_count_calendar_days() -> None:
    shock = Shock(0, 2, 7.0, None, None, 0.1, 1.0, 1.0)
    # the fifth working day after a Wednesday is the next Wednesday: seven days, one half-life
    assert shape_of(working_days(9), shock)[[1, 2, 7]] == pytest.approx([0, 1, 0.5])
    assert shape_of(working_days(4), Shock(0, 2, None, None, None, 0.1, 1.0, 1.0)).tolist() == [0, 0, 1, 1]


def test_half_life_and_amplitude_without_noise() -> None:
    day = working_days(90)
    n = np.full((1, 90), 1000.0)
    age = day - day[40]
    mean = 0.15 + np.where(age >= 0, 0.10 * np.exp2(-age / 20.0), 0)
    found = look_at(DaySeries(day, n, n * mean, np.array([0.1275])), 0, 40, p_value=0.01)
    assert found.half_life_days == 20
    assert found.amplitude == pytest.approx(0.10, abs=1e-9)
    assert found.half_life_low is not None
    assert found.half_life_high is not None
    assert found.half_life_low <= 20 <= found.half_life_high


def test_what_never_recovers_has_no_upper_end() -> None:
    found = look_at(make(1, 0.12, half_life=1e9), 2, 40, p_value=0.01)
    assert found.half_life_high is None


def test_the_planted_shock_is_found_in_its_series_near_its_day() -> None:
    hits, covered = 0, 0
    for seed in range(20):
        found = search_shock(make(seed, 0.12))
        assert {shock.series for shock in found} <= {2}
        if found:
            hits += abs(found[0].position - 40) <= 5
            low, high = found[0].half_life_low or 0.0, found[0].half_life_high or np.inf
            covered += low <= 20 <= high
    assert hits >= 18
    assert covered >= 15


def test_clean_series_are_left_alone() -> None:
    found = [search_shock(make(seed, 0.0)) for seed in range(20)]
    assert sum(any(shock.p_value < 0.05 for shock in shocks) for shocks in found) <= 1


def test_weeks_that_hang_together_are_no_shock() -> None:
    # the chance of a week drifts by itself, in the same way at all steps
    found = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        day = working_days(90)
        chance = np.repeat(0.15 + 0.02 * rng.standard_normal(18), 5)
        n = rng.poisson(50, (N_SERIES, 90))
        total = rng.binomial(n, np.clip(chance, 0.01, 1)).astype(float)
        shocks = search_shock(DaySeries(day, n.astype(float), total, np.full(N_SERIES, 0.1275)))
        found += any(shock.p_value < 0.05 for shock in shocks)
    assert found <= 3  # 5 % of 20 is one


def test_a_short_log_is_not_searched() -> None:
    whole = make(1, 0.3)
    for days in (39, 28):
        part = DaySeries(whole.day[:days], whole.n[:, :days], whole.total[:, :days], whole.variance)
        assert search_shock(part) == []


def test_weeks_add_up() -> None:
    whole = make(1, 0.3)
    weeks = by_week(whole)
    assert weeks.day.tolist() == whole.day[::5].tolist()
    assert weeks.n.sum() == whole.n.sum()
    assert weeks.total[:, 1].tolist() == whole.total[:, 5:10].sum(axis=1).tolist()


def test_a_long_log_is_searched_by_week() -> None:
    # two years; a shock of 12 points on the 41st day is over after three months
    hits, false_alarms = 0, 0
    for seed in range(20):
        found = search_shock(by_week(make(seed, 0.12, days=500, a_day=40)))
        hits += any(shock.series == 2 and abs(shock.position - 8) <= 1 for shock in found)
        false_alarms += any(shock.series != 2 for shock in found)
        false_alarms += bool(search_shock(by_week(make(seed, 0.0, days=500, a_day=40))))
    assert hits >= 18
    assert false_alarms <= 4  # 5 % of 40 are two


def test_one_pass_over_the_days_scores_as_each_shape_by_itself() -> None:
    draw = np.random.default_rng(7)
    day = np.sort(draw.choice(np.arange(20_000, 20_200), 120, replace=False))
    n = draw.integers(0, 50, (3, 120)).astype("float64")
    series = DaySeries(day, n, draw.binomial(n.astype("int64"), 0.3).astype("float64"), np.full(3, 0.21))
    positions, order = np.array([20, 21, 60, 109]), draw.permutation(120)
    found = dict(_scores_of_orders(series, positions, np.array([np.arange(120), order])))
    for at, position in enumerate(positions.tolist()):
        shapes = _shapes(day, positions[at : at + 1], SEARCHED_HALF_LIVES)
        as_written = _scores(shapes, series.n, series.off, series.variance)
        reordered = _scores(shapes, series.n[:, order], series.off[:, order], series.variance)
        np.testing.assert_allclose(found[position][:, 0].T, as_written, rtol=1e-9)
        np.testing.assert_allclose(found[position][:, 1].T, reordered, rtol=1e-9)
