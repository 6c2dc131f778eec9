"""The second file of a log: one row a document handed in or fetched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from mining.errors import LogError
from mining.event_log import MATERIAL_COLUMNS, TIME_DTYPE
from mining.reading.aliases import MATERIAL_ALIASES
from mining.reading.choices import ColumnChoices
from mining.reading.formats import read_raw
from mining.reading.identifiers import repair_identifiers
from mining.reading.limits import ReadLimits
from mining.reading.mapping import map_material_headers, material_file_headers
from mining.reading.materials import finish_materials, map_sources, numbers
from mining.reading.notes import Notes, listed
from mining.reading.personal_data import hash_personal_data
from mining.reading.raw import RawTable, clean_text
from mining.reading.rows import require_rows
from mining.reading.times import TimeSource, as_datetimes, read_times
from mining.text import Text

_NUMBERS = ("copies", "attempt_no")
_NAMES_ZH = {"case_id": "办件编号", "material_name": "材料名称"}


def read_materials(
    path: str | Path,
    choices: ColumnChoices,
    case_ids: pd.Series,
    zone: str,
    limits: ReadLimits,
    salt: str,
    notes: Notes,
) -> pd.DataFrame:
    """The materials of the cases in `case_ids`; what is left out is added to `notes`.

    Raises `LogError` where the file has no column for the case or for the name of the material.
    """
    raw = read_raw(path, material_file_headers(), choices.materials, limits, sheet=None)
    require_rows(raw)
    own = Notes(raw.file, raw.rows_read, notes.mask)
    mapped = map_material_headers(raw, choices.materials, own)
    for column in ("case_id", "material_name"):
        if column not in mapped.columns:
            raise _no_column(raw, column)
    raw = hash_personal_data(raw, mapped.columns, choices.not_personal, salt, own)
    table = _typed(raw, mapped.columns, choices, own, zone)
    table = _usable(table, raw, case_ids, own)
    notes.issues.extend(own.issues)
    notes.rejected.extend(own.rejected)
    return finish_materials(map_sources(table, choices.values.get("source", {}), notes))


def _no_column(raw: RawTable, column: str) -> LogError:
    accepted = listed(MATERIAL_ALIASES[column])
    return LogError(
        zh=f"{raw.file}：材料表没有“{_NAMES_ZH[column]}”列。文件中的表头：{listed(raw.headers)}。"
        f"可识别的表头：{accepted}。",
        en=f"{raw.file}: the materials table has no column {column}. Headers found: {listed(raw.headers)}. "
        f"Accepted are: {accepted}.",
    )


def _typed(
    raw: RawTable, columns: dict[str, str], choices: ColumnChoices, notes: Notes, zone: str
) -> pd.DataFrame:
    table = pd.DataFrame({"file_row": raw.file_rows})
    for name, header in columns.items():
        if MATERIAL_COLUMNS[name] != TIME_DTYPE:
            text = clean_text(raw.column(header).astype("str"))
            table[name] = numbers(text) if name in _NUMBERS else text
    table["case_id"] = repair_identifiers(
        table["case_id"], columns["case_id"], raw.file_rows, raw.format, notes
    )
    if "ts_received" not in columns:
        return table
    source = TimeSource(columns["ts_received"], raw.column(columns["ts_received"]), raw.file_rows)
    times = read_times(
        {"ts_received": source},
        timezone=choices.timezone,
        day_first=choices.day_first,
        file=raw.file,
        notes=notes,
    )
    if times.zone != zone:
        raise LogError(
            zh=f"{raw.file}：材料表的时区（{times.zone}）与日志（{zone}）不同，请用 --timezone "
            "指定大厅所在时区。",
            en=f"{raw.file}: times of the materials are in zone {times.zone}, those of the log in {zone}; "
            "name the zone of the hall with --timezone.",
        )
    unreadable = int(times.unreadable["ts_received"].sum())
    notes.add(
        "unreadable_times",
        "warning",
        zh=f"列“{source.header}”中无法识别的时间，按未知处理。",
        en=f"texts in column {source.header!r} that are no time in a known format; taken as unknown.",
        rows=unreadable,
    )
    return table.assign(ts_received=as_datetimes(times.local_ms["ts_received"]))


def _usable(table: pd.DataFrame, raw: RawTable, case_ids: pd.Series, notes: Notes) -> pd.DataFrame:
    lacking = (table["case_id"].isna() | table["material_name"].isna()).to_numpy()
    for position in np.flatnonzero(lacking):
        reason = Text(zh="没有办件编号或材料名称", en="no case id or no name of the material")
        notes.reject(int(raw.file_rows[position]), reason, {})
    for row in raw.malformed:
        notes.reject(row.file_row, row.reason, {})
    table = table[~lacking]
    # without a moment the same document may well have been handed in twice
    repeated = table.drop(columns="file_row").duplicated() & ("ts_received" in table.columns)
    notes.add(
        "duplicate_material_rows",
        "warning",
        zh=f"{raw.file} 中与前面某行完全相同的材料行，已去除。",
        en=f"rows of {raw.file} equal to an earlier one; dropped.",
        rows=int(repeated.sum()),
        examples=(f"row {row}" for row in table["file_row"][repeated]),
    )
    table = table[~repeated]
    stranger = ~table["case_id"].isin(case_ids)
    notes.add(
        "materials_without_case",
        "warning",
        zh=f"{raw.file} 中有材料行的办件不在日志里，未读入。",
        en=f"rows of {raw.file} belong to cases that are not in the log; left out.",
        rows=int(stranger.sum()),
        examples=(
            f"row {row}: case {case}"
            for row, case in zip(table["file_row"][stranger], table["case_id"][stranger], strict=True)
        ),
    )
    return table[~stranger].reset_index(drop=True)
