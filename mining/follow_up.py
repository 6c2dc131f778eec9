"""Which cases a log followed long enough, and from when on it shows all that finish.

Near the end of a log only quick cases are finished; near its begin, cases that began before it are missing.
"""

from __future__ import annotations

import numpy as np

from mining.case_times import find_case_times
from mining.columns import UNKNOWN_MS, log_columns
from mining.event_log import EventLog
from mining.working_time import MS_PER_DAY

FOLLOWED = 0.95
"""A case counts as followed if so many of all cases are finished within the time it had."""


def days_to_finish(begin_ms: np.ndarray, finish_ms: np.ndarray, chosen: np.ndarray) -> int:
    """Whole calendar days within which `FOLLOWED` of the chosen cases finished; those open never did."""
    took = np.where(finish_ms == UNKNOWN_MS, np.inf, (finish_ms - begin_ms) / MS_PER_DAY)[chosen]
    within = np.sort(took)[min(int(np.ceil(FOLLOWED * took.size)) - 1, took.size - 1)] if took.size else 0.0
    if not np.isfinite(within):  # many are open: what the finished ones took is the best there is
        known = took[np.isfinite(took)]
        within = float(np.quantile(known, FOLLOWED)) if known.size else 0.0
    return int(np.ceil(within))


def filled_from_ms(log: EventLog) -> int:
    """The midnight from which on the log shows what finishes: its first one, and as long as cases take.

    A log of the cases begun in a span has nothing to finish on its first day. Its begin where that would
    leave out more than half of its span.
    """
    columns, times = log_columns(log), find_case_times(log)
    begin, end = int(times.begin_ms.min()) // MS_PER_DAY * MS_PER_DAY, int(columns.time_ms.max())
    days = days_to_finish(times.begin_ms, times.finish_ms, np.ones(columns.n_cases, bool))
    return begin if 2 * days * MS_PER_DAY > end - begin else begin + days * MS_PER_DAY


def followed_cases(log: EventLog, *, open_known: bool = True) -> np.ndarray:
    """Which cases (one bool a case) began long enough before the log ends to have finished in it.

    Near the end of a log only quick cases have finished; their mean would look like a reform. All cases count
    where every one is finished, unless `open_known` is False: a log that names no open case may still have
    been cut. All count too where the rule would leave out more than half of the log's span.
    """
    columns, times = log_columns(log), find_case_times(log)
    everyone = np.ones(columns.n_cases, bool)
    if columns.n_cases == 0 or (open_known and times.finished.all()):
        return everyone
    days = days_to_finish(times.begin_ms, times.finish_ms, everyone)
    end, begin = int(columns.time_ms.max()), int(times.begin_ms.min())
    if 2 * days * MS_PER_DAY > end - begin:
        return everyone
    return times.begin_ms <= end - days * MS_PER_DAY
