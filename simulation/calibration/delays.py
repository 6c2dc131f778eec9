"""Delays no queue explains: the wait without the pool's own work and without closed hours.

Between the moment a case is free and the start of its next step lie (a) hours in which the office is
closed, (b) open hours in which every member of the pool was busy, and (c) the rest: the applicant, the post,
another agency, or a pile nobody touched. (a) and (b) the simulation makes by itself; (c) is the step's
`delay_before` ("extraneous" delay, Chapela-Campa and Dumas 2024).

Whether (c) passes in working or in elapsed time is decided by redrawing: the delays of a step are dealt out
again among its events under each clock, and the clock whose waits come out closer to the logged ones wins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE
from simulation.calibration.clock import WorkingClock
from simulation.calibration.distributions import fit_distribution
from simulation.calibration.evidence import mean_interval, measured
from simulation.calibration.observations import UNKNOWN_MS, Observations
from simulation.calibration.staffing import NO_POOL, Staffing, full_ms
from simulation.service_model import NO_TIME, Clock, Distribution, Evidence

MIN_FOR_CLOCK_CHOICE = 30
OPENING_WINDOW_MS = 30 * MS_PER_MINUTE  # a start this soon after opening may have been due while closed
RESHUFFLE_SEED = 20261123


@dataclass(frozen=True)
class StepDelay:
    """The delay before a step and the clock it runs on."""

    distribution: Distribution
    clock: Clock
    evidence: Evidence | None


@dataclass(frozen=True)
class Waits:
    """Each event's wait without queueing, in milliseconds of both clocks."""

    working_ms: np.ndarray
    elapsed_ms: np.ndarray
    due_ms: np.ndarray  # when the delay was over, as far as the log tells


def calibrate_delays(
    observed: Observations, staffing: Staffing, clock: WorkingClock, skip: np.ndarray
) -> list[StepDelay]:
    """The delay before each step, in the order of `observed.step_names`.

    Events marked in `skip` (repeats after a return, visits of people to a counter) have their time accounted
    for elsewhere and do not count.
    """
    waits = find_waits(observed, staffing, clock)
    delays = []
    for step in range(len(observed.step_names)):
        events = np.flatnonzero((observed.step == step) & ~skip)
        delays.append(_of_step(observed.released_ms[events], waits, events, clock))
    return delays


def find_waits(observed: Observations, staffing: Staffing, clock: WorkingClock) -> Waits:
    """What remains of [released, start] after the time the step's pool was full.

    Where the log says when the work was enabled, the delay is what came before that, and all after it is
    queueing.
    """
    logged = observed.enabled_ms != UNKNOWN_MS
    due = np.where(
        logged, np.clip(observed.enabled_ms, observed.released_ms, observed.start_ms), observed.start_ms
    )
    worked_from, worked_to = clock.worked(observed.released_ms), clock.worked(due)
    queue = np.zeros(observed.n_events, "int64")
    pool = staffing.pool_of_step[observed.step]
    for code in range(len(staffing.pools)):
        mine = np.flatnonzero((pool == code) & ~logged)
        full = full_ms(observed, staffing, clock, code)
        queue[mine] = full.until(worked_to[mine]) - full.until(worked_from[mine])
    working = np.maximum(worked_to - worked_from - queue, 0)
    elapsed = np.maximum(_undo_closing(due, logged, clock) - observed.released_ms - queue, 0)
    return Waits(working, elapsed, due)


def _undo_closing(due: np.ndarray, logged: np.ndarray, clock: WorkingClock) -> np.ndarray:
    """Starts just after an opening moved to the middle of the closed time before it.

    Elapsed time does not stop at night; work that was due at night starts in the morning.
    """
    closed_from = clock.last_close(due)
    opening = clock.next_open(closed_from + 1)
    waited = ~logged & (due - opening < OPENING_WINDOW_MS) & (due >= opening) & (opening > closed_from)
    return np.where(waited, (closed_from + opening) // 2, due)


def _of_step(released: np.ndarray, waits: Waits, events: np.ndarray, clock: WorkingClock) -> StepDelay:
    if events.size == 0:
        return StepDelay(NO_TIME, "working", None)
    working, elapsed = waits.working_ms[events], waits.elapsed_ms[events]
    chosen, misfit = _choose_clock(released, waits.due_ms[events], working, elapsed, clock)
    minutes = (working if chosen == "working" else elapsed) / MS_PER_MINUTE
    distribution = fit_distribution(minutes)
    zeros = float((minutes == 0).mean())
    note = Text(
        zh=f"均值区间；{zeros:.0%} 没有延误；"
        + ("按工作时间计" if chosen == "working" else "按日历时间计")
        + (f"（重排误差 {misfit[0]:.3f}，另一种 {misfit[1]:.3f}）。" if misfit else "（样本少，按默认）。"),
        en=f"Interval of the mean; {zeros:.0%} without delay; in {chosen} time "
        + (
            f"(misfit {misfit[0]:.3f} against {misfit[1]:.3f})."
            if misfit
            else "(too few to tell, by default)."
        ),
    )
    return StepDelay(distribution, chosen, measured(int(minutes.size), mean_interval(minutes), note))


def _choose_clock(
    released: np.ndarray, due: np.ndarray, working: np.ndarray, elapsed: np.ndarray, clock: WorkingClock
) -> tuple[Clock, tuple[float, float] | None]:
    """The clock that fits better, with its misfit and the other's; working time where the log is too small.

    Misfit: mean absolute difference between the sorted logged and redrawn waits (the Wasserstein distance),
    over the mean logged wait, plus the same for the time of day at which work begins, in days.
    """
    if working.size < MIN_FOR_CLOCK_CHOICE or float((due > released).mean()) < 0.1:
        return "working", None
    order = np.random.default_rng(RESHUFFLE_SEED).permutation(working.size)
    redrawn_working = clock.moment(clock.worked(released) + working[order])
    redrawn_working = np.where(working[order] == 0, released, redrawn_working)
    redrawn_elapsed = clock.next_open(released + elapsed[order])
    by_working = _misfit(released, due, redrawn_working)
    by_elapsed = _misfit(released, due, redrawn_elapsed)
    if by_elapsed < by_working:
        return "elapsed", (by_elapsed, by_working)
    return "working", (by_working, by_elapsed)


def _misfit(released: np.ndarray, due: np.ndarray, redrawn: np.ndarray) -> float:
    logged, drawn = np.sort(due - released), np.sort(redrawn - released)
    waits = float(np.abs(logged - drawn).mean()) / max(float(logged.mean()), 1.0)
    hours = np.abs(np.sort(due % MS_PER_DAY) - np.sort(redrawn % MS_PER_DAY)).mean() / MS_PER_DAY
    return waits + float(hours)


def without_pool(staffing: Staffing, step: int) -> bool:
    """Whether a step is never short of hands."""
    return int(staffing.pool_of_step[step]) == NO_POOL
