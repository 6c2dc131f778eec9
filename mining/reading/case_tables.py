"""The national exchange tables joined: steps with what the tables of acceptance and of results say.

The joined table has the shape of an XES file (rows of events, rows of traces), so that everything after it
reads a folder of tables as it reads one file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.reading.aliases import fold_header
from mining.reading.arrow_text import as_text, as_text_table, text_array
from mining.reading.choices import ColumnChoices
from mining.reading.identifiers import repair_identifiers
from mining.reading.mapping import HeaderMap, map_event_headers, map_table_headers
from mining.reading.notes import Notes, listed
from mining.reading.ratings import as_words, read_ratings
from mining.reading.raw import CASE_PREFIX, RawTable, clean_text
from mining.reading.rows import require_rows
from mining.reading.standard_codes import decode, with_own_codes
from mining.reading.table_aliases import CASE_TABLE_ALIASES
from mining.reading.table_columns import require_needed
from mining.reading.table_kinds import is_national

ACCEPTANCE, COMPLETION = "受理", "办结"  # steps of cases that the table of steps does not know
_OF_EVENTS = ("dept", "journey_id", "ts_promise")  # known of the case, kept with its events
_NOT_OF_CASES = {*_OF_EVENTS, "officer"}
_MOMENTS = ("ts_end", "time", "ts_start")
_STATE_HEADER, _PENDING = fold_header("环节办理状态代码"), "1"  # GB/T 39046-2020, table 7


def join_case_tables(
    events: RawTable | None, case_tables: Sequence[RawTable], choices: ColumnChoices, notes: Notes
) -> RawTable:
    """The steps, with the attributes of their cases as traces.

    A case without any step gets one for its acceptance and one for its result, where these have a time.
    `events` is None where there is no table of steps at all. Raises `LogError` for a table of cases without
    a column of their ids.
    """
    if events is not None:
        require_rows(events)
        events = _without_pending_ends(_with_action_header(events), notes)
    if not case_tables:
        assert events is not None
        return events
    cases = reduce(pd.DataFrame.combine_first, [_case_columns(raw, choices, notes) for raw in case_tables])
    steps = _steps_of(events, choices)
    if steps is None:
        assert events is not None
        return events  # without a case or a step; what is missing is said where columns are looked for
    joined = _with_derived_events(steps, cases, case_tables, notes)
    return _with_traces(_with_case_columns(joined, cases, notes), cases)


@dataclass(frozen=True)
class _Steps:
    """The table of steps, its columns, and the repaired case id of each row."""

    raw: RawTable
    columns: dict[str, str]
    case_ids: pd.Series


def _steps_of(events: RawTable | None, choices: ColumnChoices) -> _Steps | None:
    if events is None:
        empty = {
            name: pa.array([], pa.large_string()) for name in ("case_id", "activity", "ts_end", "officer")
        }
        raw = RawTable("", "tables", pa.table(empty), np.empty(0, "int64"))
        return _Steps(raw, {name: name for name in empty}, pd.Series([], dtype="str"))
    unheard = Notes(events.file, events.rows_read)  # the same is noted when the joined table is read
    columns = map_event_headers(events, choices.columns, unheard).columns
    if "case_id" not in columns or "activity" not in columns or not set(_MOMENTS) & columns.keys():
        return None
    return _Steps(events, columns, _case_ids(events, columns["case_id"], unheard))


def _case_ids(raw: RawTable, header: str, notes: Notes) -> pd.Series:
    ids = clean_text(raw.column(header).astype("str"))
    return repair_identifiers(ids, header, raw.file_rows, raw.format, notes)


def _case_columns(raw: RawTable, choices: ColumnChoices, notes: Notes) -> pd.DataFrame:
    """What a table says of cases, one row a case; personal columns still under their headers."""
    require_rows(raw)
    own = Notes(raw.label, raw.rows_read, notes.mask)
    mapped = map_table_headers(raw, CASE_TABLE_ALIASES, choices.of_table("cases"), own)
    require_needed("cases", raw, mapped)
    headers = {**mapped.columns, **{header: header for header in mapped.identity}}
    frame = pd.DataFrame(
        {
            name: clean_text(pd.Series(as_text(raw.table.column(header)).to_pandas(), dtype="str"))
            for name, header in headers.items()
        }
    )
    frame["case_id"] = _case_ids(raw, mapped.columns["case_id"], own)
    frame = _decoded(frame, mapped, raw, choices, own)
    _note_left_out(frame, mapped, raw, own)
    frame = _one_row_a_case(frame[frame["case_id"].notna()], raw, own)
    notes.issues.extend(own.issues)
    notes.rejected.extend(own.rejected)
    return frame.set_index("case_id")


def _decoded(
    frame: pd.DataFrame, mapped: HeaderMap, raw: RawTable, choices: ColumnChoices, notes: Notes
) -> pd.DataFrame:
    national = is_national(raw.title)
    changed: dict[str, pd.Series] = {}
    for name in ("case_type", "applicant_type", "channel"):
        if name in frame.columns:
            header = mapped.columns[name]
            changed[name] = with_own_codes(
                decode(frame[name], name, header, national, notes), name, header, notes
            )
    if "rating_1to5" in frame.columns:
        chosen = choices.values.get("rating_1to5", {})
        header = mapped.columns["rating_1to5"]
        ratings = read_ratings(frame["rating_1to5"], header, chosen, notes, national)
        changed["rating_1to5"] = as_words(ratings)
    return frame.assign(**changed)


def _note_left_out(frame: pd.DataFrame, mapped: HeaderMap, raw: RawTable, notes: Notes) -> None:
    notes.add(
        "unread_columns",
        "info",
        zh=f"{raw.label} 中未读入的列：{listed(mapped.unmapped)}。",
        en=f"columns of {raw.label} that are not read: {listed(mapped.unmapped)}.",
        rows=len(mapped.unmapped) and raw.rows_read,
    )
    lacking = frame["case_id"].isna().to_numpy()
    notes.add(
        "case_rows_without_id",
        "warning",
        zh=f"{raw.label} 中没有办件编号的行，未读入。",
        en=f"rows of {raw.label} without a case id; left out.",
        rows=int(lacking.sum()) + len(raw.malformed),
        examples=(
            *(f"row {row}" for row in raw.file_rows[lacking]),
            *(f"row {row.file_row}: {row.reason.en}" for row in raw.malformed),
        ),
    )


def _one_row_a_case(frame: pd.DataFrame, raw: RawTable, notes: Notes) -> pd.DataFrame:
    again = frame["case_id"].duplicated()
    notes.add(
        "duplicate_cases",
        "warning",
        zh=f"{raw.label} 中办件编号重复的行：采用第一行。",
        en=f"rows of {raw.label} that repeat a case id: the first row counts.",
        rows=int(again.sum()),
        examples=(
            f"row {raw.file_rows[position]}: case {case}"
            for position, case in frame["case_id"][again].items()
        ),
    )
    return frame[~again]


def _with_action_header(raw: RawTable) -> RawTable:
    """With 业务动作 (what was decided) under its Chinese name: `event_name` could be the step."""
    folded = {fold_header(name): name for name in raw.table.column_names}
    name = folded.get(fold_header("event_name"))
    if name is None or fold_header("process_name") not in folded:
        return raw
    names = ["业务动作" if header == name else header for header in raw.table.column_names]
    return replace(raw, table=raw.table.rename_columns(names))


def _without_pending_ends(raw: RawTable, notes: Notes) -> RawTable:
    """Steps that are still to be done have no end, whatever the table says."""
    state = next((name for name in raw.table.column_names if fold_header(name) == _STATE_HEADER), None)
    if state is None:
        return raw
    pending = clean_text(raw.column(state).astype("str")).eq(_PENDING).to_numpy()
    ends = [name for name in raw.table.column_names if fold_header(name) in _END_HEADERS]
    if not pending.any() or not ends:
        return raw
    table = raw.table
    for name in ends:
        text = as_text(table.column(name)).to_pandas().mask(pending)
        table = table.set_column(table.column_names.index(name), name, text_array(text))
    notes.add(
        "pending_steps",
        "info",
        zh="待办环节（环节办理状态代码 1）没有结束时间，表中所填的结束时间不采用。",
        en="steps still to be done (state code 1) have no end; the one written is not taken.",
        rows=int(pending.sum()),
    )
    return replace(raw, table=table)


def stops_among_steps(events: RawTable | None) -> RawTable | None:
    """The rows of a table of steps that tell of a special procedure, as GB/T 39046-2020 has it (table 7)."""
    if events is None:
        return None
    begin = next((name for name in events.table.column_names if fold_header(name) in _STOP_HEADERS), None)
    if begin is None or events.is_empty(begin):
        return None
    rows = np.flatnonzero(clean_text(events.column(begin).astype("str")).notna().to_numpy())
    return replace(
        events, table=events.table.take(pa.array(rows)), file_rows=events.file_rows[rows], malformed=()
    )


_STOP_HEADERS = frozenset({fold_header("特别程序开始时间"), fold_header("special_time")})
_END_HEADERS = frozenset({fold_header("环节结束时间"), fold_header("event_end_time")})


def _with_derived_events(
    steps: _Steps, cases: pd.DataFrame, case_tables: Sequence[RawTable], notes: Notes
) -> _Steps:
    """With the acceptance and the result of cases that have no step."""
    stranded = cases[~cases.index.isin(steps.case_ids.dropna())]
    derived = pd.concat(
        [
            _moments(stranded, ACCEPTANCE, "ts_accept"),
            _moments(stranded, COMPLETION, "ts_finish"),
        ],
        ignore_index=True,
    )
    _note_stranded(steps, cases, stranded, derived, notes)
    last = int(steps.raw.file_rows.max(initial=1))
    moment = next(name for name in _MOMENTS if name in steps.columns)
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
    case_ids = pd.concat([steps.case_ids, derived["case_id"]], ignore_index=True)
    return _Steps(
        raw, {**steps.columns, **{to: steps.columns.get(to, to) for to in names.values()}}, case_ids
    )


def _moments(cases: pd.DataFrame, step: str, column: str) -> pd.DataFrame:
    known = cases[cases[column].notna()] if column in cases.columns else cases.iloc[:0]
    unknown = pd.Series(index=known.index, dtype="str")
    return pd.DataFrame(
        {
            "case_id": known.index.astype("str"),
            "activity": step,
            "time": known.get(column, unknown).to_numpy(),
            "officer": known.get("officer", unknown).to_numpy(),
        }
    )


def _note_stranded(
    steps: _Steps, cases: pd.DataFrame, stranded: pd.DataFrame, derived: pd.DataFrame, notes: Notes
) -> None:
    rows_zh = rows_en = ""
    if len(derived):
        first = int(steps.raw.file_rows.max(initial=1)) + 1
        rows_zh, rows_en = f"（行号 {first:,} 起）", f" (rows from {first:,} on)"
    notes.add(
        "events_from_cases",
        "info" if not len(steps.case_ids) else "warning",
        zh=f"过程表中没有这些办件的环节：以受理时间和办结时间作为“{ACCEPTANCE}”“{COMPLETION}”两个环节"
        f"{rows_zh}（行数为办件数）。",
        en=f"cases without a step in the table of steps: their acceptance and their result are their steps "
        f"{ACCEPTANCE} and {COMPLETION}{rows_en} (rows counts cases).",
        rows=derived["case_id"].nunique(),
        of_rows=len(cases),
        examples=(f"case {case}" for case in derived["case_id"].unique()),
    )
    silent = stranded.index[~stranded.index.isin(derived["case_id"])]
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
    unknown = pd.Index(steps.case_ids.dropna().unique()).difference(cases.index)
    notes.add(
        "steps_without_case_row",
        "warning",
        zh="过程表中的办件在受理表和结果表中没有记录（行数为办件数），其环节仍保留。",
        en="cases of the table of steps are in no table of acceptance or results (rows counts cases); "
        "their steps are kept.",
        rows=len(unknown),
        of_rows=int(steps.case_ids.nunique()),
        examples=(f"case {case}" for case in unknown),
    )


def _with_case_columns(steps: _Steps, cases: pd.DataFrame, notes: Notes) -> _Steps:
    """With columns of events that only the table of cases has: the department, the journey, the promise."""
    table, columns = steps.raw.table, dict(steps.columns)
    for name in _OF_EVENTS:
        if name not in cases.columns or cases[name].isna().all():
            continue
        if name in columns and not steps.raw.is_empty(columns[name]):
            continue
        values = steps.case_ids.map(cases[name])
        header = columns.setdefault(name, name)
        if header in table.column_names:
            table = table.drop_columns(header)
        table = table.append_column(header, text_array(values))
        notes.add(
            f"{name}_from_cases",
            "info",
            zh=f"过程表没有 {name}：各环节采用办件在受理表中的值。",
            en=f"the table of steps has no {name}: each step has that of its case's acceptance.",
            rows=int(values.notna().sum()),
            of_rows=len(values),
        )
    return replace(steps, raw=replace(steps.raw, table=table), columns=columns)


def _with_traces(steps: _Steps, cases: pd.DataFrame) -> RawTable:
    codes, found = pd.factorize(steps.case_ids)
    nameless = bool((codes < 0).any())
    wanted = [*found, None] if nameless else list(found)
    of_case = cases.drop(columns=[name for name in _NOT_OF_CASES if name in cases.columns])
    rows = of_case.reindex(wanted)
    traces = pa.table({CASE_PREFIX + str(name): text_array(rows[name]) for name in rows.columns})
    return replace(
        steps.raw, traces=traces, trace_of_row=np.where(codes < 0, len(found), codes).astype("int64")
    )
