"""One measurement of this project's engines, in a process of its own.

    python benchmarks/engine_runs.py queue|hall ENGINE SIZE SEED
    python benchmarks/engine_runs.py loan ENGINE MODEL.bpmn PARAMETERS.json SEED LOG.csv
    python benchmarks/engine_runs.py experiments ENGINE REPEATS

prints one JSON line. Time runs from a program (a model flattened, as for all replications of an experiment)
to the records of a run, drawing who comes included; a short run beforehand imports and compiles. `queue` is
M/M/3 with about SIZE customers, `hall` sample service B over SIZE days, `loan` a model of Prosimos with the
people of one of its logs.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # mining.py stands here, called like the package it measures
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np
import pandas as pd

from benchmarks import experiment_speed
from benchmarks.engine_peers import LOAD, SERVERS, SERVICE_MINUTES, START, repeated
from benchmarks.machine import peak_mb
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, WEEKDAYS
from sample_logs import load_service
from simulation.engines.arrivals import Applicants, applicants_at
from simulation.engines.program import build_program
from simulation.engines.run_records import Record, RunRecords
from simulation.importing.prosimos import import_prosimos
from simulation.service_model import ServiceModel, service_model_from
from simulation.simulate import ENGINES

MINUTES_PER_DAY = 1440
PER_DAY = LOAD * SERVERS * MINUTES_PER_DAY / SERVICE_MINUTES
ALL_DAY = {f"{hour:02d}:{minute:02d}": 1 for hour in range(24) for minute in (0, 30)}
ENABLED, STARTED = Record._fields.index("enabled"), Record._fields.index("start")
LONGER = 1.3  # days of a run against those of a log of Prosimos, so that everybody finishes


def queue_model() -> ServiceModel:
    """M/M/3 around the clock: one back-office step, one pool, three members."""
    weekly = {day: ["00:00-24:00"] for day in WEEKDAYS}
    service = {"kind": "exponential", "mean_minutes": SERVICE_MINUTES}
    return service_model_from(
        {
            "name": {"zh": "M/M/3", "en": "M/M/3"},
            "start_date": "2026-01-05",
            "calendars": {"always": {"weekly": weekly}},
            "pools": [{"name": "pool"}],
            "members": [
                {"name": f"server {n}", "serves": ["pool"], "calendar": "always"} for n in range(SERVERS)
            ],
            "steps": [{"name": "service", "pool": "pool", "duration": service}],
            "flow": {"step": "service"},
            "arrivals": [
                {"name": "people", "per_day": PER_DAY, "calendar": "always", "half_hour_weights": ALL_DAY}
            ],
            "visits": {"calendar": "always"},
        }
    )


def measured(
    model: ServiceModel, engine: str, days: int, seed: int, people: Applicants | None = None
) -> tuple[RunRecords, dict[str, Any]]:
    """A run, its seconds, and the peak memory before and after."""
    run = ENGINES[engine]
    given = () if people is None else (people,)
    run(build_program(model, 1), seed, 0, None)
    built = time.process_time()
    program = build_program(model, days)
    built = time.process_time() - built
    before, peaks = peak_mb(), []

    def one_run() -> RunRecords:
        records = run(program, seed, 0, None, *given)
        peaks.append(peak_mb())
        return records

    records, seconds = repeated(one_run)
    waits = records.visits[:, STARTED] - records.visits[:, ENABLED]
    return records, {
        **seconds,
        "program_cpu": built,
        "units": len(records.visits),
        "mean_wait": float(waits.mean()) / MS_PER_MINUTE,
        "before_mb": before,
        "peak_mb": peaks[0],
    }


def queue(engine: str, customers: int, seed: int) -> dict[str, Any]:
    """About so many customers: whole days of them, a Poisson number."""
    return measured(queue_model(), engine, max(1, round(customers / PER_DAY)), seed)[1]


def hall(engine: str, days: int, seed: int) -> dict[str, Any]:
    """Service B with all it has: lunch, visits, corrections, shared pools."""
    return measured(load_service("B"), engine, days, seed)[1]


def loan(engine: str, diagram: Path, parameters: Path, seed: int, log: Path) -> dict[str, Any]:
    """The model of Prosimos, with the same moments of arrival as its log; cycle times of both in hours."""
    model = import_prosimos(diagram, parameters).model
    moments, last_ms, cycle_hours, n_events = prosimos_log(log)
    days = int(LONGER * last_ms / MS_PER_DAY) + 30
    records, found = measured(model, engine, days, seed, applicants_at(moments.tolist()))
    unfinished = int((records.finish_ms < 0).sum())
    if unfinished:
        raise SystemExit(f"{unfinished} cases did not finish in {days} days")
    own_hours = (records.finish_ms - records.arrived_ms).mean() / MS_PER_HOUR
    return {**found, "cycle_hours": own_hours, "their_cycle_hours": cycle_hours, "their_units": n_events}


def prosimos_log(path: Path) -> tuple[np.ndarray, float, float, int]:
    """When the cases of a log begin and when the last ends (ms), their mean cycle time (hours), how many
    events there are."""
    log = pd.read_csv(path)
    begin = pd.to_datetime(log["enable_time"], format="ISO8601").groupby(log["case_id"]).min()
    end = pd.to_datetime(log["end_time"], format="ISO8601").groupby(log["case_id"]).max()
    midnight = pd.Timestamp(START).normalize()
    moments = (begin - midnight).dt.total_seconds() * 1000
    last = (end.max() - midnight).total_seconds() * 1000
    hours = float((end - begin).dt.total_seconds().mean()) / 3600
    return moments.round().astype("int64").to_numpy(), last, hours, len(log)


def experiments(engine: str, repeats: int) -> dict[str, Any]:
    """A slider's answers and a year of service B (benchmarks/experiment_speed.py)."""
    figures = [
        *experiment_speed.slider(engine, "B", repeats),
        *experiment_speed.year(engine, "B", max(1, repeats // 2)),
    ]
    return {"figures": [asdict(figure) for figure in figures]}


def main(arguments: list[str]) -> None:
    scenario, engine, *rest = arguments
    if scenario == "loan":
        diagram, parameters, seed, log = rest
        found = loan(engine, Path(diagram), Path(parameters), int(seed), Path(log))
    elif scenario == "experiments":
        found = experiments(engine, int(rest[0]))
    else:
        found = {"queue": queue, "hall": hall}[scenario](engine, int(rest[0]), int(rest[1]))
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
