"""The order of events: the same as a sort by three keys."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.event_log import sort_events
from mining.event_order import event_order, rank_of_cases

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(-5, 5)), max_size=40)


@given(ROWS, st.sampled_from([1, 10**9, 2**58]))
def test_the_same_as_a_sort_by_three_keys(rows, scale):
    """A scale of 2 to the 58 does not fit into one number any more."""
    case = np.array([case for case, _ in rows], "int64")
    time = np.array([time * scale // 8 for _, time in rows], "int64")
    row = np.random.default_rng(len(rows)).permutation(len(rows))
    assert event_order(case, time, row).tolist() == np.lexsort((row, time, case)).tolist()


@pytest.mark.parametrize("kind", ["str", "category"])
def test_cases_are_ranked_by_their_ids(kind):
    ids = pd.Series(["b", "10", "9", "b", "案"]).astype(kind)
    assert rank_of_cases(ids).tolist() == [2, 0, 1, 2, 3]


@pytest.mark.parametrize("kind", ["str", "category"])
def test_events_at_one_time_stay_in_the_order_of_the_file(kind):
    events = pd.DataFrame(
        {
            "case_id": pd.Series(["b", "a", "b", "a"]).astype(kind),
            "time": pd.to_datetime(["2026-03-02"] * 4).astype("datetime64[ms]"),
            "file_row": [5, 4, 3, 2],
        }
    )
    assert sort_events(events)["file_row"].tolist() == [2, 4, 3, 5]
