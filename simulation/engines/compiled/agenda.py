"""What is due when: a heap ordered by moment, round of the instant, kind, case, node, step, visit.

What becomes due at the instant under way belongs to its next round, so an instant can be worked off from the
top of the heap.
"""

from __future__ import annotations

from numba import njit

from simulation.engines.compiled.layout import DUE
from simulation.engines.compiled.memory import case_of, task_of
from simulation.engines.compiled.pointers import Record, record_at
from simulation.engines.reference import agenda

COMPLETION, DELAY_OVER = int(agenda.Kind.COMPLETION), int(agenda.Kind.DELAY_OVER)
TICKET, ARRIVAL = int(agenda.Kind.TICKET), int(agenda.Kind.ARRIVAL)
GIVES_UP, MACHINE, GATE = int(agenda.Kind.GIVES_UP), int(agenda.Kind.MACHINE), int(agenda.Kind.GATE)
CASE_BITS, VISIT_BITS = 48, 32
CHILDREN = 4  # of each place of the heap: flatter than with two


@njit
def _before(one: Record, other: Record) -> bool:
    if one.moment != other.moment:
        return one.moment < other.moment
    if one.round != other.round:
        return one.round < other.round
    if one.order != other.order:
        return one.order < other.order
    return one.place < other.place


@njit
def _copy(source: Record, target: Record) -> None:
    target.moment = source.moment
    target.order = source.order
    target.place = source.place
    target.round = source.round
    target.subject = source.subject


@njit
def place_of(hall: Record, node: int, step: int) -> int:
    """A step at a node, or the node itself where there are no steps, as one number."""
    return node * (hall.n_steps + 1) + step


@njit
def of_task(hall: Record, moment: int, kind: int, row: int) -> None:
    """Something is due with a task, told apart at its instant by case, node, step and visit."""
    task = task_of(hall, row)
    at(hall, moment, kind, task.number, place_of(hall, task.node, task.step), task.visit, row)


@njit
def is_of(hall: Record, order: int, place: int, task: Record) -> bool:
    """Whether what was due, with this order and place, is about this task, not an earlier one of its row."""
    return (
        task.number == order & ((1 << CASE_BITS) - 1)
        and place_of(hall, task.node, task.step) == place >> VISIT_BITS
        and task.visit == place & ((1 << VISIT_BITS) - 1)
    )


@njit
def of_case(hall: Record, moment: int, kind: int, row: int, node: int, count: int) -> None:
    """Something is due with a case at a node, the `count`-th time."""
    case = case_of(hall, row)
    at(hall, moment, kind, case.number, place_of(hall, node, 0), count, case_in(row))


@njit
def case_in(number: int) -> int:
    """A row of a case told apart from rows of tasks, and back."""
    return -1 - number


@njit
def at(hall: Record, moment: int, kind: int, case: int, place: int, visit: int, subject: int) -> None:
    """Something is due at a moment not before now; nothing at or after the horizon happens."""
    if moment >= hall.horizon:
        return
    where = hall.agenda_size
    hall.agenda_size = where + 1
    new = record_at(hall.new_due, 0, DUE)
    new.moment = moment
    new.order = kind << CASE_BITS | case
    new.place = place << VISIT_BITS | visit
    new.round = hall.round + 1 if moment == hall.now else 0
    new.subject = subject
    while where > 0:
        above = (where - 1) // CHILDREN
        parent = record_at(hall.agenda, above, DUE)
        if not _before(new, parent):
            break
        _copy(parent, record_at(hall.agenda, where, DUE))
        where = above
    _copy(new, record_at(hall.agenda, where, DUE))


@njit(forceinline=True)
def remove_first(hall: Record) -> None:
    """Take the top off the heap."""
    size = hall.agenda_size - 1
    hall.agenda_size = size
    last = record_at(hall.agenda, size, DUE)
    place, child = 0, 1
    while child < size:
        below = record_at(hall.agenda, child, DUE)
        for other in range(child + 1, min(child + CHILDREN, size)):
            if _before(record_at(hall.agenda, other, DUE), below):
                child = other
                below = record_at(hall.agenda, child, DUE)
        if not _before(below, last):
            break
        _copy(below, record_at(hall.agenda, place, DUE))
        place, child = child, CHILDREN * child + 1
    _copy(last, record_at(hall.agenda, place, DUE))
