"""Tables with one row a case, as the acceptance and the results of the national platform."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mining.reading.arrow_text import as_text
from mining.reading.choices import ColumnChoices
from mining.reading.coded import as_text as uncoded
from mining.reading.mapping import HeaderMap, map_table_headers
from mining.reading.notes import Notes, listed
from mining.reading.ratings import as_words, read_ratings
from mining.reading.raw import RawTable, clean_text
from mining.reading.rows import require_rows
from mining.reading.standard_codes import decode, with_own_codes
from mining.reading.step_tables import case_ids
from mining.reading.table_aliases import CASE_TABLE_ALIASES
from mining.reading.table_columns import require_needed
from mining.reading.table_kinds import is_national


@dataclass(frozen=True)
class CaseTable:
    """One row a case (the index is its id), all values text; personal columns still under their headers.

    `headers` tells which header, of which table, a column came from.
    """

    frame: pd.DataFrame
    headers: dict[str, str]


def case_columns(raw: RawTable, choices: ColumnChoices, notes: Notes) -> CaseTable:
    """What a table says of cases; raises `LogError` where it is empty or has no column of their ids."""
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
    frame["case_id"] = uncoded(case_ids(raw, mapped.columns["case_id"], own))
    frame = _decoded(frame, mapped, raw, choices, own)
    _note_left_out(frame, mapped, raw, own)
    frame = _one_row_a_case(frame[frame["case_id"].notna()], raw, own)
    notes.issues.extend(own.issues)
    notes.rejected.extend(own.rejected)
    named = {name: f"{header} ({raw.label})" for name, header in mapped.columns.items()}
    frame.index = pd.Index(frame.pop("case_id").to_numpy(dtype=object))
    return CaseTable(frame, named)


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
