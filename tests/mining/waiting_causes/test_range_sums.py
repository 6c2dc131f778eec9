"""The arithmetic of stretches against plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from mining.waiting_causes.range_sums import first_above, smallest_cover, sums_between, sums_up_to

NONE = np.iinfo("int64").max


@pytest.mark.parametrize("seed", range(20))
def test_against_loops(seed):
    draw = np.random.default_rng(seed)
    n, m = int(draw.integers(1, 40)), int(draw.integers(0, 30))
    begin = draw.integers(0, n + 1, m)
    end = np.minimum(begin + draw.integers(0, n + 1, m), n)
    values = draw.integers(-5, 5, m)
    cover = smallest_cover(begin, end, values, n)
    expected = [
        min((v for b, e, v in zip(begin, end, values, strict=True) if b <= k < e), default=NONE)
        for k in range(n)
    ]
    assert list(cover) == expected
    keys, weights, most = draw.integers(-4, 4, n), draw.integers(0, 9, (2, n)), draw.integers(-6, 6, m)
    sums = sums_up_to(keys, weights, begin, end, most)
    between = sums_between(weights, begin, end)
    for q in range(m):
        chosen = [k for k in range(begin[q], end[q]) if keys[k] <= most[q]]
        assert list(sums[:, q]) == [weights[row, chosen].sum() for row in (0, 1)]
        assert list(between[:, q]) == list(weights[:, begin[q] : end[q]].sum(axis=1))
    first = first_above(keys, begin, most)
    for q in range(m):
        assert first[q] == next((k for k in range(begin[q], n) if keys[k] > most[q]), n)


def test_nothing_to_sum():
    none = np.zeros(0, "int64")
    assert sums_up_to(none, np.zeros((2, 0), "int64"), none, none, none).shape == (2, 0)
    assert list(smallest_cover(none, none, none, 2)) == [NONE, NONE]
