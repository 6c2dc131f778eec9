"""What chance decides at a step: how long it takes, what is fetched, what is at fault, how it ends."""

from __future__ import annotations

from simulation.engines.program.codes import MAX_RETURNS, Program, StepCode, check_ms
from simulation.engines.program.distributions import halved
from simulation.engines.randomness import (
    AVAILABLE,
    CORRECTION,
    DEFECT,
    REJECT_OR_NOT,
    RETURN_OR_NOT,
    SERVICE,
    STUCK_OR_NOT,
)
from simulation.engines.reference.cases import Outcome, Task
from simulation.engines.reference.sampling import Sampling


class StepChances:
    """The draws of a step, each at its own address."""

    def __init__(self, program: Program, sampling: Sampling) -> None:
        self._program = program
        self._sampling = sampling
        self.returns_capped = 0

    def own_ms(self, task: Task) -> float:
        """The step's own time, not rounded, before speed."""
        step = task.code
        return self._sampling.exact_ms(step.duration, step.stream, task.case, task.visit, SERVICE)

    @staticmethod
    def checking_ms(task: Task) -> float:
        """Time to check what was handed in, before speed."""
        step = task.code
        complete = task.handed == step.all_asked
        return step.check_all_ms if complete else check_ms(step.asked, task.handed)

    def fetch_ms(self, task: Task) -> int:
        """Decide which materials are fetched and which handed in; returns how long the fetching takes."""
        step = task.code
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

    def outcome(self, task: Task, now: int) -> tuple[int, Outcome]:
        """Materials at fault (bits) and the outcome; papers are complete before a case is decided on."""
        step = task.code
        uniform, case, visit = self._sampling.uniform, task.case.number, task.visit
        if step.stuck_chance > 0 and uniform(step.stream, case, visit, STUCK_OR_NOT) < step.stuck_chance:
            return 0, Outcome.STUCK
        at_fault = 0
        for number, asked in enumerate(step.asked):
            bit = 1 << number
            chance = asked.defect_chance if task.handed & bit else 0.0
            if task.fetched & bit:
                chance = asked.mismatch_chance
            if chance > 0 and uniform(asked.stream, case, visit, DEFECT) < chance:
                at_fault |= bit
        chance = _return_chance(step, now)
        returned = at_fault != 0 or (chance > 0 and uniform(step.stream, case, visit, RETURN_OR_NOT) < chance)
        if returned and task.returns >= MAX_RETURNS:
            self.returns_capped += 1
            return 0, Outcome.PASSED
        if returned:
            return at_fault, Outcome.RETURNED
        if step.reject_chance > 0 and uniform(step.stream, case, visit, REJECT_OR_NOT) < step.reject_chance:
            return 0, Outcome.REJECTED
        return 0, Outcome.PASSED

    def correction_ms(self, task: Task) -> int:
        """How long the applicant takes to correct what was returned, and to come back with it."""
        return self._sampling.whole_ms(
            self._program.correction_takes, task.code.stream, task.case, task.visit, CORRECTION
        )


def _return_chance(step: StepCode, now: int) -> float:
    """The chance of a return beside defects of documents, with what a new policy adds by now."""
    if now < step.change_ms:
        return step.return_chance
    return step.return_chance + step.change_chance * halved((now - step.change_ms) / step.change_half_life_ms)
