"""Queues of pools: tasks in order, one list of applicants and one of papers for each priority."""

from __future__ import annotations

from numba import njit

from simulation.engines.compiled.layout import NONE, QUEUE
from simulation.engines.compiled.memory import end_job, is_gone, pool_of, task_of
from simulation.engines.compiled.pointers import Record, record_at


@njit
def _queue_of(hall: Record, pool: Record, priority: int) -> Record:
    number = pool.first_queue
    while record_at(hall.queues, number, QUEUE).priority != priority:
        number += 1
    return record_at(hall.queues, number, QUEUE)


@njit
def _before(one: Record, other: Record) -> bool:
    if one.enabled != other.enabled:
        return one.enabled < other.enabled
    if one.number != other.number:
        return one.number < other.number
    if one.step != other.step:
        return one.step < other.step
    return one.visit < other.visit


@njit(forceinline=True)
def join(hall: Record, row: int) -> None:
    """The task waits; from the end of its queue forward to its place."""
    task = task_of(hall, row)
    pool = pool_of(hall, task.pool)
    queue = _queue_of(hall, pool, task.priority)
    earlier = queue.last_applicant if task.present else queue.last_paper
    later = NONE
    while earlier != NONE and _before(task, task_of(hall, earlier)):
        later = earlier
        earlier = task_of(hall, earlier).earlier
    task.earlier = earlier
    task.later = later
    if earlier != NONE:
        task_of(hall, earlier).later = row
    elif task.present:
        queue.first_applicant = row
    else:
        queue.first_paper = row
    if later != NONE:
        task_of(hall, later).earlier = row
    elif task.present:
        queue.last_applicant = row
    else:
        queue.last_paper = row
    look_at(hall, pool)


@njit
def leave(hall: Record, row: int) -> None:
    """The task is taken out of its queue."""
    task = task_of(hall, row)
    queue = _queue_of(hall, pool_of(hall, task.pool), task.priority)
    if task.earlier != NONE:
        task_of(hall, task.earlier).later = task.later
    elif task.present:
        queue.first_applicant = task.later
    else:
        queue.first_paper = task.later
    if task.later != NONE:
        task_of(hall, task.later).earlier = task.earlier
    elif task.present:
        queue.last_applicant = task.earlier
    else:
        queue.last_paper = task.earlier


@njit
def look_at(hall: Record, pool: Record) -> None:
    """Something may have become possible in this pool."""
    hall.pools_to_look_at += 1 - pool.to_look_at
    pool.to_look_at = 1


@njit
def _first_open(hall: Record, pool: Record, applicants: bool) -> int:
    """The first job of a pool somebody waits for; the others are dropped as they come up."""
    for number in range(pool.first_queue, pool.first_queue + pool.n_queues):
        queue = record_at(hall.queues, number, QUEUE)
        row = queue.first_applicant if applicants else queue.first_paper
        while row != NONE:
            if not is_gone(hall, row):
                return row
            leave(hall, row)
            end_job(hall, row)
            row = queue.first_applicant if applicants else queue.first_paper
    return NONE


@njit(forceinline=True)
def first_to_start(hall: Record, pool: Record) -> int:
    """The next task of a pool that can be started, `NONE` if there is none."""
    paper = _first_open(hall, pool, False)
    if not hall.people_inside:
        return paper
    applicant = _first_open(hall, pool, True)
    if applicant == NONE:
        return paper
    if paper == NONE:
        return applicant
    one, other = task_of(hall, paper), task_of(hall, applicant)
    if one.priority != other.priority:
        return paper if one.priority < other.priority else applicant
    return paper if _before(one, other) else applicant


@njit
def people_waiting(hall: Record) -> int:
    """People with a ticket, all pools together."""
    found = 0
    for number in range(hall.n_pools):
        pool = pool_of(hall, number)
        for place in range(pool.first_queue, pool.first_queue + pool.n_queues):
            row = record_at(hall.queues, place, QUEUE).first_applicant
            while row != NONE:
                found += not is_gone(hall, row)
                row = task_of(hall, row).later
    return found
