"""Durations from uniforms: against SciPy, and the moments a model states."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from simulation.engines.program.distributions import LONGEST_MS, encode, exp, inverse_normal, log, sample_ms
from simulation.service_model import Constant, Exponential, Lognormal, Quantiles, Uniform


@given(st.floats(-690, 690))
def test_exp_is_right_to_the_last_digits(x):
    assert exp(x) == pytest.approx(math.exp(x), rel=4e-16)


@given(st.floats(1e-300, 1e300))
def test_log_is_right_to_the_last_digits(x):
    assert log(x) == pytest.approx(math.log(x), rel=4e-16, abs=1e-16)


def test_exp_beyond_its_range():
    assert exp(1000) == math.inf
    assert exp(-1000) == 0


@given(st.floats(2.0**-33, 1 - 2.0**-33))
def test_inverse_normal_agrees_with_scipy(p):
    assert inverse_normal(p) == pytest.approx(float(special.ndtri(p)), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize(
    ("distribution", "mean", "sd"),
    [
        (Constant(minutes=3), 3, 0),
        (Lognormal(mean_minutes=20, cv=0.5), 20, 10),
        (Lognormal(mean_minutes=20, cv=0), 20, 0),
        (Lognormal(mean_minutes=0, cv=0.5), 0, 0),
        (Exponential(mean_minutes=8), 8, 8),
        (Uniform(low_minutes=2, high_minutes=6), 4, 4 / math.sqrt(12)),
        (Quantiles(values_minutes=(1, 2, 6)), (1.5 + 4) / 2, None),
        (Quantiles(values_minutes=(7,)), 7, 0),
    ],
)
def test_moments_are_those_of_the_model(distribution, mean, sd):
    quantiles: list[float] = []
    code = encode(distribution, quantiles)
    u = (np.arange(20_000) + 0.5) / 20_000  # midpoints: a numerical integral, no chance involved
    minutes = np.array([sample_ms(code, tuple(quantiles), float(value)) for value in u]) / 60_000
    assert minutes.mean() == pytest.approx(mean, rel=2e-3)
    assert distribution.mean_minutes == pytest.approx(mean)
    if sd is not None:
        assert minutes.std() == pytest.approx(sd, rel=1e-2, abs=1e-12)


def test_a_larger_uniform_never_gives_a_shorter_duration():
    for distribution in (
        Lognormal(mean_minutes=20, cv=2),
        Exponential(mean_minutes=8),
        Uniform(low_minutes=2, high_minutes=6),
        Quantiles(values_minutes=(1, 2, 2, 6)),
    ):
        quantiles: list[float] = []
        code = encode(distribution, quantiles)
        values = [sample_ms(code, tuple(quantiles), u) for u in np.linspace(1e-9, 1 - 1e-9, 999).tolist()]
        assert values == sorted(values)


def test_quantiles_are_those_given():
    quantiles = [0.0]  # values of another distribution come first
    code = encode(Quantiles(values_minutes=(1, 2, 6)), quantiles)
    found = [sample_ms(code, tuple(quantiles), u) / 60_000 for u in (1e-12, 0.25, 0.5, 0.75, 1 - 1e-12)]
    assert found == pytest.approx([1, 1.5, 2, 4, 6], abs=1e-6)


def test_no_duration_is_longer_than_the_longest():
    code = encode(Lognormal(mean_minutes=1e12, cv=100), [])
    assert sample_ms(code, (), 1 - 2.0**-33) == LONGEST_MS
