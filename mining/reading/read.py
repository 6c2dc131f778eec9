"""`read_event_log`: from a file to an `EventLog` and the report on what was found in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.errors import LogError
from mining.event_log import EventLog, sort_events
from mining.options import FindingOptions
from mining.quality import QualityReport
from mining.reading.case_join import join_case_tables
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
from mining.reading.intervals import add_time, check_intervals, note_order
from mining.reading.lifecycle import apply_lifecycle
from mining.reading.limits import DEFAULT_LIMITS, ReadLimits
from mining.reading.mapping import HeaderMap, map_event_headers, require_columns
from mining.reading.materials import materials_from_list
from mining.reading.notes import Notes, listed
from mining.reading.personal_data import hash_personal_data, mask_personal, masked
from mining.reading.privacy import hash_applicants, new_salt, safe_hashes
from mining.reading.raw import CASE_PREFIX, RawTable
from mining.reading.rows import PRIMARY_TIMES, drop_duplicates, reject_rows, require_rows
from mining.reading.side_tables import with_side_tables
from mining.reading.sources import Wanted, open_tables
from mining.reading.step_tables import stops_among_steps
from mining.reading.table_kinds import CASES, EVENTS
from mining.reading.table_set import (
    TableSet,
    check_kind,
    log_name,
    note_tables,
    one_below_the_other,
    read_one_table,
)
from mining.reading.tickets import read_tickets, ticket_log
from mining.reading.zones import LOCAL


def read_event_log(
    path: str | Path,
    columns: ColumnsArgument = None,
    *,
    materials: str | Path | None = None,
    tables: Mapping[str, str | Path] | None = None,
    object_type: str | None = None,
    material_types: Sequence[str] = (),
    table: str | None = None,
    query: str | None = None,
    timezone: str | None = None,
    day_first: bool | None = None,
    name: str | None = None,
    salt: str | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
) -> EventLog:
    """The event log in a file: `.xes`, `.csv` (both also `.gz`), `.tsv`, `.txt`, `.xlsx`, `.parquet`, OCEL.

    A folder, or a workbook whose sheets are several tables, is read as one log: the national exchange tables
    (`up_pro_process`, ...) joined by case, with tickets, reviews and the like beside them. A file of nothing
    but tickets of a queue machine becomes a log with one event a ticket. `tables` gives such tables singly:
    `{"reviews": "reviews.csv"}`; `materials` is short for one of them.

    Of an object-centric log (OCEL 2.0: `.jsonocel`, `.xmlocel`, `.sqlite`) the objects of `object_type` are
    the cases, those of `material_types` the materials; both are chosen by rules unless given.

    A database (`sqlite:///hall.db`, `postgresql://...`, `mysql://...`) is read for one `table` or `query`,
    or like a folder for its national tables.

    `columns` is a YAML file or a dict that says which header is which column (`docs/reading-logs.md`);
    headers it does not name are found by their usual names. Times are kept on the wall clock as written;
    `timezone` converts all to one zone. `day_first` settles `01.02.2025`. `salt` makes hashes of applicants
    and pseudonyms of officers comparable between files, as they are not without.

    Nothing is dropped in silence: `EventLog.quality` lists every rejected row with its reason and counts
    duplicates, repairs and assumptions. `rows_read` = `events_kept` + rejected rows of this file + duplicate
    rows + start rows joined with their completion + rows of other life-cycle transitions. Raises `LogError`
    where the file as a whole cannot be read, or can be read in more than one way.

    >>> log = read_event_log("permits.csv", {"activity": "Vorgang"}, timezone="Asia/Shanghai")
    >>> log.n_cases, log.quality.rows_read, log.quality.issue("end_before_start")
    """
    choices = read_choices(columns, timezone, day_first)
    salt = salt or new_salt()
    given = {**(tables or {}), **({"materials": materials} if materials is not None else {})}
    try:
        wanted = Wanted(object_type, tuple(material_types), table, query)
        found = open_tables(path, choices, wanted, limits).with_tables(
            {check_kind(kind): [read_one_table(file, choices, limits)] for kind, file in given.items()}
        )
        log = _understand(found, choices, salt)
    except LogError as error:
        raise _without_personal_data(error, salt) from None
    return replace(log, name=log.name if name is None else name, options=FindingOptions(salt=salt))


def _without_personal_data(error: LogError, salt: str) -> LogError:
    """The error with what it quotes from the file masked."""
    text = masked(error.text, salt)
    return error if text == error.text else type(error)(zh=text.zh, en=text.en)


def _understand(tables: TableSet, choices: ColumnChoices, salt: str) -> EventLog:
    mask = partial(mask_personal, salt=salt)
    unread = Notes(tables.name, 0, mask, issues=list(tables.issues))
    if not tables.of(EVENTS) and not tables.of(CASES):
        return _of_tickets(tables, choices, salt, mask)
    events = one_below_the_other(tables.of(EVENTS), unread) if tables.of(EVENTS) else None
    stops = stops_among_steps(events)
    joined = join_case_tables(events, tables.of(CASES), choices, unread)
    raw = joined.raw
    require_rows(raw)
    notes = Notes(raw.file, raw.rows_read, mask, issues=unread.issues, rejected=unread.rejected)
    log = _of_events(raw, choices, salt, notes)
    more = tables if stops is None else tables.with_tables({"clock_stops": [stops]})
    mapping = {
        name: joined.headers.get(name.removeprefix(CASE_PREFIX), header)
        if header.startswith(CASE_PREFIX)
        else header
        for name, header in log.quality.mapping.items()
    }
    log = replace(log, quality=log.quality.model_copy(update={"mapping": mapping}))
    return _finished(with_side_tables(log, more, choices, salt, notes), tables, notes)


def _of_tickets(tables: TableSet, choices: ColumnChoices, salt: str, mask: Callable[[str], str]) -> EventLog:
    """A log of tickets alone."""
    notes = Notes(tables.name, sum(raw.rows_read for raw in tables.of("tickets")), mask)
    machine = one_below_the_other(tables.of("tickets"), notes)
    tickets = read_tickets(machine, choices, None, salt, notes)
    raw = ticket_log(tickets.table, machine, notes)
    require_rows(raw)
    plain = ColumnChoices(keep_duplicates=True)
    log = _of_events(raw, plain, salt, notes, tickets.zone or LOCAL)
    numbered = tickets.table.assign(case_id=raw.column("case_id"))
    quality = log.quality.model_copy(
        update={
            "rows_read": machine.rows_read,
            "mapping": tickets.mapped.columns,
            "unmapped": tuple(mask(header) for header in tickets.mapped.unmapped),
        }
    )
    log = replace(log, tickets=numbered, quality=quality)
    others = {kind: raws for kind, raws in tables.tables.items() if kind != "tickets"}
    log = with_side_tables(log, replace(tables, tables=others), choices, salt, notes)
    return _finished(log, tables, notes)


def _finished(log: EventLog, tables: TableSet, notes: Notes) -> EventLog:
    """With the notes of all tables in the report, under the name of the folder where it is one."""
    note_tables(tables, notes)
    quality = log.quality.model_copy(
        update={
            "issues": tuple(notes.issues),
            "rejected": tuple(notes.rejected),
            "file_rows": notes.file_rows,
            "source": tables.name,
        }
    )
    return replace(log, quality=quality, name=log_name(tables.name))


def _of_events(
    raw: RawTable, choices: ColumnChoices, salt: str, notes: Notes, zone: str | None = None
) -> EventLog:
    _note_layout(raw, notes)
    mapped = map_event_headers(raw, choices.columns, notes)
    mapped, raw = _number_cases(mapped, raw, notes)
    require_columns(raw, mapped)
    raw = hash_personal_data(raw, _kept_text(mapped), choices.not_personal, salt, notes)
    table = typed_table(raw, mapped, choices, notes)
    frame = _events(table, raw, mapped, choices, salt, notes)
    zone = zone or table.times.zone
    events = event_columns(frame, notes)
    note_order(frame, notes)
    cases, simulated = pop_simulated(case_table(frame, raw, mapped, choices.values, notes))
    return EventLog(
        events=events,
        cases=cases,
        materials=materials_from_list(events),
        quality=_report(raw, mapped, zone, len(events), notes),
        name=log_name(raw.file),
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
