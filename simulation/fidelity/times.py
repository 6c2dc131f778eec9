"""How far the times of two logs differ, in hours: when events fall, how long cases last, when they come.

All are Wasserstein distances of values cut to whole hours: the mean way, in hours, the values of one log must
be moved to become those of the other. Source of all: log-distance-measures 2.2 and the paper it implements,
Chapela-Campa, Benchekroun, Baron, Dumas, Krass, Senderovich, "Can I trust my simulation model?", BPM 2023.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import wasserstein_distance

from simulation.fidelity.pair import LogPair, Side

MS_PER_HOUR = 3_600_000
HOURS_PER_DAY = 24
DAYS_PER_WEEK = 7
EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0
LARGEST_HOURS_APART = HOURS_PER_DAY - 1


def absolute_event_distance_hours(pair: LogPair) -> float:
    """Distance of the moments at which steps start and end, by absolute hour (AED), in hours.

    Moves with everything: with arrivals most of all. A log an hour later than the other is 1.0 away.
    Source: `absolute_event_distribution_distance`, both timestamps, hours.
    """
    return _hours_apart(pair.first.moments_ms, pair.second.moments_ms)


def circadian_event_distance_hours(pair: LogPair) -> float:
    """Distance of the hours of the day at which steps start and end, by weekday (CED), in hours, 0-23.

    The mean over the seven weekdays. A weekday that only one of the logs uses counts 23, one that neither
    uses 0. Midnight does not join: 23 h and 0 h are 23 hours apart.
    Source: `circadian_event_distribution_distance`, both timestamps.
    """
    days, hours = zip(*(_weekdays_and_hours(side) for side in (pair.first, pair.second)), strict=True)
    apart = [
        _circadian_hours(hours[0][days[0] == day], hours[1][days[1] == day]) for day in range(DAYS_PER_WEEK)
    ]
    return float(np.mean(apart))


def relative_event_distance_hours(pair: LogPair) -> float:
    """Distance of the moments counted from the start of each case (RED), in hours.

    Blind for when cases come; shows how the work lies within a case.
    Source: `relative_event_distribution_distance`, both timestamps, hours.
    """
    return _hours_apart(_since_case_start_ms(pair.first), _since_case_start_ms(pair.second))


def cycle_time_distance_hours(pair: LogPair) -> float:
    """Distance of the times from the first start to the last end of each case (CTD), in hours.

    Bins of one hour that begin at the shortest cycle time of both logs.
    Source: `cycle_time_distribution_distance`, bin size one hour.
    """
    cycles = [side.case_end_ms - side.case_start_ms for side in (pair.first, pair.second)]
    shortest = min(cycle.min() for cycle in cycles)
    return _hours_apart(cycles[0] - shortest, cycles[1] - shortest)


def case_arrival_distance_hours(pair: LogPair) -> float:
    """Distance of the first starts of the cases, by absolute hour (CAR), in hours.

    Source: `case_arrival_distribution_distance`, hours.
    """
    return _hours_apart(pair.first.case_start_ms, pair.second.case_start_ms)


def _hours_apart(first_ms: np.ndarray, second_ms: np.ndarray) -> float:
    return float(wasserstein_distance(first_ms // MS_PER_HOUR, second_ms // MS_PER_HOUR))


def _weekdays_and_hours(side: Side) -> tuple[np.ndarray, np.ndarray]:
    hours = side.moments_ms // MS_PER_HOUR
    return (hours // HOURS_PER_DAY + EPOCH_WEEKDAY) % DAYS_PER_WEEK, hours % HOURS_PER_DAY


def _circadian_hours(first: np.ndarray, second: np.ndarray) -> float:
    if first.size and second.size:
        return float(wasserstein_distance(first, second))
    return float(LARGEST_HOURS_APART) if first.size or second.size else 0.0


def _since_case_start_ms(side: Side) -> np.ndarray:
    begins = side.case_start_ms[side.case]
    return side.moments_ms - np.concatenate([begins, begins])
