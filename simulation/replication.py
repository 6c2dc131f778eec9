"""One replication: a simulated log and the figures measured on it. Runs in any worker process."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mining.event_log import BACK_OFFICE, EventLog
from mining.measures import measure
from simulation.horizon import Horizon
from simulation.kpis import mean_utilisation, member_loads, pool_utilisation
from simulation.service_model import ServiceModel
from simulation.simulate import simulate


@dataclass(frozen=True)
class Task:
    """One replication to run; travels to worker processes."""

    model: ServiceModel
    horizon: Horizon
    seed: int
    number: int
    engine: str


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
    """What a worker sends back; only replication 0 sends its log."""

    figures: Replication
    log: EventLog | None
    cohort: tuple[str, ...]


def run_replication(task: Task) -> Result:
    """Simulate and measure one replication."""
    model, horizon = task.model, task.horizon
    log = simulate(
        model,
        horizon.n_days,
        task.seed,
        replication=task.number,
        engine=task.engine,
        cohort_days=(horizon.first_day, horizon.last_day),
    )
    first_ms, last_ms = horizon.bounds_ms(model)
    applied = log.cases["ts_apply"].to_numpy().astype("datetime64[ms]").astype("int64")
    cohort = log.cases[(applied >= first_ms) & (applied < last_ms)]
    loads = member_loads(log, model, first_ms, last_ms)
    kpis = measure(
        log,
        model.calendars[model.visits.calendar],
        cohort=cohort["case_id"],
        window=(pd.Timestamp(first_ms, unit="ms"), pd.Timestamp(last_ms, unit="ms")),
    )
    if all(step.place == BACK_OFFICE for step in model.steps):
        # nothing is known of applicants coming to this hall: no visits would read as no trips
        kpis.pop("visits_per_journey_mean", None)
    if loads:
        kpis["utilisation_mean"] = mean_utilisation(loads)
    figures = Replication(
        number=task.number,
        kpis=kpis,
        utilisation=pool_utilisation(loads, model),
        cases=len(cohort),
        unfinished=int(cohort["ts_finish"].isna().sum()),
        incidents={issue.code: issue.rows for issue in log.quality.issues},
    )
    if task.number > 0:
        return Result(figures, None, ())
    return Result(figures, log, tuple(cohort["case_id"]))
