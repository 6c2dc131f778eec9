"""Contention: the officer was busy with work that could begin no later than this one: the queue was kept.

Work whose enabled time is not known counts here: nothing says that it was taken out of turn.
"""

from __future__ import annotations

import numpy as np

from mining.waiting_causes.range_sums import sums_up_to
from mining.waiting_causes.windows import Windows


def contention_ms(waits: Windows) -> np.ndarray:
    """Waiting by contention, shape (clocks, waits): moments in which any such work was in hand."""
    line = waits.line
    busy = np.flatnonzero(~line.idle)
    before = np.concatenate([[0], np.cumsum(~line.idle)])
    return sums_up_to(
        line.oldest_ms[busy],
        line.length_ms[:, busy],
        before[waits.released],
        before[waits.end],
        waits.enabled_ms,
    )
