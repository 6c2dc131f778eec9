"""Records of a run as an EventLog, in the schema of every other log."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.event_log import (
    BY_APPLICANT,
    LIST_SEPARATOR,
    MATERIAL_COLUMNS,
    PASS,
    REJECT,
    RETURN,
    SHARED,
    TIME_DTYPE,
    EventLog,
    empty_table,
)
from simulation.engines.program_codes import Program
from simulation.engines.run_records import Record, RunRecords
from simulation.engines.run_report import quality_report

RESULT_OF_OUTCOME = (PASS, RETURN, REJECT)
FIRST_ROW = 2
TEXT = pd.StringDtype("pyarrow", na_value=np.nan)


def to_event_log(program: Program, run: RunRecords) -> EventLog:
    """Events in the order (case, time, file row), cases with NaT as finish where they are still inside, and
    one row for each document handed in or fetched. `file_row` numbers the events of the run in time order."""
    case_ids = case_names(program, run)
    columns = dict(zip(Record._fields, run.visits.T, strict=True))
    rank = np.argsort(np.argsort(case_ids.astype("U"), kind="stable"), kind="stable")
    order = np.lexsort((np.arange(len(run.visits)), columns["end"], rank[columns["case"]]))
    columns = {name: values[order] for name, values in columns.items()}
    columns["file_row"] = order + FIRST_ROW
    events = _events(program, run, case_ids, columns)
    return EventLog(
        events=events,
        cases=_cases(program, run, case_ids),
        materials=_materials(program, case_ids, columns),
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


def _texts(values: list[str | None] | np.ndarray, codes: np.ndarray) -> pd.Series:
    """The text of each code; -1 is missing."""
    table = pa.array(list(values), pa.large_string())
    chosen = table.take(pa.array(codes, mask=codes < 0)) if len(table) else pa.nulls(codes.size, table.type)
    return pd.Series(pd.array(chosen, dtype=TEXT)).astype("str")


def _times(start_date: dt.date, ms: np.ndarray) -> pd.Series:
    """Local times of milliseconds since the first midnight; negative is missing."""
    moments = np.datetime64(start_date, "ms") + np.asarray(ms).astype("timedelta64[ms]")
    return pd.Series(np.where(ms < 0, np.datetime64("NaT", "ms"), moments)).astype(TIME_DTYPE)


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
    end = _times(start, columns["end"])
    return pd.DataFrame(
        {
            "case_id": _texts(case_ids, case),
            "activity": _texts([s.name for s in names.steps], step),
            "time": end,
            "file_row": columns["file_row"],
            "item_name": _texts(list(names.items), arrivals),
            "dept": _texts(list(names.step_depts), step),
            "window": _texts(list(names.members), np.where(present, member, -1)),
            "officer": _texts(list(names.members), np.where(kiosk, -1, member)),
            "channel": _texts(list(names.channels), arrivals),
            "place": _texts([s.place for s in names.steps], step),
            "visit_no": columns["visit"],
            "ts_enabled": _times(start, columns["enabled"]),
            "ts_ticket": _times(start, np.where(present, columns["enabled"], -1)),
            "ts_start": _times(start, columns["start"]),
            "ts_end": end,
            "result": _texts(list(RESULT_OF_OUTCOME), np.where(decides, columns["outcome"], -1)),
            "reason": _material_lists(program, step, columns["at_fault"]),
            "materials": _material_lists(program, step, columns["handed"]),
            "issues": _texts(
                [LIST_SEPARATOR.join(s.issues) for s in names.steps], np.where(issues, step, -1)
            ),
        }
    )


def _material_lists(program: Program, step: np.ndarray, sets: np.ndarray) -> pd.Series:
    """The names of the materials in each set, separated by `LIST_SEPARATOR`; missing where there is none."""
    if step.size == 0:
        return _texts([], step)
    pairs, codes = np.unique(np.stack([step, sets], axis=1), axis=0, return_inverse=True)
    texts: list[str | None] = []
    for number, chosen in pairs.tolist():
        asked = program.names.steps[number].materials
        texts.append(LIST_SEPARATOR.join(a.material for n, a in enumerate(asked) if chosen >> n & 1) or None)
    return _texts(texts, codes.reshape(-1))


def _cases(program: Program, run: RunRecords, case_ids: np.ndarray) -> pd.DataFrame:
    finished = run.finish_ms >= 0
    final = np.where(finished, np.where(run.rejected, 2, 0), -1)
    names = program.names
    cases = pd.DataFrame(
        {
            "case_id": _texts(case_ids, np.arange(case_ids.size)),
            "channel": _texts(list(names.channels), run.arrivals),
            "item_name": _texts(list(names.items), run.arrivals),
            "ts_apply": _times(program.start_date, run.arrived_ms),
            "ts_finish": _times(program.start_date, run.finish_ms),
            "final_result": _texts(list(RESULT_OF_OUTCOME), final),
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
            "case_id": _texts(case_ids, columns["case"][row]),
            "activity": _texts([s.name for s in names.steps], step_of),
            "dept": _texts(list(names.step_depts), step_of),
            "material_name": _texts([m.name for m in names.materials], material),
            "issuer_dept": _texts([m.issuer_dept for m in names.materials], material),
            "source": _texts([BY_APPLICANT, SHARED], fetched),
            "ts_received": _times(program.start_date, columns["start"][row]),
            "attempt_no": columns["visit"][row] + 1,
            "issued_by_step": _texts([s.name for s in names.steps], made_by),
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
