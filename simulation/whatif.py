"""Live what-ifs: today's hall is simulated once, each question then simulates only the changed hall.

    what_if = prepare(model, Settings(replications=20, days=20, ...))
    what_if.answer(scenario).kpi("wait_minutes_mean")

Both halls meet the same applicants with the same luck, replication by replication, so the kept runs of today
pair with those of any redesign.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace

from simulation.comparison import Comparison, compare
from simulation.experiment import Cancelled, Experiment, OnProgress, Settings, run_experiment
from simulation.redesign import Scenario
from simulation.service_model import ServiceModel


@dataclass(frozen=True)
class WhatIf:
    """Today's hall, simulated: what every redesign of it is compared with."""

    before: Experiment

    def answer(
        self,
        scenario: Scenario,
        *,
        engine: str | None = None,
        executor: Executor | None = None,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
    ) -> Comparison:
        """The hall after the scenario against today's, with the settings of today's runs.

        `engine` may be another one than today's. Raises `RedesignError` where the scenario does not fit; the
        rest is as in `run_experiment`.
        """
        settings = self.before.settings
        after = _run(
            scenario.apply(self.before.model),
            replace(settings, engine=engine or settings.engine),
            executor,
            on_progress,
            cancelled,
        )
        return compare(self.before, after, scenario=scenario)


def prepare(
    model: ServiceModel,
    settings: Settings,
    *,
    executor: Executor | None = None,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
) -> WhatIf:
    """Simulate today's hall; `executor`, `on_progress` and `cancelled` as in `run_experiment`."""
    return WhatIf(_run(model, settings, executor, on_progress, cancelled))


def _run(
    model: ServiceModel,
    settings: Settings,
    executor: Executor | None,
    on_progress: OnProgress | None,
    cancelled: Cancelled | None,
) -> Experiment:
    return run_experiment(
        model, **asdict(settings), executor=executor, on_progress=on_progress, cancelled=cancelled
    )
