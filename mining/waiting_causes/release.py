"""Until when nothing in the hall held the work back: the last time its officer was free.

An officer who had nothing in hand for `MIN_FREE_MINUTES` of his or her hours, and yet began the work only
later, was not kept from it by what he or she did, or by being off, before: without that work it would not
have begun earlier either. Up to the end of that free time the wait is extraneous (after Chapela-Campa and
Dumas, Information Systems 2024); shorter pauses between two jobs prove nothing. Not so where the applicant
stands in the hall: the work was ready, and a counter that paused had a queue all the same.

A step that often lies while its officer is free (`LATE_SHARE` of its waits) is one whose papers come late.
There the order in which the officer begins is taken as the order in which they came: one that was begun after
another was not ready before it, so its wait is extraneous at least as long. At other steps, and where the log
records enabled times, being overtaken is prioritization. Either way the extraneous part is a lower bound:
work that becomes ready while its officer is busy or off shows it only later.

Example: enabled Monday 9:00, started Tuesday 9:00; the officer was busy 9-11, free until 16:00, busy until
17:00 and off over night. Released Monday 16:00: 7 hours extraneous, 1 contention, 16 unavailability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.officer_hours import OfficerHours
from mining.waiting_causes.clocks import Clock
from mining.waiting_causes.timeline import Timeline
from mining.working_time import MS_PER_MINUTE

MIN_FREE_MINUTES = 15
LATE_SHARE = 0.2
MIN_WAITS = 30


@dataclass(frozen=True)
class Held:
    """One value a wait: who ended it, at which step, from when (`enabled_ms`, then `fired_ms` for a batch) to
    `start_ms`; `in_hall` where the applicant stood there, `recorded` where the log says when it was
    enabled."""

    officer: np.ndarray
    step: np.ndarray
    enabled_ms: np.ndarray
    fired_ms: np.ndarray
    start_ms: np.ndarray
    in_hall: np.ndarray
    recorded: np.ndarray


def released_ms(line: Timeline, hours: OfficerHours, held: Held) -> np.ndarray:
    """Until when each wait is extraneous; `fired_ms` where nothing shows it."""
    free_until = _last_free_ms(line, hours, held)
    long = ~held.in_hall & (held.start_ms - held.fired_ms >= MIN_FREE_MINUTES * MS_PER_MINUTE)
    waits = np.bincount(held.step[long])
    lay = np.bincount(held.step[long], free_until[long] > held.fired_ms[long], minlength=waits.size)
    late = np.append((waits >= MIN_WAITS) & (lay >= LATE_SHARE * waits), False)
    not_ready = late[np.minimum(held.step, waits.size)] & ~held.recorded
    ready = np.where(not_ready, _in_turn_ms(held, free_until), free_until)
    return np.where(held.in_hall, held.fired_ms, np.minimum(ready, held.start_ms))


def _last_free_ms(line: Timeline, hours: OfficerHours, held: Held) -> np.ndarray:
    """The end of the officer's last free time from `fired_ms` to `start_ms`; `fired_ms` where there is
    none."""
    n = line.oldest_ms.size
    if n == 0:  # work without length, and nothing else
        return held.fired_ms.copy()
    free = line.idle & (line.open_ms[Clock.ELAPSED] >= MIN_FREE_MINUTES * MS_PER_MINUTE)
    last_free = np.maximum.accumulate(np.where(free, np.arange(n), -1))
    begin, end = line.place(held.officer, held.fired_ms), line.place(held.officer, held.start_ms)
    at = np.where(end > begin, last_free[np.maximum(end - 1, 0)], -1)
    found = held.fired_ms.copy()
    seen = np.flatnonzero(at >= begin)
    closed = hours.closed_since(held.officer[seen], line.moments(at[seen] + 1))
    found[seen] = np.maximum(closed, held.fired_ms[seen])
    return found


def _in_turn_ms(held: Held, ready_ms: np.ndarray) -> np.ndarray:
    """The latest `ready_ms` among those of the same officer and step begun no later."""
    if ready_ms.size == 0:
        return ready_ms
    group = held.officer * (int(held.step.max()) + 1) + held.step
    order = np.lexsort((held.start_ms, group))
    lowest = int(ready_ms.min())
    span = int(ready_ms.max()) - lowest + 1
    _, rank = np.unique(group[order], return_inverse=True)
    found = ready_ms.copy()
    found[order] = np.maximum.accumulate(rank * span + ready_ms[order] - lowest) % span + lowest
    return found
