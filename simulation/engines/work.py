"""The life of a piece of work: reached, ready, enabled, started, ended with an outcome."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from simulation.engines.agenda import Agenda, Due, Kind
from simulation.engines.applicants import Applicants
from simulation.engines.case_flow import CaseFlow
from simulation.engines.cases import NOBODY, Case, Outcome, Presence, Task
from simulation.engines.desks import Desks
from simulation.engines.open_time import NEVER
from simulation.engines.patience import Patience
from simulation.engines.program_codes import MAX_RETURNS, Program, StepCode, check_ms
from simulation.engines.randomness import (
    AVAILABLE,
    CORRECTION,
    DEFECT,
    DELAY,
    REJECT_OR_NOT,
    RETURN_OR_NOT,
    SERVICE,
)
from simulation.engines.sampling import Sampling


class Work:
    """Brings cases through their steps; the engine calls it for what is due."""

    def __init__(
        self, program: Program, sampling: Sampling, agenda: Agenda, case_finished: Callable[[Case], None]
    ) -> None:
        self._program = program
        self._steps = program.steps
        self._nodes = program.nodes
        self._hours_of_member = [program.calendars[calendar] for calendar in program.member_calendars]
        self._sampling = sampling
        self._agenda = agenda
        self._case_finished = case_finished
        self.desks = Desks(program)
        self._patience = Patience(program, sampling, agenda, self._give_up)
        self.applicants = Applicants(program, sampling, agenda, self._enable, self._patience)
        self.flow = CaseFlow(program, sampling, agenda, self._reach, self._finish)
        self.records = array("q")  # the fields of `Record`, one finished visit after the other
        self.closed: list[Case] = []  # cases for which nothing new is started, some more than once
        self.returns_capped = 0

    def arrive(self, case: Case) -> None:
        """An applicant starts a case."""
        self.applicants.look_after(case)
        self.flow.go_on(case, self._program.entry)

    def assign(self) -> None:
        """Free members start what waits for them, and applicants move on."""
        self.applicants.settle()
        if self.desks.to_look_at:
            for task, member in self.desks.assignments():
                self._start(task, member)

    # --- before the work -------------------------------------------------------------------------------

    def _new_task(self, case: Case, node: int, step: int, returns: int) -> Task:
        code = self._steps[step]
        visit = case.counters[code.slot]
        case.counters[code.slot] = visit + 1
        task = Task(case, node, step, code, visit, returns)
        task.priority += self._program.arrivals[case.arrivals].priority
        task.reached = self._agenda.now
        return task

    def _reach(self, case: Case, node: int) -> None:
        """The flow reaches a step: its delay passes and its shared materials are fetched."""
        task = self._new_task(case, node, self._nodes[node].a, returns=0)
        step, now = task.code, self._agenda.now
        delay = self._sampling.whole_ms(step.delay, step.stream, case, task.visit, DELAY)
        if step.delay_calendar < 0:
            begin = now + delay
        else:
            begin = self._program.calendars[step.delay_calendar].add(now, delay)
        ready = begin + self._fetch(task, step)
        if ready == now:
            self._ready(task)
            return
        if step.present and begin == now and case.presence != Presence.AWAY:
            task.stays = True
            case.staying += 1
        self._ready_at(ready, task)

    def _ready_at(self, moment: int, task: Task) -> None:
        due = Due(Kind.DELAY_OVER, task.case.number, task.node, task.visit, self._ready, task)
        self._agenda.at(moment, due)

    def _fetch(self, task: Task, step: StepCode) -> int:
        """Decide which materials are fetched and which handed in; returns how long the fetching takes."""
        if not step.any_shared:
            task.handed = step.all_asked
            return 0
        longest = 0
        for number, asked in enumerate(step.asked):
            if asked.shared and (
                asked.available >= 1
                or self._sampling.uniform(asked.stream, task.case.number, task.visit, AVAILABLE)
                < asked.available
            ):
                task.fetched |= 1 << number
                longest = max(longest, asked.shared_ms)
            else:
                task.handed |= 1 << number
        return longest

    def _ready(self, task: Task) -> None:
        case = task.case
        if task.stays:
            task.stays = False
            case.staying -= 1
        if case.closed:
            return
        if task.code.present:
            self.applicants.needs(task)
        else:
            self._enable(task)

    def _enable(self, task: Task) -> None:
        """The work can begin: it waits in its queue, or begins where nobody is short of hands."""
        task.enabled = task.released = self._agenda.now
        if task.code.pool >= 0:
            self.desks.join(task)
        else:
            self._start_without_pool(task)

    # --- the work --------------------------------------------------------------------------------------

    def _service_ms(self, task: Task, step: StepCode, speed: float) -> int:
        time = self._sampling.exact_ms(step.duration, step.stream, task.case, task.visit, SERVICE)
        complete = task.handed == step.all_asked
        checking = step.check_all_ms if complete else check_ms(step.asked, task.handed)
        return int((time + checking) / speed + 0.5)

    def _start(self, task: Task, member: int) -> None:
        step, now = task.code, self._agenda.now
        task.member = member
        service = self._service_ms(task, step, self._program.member_speeds[member][task.step])
        end = now + service if step.present else self._hours_of_member[member].add(now, service)
        self._under_way(task, end)

    def _start_without_pool(self, task: Task) -> None:
        """Working time begins at the next opening, elapsed time and work of no length at once."""
        if task.case.closed:
            return
        step, now = task.code, self._agenda.now
        service = self._service_ms(task, step, 1.0)
        if step.calendar < 0 or service == 0:
            self._under_way(task, now + service)
            return
        calendar = self._program.calendars[step.calendar]
        begin = calendar.next_open(now)
        if begin == now:
            self._under_way(task, calendar.add(now, service))
        else:
            again = self._start_without_pool
            self._agenda.at(begin, Due(Kind.DELAY_OVER, task.case.number, task.node, task.visit, again, task))

    def _under_way(self, task: Task, end: int) -> None:
        task.start = self._agenda.now
        task.case.running += 1
        due = Due(Kind.COMPLETION, task.case.number, task.node, task.visit, self._complete, task)
        self._agenda.at(end, due)

    # --- after the work --------------------------------------------------------------------------------

    def _complete(self, task: Task) -> None:
        case, step, now = task.case, task.code, self._agenda.now
        case.running -= 1
        if task.member != NOBODY:
            self.desks.free(task.member, now)
        if step.present:
            case.attended = False
            self.applicants.look_after(case)
        at_fault, outcome = self._outcome(task, step)
        self._write_down(task, outcome, at_fault)
        if outcome == Outcome.REJECTED and not case.closed:
            case.rejected = True
            self._close(case)
        elif case.closed:
            self._close(case)
        elif outcome == Outcome.RETURNED:
            self._correct(task, step, at_fault)
        else:
            self.flow.passed(case, task.node)

    def _write_down(self, task: Task, outcome: int, at_fault: int) -> None:
        """The visit as a `Record`, in plain numbers: a long run has millions of them."""
        who = (task.case.number, task.step, task.visit, task.member)
        when = (task.reached, task.enabled, task.released, task.start, self._agenda.now)
        self.records.extend((*who, *when, outcome, task.handed, task.fetched, at_fault))

    def _outcome(self, task: Task, step: StepCode) -> tuple[int, Outcome]:
        """Materials at fault (bits) and the outcome; papers are complete before a case is decided on."""
        uniform, case, visit = self._sampling.uniform, task.case.number, task.visit
        at_fault = 0
        for number, asked in enumerate(step.asked):
            bit = 1 << number
            chance = asked.defect_chance if task.handed & bit else 0.0
            if task.fetched & bit:
                chance = asked.mismatch_chance
            if chance > 0 and uniform(asked.stream, case, visit, DEFECT) < chance:
                at_fault |= bit
        chance = _return_chance(step, self._agenda.now)
        returned = at_fault != 0 or (chance > 0 and uniform(step.stream, case, visit, RETURN_OR_NOT) < chance)
        if returned and task.returns >= MAX_RETURNS:
            self.returns_capped += 1
            return 0, Outcome.PASSED
        if returned:
            return at_fault, Outcome.RETURNED
        if step.reject_chance > 0 and uniform(step.stream, case, visit, REJECT_OR_NOT) < step.reject_chance:
            return 0, Outcome.REJECTED
        return 0, Outcome.PASSED

    def _correct(self, task: Task, step: StepCode, at_fault: int) -> None:
        """The applicant corrects what was at fault and the step is done again with that alone."""
        takes = self._sampling.whole_ms(
            self._program.correction_takes, step.stream, task.case, task.visit, CORRECTION
        )
        again = self._new_task(task.case, task.node, task.step, task.returns + 1)
        again.handed = at_fault
        self._ready_at(self._agenda.now + takes, again)

    def _give_up(self, task: Task) -> None:
        """The applicant leaves the queue, to come again on a later day or never."""
        case = task.case
        if task.start != NEVER or case.closed:
            return
        task.given_up, task.start, case.attended = True, self._agenda.now, False
        self.applicants.look_after(case)
        handed, fetched = task.handed, task.fetched
        task.handed = task.fetched = 0  # nothing was handed in
        self._write_down(task, Outcome.GAVE_UP, at_fault=0)
        if not self._patience.comes_back(task):
            case.gave_up = True
            self._close(case)
            return
        again = self._new_task(case, task.node, task.step, task.returns)
        again.again, again.handed, again.fetched = True, handed, fetched
        self._ready_at(self._patience.back_at(again), again)

    def _close(self, case: Case) -> None:
        """Nothing new is started for the case; it ends when what is under way has ended."""
        case.closed = True
        self.closed.append(case)
        case.line.clear()
        if case.running == 0:
            self._finish(case)

    def _finish(self, case: Case) -> None:
        case.finish = self._agenda.now
        self._case_finished(case)


def _return_chance(step: StepCode, now: int) -> float:
    """The chance of a return beside defects of documents, with what a new policy adds by now."""
    if now < step.change_ms:
        return step.return_chance
    return step.return_chance + step.change_chance * 0.5 ** (
        (now - step.change_ms) / step.change_half_life_ms
    )
