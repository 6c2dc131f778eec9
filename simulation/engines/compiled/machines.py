"""Machines that fail and are repaired."""

from __future__ import annotations

import numpy as np
from numba import njit

from simulation.engines.compiled import agenda, open_hours, queues
from simulation.engines.compiled.chance import exact_ms, philox4x32, to_uniform, whole
from simulation.engines.compiled.desks import free_member, look_at_pools_of
from simulation.engines.compiled.layout import NONE, REPAIR
from simulation.engines.compiled.memory import OF_NO_CASE, end_task, member_of, new_repair, task_of
from simulation.engines.compiled.pointers import Record, record_at
from simulation.engines.compiled.service import expect_repaired, go_on_with, interrupt
from simulation.engines.randomness import OF_A_MACHINE, RUNS_FOR
from simulation.engines.randomness import REPAIR as REPAIR_TIME

FAILS = 0  # which of the events of a machine


@njit
def _draw_ms(hall: Record, machine: Record, count: int, purpose: int) -> float:
    """Milliseconds, not rounded, of the `count`-th failure of a machine."""
    words = philox4x32(
        np.uint64(machine.stream),
        np.uint64(OF_A_MACHINE),
        np.uint64(count),
        np.uint64(0),
        np.uint64(hall.key_0),
        np.uint64(hall.key_1),
    )
    distribution = machine.runs_for if purpose == RUNS_FOR else machine.repair
    return exact_ms(hall, distribution, to_uniform(words[purpose]))


@njit
def expect_failure(hall: Record, number: int, count: int) -> None:
    """The machine runs from now on (the first time: from the begin) until it fails."""
    machine = member_of(hall, number)
    if machine.fails:
        runs_for = whole(_draw_ms(hall, machine, count, RUNS_FOR))
        moment = open_hours.add(hall, machine.calendar, max(hall.now, 0), runs_for)
        agenda.at(hall, moment, agenda.MACHINE, number, FAILS, count, number)


@njit
def fail(hall: Record, number: int, count: int) -> None:
    """The machine is down; its repair begins, or waits in the queue of those who repair."""
    machine = member_of(hall, number)
    machine.down = 1
    interrupt(hall, machine.job, machine.calendar)
    row = new_repair(hall, number, count, machine.repaired_by)
    if machine.repaired_by >= 0:
        queues.join(hall, row)
        return
    repair = task_of(hall, row)
    repair.start = hall.now
    takes_ms = whole(_draw_ms(hall, machine, count, REPAIR_TIME))
    if machine.repair_calendar == NONE:
        repair.end = hall.now + takes_ms
    else:
        repair.end = open_hours.add(hall, machine.repair_calendar, hall.now, takes_ms)
    expect_repaired(hall, row)


@njit
def start_repair(hall: Record, row: int, number: int) -> None:
    """A member begins to repair a machine, at its general speed."""
    repair, member = task_of(hall, row), member_of(hall, number)
    takes_ms = _draw_ms(hall, member_of(hall, repair.step), repair.visit, REPAIR_TIME) / member.repair_speed
    member.free = 0
    member.job = row
    repair.member = number
    repair.start = hall.now
    repair.end = open_hours.add(hall, member.calendar, hall.now, whole(takes_ms))
    expect_repaired(hall, row)


@njit
def repaired(hall: Record, row: int, number: int) -> None:
    """The machine works again and goes on with what it was doing."""
    repair, machine = task_of(hall, row), member_of(hall, number)
    if repair.member != NONE:
        free_member(hall, repair.member)
    _write_down(hall, repair)
    machine.down = 0
    look_at_pools_of(hall, number)
    go_on_with(hall, machine.job, machine.calendar)
    expect_failure(hall, number, repair.visit + 1)
    end_task(hall, row)


@njit
def is_due(hall: Record, row: int, number: int, count: int) -> bool:
    """Whether a repair that was to end now does: its repairer may have failed meanwhile."""
    repair = task_of(hall, row)
    return (
        repair.number == OF_NO_CASE
        and repair.step == number
        and repair.visit == count
        and repair.end == hall.now
    )


@njit
def _write_down(hall: Record, repair: Record) -> None:
    written = record_at(hall.repairs, hall.n_repairs, REPAIR)
    hall.n_repairs += 1
    written.machine = repair.step
    written.number = repair.visit
    written.failed = repair.enabled
    written.repair_start = repair.start
    written.repaired = hall.now
    written.repaired_by = repair.member
