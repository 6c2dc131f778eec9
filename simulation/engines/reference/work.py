"""The life of a piece of work: reached, ready, enabled, started, ended with an outcome."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from simulation.engines.program.codes import Program
from simulation.engines.program.open_time import NEVER
from simulation.engines.randomness import (
    DELAY,
)
from simulation.engines.reference.agenda import Agenda, Due, Kind
from simulation.engines.reference.applicants import Applicants
from simulation.engines.reference.case_flow import CaseFlow, Returned
from simulation.engines.reference.cases import NOBODY, Case, Outcome, Presence, Task
from simulation.engines.reference.desks import Desks, waiting
from simulation.engines.reference.gates import Gates
from simulation.engines.reference.jobs import Group, Job, RepairJob
from simulation.engines.reference.machines import Machines
from simulation.engines.reference.patience import Patience
from simulation.engines.reference.sampling import Sampling
from simulation.engines.reference.step_chances import StepChances


class Work:
    """Brings cases through their steps; the engine calls it for what is due."""

    def __init__(
        self, program: Program, sampling: Sampling, agenda: Agenda, case_finished: Callable[[Case], None]
    ) -> None:
        self._program = program
        self._steps = program.steps
        self._nodes = program.nodes
        self._speeds = program.member_speeds
        self._priorities = [arrivals.priority for arrivals in program.arrivals]
        self._hours_of_member = [program.calendars[calendar] for calendar in program.member_calendars]
        self._sampling = sampling
        self._chances = StepChances(program, sampling)
        self._agenda = agenda
        self._case_finished = case_finished
        self.desks = Desks(program)
        self._patience = Patience(program, sampling, agenda, self._give_up)
        self.applicants = Applicants(program, sampling, agenda, self._enable, self._patience)
        self.flow = CaseFlow(program, sampling, agenda, self._reach, self._correct, self._finish)
        self.gates = Gates(program, agenda, self._let_go)
        self.machines = Machines(program, sampling, agenda, self.desks, self._goes_on)
        self.records = array("q")  # the fields of `Record`, one finished visit after the other
        self.closed: list[Case] = []  # cases for which nothing new is started, some more than once

    @property
    def returns_capped(self) -> int:
        """How often a step was passed because it had been corrected so often."""
        return self._chances.returns_capped

    def open(self) -> None:
        """What is expected from the begin on, whoever comes."""
        self.gates.open_by_timetable()
        self.machines.switch_on()

    def arrive(self, case: Case) -> None:
        """An applicant starts a case."""
        self.applicants.look_after(case)
        self.flow.go_on(case, self._program.entry)

    def assign(self) -> None:
        """Free members start what waits for them, and applicants move on."""
        if self.applicants.to_settle:
            self.applicants.settle()
        if self.gates.to_count:
            self.gates.let_go_full()
        if self.desks.to_look_at:
            for job, member in self.desks.assignments():
                self._start(job, member)

    # --- before the work -------------------------------------------------------------------------------

    def _new_task(self, case: Case, node: int, step: int, returns: int) -> Task:
        code = self._steps[step]
        visit = case.counters[code.slot]
        case.counters[code.slot] = visit + 1
        task = Task(case, node, step, len(self._steps), code, visit, returns)
        task.priority += self._priorities[case.arrivals]
        task.reached = self._agenda.now
        return task

    def _reach(self, case: Case, node: int) -> None:
        """The flow reaches a step."""
        self._reach_step(self._new_task(case, node, self._nodes[node].a, self.flow.rounds(case, node)))

    def _reach_step(self, task: Task) -> None:
        """A case has come to a step: its delay passes and its shared materials are fetched."""
        case = task.case
        step, now = task.code, self._agenda.now
        delay = self._sampling.whole_ms(step.delay, step.stream, case, task.visit, DELAY)
        if step.delay_calendar < 0:
            begin = now + delay
        else:
            begin = self._program.calendars[step.delay_calendar].add(now, delay)
        ready = begin + self._chances.fetch_ms(task)
        if ready == now:
            self._ready(task)
            return
        if step.present and begin == now and case.presence != Presence.AWAY:
            task.stays = True
            case.staying += 1
        self._ready_at(ready, task)

    def _ready_at(self, moment: int, task: Task) -> None:
        self._later(moment, task, self._ready)

    def _later(self, moment: int, task: Task, action: Callable[[Task], None]) -> None:
        """Something with the task when a delay is over."""
        due = Due(Kind.DELAY_OVER, task.case.number, task.place, task.visit, action, task)
        self._agenda.at(moment, due)

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
        if task.code.present:
            task.case.pool = task.code.pool
        if task.code.gathers:
            self.gates.join(task)
        elif task.code.pool >= 0:
            self.desks.join(task)
        else:
            self._start_without_pool(task)

    def _let_go(self, batch: list[Task]) -> None:
        """The cases of a batch go on from their gate: together, or each for itself."""
        for task in batch:
            task.released = self._agenda.now
        code = batch[0].code
        if code.together:
            self.desks.join_papers(code.pool, waiting(batch[0], Group(batch)))
            return
        for task in batch:
            if code.pool >= 0:
                self.desks.join(task)
            else:
                self._start_without_pool(task)

    # --- the work --------------------------------------------------------------------------------------

    def _start(self, job: Job, member: int) -> None:
        """The member begins with what it has taken from a queue."""
        if isinstance(job, Task):
            service_ms = self._chances.own_ms(job) + self._chances.checking_ms(job)
            job.member = member
            self._under_way(job, self._end_of(job, job.step, member, service_ms))
        elif isinstance(job, Group):
            alive = [task for task in job.tasks if not task.gone]
            service_ms = self._chances.own_ms(alive[0])
            for task in alive:
                service_ms += self._chances.checking_ms(task)
            job.tasks, job.end = alive, self._end_of(job, alive[0].step, member, service_ms)
            for task in alive:
                task.member = member
                self._under_way(task, job.end)
        elif isinstance(job, RepairJob):
            self.machines.start_repair(job, member)

    def _end_of(self, job: Job, step: int, member: int, service_ms: float) -> int:
        """When the member will have done a job of a step begun now."""
        now = self._agenda.now
        takes = int(service_ms / self._speeds[member][step] + 0.5)
        return self._hours_of_member[member].add(now, takes) if job.pauses else now + takes

    def _goes_on(self, job: Job) -> None:
        """The machine that was doing a job works again; the job has its new end."""
        if isinstance(job, RepairJob):
            self.machines.expect_repaired(job)
        for task in job.tasks if isinstance(job, Group) else [job]:
            if isinstance(task, Task):
                self._ends_at(task, job.end)

    def _start_without_pool(self, task: Task) -> None:
        """Working time begins at the next opening, elapsed time and work of no length at once."""
        if task.case.closed:
            return
        step, now = task.code, self._agenda.now
        service = int(self._chances.own_ms(task) + self._chances.checking_ms(task) + 0.5)
        if step.calendar < 0 or service == 0:
            self._under_way(task, now + service)
            return
        calendar = self._program.calendars[step.calendar]
        begin = calendar.next_open(now)
        if begin == now:
            self._under_way(task, calendar.add(now, service))
        else:
            self._later(begin, task, self._start_without_pool)

    def _under_way(self, task: Task, end: int) -> None:
        task.start = self._agenda.now
        task.case.running += 1
        if task.code.present:
            task.case.served = True
        self._ends_at(task, end)

    def _ends_at(self, task: Task, end: int) -> None:
        task.end = end
        if task.due != end:  # else written down before an interruption of no length
            task.due = end
            due = Due(Kind.COMPLETION, task.case.number, task.place, task.visit, self._complete, task)
            self._agenda.at(end, due)

    # --- after the work --------------------------------------------------------------------------------

    def _complete(self, task: Task) -> None:
        case, step, now = task.case, task.code, self._agenda.now
        if task.end != now:
            return  # its machine failed meanwhile
        task.end = NEVER
        case.running -= 1
        at_fault, outcome = self._chances.outcome(task, now)
        keeps = step.keeps_machine and outcome == Outcome.STUCK and not case.closed
        self._leave_desk(task, keeps)
        self._write_down(task, outcome, at_fault)
        if case.closed:
            self._close(case)
        elif outcome == Outcome.PASSED:
            self.flow.passed(case, task.node)
        elif outcome == Outcome.RETURNED:
            self._returned(task, at_fault)
        elif outcome == Outcome.STUCK:
            self._stuck(task)
        else:
            case.rejected = True
            self._close(case)

    def _leave_desk(self, task: Task, keeps: bool) -> None:
        """Member and applicant are free, unless the applicant needs help and the machine waits with her."""
        case = task.case
        if task.member != NOBODY:
            if keeps:
                self.desks.keeps(task.member)
                case.kept += (task.member,)
            else:
                self.desks.free(task.member, self._agenda.now)
        if not task.code.present:
            return
        case.served = False
        if not keeps:
            self._free_kept(case)
            case.attended = False
            self.applicants.look_after(case)

    def _free_kept(self, case: Case) -> None:
        for member in case.kept:
            self.desks.free(member, self._agenda.now)
        case.kept = ()

    def _write_down(self, task: Task, outcome: int, at_fault: int) -> None:
        """The visit as a `Record`, in plain numbers: a long run has millions of them."""
        who = (task.case.number, task.step, task.visit, task.member)
        when = (task.reached, task.enabled, task.released, task.start, self._agenda.now)
        self.records.extend((*who, *when, outcome, task.handed, task.fetched, at_fault))

    def _stuck(self, task: Task) -> None:
        """Another step is done in place of this one."""
        instead = self._new_task(task.case, task.node, task.code.stuck_then, task.returns)
        if task.code.keeps_machine:
            instead.handed = instead.code.all_asked
            self._enable(instead)
        else:
            self._reach_step(instead)

    def _returned(self, task: Task, at_fault: int) -> None:
        """Returned for correction: by itself, or with the other branches of its block."""
        if not self.flow.gathers_returns(task, at_fault):
            takes = self._chances.correction_ms(task)
            self._do_again(task, at_fault, self._agenda.now + takes)

    def _do_again(self, task: Task, at_fault: int, ready: int) -> None:
        """The step is done again with what was at fault alone."""
        again = self._new_task(task.case, task.node, task.step, task.returns + 1)
        again.handed = at_fault
        self._ready_at(ready, again)

    def _correct(self, case: Case, fork: int, returned: list[Returned]) -> None:
        """What was returned in a parallel block is corrected in one go; see `Parallel.rework`."""
        returned = sorted(returned, key=lambda entry: (entry[0].place, entry[0].visit))
        ready = self._agenda.now + self._chances.correction_ms(returned[0][0])
        if self.flow.redo_all(case, fork, len(returned), ready):
            return
        for task, at_fault in returned:
            self._do_again(task, at_fault, ready)

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
        if not case.served:
            self._free_kept(case)  # nobody will come to help
        if case.running == 0:
            self._finish(case)

    def _finish(self, case: Case) -> None:
        case.finish = self._agenda.now
        self._case_finished(case)
