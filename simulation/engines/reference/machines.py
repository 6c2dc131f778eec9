"""Machines that fail and are repaired; see `Failure` in the service model."""

from __future__ import annotations

from collections.abc import Callable

from simulation.engines.program.codes import FailureCode, Program
from simulation.engines.program.open_time import NEVER, OpenTime
from simulation.engines.randomness import REPAIR, RUNS_FOR
from simulation.engines.reference.agenda import Agenda, Due, Kind
from simulation.engines.reference.desks import Desks
from simulation.engines.reference.jobs import Job, RepairJob
from simulation.engines.reference.sampling import Sampling
from simulation.engines.run_records import Repair

_FAILS, _REPAIRED = 0, 1  # which of a machine's events
NOT_YET = -1


class Machines:
    """Lets machines fail in the open time of their calendar and has them repaired.

    `goes_on(job)` is called when an interrupted job has its new `end`.
    """

    def __init__(
        self,
        program: Program,
        sampling: Sampling,
        agenda: Agenda,
        desks: Desks,
        goes_on: Callable[[Job], None],
    ) -> None:
        self._program = program
        self._sampling = sampling
        self._agenda = agenda
        self._desks = desks
        self._goes_on = goes_on
        self.records: list[Repair] = []
        self._down: dict[int, RepairJob] = {}

    def switch_on(self) -> None:
        """All machines run from the begin of the first day."""
        for machine in range(len(self._program.failures)):
            self._expect_failure(machine, 0, 0)

    def still_down(self) -> list[Repair]:
        """The machines not repaired so far, by number."""
        return [
            Repair(
                machine, job.number, job.failed, NOT_YET if job.start == NEVER else job.start, NOT_YET, job.by
            )
            for machine, job in sorted(self._down.items())
        ]

    def _calendar(self, member: int) -> OpenTime:
        return self._program.calendars[self._program.member_calendars[member]]

    def _draw_ms(self, machine: int, number: int, purpose: int) -> float:
        failure = self._failure(machine)
        distribution = failure.runs_for if purpose == RUNS_FOR else failure.repair
        return self._sampling.of_machine_ms(distribution, failure.stream, number, purpose)

    def _failure(self, machine: int) -> FailureCode:
        failure = self._program.failures[machine]
        if failure is None:
            raise AssertionError("only machines fail")
        return failure

    def _expect_failure(self, machine: int, number: int, now: int) -> None:
        if self._program.failures[machine] is None:
            return
        runs_for = int(self._draw_ms(machine, number, RUNS_FOR) + 0.5)
        moment = self._calendar(machine).add(now, runs_for)
        due = Due(Kind.MACHINE, machine, _FAILS, number, self._fails, (machine, number))
        self._agenda.at(moment, due)

    def _fails(self, machine_and_number: tuple[int, int]) -> None:
        machine, number = machine_and_number
        now = self._agenda.now
        job = self._desks.fails(machine)
        if job is not None:
            self._interrupt(job, self._calendar(machine), now)
        repair = self._down[machine] = RepairJob(machine, number, now)
        pool = self._failure(machine).repaired_by
        if pool >= 0:
            self._desks.join_papers(pool, (0, now, -1, machine, number, repair))
            return
        takes, calendar = (
            int(self._draw_ms(machine, number, REPAIR) + 0.5),
            self._failure(machine).repair_calendar,
        )
        repair.start = now
        repair.end = now + takes if calendar < 0 else self._program.calendars[calendar].add(now, takes)
        self.expect_repaired(repair)

    @staticmethod
    def _interrupt(job: Job, calendar: OpenTime, now: int) -> None:
        """Note what is left to do; a job that would not end within the run never does."""
        if job.end == NEVER:
            job.left = NEVER
        else:
            job.left = calendar.between(now, job.end) if job.pauses else job.end - now
        job.end = NEVER

    def start_repair(self, repair: RepairJob, member: int) -> None:
        """A member begins to repair a machine, at its own general speed."""
        now = self._agenda.now
        takes_ms = self._draw_ms(repair.machine, repair.number, REPAIR) / self._program.repair_speeds[member]
        repair.by, repair.start = member, now
        repair.end = self._calendar(member).add(now, int(takes_ms + 0.5))
        self.expect_repaired(repair)

    def expect_repaired(self, repair: RepairJob) -> None:
        """The repair ends at its `end`."""
        if repair.due == repair.end:
            return  # written down before an interruption of no length
        repair.due = repair.end
        due = Due(Kind.MACHINE, repair.machine, _REPAIRED, repair.number, self._repaired, repair)
        self._agenda.at(repair.end, due)

    def _repaired(self, repair: RepairJob) -> None:
        now, machine = self._agenda.now, repair.machine
        if repair.end != now:  # the repairer failed meanwhile
            if repair.due == now:
                repair.due = NEVER  # at this very moment: its end may be now once more
            return
        repair.end = NEVER
        if repair.by >= 0:
            self._desks.free(repair.by, now)
        del self._down[machine]
        self.records.append(Repair(machine, repair.number, repair.failed, repair.start, now, repair.by))
        job = self._desks.works_again(machine)
        if job is not None:
            job.end = self._calendar(machine).add(now, job.left) if job.pauses else now + job.left
            self._goes_on(job)
        self._expect_failure(machine, repair.number + 1, now)
