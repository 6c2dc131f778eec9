"""Start times where only ends are logged: an assumption, made in one place and counted.

Nobody starts before the case is free, before the officer's previous piece of work is done, or before the
office opens on the day the work was finished. The latest of these three bounds the start from below. Work is
rarely as long as that bound allows (the officer did something else, or nothing), so it is capped by the
step's median of the bounds. What the cap cuts off becomes delay, so cycle times do not depend on it; what
depends on it is how busy the officers are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mining.working_time import MS_PER_DAY
from simulation.calibration.clock import WorkingClock
from simulation.calibration.evidence import assumed
from simulation.calibration.observations import UNKNOWN_CODE, Observations
from simulation.service_model import Evidence

CAP_QUANTILE = 0.5


@dataclass(frozen=True)
class StartTimes:
    """The observations with a start for every event, and how many of them were assumed."""

    observed: Observations
    n_assumed: int
    n_capped: int

    @property
    def evidence(self) -> Evidence | None:
        """The assumption in words; None where the log has its starts."""
        if self.n_assumed == 0:
            return None
        return assumed(
            zh=f"日志只有完成时间：{self.n_assumed} 个开始时间取办件可办、经办人上一件完成、"
            f"当日开门三者中最晚者，其中 {self.n_capped} 个以该环节上界的中位数封顶；截去部分计入等待。",
            en=f"The log has ends only: {self.n_assumed} starts are the latest of case free, the officer's "
            f"previous end and that day's opening; {self.n_capped} of them capped at the step's median "
            "bound. What the cap cuts off counts as delay.",
            n=self.n_assumed,
        )


def assume_starts(observed: Observations, clock: WorkingClock) -> StartTimes:
    """Fill in the starts of a log that has none; a log with starts is returned as it is."""
    if observed.starts_logged or observed.n_events == 0:
        return StartTimes(observed, 0, 0)
    bound_ms = _longest_possible(observed, clock)
    own_ms = np.minimum(bound_ms, _caps(observed, bound_ms))
    start = np.where(own_ms > 0, clock.moment(clock.worked(observed.end_ms) - own_ms), observed.end_ms)
    start = np.minimum(start, observed.end_ms)
    filled = replace(
        observed,
        start_ms=start,
        released_ms=np.where(observed.first, start, np.minimum(observed.released_ms, start)),
        timed=own_ms > 0,
    )
    return StartTimes(filled, int(observed.n_events), int((bound_ms > own_ms).sum()))


def _longest_possible(observed: Observations, clock: WorkingClock) -> np.ndarray:
    """Working milliseconds between the latest lower bound of the start and the end."""
    midnight = observed.end_ms // MS_PER_DAY * MS_PER_DAY
    # what happened before its first event a log of ends does not know: the day's opening bounds it alone
    free = np.where(observed.first, midnight, observed.released_ms)
    lower = np.maximum(np.maximum(free, midnight), _previous_end(observed))
    return clock.between(np.minimum(lower, observed.end_ms), observed.end_ms)


def _previous_end(observed: Observations) -> np.ndarray:
    """End of the work the same officer finished just before; the smallest number where there is none."""
    previous = np.full(observed.n_events, np.iinfo("int64").min, "int64")
    order = np.lexsort((np.arange(observed.n_events), observed.end_ms, observed.officer))
    officer, end = observed.officer[order], observed.end_ms[order]
    same = (officer[1:] == officer[:-1]) & (officer[1:] != UNKNOWN_CODE)
    previous[order[1:]] = np.where(same, end[:-1], previous[order[1:]])
    return previous


def _caps(observed: Observations, bound_ms: np.ndarray) -> np.ndarray:
    """By event: the median bound of its step, over the events that have a bound above zero.

    When the first step of a case could have begun is unknown, so its bound says little: it is capped by the
    median of all bounds that follow another step.
    """
    usable = (bound_ms > 0) & ~observed.first
    caps = np.zeros(len(observed.step_names), "int64")
    for step in range(caps.size):
        bounds = bound_ms[(observed.step == step) & usable]
        if bounds.size:
            caps[step] = int(np.quantile(bounds, CAP_QUANTILE))
    any_step = bound_ms[usable] if usable.any() else bound_ms
    return np.where(observed.first, int(np.quantile(any_step, CAP_QUANTILE)), caps[observed.step])
