"""Rows of the tables of a hall, and the cases and tasks alive, whose rows are used again."""

from __future__ import annotations

from numba import njit

from simulation.engines.compiled.layout import (
    ARRIVALS,
    ASKED,
    CASE,
    GATE,
    MEMBER,
    NODE,
    NONE,
    NUMBER,
    POOL,
    REPAIR_PRIORITY,
    STEP,
    TASK,
)
from simulation.engines.compiled.pointers import Record, record_at
from simulation.engines.program.open_time import NEVER
from simulation.engines.reference.cases import Presence

AT_THE_DOOR = int(Presence.AT_THE_DOOR)
OF_NO_CASE, NOT_IN_USE = -1, -2  # in place of the number of a case


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
def gate_of(hall: Record, step: int) -> Record:
    """The gate of a step."""
    return record_at(hall.gates, step, GATE)


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
    return record_at(hall.counters, case * hall.n_slots + slot, NUMBER)


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
    """Whether one more thing can be executed without a table running full; is asked before each."""
    if hall.sure_of == 0:
        hall.sure_of = _things_with_room(hall)
        if hall.sure_of == 0:
            return False
    hall.sure_of -= 1
    return True


@njit
def _things_with_room(hall: Record) -> int:
    """How many more can be executed whatever they are; see `engine.CompiledRun._give_room`."""
    tasks, dues = hall.task_room - hall.live_tasks, hall.agenda_room - hall.agenda_size
    found = min(tasks, dues) // (hall.most_at_once + hall.largest_batch)
    found = min(found, hall.visit_room - hall.n_visits)
    return min(found, hall.repair_room - hall.n_repairs, hall.case_room - hall.live_cases)


@njit(forceinline=True)
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
    case.slot = number_of(hall.person_slot, number)
    arrivals = arrivals_of(hall, case)
    case.stream = arrivals.stream
    case.word = number_of(hall.person_day, number) << 16 | number_of(hall.person_index, number)
    case.last = arrivals.last
    case.before_last = arrivals.before_last
    case.running = 0
    case.staying = 0
    case.line = NONE
    case.references = 0
    case.presence = AT_THE_DOOR
    case.attended = 0
    case.served = 0
    case.closed = 0
    case.finished = 0
    case.settling = 0
    case.pool = NONE
    case.kept = NONE
    case.returned = NONE
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
def _new_row(hall: Record) -> int:
    row = hall.free_task
    if row != NONE:
        hall.free_task = task_of(hall, row).later
    else:
        row = hall.n_tasks
        hall.n_tasks += 1
    hall.live_tasks += 1
    return row


@njit
def new_task(hall: Record, of_case: int, node: int, number: int, returns: int) -> int:
    """A row for the next visit of a case to a step."""
    row = _new_row(hall)
    refer_to(hall, of_case)
    task, case, step = task_of(hall, row), case_of(hall, of_case), step_of(hall, number)
    task.case = of_case
    task.number = case.number
    task.node = node
    task.step = number
    task.visit = count_up(hall, of_case, step.slot)
    task.pool = step.pool
    task.present = step.present
    task.priority = step.priority + arrivals_of(hall, case).priority
    task.returns = returns
    task.again = 0
    task.handed = 0
    task.fetched = 0
    task.stays = 0
    task.drawn = 0
    task.reached = hall.now
    task.enabled = NEVER
    task.start = NEVER
    task.end = NEVER
    task.member = NONE
    task.next_of_group = NONE
    return row


@njit
def new_repair(hall: Record, machine: int, number: int, pool: int) -> int:
    """A row for the repair of a machine, a job like a task but of no case."""
    row = _new_row(hall)
    task = task_of(hall, row)
    task.case = NONE
    task.number = OF_NO_CASE
    task.node = 1
    task.step = machine
    task.visit = number
    task.pool = pool
    task.present = 0
    task.priority = REPAIR_PRIORITY
    task.enabled = hall.now
    task.start = NEVER
    task.end = NEVER
    task.member = NONE
    task.next_of_group = NONE
    return row


@njit
def end_task(hall: Record, row: int) -> None:
    """The task is over or will never begin."""
    task = task_of(hall, row)
    task.number = NOT_IN_USE
    task.later = hall.free_task
    hall.free_task = row
    hall.live_tasks -= 1
    if task.case != NONE:
        forget(hall, task.case)


@njit
def is_gone(hall: Record, row: int) -> bool:
    """Whether nobody waits any more for a job: a task, a group of them or a repair."""
    while row != NONE:
        task = task_of(hall, row)
        if task.case == NONE or not case_of(hall, task.case).closed:
            return False
        row = task.next_of_group
    return True


@njit
def end_job(hall: Record, row: int) -> None:
    """`end_task` for a task or all of a group."""
    while row != NONE:
        following = task_of(hall, row).next_of_group
        end_task(hall, row)
        row = following
