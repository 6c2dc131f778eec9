"""How long each step takes: working time from start to end.

Working time, because work that lies over night is not worked on; elapsed time at a counter, where a service
that has begun is finished whatever the clock says. An event whose start equals its end has an unknown
duration, unless so many events of its step are like that that the step must be instant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.text import Text
from mining.working_time import MS_PER_MINUTE
from simulation.calibration.clock import WorkingClock
from simulation.calibration.distributions import fit_distribution
from simulation.calibration.evidence import assumed, mean_interval, measured
from simulation.calibration.observations import Observations
from simulation.service_model import NO_TIME, Distribution, Evidence

UNKNOWN_IF_ZERO_BELOW = 0.10  # share of events without length; more of them: the step is instant that often
WINSORISE_ABOVE = 0.995
MIN_FOR_WINSORISING = 200


@dataclass(frozen=True)
class StepDuration:
    """The service time of a step at speed 1."""

    distribution: Distribution
    evidence: Evidence


def work_minutes(observed: Observations, clock: WorkingClock) -> np.ndarray:
    """Minutes of work of each event; 0 where start and end are the same moment."""
    worked = clock.between(observed.start_ms, observed.end_ms)
    elapsed = observed.end_ms - observed.start_ms
    outside = (worked == 0) & (elapsed > 0)  # a short piece of work before opening or after closing
    return np.where(observed.at_counter | outside, elapsed, worked) / MS_PER_MINUTE


def known_durations(observed: Observations, minutes: np.ndarray) -> np.ndarray:
    """Which events tell a duration: those with a length, and the others where their step is often instant."""
    zero = minutes == 0
    size = np.maximum(np.bincount(observed.step, minlength=len(observed.step_names)), 1)
    zeros = np.bincount(observed.step[zero], minlength=size.size)
    often = zeros / size >= UNKNOWN_IF_ZERO_BELOW
    return ~zero | often[observed.step]


def calibrate_durations(
    observed: Observations, minutes: np.ndarray, speeds: np.ndarray, assumed_starts: bool
) -> list[StepDuration]:
    """The service time of each step, in the order of `observed.step_names`.

    `minutes` is the work of each event and `speeds` the speed of who did it (1 where unknown): their
    product is what the event would have taken at speed 1.
    """
    known = known_durations(observed, minutes)
    at_speed_1 = minutes * speeds
    return [
        _of_step(
            at_speed_1[(observed.step == step) & known], int((observed.step == step).sum()), assumed_starts
        )
        for step in range(len(observed.step_names))
    ]


def _of_step(minutes: np.ndarray, n_events: int, assumed_starts: bool) -> StepDuration:
    if minutes.size == 0 or float(minutes.max()) == 0.0:
        return StepDuration(
            NO_TIME,
            assumed(
                zh="没有开始时间早于完成时间的记录：假定不占用时间，全部等待计入延误。",
                en="No event starts before it ends: it is taken to need no time, all is delay.",
                n=n_events,
            ),
        )
    minutes, n_capped = winsorised(minutes)
    distribution = fit_distribution(minutes)
    unknown = n_events - minutes.size
    note = Text(
        zh=f"均值区间；{unknown} 条时长未知，{n_capped} 条极端值已截尾"
        + ("；开始时间为假定。" if assumed_starts else "。"),
        en=f"Interval of the mean; {unknown} durations unknown, {n_capped} extreme ones winsorised"
        + ("; starts are assumed." if assumed_starts else "."),
    )
    low, high = mean_interval(minutes)
    source = "assumed" if assumed_starts else "measured"
    evidence = measured(int(minutes.size), (low, high), note).model_copy(update={"source": source})
    return StepDuration(distribution, evidence)


def winsorised(minutes: np.ndarray) -> tuple[np.ndarray, int]:
    """The values with the highest 0.5 % set to the 99.5 % quantile, and how many that were."""
    if minutes.size < MIN_FOR_WINSORISING:
        return minutes, 0
    highest = float(np.quantile(minutes, WINSORISE_ABOVE, method="higher"))
    return np.minimum(minutes, highest), int((minutes > highest).sum())
