"""The waits to be told apart, placed on the timeline of the officer who ended them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.waiting_causes.timeline import Timeline


@dataclass(frozen=True)
class Windows:
    """One value a wait: stretches `begin` up to `fired` are batching, up to `released` extraneous, and from
    there to `end` whatever the officer did. `enabled_ms` is when the work could have begun.
    """

    begin: np.ndarray
    fired: np.ndarray
    released: np.ndarray
    end: np.ndarray
    enabled_ms: np.ndarray
    line: Timeline
