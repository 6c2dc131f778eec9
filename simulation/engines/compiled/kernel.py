"""The run: instant by instant, everything due in order, then applicants, gates and queues, again and again.

What happens most often is compiled in one piece (`forceinline`), a third faster than call by call.
"""

from __future__ import annotations

from numba import njit

from mining.working_time import MS_PER_DAY
from simulation.engines.compiled import agenda, gates, machines
from simulation.engines.compiled.after_work import complete, give_up
from simulation.engines.compiled.before_work import ready, takes_ticket
from simulation.engines.compiled.desks import calendar_changes, hall_changes, longest_idle
from simulation.engines.compiled.flow import enter_again, go_on
from simulation.engines.compiled.layout import CHANGE, DUE, FLAG, HALL, NONE, NUMBER
from simulation.engines.compiled.memory import (
    case_of,
    forget,
    gate_of,
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
from simulation.engines.compiled.service import start, start_without_pool
from simulation.engines.program.flow import WAIT
from simulation.engines.program.open_time import NEVER

OPENING, NEXT_INSTANT, WHAT_IS_DUE, APPLICANTS, GATES, QUEUES = range(6)  # where a run goes on
OVER, NEEDS_ROOM, NEEDS_PEOPLE = range(3)  # why the kernel returns


@njit(nogil=True)
def run(address: int) -> int:
    """Run the hall at this address on; returns why it stopped. May be called again after it was helped."""
    hall = record_at(address, 0, HALL)
    phase = hall.phase
    if phase == OPENING:
        _open(hall)
        phase = NEXT_INSTANT
    while True:
        if phase == NEXT_INSTANT:
            hall.phase = NEXT_INSTANT
            if hall.next_person == hall.n_people and not hall.all_people_known:
                return NEEDS_PEOPLE
            if _is_over(hall):
                return OVER
            phase = WHAT_IS_DUE
        if phase == WHAT_IS_DUE:
            more = True
            while more:
                if not has_room(hall):
                    hall.phase = WHAT_IS_DUE
                    return NEEDS_ROOM
                more = _execute_next(hall)
            phase = APPLICANTS
        if phase == APPLICANTS:
            while hall.settling_size > 0:
                if not has_room(hall):
                    hall.phase = APPLICANTS
                    return NEEDS_ROOM
                ticket = settle_next(hall)
                if ticket != NONE:
                    takes_ticket(hall, ticket)
            hall.next_gate = 0
            phase = GATES
        if phase == GATES:
            while hall.gates_to_count > 0:
                if not has_room(hall):
                    hall.phase = GATES
                    return NEEDS_ROOM
                _let_go_of_next_gate(hall)
            hall.next_pool = 0
            phase = QUEUES
        while hall.pools_to_look_at > 0:
            if not has_room(hall):
                hall.phase = QUEUES
                return NEEDS_ROOM
            _hand_out_one(hall)
        phase = NEXT_INSTANT
        if _more_is_due_now(hall):
            hall.round += 1
            phase = WHAT_IS_DUE
        elif hall.unfinished == 0 and hall.now >= hall.earliest_stop:
            hall.end = hall.now
            return OVER


@njit
def _open(hall: Record) -> None:
    """What is expected from the begin on, whoever comes."""
    for step in range(hall.n_steps):
        gates.expect_moment(hall, step, 0)
    for member in range(hall.n_members):
        machines.expect_failure(hall, member, 0)


@njit(forceinline=True)
def _is_over(hall: Record) -> bool:
    """Go to the next moment at which something happens; whether there is none before the horizon."""
    hall.next_outside = _next_outside(hall)
    moment = min(hall.horizon, hall.next_outside)
    if hall.agenda_size > 0:
        moment = min(moment, record_at(hall.agenda, 0, DUE).moment)
    if moment == hall.horizon:
        hall.end = moment
        return True
    hall.now = moment
    hall.round = 0
    return False


@njit(forceinline=True)
def _next_outside(hall: Record) -> int:
    """When the next person comes, a calendar changes, or the run may stop first."""
    moment = NEVER
    if hall.next_person < hall.n_people:
        moment = number_of(hall.person_time, hall.next_person)
    if hall.next_change < hall.n_changes:
        moment = min(moment, record_at(hall.changes, hall.next_change, CHANGE).moment)
    if hall.earliest_stop > hall.now:
        moment = min(moment, hall.earliest_stop)
    return moment


@njit
def _more_is_due_now(hall: Record) -> bool:
    return hall.agenda_size > 0 and record_at(hall.agenda, 0, DUE).moment == hall.now


@njit(forceinline=True)
def _execute_next(hall: Record) -> bool:
    """The next thing due in this round; False if there is none."""
    from_agenda, kind = False, 0
    if hall.agenda_size > 0:
        first = record_at(hall.agenda, 0, DUE)
        from_agenda = first.moment == hall.now and first.round <= hall.round
        kind = first.order >> agenda.CASE_BITS
    if hall.next_outside == hall.now and not (from_agenda and kind < agenda.ARRIVAL):
        if _from_outside(hall):
            return True
        hall.next_outside = NEVER
    if from_agenda:
        _execute(hall, kind)
    return from_agenda


@njit(forceinline=True)
def _from_outside(hall: Record) -> bool:
    """The next person comes or the next calendar changes; False if that is not now."""
    if hall.next_person < hall.n_people and number_of(hall.person_time, hall.next_person) == hall.now:
        _arrive(hall)
        return True
    if hall.next_change < hall.n_changes:
        change = record_at(hall.changes, hall.next_change, CHANGE)
        if change.moment == hall.now:
            hall.next_change += 1
            _change(hall, change)
            return True
    return False


@njit
def _execute(hall: Record, kind: int) -> None:
    due = record_at(hall.agenda, 0, DUE)
    subject, order, place = due.subject, due.order, due.place
    agenda.remove_first(hall)
    visit = place & ((1 << agenda.VISIT_BITS) - 1)
    if kind == agenda.COMPLETION:
        task = task_of(hall, subject)
        if agenda.is_of(hall, order, place, task) and task.end == hall.now:  # else its machine failed
            complete(hall, subject)
    elif kind == agenda.TICKET:
        takes_ticket(hall, subject)
    elif kind == agenda.DELAY_OVER:
        _delay_is_over(hall, subject, place)
    elif kind == agenda.GIVES_UP:
        task = task_of(hall, subject)
        if agenda.is_of(hall, order, place, task) and _waits(hall, task):
            give_up(hall, subject)
    elif kind == agenda.GATE:
        gates.open_by_timetable(hall, subject, visit)
    elif place >> agenda.VISIT_BITS == machines.FAILS:
        machines.fail(hall, subject, visit)
    else:
        machine = order & ((1 << agenda.CASE_BITS) - 1)
        if machines.is_due(hall, subject, machine, visit):
            machines.repaired(hall, subject, machine)


@njit
def _waits(hall: Record, task: Record) -> bool:
    return task.start == NEVER and not case_of(hall, task.case).closed


@njit
def _delay_is_over(hall: Record, subject: int, place: int) -> None:
    """Of a task: it is ready, or its working time begins; of a case: a wait, the correction of a block."""
    if subject >= 0:
        if task_of(hall, subject).enabled == NEVER:
            ready(hall, subject)
        else:
            start_without_pool(hall, subject)
        return
    row = agenda.case_in(subject)
    node = (place >> agenda.VISIT_BITS) // (hall.n_steps + 1)
    code = node_of(hall, node)
    if not case_of(hall, row).closed:
        if code.op == WAIT:
            go_on(hall, row, code.next)
        else:
            enter_again(hall, row, node)
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
    record_at(hall.rejected, number, FLAG).value = 0
    record_at(hall.gave_up, number, FLAG).value = 0
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
def _let_go_of_next_gate(hall: Record) -> None:
    while not gate_of(hall, hall.next_gate).to_count:
        hall.next_gate += 1
    gates.let_go_full(hall, hall.next_gate)


@njit(forceinline=True)
def _hand_out_one(hall: Record) -> None:
    """Start one task of the first pool in which something is possible, or be done with that pool."""
    while not pool_of(hall, hall.next_pool).to_look_at:
        hall.next_pool += 1
    pool = pool_of(hall, hall.next_pool)
    member = longest_idle(hall, pool)
    job = first_to_start(hall, pool) if member != NONE else NONE
    if job == NONE:
        pool.to_look_at = 0
        hall.pools_to_look_at -= 1
        return
    leave(hall, job)
    if task_of(hall, job).case == NONE:
        machines.start_repair(hall, job, member)
    else:
        start(hall, job, member)
