"""Working time of one calendar over the span of a log, on whole columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.working_time import MS_PER_DAY, OpenIntervals, WorkingCalendar

MARGIN_DAYS = 14  # moments may be moved to the opening before or after the log


@dataclass(frozen=True)
class WorkingClock:
    """Arithmetic in open time for moments between the first and the last of a log."""

    reach: OpenIntervals

    @classmethod
    def over(cls, calendar: WorkingCalendar, first_ms: int, last_ms: int) -> WorkingClock:
        """The clock of `calendar`, good for [first_ms, last_ms] and two weeks around it."""
        margin = MARGIN_DAYS * MS_PER_DAY
        return cls(calendar.intervals(first_ms - margin, last_ms + margin))

    def worked(self, moments_ms: np.ndarray) -> np.ndarray:
        """Open milliseconds before each moment."""
        return self.reach.worked_until(moments_ms)

    def between(self, start_ms: np.ndarray, end_ms: np.ndarray) -> np.ndarray:
        """Open milliseconds in [start, end), at least 0."""
        return np.maximum(self.worked(end_ms) - self.worked(start_ms), 0)

    def moment(self, worked_ms: np.ndarray) -> np.ndarray:
        """The first open moment before which `worked_ms` of open time have passed."""
        index = np.searchsorted(self.reach.worked_before_ms, worked_ms, side="right") - 1
        index = np.clip(index, 0, self.reach.begin_ms.size - 1)
        moment = self.reach.begin_ms[index] + (worked_ms - self.reach.worked_before_ms[index])
        return np.minimum(moment, self.reach.end_ms[index])

    def next_open(self, moments_ms: np.ndarray) -> np.ndarray:
        """Each moment itself if the hall is open then, else the next opening."""
        index = np.searchsorted(self.reach.end_ms, moments_ms, side="right")
        index = np.minimum(index, self.reach.begin_ms.size - 1)
        return np.maximum(moments_ms, self.reach.begin_ms[index])

    def last_close(self, moments_ms: np.ndarray) -> np.ndarray:
        """The closing before each opening moment: end of the interval before the one it lies in."""
        index = np.searchsorted(self.reach.begin_ms, moments_ms, side="right") - 1
        return self.reach.end_ms[np.maximum(index - 1, 0)]

    @property
    def total_ms(self) -> int:
        """Open milliseconds of the whole reach."""
        return int((self.reach.end_ms - self.reach.begin_ms).sum())
