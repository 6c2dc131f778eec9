"""Sample services with planted waste, the logs generated from them, and the truth they hold."""

from sample_logs.generate import SampleFiles, SampleLog, generate_sample, sample_log
from sample_logs.library import load_planted, load_scenarios, load_service, sample_names

__all__ = [
    "SampleFiles",
    "SampleLog",
    "generate_sample",
    "load_planted",
    "load_scenarios",
    "load_service",
    "sample_log",
    "sample_names",
]
