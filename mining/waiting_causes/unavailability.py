"""Unavailability: the officer had nothing in hand and was off, by his or her own hours (`officer_hours`)."""

from __future__ import annotations

import numpy as np

from mining.waiting_causes.range_sums import sums_between
from mining.waiting_causes.windows import Windows


def unavailability_ms(waits: Windows) -> np.ndarray:
    """Waiting by unavailability, shape (clocks, waits)."""
    line = waits.line
    return sums_between((line.length_ms - line.open_ms) * line.idle, waits.released, waits.end)
