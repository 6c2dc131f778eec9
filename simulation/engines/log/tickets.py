"""The queue machine of a simulated hall: one ticket for each time somebody waited at a counter or kiosk."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mining.event_log import (
    BOOKED,
    SERVED,
    TICKET_ABANDONED,
    TICKET_COLUMNS,
    TICKET_RETURNED,
    WALK_IN,
    empty_table,
)
from mining.working_time import MS_PER_DAY
from simulation.engines.log.columns import FIRST_ROW, texts, times
from simulation.engines.program.codes import Program
from simulation.engines.reference.cases import Outcome
from simulation.engines.run_records import RunRecords

Columns = Mapping[str, np.ndarray]
"""The fields of `Record` by name."""

STATUS_OF_OUTCOME = (SERVED, TICKET_RETURNED, TICKET_RETURNED, TICKET_ABANDONED, SERVED)


def ticket_table(program: Program, run: RunRecords, case_ids: np.ndarray, columns: Columns) -> pd.DataFrame:
    """Tickets in the order in which they were taken, `columns` being those of the events of the log.

    Called is served: `ts_call` and `ts_start` are the same; who gave up has neither, `ts_end` is the moment
    of leaving. A ticket is booked (预约) if it is the first of somebody with an appointment, on its day. A
    slot nobody came for is a booked ticket without times. Help at a machine that waits takes no ticket.
    `status` is told where people may give up: elsewhere "0 % gave up" would say what nobody modelled.
    `priority` is told where it differs.
    """
    at = np.flatnonzero(tickets_taken(queued_steps(program), helpers_of_steps(program), columns))
    enabled, case = columns["enabled"][at], columns["case"][at]
    at = at[np.lexsort((columns["visit"][at], columns["step"][at], case, enabled))]
    if at.size == 0 and len(run.missed_slots) == 0:
        return empty_table(TICKET_COLUMNS)
    missed = run.missed_slots[run.missed_slots[:, 1] < run.end_ms]
    served = _served(program, run, case_ids, {name: values[at] for name, values in columns.items()})
    table = pd.concat([served, _nobody_came(program, missed)], ignore_index=True) if len(missed) else served
    came = table["ts_ticket"].fillna(table["ts_booked"])
    table = table.iloc[np.argsort(came.to_numpy(), kind="stable")].reset_index(drop=True)
    table["file_row"] = np.arange(len(table)) + FIRST_ROW
    return _told(program, table)


def queued_steps(program: Program) -> np.ndarray:
    """Whether people take a ticket for each step: they stand there, and there is a queue."""
    return np.array([step.present and step.pool >= 0 for step in program.steps], bool)


def helpers_of_steps(program: Program) -> np.ndarray:
    """The step that helps whoever is stuck at each step while the machine is kept for her; -1 = none."""
    return np.array([step.stuck_then if step.keeps_machine else -1 for step in program.steps], "int64")


def helped_at_once(helpers: np.ndarray, columns: Columns) -> np.ndarray:
    """Whether each record is help for somebody stuck at a machine that was kept: no ticket is taken there."""
    stuck = np.flatnonzero(columns["outcome"] == Outcome.STUCK)
    stuck = stuck[helpers[columns["step"][stuck]] >= 0]
    if stuck.size == 0:
        return np.zeros(columns["case"].size, bool)
    asked = np.stack([columns["case"][stuck], helpers[columns["step"][stuck]], columns["end"][stuck]])
    done = np.stack([columns["case"], columns["step"], columns["reached"]])
    code = np.unique(np.concatenate([asked, done], axis=1), axis=1, return_inverse=True)[1].reshape(-1)
    return np.isin(code[stuck.size :], code[: stuck.size])


def tickets_taken(queued: np.ndarray, helpers: np.ndarray, columns: Columns) -> np.ndarray:
    """Whether each record began with a ticket of a queue."""
    return queued[columns["step"]] & ~helped_at_once(helpers, columns)


def _served(program: Program, run: RunRecords, case_ids: np.ndarray, columns: Columns) -> pd.DataFrame:
    names, start = program.names, program.start_date
    case, step, member = columns["case"], columns["step"], columns["member"]
    kiosk = np.array([s.place == "kiosk" for s in names.steps], bool)[step]
    gave_up = columns["outcome"] == Outcome.GAVE_UP
    begin = times(start, np.where(gave_up, -1, columns["start"]))
    booked = _booked(run, columns)
    return pd.DataFrame(
        {
            "case_id": texts(case_ids, case),
            "business": texts(names.pools, np.array([s.pool for s in program.steps], "int64")[step]),
            "window": texts(names.members, member),
            "officer": texts(names.members, np.where(kiosk, -1, member)),
            "ts_ticket": times(start, columns["enabled"]),
            "ts_call": begin,
            "ts_start": begin,
            "ts_end": times(start, columns["end"]),
            "status": texts(STATUS_OF_OUTCOME, columns["outcome"]),
            "ticket_type": texts([WALK_IN, BOOKED], booked.astype("int64")),
            "priority": _priorities(program, run, columns, booked),
            "ts_booked": times(start, np.where(booked, run.slot_ms[case], -1)),
        }
    )


def _booked(run: RunRecords, columns: Columns) -> np.ndarray:
    """Whether a ticket is that of an appointment; tickets in order of time."""
    case = columns["case"]
    first = np.zeros(case.size, bool)
    first[np.unique(case, return_index=True)[1]] = True
    slot = run.slot_ms[case]
    return first & (slot >= 0) & (slot // MS_PER_DAY == columns["enabled"] // MS_PER_DAY)


def _priorities(program: Program, run: RunRecords, columns: Columns, booked: np.ndarray) -> pd.Series:
    case, through = columns["case"], run.arrivals[columns["case"]]
    found = np.array([step.priority for step in program.steps], "int64")[columns["step"]]
    found += np.array([code.priority for code in program.arrivals], "int64")[through]
    booked_by = [code.appointments for code in program.arrivals]
    more = np.array([0 if code is None else code.priority for code in booked_by], "int64")[through]
    grace_ms = np.array([0 if code is None else code.grace_ms for code in booked_by], "int64")[through]
    in_time = booked & (columns["enabled"] <= run.slot_ms[case] + grace_ms)
    numbers, code = np.unique(found + more * in_time, return_inverse=True)
    return texts([str(number) for number in numbers], code)


def _nobody_came(program: Program, missed: np.ndarray) -> pd.DataFrame:
    """Booked slots that stayed empty, as tickets of nobody."""
    return pd.DataFrame(
        {
            "ticket_type": texts([BOOKED], np.zeros(len(missed), "int64")),
            "ts_booked": times(program.start_date, missed[:, 1]),
        }
    ).reindex(columns=[*TICKET_COLUMNS])


def _told(program: Program, table: pd.DataFrame) -> pd.DataFrame:
    """The table without the columns that tell nothing."""
    silent = [name for name in ("priority",) if table[name].nunique() < 2]
    if all(code.patience < 0 for code in program.arrivals):
        silent.append("status")
    kept = [name for name in TICKET_COLUMNS if name in table.columns and name not in silent]
    return table[kept].astype({name: TICKET_COLUMNS[name] for name in kept})
