"""Members of staff: who is on duty, who is free, who serves."""

from __future__ import annotations

from numba import njit

from simulation.engines.compiled.layout import NONE
from simulation.engines.compiled.memory import member_of, number_of, pool_of
from simulation.engines.compiled.pointers import Record
from simulation.engines.compiled.queues import look_at, people_waiting
from simulation.engines.program.open_time import NEVER


@njit
def look_at_pools_of(hall: Record, number: int) -> None:
    """A member can serve again: something may have become possible in the pools served."""
    member = member_of(hall, number)
    for place in range(member.first_pool, member.first_pool + member.n_pools):
        look_at(hall, pool_of(hall, number_of(hall.pools_of_member, place)))


@njit
def free_member(hall: Record, number: int) -> None:
    """The member has finished a task."""
    member = member_of(hall, number)
    member.free = 1
    member.job = NONE
    member.idle_since = hall.now
    look_at_pools_of(hall, number)


@njit(forceinline=True)
def longest_idle(hall: Record, pool: Record) -> int:
    """The member of a pool who is free, on duty and idle longest, `NONE` if there is nobody."""
    best, since = NONE, NEVER
    for place in range(pool.first_member, pool.first_member + pool.n_members):
        number = number_of(hall.members_of_pool, place)
        member = member_of(hall, number)
        if member.free and member.on_duty and not member.down and member.idle_since < since:
            best, since = number, member.idle_since
    return best


@njit
def calendar_changes(hall: Record, calendar: int, opens: int) -> None:
    """Members who keep this calendar come on or go off duty."""
    for number in range(hall.n_members):
        member = member_of(hall, number)
        if member.calendar == calendar:
            member.on_duty = opens
            if opens:
                look_at_pools_of(hall, number)


@njit
def hall_changes(hall: Record, opens: int) -> None:
    """People come in, or have to leave with their tickets."""
    hall.people_inside = opens
    if opens:
        for number in range(hall.n_pools):
            look_at(hall, pool_of(hall, number))
    else:
        hall.left_with_ticket += people_waiting(hall)
