"""How long an experiment takes: a slider's answer, a year of the hall, and what of it is not the engine.

    python benchmarks/experiment_speed.py [compiled|simpy] [SERVICE]

`slider`, `year` and `parts` give the figures to any other benchmark. Each is the best of several, in wall and
CPU seconds (all threads together); one run beforehand warms up what is made once a process.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":  # mining.py stands here, called like the package it measures
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from mining.text import same
from sample_logs import load_scenarios, load_service
from simulation.engines.log.tables import to_event_log
from simulation.engines.program import build_program
from simulation.experiment import Settings, run_experiment
from simulation.horizon import plan_horizon
from simulation.redesign import OneWindow, Scenario
from simulation.replication import measure_replication, set_up
from simulation.service_model import ServiceModel
from simulation.simulate import run_program
from simulation.whatif import prepare
from simulation.yardstick import yardstick

SLIDER_REPLICATIONS, SLIDER_DAYS = 20, 20
YEAR_REPLICATIONS, YEAR_DAYS = 30, 250
WARM_UP_DAYS, DRAIN_DAYS = 20, 250


@dataclass(frozen=True)
class Figure:
    """Seconds of one thing done once."""

    name: str
    wall_seconds: float
    cpu_seconds: float


def slider(engine: str, service: str = "B", repeats: int = 5) -> list[Figure]:
    """Today's hall, and the answer to one window for all counters and to each ready scenario: 20 working days
    measured after 20 that warm up, 20 pairs of runs, every case followed to its end, KPIs with intervals."""
    model = load_service(service)
    settings = Settings(SLIDER_REPLICATIONS, SLIDER_DAYS, WARM_UP_DAYS, DRAIN_DAYS, 1, engine)
    what_if = prepare(model, settings)
    found = [best(f"{service} slider: today's hall", lambda: prepare(model, settings), repeats)]
    scenarios = {"one window": one_window(model), **load_scenarios(service)}
    for name, scenario in scenarios.items():
        found.append(best(f"{service} slider: {name}", lambda s=scenario: what_if.answer(s), repeats))
    return found


def one_window(model: ServiceModel) -> Scenario:
    """All pools with applicants at their counters become one."""
    counters = {step.pool: None for step in model.steps if step.pool and step.present}
    return Scenario(name=same("one window"), redesigns=(OneWindow(pools=tuple(counters)),))


def year(engine: str, service: str = "B", repeats: int = 2) -> list[Figure]:
    """One experiment: 250 working days measured after 20 that warm up, 30 replications, KPIs."""
    model = load_service(service)

    def run() -> object:
        return run_experiment(
            model,
            YEAR_REPLICATIONS,
            days=YEAR_DAYS,
            warm_up_days=WARM_UP_DAYS,
            drain_days=DRAIN_DAYS,
            engine=engine,
        )

    return [best(f"{service} year x {YEAR_REPLICATIONS}", run, repeats)]


def parts(engine: str, service: str = "B", repeats: int = 5) -> list[Figure]:
    """What an experiment is made of, for the slider's days and for a year: work once a hall, work once a
    replication, and the log of one replication, which is made only when asked for."""
    found = []
    for days in (SLIDER_DAYS, YEAR_DAYS):
        model = load_service(service)
        horizon = plan_horizon(model, days=days, warm_up_days=WARM_UP_DAYS, drain_days=DRAIN_DAYS)
        setup = set_up(model, horizon, 1, engine)
        program, cohort = setup.program, (horizon.first_day, horizon.last_day)
        run = run_program(program, 1, 0, engine=engine, cohort_days=cohort)
        work: dict[str, Callable[[], object]] = {
            "horizon": lambda m=model, d=days: plan_horizon(
                m, days=d, warm_up_days=WARM_UP_DAYS, drain_days=DRAIN_DAYS
            ),
            "program": lambda m=model, h=horizon: build_program(m, h.n_days),
            "yardstick": lambda m=model, p=program, h=horizon: yardstick(m, p, h),
            "engine, one replication": lambda p=program, c=cohort: run_program(
                p, 1, 0, engine=engine, cohort_days=c
            ),
            "measures, one replication": lambda s=setup, r=run: measure_replication(s, 0, r),
            "log, one replication": lambda p=program, r=run: to_event_log(p, r),
        }
        for name, call in work.items():
            found.append(best(f"{service} {days} days, {len(run.visits):,} visits: {name}", call, repeats))
    return found


def best(name: str, work: Callable[[], object], repeats: int) -> Figure:
    """The shortest of several, wall and CPU each for itself."""
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Figure(name, min(walls), min(cpus))


def main(arguments: list[str]) -> None:
    engine, service = [*arguments, *("compiled", "B")[len(arguments) :]][:2]
    for measure in (parts, slider, year):
        for figure in measure(engine, service):
            wall, cpu = figure.wall_seconds * 1e3, figure.cpu_seconds * 1e3
            print(f"{figure.name:58s} {wall:10.1f} ms wall {cpu:10.1f} ms CPU")


if __name__ == "__main__":
    main(sys.argv[1:])
