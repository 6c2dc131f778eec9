"""`read_event_log`: from a file to an `EventLog` and the report on what was found in it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.errors import LogError
from mining.event_log import EventLog, sort_events
from mining.quality import QualityReport
from mining.reading.cases import case_table, pop_simulated
from mining.reading.choices import ColumnChoices, ColumnsArgument, read_choices
from mining.reading.durations import add_times_from_durations
from mining.reading.event_table import (
    TypedTable,
    add_places,
    event_columns,
    note_unreadable_times,
    typed_table,
    use_labels,
)
from mining.reading.formats import read_raw
from mining.reading.intervals import add_time, check_intervals, note_order
from mining.reading.lifecycle import apply_lifecycle
from mining.reading.limits import DEFAULT_LIMITS, ReadLimits
from mining.reading.mapping import HeaderMap, event_file_headers, map_event_headers, require_columns
from mining.reading.materials import materials_from_list
from mining.reading.materials_file import read_materials
from mining.reading.notes import Notes, listed
from mining.reading.personal_data import hash_personal_data, mask_personal, masked
from mining.reading.privacy import hash_applicants, new_salt, safe_hashes
from mining.reading.raw import CASE_PREFIX, RawTable
from mining.reading.rows import PRIMARY_TIMES, drop_duplicates, reject_rows, require_rows


def read_event_log(
    path: str | Path,
    columns: ColumnsArgument = None,
    *,
    materials: str | Path | None = None,
    timezone: str | None = None,
    day_first: bool | None = None,
    name: str | None = None,
    salt: str | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
) -> EventLog:
    """The event log in a file: `.xes`, `.csv` (both also `.gz`), `.tsv`, `.txt`, `.xlsx` or `.parquet`.

    `columns` is a YAML file or a dict that says which header is which column (`docs/reading-logs.md`);
    headers it does not name are found by their usual names. `materials` is a second table, one row a
    document. Times are kept on the wall clock as written; `timezone` converts all to one zone. `day_first`
    settles `01.02.2025`. `salt` makes hashes of applicants comparable between files, as they are not without.

    Nothing is dropped in silence: `EventLog.quality` lists every rejected row with its reason and counts
    duplicates, repairs and assumptions. `rows_read` = `events_kept` + rejected rows of this file + duplicate
    rows + start rows joined with their completion + rows of other life-cycle transitions. Raises `LogError`
    where the file as a whole cannot be read, or can be read in more than one way.

    >>> log = read_event_log("permits.csv", {"activity": "Vorgang"}, timezone="Asia/Shanghai")
    >>> log.n_cases, log.quality.rows_read, log.quality.issue("end_before_start")
    """
    choices = read_choices(columns, timezone, day_first)
    salt = salt or new_salt()
    try:
        raw = read_raw(path, event_file_headers(), choices.columns, limits, choices.sheet)
        log = _understand(raw, choices, materials, salt, limits)
    except LogError as error:
        raise _without_personal_data(error, salt) from None
    return log if name is None else replace(log, name=name)


def _without_personal_data(error: LogError, salt: str) -> LogError:
    """The error with what it quotes from the file masked."""
    text = masked(error.text, salt)
    return error if text == error.text else type(error)(zh=text.zh, en=text.en)


def _understand(
    raw: RawTable, choices: ColumnChoices, materials: str | Path | None, salt: str, limits: ReadLimits
) -> EventLog:
    require_rows(raw)
    notes = Notes(raw.file, raw.rows_read, partial(mask_personal, salt=salt))
    _note_layout(raw, notes)
    mapped = map_event_headers(raw, choices.columns, notes)
    mapped, raw = _number_cases(mapped, raw, notes)
    require_columns(raw, mapped)
    raw = hash_personal_data(raw, _kept_text(mapped), choices.not_personal, salt, notes)
    table = typed_table(raw, mapped, choices, notes)
    frame = _events(table, raw, mapped, choices, salt, notes)
    zone = table.times.zone
    events = event_columns(frame, notes)
    note_order(frame, notes)
    cases, simulated = pop_simulated(case_table(frame, raw, mapped, choices.values, notes))
    if materials is None:
        documents = materials_from_list(events)
    else:
        documents = read_materials(materials, choices, cases["case_id"], zone, limits, salt, notes)
    return EventLog(
        events=events,
        cases=cases,
        materials=documents,
        quality=_report(raw, mapped, zone, len(events), notes),
        name=raw.file.removesuffix(".gz").rpartition(".")[0],
        zone=zone,
        simulated=simulated,
    )


def _events(
    table: TypedTable, raw: RawTable, mapped: HeaderMap, choices: ColumnChoices, salt: str, notes: Notes
) -> pd.DataFrame:
    """Usable events in order, with the columns of their cases still beside them."""
    note_unreadable_times(table, mapped, PRIMARY_TIMES, notes)
    frame = table.frame
    hashes = hash_applicants(raw, mapped.identity, salt, notes)
    if "applicant_hash" in frame.columns:
        frame = frame.assign(applicant_hash=safe_hashes(frame["applicant_hash"], salt))
    elif hashes is not None:
        frame = frame.assign(applicant_hash=hashes)
    frame = reject_rows(frame, raw, mapped, table.times.unreadable, notes)
    frame = drop_duplicates(frame, raw, choices.keep_duplicates or raw.format == "xes", notes)
    frame = use_labels(frame, "activity" in choices.columns, notes)
    frame = apply_lifecycle(frame, notes)
    frame = add_times_from_durations(frame, mapped, notes)
    frame = add_time(check_intervals(frame, notes))
    return sort_events(add_places(frame, notes))


def _kept_text(mapped: HeaderMap) -> dict[str, str]:
    """Column -> header of all that is kept as text: mapped columns, and attributes of the XES case."""
    of_case = {header: header for header in mapped.unmapped if header.startswith(CASE_PREFIX)}
    hashed = {"applicant_hash", CASE_PREFIX + "applicant_hash"}
    return {name: header for name, header in (of_case | mapped.columns).items() if name not in hashed}


def _number_cases(mapped: HeaderMap, raw: RawTable, notes: Notes) -> tuple[HeaderMap, RawTable]:
    """XES traces without names get their number as name."""
    if "case_id" in mapped.columns or raw.traces is None or raw.trace_of_row is None:
        return mapped, raw
    header = "(trace number)"
    numbers = pa.array((raw.trace_of_row + 1).astype(str), pa.string())
    notes.add(
        "cases_numbered",
        "warning",
        zh="XES 中的 trace 没有名称（concept:name），按序号命名。",
        en="traces of the XES file have no names (concept:name); they are numbered.",
        rows=raw.rows_read,
    )
    columns = {"case_id": header, **mapped.columns}
    return replace(mapped, columns=columns), replace(raw, table=raw.table.append_column(header, numbers))


def _note_layout(raw: RawTable, notes: Notes) -> None:
    notes.add(
        "title_rows_skipped",
        "info",
        zh="表头之上的标题行已跳过。",
        en="title rows above the header are skipped.",
        rows=raw.title_rows,
    )
    notes.add(
        "blank_rows_skipped",
        "info",
        zh="空白行已跳过，不计入读入行数。",
        en="blank rows are skipped and do not count as rows read.",
        rows=raw.blank_rows,
    )
    notes.add(
        "other_sheets",
        "info",
        zh=f"读取了工作表“{raw.sheet}”；未读取：{listed(raw.other_sheets)}（可用 sheet 指定）。",
        en=f"sheet {raw.sheet!r} is read; not read: {listed(raw.other_sheets)} (choose one with sheet).",
        rows=len(raw.other_sheets),
        of_rows=len(raw.other_sheets) + 1,
    )
    if raw.traces is not None and raw.trace_of_row is not None:
        with_events = np.unique(raw.trace_of_row).size
        notes.add(
            "cases_without_events",
            "info",
            zh="没有事件的 trace 不计入日志（行数为 trace 数）。",
            en="traces without events are not part of the log (rows counts traces).",
            rows=max(raw.traces.num_rows - with_events, 0),  # events of unnamed traces are rejected
            of_rows=raw.traces.num_rows,
        )


def _report(raw: RawTable, mapped: HeaderMap, zone: str, n_events: int, notes: Notes) -> QualityReport:
    return QualityReport(
        source=raw.file,
        format=raw.format,
        encoding=raw.encoding,
        zone=zone,
        rows_read=raw.rows_read,
        events_kept=n_events,
        mapping=mapped.columns,
        unmapped=tuple(notes.mask(header) for header in mapped.unmapped),
        issues=tuple(notes.issues),
        rejected=tuple(notes.rejected),
        file_rows=notes.file_rows,
    )
