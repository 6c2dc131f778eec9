"""From reaching a step to waiting for it: delay, fetched materials, the applicant, the gate, the queue."""

from __future__ import annotations

from numba import njit

from simulation.engines.compiled import agenda, gates, open_hours, queues
from simulation.engines.compiled.chance import task_ms, uniform, whole
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
from simulation.engines.compiled.pointers import Record
from simulation.engines.compiled.service import start_without_pool
from simulation.engines.program.open_time import NEVER
from simulation.engines.randomness import AVAILABLE, DELAY, PATIENCE


@njit
def reach(hall: Record, of_case: int, node: int, number: int, returns: int) -> None:
    """A case comes to a step: its delay passes and its shared materials are fetched."""
    row = new_task(hall, of_case, node, number, returns)
    task, step, case = task_of(hall, row), step_of(hall, number), case_of(hall, of_case)
    delay = whole(task_ms(hall, case, task, step.stream, step.delay, DELAY))
    if step.delay_calendar < 0:
        begin = hall.now + delay
    else:
        begin = open_hours.add(hall, step.delay_calendar, hall.now, delay)
    moment = begin + _fetch(hall, case, task, step)
    if moment == hall.now:
        ready(hall, row)
        return
    if step.present and begin == hall.now and case.presence != AWAY:
        task.stays = 1
        case.staying += 1
    ready_at(hall, moment, row)


@njit
def ready_at(hall: Record, moment: int, row: int) -> None:
    """The task is ready at a later moment."""
    agenda.of_task(hall, moment, agenda.DELAY_OVER, row)


@njit(forceinline=True)
def _fetch(hall: Record, case: Record, task: Record, step: Record) -> int:
    """Decide which materials are fetched and which handed in; returns how long the fetching takes."""
    if not step.any_shared:
        task.handed = step.all_asked
        return 0
    longest = 0
    for number in range(step.n_asked):
        asked = asked_of(hall, step, number)
        if asked.shared and (
            asked.available >= 1 or uniform(hall, case, asked.stream, task.visit, AVAILABLE) < asked.available
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
    elif task.present:
        stand_in_line(hall, row)
    else:
        enable(hall, row)


@njit
def enable(hall: Record, row: int) -> None:
    """The work can begin: it waits at its gate or in its queue, or begins where nobody is short of hands."""
    task = task_of(hall, row)
    step = step_of(hall, task.step)
    task.enabled = hall.now
    task.released = hall.now
    if task.present:
        case_of(hall, task.case).pool = task.pool
    if step.gathers:
        gates.join(hall, row)
    elif task.pool >= 0:
        queues.join(hall, row)
    else:
        start_without_pool(hall, row)


@njit
def takes_ticket(hall: Record, row: int) -> None:
    """The applicant stands in the hall with a ticket for this step, and her patience begins to run."""
    task = task_of(hall, row)
    case = case_of(hall, task.case)
    if case.closed:
        end_task(hall, row)
        return
    case.presence = IN_HALL
    enable(hall, row)
    patience = arrivals_of(hall, case).patience
    if patience >= 0 and task.pool >= 0:
        stream = step_of(hall, task.step).stream
        length = whole(task_ms(hall, case, task, stream, patience, PATIENCE))
        moment = open_hours.add(hall, hall.inside, hall.now, length)
        if moment != NEVER:
            agenda.of_task(hall, moment, agenda.GIVES_UP, row)
