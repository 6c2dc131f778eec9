"""While a member serves, or a step without pool takes its time."""

from __future__ import annotations

from numba import njit

from simulation.engines.compiled import agenda, open_hours
from simulation.engines.compiled.chance import task_ms, whole
from simulation.engines.compiled.layout import NONE, SHARE
from simulation.engines.compiled.memory import asked_of, case_of, end_task, member_of, step_of, task_of
from simulation.engines.compiled.pointers import Record, record_at
from simulation.engines.program.open_time import NEVER
from simulation.engines.randomness import SERVICE


@njit
def _own_ms(hall: Record, task: Record) -> float:
    step = step_of(hall, task.step)
    return task_ms(hall, case_of(hall, task.case), task, step.stream, step.duration, SERVICE)


@njit
def _checking_ms(hall: Record, task: Record) -> float:
    """Time to check what was handed in."""
    step = step_of(hall, task.step)
    if task.handed == step.all_asked:
        return step.check_all_ms
    total = 0.0
    for number in range(step.n_asked):
        if task.handed >> number & 1:
            total += asked_of(hall, step, number).check_ms
    return total


@njit(forceinline=True)
def start(hall: Record, row: int, number: int) -> None:
    """A member takes up a task or a batch done together: the own time of the first, the checks of all."""
    member = member_of(hall, number)
    first = _without_closed(hall, row)
    task = task_of(hall, first)
    takes_ms = _own_ms(hall, task)
    row = first
    while row != NONE:
        takes_ms += _checking_ms(hall, task_of(hall, row))
        row = task_of(hall, row).next_of_group
    takes = whole(takes_ms / record_at(hall.speeds, number * hall.n_steps + task.step, SHARE).value)
    end = hall.now + takes
    if not task.present:
        end = open_hours.add(hall, member.calendar, hall.now, takes)
    member.free = 0
    member.job = first
    row = first
    while row != NONE:
        task = task_of(hall, row)
        task.member = number
        _under_way(hall, row, task, end)
        row = task.next_of_group


@njit(forceinline=True)
def _without_closed(hall: Record, row: int) -> int:
    """The group without the tasks nobody waits for any more; at least one is left."""
    first, last = NONE, NONE
    while row != NONE:
        task = task_of(hall, row)
        following = task.next_of_group
        if case_of(hall, task.case).closed:
            end_task(hall, row)
        elif first == NONE:
            first, last = row, row
        else:
            task_of(hall, last).next_of_group = row
            last = row
        row = following
    task_of(hall, last).next_of_group = NONE
    return first


@njit
def start_without_pool(hall: Record, row: int) -> None:
    """Working time begins at the next opening, elapsed time and work of no length at once."""
    task = task_of(hall, row)
    if case_of(hall, task.case).closed:
        end_task(hall, row)
        return
    calendar = step_of(hall, task.step).calendar
    takes = whole(_own_ms(hall, task) + _checking_ms(hall, task))
    if calendar < 0 or takes == 0:
        _under_way(hall, row, task, hall.now + takes)
        return
    begin = open_hours.next_open(hall, calendar, hall.now)
    if begin == hall.now:
        _under_way(hall, row, task, open_hours.add(hall, calendar, hall.now, takes))
    else:
        agenda.of_task(hall, begin, agenda.DELAY_OVER, row)


@njit
def _under_way(hall: Record, row: int, task: Record, end: int) -> None:
    case = case_of(hall, task.case)
    task.start = hall.now
    case.running += 1
    if task.present:
        case.served = 1
    task.end = end
    agenda.of_task(hall, end, agenda.COMPLETION, row)


@njit
def interrupt(hall: Record, row: int, calendar: int) -> None:
    """The machine failed: what is left of its job goes on later."""
    while row != NONE:
        task = task_of(hall, row)
        if task.end == NEVER:
            task.left = NEVER
        elif task.present:
            task.left = task.end - hall.now
        else:
            task.left = open_hours.between(hall, calendar, hall.now, task.end)
        task.end = NEVER
        row = task.next_of_group


@njit
def go_on_with(hall: Record, row: int, calendar: int) -> None:
    """The machine works again: its job ends when what was left is done."""
    while row != NONE:
        task = task_of(hall, row)
        if task.present:
            task.end = hall.now + task.left
        else:
            task.end = open_hours.add(hall, calendar, hall.now, task.left)
        if task.case == NONE:
            expect_repaired(hall, row)
        else:
            agenda.of_task(hall, task.end, agenda.COMPLETION, row)
        row = task.next_of_group


REPAIRED = 1  # which of the events of a machine; 0: it fails


@njit
def expect_repaired(hall: Record, row: int) -> None:
    """The repair ends at its end."""
    repair = task_of(hall, row)
    agenda.at(hall, repair.end, agenda.MACHINE, repair.step, REPAIRED, repair.visit, row)
