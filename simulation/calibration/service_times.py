"""Time at the counter: service and, where an officer is not free at once, the pause after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.calibration.distributions import fit_distribution, fit_quantiles
from simulation.service_model import Distribution

PAUSE_POINTS = 40
PRIOR_SERVICES = 30  # an officer counts as average until as many services say otherwise
LONGEST_MINUTES = 60.0


@dataclass(frozen=True)
class ServiceTime:
    """A duration in minutes, from `n` services; `left_out` lasted longer than can be believed."""

    duration: Distribution
    n: int
    left_out: int


def fit_service(
    minutes: np.ndarray, pause_minutes: np.ndarray | None = None, *, longest_minutes: float = LONGEST_MINUTES
) -> ServiceTime:
    """The time for which a service takes its officer away: service and pause, independent of each other.

    Services longer than `longest_minutes` are left out: somebody forgot to end them, and drawn again they
    would take an officer away for hours. The mean is the sum of both means.
    """
    kept = minutes[minutes <= longest_minutes]
    left_out = int(minutes.size - kept.size)
    if pause_minutes is None or pause_minutes.size == 0 or kept.size == 0:
        return ServiceTime(fit_distribution(kept), int(kept.size), left_out)
    points = np.quantile(pause_minutes, (np.arange(PAUSE_POINTS) + 0.5) / PAUSE_POINTS)
    if points.sum() > 0:
        points *= pause_minutes.mean() / points.mean()
    return ServiceTime(fit_quantiles((kept[:, None] + points).ravel()), int(kept.size), left_out)


def speeds_by_work(kind: np.ndarray, officer: np.ndarray, minutes: np.ndarray, n_officers: int) -> np.ndarray:
    """Speed of each officer: usual minutes of the services given over the minutes they took; 2 is twice as
    fast.

    Thirty services of usual length are added to both, so that few services say little. Unlike the effect on
    logarithms (`officers.calibrate_speeds`) it keeps the work an officer gets done in an hour, which waits
    depend on, also where many services end after a second.
    """
    n = np.maximum(np.bincount(kind), 1)
    usual = (np.bincount(kind, minutes) / n)[kind]
    prior = PRIOR_SERVICES * float(usual.mean()) if usual.size else 1.0
    usual_work = np.bincount(officer, usual, minlength=n_officers)
    return (usual_work + prior) / (np.bincount(officer, minutes, minlength=n_officers) + prior)
