"""Patience from waits that mostly end in being served."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.calibration.patience import fit_patience, kaplan_meier


def test_three_people():
    # gives up after 2, served after 3, gives up after 4: 2/3 are more patient than 2 minutes, nobody than 4
    survival = kaplan_meier(np.array([3.0, 2.0, 4.0]), np.array([False, True, True]))
    assert survival.minutes.tolist() == [2, 4]
    assert survival.share.tolist() == pytest.approx([2 / 3, 0])
    assert survival.still_waiting.tolist() == [3, 1]
    assert (survival.ended, survival.censored) == (2, 1)
    assert [survival.beyond(minutes) for minutes in (1, 2, 3.9, 4)] == pytest.approx([1, 2 / 3, 2 / 3, 0])
    # Greenwood: 2/3 x sqrt(1 / (3 x 2)) = 0.272
    assert survival.interval(2) == pytest.approx((2 / 3 - 1.96 * 0.2722, 1), abs=1e-3)


def test_who_is_served_at_the_moment_another_gives_up_was_still_there():
    # both waited 2 minutes: of two people one gave up
    assert kaplan_meier(np.array([2.0, 2.0]), np.array([True, False])).share.tolist() == [0.5]


def test_patience_behind_short_waits_is_found_again():
    # patience 10 minutes on average, waits 2: five of six are served, those who give up waited 1.7 minutes
    random = np.random.default_rng(1)
    patience, wait = random.exponential(10, 20_000), random.exponential(2, 20_000)
    gave_up = patience < wait
    waited = np.minimum(patience, wait)
    assert waited[gave_up].mean() < 2
    found = fit_patience(waited, gave_up)
    values = np.array(found.minutes.values_minutes)
    n = found.survival.ended
    for minutes in (1, 3, 5):
        low, high = found.survival.interval(minutes)
        assert low <= np.exp(-minutes / 10) <= high
    # quantiles seen: two standard errors of a Kaplan-Meier curve on 3,000 ends; beyond: the late rate
    assert values[[10, 25, 50]] == pytest.approx(-10 * np.log([0.9, 0.75, 0.5]), rel=3 / np.sqrt(n))
    assert found.minutes.mean_minutes == pytest.approx(10, rel=0.15)
    # twenty people waited 11.4 minutes: exp(-1.14) of the patience lies behind that
    assert found.beyond_reach == pytest.approx(np.exp(-1.14), abs=0.03)
    assert found.evidence.n == n


def test_those_who_hang_up_at_once_are_in_the_first_quantiles():
    # 30 of 100 leave within 6 seconds, the others wait 10 minutes and are served
    minutes = np.concatenate([np.linspace(0.05, 0.1, 30), np.full(70, 10.0)])
    found = fit_patience(minutes, minutes < 1)
    values = found.minutes.values_minutes
    assert values[29] <= 0.1
    assert values[35] > 10
    assert found.beyond_reach == pytest.approx(0.7)


def test_nobody_gives_up():
    found = fit_patience(np.array([1.0, 2.0]), np.array([False, False]))
    assert found.minutes is None
    assert found.evidence.n == 0
    assert found.survival.beyond(100) == 1


def test_nobody_waits():
    assert fit_patience(np.zeros(0), np.zeros(0, bool)).minutes is None


def test_one_person_gives_up():
    found = fit_patience(np.array([4.0]), np.array([True]))
    assert found.minutes is not None
    assert found.minutes.values_minutes[0] == 0
    assert found.minutes.values_minutes[50] == 4
