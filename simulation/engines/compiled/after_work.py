"""From the end of a service to what follows: outcome, record, correction, the next steps."""

from __future__ import annotations

from numba import njit

from simulation.engines.cases import Outcome
from simulation.engines.compiled.before_work import ready_at
from simulation.engines.compiled.chance import halved, of_task, task_ms, uniform, whole
from simulation.engines.compiled.desks import free_member
from simulation.engines.compiled.flow import finish, passed
from simulation.engines.compiled.layout import NONE, NUMBER, VISIT
from simulation.engines.compiled.memory import asked_of, case_of, end_task, new_task, step_of, task_of
from simulation.engines.compiled.people import leave_line, look_after
from simulation.engines.compiled.pointers import Record, record_at
from simulation.engines.program_codes import MAX_RETURNS
from simulation.engines.randomness import CORRECTION, DEFECT, REJECT_OR_NOT, RETURN_OR_NOT

PASSED, RETURNED, REJECTED = int(Outcome.PASSED), int(Outcome.RETURNED), int(Outcome.REJECTED)


@njit
def complete(hall: Record, row: int) -> None:
    """A service ends."""
    task = task_of(hall, row)
    case, step = case_of(hall, task.case), step_of(hall, task.step)
    case.running -= 1
    if task.member != NONE:
        free_member(hall, task.member)
    if step.present:
        case.attended = 0
        look_after(hall, task.case)
    at_fault = _at_fault(hall, case, task, step)
    outcome = _outcome(hall, case, task, step, at_fault)
    if outcome != RETURNED:
        at_fault = 0
    write_down(hall, task, outcome, at_fault)
    if case.closed or outcome == REJECTED:
        _reject(hall, task.case)
    elif outcome == RETURNED:
        _correct(hall, case, task, step, at_fault)
    else:
        passed(hall, task.case, task.node)
    end_task(hall, row)


@njit
def write_down(hall: Record, task: Record, outcome: int, at_fault: int) -> None:
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


@njit
def _at_fault(hall: Record, case: Record, task: Record, step: Record) -> int:
    """Materials at fault (bits)."""
    found = 0
    for number in range(step.n_asked):
        bit = 1 << number
        asked = asked_of(hall, step, number)
        chance = asked.mismatch_chance if task.fetched & bit else asked.defect_chance
        if (task.fetched | task.handed) & bit and chance > 0:
            if uniform(hall, case, asked.stream, task.visit, DEFECT) < chance:
                found |= bit
    return found


@njit
def _outcome(hall: Record, case: Record, task: Record, step: Record, at_fault: int) -> int:
    """How the visit ends; papers are complete before a case is decided on."""
    chance = _return_chance(hall, step)
    if at_fault or (chance > 0 and of_task(hall, case, task, step.stream, RETURN_OR_NOT) < chance):
        if task.returns < MAX_RETURNS:
            return RETURNED
        hall.returns_capped += 1
        return PASSED
    if step.reject_chance > 0:
        if of_task(hall, case, task, step.stream, REJECT_OR_NOT) < step.reject_chance:
            return REJECTED
    return PASSED


@njit
def _return_chance(hall: Record, step: Record) -> float:
    """The chance of a return beside defects of documents, with what a new policy adds by now."""
    if hall.now < step.change_ms:
        return step.return_chance
    times = (hall.now - step.change_ms) / step.change_half_life_ms
    return step.return_chance + step.change_chance * halved(times)


@njit
def _correct(hall: Record, case: Record, task: Record, step: Record, at_fault: int) -> None:
    """The applicant corrects what was at fault and the step is done again with that alone."""
    takes = whole(task_ms(hall, case, task, step.stream, hall.correction_takes, CORRECTION))
    again = new_task(hall, task.case, task.node, task.step, task.returns + 1)
    task_of(hall, again).handed = at_fault
    ready_at(hall, hall.now + takes, again)


@njit
def _reject(hall: Record, row: int) -> None:
    """Nothing new is started for a rejected case; it ends when what is under way has ended."""
    case = case_of(hall, row)
    case.closed = 1
    record_at(hall.rejected, case.number, NUMBER).value = 1
    leave_line(hall, row)
    if case.running == 0:
        finish(hall, row)
