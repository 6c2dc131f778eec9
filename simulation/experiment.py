"""Experiment: replications of one hall under addressed randomness, on any `concurrent.futures` executor.

Replication r of two models with the same seed meets the same applicants with the same luck, so that two
experiments can be compared pair by pair (`simulation.comparison`).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.event_log import EventLog
from mining.measures import KPIS, kpi
from mining.text import Language, Text
from mining.working_time import MS_PER_DAY
from simulation.cautions import cautions_about
from simulation.engines.log.tables import case_names, to_event_log
from simulation.engines.program.codes import Program
from simulation.engines.run_records import RunRecords
from simulation.errors import ExperimentError
from simulation.horizon import Horizon, plan_horizon
from simulation.intervals import Interval, mean_interval
from simulation.replication import Replication, Result, Setup, run_replication, set_up
from simulation.service_model import ServiceModel
from simulation.simulate import DEFAULT_ENGINE, SIDE_BY_SIDE

POLL_SECONDS = 0.2  # how often a cancel is looked for while worker processes are busy

OnProgress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


class ExperimentCancelledError(ExperimentError):
    """The user stopped the experiment; there is no result."""


@dataclass(frozen=True)
class Settings:
    """How an experiment was run; days are working days, see `simulation.horizon`. Engines give the same
    records, so experiments on different ones are alike."""

    replications: int
    days: int
    warm_up_days: int
    drain_days: int
    seed: int
    engine: str = field(compare=False)


@dataclass(frozen=True)
class Experiment:
    """Replications of one hall; `program` is the hall as it was run, `run` the records of replication 0."""

    model: ServiceModel
    settings: Settings
    horizon: Horizon
    replications: tuple[Replication, ...]
    program: Program = field(compare=False, repr=False)
    run: RunRecords = field(compare=False, repr=False)

    @property
    def name(self) -> Text:
        """Name of the hall."""
        return self.model.name

    @property
    def kpi_names(self) -> list[str]:
        """The KPIs that every replication has, in the order of `mining.measures.KPIS`."""
        return [each.key for each in KPIS if all(each.key in r.kpis for r in self.replications)]

    @property
    def table(self) -> pd.DataFrame:
        """One row a replication: its KPIs, `cases` and `unfinished`; NaN where a KPI could not be told."""
        rows = [{**r.kpis, "cases": r.cases, "unfinished": r.unfinished} for r in self.replications]
        return pd.DataFrame(rows, index=pd.Index([r.number for r in self.replications], name="replication"))

    @cached_property
    def log(self) -> EventLog:
        """The simulated log of replication 0, warm-up and all, for maps and distributions; made when first
        asked for."""
        return to_event_log(self.program, self.run)

    @cached_property
    def cohort(self) -> tuple[str, ...]:
        """Ids of the measured cases of replication 0, in the order of the log."""
        days = self.run.arrived_ms // MS_PER_DAY
        measured = (days >= self.horizon.first_day) & (days < self.horizon.last_day)
        return tuple(np.sort(case_names(self.program, self.run)[measured]).tolist())

    @cached_property
    def measured_log(self) -> EventLog:
        """The measured cases of replication 0."""
        return self.log.of_cases(self.cohort)

    @property
    def cases(self) -> int:
        """Measured cases, all replications together."""
        return sum(r.cases for r in self.replications)

    @property
    def unfinished(self) -> int:
        """Measured cases that were still inside when their run ended, all replications together."""
        return sum(r.unfinished for r in self.replications)

    @property
    def incidents(self) -> dict[str, int]:
        """What the runs capped or put off, all replications together, by code (see `Replication`)."""
        total: Counter[str] = Counter()
        for replication in self.replications:
            total.update(replication.incidents)
        return dict(total)

    @property
    def cautions(self) -> list[Text]:
        """What makes the figures of this experiment too low or too high, if anything does."""
        return cautions_about(self)

    @property
    def utilisation(self) -> dict[str, float]:
        """Mean utilisation by pool."""
        n = len(self.replications)
        return {
            pool: sum(r.utilisation[pool] for r in self.replications) / n
            for pool in self.replications[0].utilisation
        }

    def values(self, key: str) -> list[float]:
        """The KPI `key`: one value a replication, in their order."""
        return [r.kpis[key] for r in self.replications]

    def interval(self, key: str) -> Interval:
        """Mean and 95 % t interval over the replications; raises `ExperimentError` for fewer than two."""
        return mean_interval(self.values(key))

    def to_json(self, language: Language) -> dict[str, Any]:
        """As JSON values: KPIs with intervals, utilisation, what is unfinished, assumptions."""
        return {
            "simulated": True,
            "model": self.name.in_language(language),
            "settings": settings_json(self.settings),
            "kpis": [self._kpi_json(name, language) for name in self.kpi_names],
            "utilisation": self.utilisation,
            "cases": self.cases,
            "unfinished_cases": self.unfinished,
            "incidents": self.incidents,
            "cautions": [text.in_language(language) for text in self.cautions],
            "assumptions": [text.in_language(language) for text in assumption_texts(self.model)],
        }

    def _kpi_json(self, key: str, language: Language) -> dict[str, JsonValue]:
        interval = self.interval(key)
        return {
            "name": key,
            "title": kpi(key).name.in_language(language),
            "unit": kpi(key).unit.in_language(language),
            "mean": interval.mean,
            "ci_low": interval.low,
            "ci_high": interval.high,
            "replications": interval.n,
        }


def settings_json(settings: Settings) -> dict[str, JsonValue]:
    """The settings as JSON values."""
    return asdict(settings)


def assumption_texts(model: ServiceModel) -> list[Text]:
    """What the model takes for granted: each note once, assumptions without a note by their path."""
    paths_by_note: dict[Text | None, list[str]] = {}
    for path, evidence in model.assumptions.items():
        paths_by_note.setdefault(evidence.note, []).append(path)
    bare = [Text(zh=f"{path}（假定）", en=f"{path} (assumed)") for path in paths_by_note.pop(None, [])]
    return [note for note in paths_by_note if note is not None] + bare


def run_experiment(
    model: ServiceModel,
    replications: int,
    *,
    days: int = 40,
    warm_up_days: int = 20,
    drain_days: int = 250,
    seed: int = 1,
    engine: str = DEFAULT_ENGINE,
    executor: Executor | None = None,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
) -> Experiment:
    """Simulate a hall `replications` times and measure the cases that apply on `days` working days.

    Each run begins with an empty hall; `warm_up_days` working days fill it. Measured are the cases that apply
    on the following `days`; others keep coming while these are followed to their end, for at most
    `drain_days` more. Measured cases still inside then are counted (`Experiment.unfinished`): their cycle
    times are missing, so means are too low where there are many; `cautions` says so.

    Replications run on `executor` (threads, processes, a cluster's executor); without one, on a thread a core
    if the engine lets threads run side by side, else in this thread. The result is the same, bit for bit.
    `on_progress(done, replications)` is called in this thread after each, and `cancelled()` is asked now and
    then: True raises `ExperimentCancelledError`.

    Raises `ExperimentError` for settings that give no answer.
    """
    if replications < 1:
        raise ExperimentError(
            zh=f"重复次数至少为 1（要区间至少为 2），现为 {replications}。",
            en=f"At least 1 replication is needed (2 for intervals), found {replications}.",
        )
    horizon = plan_horizon(model, days=days, warm_up_days=warm_up_days, drain_days=drain_days)
    settings = Settings(replications, days, warm_up_days, drain_days, seed, engine)
    setup = set_up(model, horizon, seed, engine)
    results: dict[int, Result] = {}
    with _workers(engine, replications, executor) as workers:
        for number, result in _run_all(setup, replications, workers, cancelled or (lambda: False)):
            results[number] = result
            if on_progress is not None:
                on_progress(len(results), replications)
    return _experiment(setup, settings, [results[number] for number in range(replications)])


def _experiment(setup: Setup, settings: Settings, results: list[Result]) -> Experiment:
    run = results[0].run
    if run is None:
        raise AssertionError("replication 0 keeps its records")
    figures = tuple(result.figures for result in results)
    return Experiment(setup.model, settings, setup.horizon, figures, setup.program, run)


@contextmanager
def _workers(engine: str, replications: int, executor: Executor | None) -> Iterator[Executor | None]:
    """The given executor, else threads of our own where they run side by side.

    After a cancel or an error nobody waits for the replications under way: they end unheard.
    """
    n_threads = min(replications, os.cpu_count() or 1)
    if executor is not None or engine not in SIDE_BY_SIDE or n_threads == 1:
        yield executor
        return
    threads = ThreadPoolExecutor(n_threads, thread_name_prefix="onewindow-replication")
    try:
        yield threads
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _run_all(
    setup: Setup, replications: int, executor: Executor | None, cancelled: Cancelled
) -> Iterator[tuple[int, Result]]:
    """Results as they come, by number of the replication; raises `ExperimentCancelledError`."""
    if executor is None:
        for number in range(replications):
            _stop_if(cancelled)
            yield number, run_replication(setup, number)
        return
    futures = {executor.submit(run_replication, setup, number): number for number in range(replications)}
    waiting = set(futures)
    try:
        while waiting:
            _stop_if(cancelled)
            done, waiting = wait(waiting, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=futures.__getitem__):
                yield futures[future], future.result()
    finally:
        for future in waiting:
            future.cancel()


def _stop_if(cancelled: Cancelled) -> None:
    if cancelled():
        raise ExperimentCancelledError(zh="仿真已取消。", en="The experiment was cancelled.")
