"""What is due when: a heap ordered by moment, round of the instant, kind, case, node, visit.

What becomes due at the instant under way belongs to its next round, so an instant can be worked off from the
top of the heap.
"""

from __future__ import annotations

from numba import njit

from simulation.engines import agenda
from simulation.engines.compiled.layout import DUE
from simulation.engines.compiled.pointers import Record, record_at

COMPLETION, DELAY_OVER = int(agenda.Kind.COMPLETION), int(agenda.Kind.DELAY_OVER)
TICKET, ARRIVAL = int(agenda.Kind.TICKET), int(agenda.Kind.ARRIVAL)
CASE_BITS, VISIT_BITS = 48, 32


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
def at(hall: Record, moment: int, kind: int, case: int, node: int, visit: int, subject: int) -> None:
    """Something is due at a moment not before now; nothing at or after the horizon happens."""
    if moment >= hall.horizon:
        return
    place = hall.agenda_size
    hall.agenda_size = place + 1
    new = record_at(hall.new_due, 0, DUE)
    new.moment = moment
    new.order = kind << CASE_BITS | case
    new.place = node << VISIT_BITS | visit
    new.round = hall.round + 1 if moment == hall.now else 0
    new.subject = subject
    while place > 0:
        parent = record_at(hall.agenda, (place - 1) >> 1, DUE)
        if not _before(new, parent):
            break
        _copy(parent, record_at(hall.agenda, place, DUE))
        place = (place - 1) >> 1
    _copy(new, record_at(hall.agenda, place, DUE))


@njit
def remove_first(hall: Record) -> None:
    """Take the top off the heap."""
    size = hall.agenda_size - 1
    hall.agenda_size = size
    last = record_at(hall.agenda, size, DUE)
    place, child = 0, 1
    while child < size:
        below = record_at(hall.agenda, child, DUE)
        if child + 1 < size and _before(record_at(hall.agenda, child + 1, DUE), below):
            child += 1
            below = record_at(hall.agenda, child, DUE)
        if not _before(below, last):
            break
        _copy(below, record_at(hall.agenda, place, DUE))
        place, child = child, 2 * child + 1
    _copy(last, record_at(hall.agenda, place, DUE))
