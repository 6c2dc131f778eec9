from __future__ import annotations

import gc

import numpy as np
import pandas as pd
import pytest

from mining import log_cache
from mining.columns import UNKNOWN_MS, difference_ms, log_columns, milliseconds
from mining.event_log import EventLog


def test_codes_follow_frequency_then_name(sequences_log):
    columns = log_columns(sequences_log(["bca", "ca", "xc"]))
    assert columns.activities.tolist() == ["c", "a", "b", "x"]
    assert columns.case_ids.tolist() == ["c0", "c1", "c2"]
    assert columns.activity.tolist() == [2, 0, 1, 0, 1, 3, 0]
    assert columns.case_starts.tolist() == [0, 3, 5, 7]
    assert columns.case_lengths.tolist() == [3, 2, 2]
    assert columns.move_sources.tolist() == [0, 1, 3, 5]


def test_times_are_milliseconds_and_missing_ones_are_marked(hand_log):
    log = hand_log([("c1", "受理", None, "Mon 09:00", {}), ("c1", "发证", "Mon 10:00", None, {})])
    columns = log_columns(log)
    nine = int(np.datetime64("2026-03-02T09:00", "ms").astype("int64"))
    assert columns.end_ms.tolist() == [nine, UNKNOWN_MS]
    assert columns.start_ms.tolist() == [UNKNOWN_MS, nine + 3_600_000]
    assert columns.time_ms.tolist() == [nine, nine + 3_600_000]
    assert milliseconds(log.events, "ts_call").tolist() == [UNKNOWN_MS] * 2
    assert difference_ms(columns.end_ms, columns.time_ms).tolist() == [0, UNKNOWN_MS]


def test_repeats_are_all_but_the_first_of_a_step_in_a_case(sequences_log):
    assert log_columns(sequences_log(["abab", "ba"])).repeated.tolist() == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]


def test_most_events_need_both_times_for_durations(hand_log):
    both, end_only = ("c", "a", "Mon 09:00", "Mon 09:10", {}), ("c", "a", None, "Mon 09:20", {})
    assert log_columns(hand_log([both, both, end_only])).has_durations
    assert not log_columns(hand_log([both, end_only])).has_durations


def test_made_once_for_each_log_and_forgotten_with_it(sequences_log, copy_of):
    known = log_cache.once_per_object(lambda log: [log.n_events])
    log = sequences_log(["ab"])
    assert known(log) is known(log)
    twin = copy_of(log)
    assert known(twin) is not known(log)
    cells = known.__closure__
    assert cells is not None
    [remembered] = [cell.cell_contents for cell in cells if isinstance(cell.cell_contents, dict)]
    assert len(remembered) == 2
    del twin
    gc.collect()
    assert len(remembered) == 1


def test_events_out_of_order_are_refused(sequences_log):
    log = sequences_log(["abc"])
    for order in ([1, 0, 2],):
        shuffled = EventLog(events=log.events.iloc[order].reset_index(drop=True))
        with pytest.raises(ValueError, match="sort_events"):
            log_columns(shuffled)
    mixed = sequences_log(["ab", "ab"])
    with pytest.raises(ValueError, match="sort_events"):
        log_columns(EventLog(events=mixed.events.iloc[[0, 2, 1, 3]].reset_index(drop=True)))


def test_an_empty_log_has_empty_columns(sequences_log):
    log = sequences_log(["ab"])
    columns = log_columns(EventLog(events=log.events.iloc[:0]))
    assert (columns.n_events, columns.n_cases, columns.n_activities) == (0, 0, 0)
    assert columns.case_starts.tolist() == [0]
    assert not columns.has_durations


def test_case_ids_without_events_have_no_code(sequences_log):
    assert log_columns(sequences_log(["a", "b"])).codes_of_cases(pd.Series(["c1", "nobody"])).tolist() == [
        1,
        -1,
    ]
