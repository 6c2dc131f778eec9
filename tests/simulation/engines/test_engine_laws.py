"""What addressed randomness promises between two models, by one engine or the other.

Laws of a single run are in `test_generated_laws.py` and `test_laws_of_services.py`, promises over the whole
feature space in `test_generated_draws.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import yaml

from laws_of_runs import records_of
from simulation.engines.program import Program, build_program
from simulation.engines.run_records import RunRecords

DAYS = 4

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
    for record in records_of(run):
        who = (run.arrivals[record.case], run.day[record.case], run.index[record.case])
        name = program.names.steps[record.step].name
        time = record.end - record.start if program.steps[record.step].present else None
        found[(*who, name, record.visit)] = (record.outcome, record.at_fault, time)
    return found


Luck = dict[tuple[Any, ...], tuple[Any, ...]]
Compare = Callable[[str, str], tuple[Luck, Luck]]


@pytest.fixture
def compare(make_model, engine) -> Compare:
    """The luck in two halls."""

    def luck_in(document: str) -> Luck:
        program = build_program(make_model(yaml.safe_load(document)), DAYS)
        return _luck(program, engine(program, 1, 0, None))

    return lambda before, after: (luck_in(before), luck_in(after))


def test_an_added_step_changes_no_other_draw(compare):
    added = LINE.replace(
        "steps:\n", "steps:\n  - {name: 咨询, pool: 前台, duration: {kind: exponential, mean_minutes: 1}}\n"
    )
    before, after = compare(LINE, added)
    common = before.keys() & after.keys()
    assert len(common) > 100
    assert all(before[visit] == after[visit] for visit in common)


def test_another_duration_changes_no_other_draw(compare):
    slower = LINE.replace("mean_minutes: 12, cv: 0.5", "mean_minutes: 18, cv: 0.5")
    before, after = compare(LINE, slower)
    assert {v[:3] for v in before} == {v[:3] for v in after}
    for visit in before.keys() & after.keys():
        outcome, at_fault, time = before[visit]
        assert after[visit][:2] == (outcome, at_fault)
        if visit[3] == "发证":
            assert after[visit][2] == time
        if visit[3] == "受理" and at_fault == 0 and visit[4] == 0:
            # own time grows by half, checking one minute does not
            assert after[visit][2] - 60_000 == pytest.approx(1.5 * (time - 60_000), abs=2)


def test_a_material_less_changes_no_other_draw(compare):
    fewer = LINE.replace(", {material: 证, defect_chance: 0.1}", "")
    before, after = compare(LINE, fewer)
    first = [v for v in before.keys() & after.keys() if v[3] == "受理" and v[4] == 0]
    assert len(first) > 30
    for visit in first:
        assert before[visit][1] & 1 == after[visit][1]  # the other paper is at fault or not as before


def test_a_clerk_more_keeps_everybodys_luck(compare):
    more = LINE.replace("  - {name: 丙", "  - {name: 丁, serves: [前台]}\n  - {name: 丙")
    before, after = compare(LINE, more)
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


def test_return_and_reject_shares_follow_from_the_model(make_model, engine):
    """P(return) = 1 - .9 x .8 x .9 = .352 at the first visit; a reject among those passed on: .1."""
    program = build_program(make_model(LINE), 80)
    records = records_of(engine(program, 5, 0, None))
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
