"""The process map: by hand, its laws, and against pm4py on real logs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.errors import OnewindowError
from mining.event_log import EventLog, sort_events
from mining.process_map import (
    END_NODE,
    START_NODE,
    MapEdge,
    MapStep,
    ProcessMap,
    discover_bpmn_xml,
    discover_process_map,
    discover_process_tree_text,
    filter_process_map,
)
from mining.variants import find_variants

words = st.lists(st.text("abcdef", min_size=1, max_size=8), min_size=1, max_size=25)
shares = st.floats(0, 1)


def edges(found: ProcessMap) -> dict[tuple[str, str], MapEdge]:
    return {(edge.source, edge.target): edge for edge in found.edges}


def test_a_map_by_hand(hand_log):
    at_counter = {"place": "counter", "dept": "税务"}
    log = hand_log(
        [
            ("c", "受理", "Mon 09:30", "Mon 10:00", {**at_counter, "ts_ticket": "Mon 09:10"}),
            ("c", "审核", "Mon 11:00", "Mon 14:00", {"dept": "登记", "place": "back_office"}),
            ("c", "审核", "Mon 16:00", "Tue 10:00", {"dept": "登记", "place": "back_office"}),
            ("d", "受理", "Mon 09:20", "Mon 09:40", {**at_counter, "ts_ticket": "Mon 09:20"}),
            ("d", "审核", "Mon 13:10", "Mon 14:10", {"dept": None, "place": "back_office"}),
        ],
        cases=[{"case_id": "c", "ts_apply": "Mon 09:00"}],
    )
    found = discover_process_map(log)
    assert found.time_between == "to_start"
    assert found.steps == (
        # waits: 10:00-11:00, 14:00-16:00 and 9:40-13:10 without lunch, 150 minutes
        MapStep("审核", 3, 2, "登记", "back_office", 120.0, 120.0, pytest.approx(330 / 3), 1, 180.0, 130.0),
        MapStep("受理", 2, 2, "税务", "counter", 25.0, pytest.approx(29), 10.0, 0, 25.0, 10.0),
    )
    assert edges(found) == {
        ("受理", "审核"): MapEdge("受理", "审核", 2, 2, 105.0, 105.0, 135.0, 135.0),
        (START_NODE, "受理"): MapEdge(START_NODE, "受理", 2, 2, 30.0, 30.0, 30.0, 30.0),
        ("审核", END_NODE): MapEdge("审核", END_NODE, 2, 2, None, None),
        ("审核", "审核"): MapEdge("审核", "审核", 1, 1, 120.0, 120.0, 120.0, 120.0),
    }
    assert (found.cases, found.moves_total, found.steps_total, found.edges_total) == (2, 7, 2, 4)


def test_a_log_with_ends_only_measures_from_end_to_end(sequences_log):
    found = discover_process_map(sequences_log(["ab", "ab"]))
    assert found.time_between == "to_end"
    assert edges(found)["a", "b"].minutes_mean == 1
    assert found.steps[0].wait_minutes_mean is None
    assert found.steps[0].work_minutes_median is None


def test_overlapping_steps_took_no_time_between(hand_log):
    log = hand_log([("c", "税务", "Mon 09:00", "Mon 10:00", {}), ("c", "社保", "Mon 09:30", "Mon 11:00", {})])
    assert edges(discover_process_map(log))["税务", "社保"].minutes_mean == 0


def test_cases_still_inside_a_simulation_do_not_end(hand_log):
    rows = [("c", "受理", None, "Mon 09:00", {}), ("d", "受理", None, "Mon 10:00", {})]
    known = [{"case_id": "c", "ts_finish": "Mon 09:00"}, {"case_id": "d", "ts_finish": None}]
    inside = discover_process_map(hand_log(rows, cases=known, simulated=True))
    assert edges(inside)["受理", END_NODE].moves == 1
    assert inside.moves_total == 3
    assert edges(discover_process_map(hand_log(rows, cases=known)))["受理", END_NODE].moves == 2


@given(words)
def test_moves_add_up(sequences_log, words):
    log = sequences_log(words)
    found = discover_process_map(log)
    assert found.moves_total == log.n_events - log.n_cases + 2 * log.n_cases
    assert found.moves_total == found.moves_shown == sum(edge.moves for edge in found.edges)
    assert sum(step.events for step in found.steps) == log.n_events
    assert all(step.events == step.cases + step.repeats for step in found.steps)
    into, out_of = defaultdict(int), defaultdict(int)
    for edge in found.edges:
        into[edge.target] += edge.moves
        out_of[edge.source] += edge.moves
        assert 1 <= edge.cases <= edge.moves
    for step in found.steps:
        assert into[step.name] == out_of[step.name] == step.events
    assert into[END_NODE] == out_of[START_NODE] == log.n_cases
    frequencies = [edge.moves for edge in found.edges]
    assert frequencies == sorted(frequencies, reverse=True)


@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_the_map_does_not_depend_on_the_order_of_rows(random_log, seed, shuffle):
    log = random_log(seed)
    rows = list(range(log.n_events))
    shuffle.shuffle(rows)
    again = EventLog(events=sort_events(log.events.iloc[rows]))
    assert discover_process_map(again) == discover_process_map(log)


@given(words, shares, shares)
def test_a_filter_keeps_what_it_promises(sequences_log, words, steps_share, paths_share):
    whole = discover_process_map(sequences_log(words))
    shown = filter_process_map(whole, steps_share, paths_share)
    names = [step.name for step in shown.steps]
    wanted = max(1, int(np.ceil(steps_share * whole.steps_total - 1e-9)))
    assert [step.name for step in whole.steps[:wanted]] == names[:wanted]
    nodes = {*names, START_NODE, END_NODE}
    between = [edge for edge in whole.edges if edge.source in nodes and edge.target in nodes]
    assert set(shown.edges) <= set(between)
    assert len(shown.edges) >= paths_share * len(between) - 1e-9
    for name in names:
        assert max((e.moves for e in shown.edges if e.target == name), default=0) == max(
            (e.moves for e in between if e.target == name), default=0
        )
        assert max((e.moves for e in shown.edges if e.source == name), default=0) == max(
            (e.moves for e in between if e.source == name), default=0
        )
    assert reached(shown, START_NODE, forward=True) == nodes
    assert reached(shown, END_NODE, forward=False) == nodes
    assert shown.moves_shown == sum(edge.moves for edge in shown.edges)
    for total in ("cases", "steps_total", "edges_total", "moves_total", "time_between"):
        assert getattr(shown, total) == getattr(whole, total)


def reached(found: ProcessMap, origin: str, forward: bool) -> set[str]:
    near = defaultdict(set)
    for edge in found.edges:
        tail, head = (edge.source, edge.target) if forward else (edge.target, edge.source)
        near[tail].add(head)
    seen, new = {origin}, {origin}
    while new:
        new = set().union(*(near[node] for node in new)) - seen
        seen |= new
    return seen


@given(words)
def test_full_shares_show_the_whole_map(sequences_log, words):
    whole = discover_process_map(sequences_log(words))
    assert filter_process_map(whole, 1, 1) == whole


def test_a_step_that_only_rare_steps_lead_to_brings_one_of_them_back(sequences_log):
    whole = discover_process_map(sequences_log(["abbbbc", "dbbbbe"]))
    shown = filter_process_map(whole, 0, 0)
    assert [step.name for step in shown.steps] == ["b", "a", "c"]
    assert {(e.source, e.target) for e in shown.edges} == {
        (START_NODE, "a"),
        ("a", "b"),
        ("b", "b"),
        ("b", "c"),
        ("c", END_NODE),
    }


def test_a_run_in_which_nobody_finished_can_be_filtered(hand_log):
    rows = [
        ("c", step, None, f"Mon {hour}:00", {}) for hour, step in ((10, "受理"), (11, "审核"), (12, "审核"))
    ]
    whole = discover_process_map(hand_log(rows, cases=[{"case_id": "c"}], simulated=True))
    assert edges(whole).keys() == {(START_NODE, "受理"), ("受理", "审核"), ("审核", "审核")}
    assert filter_process_map(whole, 0, 0).edges == whole.edges


def test_shares_outside_0_to_1_are_refused(sequences_log):
    whole = discover_process_map(sequences_log(["ab"]))
    with pytest.raises(OnewindowError, match=r"1\.5 of a process map") as error:
        filter_process_map(whole, 1.5, 1)
    assert "1.5" in error.value.in_language("zh")


def test_an_empty_log_has_an_empty_map(sequences_log):
    empty = discover_process_map(EventLog(events=sequences_log(["a"]).events.iloc[:0]))
    assert (empty.steps, empty.edges, empty.moves_total) == ((), (), 0)
    assert filter_process_map(empty, 0.5, 0.5) == empty


@pytest.fixture(scope="module")
def messy_log(sequences_log) -> EventLog:
    draw = np.random.default_rng(1)
    names = [chr(0x4E00 + number) for number in range(400)]
    return sequences_log(["".join(draw.choice(names, 40)) for _ in range(200)])


def test_a_large_map_is_filtered_in_milliseconds(messy_log):
    whole = discover_process_map(messy_log)
    assert whole.edges_total > 5000
    filter_process_map(whole, 1, 1)  # the first call numbers the steps
    taken = []
    for share in (0.05, 0.2, 0.5, 0.8, 1):
        begun = time.process_time()
        filter_process_map(whole, share, share / 2)
        taken.append(time.process_time() - begun)
    assert min(taken) < 0.02  # a few milliseconds on a free machine


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["running-example.xes", "receipt.xes.gz"])
def test_same_map_and_variants_as_pm4py(pm4py_frame, log_of_frame, name):
    import pm4py

    frame = pm4py_frame(name)
    frame["row"] = range(len(frame))
    frame = frame.sort_values(["case:concept:name", "time:timestamp", "row"]).reset_index(drop=True)
    log = log_of_frame(frame)
    found = discover_process_map(log)
    counts, starts, ends = pm4py.discover_dfg(frame)
    expected = {
        **counts,
        **{(START_NODE, step): n for step, n in starts.items()},
        **{(step, END_NODE): n for step, n in ends.items()},
    }
    assert {pair: edge.moves for pair, edge in edges(found).items()} == expected
    variants = {variant.activities: variant.cases for variant in find_variants(log)}
    assert variants == dict(pm4py.get_variants(frame))


def test_bpmn_and_tree_of_a_small_flow(sequences_log):
    log = sequences_log(["abcd", "acbd", "abcd", "ad"])
    tree = discover_process_tree_text(log, noise=0)
    assert tree.text == "->( 'a', X( tau, +( 'b', 'c' ) ), 'd' )" or set(tree.text) >= set("abcd")
    assert (tree.cases_covered, tree.cases_total, tree.steps_covered) == (4, 4, 4)
    bpmn = discover_bpmn_xml(log, noise=0)
    assert bpmn.xml.startswith("<?xml")
    from pm4py.objects.bpmn.importer.importer import deserialize
    from pm4py.objects.bpmn.obj import BPMN

    read_back = deserialize(bpmn.xml)
    assert {node.get_name() for node in read_back.get_nodes() if isinstance(node, BPMN.Task)} == set("abcd")
    assert len(read_back.get_flows()) >= 8


def test_a_messy_log_is_reduced_and_the_coverage_told(sequences_log):
    log = sequences_log(["abcx", "abcy", "abc", "z"])
    tree = discover_process_tree_text(log, max_steps=3)
    assert tree.text == "->( 'a', 'b', 'c' )"
    assert (tree.steps_covered, tree.steps_total) == (3, 6)
    assert (tree.cases_covered, tree.cases_total) == (3, 4)
    assert (tree.events_covered, tree.events_total) == (9, 12)


def test_noise_outside_0_to_1_is_refused(sequences_log):
    with pytest.raises(OnewindowError, match="noise threshold 2"):
        discover_bpmn_xml(sequences_log(["ab"]), noise=2)


def test_a_log_without_events_gives_an_empty_tree(sequences_log):
    empty = EventLog(events=sequences_log(["a"]).events.iloc[:0])
    assert discover_process_tree_text(empty).cases_covered == 0


def test_nothing_but_the_answer_on_stdout():
    """stdout of the command line holds one JSON document; pm4py greets and draws progress bars."""
    program = """
import json, pandas as pd
from mining.event_log import EventLog
from mining.process_map import discover_bpmn_xml, discover_process_tree_text
times = pd.to_datetime(["2026-03-02 09:00", "2026-03-02 10:00"]).astype("datetime64[ms]")
rows = {"case_id": "c", "activity": ["a", "b"], "time": times, "file_row": [2, 3]}
log = EventLog(events=pd.DataFrame(rows))
print(json.dumps({"tree": str(discover_process_tree_text(log)), "bpmn": len(discover_bpmn_xml(log).xml)}))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    assert json.loads(done.stdout)["tree"] == "->( 'a', 'b' )"


@given(words)
def test_a_tree_names_every_step_where_nothing_is_left_out(sequences_log, words):
    log = sequences_log(words)
    text = discover_process_tree_text(log, noise=0).text
    assert {step for step in "abcdef" if step in text.replace("tau", "")} == set(log.activities)


def test_a_log_of_400_steps_is_modelled_in_seconds(messy_log):
    discover_process_tree_text(messy_log, max_steps=2)  # imports pm4py
    begun = time.process_time()
    model = discover_bpmn_xml(messy_log)
    assert time.process_time() - begun < 20
    assert (model.steps_covered, model.steps_total) == (40, 400)
    assert model.cases_covered <= model.cases_total == 200
