"""A service model flattened into numbers, the common input of all engines; `build_program` makes it."""

from __future__ import annotations

from simulation.engines.program.build import build_program
from simulation.engines.program.codes import Program

__all__ = ["Program", "build_program"]
