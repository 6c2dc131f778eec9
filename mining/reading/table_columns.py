"""A table beside the events: its headers mapped, its text cleaned, its times on the clock of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mining.errors import LogError
from mining.event_log import TIME_DTYPE
from mining.reading.choices import ColumnChoices
from mining.reading.identifiers import repair_identifiers
from mining.reading.mapping import HeaderMap, map_table_headers
from mining.reading.notes import Notes, listed
from mining.reading.personal_data import hash_personal_data
from mining.reading.raw import RawTable, clean_text
from mining.reading.rows import nothing_left, require_rows
from mining.reading.table_aliases import NEEDED, TABLE_ALIASES
from mining.reading.times import TimeSource, as_datetimes, read_times
from mining.reading.zones import LOCAL
from mining.text import Text

_IDENTIFIERS = ("case_id", "ticket_no", "item_code")
_MOMENTS = {"materials": "ts_received", "reviews": "ts"}
NAMES: dict[str, Text] = {
    "cases": Text(zh="办件表", en="table of cases"),
    "materials": Text(zh="材料表", en="materials table"),
    "tickets": Text(zh="排队叫号表", en="tickets table"),
    "clock_stops": Text(zh="特别程序表", en="table of clock stops"),
    "reviews": Text(zh="评价表", en="reviews table"),
    "complaints": Text(zh="投诉表", en="complaints table"),
    "catalog": Text(zh="事项目录表", en="catalogue table"),
    "devices": Text(zh="设备状态表", en="devices table"),
}


@dataclass(frozen=True)
class TableColumns:
    """A table under the names of the vocabulary, every value as text or as a time; `file_row` beside them.

    `header` gives the header of a column, `unreadable` the rows whose text in a time column is no time.
    `zone` is None where no time was found.
    """

    kind: str
    frame: pd.DataFrame
    mapped: HeaderMap
    unreadable: Mapping[str, np.ndarray] = field(default_factory=dict)
    zone: str | None = None

    def header(self, column: str) -> str:
        """The header a column was read from."""
        return self.mapped.columns[column]


def read_columns(
    kind: str,
    raw: RawTable,
    choices: ColumnChoices,
    dtypes: Mapping[str, str],
    salt: str,
    notes: Notes,
    zone: str | None = None,
) -> TableColumns:
    """The columns of a table of `kind`; times are those `dtypes` says.

    Raises `LogError` where the table is empty, where a needed column is missing, or where its times are in
    another zone than `zone`.
    """
    require_rows(raw)
    chosen = choices.of_table(kind)
    mapped = map_table_headers(raw, TABLE_ALIASES[kind], chosen, notes)
    require_needed(kind, raw, mapped)
    raw = hash_personal_data(raw, mapped.columns, choices.not_personal, salt, notes)
    frame = pd.DataFrame({"file_row": raw.file_rows})
    sources: dict[str, TimeSource] = {}
    for name, header in mapped.columns.items():
        if dtypes.get(name) == TIME_DTYPE:
            sources[name] = TimeSource(header, raw.column(header), raw.file_rows)
        else:
            frame[name] = clean_text(raw.column(header).astype("str"))
    for name in _IDENTIFIERS:
        if name in frame.columns:
            frame[name] = repair_identifiers(
                frame[name], mapped.columns[name], raw.file_rows, raw.format, notes
            )
    if not sources:
        return TableColumns(kind, frame, mapped)
    times = read_times(
        sources, timezone=choices.timezone, day_first=choices.day_first, file=raw.file, notes=notes
    )
    for name, local_ms in times.local_ms.items():
        frame[name] = as_datetimes(local_ms)
    found = times.zone if bool(frame[list(sources)].notna().any(axis=None)) else None
    if zone is not None and found is not None and found != zone:
        raise _other_zone(kind, raw, found, zone)
    _note_unreadable(times.unreadable, mapped, raw, notes)
    return TableColumns(kind, frame, mapped, times.unreadable, found)


def require_needed(kind: str, raw: RawTable, mapped: HeaderMap) -> None:
    """Raise `LogError` where a table lacks a column it cannot do without."""
    for group in NEEDED[kind]:
        if set(group) & mapped.columns.keys():
            continue
        accepted = listed([name for column in group for name in TABLE_ALIASES[kind][column]])
        name, wanted = NAMES[kind], " / ".join(group)
        raise LogError(
            zh=f"{raw.label}：{name.zh}没有列 {wanted}。文件中的表头：{listed(raw.headers)}。"
            f"可识别的表头：{accepted}；或在列映射文件的 {kind} 中写明。",
            en=f"{raw.label}: the {name.en} has no column {wanted}. Headers found: {listed(raw.headers)}. "
            f"Accepted are: {accepted}; or name it under '{kind}' in the columns file.",
        )


def _other_zone(kind: str, raw: RawTable, found: str, zone: str) -> LogError:
    name = NAMES[kind]
    local = Text(zh="未写明时区", en="without a zone")
    of_table, of_log = (local if z == LOCAL else Text(zh=z, en=z) for z in (found, zone))
    return LogError(
        zh=f"{raw.file}：{name.zh}的时间（{of_table.zh}）与日志（{of_log.zh}）时区不同，"
        "请用 --timezone 指定大厅所在时区。",
        en=f"{raw.file}: times of the {name.en} are {of_table.en}, those of the log {of_log.en}; "
        "name the zone of the hall with --timezone.",
    )


def _note_unreadable(
    unreadable: Mapping[str, np.ndarray], mapped: HeaderMap, raw: RawTable, notes: Notes
) -> None:
    for name, mask in unreadable.items():
        header = mapped.columns[name]
        notes.add(
            "unreadable_times",
            "warning",
            zh=f"{raw.file} 的列“{header}”中无法识别的时间，按未知处理。",
            en=f"{raw.file}: texts in column {header!r} that are no time in a known format; "
            "taken as unknown.",
            rows=int(mask.sum()),
            examples=(f"row {row}" for row in raw.file_rows[mask]),
        )


def drop_unusable(table: TableColumns, raw: RawTable, notes: Notes) -> pd.DataFrame:
    """The rows with a value in each group of needed columns, each other one noted with its reasons.

    Raises `LogError` where no row is left.

    Rows equal to an earlier one in every column that is read are dropped and counted; not those of materials
    and reviews without a moment, where the same thing may well have happened twice, nor objects of a log of
    objects, which are each a thing of its own.
    """
    frame = table.frame
    bad = np.zeros(len(frame), bool)
    reasons: dict[int, list[str]] = {}
    for group in NEEDED[table.kind]:
        known = [frame[name].notna().to_numpy() for name in group if name in frame.columns]
        lacking = ~np.any(known, axis=0)
        bad |= lacking
        for position in np.flatnonzero(lacking).tolist():
            reasons.setdefault(position, []).append(" / ".join(group))
    for position, groups in sorted(reasons.items()):
        names = ", ".join(groups)
        reason = Text(zh=f"{NAMES[table.kind].zh}中该行没有 {names}", en=f"no {names}")
        notes.reject(int(raw.file_rows[position]), reason, {})
    for row in raw.malformed:
        notes.reject(row.file_row, row.reason, {})
    if bad.all():
        raise nothing_left(raw, notes)
    frame = frame[~bad]
    repeated = frame.drop(columns="file_row").duplicated()
    repeated &= _MOMENTS.get(table.kind, "file_row") in frame.columns and raw.format != "ocel"
    code = "duplicate_material_rows" if table.kind == "materials" else "duplicate_table_rows"
    notes.add(
        code,
        "warning",
        zh=f"{raw.file} 中与前面某行完全相同的行，已去除。",
        en=f"rows of {raw.file} equal to an earlier one; dropped.",
        rows=int(repeated.sum()),
        examples=(f"row {row}" for row in frame["file_row"][repeated]),
    )
    return frame[~repeated]
