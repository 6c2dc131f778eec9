"""The second table of a log: one row a document handed in or fetched."""

from __future__ import annotations

import pandas as pd

from mining.event_log import MATERIAL_COLUMNS
from mining.reading.arrow_text import is_in
from mining.reading.choices import ColumnChoices
from mining.reading.materials import finish_materials, map_sources, numbers
from mining.reading.notes import Notes
from mining.reading.raw import RawTable
from mining.reading.table_columns import drop_unusable, read_columns

_NUMBERS = ("copies", "attempt_no")


def read_materials(
    raw: RawTable, choices: ColumnChoices, case_ids: pd.Series, zone: str, salt: str, notes: Notes
) -> pd.DataFrame:
    """The materials of the cases in `case_ids`; what is left out is added to `notes`.

    Raises `LogError` where the table has no column for the case or for the name of the material.
    """
    own = Notes(raw.file, raw.rows_read, notes.mask)
    columns = read_columns("materials", raw, choices, MATERIAL_COLUMNS, salt, own, zone)
    table = drop_unusable(columns, raw, own)
    table = table.assign(**{name: numbers(table[name]) for name in _NUMBERS if name in table.columns})
    table = _of_cases(table, case_ids, own)
    notes.issues.extend(own.issues)
    notes.rejected.extend(own.rejected)
    return finish_materials(map_sources(table, choices.values.get("source", {}), notes))


def _of_cases(table: pd.DataFrame, case_ids: pd.Series, notes: Notes) -> pd.DataFrame:
    stranger = ~is_in(table["case_id"], case_ids)
    notes.add(
        "materials_without_case",
        "warning",
        zh=f"{notes.file} 中有材料行的办件不在日志里，未读入。",
        en=f"rows of {notes.file} belong to cases that are not in the log; left out.",
        rows=int(stranger.sum()),
        examples=(
            f"row {row}: case {case}"
            for row, case in zip(table["file_row"][stranger], table["case_id"][stranger], strict=True)
        ),
    )
    return table[~stranger].reset_index(drop=True)
