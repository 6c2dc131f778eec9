"""How a case walks along the flow."""

from __future__ import annotations

from collections.abc import Callable

from simulation.engines.program.codes import Program
from simulation.engines.program.flow import (
    ALL,
    ALONE,
    CHOICE,
    END,
    FORK,
    JOIN,
    LOOP_ENTER,
    LOOP_TEST,
    STEP,
    NodeCode,
    context_keys,
)
from simulation.engines.reference.agenda import Agenda, Due, Kind
from simulation.engines.reference.cases import Case, Task
from simulation.engines.reference.sampling import Sampling

Returned = tuple[Task, int]  # and the materials at fault, in bits


class CaseFlow:
    """Moves cases from node to node until they reach a step, a wait, a join that is not complete or the end.

    Choices and loops look at the last two steps the case has passed, in the order it passed them, also where
    parallel branches take turns; silent steps count, corrections of a step do not count again.
    `correct(case, fork, returned)` is called when all branches of a block have an answer and some were
    returned.
    """

    def __init__(
        self,
        program: Program,
        sampling: Sampling,
        agenda: Agenda,
        reach: Callable[[Case, int], None],
        correct: Callable[[Case, int, list[Returned]], None],
        finish: Callable[[Case], None],
    ) -> None:
        self._program = program
        self._nodes = program.nodes
        self._silent = [step.silent for step in program.steps]
        self._tables = [dict(zip(t.keys, t.cumulative, strict=True)) for t in program.tables]
        self._sampling = sampling
        self._agenda = agenda
        self._reach = reach
        self._correct = correct
        self._finish = finish
        self._returned: dict[tuple[int, int], list[Returned]] = {}  # by case and fork, while others go on
        self.loops_capped = 0

    def passed(self, case: Case, node: int) -> None:
        """The case has passed the step of this node and goes on."""
        code = self._nodes[node]
        case.before_last, case.last = case.last, code.a + 1
        self.go_on(case, code.next)

    def go_on(self, case: Case, at: int) -> None:
        """The case goes on from node `at`."""
        nodes = self._nodes
        while True:
            code = nodes[at]
            op = code.op
            if op == STEP:
                if not self._silent[code.a]:
                    return self._reach(case, at)
                case.before_last, case.last = case.last, code.a + 1
                at = code.next
            elif op == END:
                return self._finish(case)
            elif op == CHOICE:
                at = code.targets[self._draw(case, code, code.slot)]
            elif op == LOOP_TEST:
                at = self._again_or_on(case, code)
            elif op == LOOP_ENTER:
                case.counters[code.slot] = 0
                at = code.next
            elif op == FORK:
                case.counters[code.slot_2] = 0
                return self._enter(case, code)
            elif op == JOIN:
                if not self._all_there(case, code.targets[0]):
                    return None
                at = code.next
            else:
                return self._wait(case, at, code)

    def _enter(self, case: Case, fork: NodeCode) -> None:
        """All branches of a parallel block begin."""
        case.counters[fork.slot] = len(fork.targets)
        for target in fork.targets:
            self.go_on(case, target)

    def _all_there(self, case: Case, fork: int) -> bool:
        """One more branch has an answer; whether the case may leave the block: all have, none returned."""
        slot = self._nodes[fork].slot
        case.counters[slot] -= 1
        if case.counters[slot]:
            return False
        returned = self._returned.pop((case.number, fork), None)
        if returned is None:
            return True
        self._correct(case, fork, returned)
        return False

    def gathers_returns(self, task: Task, at_fault: int) -> bool:
        """Whether the block around a returned step waits with the correction for its other branches."""
        fork = self._nodes[task.node].block
        if fork < 0 or self._nodes[fork].b == ALONE:
            return False
        self._returned.setdefault((task.case.number, fork), []).append((task, at_fault))
        self._all_there(task.case, fork)
        return True

    def redo_all(self, case: Case, fork: int, n_returned: int, ready: int) -> bool:
        """One more round of a block: all of it at `ready` (True), or the returned steps alone."""
        code = self._nodes[fork]
        case.counters[code.slot_2] += 1
        case.counters[code.slot] = n_returned
        if code.b != ALL:
            return False
        n_steps, rounds = len(self._program.steps), case.counters[code.slot_2]
        due = Due(Kind.DELAY_OVER, case.number, fork * n_steps, rounds, self._again, (case, fork))
        self._agenda.at(ready, due)
        return True

    def _again(self, case_and_fork: tuple[Case, int]) -> None:
        case, fork = case_and_fork
        if not case.closed:
            self._enter(case, self._nodes[fork])

    def rounds(self, case: Case, node: int) -> int:
        """How often the whole block around a step was returned since the case entered it."""
        fork = self._nodes[node].block
        if fork < 0 or self._nodes[fork].b != ALL:
            return 0
        return case.counters[self._nodes[fork].slot_2]

    def _draw(self, case: Case, code: NodeCode, slot: int) -> int:
        """The branch of a choice or loop for the nth time a case is there."""
        time = case.counters[slot]
        case.counters[slot] = time + 1
        u = self._sampling.uniform(code.stream, case.number, time >> 2, time & 3)
        rows = self._tables[code.a]
        two, one, none = context_keys(case.before_last, case.last, len(self._program.steps))
        shares = rows.get(two) or rows.get(one) or rows[none]
        for branch, reached in enumerate(shares):
            if u < reached:
                return branch
        return len(shares) - 1

    def _again_or_on(self, case: Case, code: NodeCode) -> int:
        case.counters[code.slot] += 1
        again, on = code.targets
        if self._draw(case, code, code.slot_2) == 1:
            return on
        if case.counters[code.slot] >= code.b:
            self.loops_capped += 1
            return on
        return again

    def _wait(self, case: Case, at: int, code: NodeCode) -> None:
        time = case.counters[code.slot]
        case.counters[code.slot] = time + 1
        length = self._sampling.whole_ms(code.a, code.stream, case, time >> 2, time & 3)
        now = self._agenda.now
        end = now + length if code.b < 0 else self._program.calendars[code.b].add(now, length)
        place = at * len(self._program.steps)
        self._agenda.at(end, Due(Kind.DELAY_OVER, case.number, place, time, self._wait_over, (case, at)))

    def _wait_over(self, waited: tuple[Case, int]) -> None:
        case, at = waited
        if not case.closed:
            self.go_on(case, self._nodes[at].next)
