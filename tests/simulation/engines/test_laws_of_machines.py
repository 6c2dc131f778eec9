"""Laws of machines that fail, on a hall whose services all take ten minutes: what a service took longer is
exactly the time its machine was down meanwhile."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from simulation.engines.program import Program, build_program
from simulation.engines.program.open_time import OpenTime
from simulation.engines.run_records import Record, Repair, RunRecords
from simulation.simulate import ENGINES

DAYS, TEN_MINUTES = 40, 600_000
HALL = """
steps:
  - {name: 自助, place: kiosk, pool: 自助机, duration: {kind: constant, minutes: 10}}
  - {name: 制证, place: back_office, pool: 制证机, duration: {kind: constant, minutes: 10}}
  - {name: 归档, place: back_office, pool: 维修, duration: {kind: constant, minutes: 10}, priority: 1}
members:
  - {name: 自助机1, serves: [自助机], failure: &own
      {runs_for: {kind: exponential, mean_minutes: 90}, repair: {kind: exponential, mean_minutes: 20},
       repaired_by: 维修}}
  - {name: 自助机2, serves: [自助机], failure: *own}
  - {name: 制证机1, serves: [制证机], failure:
      {runs_for: {kind: exponential, mean_minutes: 60},
       repair: {kind: uniform, low_minutes: 5, high_minutes: 40}}}
  - {name: 制证机2, serves: [制证机], calendar: always, failure: *own}
  - {name: 维修工, serves: [维修]}
arrivals:
  - {name: A, per_day: 40, calendar: hall, half_hour_weights: {"09:00": 1, "10:00": 2, "14:00": 2}}
"""


@pytest.fixture(params=sorted(ENGINES))
def failing(request, make_model) -> tuple[Program, RunRecords]:
    program = build_program(make_model(HALL), DAYS)
    run = ENGINES[request.param](program, 3, 0, None)
    assert len(run.repairs) > 300
    return program, run


def _records(run: RunRecords, member: int) -> list[Record]:
    return [r for r in (Record(*values) for values in run.visits.tolist()) if r.member == member]


def _repairs(run: RunRecords, machine: int) -> list[Repair]:
    return [r for r in (Repair(*values) for values in run.repairs.tolist()) if r.machine == machine]


def _open_ms(calendar: OpenTime, begin: int, end: int) -> int:
    """Open time between two moments, told by walking through the open periods."""
    total, moment = 0, calendar.next_open(begin)
    while moment < end:
        closes = next((at for at, opens in calendar.changes() if at > moment and not opens), end)
        total += min(closes, end) - moment
        moment = calendar.next_open(closes)
    return total


def _machines(program: Program) -> list[int]:
    return [number for number, failure in enumerate(program.failures) if failure is not None]


def test_a_machine_down_serves_nobody(failing):
    program, run = failing
    interrupted = 0
    for machine in _machines(program):
        calendar, repairs = program.calendars[program.member_calendars[machine]], _repairs(run, machine)
        assert [r.number for r in repairs] == list(range(len(repairs)))
        assert all(first.repaired <= second.failed for first, second in pairwise(repairs))
        last_known = repairs[-1].repaired
        for record in _records(run, machine):
            if record.end > last_known:
                continue  # a failure not repaired by the end of the run has no record
            present = program.steps[record.step].present
            assert not any(r.failed <= record.start < r.repaired for r in repairs)
            down = [
                (r.failed, r.repaired) for r in repairs if r.failed < record.end and r.repaired > record.start
            ]
            lost = sum(end - begin if present else _open_ms(calendar, begin, end) for begin, end in down)
            took = record.end - record.start
            if not present:
                took = _open_ms(calendar, record.start, record.end)
            assert took - lost == TEN_MINUTES
            interrupted += bool(down)
    assert interrupted > 50


def test_a_machine_runs_through_open_time_only(failing):
    """Between two failures lies open time of its own calendar: exponential with the given mean."""
    program, run = failing
    for machine in _machines(program):
        calendar, repairs = program.calendars[program.member_calendars[machine]], _repairs(run, machine)
        assert all(calendar.is_open(r.failed) or calendar.is_open(r.failed - 1) for r in repairs)
        ran = np.array([_open_ms(calendar, a.repaired, b.failed) for a, b in pairwise(repairs)]) / 60_000
        mean = {0: 90, 1: 90, 2: 60, 3: 90}[machine]
        assert ran.mean() == pytest.approx(mean, abs=4 * mean / ran.size**0.5)


def test_who_repairs_does_nothing_else_meanwhile(failing):
    program, run = failing
    repairer = program.names.members.index("维修工")
    repairs = [r for machine in _machines(program) for r in _repairs(run, machine)]
    own = [r for r in repairs if r.repaired_by == repairer]
    assert {r.repaired_by for r in repairs} == {-1, repairer}
    assert all(r.repair_start == r.failed for r in repairs if r.repaired_by == -1)
    busy = sorted(
        [(r.repair_start, r.repaired) for r in own] + [(r.start, r.end) for r in _records(run, repairer)]
    )
    assert all(first[1] <= second[0] for first, second in pairwise(busy))
    calendar = program.calendars[program.member_calendars[repairer]]
    assert all(calendar.is_open(begin) for begin, _ in busy)
    # first failed, first repaired; repairs go before filing
    queue = sorted(own, key=lambda r: r.repair_start)
    assert all(a.failed <= b.failed for a, b in pairwise(queue))
