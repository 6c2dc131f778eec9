"""What was returned is corrected and done again: by itself, or with the other branches of its block."""

from __future__ import annotations

from numba import njit

from simulation.engines.compiled import agenda
from simulation.engines.compiled.before_work import ready_at
from simulation.engines.compiled.chance import task_ms, whole
from simulation.engines.compiled.layout import NONE
from simulation.engines.compiled.memory import (
    case_of,
    counter_of,
    end_task,
    new_task,
    node_of,
    refer_to,
    step_of,
    task_of,
)
from simulation.engines.compiled.pointers import Record
from simulation.engines.program.flow import ALL
from simulation.engines.randomness import CORRECTION

# A task returned in a block that waits for its other branches stays in the list `returned` of its case,
# in the order of the flow; `handed` of it is what was at fault.


@njit
def correction_ms(hall: Record, task: Record) -> int:
    """How long the applicant takes to correct what was returned, and to come back with it."""
    stream = step_of(hall, task.step).stream
    return whole(task_ms(hall, case_of(hall, task.case), task, stream, hall.correction_takes, CORRECTION))


@njit
def do_again(hall: Record, task: Record, at_fault: int, moment: int) -> None:
    """The step is done again with what was at fault alone, from a moment on."""
    row = new_task(hall, task.case, task.node, task.step, task.returns + 1)
    task_of(hall, row).handed = at_fault
    ready_at(hall, moment, row)


@njit
def _before(one: Record, other: Record) -> bool:
    if one.node != other.node:
        return one.node < other.node
    return one.step < other.step or (one.step == other.step and one.visit < other.visit)


@njit
def keep_returned(hall: Record, row: int, at_fault: int) -> None:
    """The task waits, returned, for the other branches of its block."""
    task = task_of(hall, row)
    task.handed = at_fault
    case = case_of(hall, task.case)
    before, after = NONE, case.returned
    while after != NONE and _before(task_of(hall, after), task):
        before, after = after, task_of(hall, after).later
    task.later = after
    if before == NONE:
        case.returned = row
    else:
        task_of(hall, before).later = row


@njit
def forget_returned(hall: Record, row: int) -> None:
    """Nothing of this case is corrected any more."""
    case = case_of(hall, row)
    while case.returned != NONE:
        task = case.returned
        case.returned = task_of(hall, task).later
        end_task(hall, task)


@njit
def correct_block(hall: Record, row: int, fork: int) -> bool:
    """Correct in one go what was returned in a block whose branches all have an answer; False: nothing."""
    case, code = case_of(hall, row), node_of(hall, fork)
    moment, n_returned = -1, 0
    before, at = NONE, case.returned
    while at != NONE:
        task = task_of(hall, at)
        later = task.later
        if node_of(hall, task.node).block == fork:
            if n_returned == 0:
                moment = hall.now + correction_ms(hall, task)
            n_returned += 1
            if code.b != ALL:
                do_again(hall, task, task.handed, moment)
            if before == NONE:
                case.returned = later
            else:
                task_of(hall, before).later = later
            end_task(hall, at)
        else:
            before = at
        at = later
    if n_returned == 0:
        return False
    _expect_again(hall, row, fork, n_returned, moment)
    return True


@njit
def _expect_again(hall: Record, row: int, fork: int, n_returned: int, moment: int) -> None:
    """The join waits for what was returned; a block done all over again begins at a moment."""
    code = node_of(hall, fork)
    rounds = counter_of(hall, row, code.slot_2)
    rounds.value += 1
    counter_of(hall, row, code.slot).value = n_returned
    if code.b == ALL:
        refer_to(hall, row)
        agenda.of_case(hall, moment, agenda.DELAY_OVER, row, fork, rounds.value)
