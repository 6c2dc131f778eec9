"""From an event log to a service model, one module a component."""

from simulation.calibration.assemble import calibrate
from simulation.calibration.cases import complete_cases

__all__ = ["calibrate", "complete_cases"]
