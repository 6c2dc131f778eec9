"""How fast each officer works: partial pooling of log durations.

An officer's effect is the mean of log(duration) minus the step's mean over what the officer did, shrunk
towards 0 by how little it rests on: tau2 / (tau2 + sigma2 / n), the usual empirical Bayes estimate of a
random effect (Gelman and Hill 2007, ch. 12), with tau2 by the method of moments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.calibration.observations import UNKNOWN_CODE, Observations

MIN_EVENTS = 30


@dataclass(frozen=True)
class OfficerSpeeds:
    """Speed by officer code; 2 halves the service times. `n` is what each estimate rests on."""

    speed: np.ndarray
    n: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def of_events(self, observed: Observations) -> np.ndarray:
        """The speed of who did each event, 1 where nobody is known."""
        if self.speed.size == 0:
            return np.ones(observed.n_events)
        return np.where(observed.officer == UNKNOWN_CODE, 1.0, self.speed[observed.officer])


def calibrate_speeds(observed: Observations, minutes: np.ndarray, assumed_starts: bool) -> OfficerSpeeds:
    """Speeds of the officers with at least 30 durations; 1 for the others and where starts are assumed.

    An assumed start is bounded by the officer's own previous end, so it measures the load of an officer
    and not the speed.
    """
    n_officers = len(observed.officer_names)
    usable = (minutes > 0) & (observed.officer != UNKNOWN_CODE)
    if n_officers == 0 or assumed_starts or not usable.any():
        ones, none = np.ones(n_officers), np.zeros(n_officers, "int64")
        return OfficerSpeeds(ones, none, ones, ones)
    step, officer = observed.step[usable], observed.officer[usable]
    logs = np.log(minutes[usable])
    step_n = np.maximum(np.bincount(step, minlength=len(observed.step_names)), 1)
    step_mean = np.bincount(step, logs, minlength=step_n.size) / step_n
    residual = logs - step_mean[step]
    n = np.bincount(officer, minlength=n_officers)
    effect = np.bincount(officer, residual, minlength=n_officers) / np.maximum(n, 1)
    within = residual - effect[officer]
    sigma2 = float((within**2).sum() / max(residual.size - np.count_nonzero(n), 1))
    enough = n >= MIN_EVENTS
    tau2 = _between_variance(effect[enough], n[enough], sigma2)
    shrink = np.where(enough, tau2 / (tau2 + sigma2 / np.maximum(n, 1) + 1e-12), 0.0)
    sd = np.where(enough, np.sqrt(shrink * sigma2 / np.maximum(n, 1)), 0.0)
    shrunk = shrink * effect
    return OfficerSpeeds(
        speed=np.exp(-shrunk),
        n=np.where(enough, n, 0),
        low=np.exp(-shrunk - 1.96 * sd),
        high=np.exp(-shrunk + 1.96 * sd),
    )


def _between_variance(effects: np.ndarray, n: np.ndarray, sigma2: float) -> float:
    """Variance of the officers' true effects: what the spread of the means leaves after sampling error."""
    if effects.size < 2:
        return 0.0
    return max(0.0, float((effects**2).mean() - (sigma2 / n).mean()))
