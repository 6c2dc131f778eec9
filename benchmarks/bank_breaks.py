"""Do agents go on a break while people wait? What a simulation with fixed hours of duty cannot know."""

from __future__ import annotations

import numpy as np

from benchmarks.bank_models import Fitted
from mining.working_time import MS_PER_DAY, MS_PER_HOUR

WAITING = ((0, 0), (1, 2), (3, 5), (6, 99))
PARTS_OF_DAY = ((7, 21), (21, 24))


def breaks_by_queue(fitted: Fitted) -> list[tuple[str, list[tuple[int, int]]]]:
    """For each part of the day and number of people waiting in the common queue when a service ends: services
    that an agent followed by another one that day, and those of them followed by a break."""
    end, waiting, off = _services(fitted)
    hour = end % MS_PER_DAY / MS_PER_HOUR
    found = []
    for first, last in PARTS_OF_DAY:
        inside = (hour >= first) & (hour < last)
        counts = []
        for low, high in WAITING:
            at = inside & (waiting >= low) & (waiting <= high)
            counts.append((int(at.sum()), int(off[at].sum())))
        found.append((f"{first}:00-{last}:00", counts))
    return found


def _services(fitted: Fitted) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """End of each service but an agent's last of the day, people waiting then, whether a break followed."""
    calls = fitted.calls
    served = calls.where(~calls.gave_up)
    start = served.came_ms + served.waited_ms
    order = np.lexsort((start, served.officer, start // MS_PER_DAY))
    officer, start, end = served.officer[order], start[order], (start + served.served_ms)[order]
    same = (officer[1:] == officer[:-1]) & (start[1:] // MS_PER_DAY == start[:-1] // MS_PER_DAY)
    common = {(s.officer, s.begin_ms // MS_PER_DAY) for s in fitted.duty.spells if 0 in s.queues}
    begins = {(s.officer, s.begin_ms) for s in fitted.duty.spells}
    keys = list(zip(officer.tolist(), start.tolist(), strict=True))
    serves = np.array([(who, at // MS_PER_DAY) in common for who, at in keys[:-1]])
    off = np.array([key in begins for key in keys[1:]])
    waited = calls.where((calls.waited_ms > 0) & ~np.isin(calls.kind, fitted.variant.apart))
    came, left = np.sort(waited.came_ms), np.sort(waited.came_ms + waited.waited_ms)
    end = end[:-1]
    waiting = np.searchsorted(came, end, side="right") - np.searchsorted(left, end, side="right")
    keep = same & serves
    return end[keep], waiting[keep], off[keep]
