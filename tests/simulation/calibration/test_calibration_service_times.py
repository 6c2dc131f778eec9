"""Service times with the pauses after them, and speeds of officers."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.calibration.service_times import fit_service, speeds_by_work


def test_services_nobody_ended_are_left_out():
    minutes = np.append(np.linspace(1, 9, 99), 600)
    found = fit_service(minutes)
    assert (found.n, found.left_out) == (99, 1)
    assert found.duration.mean_minutes == pytest.approx(5)


def test_a_service_and_its_pause_take_the_sum_of_both():
    random = np.random.default_rng(3)
    minutes, pauses = random.exponential(3, 4000), random.exponential(0.2, 500)
    found = fit_service(minutes[minutes <= 60], pauses)
    assert found.duration.mean_minutes == pytest.approx(minutes.mean() + pauses.mean(), rel=1e-3)
    # the median of the sum, by drawing both
    drawn = random.choice(minutes, 100_000) + random.choice(pauses, 100_000)
    assert found.duration.values_minutes[50] == pytest.approx(np.median(drawn), rel=0.02)


def test_speeds_keep_the_work_done_in_an_hour():
    # 0 takes 2 minutes for what takes 4 on average, 1 takes 6: over 300 services nearly 2 and 2/3
    kind = np.zeros(600, "int64")
    officer = np.repeat([0, 1], 300)
    minutes = np.where(officer == 0, 2.0, 6.0)
    speed = speeds_by_work(kind, officer, minutes, 3)
    assert speed == pytest.approx([1320 / 720, 1320 / 1920, 1])


def test_who_does_the_longer_kind_is_not_slow():
    kind = np.repeat([0, 1], 100)
    speed = speeds_by_work(kind, kind, np.where(kind == 0, 1.0, 9.0), 2)
    assert speed == pytest.approx([1, 1])


def test_services_of_a_second_do_not_make_a_fast_officer():
    # half of what officer 0 does ends at once and the rest takes long: the mean is that of the other
    minutes = np.concatenate([np.tile([0.02, 5.98], 100), np.full(200, 3.0)])
    officer = np.repeat([0, 1], 200)
    assert speeds_by_work(np.zeros(400, "int64"), officer, minutes, 2) == pytest.approx([1, 1])
