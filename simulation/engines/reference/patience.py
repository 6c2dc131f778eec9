"""How long applicants wait for their turn, and who comes again; see `Patience` in the service model."""

from __future__ import annotations

from collections.abc import Callable

from mining.working_time import MS_PER_DAY
from simulation.engines.program.codes import Program
from simulation.engines.program.open_time import NEVER
from simulation.engines.randomness import COME_BACK, COMES_BACK_OR_NOT, PATIENCE
from simulation.engines.reference.agenda import Agenda, Due, Kind
from simulation.engines.reference.cases import Task
from simulation.engines.reference.sampling import Sampling


class Patience:
    """Patience runs from the ticket on while people may be in the hall; who is not being served when it
    ends leaves, even if a counter becomes free at that instant."""

    def __init__(
        self, program: Program, sampling: Sampling, agenda: Agenda, gives_up: Callable[[Task], None]
    ) -> None:
        self._program = program
        self._sampling = sampling
        self._agenda = agenda
        self._gives_up = gives_up

    def begins_to_wait(self, task: Task) -> None:
        """The applicant has a ticket for a step with a queue."""
        patience = self._program.arrivals[task.case.arrivals].patience
        if patience < 0 or task.code.pool < 0:
            return
        length = self._sampling.whole_ms(patience, task.code.stream, task.case, task.visit, PATIENCE)
        end = self._program.inside.add(task.enabled, length)
        if end != NEVER:
            due = Due(Kind.GIVES_UP, task.case.number, task.place, task.visit, self._gives_up, task)
            self._agenda.at(end, due)

    def comes_back(self, task: Task) -> bool:
        """Whether the applicant who gave up comes again."""
        chance = self._program.arrivals[task.case.arrivals].comes_back
        u = self._sampling.uniform(task.code.stream, task.case.number, task.visit, COMES_BACK_OR_NOT)
        return u < chance

    def back_at(self, again: Task) -> int:
        """When the pause before coming again is over: at the next midnight at the earliest."""
        now, after = self._agenda.now, self._program.come_back_after
        pause = self._sampling.whole_ms(after, again.code.stream, again.case, again.visit, COME_BACK)
        return max(now + pause, (now // MS_PER_DAY + 1) * MS_PER_DAY)
