"""Which cases the log shows from their beginning, and which to their end.

A log is cut out of time: some cases were running when it begins, some are still running when it stops. A case
that is cut off says nothing about how cases begin or end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.event_log import EventLog
from simulation.calibration.observations import Observations, observe

SILENCE_QUANTILE = 0.95
USUAL_END = (
    0.5  # a recent case counts as finished if its last step ends at least half of the cases it is seen in
)
RARE_BEGINNING = 0.01  # of the later cases that have the step


@dataclass(frozen=True)
class CaseWindow:
    """By case code: seen from its beginning, seen to its end. The counts are what was set aside."""

    begun: np.ndarray
    finished: np.ndarray

    @property
    def n_running_at_start(self) -> int:
        """Cases that were already running."""
        return int((~self.begun).sum())

    @property
    def n_unfinished(self) -> int:
        """Cases that were still running, as far as one can tell."""
        return int((~self.finished).sum())


def complete_cases(log: EventLog) -> list[str]:
    """Ids of the cases the log shows from beginning to end: those to lay beside a model's finished cases."""
    observed = observe(log)
    window = find_case_window(log, observed)
    return [observed.case_names[code] for code in np.flatnonzero(window.begun & window.finished)]


def find_case_window(log: EventLog, observed: Observations) -> CaseWindow:
    """Cases seen from their beginning and to their end.

    Finished: `ts_finish` is there, where the log has that column. Else the case has been silent for longer
    than 95 % of the gaps inside cases, or its last step is one that usually ends a case. Begun: it starts
    after the same span from the beginning of the log, or its first step is one cases do begin with.
    """
    if observed.n_events == 0:
        return CaseWindow(np.zeros(0, bool), np.zeros(0, bool))
    heads = np.flatnonzero(observed.first)
    tails = np.flatnonzero(observed.last)
    gaps = (observed.end_ms[1:] - observed.end_ms[:-1])[~observed.first[1:]]
    silence = float(np.quantile(gaps, SILENCE_QUANTILE)) if gaps.size else 0.0
    late = observed.start_ms[heads] >= observed.start_ms.min() + silence
    first_step = observed.step[heads]
    n_steps = len(observed.step_names)
    begins = np.bincount(first_step[late], minlength=n_steps) / np.maximum(_cases_with(observed, late), 1)
    begun = late | (begins[first_step] >= RARE_BEGINNING) | ~late.any()
    logged = _finish_logged(log, observed)
    if logged is not None:
        return CaseWindow(begun, logged)
    silent = observed.end_ms[tails] < observed.end_ms.max() - silence
    ends = np.bincount(observed.step[tails[silent]], minlength=n_steps)
    usual = ends / np.maximum(_cases_with(observed, silent), 1)
    finished = silent | (usual[observed.step[tails]] >= USUAL_END) | ~silent.any()
    return CaseWindow(begun, finished)


def _cases_with(observed: Observations, cases: np.ndarray) -> np.ndarray:
    """By step: how many of the marked cases have it."""
    n_steps = len(observed.step_names)
    keep = cases[observed.case]
    pairs = np.unique(observed.case[keep] * n_steps + observed.step[keep])
    return np.bincount(pairs % n_steps, minlength=n_steps)


def _finish_logged(log: EventLog, observed: Observations) -> np.ndarray | None:
    if "ts_finish" not in log.cases.columns or not log.cases["ts_finish"].notna().any():
        return None
    finish = log.cases.drop_duplicates("case_id").set_index("case_id")["ts_finish"]
    return finish.reindex(list(observed.case_names)).notna().to_numpy(dtype=bool)
