"""Tables of steps as the national platform has them: what is put right before they are read as events."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.reading.aliases import fold_header
from mining.reading.arrow_text import as_text, text_array
from mining.reading.choices import ColumnChoices
from mining.reading.coded import MISSING, codes_and_values
from mining.reading.identifiers import repair_identifiers
from mining.reading.mapping import map_event_headers
from mining.reading.notes import Notes
from mining.reading.raw import RawTable, clean_text
from mining.reading.rows import require_rows

MOMENTS = ("ts_end", "time", "ts_start")  # the column a moment of acceptance or result goes to
_STATE_HEADER, _PENDING = fold_header("环节办理状态代码"), "1"  # GB/T 39046-2020, table 7
_STOP_HEADERS = frozenset({fold_header("特别程序开始时间"), fold_header("special_time")})
_END_HEADERS = frozenset({fold_header("环节结束时间"), fold_header("event_end_time")})


@dataclass(frozen=True)
class Steps:
    """A table of steps: column -> header, and the case of each row as a code into `ids` (`MISSING`: none)."""

    raw: RawTable
    columns: dict[str, str]
    codes: np.ndarray
    ids: pd.Index  # each has a row


def no_steps() -> Steps:
    """A table of steps without a row."""
    empty = {name: pa.array([], pa.large_string()) for name in ("case_id", "activity", "ts_end", "officer")}
    raw = RawTable("", "tables", pa.table(empty), np.empty(0, "int64"))
    return Steps(raw, {name: name for name in empty}, np.empty(0, "int64"), pd.Index([], dtype=object))


def steps_of(raw: RawTable, choices: ColumnChoices, notes: Notes) -> tuple[RawTable, Steps | None]:
    """The table put right, and its steps; None where it has no column for the case, the step or a time."""
    require_rows(raw)
    raw = _without_pending_ends(_with_action_header(raw), notes)
    unheard = Notes(raw.file, raw.rows_read)  # the same is noted when the joined table is read
    columns = map_event_headers(raw, choices.columns, unheard).columns
    if "case_id" not in columns or "activity" not in columns or not set(MOMENTS) & columns.keys():
        return raw, None
    codes, values = codes_and_values(case_ids(raw, columns["case_id"], unheard))
    used = np.unique(codes[codes != MISSING])
    position = np.full(len(values) + 1, MISSING, "int64")  # of the last one: rows without a case
    position[used] = np.arange(used.size)
    ids = pd.Index(values.to_numpy(dtype=object)[used])
    return raw, Steps(raw, columns, position[codes], ids)


def case_ids(raw: RawTable, header: str, notes: Notes) -> pd.Series:
    """The case of each row, repaired where a spreadsheet made numbers of it."""
    return repair_identifiers(clean_text(raw.coded(header)), header, raw.file_rows, raw.format, notes)


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
