"""From reaching a step to being under way: delay, fetched materials, the applicant, the queue."""

from __future__ import annotations

from numba import njit

from simulation.engines.compiled import agenda, open_hours
from simulation.engines.compiled.chance import exact_ms, of_task, task_ms, uniform, whole
from simulation.engines.compiled.layout import MEMBER, NONE, SHARE
from simulation.engines.compiled.memory import (
    arrivals_of,
    asked_of,
    case_of,
    end_task,
    new_task,
    step_of,
    task_of,
)
from simulation.engines.compiled.people import AWAY, IN_HALL, stand_in_line
from simulation.engines.compiled.pointers import Record, record_at
from simulation.engines.compiled.queues import join
from simulation.engines.randomness import AVAILABLE, DELAY, SERVICE


@njit
def reach(hall: Record, row: int, node: int, number: int) -> None:
    """The flow reaches a step: its delay passes and its shared materials are fetched."""
    made = new_task(hall, row, node, number, 0)
    task, step, case = task_of(hall, made), step_of(hall, number), case_of(hall, row)
    delay = whole(task_ms(hall, case, task, step.stream, step.delay, DELAY))
    if step.delay_calendar < 0:
        begin = hall.now + delay
    else:
        begin = open_hours.add(hall, step.delay_calendar, hall.now, delay)
    moment = begin + _fetch(hall, case, task, step)
    if moment == hall.now:
        ready(hall, made)
        return
    if step.present and begin == hall.now and case.presence != AWAY:
        task.stays = 1
        case.staying += 1
    ready_at(hall, moment, made)


@njit
def ready_at(hall: Record, moment: int, row: int) -> None:
    """The task is ready at a later moment."""
    task = task_of(hall, row)
    agenda.at(hall, moment, agenda.DELAY_OVER, task.number, task.node, task.visit, row)


@njit
def _fetch(hall: Record, case: Record, task: Record, step: Record) -> int:
    """Decide which materials are fetched and which handed in; returns how long the fetching takes."""
    if not step.any_shared:
        task.handed = step.all_asked
        return 0
    longest = 0
    for number in range(step.n_asked):
        asked = asked_of(hall, step, number)
        if asked.shared and (
            asked.available >= 1
            or uniform(hall, case, asked.stream, task.visit, AVAILABLE) < asked.available
        ):
            task.fetched |= 1 << number
            longest = max(longest, asked.shared_ms)
        else:
            task.handed |= 1 << number
    return longest


@njit
def ready(hall: Record, row: int) -> None:
    """The step can be done: by the applicant when she is free, else at once."""
    task = task_of(hall, row)
    case = case_of(hall, task.case)
    if task.stays:
        task.stays = 0
        case.staying -= 1
    if case.closed:
        end_task(hall, row)
    elif step_of(hall, task.step).present:
        stand_in_line(hall, row)
    else:
        enable(hall, row)


@njit
def takes_ticket(hall: Record, row: int) -> None:
    """The applicant stands in the hall with a ticket for this step."""
    case = case_of(hall, task_of(hall, row).case)
    if case.closed:
        end_task(hall, row)
        return
    case.presence = IN_HALL
    enable(hall, row)


@njit
def enable(hall: Record, row: int) -> None:
    """The work can begin: it waits in its queue, or begins where nobody is short of hands."""
    task = task_of(hall, row)
    step = step_of(hall, task.step)
    task.enabled = hall.now
    task.released = hall.now
    task.priority = step.priority + arrivals_of(hall, case_of(hall, task.case)).priority
    if step.pool >= 0:
        join(hall, row)
    else:
        start_without_pool(hall, row)


@njit
def _service_ms(hall: Record, task: Record, step: Record, speed: float) -> int:
    case = case_of(hall, task.case)
    time = task_ms(hall, case, task, step.stream, step.duration, SERVICE)
    checking = step.check_all_ms
    if task.handed != step.all_asked:
        checking = 0.0
        for number in range(step.n_asked):
            if task.handed >> number & 1:
                checking += asked_of(hall, step, number).check_ms
    return whole((time + checking) / speed)


@njit
def start(hall: Record, row: int, number: int) -> None:
    """A member takes up the task."""
    task = task_of(hall, row)
    step = step_of(hall, task.step)
    member = record_at(hall.members, number, MEMBER)
    member.free = 0
    task.member = number
    speed = record_at(hall.speeds, number * hall.n_steps + task.step, SHARE).value
    service = _service_ms(hall, task, step, speed)
    if step.present:
        _under_way(hall, row, task, hall.now + service)
    else:
        _under_way(hall, row, task, open_hours.add(hall, member.calendar, hall.now, service))


@njit
def start_without_pool(hall: Record, row: int) -> None:
    """Working time begins at the next opening, elapsed time and work of no length at once."""
    task = task_of(hall, row)
    if case_of(hall, task.case).closed:
        end_task(hall, row)
        return
    step = step_of(hall, task.step)
    service = _service_ms(hall, task, step, 1.0)
    if step.calendar < 0 or service == 0:
        _under_way(hall, row, task, hall.now + service)
        return
    begin = open_hours.next_open(hall, step.calendar, hall.now)
    if begin == hall.now:
        _under_way(hall, row, task, open_hours.add(hall, step.calendar, hall.now, service))
    else:
        ready_at(hall, begin, row)


@njit
def _under_way(hall: Record, row: int, task: Record, end: int) -> None:
    task.start = hall.now
    case_of(hall, task.case).running += 1
    agenda.at(hall, end, agenda.COMPLETION, task.number, task.node, task.visit, row)
