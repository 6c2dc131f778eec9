"""Before and after of a real reform, measured on two logs or on one log with a reform date."""

from mining.drift import Drift, measure_drift
from mining.reform.compare import LogComparison, compare_logs
from mining.reform.contrast import LogContrast, contrast_at, contrast_logs
from mining.reform.interrupted import Interruption
from mining.reform.map_difference import MapDifference, compare_maps
from mining.reform.split import Split, Straddling, join_logs, split_at

__all__ = [
    "Drift",
    "Interruption",
    "LogComparison",
    "LogContrast",
    "MapDifference",
    "Split",
    "Straddling",
    "compare_logs",
    "compare_maps",
    "contrast_at",
    "contrast_logs",
    "join_logs",
    "measure_drift",
    "split_at",
]
