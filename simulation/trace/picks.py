"""Which cases are worth watching: typical ones and the ends of the distributions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.working_time import MS_PER_DAY
from simulation.engines.program.open_time import OpenTime
from simulation.engines.reference.cases import Outcome
from simulation.trace.watched_run import WatchedRun


@dataclass(frozen=True, eq=False)
class CaseFigures:
    """Figures of the cases that came on some days and have finished, one entry a case, by case number."""

    case: np.ndarray
    cycle_ms: np.ndarray  # elapsed
    wait_ms: np.ndarray  # with a ticket, inside the hall
    days_in_hall: np.ndarray  # on which the applicant waited or was served
    returns: np.ndarray
    gave_up: np.ndarray  # times


def case_figures(watched: WatchedRun, first_day: int, last_day: int) -> CaseFigures:
    """Figures of the finished cases that came on days first <= day < last."""
    run, columns = watched.run, watched.columns
    n = len(run.arrivals)
    case, present = columns["case"], watched.present_of_row
    arrived_day = run.arrived_ms // MS_PER_DAY
    chosen = np.flatnonzero((arrived_day >= first_day) & (arrived_day < last_day) & (run.finish_ms >= 0))
    wait = open_ms(watched.program.inside, columns["enabled"], columns["start"]) * present
    days = np.concatenate([columns["enabled"][present], columns["start"][present]]) // MS_PER_DAY
    there = np.unique(np.stack([np.tile(case[present], 2), days], axis=1), axis=0)[:, 0]

    def times(outcome: Outcome) -> np.ndarray:
        return np.bincount(case[columns["outcome"] == outcome], minlength=n)[chosen]

    return CaseFigures(
        case=chosen,
        cycle_ms=(run.finish_ms - run.arrived_ms)[chosen],
        wait_ms=np.bincount(case, weights=wait, minlength=n).astype("int64")[chosen],
        days_in_hall=np.bincount(there, minlength=n)[chosen],
        returns=times(Outcome.RETURNED),
        gave_up=times(Outcome.GAVE_UP),
    )


def open_ms(calendar: OpenTime, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Open time of a calendar between moments, milliseconds, int64."""
    return _worked(calendar, end) - _worked(calendar, begin)


def _worked(calendar: OpenTime, moment: np.ndarray) -> np.ndarray:
    if not calendar.begins:
        return np.zeros(moment.shape, "int64")
    begins, ends, before = (
        np.array(values, "int64") for values in (calendar.begins, calendar.ends, calendar.worked_before)
    )
    index = np.searchsorted(begins, moment, side="right") - 1
    at = np.maximum(index, 0)
    return np.where(index < 0, 0, before[at] + np.minimum(moment, ends[at]) - begins[at])


def pick_cases(figures: CaseFigures) -> dict[str, int]:
    """Case numbers by what makes them worth a look, in this order; a reason no case has is left out.

    `typical` has the median cycle time (the lower one of two), `longest_wait` waited longest in the hall,
    `most_days` was there on most days, `returned_twice` is the median of those sent back twice or more,
    `gave_up` that of those who left a queue, `longest` took longest. Of equals the one who came first.
    """
    everybody = np.ones(figures.case.size, bool)
    chosen = {
        "typical": _median(figures, everybody),
        "longest_wait": _largest(figures, figures.wait_ms),
        "most_days": _largest(figures, figures.days_in_hall),
        "returned_twice": _median(figures, figures.returns >= 2),
        "gave_up": _median(figures, figures.gave_up >= 1),
        "longest": _largest(figures, figures.cycle_ms),
    }
    return {reason: case for reason, case in chosen.items() if case is not None}


def _median(figures: CaseFigures, among: np.ndarray) -> int | None:
    at = np.flatnonzero(among)
    if at.size == 0:
        return None
    in_order = at[np.lexsort((figures.case[at], figures.cycle_ms[at]))]
    return int(figures.case[in_order[(in_order.size - 1) // 2]])


def _largest(figures: CaseFigures, values: np.ndarray) -> int | None:
    if values.size == 0 or values.max() <= 0:
        return None
    return int(figures.case[int(np.argmax(values))])
