from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_strategies

from mining.grouped import (
    count_codes,
    grouped_distinct,
    grouped_mean,
    grouped_mode,
    grouped_quantiles,
    sorted_distinct,
)

GROUPS = numpy_strategies.arrays("int64", st.integers(0, 40), elements=st.integers(0, 5))


@given(GROUPS, st.integers(0, 2**32 - 1))
def test_same_as_numpy_on_each_group(groups, seed):
    values = np.random.default_rng(seed).integers(-50, 50, groups.size)
    mean = grouped_mean(groups, values, 7)
    quantiles = grouped_quantiles(groups, values, 7, [0, 0.5, 0.9, 1])
    of_floats = grouped_quantiles(groups, values / 8, 7, [0, 0.5, 0.9, 1])
    assert np.allclose(of_floats * 8, quantiles, equal_nan=True)
    distinct = grouped_distinct(groups, values + 50, 7)
    mode = grouped_mode(groups, values + 50, 7)
    for group in range(7):
        of_group = values[groups == group]
        assert distinct[group] == np.unique(of_group).size
        if of_group.size == 0:
            assert np.isnan(mean[group])
            assert np.isnan(quantiles[:, group]).all()
            assert mode[group] == -1
            continue
        assert np.isclose(mean[group], of_group.mean())
        assert np.allclose(quantiles[:, group], np.quantile(of_group, [0, 0.5, 0.9, 1]))
        assert mode[group] == np.argmax(np.bincount(of_group + 50))


def test_quantiles_of_numbers_too_far_apart_for_one_key():
    values = np.array([2**61, -(2**61), 5, 2**61])
    assert grouped_quantiles(np.array([1, 1, 0, 1]), values, 2, [0.5]).tolist() == [[5, 2.0**61]]


@given(GROUPS)
def test_counting_codes_is_unique(codes):
    for n_codes in (6, 10**7):  # by counting, and by sorting
        for found, expected in zip(
            count_codes(codes, n_codes),
            np.unique(codes, return_inverse=True, return_counts=True),
            strict=True,
        ):
            assert found.tolist() == expected.tolist()


@given(GROUPS)
def test_distinct_values_are_those_of_numpy(values):
    assert np.array_equal(sorted_distinct(values), np.unique(values))
