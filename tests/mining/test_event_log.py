from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.errors import MissingColumnsError
from mining.event_log import (
    CASE_COLUMNS,
    EVENT_COLUMNS,
    MATERIAL_COLUMNS,
    MORE_TABLES,
    TIME_COLUMNS,
    empty_table,
    sort_events,
)


def test_the_order_is_case_then_time_then_file_row():
    minute = pd.to_datetime(["2026-03-02 09:01", "2026-03-02 09:00", "2026-03-02 09:00", "2026-03-02 08:00"])
    events = pd.DataFrame(
        {
            "case_id": ["b", "b", "b", "a"],
            "activity": ["third", "second", "first", "only"],
            "time": minute.astype("datetime64[ms]"),
            "file_row": [2, 4, 3, 5],
        }
    )
    ordered = sort_events(events)
    assert ordered["activity"].tolist() == ["only", "first", "second", "third"]
    assert ordered.index.tolist() == [0, 1, 2, 3]
    assert events["activity"].tolist() == ["third", "second", "first", "only"]


@given(st.randoms(use_true_random=False), st.integers(0, 1000))
def test_shuffled_rows_sort_to_the_same_log(random_log, shuffle, seed):
    events = random_log(seed).events
    rows = list(range(len(events)))
    shuffle.shuffle(rows)
    pd.testing.assert_frame_equal(sort_events(events.iloc[rows]), events)


def test_counts_and_steps_by_frequency(sequences_log):
    log = sequences_log(["abb", "ab"])
    assert (log.n_events, log.n_cases, log.activities) == (5, 2, ["b", "a"])


def test_a_column_without_values_is_not_there(hand_log):
    log = hand_log([("c", "受理", None, "Mon 09:00", {"dept": None}), ("c", "发证", None, "Mon 09:10", {})])
    assert log.has("ts_end")
    assert not log.has("ts_start")
    assert not log.has("dept")
    assert not log.has("ts_end", "officer")


def test_missing_columns_are_named_in_both_languages(sequences_log):
    log = sequences_log(["ab"])
    log.require("time", purpose_zh="流程图", purpose_en="a process map")
    with pytest.raises(MissingColumnsError, match="redundancy needs the columns result, dept") as error:
        log.require("result", "time", "dept", purpose_zh="冗余环节", purpose_en="redundancy")
    assert error.value.in_language("zh") == "log：冗余环节需要列 result, dept，日志中没有或全部为空。"


def test_part_of_a_log_keeps_its_tables_together(hand_log):
    log = hand_log(
        [("a", "受理", None, "Mon 09:00", {}), ("b", "受理", None, "Mon 09:10", {})],
        cases=[{"case_id": "a", "channel": "窗口"}, {"case_id": "b", "channel": "网上"}],
        materials=[{"case_id": "b", "material_name": "身份证"}],
    )
    part = log.of_cases(["b", "nobody"])
    assert part.events["case_id"].tolist() == ["b"]
    assert part.events.index.tolist() == [0]
    assert part.cases["channel"].tolist() == ["网上"]
    assert part.materials["material_name"].tolist() == ["身份证"]
    assert log.of_cases(["a"]).materials.empty
    assert part.quality is log.quality


def test_empty_tables_are_typed():
    table = empty_table(EVENT_COLUMNS)
    assert table["ts_start"].dtype == "datetime64[ms]"
    assert table["activity"].dtype == "str"
    assert list(empty_table(CASE_COLUMNS, ["case_id"])) == ["case_id"]
    known = set(EVENT_COLUMNS) | set(CASE_COLUMNS) | set(MATERIAL_COLUMNS)
    assert set(TIME_COLUMNS) <= known.union(*MORE_TABLES.values())


def test_part_of_a_log_keeps_the_rows_of_no_case(random_log):
    log = random_log(1)
    first = log.events["case_id"].iloc[0]
    tickets = pd.DataFrame({"ticket_no": ["T1", "T2", "T3"], "case_id": [first, "other", None]})
    part = replace(log, tickets=tickets).of_cases([first])
    assert part.tickets["ticket_no"].tolist() == ["T1", "T3"]
    assert part.events["case_id"].unique().tolist() == [first]
