"""Simulations in the background: a thread a job, today's hall kept for the next question about it."""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from typing import Literal

from mining.errors import OnewindowError
from simulation.comparison import Comparison
from simulation.experiment import Experiment, ExperimentCancelledError, OnProgress, Settings
from simulation.redesign import Scenario
from simulation.service_model import ServiceModel
from simulation.simulate import SIDE_BY_SIDE, ready_engine
from simulation.whatif import WhatIf, prepare

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

    def settings(self, engine: str) -> Settings:
        """How the experiments are run, on this engine."""
        return Settings(self.replications, self.days, self.warm_up_days, self.drain_days, self.seed, engine)


@dataclass(frozen=True)
class Answer:
    """The question with its comparison."""

    question: Question
    comparison: Comparison

    @property
    def before(self) -> Experiment:
        """Today's hall, simulated."""
        return self.comparison.before

    @property
    def after(self) -> Experiment:
        """The changed hall, simulated."""
        return self.comparison.after


class HallsOfToday:
    """The halls simulated last, so that another question about one simulates only the changed hall."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, Settings], WhatIf] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, model: ServiceModel, settings: Settings) -> WhatIf | None:
        """The hall, if it was simulated with these settings lately."""
        key = model.model_dump_json(), settings
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, what_if: WhatIf) -> None:
        """Keep this hall and forget the one asked for longest ago."""
        with self._lock:
            self._kept[what_if.before.model.model_dump_json(), what_if.before.settings] = what_if
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


TODAY = HallsOfToday(most=4)


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
        question, engine = self.question, ready_engine()
        question.scenario.apply(question.model)  # one that does not fit is told at once
        settings = question.settings(engine)
        executor = self._executor or (None if engine in SIDE_BY_SIDE else worker_pool())
        what_if = TODAY.find(question.model, settings)
        if what_if is None:
            what_if = prepare(
                question.model,
                settings,
                executor=executor,
                on_progress=self._progress(0),
                cancelled=self._stop.is_set,
            )
            TODAY.keep(what_if)
        self.done = question.replications
        comparison = what_if.answer(
            question.scenario,
            engine=engine,
            executor=executor,
            on_progress=self._progress(question.replications),
            cancelled=self._stop.is_set,
        )
        return Answer(question, comparison)

    def _progress(self, already: int) -> OnProgress:
        def report(done: int, _total: int) -> None:
            self.done = already + done

        return report
