"""Interrupted time series: planted changes come back, weekdays and another mix are no change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mining.measures import kpi
from mining.reform.contrast import contrast_at
from mining.reform.interrupted import interrupt, make_series
from mining.working_time import MS_PER_DAY, OFFICE_HOURS, working_days

CYCLE = "cycle_time_working_days_mean"
DAY = 420.0


def days_from(first: str, n: int) -> np.ndarray:
    start = int(np.datetime64(first, "D").astype("int64"))
    return working_days(OFFICE_HOURS, start * MS_PER_DAY, (start + 2 * n) * MS_PER_DAY)[:n]


def test_a_step_by_hand():
    days = days_from("2026-03-02", 80)
    values = np.repeat([20.0, 14.0], 40)
    found = interrupt(kpi("wait_minutes_mean"), make_series(days, values, days), int(days[40]), days)
    assert found.level_change == pytest.approx(-6)
    assert found.slope_change == pytest.approx(0, abs=1e-9)
    assert found.slope_before == pytest.approx(0, abs=1e-9)
    assert (found.steps_before, found.steps_after) == (40, 40)
    assert found.seasons == ("weekday",)
    assert found.lags == 3  # floor(4 * 0.8 ** (2 / 9))
    assert found.without_reform == pytest.approx(np.full(80, 20.0))


def test_a_trend_is_no_step_and_weekdays_are_no_trend():
    days = days_from("2026-03-02", 100)
    weekday = (days - 4) % 7
    t = np.arange(100)
    values = 30 + 0.2 * t + np.array([4.0, 0, 0, 0, -2])[weekday] - 0.1 * np.maximum(t - 50, 0)
    found = interrupt(kpi("wait_minutes_mean"), make_series(days, values, days), int(days[50]), days)
    assert found.level_change == pytest.approx(0, abs=1e-9)
    assert found.slope_before == pytest.approx(0.2)
    assert found.slope_change == pytest.approx(-0.1)


def test_months_of_the_year_are_taken_out_of_two_years():
    days = days_from("2024-01-01", 780)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype("int64") % 12
    values = 50 + 5.0 * np.sin(month) - 7.0 * (np.arange(780) >= 400)
    found = interrupt(kpi("wait_minutes_mean"), make_series(days, values, days), int(days[400]), days)
    assert found.seasons == ("weekday", "month")
    assert found.level_change == pytest.approx(-7)


def test_days_without_a_value_are_gaps():
    days = days_from("2026-03-02", 80)
    kept = np.ones(80, bool)
    kept[[3, 17, 50, 51]] = False
    values = np.repeat([20.0, 14.0], 40) + np.random.default_rng(1).normal(size=80)
    found = interrupt(
        kpi("wait_minutes_mean"), make_series(days[kept], values[kept], days), int(days[40]), days
    )
    assert (found.steps_before, found.steps_after) == (38, 38)
    assert np.array_equal(found.series.at, np.flatnonzero(kept))


def test_thin_days_become_weeks():
    days = days_from("2026-03-02", 150)
    values = np.where(np.arange(150) >= 75, 5.0, 9.0)
    thin = np.arange(0, 150, 3)
    series = make_series(days[thin], values[thin], days)
    assert series.step == "week"
    assert series.values.size == 30
    found = interrupt(kpi("wait_minutes_mean"), series, int(days[75]), days)
    assert found.level_change == pytest.approx(-4)
    assert found.seasons == ()


def test_too_few_days_give_a_reason_and_no_number():
    days = days_from("2026-03-02", 60)
    series = make_series(days, np.arange(60.0) % 7, days)
    found = interrupt(kpi("wait_minutes_mean"), series, int(days[15]), days)
    assert found.level_change is None
    assert found.reason is not None
    assert "15 working days before" in found.reason.en
    assert "20" in found.reason.zh
    flat = interrupt(kpi("wait_minutes_mean"), make_series(days, np.ones(60), days), int(days[30]), days)
    assert flat.level_change is None
    assert flat.reason is not None
    assert "do not vary" in flat.reason.en


def test_values_on_closed_days_are_counted():
    days = days_from("2026-03-02", 50)
    series = make_series(np.append(days, 20519), np.ones(51), days)  # 20519 is Saturday 2026-03-07
    assert series.left_out == 1


def test_a_planted_change_of_one_log_comes_back(drawn_log):
    # cycle times 150 minutes with day-to-day level noise, 110 from the 61st day on: -40 minutes
    days = pd.bdate_range("2026-01-05", periods=120)
    calls = iter(range(120))

    def minutes(draw, item):
        level = 110 if next(calls) >= 60 else 150
        return level + draw.normal(0, 8) + draw.normal(0, 15, item.size)

    log = drawn_log(days, 8, minutes, 11)
    found = contrast_at(log, days[60], OFFICE_HOURS)
    change = found.interruption(CYCLE)
    assert change.level_change_low * DAY < -40 < change.level_change_high * DAY
    assert change.level_change_high < 0
    assert change.slope_change_low < 0 < change.slope_change_high
    crude = found.comparison.measure(CYCLE).crude
    assert crude.ci_low * DAY < -40 < crude.ci_high * DAY
    assert found.interruption("throughput_per_day").reason is not None  # eight a day, every day
    assert not [each for each in found.interruptions if "calendar" in each.kpi.key]  # holidays


def test_another_mix_of_cases_is_no_level_change(drawn_log):
    days = pd.bdate_range("2026-01-05", periods=120)
    log = drawn_log(
        days,
        10,
        lambda draw, item: np.where(item == 0, 60.0, 160.0) + draw.normal(0, 5, item.size),
        3,
        items=("简单", "复杂"),
        item_shares=lambda day: np.array([0.8, 0.2]) if day < 60 else np.array([0.3, 0.7]),
    )
    mixed = contrast_at(log, days[60], OFFICE_HOURS).interruption(CYCLE)
    assert mixed.mix_adjusted
    assert mixed.level_change_low < 0 < mixed.level_change_high
    plain = contrast_at(log, days[60], OFFICE_HOURS, by=("channel",)).interruption(CYCLE)
    assert not plain.mix_adjusted
    assert plain.level_change_low * DAY > 20
