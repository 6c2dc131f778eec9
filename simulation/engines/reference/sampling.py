"""Durations of a run in whole milliseconds."""

from __future__ import annotations

from simulation.engines.program.codes import Program
from simulation.engines.program.distributions import CONSTANT, LONGEST_MS, sample_ms
from simulation.engines.randomness import Draws
from simulation.engines.reference.cases import Case


class Sampling:
    """Draws durations of a program's distributions; constants need no random number."""

    def __init__(self, program: Program, draws: Draws) -> None:
        self._codes = program.distributions
        self._quantiles_ms = program.quantiles_ms
        self._constants_ms = [
            int(min(code.a, LONGEST_MS) + 0.5) if code.kind == CONSTANT else None
            for code in program.distributions
        ]
        self.uniform = draws.uniform
        self._of_machine = draws.of_machine

    def exact_ms(self, distribution: int, stream: int, case: Case, visit: int, purpose: int) -> float:
        """Milliseconds, not rounded."""
        code = self._codes[distribution]
        if code.kind == CONSTANT:
            return min(code.a, LONGEST_MS)
        return sample_ms(code, self._quantiles_ms, self.uniform(stream, case.number, visit, purpose))

    def whole_ms(self, distribution: int, stream: int, case: Case, visit: int, purpose: int) -> int:
        """Whole milliseconds, half up."""
        constant = self._constants_ms[distribution]
        if constant is not None:
            return constant
        return int(self.exact_ms(distribution, stream, case, visit, purpose) + 0.5)

    def of_machine_ms(self, distribution: int, stream: int, number: int, purpose: int) -> float:
        """Milliseconds, not rounded, of the `number`-th failure of a machine."""
        u = self._of_machine(stream, number, purpose)
        return sample_ms(self._codes[distribution], self._quantiles_ms, u)
