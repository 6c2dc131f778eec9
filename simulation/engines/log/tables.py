"""Records of a run as an EventLog, in the schema of every other log."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.event_log import (
    ABANDON,
    BY_APPLICANT,
    LIST_SEPARATOR,
    MATERIAL_COLUMNS,
    PASS,
    REJECT,
    RETURN,
    SHARED,
    EventLog,
    empty_table,
)
from simulation.engines.log.clocks import clock_stop_table, limit_columns
from simulation.engines.log.columns import FIRST_ROW, texts, times
from simulation.engines.log.devices import device_table
from simulation.engines.log.report import quality_report
from simulation.engines.log.tickets import helped_at_once, helpers_of_steps, ticket_table
from simulation.engines.program.codes import Program
from simulation.engines.reference.cases import Outcome
from simulation.engines.run_records import Record, RunRecords

RESULT_OF_OUTCOME = (PASS, RETURN, REJECT, ABANDON, None)


def to_event_log(program: Program, run: RunRecords) -> EventLog:
    """The records of a run in the schema of every log.

    Events in the order (case, time, file row), cases with NaT as finish where they are still inside, one row
    for each document handed in or fetched, one for each ticket; the states of machines that fail, and where
    the clock of a limit stood still. `file_row` numbers the events of the run in time order. Whoever gave up
    was not served: that event has no start, no end and nobody who served, its time is the moment of leaving.
    """
    case_ids = case_names(program, run)
    columns = dict(zip(Record._fields, run.visits.T, strict=True))
    rank = np.argsort(np.argsort(case_ids.astype("U"), kind="stable"), kind="stable")
    order = np.lexsort((np.arange(len(run.visits)), columns["end"], rank[columns["case"]]))
    columns = {name: values[order] for name, values in columns.items()}
    columns["file_row"] = order + FIRST_ROW
    events = _events(program, run, case_ids, columns)
    return EventLog(
        events=events,
        cases=_cases(program, run, case_ids, columns),
        materials=_materials(program, case_ids, columns),
        tickets=ticket_table(program, run, case_ids, columns),
        clock_stops=clock_stop_table(program, run, case_ids, columns),
        devices=device_table(program, run),
        quality=quality_report(program, run),
        name=program.names.model,
        simulated=True,
    )


def case_names(program: Program, run: RunRecords) -> np.ndarray:
    """Case ids such as "窗口-0003-0017": arrivals, day from 0, index within the day."""
    names = program.names.arrivals
    return np.array(
        [
            f"{names[a]}-{day:04d}-{index:04d}"
            for a, day, index in zip(run.arrivals.tolist(), run.day.tolist(), run.index.tolist(), strict=True)
        ],
        dtype=object,
    )


def _events(
    program: Program, run: RunRecords, case_ids: np.ndarray, columns: dict[str, np.ndarray]
) -> pd.DataFrame:
    names, start = program.names, program.start_date
    case, step, member = columns["case"], columns["step"], columns["member"]
    arrivals = run.arrivals[case]
    present = np.array([s.present for s in names.steps], bool)[step]
    kiosk = np.array([s.place == "kiosk" for s in names.steps], bool)[step]
    decides = np.array([s.decides for s in names.steps], bool)[step]
    issues = np.array([bool(s.issues) for s in names.steps], bool)[step] & (columns["outcome"] == 0)
    gave_up = columns["outcome"] == Outcome.GAVE_UP
    took_ticket = present & ~helped_at_once(helpers_of_steps(program), columns)
    decides |= gave_up
    return pd.DataFrame(
        {
            "case_id": texts(case_ids, case),
            "activity": texts([s.name for s in names.steps], step),
            "time": times(start, columns["end"]),
            "file_row": columns["file_row"],
            "item_name": texts(list(names.items), arrivals),
            "dept": texts(list(names.step_depts), step),
            "window": texts(list(names.members), np.where(present, member, -1)),
            "officer": texts(list(names.members), np.where(kiosk, -1, member)),
            "channel": texts(list(names.channels), arrivals),
            "place": texts([s.place for s in names.steps], step),
            "visit_no": columns["visit"],
            "ts_enabled": times(start, columns["enabled"]),
            "ts_ticket": times(start, np.where(took_ticket, columns["enabled"], -1)),
            "ts_start": times(start, np.where(gave_up, -1, columns["start"])),
            "ts_end": times(start, np.where(gave_up, -1, columns["end"])),
            "result": texts(list(RESULT_OF_OUTCOME), np.where(decides, columns["outcome"], -1)),
            "reason": _material_lists(program, step, columns["at_fault"]),
            "materials": _material_lists(program, step, columns["handed"]),
            "issues": texts([LIST_SEPARATOR.join(s.issues) for s in names.steps], np.where(issues, step, -1)),
        }
    )


def _material_lists(program: Program, step: np.ndarray, sets: np.ndarray) -> pd.Series:
    """The names of the materials in each set, separated by `LIST_SEPARATOR`; missing where there is none."""
    if step.size == 0:
        return texts([], step)
    pairs, codes = np.unique(np.stack([step, sets], axis=1), axis=0, return_inverse=True)
    lists: list[str | None] = []
    for number, chosen in pairs.tolist():
        asked = program.names.steps[number].materials
        lists.append(LIST_SEPARATOR.join(a.material for n, a in enumerate(asked) if chosen >> n & 1) or None)
    return texts(lists, codes.reshape(-1))


def _cases(
    program: Program, run: RunRecords, case_ids: np.ndarray, columns: dict[str, np.ndarray]
) -> pd.DataFrame:
    finished = run.finish_ms >= 0
    final = np.select([~finished, run.gave_up, run.rejected], [-1, Outcome.GAVE_UP, Outcome.REJECTED], 0)
    names = program.names
    cases = pd.DataFrame(
        {
            "case_id": texts(case_ids, np.arange(case_ids.size)),
            "channel": texts(list(names.channels), run.arrivals),
            "item_name": texts(list(names.items), run.arrivals),
            "ts_apply": times(program.start_date, run.arrived_ms),
            "ts_finish": times(program.start_date, run.finish_ms),
            "final_result": texts(list(RESULT_OF_OUTCOME), final),
            **limit_columns(program, run, columns),
        }
    )
    return cases.sort_values("case_id", kind="stable", ignore_index=True)


def _materials(program: Program, case_ids: np.ndarray, columns: dict[str, np.ndarray]) -> pd.DataFrame:
    """One row for each document, in the order of the events and of the step's list."""
    names = program.names
    documents = _documents(program, columns)
    if documents.size == 0:
        return empty_table(MATERIAL_COLUMNS)
    row, material, fetched = documents.T
    step_of = columns["step"][row]
    makers = {document: n for n, s in reversed(list(enumerate(names.steps))) for document in s.issues}
    made_by = np.array([makers.get(m.name, -1) for m in names.materials])[material]
    return pd.DataFrame(
        {
            "case_id": texts(case_ids, columns["case"][row]),
            "activity": texts([s.name for s in names.steps], step_of),
            "dept": texts(list(names.step_depts), step_of),
            "material_name": texts([m.name for m in names.materials], material),
            "issuer_dept": texts([m.issuer_dept for m in names.materials], material),
            "source": texts([BY_APPLICANT, SHARED], fetched),
            "ts_received": times(program.start_date, columns["start"][row]),
            "attempt_no": columns["visit"][row] + 1,
            "issued_by_step": texts([s.name for s in names.steps], made_by),
            "file_row": columns["file_row"][row],
        }
    )


def _documents(program: Program, columns: dict[str, np.ndarray]) -> np.ndarray:
    """Rows (row of the event, material, 1 = fetched) of all documents, int64 of shape (n, 3)."""
    parts = [np.zeros((0, 4), "int64")]
    for number, step in enumerate(program.steps):
        of_step = np.flatnonzero(columns["step"] == number)
        for position, asked in enumerate(step.asked):
            for fetched, sets in ((0, columns["handed"]), (1, columns["fetched"])):
                row = of_step[(sets[of_step] >> position & 1) == 1]
                same = np.ones(row.size, "int64")
                parts.append(np.stack([row, same * position, same * asked.material, same * fetched], axis=1))
    found = np.concatenate(parts)
    return found[np.lexsort((found[:, 1], found[:, 0]))][:, [0, 2, 3]]
