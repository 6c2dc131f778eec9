"""Applicants: in line for counters, on their way, in the hall; one counter at a time."""

from __future__ import annotations

from numba import njit

from mining.working_time import MS_PER_DAY
from simulation.engines.compiled import agenda, open_hours
from simulation.engines.compiled.chance import of_task, task_ms, whole
from simulation.engines.compiled.layout import NONE, NUMBER, PROFILE, STRETCH
from simulation.engines.compiled.memory import (
    arrivals_of,
    case_of,
    end_task,
    forget,
    number_of,
    refer_to,
    step_of,
    task_of,
)
from simulation.engines.compiled.pointers import Record, record_at
from simulation.engines.program.open_time import NEVER
from simulation.engines.randomness import COME_BACK, CONTINUE, TIME_OF_DAY, WALK
from simulation.engines.reference.cases import Presence

AWAY, AT_THE_DOOR, IN_HALL = int(Presence.AWAY), int(Presence.AT_THE_DOOR), int(Presence.IN_HALL)
ROW_BITS = 28  # of a case to settle: its number, then its row


@njit
def look_after(hall: Record, row: int) -> None:
    """At the end of the instant it is decided where the applicant of this case goes."""
    case = case_of(hall, row)
    if case.settling:
        return
    case.settling = 1
    refer_to(hall, row)
    key = case.number << ROW_BITS | row
    place = hall.settling_size
    hall.settling_size = place + 1
    while place > 0:
        parent = record_at(hall.settling, (place - 1) >> 1, NUMBER)
        if parent.value < key:
            break
        record_at(hall.settling, place, NUMBER).value = parent.value
        place = (place - 1) >> 1
    record_at(hall.settling, place, NUMBER).value = key


@njit(forceinline=True)
def _next_to_settle(hall: Record) -> int:
    """The row of the lowest case number to settle, taken off the heap."""
    row = number_of(hall.settling, 0) & ((1 << ROW_BITS) - 1)
    size = hall.settling_size - 1
    hall.settling_size = size
    last = number_of(hall.settling, size)
    place, child = 0, 1
    while child < size:
        if child + 1 < size and number_of(hall.settling, child + 1) < number_of(hall.settling, child):
            child += 1
        if last < number_of(hall.settling, child):
            break
        record_at(hall.settling, place, NUMBER).value = number_of(hall.settling, child)
        place, child = child, 2 * child + 1
    record_at(hall.settling, place, NUMBER).value = last
    return row


@njit
def stand_in_line(hall: Record, row: int) -> None:
    """A counter step is ready for the applicant."""
    task = task_of(hall, row)
    case = case_of(hall, task.case)
    task.since = hall.now
    task.later = case.line
    case.line = row
    look_after(hall, task.case)


@njit(forceinline=True)
def _take_first_of_line(hall: Record, case: Record) -> int:
    """The counter step that has waited longest for the applicant; ties by place in the flow, then visit."""
    best, before_best, before, row = case.line, NONE, NONE, case.line
    while row != NONE:
        task, first = task_of(hall, row), task_of(hall, best)
        if task.since < first.since or (task.since == first.since and _comes_first(task, first)):
            best, before_best = row, before
        before, row = row, task.later
    if before_best == NONE:
        case.line = task_of(hall, best).later
    else:
        task_of(hall, before_best).later = task_of(hall, best).later
    return best


@njit
def _comes_first(one: Record, other: Record) -> bool:
    """In the order of the flow; a node has two steps where one is done in place of another."""
    if one.node != other.node:
        return one.node < other.node
    return one.step < other.step or (one.step == other.step and one.visit < other.visit)


@njit
def leave_line(hall: Record, row: int) -> None:
    """Nobody needs the applicant of this case any more."""
    case = case_of(hall, row)
    while case.line != NONE:
        task = case.line
        case.line = task_of(hall, task).later
        end_task(hall, task)


@njit(forceinline=True)
def settle_next(hall: Record) -> int:
    """Decide for the next applicant; returns the task whose ticket is taken at once, `NONE` if none is."""
    row = _next_to_settle(hall)
    case = case_of(hall, row)
    case.settling = 0
    ticket = NONE
    if not case.attended:
        if case.line != NONE:
            ticket = _attend(hall, case, _take_first_of_line(hall, case))
        elif not case.staying:
            case.presence = AWAY
    forget(hall, row)
    return ticket


@njit(forceinline=True)
def _attend(hall: Record, case: Record, row: int) -> int:
    task = task_of(hall, row)
    case.attended = 1
    moment = _next_ticket_of_visit(hall, case, task) if case.presence == IN_HALL else NEVER
    if moment == NEVER:
        moment = _first_ticket(hall, case, task)
    if moment == hall.now:
        return row
    agenda.of_task(hall, moment, agenda.TICKET, row)
    return NONE


@njit(forceinline=True)
def _next_ticket_of_visit(hall: Record, case: Record, task: Record) -> int:
    """The ticket of a further counter on the same day; `NEVER` if the applicant goes home."""
    stream = step_of(hall, task.step).stream
    from_now = hall.now
    if case.pool != task.pool:
        from_now += whole(task_ms(hall, case, task, stream, hall.walk, WALK))
    moment = open_hours.next_open(hall, hall.tickets, from_now)
    if moment // MS_PER_DAY != hall.now // MS_PER_DAY:
        return NEVER
    chance = hall.same_day_continuation
    if chance < 1 and of_task(hall, case, task, stream, CONTINUE) >= chance:
        return NEVER
    return moment


@njit(forceinline=True)
def _first_ticket(hall: Record, case: Record, task: Record) -> int:
    """The first ticket of a new visit; on the day of an appointment not before its slot."""
    slot = case.slot
    case.slot = NONE
    moment = _comes(hall, case, task)
    if slot < 0 or case.presence != AT_THE_DOOR or moment // MS_PER_DAY != slot // MS_PER_DAY:
        return moment
    booked = arrivals_of(hall, case)
    if not booked.books:
        return moment
    if moment <= slot + booked.grace_ms:
        task.priority += booked.booked_priority
    return max(moment, slot)


@njit(forceinline=True)
def _comes(hall: Record, case: Record, task: Record) -> int:
    """When the applicant can take the first ticket of a new visit."""
    at_the_door = case.presence == AT_THE_DOOR
    stream = step_of(hall, task.step).stream
    ready = hall.now
    if not at_the_door and not task.returns and not task.again:
        ready += whole(task_ms(hall, case, task, stream, hall.come_back_after, COME_BACK))
    moment = open_hours.next_open(hall, hall.tickets, ready)
    day = moment // MS_PER_DAY
    another_day = day != ready // MS_PER_DAY
    hall.turned_away += at_the_door and another_day
    if moment >= hall.horizon:
        return NEVER
    if not another_day:
        before_opening = ready < moment and (
            open_hours.last_closing(hall, hall.tickets, ready) <= day * MS_PER_DAY
        )
        if at_the_door or not before_opening:
            return moment
    u = of_task(hall, case, task, stream, TIME_OF_DAY)
    return day * MS_PER_DAY + time_of_day(hall, case.arrivals, number_of(hall.patterns, day), u)


@njit
def time_of_day(hall: Record, arrivals: int, pattern: int, u: float) -> int:
    """When people of these arrivals come back on a day with this pattern of ticket hours."""
    profile = record_at(hall.profiles, arrivals * hall.n_patterns + pattern, PROFILE)
    before = 0.0
    for place in range(profile.first, profile.first + profile.n):
        stretch = record_at(hall.stretches, place, STRETCH)
        if u < stretch.reached:
            return stretch.begin + int((u - before) / (stretch.reached - before) * stretch.length)
        before = stretch.reached
    last = record_at(hall.stretches, profile.first + profile.n - 1, STRETCH)
    return last.begin + last.length - 1
