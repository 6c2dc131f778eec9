"""From an event log to a service model, one module a component."""

from simulation.calibration.assemble import calibrate

__all__ = ["calibrate"]
