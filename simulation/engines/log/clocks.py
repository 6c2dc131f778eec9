"""The clock of a simulated log's time limits: when it began, how long it may run, when it stood still."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.event_log import CLOCK_STOP_COLUMNS, RETURN, empty_table
from simulation.engines.log.columns import FIRST_ROW, texts, times
from simulation.engines.program.codes import Program
from simulation.engines.reference.cases import Outcome
from simulation.engines.run_records import RunRecords

SPECIAL_PROCEDURE = "特别程序"
NOT_YET = -1


def limit_columns(program: Program, run: RunRecords, columns: dict[str, np.ndarray]) -> dict[str, pd.Series]:
    """`ts_accept` and the limits in working days, one value a case; nothing where the model has no limits."""
    limits = program.names.limits
    if limits is None:
        return {}
    found = {"ts_accept": times(program.start_date, _accepted_ms(program, run, columns))}
    for name, days in (
        ("limit_statutory", limits.statutory_working_days),
        ("limit_promised", limits.promised_working_days),
    ):
        if days is not None:
            found[name] = pd.Series(np.full(run.arrived_ms.size, float(days)))
    return found


def _accepted_ms(program: Program, run: RunRecords, columns: dict[str, np.ndarray]) -> np.ndarray:
    """When each case was accepted: the first pass of `Limits.accepted_by`, else the application."""
    limits = program.names.limits
    if limits is None or limits.accepted_by is None:
        return run.arrived_ms
    step = [each.name for each in program.names.steps].index(limits.accepted_by)
    passes = (columns["step"] == step) & (columns["outcome"] == Outcome.PASSED)
    never = np.iinfo("int64").max
    first = np.full(run.arrived_ms.size, never)
    np.minimum.at(first, columns["case"][passes], columns["end"][passes])
    return np.where(first == never, NOT_YET, first)


def clock_stop_table(
    program: Program, run: RunRecords, case_ids: np.ndarray, columns: dict[str, np.ndarray]
) -> pd.DataFrame:
    """Stretches in which the clock stood still, in order of time.

    A special procedure lasts from reaching a step that stops the clock to its end, `kind` being the step. In
    a model with limits a correction (补正) lasts from the return until the step waits to be done again, or
    the case ends; no end is known while the applicant has it at the end of the run. Steps that are not
    finished then leave no record, and no stop.
    """
    names = program.names
    stops = np.array([step.stops_clock for step in names.steps], bool)
    special = np.flatnonzero(stops[columns["step"]])
    returned = np.flatnonzero(columns["outcome"] == Outcome.RETURNED)
    returned = returned[:0] if names.limits is None else returned
    if special.size + returned.size == 0:
        return empty_table(CLOCK_STOP_COLUMNS)
    n_steps = len(names.steps)
    kind = np.concatenate([columns["step"][special], np.full(returned.size, n_steps)])
    begin = np.concatenate([columns["reached"][special], columns["end"][returned]])
    end = np.concatenate([columns["end"][special], _back_ms(run, columns, returned)])
    case = columns["case"][np.concatenate([special, returned])]
    order = np.lexsort((end, kind, case, begin))
    kind, begin, end, case = kind[order], begin[order], end[order], case[order]
    reasons = [SPECIAL_PROCEDURE] * n_steps + [RETURN]
    return pd.DataFrame(
        {
            "case_id": texts(case_ids, case),
            "kind": texts([*(step.name for step in names.steps), RETURN], kind),
            "ts_start": times(program.start_date, begin),
            "ts_end": times(program.start_date, end),
            "reason": texts(reasons, kind),
            "file_row": np.arange(case.size) + FIRST_ROW,
        }
    )


def _back_ms(run: RunRecords, columns: dict[str, np.ndarray], returned: np.ndarray) -> np.ndarray:
    """When the next visit of the same case to the same step began to wait; -1 while there is none."""
    order = np.lexsort((columns["visit"], columns["step"], columns["case"]))
    case, step = columns["case"][order], columns["step"][order]
    following = np.full(case.size, NOT_YET)
    same = (case[1:] == case[:-1]) & (step[1:] == step[:-1])
    following[order[:-1][same]] = columns["enabled"][order[1:][same]]
    back = following[returned]
    return np.where(back == NOT_YET, run.finish_ms[columns["case"][returned]], back)
