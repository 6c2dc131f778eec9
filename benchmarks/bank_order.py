"""By which rule is the next call taken? Counted over the moments at which it makes a difference."""

from __future__ import annotations

import numpy as np

from benchmarks.bank_calls import Calls
from benchmarks.bank_models import FIRST_SERVED

HEAD_STARTS_SECONDS = (0, 30, 60, 90, 120, 180, 86_400)  # the last: priority 2 always first
TOLERANCE_MS = 2000  # calls that come or leave within it of the moment are left out
KIND = "PS"  # the ordinary calls, which all agents take


def taken_in_order(calls: Calls) -> tuple[int, dict[int, float]]:
    """Moments at which a waiting call was taken while calls of both ranks waited; and for each head start of
    priority 2 (seconds) the share of them at which the call taken was the first by that rule."""
    waited = calls.where((calls.waited_ms > 0) & (calls.kind == KIND))
    came, left = waited.came_ms, waited.came_ms + waited.waited_ms
    high = np.array([each.priority == FIRST_SERVED for each in calls.classes])[waited.of_class]
    longest = int(waited.waited_ms.max())
    right = dict.fromkeys(HEAD_STARTS_SECONDS, 0)
    moments = 0
    for taken in np.flatnonzero(~waited.gave_up):
        at = left[taken]
        first, last = np.searchsorted(came, (at - longest, at - TOLERANCE_MS))
        others = np.arange(first, last)[left[first:last] >= at + TOLERANCE_MS]
        if not (high[others] != high[taken]).any():
            continue
        moments += 1
        for seconds in HEAD_STARTS_SECONDS:
            rank = came[others] - 1000 * seconds * high[others]
            right[seconds] += came[taken] - 1000 * seconds * high[taken] <= rank.min() + 1000
    return moments, {seconds: n / moments for seconds, n in right.items()}
