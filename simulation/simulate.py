"""Run a service model: `simulate` gives an event log in the schema of the logs that come in."""

from __future__ import annotations

from collections.abc import Callable

from mining.event_log import EventLog
from simulation.engines.compiled import is_ready, run_compiled
from simulation.engines.log.tables import to_event_log
from simulation.engines.program import Program, build_program
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.engines.run_records import RunRecords
from simulation.errors import ExperimentError
from simulation.service_model import ServiceModel

Engine = Callable[[Program, int, int, tuple[int, int] | None], RunRecords]
ENGINES: dict[str, Engine] = {"compiled": run_compiled, "simpy": run_simpy}
DEFAULT_ENGINE = "compiled"
SIDE_BY_SIDE: frozenset[str] = frozenset({"compiled"})
"""Engines that let other threads of the process run meanwhile."""
LARGEST_SEED = 2**32 - 1


def ready_engine() -> str:
    """The fastest engine that can begin at once: the compiled one once its machine code is there."""
    return "compiled" if is_ready() else "simpy"


def simulate(
    model: ServiceModel,
    days: int,
    seed: int,
    replication: int = 0,
    engine: str = DEFAULT_ENGINE,
    *,
    cohort_days: tuple[int, int] | None = None,
) -> EventLog:
    """The log of `days` calendar days of the hall from `model.start_date` on.

    Equal arguments give equal logs. `replication` numbers runs of one seed; two models run with the same
    seed and replication meet the same applicants with the same luck. With `cohort_days` = (first, last)
    people keep arriving, but the run ends as soon as everybody who arrived on days first <= day < last has
    finished, not before the last of these days is over and at the latest after `days`. Cases still inside
    at the end are in `cases` without a finish time. Raises `ExperimentError` for arguments out of range and
    `ModelError` for a model that cannot run.
    """
    return simulate_program(
        build_program(model, days), seed, replication, engine=engine, cohort_days=cohort_days
    )


def simulate_program(
    program: Program,
    seed: int,
    replication: int = 0,
    *,
    engine: str = DEFAULT_ENGINE,
    cohort_days: tuple[int, int] | None = None,
) -> EventLog:
    """`simulate` for a program built once and run many times."""
    return to_event_log(
        program, run_program(program, seed, replication, engine=engine, cohort_days=cohort_days)
    )


def run_program(
    program: Program,
    seed: int,
    replication: int,
    *,
    engine: str,
    cohort_days: tuple[int, int] | None = None,
) -> RunRecords:
    """`simulate_program` up to the bare records of the run, of which `to_event_log` makes the log."""
    if engine not in ENGINES:
        raise ExperimentError(
            zh=f"未知的仿真引擎“{engine}”；可用：{'、'.join(ENGINES)}。",
            en=f"Unknown engine {engine!r}; available: {', '.join(ENGINES)}.",
        )
    for name, value in (("seed", seed), ("replication", replication)):
        if not 0 <= value <= LARGEST_SEED:
            raise ExperimentError(
                zh=f"{name} 须为 0 至 {LARGEST_SEED} 的整数，现为 {value}。",
                en=f"{name} must be a whole number from 0 to {LARGEST_SEED}, found {value}.",
            )
    if cohort_days is not None and not 0 <= cohort_days[0] < cohort_days[1] <= program.days:
        raise ExperimentError(
            zh=f"cohort_days 须满足 0 <= 首日 < 末日 <= {program.days}，现为 {cohort_days}。",
            en=f"cohort_days must satisfy 0 <= first < last <= {program.days}, found {cohort_days}.",
        )
    return ENGINES[engine](program, seed, replication, cohort_days)
