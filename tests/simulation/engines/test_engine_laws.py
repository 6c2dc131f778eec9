"""Laws every run obeys, on random small halls, and what addressed randomness promises between two models."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mining.working_time import same_hours_every
from simulation.engines.program import Program, build_program
from simulation.engines.run_records import Record, RunRecords
from simulation.engines.simpy_engine import run_simpy

DAYS = 4
STEP_NAMES = ("甲", "乙", "丙", "丁")
REJECTED, GAVE_UP = 2, 3

minutes = st.sampled_from([0, 1, 7, 30, 200])
chance = st.sampled_from([0, 0.3, 0.8])


@st.composite
def durations(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["constant", "lognormal", "exponential", "uniform", "quantiles"]))
    mean = draw(minutes)
    return {
        "constant": {"kind": kind, "minutes": mean},
        "lognormal": {"kind": kind, "mean_minutes": mean, "cv": 0.7},
        "exponential": {"kind": kind, "mean_minutes": mean},
        "uniform": {"kind": kind, "low_minutes": 0, "high_minutes": mean},
        "quantiles": {"kind": kind, "values_minutes": [0, mean, 2 * mean]},
    }[kind]


@st.composite
def steps(draw: st.DrawFn, name: str) -> dict[str, Any]:
    place = draw(st.sampled_from(["counter", "kiosk", "back_office", "online"]))
    asked = [
        {
            "material": m,
            "defect_chance": draw(chance),
            "shared": draw(st.booleans()),
            "shared_available": 0.5,
            "shared_minutes": draw(st.sampled_from([0, 5])),
            "shared_mismatch_chance": draw(chance),
        }
        for m in draw(st.sets(st.sampled_from(["表", "证"])).map(sorted))
    ]
    step: dict[str, Any] = {
        "name": name,
        "place": place,
        "duration": draw(durations()),
        "delay_before": {"kind": "constant", "minutes": draw(minutes)},
        "materials": asked,
        "return_chance": draw(chance) / 2,
        "reject_chance": draw(chance) / 4,
        "priority": draw(st.integers(0, 1)),
        "silent": draw(st.integers(0, 9)) == 0,
    }
    pool = draw(st.sampled_from(["一队", "二队", None]))
    if pool:
        step["pool"] = pool
    else:
        step |= {"clock": draw(st.sampled_from(["working", "elapsed"])), "calendar": "hall"}
    return step


def _table(draw: st.DrawFn, n: int, names: list[str]) -> dict[str, Any]:
    weights = st.lists(st.sampled_from([1, 2, 5]), min_size=n, max_size=n)
    step = st.sampled_from(["^", *names])
    contexts = draw(st.sets(st.one_of(st.tuples(step), st.tuples(step, step)), max_size=3))
    return {"rows": [{"after": list(c), "weights": draw(weights)} for c in [(), *sorted(contexts)]]}


@st.composite
def flows(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """A tree over these steps, in this order."""
    if len(names) == 1:
        block: dict[str, Any] = {"step": names[0]}
        if draw(st.integers(0, 4)) == 0:
            table = {"rows": [{"after": [], "weights": [1, 2]}]}
            return {"loop": block, "name": names[0], "max_rounds": 3, "table": table}
        return block
    cut = draw(st.integers(1, len(names) - 1))
    parts = [draw(flows(names[:cut])), draw(flows(names[cut:]))]
    kind = draw(st.sampled_from(["sequence", "parallel", "choice", "wait"]))
    if kind == "choice":
        return {"choice": parts, "name": "".join(names), "table": _table(draw, 2, names)}
    if kind == "wait":
        wait = {"wait": draw(durations()), "name": "".join(names)}
        return {"sequence": [parts[0], wait, parts[1]]}
    return {kind: parts}


@st.composite
def arrivals(draw: st.DrawFn, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": name,
        "per_day": draw(st.sampled_from([1, 8, 25])),
        "calendar": draw(st.sampled_from(["hall", "always"])),
        "half_hour_weights": {"08:30": 1, "09:00": 3, "12:00": 1, "16:30": 2},
        "priority": draw(st.integers(-1, 1)),
    }
    if draw(st.booleans()):
        found["patience"] = {"minutes": draw(durations()), "comes_back": draw(chance)}
    if draw(st.booleans()):
        found["appointments"] = {
            "share": draw(chance),
            "slot_minutes": draw(st.sampled_from([15, 50])),
            "per_slot": draw(st.sampled_from([1, 4])),
            "no_show_chance": draw(chance),
            "no_show_comes_later": draw(chance),
            "lateness_minutes": draw(st.sampled_from([[0], [-30, 0, 90], [-900, 900]])),
            "priority": draw(st.integers(-1, 1)),
            "grace_minutes": draw(st.sampled_from([0, 10])),
        }
    return found


@st.composite
def halls(draw: st.DrawFn) -> dict[str, Any]:
    names = list(STEP_NAMES[: draw(st.integers(1, 4))])
    members = [
        {
            "name": f"{n}号",
            "serves": draw(st.sampled_from([["一队"], ["二队"], ["二队", "一队"]])),
            "calendar": draw(st.sampled_from(["hall", "always", "early"])),
            "speed": draw(st.sampled_from([0.5, 1, 2])),
        }
        for n in range(draw(st.integers(0, 2)))
    ]
    members += [{"name": "全", "serves": ["一队", "二队"]}]
    return {
        "materials": [{"name": "表", "minutes_to_check": 2}, {"name": "证", "issuer_dept": "公安"}],
        "calendars": {"early": {"weekly": same_hours_every(("mon", "tue", "wed"), "08:00-11:00")}},
        "pools": [{"name": "一队"}, {"name": "二队"}],
        "steps": [draw(steps(name)) for name in names],
        "flow": draw(flows(names)),
        "members": members,
        "arrivals": [draw(arrivals(name)) for name in draw(st.sampled_from(["A", "AB"]))],
        "visits": {
            "ticket_cutoff_minutes_before_close": draw(st.sampled_from([0, 15])),
            "come_back_after": draw(durations()),
            "correction_takes": draw(durations()),
            "same_day_continuation": draw(st.sampled_from([0, 0.5, 1])),
            "walk": draw(durations()),
        },
    }


def _records(run: RunRecords) -> list[Record]:
    return [Record(*values) for values in run.visits.tolist()]


def _run(make_model, hall: dict[str, Any], seed: int = 1) -> tuple[Program, RunRecords]:
    program = build_program(make_model(hall), DAYS)
    return program, run_simpy(program, seed, 0)


few = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@few
@given(hall=halls())
def test_laws_of_every_run(make_model, hall):
    program, run = _run(make_model, hall)
    records = _records(run)
    finished = run.finish_ms >= 0
    # everybody who came is inside or has left, and leaves after coming and not before the last step
    assert finished.sum() + (~finished).sum() == run.arrived_ms.size
    assert np.all(run.finish_ms[finished] >= run.arrived_ms[finished])
    for record in records:
        assert run.arrived_ms[record.case] <= record.enabled <= record.start <= record.end
        assert record.end < program.horizon_ms
        assert not finished[record.case] or record.end <= run.finish_ms[record.case]
    _nobody_serves_two_at_once(program, records)
    _applicants_are_at_one_counter_at_a_time(program, records)
    _nothing_starts_once_a_case_is_closed(run, records)
    _who_gave_up_was_not_served(program, records)
    visits = {(r.case, r.step, r.visit) for r in records}
    assert len(visits) == len(records)


def _nobody_serves_two_at_once(program: Program, records: list[Record]) -> None:
    for member, calendar in enumerate(program.member_calendars):
        served = sorted((r.start, r.end, r.case) for r in records if r.member == member)
        assert all(program.calendars[calendar].is_open(start) for start, _, _ in served)
        assert all(first[1] <= second[0] for first, second in pairwise(served))


def _applicants_are_at_one_counter_at_a_time(program: Program, records: list[Record]) -> None:
    at_counters: dict[int, list[tuple[int, int]]] = {}
    for record in records:
        if program.steps[record.step].present:
            assert program.tickets.is_open(record.enabled)
            at_counters.setdefault(record.case, []).append((record.enabled, record.end))
    for stays in at_counters.values():
        assert all(first[1] <= second[0] for first, second in pairwise(sorted(stays)))


def _nothing_starts_once_a_case_is_closed(run: RunRecords, records: list[Record]) -> None:
    assert not np.any(run.rejected & run.gave_up)
    assert all(run.rejected[r.case] or run.gave_up[r.case] for r in records if r.outcome == REJECTED)
    for case in np.flatnonzero(run.rejected | run.gave_up):
        own = [r for r in records if r.case == case]
        if run.rejected[case]:
            moment = min(r.end for r in own if r.outcome == REJECTED)
        else:
            moment = max(r.end for r in own if r.outcome == GAVE_UP)
        assert all(r.start <= moment for r in own)


def _who_gave_up_was_not_served(program: Program, records: list[Record]) -> None:
    for record in records:
        if record.outcome == GAVE_UP:
            assert program.steps[record.step].present
            assert (record.member, record.handed, record.fetched) == (-1, 0, 0)
            assert record.start == record.end
            assert program.inside.next_open(record.end - 1) == record.end - 1 or record.end == record.enabled


@few
@given(hall=halls(), seed=st.integers(0, 2**32 - 1))
def test_equal_seeds_equal_runs_and_the_order_of_definitions_has_no_say(make_model, hall, seed):
    _, run = _run(make_model, hall, seed)
    shuffled = {**hall, "steps": hall["steps"][::-1], "materials": hall["materials"][::-1]}
    _, other = _run(make_model, shuffled, seed)
    assert run.visits.tolist() == other.visits.tolist()
    assert run.finish_ms.tolist() == other.finish_ms.tolist()


@few
@given(hall=halls(), longer=st.integers(DAYS + 1, DAYS + 4))
def test_a_longer_run_begins_with_the_shorter_one(make_model, hall, longer):
    for people in hall["arrivals"]:
        people.pop("appointments", None)  # a longer run has more slots to book
    program = build_program(make_model(hall), longer)
    short, long = _run(make_model, hall)[1], run_simpy(program, 1, 0)
    assert long.visits[: len(short.visits)].tolist() == short.visits.tolist()
    assert np.all(long.visits[len(short.visits) :, Record._fields.index("end")] >= DAYS * 86_400_000)


# --- common random numbers ----------------------------------------------------------------------------

LINE = """
materials: [{name: 表, minutes_to_check: 1}, {name: 证}]
steps:
  - {name: 受理, pool: 前台, duration: {kind: lognormal, mean_minutes: 12, cv: 0.5}, return_chance: 0.1,
     materials: [{material: 表, defect_chance: 0.2}, {material: 证, defect_chance: 0.1}]}
  - {name: 审核, place: back_office, pool: 后台, duration: {kind: exponential, mean_minutes: 15},
     reject_chance: 0.1}
  - {name: 发证, pool: 前台, duration: {kind: uniform, low_minutes: 2, high_minutes: 6}}
members:
  - {name: 甲, serves: [前台]}
  - {name: 乙, serves: [前台]}
  - {name: 丙, serves: [后台]}
visits: {come_back_after: {kind: exponential, mean_minutes: 300}}
arrivals:
  - {name: A, per_day: 20, calendar: hall, half_hour_weights: {"09:00": 1, "10:00": 1, "14:00": 1}}
"""


def _luck(program: Program, run: RunRecords) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """What chance decided about each visit: by (who, step, visit) the outcome, the papers at fault and, at
    counters, the service time."""
    found = {}
    for record in _records(run):
        who = (run.arrivals[record.case], run.day[record.case], run.index[record.case])
        name = program.names.steps[record.step].name
        time = record.end - record.start if program.steps[record.step].present else None
        found[(*who, name, record.visit)] = (record.outcome, record.at_fault, time)
    return found


def _compare(make_model, before: str, after: str) -> tuple[dict[Any, Any], dict[Any, Any]]:
    return _luck(*_run(make_model, yaml.safe_load(before))), _luck(*_run(make_model, yaml.safe_load(after)))


def test_an_added_step_changes_no_other_draw(make_model):
    added = LINE.replace(
        "steps:\n", "steps:\n  - {name: 咨询, pool: 前台, duration: {kind: exponential, mean_minutes: 1}}\n"
    )
    before, after = _compare(make_model, LINE, added)
    common = before.keys() & after.keys()
    assert len(common) > 100
    assert all(before[visit] == after[visit] for visit in common)


def test_another_duration_changes_no_other_draw(make_model):
    slower = LINE.replace("mean_minutes: 12, cv: 0.5", "mean_minutes: 18, cv: 0.5")
    before, after = _compare(make_model, LINE, slower)
    assert {v[:3] for v in before} == {v[:3] for v in after}
    for visit in before.keys() & after.keys():
        outcome, at_fault, time = before[visit]
        assert after[visit][:2] == (outcome, at_fault)
        if visit[3] == "发证":
            assert after[visit][2] == time
        if visit[3] == "受理" and at_fault == 0 and visit[4] == 0:
            # own time grows by half, checking one minute does not
            assert after[visit][2] - 60_000 == pytest.approx(1.5 * (time - 60_000), abs=2)


def test_a_material_less_changes_no_other_draw(make_model):
    fewer = LINE.replace(", {material: 证, defect_chance: 0.1}", "")
    before, after = _compare(make_model, LINE, fewer)
    first = [v for v in before.keys() & after.keys() if v[3] == "受理" and v[4] == 0]
    assert len(first) > 30
    for visit in first:
        assert before[visit][1] & 1 == after[visit][1]  # the other paper is at fault or not as before


def test_a_clerk_more_keeps_everybodys_luck(make_model):
    more = LINE.replace("  - {name: 丙", "  - {name: 丁, serves: [前台]}\n  - {name: 丙")
    before, after = _compare(make_model, LINE, more)
    assert all(before[visit] == after[visit] for visit in before.keys() & after.keys())


def test_every_round_of_a_loop_is_an_own_draw(run_tiny, fields):
    """Again with chance 2/3: the rounds are geometric with mean 3, standard deviation sqrt(6)."""
    document = """
    steps: [{name: 甲, place: online, clock: elapsed}]
    flow: {loop: {step: 甲}, name: 再来, table: {rows: [{after: [], weights: [2, 1]}]}}
    """
    rounds = np.bincount(fields(run_tiny(document, ["09:00"] * 3000)[1])["case"])
    assert rounds.mean() == pytest.approx(3, abs=4 * np.sqrt(6 / 3000))
    shares = np.bincount(rounds)[1:7] / 3000
    expected = np.array([(2 / 3) ** k / 3 for k in range(6)])
    assert np.all(np.abs(shares - expected) < 4 * np.sqrt(expected / 3000))


def test_return_and_reject_shares_follow_from_the_model(make_model):
    """P(return) = 1 - .9 x .8 x .9 = .352 at the first visit; a reject among those passed on: .1."""
    program = build_program(make_model(LINE), 80)
    records = _records(run_simpy(program, 5, 0))
    first = np.array([r.outcome for r in records if r.step == 0 and r.visit == 0])
    assert (first == 1).mean() == pytest.approx(0.352, abs=4 * np.sqrt(0.352 * 0.648 / first.size))
    decided = np.array([r.outcome for r in records if r.step == 1])
    assert (decided == 2).mean() == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / decided.size))
    again = [r for r in records if r.step == 0 and r.visit == 1]
    # only what was at fault is handed in again
    faults = {(r.case): r.at_fault for r in records if r.step == 0 and r.visit == 0}
    assert all(r.handed == faults[r.case] for r in again)
    # nothing at fault then: the chance of a return is return_chance alone
    bare = np.array([r.outcome for r in again if r.handed == 0])
    assert (bare == 1).mean() == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / bare.size))
