"""Extraneous: the work was not ready, or lay untouched (`release`), or the officer was there and free.

The applicant, the post, another agency, or a pile nobody touched: nothing done in the hall explains it.
"""

from __future__ import annotations

import numpy as np

from mining.waiting_causes.range_sums import sums_between
from mining.waiting_causes.windows import Windows


def extraneous_ms(waits: Windows) -> np.ndarray:
    """Waiting without a cause in the hall, shape (clocks, waits)."""
    line = waits.line
    before = sums_between(line.length_ms, waits.fired, waits.released)
    return before + sums_between(line.open_ms * line.idle, waits.released, waits.end)
