"""Gates at which work gathers until its batch is let go; see `Batch` in the service model."""

from __future__ import annotations

from collections.abc import Callable

from simulation.engines.program.codes import Program
from simulation.engines.reference.agenda import Agenda, Due, Kind
from simulation.engines.reference.cases import Task


class Gates:
    """One gate for each step with batches; `let_go(tasks)` is called with each batch in its order."""

    def __init__(self, program: Program, agenda: Agenda, let_go: Callable[[list[Task]], None]) -> None:
        self._steps = program.steps
        self._moments = program.gate_moments
        self._agenda = agenda
        self._let_go = let_go
        self._there: list[list[Task]] = [[] for _ in program.steps]
        self.to_count: set[int] = set()  # steps whose batch may be full

    def open_by_timetable(self) -> None:
        """Expect the first moment of each gate."""
        for step in range(len(self._steps)):
            self._expect(step, 0)

    def join(self, task: Task) -> None:
        """The task waits until its batch is let go."""
        self._there[task.step].append(task)
        if task.code.batch_size:
            self.to_count.add(task.step)

    def let_go_full(self) -> None:
        """Batches that have their size go, by step number."""
        for step in sorted(self.to_count):
            size = self._steps[step].batch_size
            there = self._in_order(step)
            while len(there) >= size:
                batch, there = there[:size], there[size:]
                self._let_go(batch)
            self._there[step] = there
        self.to_count.clear()

    def _expect(self, step: int, number: int) -> None:
        if number < len(self._moments[step]):
            due = Due(Kind.GATE, step, 0, number, self._opens, (step, number))
            self._agenda.at(self._moments[step][number], due)

    def _opens(self, step_and_number: tuple[int, int]) -> None:
        step, number = step_and_number
        batch = self._in_order(step)
        self._there[step] = []
        if batch:
            self._let_go(batch)
        self._expect(step, number + 1)

    def _in_order(self, step: int) -> list[Task]:
        """Who is at the gate and still waited for, by (priority, enabled, case, node, visit)."""
        there = [task for task in self._there[step] if not task.gone]
        return sorted(there, key=lambda t: (t.priority, t.enabled, t.case.number, t.node, t.visit))
