"""One replication: a run and the figures measured on it. Runs in any thread or worker process."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mining.event_log import BACK_OFFICE
from simulation.engines.log.report import quality_report
from simulation.engines.program import Program, build_program
from simulation.engines.run_records import RunRecords
from simulation.horizon import Horizon
from simulation.kpis import mean_utilisation, pool_utilisation
from simulation.run_measures import RunColumns, measure_run, run_loads
from simulation.service_model import ServiceModel
from simulation.simulate import run_program
from simulation.yardstick import Yardstick, yardstick

OF_VISITS = ("visits_per_journey_mean", "at_most_one_visit_share", "no_visit_share")


@dataclass(frozen=True)
class Setup:
    """What all replications of one hall share; made once by `set_up`, travels to worker processes."""

    model: ServiceModel
    horizon: Horizon
    seed: int
    engine: str
    program: Program
    yardstick: Yardstick


@dataclass(frozen=True)
class Replication:
    """Figures of one run: KPI name -> value, pool -> utilisation, and the cases they come from.

    `cases` applied on the measured days, `unfinished` of them were still inside when the run ended.
    `incidents` counts what the whole run capped or put off, by code of its quality report: loops ended by
    `max_rounds`, people who came too late for a ticket, ...
    """

    number: int
    kpis: dict[str, float]
    utilisation: dict[str, float]
    cases: int
    unfinished: int
    incidents: dict[str, int]


@dataclass(frozen=True)
class Result:
    """What a worker sends back; only replication 0 sends its records."""

    figures: Replication
    run: RunRecords | None


def set_up(model: ServiceModel, horizon: Horizon, seed: int, engine: str) -> Setup:
    """The hall as a program over the horizon, and how its runs are measured."""
    program = build_program(model, horizon.n_days)
    return Setup(model, horizon, seed, engine, program, yardstick(model, program, horizon))


def run_replication(setup: Setup, number: int) -> Result:
    """Simulate and measure one replication."""
    horizon = setup.horizon
    run = run_program(
        setup.program,
        setup.seed,
        number,
        engine=setup.engine,
        cohort_days=(horizon.first_day, horizon.last_day),
    )
    return Result(measure_replication(setup, number, run), _to_keep(run) if number == 0 else None)


def _to_keep(run: RunRecords) -> RunRecords:
    """The run without the room its engine had for more visits."""
    return replace(run, visits=run.visits.copy())


def measure_replication(setup: Setup, number: int, run: RunRecords) -> Replication:
    """The figures of one run."""
    model, columns = setup.model, RunColumns(run, setup.yardstick)
    loads = run_loads(columns, setup.yardstick)
    kpis = measure_run(columns, setup.yardstick)
    if all(step.place == BACK_OFFICE for step in model.steps):
        # nothing is known of applicants coming to this hall: no visits would read as no trips
        for key in OF_VISITS:
            kpis.pop(key, None)
    if loads:
        kpis["utilisation_mean"] = mean_utilisation(loads)
    return Replication(
        number=number,
        kpis=kpis,
        utilisation=pool_utilisation(loads, model),
        cases=int(columns.applied.sum()),
        unfinished=int((columns.applied & ~columns.finished).sum()),
        incidents={issue.code: issue.rows for issue in quality_report(setup.program, run).issues},
    )
