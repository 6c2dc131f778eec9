"""Random numbers and durations of the compiled engine are those of the reference, bit for bit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numba import njit

from simulation.engines.compiled import chance
from simulation.engines.compiled.binary_exponents import frexp, ldexp
from simulation.engines.compiled.layout import DISTRIBUTION, HALL
from simulation.engines.compiled.pointers import record_at
from simulation.engines.program import distributions
from simulation.engines.program.distributions import LONGEST_MS, encode, sample_ms
from simulation.engines.randomness import WORD
from simulation.service_model import Constant, Distribution, Exponential, Lognormal, Quantiles, Uniform

# kat_vectors of Random123, philox4x32 with 10 rounds
PUBLISHED = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((WORD,) * 4, (WORD,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
MILLION = 1_000_000
DISTRIBUTIONS = [
    Constant(minutes=7.3),
    Constant(minutes=1e12),
    Exponential(mean_minutes=11.7),
    Lognormal(mean_minutes=23.1, cv=0.45),
    Lognormal(mean_minutes=0.3, cv=3),
    Uniform(low_minutes=2, high_minutes=9.7),
    Quantiles(values_minutes=(0, 1.1, 3.3, 3.3, 40)),
    Quantiles(values_minutes=(5,)),
]


@pytest.mark.parametrize(("counter", "key", "expected"), PUBLISHED)
def test_published_vectors(counter, key, expected):
    assert chance.philox4x32(*(np.uint64(word) for word in (*counter, *key))) == expected


def _uniforms() -> np.ndarray:
    """A million numbers as draws give them, with the ends of their range."""
    words = np.random.default_rng(5).integers(0, 2**32, MILLION)
    words[:4] = [0, 1, WORD - 1, WORD]
    return (words + 0.5) * 2.0**-32


@njit
def _each(function: Any, values: Any) -> Any:
    found = np.empty(values.size)
    for place in range(values.size):
        found[place] = function(values[place])
    return found


@pytest.mark.parametrize("name", ["log", "exp", "inverse_normal", "halved"])
def test_functions(name):
    values = _uniforms()
    if name == "exp":
        values = np.concatenate([values * 80 - 40, [0.0, 700.0, 700.1, -699.9, -700.1, -745.0]])
    if name == "halved":
        values = values * 40
    expected = np.array([getattr(distributions, name)(value) for value in values.tolist()])
    assert np.array_equal(_each(getattr(chance, name), values), expected)


@njit
def _taken_apart(values: Any) -> Any:
    fractions, exponents = np.empty(values.size), np.empty(values.size, np.int64)
    for place in range(values.size):
        fractions[place], exponents[place] = frexp(values[place])
    return fractions, exponents


@njit
def _put_together(values: Any, powers: Any) -> Any:
    found = np.empty(values.size)
    for place in range(values.size):
        found[place] = ldexp(values[place], powers[place])
    return found


def test_binary_exponents_of_numbers_of_every_size():
    random = np.random.default_rng(3)
    values = random.uniform(0.5, 2, 200_000) * 2.0 ** random.integers(-1000, 1000, 200_000)
    values = np.concatenate([values, [0.0, 5e-324, 1e-310, 1.0, 0.5, 2.0, np.inf, -3.0]])
    fractions, exponents = _taken_apart(values)
    expected = [math.frexp(value) for value in values.tolist()]
    assert list(zip(fractions.tolist(), exponents.tolist(), strict=True)) == expected
    powers = random.integers(-1100, 1020, values.size)
    expected = [math.ldexp(f, p) for f, p in zip(fractions.tolist(), powers.tolist(), strict=True)]
    assert np.array_equal(_put_together(fractions, powers), expected)


@njit
def _samples(address: int, uniforms: Any) -> Any:
    hall = record_at(address, 0, HALL)
    found = np.empty(uniforms.size)
    for place in range(uniforms.size):
        found[place] = chance.exact_ms(hall, 0, uniforms[place])
    return found


@pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=repr)
def test_durations(distribution: Distribution):
    quantiles_ms: list[float] = []
    code = encode(distribution, quantiles_ms)
    hall, table, values = np.zeros(1, HALL), np.zeros(1, DISTRIBUTION), np.array([*quantiles_ms, 0.0])
    for name in DISTRIBUTION.names or ():
        table[name] = getattr(code, name)
    hall["distributions"], hall["quantiles"] = table.ctypes.data, values.ctypes.data
    hall["n_quantiles"] = len(quantiles_ms)
    uniforms = _uniforms()
    of_constants = min(code.a, LONGEST_MS) if code.kind == distributions.CONSTANT else None
    expected = np.array([of_constants or sample_ms(code, tuple(quantiles_ms), u) for u in uniforms.tolist()])
    assert np.array_equal(_samples(hall.ctypes.data, uniforms), expected)
    assert np.ptp(expected) > 0 or len(quantiles_ms) == 1 or of_constants
