"""Times of moves on the wall clock."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mining.columns import log_columns
from mining.map_times import list_moves, tabulate_edges
from mining.move_times import find_move_times
from mining.working_time import OFFICE_HOURS


def test_by_hand(hand_log):
    """a to b: 10, 20 and 60 minutes; b to a: one move, so no standard deviation; c begins before b ends."""
    log = hand_log(
        [
            ("1", "a", "Mon 09:00", "Mon 09:10", {}),
            ("1", "b", "Mon 09:20", "Mon 09:30", {}),
            ("1", "a", "Mon 09:40", "Mon 09:50", {}),
            ("1", "b", "Mon 10:10", "Mon 10:20", {}),
            ("2", "a", "Mon 09:00", "Mon 09:10", {}),
            ("2", "b", "Mon 10:10", "Mon 10:20", {}),
            ("2", "c", "Mon 10:15", "Mon 10:30", {}),
        ]
    )
    times, names = find_move_times(log), log_columns(log).activities
    found = {
        (names[s], names[t]): at for at, (s, t) in enumerate(zip(times.source, times.target, strict=True))
    }
    ab, ba, bc = found["a", "b"], found["b", "a"], found["b", "c"]
    assert len(found) == 3
    assert (times.moves[ab], times.timed[ab]) == (3, 3)
    minutes = [
        values[ab] / 60_000
        for values in (times.sum_ms, times.mean_ms, times.min_ms, times.median_ms, times.max_ms, times.sd_ms)
    ]
    assert minutes == pytest.approx([90, 30, 10, 20, 60, np.std([10, 20, 60], ddof=1)])
    assert (times.mean_ms[ba], np.isnan(times.sd_ms[ba])) == (600_000, True)
    assert times.max_ms[bc] == 0


@pytest.mark.parametrize("seed", range(4))
def test_the_same_as_pandas(random_log, seed):
    log = random_log(seed)
    columns, times = log_columns(log), find_move_times(log)
    at = columns.move_sources
    events = log.events
    end = events["ts_end"].to_numpy()
    arrive = events["ts_start"].to_numpy() if columns.has_durations else end
    taken = pd.Series((arrive[at + 1] - end[at]).astype("timedelta64[ms]"))
    taken = (taken.dt.total_seconds() * 1000).clip(lower=0)
    grouped = taken.groupby([columns.activity[at], columns.activity[at + 1]])
    expected = grouped.agg(["size", "count", "sum", "mean", "std", "min", "median", "max"])
    assert list(zip(times.source, times.target, strict=True)) == expected.index.tolist()
    found = [times.moves, times.timed, times.sum_ms, times.mean_ms, times.sd_ms, times.min_ms]
    found += [times.median_ms, times.max_ms]
    expected["sum"] = expected["sum"].where(expected["count"] > 0)
    np.testing.assert_allclose(np.stack(found, axis=1).astype(float), expected.to_numpy(float), rtol=1e-12)


def test_the_same_as_on_the_map(random_log):
    log = random_log(3)
    n = log_columns(log).n_activities
    edges, times = tabulate_edges(list_moves(log), n, OFFICE_HOURS), find_move_times(log)
    inner = (edges.source < n) & (edges.target < n)
    order = np.lexsort((edges.target[inner], edges.source[inner]))
    assert edges.moves[inner][order].tolist() == times.moves.tolist()
    np.testing.assert_allclose(edges.calendar_minutes_mean[inner][order], times.mean_ms / 60_000)
    np.testing.assert_allclose(edges.calendar_minutes_median[inner][order], times.median_ms / 60_000)


def test_a_log_without_moves(sequences_log):
    assert find_move_times(sequences_log(["a"])).moves.size == 0
