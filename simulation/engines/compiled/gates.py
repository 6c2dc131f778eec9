"""Gates at which work gathers until its batch is let go."""

from __future__ import annotations

from numba import njit

from simulation.engines.compiled import agenda, queues
from simulation.engines.compiled.layout import NONE
from simulation.engines.compiled.memory import case_of, end_task, gate_of, number_of, step_of, task_of
from simulation.engines.compiled.pointers import Record
from simulation.engines.compiled.service import start_without_pool


@njit
def _before(one: Record, other: Record) -> bool:
    if one.priority != other.priority:
        return one.priority < other.priority
    if one.enabled != other.enabled:
        return one.enabled < other.enabled
    if one.number != other.number:
        return one.number < other.number
    if one.node != other.node:
        return one.node < other.node
    return one.visit < other.visit


@njit
def join(hall: Record, row: int) -> None:
    """The task waits until its batch is let go; from the end of those there forward to its place."""
    task = task_of(hall, row)
    gate = gate_of(hall, task.step)
    earlier, later = gate.last, NONE
    while earlier != NONE and _before(task, task_of(hall, earlier)):
        later = earlier
        earlier = task_of(hall, earlier).earlier
    task.earlier, task.later = earlier, later
    if earlier != NONE:
        task_of(hall, earlier).later = row
    else:
        gate.first = row
    if later != NONE:
        task_of(hall, later).earlier = row
    else:
        gate.last = row
    gate.n += 1
    if gate.n > hall.largest_batch:
        hall.largest_batch = gate.n
        hall.sure_of = 0
    if step_of(hall, task.step).batch_size and not gate.to_count:
        gate.to_count = 1
        hall.gates_to_count += 1


@njit
def _take_out(hall: Record, gate: Record, row: int) -> None:
    task = task_of(hall, row)
    if task.earlier != NONE:
        task_of(hall, task.earlier).later = task.later
    else:
        gate.first = task.later
    if task.later != NONE:
        task_of(hall, task.later).earlier = task.earlier
    else:
        gate.last = task.earlier
    gate.n -= 1


@njit
def _drop_closed(hall: Record, gate: Record) -> None:
    """Let go of the tasks at a gate nobody waits for any more."""
    row = gate.first
    while row != NONE:
        task = task_of(hall, row)
        later = task.later
        if case_of(hall, task.case).closed:
            _take_out(hall, gate, row)
            end_task(hall, row)
        row = later


@njit
def _let_go(hall: Record, number: int, gate: Record, size: int) -> None:
    """The first so many go on: together, or each for itself."""
    step = step_of(hall, number)
    leader, last = NONE, NONE
    for _ in range(size):
        row = gate.first
        _take_out(hall, gate, row)
        task = task_of(hall, row)
        task.released = hall.now
        if step.pool < 0:
            start_without_pool(hall, row)
        elif not step.together:
            queues.join(hall, row)
        elif leader == NONE:
            leader, last = row, row
        else:
            task_of(hall, last).next_of_group = row
            last = row
    if leader != NONE:
        queues.join(hall, leader)


@njit
def let_go_full(hall: Record, number: int) -> None:
    """Batches of a step that have their size go."""
    gate, size = gate_of(hall, number), step_of(hall, number).batch_size
    gate.to_count = 0
    hall.gates_to_count -= 1
    _drop_closed(hall, gate)
    while gate.n >= size:
        _let_go(hall, number, gate, size)


@njit
def open_by_timetable(hall: Record, number: int, nth: int) -> None:
    """All that are at the gate of a step go at its `nth` moment."""
    gate = gate_of(hall, number)
    _drop_closed(hall, gate)
    _let_go(hall, number, gate, gate.n)
    expect_moment(hall, number, nth + 1)


@njit
def expect_moment(hall: Record, number: int, nth: int) -> None:
    """Expect the `nth` moment of the gate of a step."""
    gate = gate_of(hall, number)
    if nth < gate.n_moments:
        moment = number_of(hall.gate_moments, gate.first_moment + nth)
        agenda.at(hall, moment, agenda.GATE, number, 0, nth, number)
