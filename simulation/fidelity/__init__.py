"""How well a log made by a model follows that of the hall: distances, and the floor beside them."""

from simulation.fidelity.distances import Distances, mean_distances, measure_distances
from simulation.fidelity.floor import resample_training
from simulation.fidelity.split import LogSplit, split_by_end_time

__all__ = [
    "Distances",
    "LogSplit",
    "mean_distances",
    "measure_distances",
    "resample_training",
    "split_by_end_time",
]
