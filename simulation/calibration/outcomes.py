"""What comes out of each step: pass, return for correction, reject, by the results in the log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.event_log import DECLINE, REJECT, RETURN, EventLog
from mining.text import Text
from simulation.calibration.evidence import measured, share_interval
from simulation.calibration.observations import Observations
from simulation.service_model import Evidence


@dataclass(frozen=True)
class StepOutcome:
    """Chances of a step, over all visits that show a result; `decides` is False where none does."""

    return_share: float
    reject_chance: float
    decides: bool
    n: int
    return_evidence: Evidence | None
    reject_evidence: Evidence | None


def returned(log: EventLog) -> np.ndarray:
    """Which events returned the case for correction."""
    return _is(log, RETURN)


def ended_by_rejection(log: EventLog, observed: Observations) -> np.ndarray:
    """Which events rejected the case for good: a rejection, and nothing followed."""
    return (_is(log, REJECT) | _is(log, DECLINE)) & observed.last


def repeats_after_return(observed: Observations, sent_back: np.ndarray) -> np.ndarray:
    """Which events answer a return: the case's previous visit to the same step sent it back."""
    order = np.lexsort((np.arange(observed.n_events), observed.step, observed.case))
    case, step = observed.case[order], observed.step[order]
    again = (case[1:] == case[:-1]) & (step[1:] == step[:-1]) & sent_back[order][:-1]
    repeats = np.zeros(observed.n_events, bool)
    repeats[order[1:]] = again
    return repeats


def calibrate_outcomes(log: EventLog, observed: Observations) -> list[StepOutcome]:
    """Outcome chances by step. A rejection counts only where it ended the case; see `routing` for others."""
    if not log.has("result"):
        return [StepOutcome(0.0, 0.0, False, 0, None, None) for _ in observed.step_names]
    shown = log.events["result"].notna().to_numpy()
    sent_back, rejected = returned(log), ended_by_rejection(log, observed)
    return [
        _of_step(shown[events], sent_back[events], rejected[events])
        for events in (observed.events_of_step(step) for step in range(len(observed.step_names)))
    ]


def _of_step(shown: np.ndarray, sent_back: np.ndarray, rejected: np.ndarray) -> StepOutcome:
    n = int(shown.sum())
    if n == 0:
        return StepOutcome(0.0, 0.0, False, 0, None, None)
    n_returned, n_rejected = int(sent_back.sum()), int(rejected.sum())
    return StepOutcome(
        return_share=n_returned / n,
        reject_chance=n_rejected / n,
        decides=True,
        n=n,
        return_evidence=measured(n, share_interval(n_returned, n), _note("补正", "returned", n_returned)),
        reject_evidence=measured(n, share_interval(n_rejected, n), _note("退回", "rejected", n_rejected)),
    )


def _note(zh: str, en: str, count: int) -> Text:
    return Text(zh=f"{count} 次{zh}", en=f"{count} visits {en}")


def _is(log: EventLog, result: str) -> np.ndarray:
    if "result" not in log.events.columns:
        return np.zeros(log.n_events, bool)
    return (log.events["result"] == result).to_numpy(dtype=bool, na_value=False)
