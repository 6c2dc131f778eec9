"""Which end of a rating is the best: 1 in GB/T 39046-2020, 5 stars, 1 of 4 in a tax hall, 0 for none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mining.reading.notes import Notes
from mining.reading.ratings import as_words, read_ratings


def ratings(words: list[str], header: str, chosen: dict[str, str] | None = None, national: bool = False):
    notes = Notes("a.csv", len(words))
    read = read_ratings(pd.Series(words, dtype="str"), header, chosen or {}, notes, national)
    return read.tolist(), [issue.rows for issue in notes.issues]


def test_the_standard_counts_down_from_the_best():
    assert ratings(list("12345"), "满意度代码") == ([5, 4, 3, 2, 1], [])
    assert ratings(list("15"), "satisfaction", national=True) == ([5, 1], [])


def test_stars_and_the_own_header_count_up_to_the_best():
    assert ratings(list("15"), "评价星级") == ([1, 5], [])
    assert ratings(["5星", "一星", "★★★"], "评价") == ([5, 1, 3], [])
    assert ratings(list("15"), "rating_1to5") == ([1, 5], [])


def test_bare_numbers_elsewhere_are_left_out_and_counted():
    read, counted = ratings(["1", "5", "非常不满意"], "评价")
    assert np.isnan(read[:2]).all()
    assert read[2] == 1
    assert counted == [2]


@pytest.mark.parametrize("header", ["评价", "满意度代码", "评价星级", "rating_1to5"])
def test_zero_is_not_rated(header):
    read, counted = ratings(["0", "未评价"], header)
    assert np.isnan(read).all()
    assert counted == []


def test_a_tax_hall_says_what_its_numbers_mean():
    """0 not rated, 1 非常满意, 2 满意, 3 基本满意, 4 不满意."""
    scale = {"1": "5", "2": "4", "3": "3", "4": "2"}
    read, counted = ratings(list("01234"), "评价结果值", scale)
    assert np.isnan(read[0])
    assert read[1:] == [5, 4, 3, 2]
    assert counted == []


def test_words_mean_the_same_whichever_end_numbers_start_from():
    words = as_words(pd.Series([5.0, 1.0, np.nan]))
    assert words.tolist()[:2] == ["非常满意", "非常不满意"]
    assert ratings(words.dropna().tolist(), "case:rating_1to5", {"5": "1", "1": "5"})[0] == [5, 1]
