"""Prioritization: the officer was busy only with work that could begin later than this one."""

from __future__ import annotations

import numpy as np

from mining.waiting_causes.range_sums import sums_between
from mining.waiting_causes.windows import Windows


def prioritization_ms(waits: Windows, contention: np.ndarray) -> np.ndarray:
    """Waiting by prioritization, shape (clocks, waits): busy moments that are not contention."""
    busy = waits.line.length_ms * ~waits.line.idle
    return sums_between(busy, waits.released, waits.end) - contention
