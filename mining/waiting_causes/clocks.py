"""The clocks a wait is told in: calendar time, the hall's working time, and the hall's day with its lunch."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from mining.working_time import WorkingCalendar


class Clock(IntEnum):
    """Rows of every array of durations in this package."""

    ELAPSED = 0  # calendar time
    WORKING = 1  # working time of the hall
    ATTENDING = 2  # first opening to last closing: an applicant in the hall waits over lunch


def hours_of_clocks(calendar: WorkingCalendar) -> tuple[WorkingCalendar | None, ...]:
    """The calendar of each clock, None for the one that never stops."""
    return (None, calendar, calendar.envelope())


def clock_readings(moments_ms: np.ndarray, calendar: WorkingCalendar) -> np.ndarray:
    """What each clock shows at each moment, shape (clocks, moments), in ms; take differences."""
    if moments_ms.size == 0:
        return np.zeros((len(Clock), 0), "int64")
    first, last = int(moments_ms.min()), int(moments_ms.max())
    return np.stack(
        [
            moments_ms if hours is None else hours.intervals(first, last).worked_until(moments_ms)
            for hours in hours_of_clocks(calendar)
        ]
    )
