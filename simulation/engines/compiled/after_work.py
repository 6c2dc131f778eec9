"""From the end of a service to what follows: outcome, record, correction, help, the next steps."""

from __future__ import annotations

from numba import njit

from mining.working_time import MS_PER_DAY
from simulation.engines.compiled import queues
from simulation.engines.compiled.before_work import enable, reach, ready_at
from simulation.engines.compiled.chance import halved, of_task, task_ms, uniform, whole
from simulation.engines.compiled.corrections import correction_ms, do_again, forget_returned, keep_returned
from simulation.engines.compiled.desks import free_member
from simulation.engines.compiled.flow import finish, has_answer, passed
from simulation.engines.compiled.layout import FLAG, NONE, VISIT
from simulation.engines.compiled.memory import (
    arrivals_of,
    asked_of,
    case_of,
    end_task,
    member_of,
    new_task,
    node_of,
    step_of,
    task_of,
)
from simulation.engines.compiled.people import leave_line, look_after
from simulation.engines.compiled.pointers import Record, record_at
from simulation.engines.program.codes import MAX_RETURNS
from simulation.engines.program.flow import ALONE
from simulation.engines.program.open_time import NEVER
from simulation.engines.randomness import (
    COME_BACK,
    COMES_BACK_OR_NOT,
    DEFECT,
    REJECT_OR_NOT,
    RETURN_OR_NOT,
    STUCK_OR_NOT,
)
from simulation.engines.reference.cases import Outcome

PASSED, RETURNED, REJECTED = int(Outcome.PASSED), int(Outcome.RETURNED), int(Outcome.REJECTED)
GAVE_UP, STUCK = int(Outcome.GAVE_UP), int(Outcome.STUCK)


@njit
def complete(hall: Record, row: int) -> None:
    """A service ends."""
    task = task_of(hall, row)
    case, step = case_of(hall, task.case), step_of(hall, task.step)
    task.end = NEVER
    case.running -= 1
    outcome, at_fault = _outcome(hall, case, task, step)
    keeps = outcome == STUCK and step.keeps_machine and not case.closed
    _leave_desk(hall, case, task, keeps)
    _write_down(hall, task, outcome, at_fault)
    if case.closed or outcome == REJECTED:
        if not case.closed:
            record_at(hall.rejected, case.number, FLAG).value = 1
        _close(hall, task.case)
    elif outcome == RETURNED:
        if _waits_for_block(hall, task):
            keep_returned(hall, row, at_fault)
            has_answer(hall, task.case, node_of(hall, task.node).block)
            return
        do_again(hall, task, at_fault, hall.now + correction_ms(hall, task))
    elif outcome == STUCK:
        _instead(hall, task, step)
    else:
        passed(hall, task.case, task.node)
    end_task(hall, row)


@njit
def _waits_for_block(hall: Record, task: Record) -> bool:
    """Whether the block around a returned step waits with the correction for its other branches."""
    fork = node_of(hall, task.node).block
    return fork >= 0 and node_of(hall, fork).b != ALONE


@njit(forceinline=True)
def _leave_desk(hall: Record, case: Record, task: Record, keeps: bool) -> None:
    """Member and applicant are free, unless she needs help and the machine waits with her."""
    if task.member != NONE:
        if keeps:
            _keep(hall, case, task.member)
        else:
            free_member(hall, task.member)
    if not task.present:
        return
    case.served = 0
    if not keeps:
        _free_kept(hall, case)
        case.attended = 0
        look_after(hall, task.case)


@njit
def _keep(hall: Record, case: Record, number: int) -> None:
    machine = member_of(hall, number)
    machine.job = NONE
    machine.next_kept = case.kept
    case.kept = number


@njit
def _free_kept(hall: Record, case: Record) -> None:
    while case.kept != NONE:
        free_member(hall, case.kept)
        case.kept = member_of(hall, case.kept).next_kept


@njit(forceinline=True)
def _write_down(hall: Record, task: Record, outcome: int, at_fault: int) -> None:
    """One more visit of the record."""
    visit = record_at(hall.visits, hall.n_visits, VISIT)
    hall.n_visits += 1
    visit.case = task.number
    visit.step = task.step
    visit.visit = task.visit
    visit.member = task.member
    visit.reached = task.reached
    visit.enabled = task.enabled
    visit.released = task.released
    visit.start = task.start
    visit.end = hall.now
    visit.outcome = outcome
    visit.handed = task.handed
    visit.fetched = task.fetched
    visit.at_fault = at_fault


@njit(forceinline=True)
def _outcome(hall: Record, case: Record, task: Record, step: Record) -> tuple[int, int]:
    """How the visit ends, and materials at fault (bits); papers are complete before a case is decided on."""
    chance = step.stuck_chance
    if chance > 0 and of_task(hall, case, task, step.stream, STUCK_OR_NOT) < chance:
        return STUCK, 0
    at_fault = _at_fault(hall, case, task, step)
    chance = _return_chance(hall, step)
    if at_fault or (chance > 0 and of_task(hall, case, task, step.stream, RETURN_OR_NOT) < chance):
        if task.returns < MAX_RETURNS:
            return RETURNED, at_fault
        hall.returns_capped += 1
        return PASSED, 0
    chance = step.reject_chance
    if chance > 0 and of_task(hall, case, task, step.stream, REJECT_OR_NOT) < chance:
        return REJECTED, 0
    return PASSED, 0


@njit(forceinline=True)
def _at_fault(hall: Record, case: Record, task: Record, step: Record) -> int:
    found = 0
    for number in range(step.n_asked):
        bit = 1 << number
        asked = asked_of(hall, step, number)
        chance = asked.defect_chance if task.handed & bit else 0.0
        if task.fetched & bit:
            chance = asked.mismatch_chance
        if chance > 0 and uniform(hall, case, asked.stream, task.visit, DEFECT) < chance:
            found |= bit
    return found


@njit(forceinline=True)
def _return_chance(hall: Record, step: Record) -> float:
    """The chance of a return beside defects of documents, with what a new policy adds by now."""
    if hall.now < step.change_ms:
        return step.return_chance
    times = (hall.now - step.change_ms) / step.change_half_life_ms
    return step.return_chance + step.change_chance * halved(times)


@njit
def _instead(hall: Record, task: Record, step: Record) -> None:
    """The applicant was stuck: another step is done in place of this one, at once where the machine waits."""
    if not step.keeps_machine:
        reach(hall, task.case, task.node, step.stuck_then, task.returns)
        return
    row = new_task(hall, task.case, task.node, step.stuck_then, task.returns)
    task_of(hall, row).handed = step_of(hall, step.stuck_then).all_asked
    enable(hall, row)


@njit
def give_up(hall: Record, row: int) -> None:
    """The applicant leaves the queue, to come again on a later day or never."""
    task = task_of(hall, row)
    case = case_of(hall, task.case)
    queues.leave(hall, row)
    task.start = hall.now
    case.attended = 0
    look_after(hall, task.case)
    handed, fetched = task.handed, task.fetched
    task.handed = 0  # nothing was handed in
    task.fetched = 0
    _write_down(hall, task, GAVE_UP, 0)
    stream = step_of(hall, task.step).stream
    if of_task(hall, case, task, stream, COMES_BACK_OR_NOT) < arrivals_of(hall, case).comes_back:
        _come_again(hall, case, task, handed, fetched)
    else:
        record_at(hall.gave_up, case.number, FLAG).value = 1
        _close(hall, task.case)
    end_task(hall, row)


@njit
def _come_again(hall: Record, case: Record, task: Record, handed: int, fetched: int) -> None:
    """The visit that was given up is made again, at the next midnight at the earliest."""
    row = new_task(hall, task.case, task.node, task.step, task.returns)
    again = task_of(hall, row)
    again.again = 1
    again.handed = handed
    again.fetched = fetched
    stream = step_of(hall, task.step).stream
    pause = whole(task_ms(hall, case, again, stream, hall.come_back_after, COME_BACK))
    midnight = (hall.now // MS_PER_DAY + 1) * MS_PER_DAY
    ready_at(hall, max(hall.now + pause, midnight), row)


@njit
def _close(hall: Record, row: int) -> None:
    """Nothing new is started for the case; it ends when what is under way has ended."""
    case = case_of(hall, row)
    case.closed = 1
    leave_line(hall, row)
    forget_returned(hall, row)
    if not case.served:
        _free_kept(hall, case)  # nobody will come to help
    if case.running == 0:
        finish(hall, row)
