"""The national exchange tables joined: steps with what the tables of acceptance and of results say.

The joined table has the shape of an XES file (rows of events, rows of traces), so that everything after it
reads a folder of tables as it reads one file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.reading.arrow_text import as_text_table, text_array
from mining.reading.case_tables import case_columns
from mining.reading.choices import ColumnChoices
from mining.reading.coded import MISSING
from mining.reading.notes import Notes
from mining.reading.raw import CASE_PREFIX, RawTable
from mining.reading.step_tables import MOMENTS, Steps, no_steps, steps_of

ACCEPTANCE, COMPLETION = "受理", "办结"  # steps of cases that the table of steps does not know
_OF_EVENTS = ("dept", "journey_id", "ts_promise")  # known of the case, kept with its events
_NOT_OF_CASES = {*_OF_EVENTS, "officer"}


@dataclass(frozen=True)
class Joined:
    """The joined table; `headers` tells for columns of cases which header of which table they came from."""

    raw: RawTable
    headers: dict[str, str] = field(default_factory=dict)


def join_case_tables(
    events: RawTable | None, case_tables: Sequence[RawTable], choices: ColumnChoices, notes: Notes
) -> Joined:
    """The steps, with the attributes of their cases as traces.

    A case without any step gets one for its acceptance and one for its result, where these have a time.
    `events` is None where there is no table of steps at all. Raises `LogError` for a table of cases without
    a column of their ids.
    """
    steps: Steps | None = no_steps()
    if events is not None:
        events, steps = steps_of(events, choices, notes)
        if steps is None or not case_tables:
            return Joined(events)  # what is missing is said where columns are looked for
    assert steps is not None
    tables = [case_columns(raw, choices, notes) for raw in case_tables]
    cases = reduce(pd.DataFrame.combine_first, [table.frame for table in tables])
    headers = {name: header for table in reversed(tables) for name, header in table.headers.items()}
    joined = _with_derived_events(steps, cases, case_tables, notes)
    return Joined(_with_traces(_with_case_columns(joined, cases, notes), cases), headers)


def _with_derived_events(
    steps: Steps, cases: pd.DataFrame, case_tables: Sequence[RawTable], notes: Notes
) -> Steps:
    """With the acceptance and the result of cases that have no step."""
    stranded = cases[steps.ids.get_indexer(cases.index) < 0]
    derived = pd.concat(
        [
            _moments(stranded, ACCEPTANCE, "ts_accept"),
            _moments(stranded, COMPLETION, "ts_finish"),
        ],
        ignore_index=True,
    )
    _note_stranded(steps, cases, stranded, derived, notes)
    last = int(steps.raw.file_rows.max(initial=1))
    moment = next(name for name in MOMENTS if name in steps.columns)
    names = {"case_id": "case_id", "activity": "activity", "officer": "officer", "time": moment}
    added = {
        steps.columns.get(to, to): text_array(derived[name])
        for name, to in names.items()
        if name in derived.columns
    }
    if not len(derived):
        return steps
    raw = replace(
        steps.raw,
        file=steps.raw.file or " + ".join(raw.file for raw in case_tables),
        table=pa.concat_tables([as_text_table(steps.raw.table), pa.table(added)], promote_options="default"),
        file_rows=np.concatenate([steps.raw.file_rows, last + 1 + np.arange(len(derived))]),
    )
    new = pd.Index(derived["case_id"].unique(), dtype=object)
    codes = np.append(steps.codes, len(steps.ids) + new.get_indexer(derived["case_id"]))
    columns = {**steps.columns, **{to: steps.columns.get(to, to) for to in names.values()}}
    return Steps(raw, columns, codes, steps.ids.append(new))


def _moments(cases: pd.DataFrame, step: str, column: str) -> pd.DataFrame:
    known = cases[cases[column].notna()] if column in cases.columns else cases.iloc[:0]
    unknown = pd.Series(index=known.index, dtype="str")
    return pd.DataFrame(
        {
            "case_id": known.index.to_numpy(),
            "activity": step,
            "time": known.get(column, unknown).to_numpy(),
            "officer": known.get("officer", unknown).to_numpy(),
        }
    )


def _note_stranded(
    steps: Steps, cases: pd.DataFrame, stranded: pd.DataFrame, derived: pd.DataFrame, notes: Notes
) -> None:
    rows_zh = rows_en = ""
    if len(derived):
        first = int(steps.raw.file_rows.max(initial=1)) + 1
        rows_zh, rows_en = f"（行号 {first:,} 起）", f" (rows from {first:,} on)"
    notes.add(
        "events_from_cases",
        "warning" if len(steps.codes) else "info",
        zh=f"过程表中没有这些办件的环节：以受理时间和办结时间作为“{ACCEPTANCE}”“{COMPLETION}”两个环节"
        f"{rows_zh}（行数为办件数）。",
        en=f"cases without a step in the table of steps: their acceptance and their result are their steps "
        f"{ACCEPTANCE} and {COMPLETION}{rows_en} (rows counts cases).",
        rows=derived["case_id"].nunique(),
        of_rows=len(cases),
        examples=(f"case {case}" for case in derived["case_id"].unique()),
    )
    silent = stranded.index.difference(derived["case_id"].unique())
    notes.add(
        "cases_without_events",
        "warning",
        zh="没有环节、也没有受理或办结时间的办件，不计入日志（行数为办件数）。",
        en="cases without a step and without a time of acceptance or result are not part of the log "
        "(rows counts cases).",
        rows=len(silent),
        of_rows=len(cases),
        examples=(f"case {case}" for case in silent),
    )
    unknown = steps.ids[cases.index.get_indexer(steps.ids) < 0]
    notes.add(
        "steps_without_case_row",
        "warning",
        zh="过程表中的办件在受理表和结果表中没有记录（行数为办件数），其环节仍保留。",
        en="cases of the table of steps are in no table of acceptance or results (rows counts cases); "
        "their steps are kept.",
        rows=len(unknown),
        of_rows=len(steps.ids),
        examples=(f"case {case}" for case in unknown),
    )


def _with_case_columns(steps: Steps, cases: pd.DataFrame, notes: Notes) -> Steps:
    """With columns of events that only the table of cases has: the department, the journey, the promise."""
    table, columns = steps.raw.table, dict(steps.columns)
    for name in _OF_EVENTS:
        if name not in cases.columns or cases[name].isna().all():
            continue
        if name in columns and not steps.raw.is_empty(columns[name]):
            continue
        values = _in_rows(text_array(cases[name].reindex(steps.ids)), steps.codes)
        header = columns.setdefault(name, name)
        if header in table.column_names:
            table = table.drop_columns(header)
        table = table.append_column(header, values)
        notes.add(
            f"{name}_from_cases",
            "info",
            zh=f"过程表没有 {name}：各环节采用办件在受理表中的值。",
            en=f"the table of steps has no {name}: each step has that of its case's acceptance.",
            rows=len(values) - values.null_count,
            of_rows=len(values),
        )
    return replace(steps, raw=replace(steps.raw, table=table), columns=columns)


def _in_rows(of_case: pa.Array, codes: np.ndarray) -> pa.Array:
    return of_case.take(pa.array(codes, mask=codes == MISSING))


def _with_traces(steps: Steps, cases: pd.DataFrame) -> RawTable:
    nameless = bool((steps.codes == MISSING).any())  # their rows get a trace without anything
    of_case = cases.drop(columns=[name for name in _NOT_OF_CASES if name in cases.columns])
    rows = of_case.reindex(steps.ids.append(pd.Index([None], dtype=object)) if nameless else steps.ids)
    traces = pa.table({CASE_PREFIX + str(name): text_array(rows[name]) for name in rows.columns})
    trace_of_row = np.where(steps.codes == MISSING, len(steps.ids), steps.codes)
    return replace(steps.raw, traces=traces, trace_of_row=trace_of_row)
