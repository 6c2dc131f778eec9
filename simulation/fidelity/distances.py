"""The six distances between a log and another one, and their mean over replications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from mining.event_log import EventLog
from simulation.fidelity.control_flow import n_gram_distance
from simulation.fidelity.pair import pair_logs
from simulation.fidelity.times import (
    absolute_event_distance_hours,
    case_arrival_distance_hours,
    circadian_event_distance_hours,
    cycle_time_distance_hours,
    relative_event_distance_hours,
)


@dataclass(frozen=True)
class Distances:
    """How far one log is from another; lower is nearer, 0 is the same.

    `n_gram` is NGD with runs of three steps, 0 to 1; the others are hours: `absolute` AED, `circadian` CED,
    `relative` RED, `cycle_time` CTD, `case_arrival` CAR. `ends_only`: one of the logs has no starts, so
    every event was taken to start when it ends, in both.
    """

    n_gram: float
    absolute_hours: float
    circadian_hours: float
    relative_hours: float
    cycle_time_hours: float
    case_arrival_hours: float
    ends_only: bool


def measure_distances(first: EventLog, second: EventLog) -> Distances:
    """All distances of two logs; none depends on which log is the first.

    Raises `ExperimentError` for a log without events.
    """
    pair = pair_logs(first, second)
    return Distances(
        n_gram=n_gram_distance(pair),
        absolute_hours=absolute_event_distance_hours(pair),
        circadian_hours=circadian_event_distance_hours(pair),
        relative_hours=relative_event_distance_hours(pair),
        cycle_time_hours=cycle_time_distance_hours(pair),
        case_arrival_hours=case_arrival_distance_hours(pair),
        ends_only=pair.ends_only,
    )


def mean_distances(runs: Sequence[Distances]) -> Distances:
    """The mean of each distance over replications; `ends_only` where one of them is. Needs at least one."""
    if not runs:
        raise ValueError("no runs to take the mean of")
    means = {
        name: float(np.mean([getattr(run, name) for run in runs]))
        for name in (field.name for field in fields(Distances))
        if name != "ends_only"
    }
    return Distances(**means, ends_only=any(run.ends_only for run in runs))
