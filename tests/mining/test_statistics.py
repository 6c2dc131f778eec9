"""Intervals of rates against published values and laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.statistics import (
    exact_interval,
    jeffreys_interval,
    jeffreys_upper,
    poisson_interval,
    wilson_interval,
)


def test_no_hit_needs_250_observations_to_be_below_one_percent() -> None:
    assert jeffreys_upper(0, 249) >= 0.01 > jeffreys_upper(0, 250)


def test_jeffreys_of_a_published_example() -> None:
    # Brown, Cai, DasGupta (2001), table 5: n = 7, X = 2 -> (0.065, 0.648)
    low, high = jeffreys_interval(2, 7)
    assert (round(low, 3), round(high, 3)) == (0.065, 0.648)


def test_wilson_of_a_worked_example() -> None:
    # 1 of 10, z = 1.96: centre (0.1 + 0.19207) / 1.38415 = 0.21101, half width 0.19313
    low, high = wilson_interval(1, 10)
    assert (round(low, 3), round(high, 3)) == (0.018, 0.404)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_hold_the_rate_and_stay_in_range(counts: tuple[int, int]) -> None:
    hits, n = counts
    for low, high in (jeffreys_interval(hits, n), wilson_interval(hits, n)):
        assert -1e-12 <= low <= hits / n + 1e-9
        assert hits / n - 1e-9 <= high <= 1


def test_without_observations_anything_is_possible() -> None:
    assert jeffreys_interval(0, 0) == (0.0, 1.0) == wilson_interval(0, 0)


@pytest.mark.parametrize("function", [jeffreys_interval, wilson_interval])
def test_more_hits_than_observations_is_an_error(function: object) -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        function(3, 2)  # type: ignore[operator]


def test_exact_interval_of_a_worked_example() -> None:
    # 2 of 100: the Beta quantiles B(.025; 2, 99) and B(.975; 3, 98)
    low, high = exact_interval(2, 100)
    assert (round(low, 4), round(high, 4)) == (0.0024, 0.0704)
    # nothing seen in n: 1 - .025 ** (1 / n)
    assert exact_interval(0, 50) == (0.0, pytest.approx(1 - 0.025 ** (1 / 50)))
    assert exact_interval(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="3 of 2"):
        exact_interval(3, 2)


def test_poisson_interval_of_published_values() -> None:
    # Garwood (1936): 10 events, 4.80 to 18.39; none, 0 to -ln .025
    low, high = poisson_interval(10)
    assert (round(low, 2), round(high, 2)) == (4.80, 18.39)
    assert poisson_interval(0) == (0.0, pytest.approx(3.6889, abs=1e-4))
    with pytest.raises(ValueError, match="-1"):
        poisson_interval(-1)
