"""Rows of the tables of a hall, and the cases and tasks alive, whose rows are used again."""

from __future__ import annotations

from numba import njit

from simulation.engines.cases import Presence
from simulation.engines.compiled.layout import (
    ARRIVALS,
    ASKED,
    CASE,
    COUNTER,
    MEMBER,
    NODE,
    NONE,
    NUMBER,
    POOL,
    STEP,
    TASK,
)
from simulation.engines.compiled.pointers import Record, record_at
from simulation.engines.flow_program import NOTHING_YET
from simulation.engines.open_time import NEVER

AT_THE_DOOR = int(Presence.AT_THE_DOOR)


@njit
def step_of(hall: Record, number: int) -> Record:
    """A step of the model."""
    return record_at(hall.steps, number, STEP)


@njit
def node_of(hall: Record, number: int) -> Record:
    """A node of the flow."""
    return record_at(hall.nodes, number, NODE)


@njit
def asked_of(hall: Record, step: Record, number: int) -> Record:
    """A material a step asks for."""
    return record_at(hall.asked, step.first_asked + number, ASKED)


@njit
def arrivals_of(hall: Record, case: Record) -> Record:
    """The arrivals through which a case came."""
    return record_at(hall.arrivals, case.arrivals, ARRIVALS)


@njit
def member_of(hall: Record, number: int) -> Record:
    """A member of staff or a machine."""
    return record_at(hall.members, number, MEMBER)


@njit
def pool_of(hall: Record, number: int) -> Record:
    """A pool."""
    return record_at(hall.pools, number, POOL)


@njit
def case_of(hall: Record, number: int) -> Record:
    """The case in this row."""
    return record_at(hall.cases, number, CASE)


@njit
def task_of(hall: Record, number: int) -> Record:
    """The task in this row."""
    return record_at(hall.tasks, number, TASK)


@njit
def counter_of(hall: Record, case: int, slot: int) -> Record:
    """A counter of the case in this row."""
    return record_at(hall.counters, case * hall.n_slots + slot, COUNTER)


@njit
def number_of(address: int, place: int) -> int:
    """A whole number of a list."""
    return record_at(address, place, NUMBER).value


@njit
def count_up(hall: Record, case: int, slot: int) -> int:
    """Add one to a counter; returns what it was."""
    counter = counter_of(hall, case, slot)
    counter.value += 1
    return counter.value - 1


@njit
def has_room(hall: Record) -> bool:
    """Whether one more thing can be executed without a table running full."""
    most = hall.most_at_once
    return (
        hall.live_tasks + most <= hall.task_room
        and hall.agenda_size + most <= hall.agenda_room
        and hall.n_visits + most <= hall.visit_room
        and hall.live_cases < hall.case_room
    )


@njit
def new_case(hall: Record, number: int) -> int:
    """A row for the case of this number, nothing of it done yet."""
    row = hall.free_case
    if row != NONE:
        hall.free_case = case_of(hall, row).next_free
    else:
        row = hall.n_cases
        hall.n_cases += 1
    hall.live_cases += 1
    for slot in range(hall.n_slots):
        counter_of(hall, row, slot).value = 0
    case = case_of(hall, row)
    case.number = number
    case.arrivals = number_of(hall.person_arrivals, number)
    case.stream = arrivals_of(hall, case).stream
    case.word = number_of(hall.person_day, number) << 16 | number_of(hall.person_index, number)
    case.last = NOTHING_YET
    case.before_last = NOTHING_YET
    case.running = 0
    case.staying = 0
    case.line = NONE
    case.references = 0
    case.presence = AT_THE_DOOR
    case.attended = 0
    case.closed = 0
    case.finished = 0
    case.settling = 0
    return row


@njit
def refer_to(hall: Record, row: int) -> None:
    """Something that will come up later knows the case."""
    case_of(hall, row).references += 1


@njit
def forget(hall: Record, row: int) -> None:
    """It has come up; the row of a finished case nobody knows any more is free."""
    case = case_of(hall, row)
    case.references -= 1
    if case.finished and case.references == 0:
        case.next_free = hall.free_case
        hall.free_case = row
        hall.live_cases -= 1


@njit
def new_task(hall: Record, case: int, node: int, step: int, returns: int) -> int:
    """A row for the next visit of a case to a step."""
    row = hall.free_task
    if row != NONE:
        hall.free_task = task_of(hall, row).later
    else:
        row = hall.n_tasks
        hall.n_tasks += 1
    hall.live_tasks += 1
    refer_to(hall, case)
    task = task_of(hall, row)
    task.case = case
    task.number = case_of(hall, case).number
    task.node = node
    task.step = step
    task.visit = count_up(hall, case, step_of(hall, step).slot)
    task.returns = returns
    task.handed = 0
    task.fetched = 0
    task.stays = 0
    task.drawn = 0
    task.reached = hall.now
    task.enabled = NEVER
    task.member = NONE
    return row


@njit
def end_task(hall: Record, row: int) -> None:
    """The task is over or will never begin."""
    task = task_of(hall, row)
    task.later = hall.free_task
    hall.free_task = row
    hall.live_tasks -= 1
    forget(hall, task.case)
