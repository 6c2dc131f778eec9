"""The resampling floor: a log made of what was seen, without a model, to be come close to or beaten.

Arrivals are a Poisson process whose rate is that of the hour of the week; each arrival is a whole case of the
training part that came in the same hour of the week, drawn with replacement and moved in time, so that few
cases slide into nights and weekends. No officer, no queue, no calendar: it cannot answer a what-if, and what
it reaches is no merit of a model.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.event_log import TIME_DTYPE, EventLog, sort_events
from simulation.calibration.observations import observe
from simulation.errors import ExperimentError
from simulation.fidelity.times import MS_PER_HOUR

WINDOW_DAYS = 60
HOURS_PER_WEEK = 168
MS_PER_DAY = 24 * MS_PER_HOUR


def resample_training(
    training: EventLog,
    n_cases: int,
    start: pd.Timestamp,
    seed: int,
    replication: int = 0,
    window_days: int = WINDOW_DAYS,
) -> EventLog:
    """A log of `n_cases` cases that come from `start` on, made of cases of `training`.

    Rates and cases are those of the cases that began in the last `window_days` up to the last arrival of the
    training part. Of an event it holds case, step and times. Equal arguments give equal logs. Raises
    `ExperimentError` for a training part without events and for numbers below 1.
    """
    for name, value in (("n_cases", n_cases), ("window_days", window_days)):
        if value < 1:
            raise ExperimentError(
                zh=f"{name} 须为不小于 1 的整数，现为 {value}。",
                en=f"{name} must be a whole number of at least 1, found {value}.",
            )
    if training.n_events == 0:
        raise ExperimentError(
            zh=f"训练日志“{training.name}”没有事件，无法重抽。",
            en=f"Training log {training.name!r} has no events to draw from.",
        )
    observed = observe(training)
    heads = np.flatnonzero(observed.first)
    arrival_ms = np.minimum.reduceat(observed.start_ms, heads)
    window_from = _window_from_ms(arrival_ms, window_days)
    recent = np.flatnonzero(arrival_ms >= window_from)
    chance = np.random.default_rng((seed, replication))
    rates = _rates_by_hour_of_week(arrival_ms[recent], window_from)
    start_ms = int(start.value // 1_000_000)  # of nanoseconds
    new_arrival_ms = _draw_arrivals_ms(rates, n_cases, start_ms, chance)
    drawn = recent[_draw_like(_hour_of_week(arrival_ms[recent]), _hour_of_week(new_arrival_ms), chance)]
    sizes = np.diff(np.append(heads, observed.n_events))
    return _moved(training, heads[drawn], sizes[drawn], new_arrival_ms - arrival_ms[drawn])


def _window_from_ms(arrival_ms: np.ndarray, window_days: int) -> int:
    """Begin of the window on a whole hour; it ends with the hour of the last arrival."""
    last_hour_end = (int(arrival_ms.max()) // MS_PER_HOUR + 1) * MS_PER_HOUR
    first_hour = int(arrival_ms.min()) // MS_PER_HOUR * MS_PER_HOUR
    return max(last_hour_end - window_days * MS_PER_DAY, first_hour)


def _rates_by_hour_of_week(arrival_ms: np.ndarray, window_from: int) -> np.ndarray:
    """Arrivals an hour by hour of the week, shape (168,), counted from the hour the epoch began in."""
    first, last = window_from // MS_PER_HOUR, int(arrival_ms.max()) // MS_PER_HOUR
    seen = np.bincount(_hour_of_week(arrival_ms), minlength=HOURS_PER_WEEK)
    hours = np.bincount(np.arange(first, last + 1) % HOURS_PER_WEEK, minlength=HOURS_PER_WEEK)
    return seen / np.maximum(hours, 1)


def _draw_arrivals_ms(
    rates: np.ndarray, n_cases: int, start_ms: int, chance: np.random.Generator
) -> np.ndarray:
    """The first `n_cases` arrivals from `start_ms` on, ascending; drawn week by week until they suffice."""
    hour = start_ms // MS_PER_HOUR
    found = np.zeros(0, "int64")
    while found.size < n_cases:
        hours = np.arange(hour, hour + HOURS_PER_WEEK)
        each = np.repeat(hours, chance.poisson(rates[hours % HOURS_PER_WEEK]))
        moments = each * MS_PER_HOUR + chance.integers(MS_PER_HOUR, size=each.size)
        found = np.append(found, np.sort(moments[moments >= start_ms]))
        hour += HOURS_PER_WEEK
    return found[:n_cases]


def _hour_of_week(moments_ms: np.ndarray) -> np.ndarray:
    return moments_ms // MS_PER_HOUR % HOURS_PER_WEEK


def _draw_like(known: np.ndarray, wanted: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """For each value of `wanted` the index of one of the equal values of `known`, each as likely."""
    order = np.argsort(known, kind="stable")
    lowest = np.searchsorted(known[order], wanted, side="left")
    above = np.searchsorted(known[order], wanted, side="right")
    return order[chance.integers(lowest, above)]


def _moved(training: EventLog, heads: np.ndarray, sizes: np.ndarray, shift_ms: np.ndarray) -> EventLog:
    """The cases whose events begin at `heads`, each moved by its `shift_ms`, as a log of new cases."""
    case = np.repeat(np.arange(heads.size), sizes)
    within = np.arange(case.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    events = training.events.iloc[heads[case] + within].reset_index(drop=True)
    shift = pd.Series(shift_ms[case].astype("timedelta64[ms]"))
    width = len(str(heads.size))
    moved = pd.DataFrame(
        {
            "case_id": pd.Series([f"floor-{number:0{width}d}" for number in case + 1], dtype="str"),
            "activity": events["activity"],
            "time": (events["time"] + shift).astype(TIME_DTYPE),
            "file_row": events["file_row"],
        }
    )
    for column in ("ts_start", "ts_end"):
        if column in events.columns:
            moved[column] = (events[column] + shift).astype(TIME_DTYPE)
    moved = sort_events(moved)
    cases = moved[["case_id"]].drop_duplicates().reset_index(drop=True)
    return EventLog(events=moved, cases=cases, name=f"{training.name}, drawn again", simulated=True)
