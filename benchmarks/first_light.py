"""Seconds for each part of the whole path on given logs: read, mine, calibrate, compare.

    python benchmarks/first_light.py LOG [LOG ...]

Without a log it measures the sample service.
Each part is measured once, in CPU and wall seconds, in one process.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

if __name__ == "__main__":  # mining.py stands here, called like the package it measures
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from dashboards.mining_report import mine_everything
from mining.event_log import EventLog
from mining.reading import read_event_log
from sample_logs import generate_sample
from simulation.calibration import calibrate
from simulation.experiment import run_experiment

Result = TypeVar("Result")
REPLICATIONS = 5
WORKING_DAYS = 20


def timed(label: str, work: Callable[[], Result]) -> Result:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    print(f"  {label:28s} {time.perf_counter() - wall:8.2f} s wall {time.process_time() - cpu:8.2f} s CPU")
    return result


def measure(path: Path, materials: Path | None = None) -> None:
    print(path.name)
    log: EventLog = timed("read", lambda: read_event_log(path, materials=materials))
    print(f"  {log.n_cases:,} cases, {log.n_events:,} events")
    timed("mine", lambda: mine_everything(log))
    model = timed("calibrate", lambda: calibrate(log))
    timed(
        f"simulate {REPLICATIONS} x {WORKING_DAYS} working days",
        lambda: run_experiment(model, REPLICATIONS, days=WORKING_DAYS),
    )


def main(arguments: list[str]) -> None:
    if arguments:
        for argument in arguments:
            measure(Path(argument))
        return
    with tempfile.TemporaryDirectory() as directory:
        files = timed("generate sample A", lambda: generate_sample("A", Path(directory)))
        measure(files.events, files.materials)


if __name__ == "__main__":
    main(sys.argv[1:])
