"""Filters that choose cases, and the map of the chosen ones."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.case_filter import CaseFilter, choose_cases
from mining.columns import log_columns
from mining.errors import MissingColumnsError
from mining.grouped import grouped_mean, grouped_quantiles, owned_values
from mining.process_map import ProcessMap, discover_map_of_cases, discover_process_map
from mining.working_time import OFFICE_HOURS, to_ms

ROWS = [
    ("1", "a", "Mon 09:00", "Mon 09:10", {"dept": "x", "channel": "窗口", "result": None}),
    ("1", "b", "Mon 10:00", "Mon 10:10", {"dept": "y", "channel": "窗口", "result": "通过"}),
    ("2", "a", "Tue 09:00", "Tue 09:10", {"dept": "x", "channel": "网上", "result": "退回"}),
    ("2", "c", "Tue 10:00", "Tue 10:10", {"dept": None, "channel": None, "result": None}),
    ("3", "c", "Wed 09:00", "Wed 09:10", {"dept": "z", "channel": None, "result": None}),
]
CASES = [
    {"case_id": "3", "item_name": "注销"},
    {"case_id": "1", "item_name": "开办"},
    {"case_id": "9", "item_name": "开办"},
]


@pytest.mark.parametrize(
    ("wanted", "cases"),
    [
        (CaseFilter(), "123"),
        (CaseFilter(depts=frozenset({"x"})), "12"),
        (CaseFilter(depts=frozenset({"y", "z"})), "13"),
        (CaseFilter(depts=frozenset()), ""),
        (CaseFilter(steps=frozenset({"c"}), depts=frozenset({"x"})), "2"),
        (CaseFilter(channels=frozenset({"网上"})), "2"),
        (CaseFilter(items=frozenset({"开办"})), "1"),
        (CaseFilter(outcomes=frozenset({"退回"})), "2"),
        (CaseFilter(outcomes=frozenset({"通过", "x"})), "1"),
        (CaseFilter(begins_from_ms="Tue"), "23"),
        (CaseFilter(begins_from_ms="Mon", begins_before_ms="Wed"), "2"),
    ],
)
def test_by_hand(hand_log, wanted, cases):
    """Case 2 has a result and then an event without one; case 9 has no event; days stand for begins."""
    log = hand_log(ROWS, cases=CASES)
    day = {"Mon": (2, 10), "Tue": (3, 9), "Wed": (4, 9)}
    for name in ("begins_from_ms", "begins_before_ms"):
        if (moment := getattr(wanted, name)) is not None:
            number, hour = day[moment]
            at = np.datetime64(f"2026-03-{number:02d}T{hour:02d}:00", "ms").astype(object)
            wanted = replace(wanted, **{name: to_ms(at)})
    ids = log_columns(log).case_ids[choose_cases(log, wanted)]
    assert "".join(ids) == cases


def test_the_final_result_of_the_case_wins(hand_log):
    cases = [{"case_id": case, "final_result": result} for case, result in (("1", "退回"), ("3", "通过"))]
    log = hand_log(ROWS, cases=cases)
    chosen = choose_cases(log, CaseFilter(outcomes=frozenset({"退回"})))
    assert log_columns(log).case_ids[chosen].tolist() == ["1"]


def test_a_condition_the_log_cannot_tell_names_the_column(sequences_log):
    log = sequences_log(["ab"])
    assert CaseFilter().is_empty
    for wanted in (CaseFilter(depts=frozenset("x")), CaseFilter(items=frozenset("x"))):
        assert not wanted.is_empty
        with pytest.raises(MissingColumnsError, match=r"dept|item_name"):
            choose_cases(log, wanted)


def assert_like(found: ProcessMap, expected: ProcessMap, leave_out: tuple[str, ...] = ()) -> None:
    """Equal, in the same order; means may differ in their last digit."""
    assert replace(found, steps=(), edges=()) == replace(expected, steps=(), edges=())
    for part in ("steps", "edges"):
        rows, expected_rows = (
            [{k: v for k, v in asdict(row).items() if k not in leave_out} for row in getattr(whole, part)]
            for whole in (found, expected)
        )
        assert rows == [pytest.approx(row) for row in expected_rows]


@pytest.mark.parametrize("seed", range(6))
def test_all_cases_give_the_whole_map(random_log, seed):
    log = random_log(seed)
    found = discover_map_of_cases(log, np.ones(log_columns(log).n_cases, bool))
    assert_like(found, discover_process_map(log))


@pytest.mark.parametrize("seed", range(6))
def test_the_map_of_some_cases_is_that_of_a_log_of_them(random_log, seed):
    """But for waits: what may run at once, and so what a step waits for, is known from the whole log."""
    log = random_log(seed, cases=30, known=0.9)
    columns = log_columns(log)
    chosen = np.random.default_rng(seed).random(columns.n_cases) < 0.5
    part = log.of_cases(columns.case_ids[chosen])
    found, alone = discover_map_of_cases(log, chosen), discover_process_map(part)
    assert_like(found, alone, leave_out=("wait_minutes_mean", "wait_calendar_minutes_mean"))
    assert any(step.wait_minutes_mean is not None for step in found.steps)


def test_no_case_is_an_empty_map(random_log):
    log = random_log(1)
    empty = discover_map_of_cases(log, np.zeros(log_columns(log).n_cases, bool), OFFICE_HOURS)
    assert (empty.steps, empty.edges, empty.cases, empty.moves_total) == ((), (), 0, 0)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-9, 9), st.integers(0, 4)), max_size=30))
def test_owned_values_are_the_grouped_ones_of_their_owners(rows):
    groups, values, owner = np.array(rows, "int64").reshape(-1, 3).T
    chosen = np.array([True, False, True, True, False])
    found = owned_values(groups, owner, 5, values)
    kept = chosen[owner]
    mean, quantiles = found.measure(chosen, [0, 0.4, 1])
    np.testing.assert_allclose(mean, grouped_mean(groups[kept], values[kept], 5))
    np.testing.assert_allclose(quantiles, grouped_quantiles(groups[kept], values[kept], 5, [0, 0.4, 1]))
    counted = owned_values(groups, owner, 5).count(chosen)
    assert counted.tolist() == found.count(chosen).tolist() == np.bincount(groups[kept], minlength=5).tolist()
