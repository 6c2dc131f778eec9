"""The run: instant by instant, everything due in order, then applicants, then queues, again and again."""

from __future__ import annotations

from numba import njit

from mining.working_time import MS_PER_DAY
from simulation.engines.compiled import agenda
from simulation.engines.compiled.after_work import complete
from simulation.engines.compiled.before_work import ready, start, start_without_pool, takes_ticket
from simulation.engines.compiled.desks import calendar_changes, hall_changes, longest_idle
from simulation.engines.compiled.flow import go_on
from simulation.engines.compiled.layout import CHANGE, DUE, HALL, NONE, NUMBER
from simulation.engines.compiled.memory import (
    case_of,
    forget,
    has_room,
    new_case,
    node_of,
    number_of,
    pool_of,
    refer_to,
    task_of,
)
from simulation.engines.compiled.people import look_after, settle_next
from simulation.engines.compiled.pointers import Record, record_at
from simulation.engines.compiled.queues import first_to_start, leave
from simulation.engines.flow_program import WAIT
from simulation.engines.open_time import NEVER

NEXT_INSTANT, WHAT_IS_DUE, APPLICANTS, QUEUES = range(4)  # phases of an instant
OVER, NEEDS_ROOM, NEEDS_PEOPLE = range(3)  # why the kernel returns


@njit(nogil=True)
def run(address: int) -> int:
    """Run the hall at this address on; returns why it stopped. May be called again after it was helped."""
    hall = record_at(address, 0, HALL)
    while True:
        if hall.phase == NEXT_INSTANT:
            if hall.next_person == hall.n_people and not hall.all_people_known:
                return NEEDS_PEOPLE
            if _is_over(hall):
                return OVER
            hall.round = 0
            hall.phase = WHAT_IS_DUE
        while hall.phase == WHAT_IS_DUE:
            if not has_room(hall):
                return NEEDS_ROOM
            if not _execute_next(hall):
                hall.phase = APPLICANTS
        while hall.phase == APPLICANTS:
            if not has_room(hall):
                return NEEDS_ROOM
            if hall.settling_size == 0:
                hall.next_pool = 0
                hall.phase = QUEUES
            else:
                ticket = settle_next(hall)
                if ticket != NONE:
                    takes_ticket(hall, ticket)
        while hall.phase == QUEUES:
            if not has_room(hall):
                return NEEDS_ROOM
            if hall.pools_to_look_at == 0:
                hall.phase = NEXT_INSTANT
            else:
                _hand_out_one(hall)
        if _more_is_due_now(hall):
            hall.round += 1
            hall.phase = WHAT_IS_DUE
        elif hall.unfinished == 0 and hall.now >= hall.earliest_stop:
            hall.end = hall.now
            return OVER


@njit
def _is_over(hall: Record) -> bool:
    """Go to the next moment at which something happens; whether there is none before the horizon."""
    moment = hall.horizon
    if hall.agenda_size > 0:
        moment = min(moment, record_at(hall.agenda, 0, DUE).moment)
    if hall.next_person < hall.n_people:
        moment = min(moment, number_of(hall.person_time, hall.next_person))
    if hall.next_change < hall.n_changes:
        moment = min(moment, record_at(hall.changes, hall.next_change, CHANGE).moment)
    if hall.earliest_stop > hall.now:
        moment = min(moment, hall.earliest_stop)
    if moment >= hall.horizon:
        hall.end = hall.horizon
        return True
    hall.now = moment
    return False


@njit
def _more_is_due_now(hall: Record) -> bool:
    return hall.agenda_size > 0 and record_at(hall.agenda, 0, DUE).moment == hall.now


@njit
def _execute_next(hall: Record) -> bool:
    """The next thing due in this round; False if there is none."""
    from_agenda, kind = False, 0
    if hall.agenda_size > 0:
        first = record_at(hall.agenda, 0, DUE)
        from_agenda = first.moment == hall.now and first.round <= hall.round
        kind = first.order >> agenda.CASE_BITS
    if from_agenda and kind < agenda.ARRIVAL:
        _execute(hall, kind)
        return True
    if hall.next_person < hall.n_people and number_of(hall.person_time, hall.next_person) == hall.now:
        _arrive(hall)
        return True
    if hall.next_change < hall.n_changes:
        change = record_at(hall.changes, hall.next_change, CHANGE)
        if change.moment == hall.now:
            hall.next_change += 1
            _change(hall, change)
            return True
    if from_agenda:
        _execute(hall, kind)
    return from_agenda


@njit
def _execute(hall: Record, kind: int) -> None:
    due = record_at(hall.agenda, 0, DUE)
    subject, node = due.subject, due.place >> agenda.VISIT_BITS
    agenda.remove_first(hall)
    if kind == agenda.COMPLETION:
        complete(hall, subject)
    elif kind == agenda.TICKET:
        takes_ticket(hall, subject)
    elif node_of(hall, node).op == WAIT:
        _wait_is_over(hall, subject, node)
    elif task_of(hall, subject).enabled == NEVER:
        ready(hall, subject)
    else:
        start_without_pool(hall, subject)


@njit
def _wait_is_over(hall: Record, row: int, node: int) -> None:
    if not case_of(hall, row).closed:
        go_on(hall, row, node_of(hall, node).next)
    forget(hall, row)


@njit
def _arrive(hall: Record) -> None:
    """The next applicant starts a case."""
    number = hall.next_person
    hall.next_person += 1
    row = new_case(hall, number)
    case = case_of(hall, row)
    day = hall.now // MS_PER_DAY
    case.in_cohort = hall.cohort_first <= day < hall.cohort_last
    record_at(hall.finish, number, NUMBER).value = -1
    record_at(hall.rejected, number, NUMBER).value = 0
    look_after(hall, row)
    refer_to(hall, row)
    go_on(hall, row, hall.entry)
    forget(hall, row)


@njit
def _change(hall: Record, change: Record) -> None:
    if change.calendar == hall.inside:
        hall_changes(hall, change.opens)
    else:
        calendar_changes(hall, change.calendar, change.opens)


@njit
def _hand_out_one(hall: Record) -> None:
    """Start one task of the first pool in which something is possible, or be done with that pool."""
    while not pool_of(hall, hall.next_pool).to_look_at:
        hall.next_pool += 1
    pool = pool_of(hall, hall.next_pool)
    task = first_to_start(hall, pool)
    member = longest_idle(hall, pool) if task != NONE else NONE
    if member == NONE:
        pool.to_look_at = 0
        hall.pools_to_look_at -= 1
        return
    leave(hall, task)
    start(hall, task, member)
