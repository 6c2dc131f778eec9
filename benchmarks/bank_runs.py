"""Runs of the bank models and their measures: the same for logged and for simulated calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.bank_calls import Calls
from benchmarks.bank_models import DAY_TYPE_MARK, Fitted, model_of_day, model_of_week
from mining.half_hours import HALF_HOUR_MS, HALF_HOURS
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE
from simulation.engines.arrivals import Applicants, applicants_at
from simulation.engines.compiled import run_compiled
from simulation.engines.program import Program, build_program
from simulation.engines.reference.cases import Outcome
from simulation.engines.run_records import Record, RunRecords

RANGE = (0.025, 0.975)  # of the replications
FIRST_HALF_HOUR = 14  # shown from 7:00 on; a handful of calls come before


@dataclass(frozen=True)
class Waited:
    """Calls and how their waiting ended: day (from 0), ms since midnight, class, wait, given up or not."""

    day: np.ndarray
    came_ms: np.ndarray
    of_class: np.ndarray
    wait_minutes: np.ndarray
    gave_up: np.ndarray

    @property
    def half_hour(self) -> np.ndarray:
        """Half-hour of the day in which each call came."""
        return self.came_ms // HALF_HOUR_MS

    def where(self, keep: np.ndarray) -> Waited:
        """Some of the calls."""
        return Waited(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Measures:
    """Of a set of calls: number, mean wait of all and of those served (seconds), shares."""

    calls: int
    wait_seconds: float
    served_wait_seconds: float
    waited_share: float
    gave_up_share: float

    @staticmethod
    def of(waited: Waited) -> Measures:
        """The measures; NaN where there is nobody."""
        seconds, gave_up = waited.wait_minutes * 60, waited.gave_up
        n = seconds.size
        return Measures(
            calls=n,
            wait_seconds=float(seconds.mean()) if n else np.nan,
            served_wait_seconds=float(seconds[~gave_up].mean()) if (~gave_up).any() else np.nan,
            waited_share=float((seconds > 0).mean()) if n else np.nan,
            gave_up_share=float(gave_up.mean()) if n else np.nan,
        )


def logged(calls: Calls) -> Waited:
    """The calls of the log."""
    day = calls.came_ms // MS_PER_DAY
    return Waited(
        day=day - calls.days[0],
        came_ms=calls.came_ms % MS_PER_DAY,
        of_class=calls.of_class,
        wait_minutes=calls.waited_ms / MS_PER_MINUTE,
        gave_up=calls.gave_up,
    )


def simulate_days(fitted: Fitted, replications: int, days: np.ndarray | None = None) -> Iterator[Waited]:
    """Each day by itself: the calls come when they came, and meet the agents who were there.

    The seed of a day is its number, so that days differ in their luck. One `Waited` a replication.
    """
    calls = fitted.calls
    chosen = calls.days if days is None else calls.days[days]
    programs = {int(day): build_program(model_of_day(fitted, int(day)), 2) for day in chosen}
    for replication in range(replications):
        yield _joined([_run_day(calls, day, program, replication) for day, program in programs.items()])


def simulate_weeks(fitted: Fitted, seed: int, replications: int) -> Iterator[Waited]:
    """The typical week over the days of the month, calls drawn. One `Waited` a replication."""
    model = model_of_week(fitted)
    n_days = int(fitted.calls.days[-1] - fitted.calls.days[0]) + 1
    program = build_program(model, n_days + 1)
    names = [each.name for each in fitted.calls.classes]
    classes = np.array(
        [names.index(each.name.removesuffix(DAY_TYPE_MARK + each.calendar)) for each in model.arrivals]
    )
    for replication in range(replications):
        run = run_compiled(program, seed, replication, (0, n_days))
        yield _waited(run, classes, n_days)


def callers(calls: Calls, day: int) -> Applicants:
    """The calls of a day as applicants of its model."""
    today = calls.where(calls.came_ms // MS_PER_DAY == day)
    return applicants_at((today.came_ms - day * MS_PER_DAY).tolist(), today.of_class.tolist())


def _run_day(calls: Calls, day: int, program: Program, replication: int) -> Waited:
    run = run_compiled(program, day, replication, None, callers(calls, day))
    waited = _waited(run, np.arange(len(calls.classes)), 1)
    return Waited(
        np.full(waited.day.size, day - calls.days[0]),
        waited.came_ms,
        waited.of_class,
        waited.wait_minutes,
        waited.gave_up,
    )


def _waited(run: RunRecords, classes: np.ndarray, n_days: int) -> Waited:
    """The calls of the first days of a run; every one of them was served or gave up (checked)."""
    in_time = run.arrived_ms < n_days * MS_PER_DAY
    column = Record._fields.index("case")
    visits = dict(zip(Record._fields, run.visits[in_time[run.visits[:, column]]].T, strict=True))
    case = visits["case"]
    missing = int(in_time.sum()) - np.unique(case).size
    if missing:
        raise RuntimeError(f"{missing} calls were neither served nor given up when the run ended")
    came = run.arrived_ms[case]
    return Waited(
        day=came // MS_PER_DAY,
        came_ms=came % MS_PER_DAY,
        of_class=classes[run.arrivals[case]],
        wait_minutes=(visits["start"] - visits["enabled"]) / MS_PER_MINUTE,
        gave_up=visits["outcome"] == Outcome.GAVE_UP,
    )


def _joined(parts: list[Waited]) -> Waited:
    return Waited(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Waited.__dataclass_fields__)
    )


@dataclass(frozen=True)
class ByHalfHour:
    """Measures by half-hour of the day, shape (48,) or (replications, 48); per day where a number."""

    calls: np.ndarray
    wait_seconds: np.ndarray
    waited_share: np.ndarray
    gave_up_share: np.ndarray

    @staticmethod
    def of(waited: Waited, n_days: int) -> ByHalfHour:
        """Of one set of calls; NaN in half-hours without any."""
        slot = waited.half_hour
        n = np.bincount(slot, minlength=HALF_HOURS).astype(float)
        some = np.where(n > 0, n, np.nan)

        def mean(values: np.ndarray) -> np.ndarray:
            return np.bincount(slot, values, minlength=HALF_HOURS) / some

        return ByHalfHour(
            calls=n / n_days,
            wait_seconds=mean(waited.wait_minutes * 60),
            waited_share=mean(waited.wait_minutes > 0),
            gave_up_share=mean(waited.gave_up),
        )

    @staticmethod
    def of_all(runs: list[Waited], n_days: int) -> ByHalfHour:
        """Of several replications, stacked."""
        each = [ByHalfHour.of(run, n_days) for run in runs]
        return ByHalfHour(
            *(np.stack([getattr(one, name) for one in each]) for name in ByHalfHour.__dataclass_fields__)
        )


def daily(waited: Waited, n_days: int) -> np.ndarray:
    """Mean wait (seconds) and share given up of each day, shape (days, 2)."""
    n = np.maximum(np.bincount(waited.day, minlength=n_days), 1)
    wait = np.bincount(waited.day, waited.wait_minutes * 60, minlength=n_days) / n
    return np.stack([wait, np.bincount(waited.day, waited.gave_up, minlength=n_days) / n], axis=1)
