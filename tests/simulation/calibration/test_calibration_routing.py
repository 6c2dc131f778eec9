"""One order, or a chain with context; cases cut off by the log's ends; parallel blocks."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from mining.event_log import PASS, REJECT, RETURN
from simulation.calibration import chain as chain_module
from simulation.calibration.cases import find_case_window
from simulation.calibration.chain import fit_chain
from simulation.calibration.observations import observe
from simulation.calibration.outcomes import ended_by_rejection, repeats_after_return, returned
from simulation.calibration.parallel import find_parallel_groups, release_at_fork
from simulation.calibration.routing import calibrate_routing
from simulation.service_model import START, Choice, Loop, Parallel, Sequence, leaves


def log_of_traces(log_of_frame, traces, results=None, days_apart=1.0, hours_apart=0.1):
    """One case a trace, a case a day, events six minutes apart."""
    rows = [
        (
            f"c{c:05d}",
            step,
            pd.Timestamp("2026-01-05 10:00") + pd.Timedelta(days=c * days_apart, hours=i * hours_apart),
        )
        for c, trace in enumerate(traces)
        for i, step in enumerate(trace)
    ]
    frame = pd.DataFrame(rows, columns=["case_id", "activity", "ts_end"])
    if results is not None:
        frame["result"] = list(itertools.chain.from_iterable(results))
    return log_of_frame(frame)


def routing_of(log):
    observed = observe(log)
    repeats = repeats_after_return(observed, returned(log))
    rejected = ended_by_rejection(log, observed)
    groups = find_parallel_groups(observed, repeats)
    return calibrate_routing(observed, repeats, rejected, find_case_window(log, observed), groups)


def weights(table, *after):
    return next(row.weights for row in table.rows if row.after == after)


def test_returns_and_rejections_do_not_break_a_sequence(log_of_frame):
    traces = [["a", "b", "c"]] * 40 + [["a", "b", "b", "c"]] * 15 + [["a", "b"]] * 5
    results = [[PASS] * 3] * 40 + [[PASS, RETURN, PASS, PASS]] * 15 + [[PASS, REJECT]] * 5
    routing = routing_of(log_of_traces(log_of_frame, traces, results))
    assert isinstance(routing.flow, Sequence)
    assert list(leaves(routing.flow)) == ["a", "b", "c"]
    assert routing.evidence["flow"].low > 0.9


def test_less_than_nine_of_ten_cases_make_a_chain(log_of_frame):
    routing = routing_of(log_of_traces(log_of_frame, [["a", "b", "c"]] * 40 + [["a", "c"]] * 10))
    assert isinstance(routing.flow, Loop)
    body = routing.flow.loop
    names = [block.step for block in body.choice]
    assert dict(zip(names, weights(body.table, START, START), strict=True)) == {"a": 50, "b": 0, "c": 0}
    assert dict(zip(names, weights(body.table, START, "a"), strict=True)) == {"a": 0, "b": 40, "c": 10}
    assert weights(routing.flow.table, "b", "c") == (0, 40)


def test_context_of_two_steps_decides(log_of_frame):
    # what follows b depends on what came before it
    routing = routing_of(log_of_traces(log_of_frame, [["a", "b", "a"], ["c", "b", "c"]] * 30))
    body = routing.flow.loop
    names = [block.step for block in body.choice]
    assert names[int(np.argmax(weights(body.table, "a", "b")))] == "a"
    assert names[int(np.argmax(weights(body.table, "c", "b")))] == "c"


def test_rejected_cases_do_not_count_as_ends_of_the_flow(log_of_frame):
    traces = [["a", "b"]] * 30 + [["a", "c"]] * 30 + [["a"]] * 20
    results = [[PASS] * 2] * 60 + [[REJECT]] * 20
    routing = routing_of(log_of_traces(log_of_frame, traces, results))
    assert weights(routing.flow.table, START, "a") == (60, 0)


def expected_events(table, end_table, names, depth=400):
    """Mean events a case of the chain, by propagating the contexts."""
    rows = {row.after: np.array(row.weights) for row in table.rows}
    ends = {row.after: np.array(row.weights) for row in end_table.rows}

    def find(rows, context):
        return next(rows[key] for key in (context, context[1:], ()) if key in rows)

    mass, total = {(START, START): 1.0}, 0.0
    for _ in range(depth):
        following = {}
        for context, share in mass.items():
            chances = find(rows, context)
            for name, chance in zip(names, chances / chances.sum(), strict=True):
                if chance > 0:
                    after = (context[1], name)
                    again, on = find(ends, after)
                    total += share * chance
                    following[after] = following.get(after, 0.0) + share * chance * again / (again + on)
        mass = following
    return total


@pytest.mark.parametrize("min_count", [1, 3, 20, 1_000_000])
def test_pooling_contexts_keeps_the_mean_number_of_events(log_of_frame, monkeypatch, min_count):
    rng = np.random.default_rng(2)
    traces = []
    for _ in range(300):
        trace = ["a"]
        while rng.random() < 0.8:
            trace.append(
                "abcde"[int(rng.integers(0, 5))] if len(trace) % 2 else "ab"[int(rng.integers(0, 2))]
            )
        traces.append(trace)
    log = log_of_traces(log_of_frame, traces, hours_apart=0.001)
    observed = observe(log)
    monkeypatch.setattr(chain_module, "MIN_COUNTS", (min_count, 1_000_000))
    window = find_case_window(log, observed)
    finished = type(window)(np.ones(300, bool), np.ones(300, bool))
    everything = np.arange(observed.n_events)
    fitted = fit_chain(
        observed, everything, observed.step, everything, finished, np.zeros(observed.n_events, bool), 5
    )
    used = fitted.used_symbols
    names = observed.step_names
    mean = expected_events(fitted.table(used, names), fitted.end_table(names), [names[s] for s in used])
    assert mean == pytest.approx(observed.n_events / 300, rel=1e-6)


def test_many_steps_are_staged_with_the_same_chances(log_of_frame):
    rng = np.random.default_rng(4)
    traces = [[f"s{int(i):02d}" for i in np.sort(rng.choice(60, 6, replace=False))] for _ in range(400)]
    traces[0] = traces[1] = ["s00", "s01"]  # a rare first step right at the beginning would count as cut off
    routing = routing_of(log_of_traces(log_of_frame, traces))
    stages = routing.flow.loop
    assert isinstance(stages, Choice)
    assert len(stages.choice) == 4
    assert sorted(leaves(routing.flow)) == [f"s{i:02d}" for i in range(60)]
    first = np.array(weights(stages.table, START, START))
    begins = {}
    for stage, share in zip(stages.choice, first / first.sum(), strict=True):
        row = next((r for r in stage.table.rows if r.after == (START, START)), None)
        if row is not None:
            inner = np.array(row.weights) / sum(row.weights)
            begins |= {b.step: share * w for b, w in zip(stage.choice, inner, strict=True) if w > 0}
    logged = pd.Series([trace[0] for trace in traces]).value_counts(normalize=True)
    assert begins == pytest.approx(logged.to_dict())


def test_cases_cut_off_at_the_end_of_the_log_are_told(log_of_frame):
    # each case takes ten days; those that began in the last days stop at b, which never ends a case elsewhere
    log = log_of_traces(log_of_frame, [["a", "b", "c"]] * 60 + [["a", "b"]] * 4, hours_apart=120)
    last_day = log.events["time"].max()
    log = type(log)(events=log.events[log.events["time"] <= last_day], cases=log.cases, name="cut")
    window = find_case_window(log, observe(log))
    assert window.n_unfinished == 4
    assert window.finished[:60].all()


def test_logged_finish_times_say_which_cases_are_unfinished(make_log):
    cases = pd.DataFrame({"case_id": ["1", "2"], "ts_finish": pd.to_datetime(["2026-04-06 11:00", None])})
    rows = [("1", "a", "2026-04-06 10:00"), ("1", "b", "2026-04-06 11:00"), ("2", "a", "2026-04-06 10:30")]
    log = make_log("case_id activity ts_end", rows, cases=cases)
    assert find_case_window(log, observe(log)).finished.tolist() == [True, False]


def parallel_log(log_of_frame, n=60):
    """open, then (x then y) beside z, then close; times in minutes after 9:00."""
    rows = []
    for c in range(n):
        z_end = 60 if c % 2 else 25
        for step, begin, end in (
            ("open", 0, 10),
            ("x", 10, 30),
            ("y", 32, 50),
            ("z", 12, z_end),
            ("close", 65, 70),
        ):
            nine = pd.Timestamp("2026-04-06 09:00") + pd.Timedelta(days=c)
            rows.append(
                (f"{c:03d}", step, nine + pd.Timedelta(minutes=begin), nine + pd.Timedelta(minutes=end))
            )
    return log_of_frame(pd.DataFrame(rows, columns=["case_id", "activity", "ts_start", "ts_end"]))


def test_overlapping_steps_become_a_parallel_block(log_of_frame):
    log = parallel_log(log_of_frame)
    routing = routing_of(log)
    assert isinstance(routing.flow, Sequence)
    block = routing.flow.sequence[1]
    assert isinstance(block, Parallel)
    assert [list(leaves(branch)) for branch in block.parallel] == [["x", "y"], ["z"]]


def test_steps_of_a_parallel_block_are_released_at_the_fork(log_of_frame):
    observed = observe(parallel_log(log_of_frame, 20))
    groups = find_parallel_groups(observed, np.zeros(observed.n_events, bool))
    released = release_at_fork(observed, groups).released_ms
    wait = {
        name: ((observed.start_ms - released)[observed.step == s] / 60_000).tolist()
        for s, name in enumerate(observed.step_names)
    }
    assert set(wait["x"]) == {0.0}
    assert set(wait["y"]) == {2.0}
    assert set(wait["z"]) == {2.0}
    assert set(wait["close"]) == {5.0, 15.0}
