"""Simulations in the background: a thread a job, replications on processes all jobs share."""

from __future__ import annotations

import logging
import os
import threading
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from typing import Literal

from mining.errors import OnewindowError
from simulation.comparison import Comparison, compare
from simulation.experiment import Experiment, ExperimentCancelledError, run_experiment
from simulation.redesign import Scenario
from simulation.service_model import ServiceModel

State = Literal["running", "done", "failed", "cancelled"]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """What to simulate: a hall before and after a scenario, under the same applicants.

    `days` are the measured working days, `warm_up_days` those before them that fill the hall, and for at
    most `drain_days` more the measured cases are followed to their end.
    """

    log_key: str
    model: ServiceModel
    model_is_true: bool  # the sample's own model, not one calibrated from the log
    scenario: Scenario
    replications: int
    days: int
    warm_up_days: int = 20
    drain_days: int = 250
    seed: int = 1


@dataclass(frozen=True)
class Answer:
    """The question with both experiments and their comparison."""

    question: Question
    before: Experiment
    after: Experiment
    comparison: Comparison


@lru_cache(maxsize=1)
def worker_pool() -> Executor:
    """Processes for the SimPy engine (it holds the interpreter), spawned alike on every system."""
    return ProcessPoolExecutor(min(4, os.cpu_count() or 1), mp_context=get_context("spawn"))


class Job:
    """A question on its way to an answer. Read `state`, `done`, `total`; call `cancel()` to stop it."""

    def __init__(self, question: Question, executor: Executor | None = None) -> None:
        self.question = question
        self.state: State = "running"
        self.done = 0
        self.total = 2 * question.replications
        self.answer: Answer | None = None
        self.error: OnewindowError | None = None
        self._executor = executor
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="onewindow-what-if", daemon=True)

    def start(self) -> Job:
        """Begin; returns the job itself."""
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Stop soon; the job ends as "cancelled"."""
        self._stop.set()

    def join(self, timeout_seconds: float | None = None) -> None:
        """Wait for the end."""
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        try:
            self.answer = self._simulate()
            self.state = "done"
        except ExperimentCancelledError:
            self.state = "cancelled"
        except OnewindowError as error:
            self.error, self.state = error, "failed"
        except BrokenProcessPool:
            worker_pool.cache_clear()
            self.error = OnewindowError(
                zh="仿真进程意外终止（可能内存不足），请减少天数或重复次数后重试。",
                en="A simulation process died (perhaps for want of memory); try fewer days or replications.",
            )
            self.state = "failed"
        finally:
            if self.state == "running":  # an error of ours: the thread prints it, the screen must not wait
                self.error = OnewindowError(
                    zh="仿真发生内部错误，详情见服务器日志。",
                    en="An internal error stopped the simulation; see the server's log.",
                )
                self.state = "failed"

    def _simulate(self) -> Answer:
        question = self.question
        after_model = question.scenario.apply(question.model)
        executor = worker_pool() if self._executor is None else self._executor
        before = self._experiment(question.model, executor, already=0)
        after = self._experiment(after_model, executor, already=question.replications)
        comparison = compare(before, after, scenario=question.scenario)
        return Answer(question, before, after, comparison)

    def _experiment(self, model: ServiceModel, executor: Executor, already: int) -> Experiment:
        def progress(done: int, _total: int) -> None:
            self.done = already + done

        question = self.question
        return run_experiment(
            model,
            question.replications,
            days=question.days,
            warm_up_days=question.warm_up_days,
            drain_days=question.drain_days,
            seed=question.seed,
            executor=executor,
            on_progress=progress,
            cancelled=self._stop.is_set,
        )
