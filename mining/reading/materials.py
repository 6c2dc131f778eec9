"""Materials: a list in a column of the event file, or a table of their own."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mining.event_log import MATERIAL_COLUMNS, TIME_DTYPE, empty_table
from mining.reading.coded import codes_and_values
from mining.reading.notes import Notes, listed
from mining.reading.raw import clean_text
from mining.reading.values import SOURCE_WORDS, map_values, map_words

SEPARATORS = r"\s*[;；、,，|\n\r]+\s*"


def split_list(text: str) -> list[str]:
    """Names in a list written with any of `;；、,|` or line breaks."""
    unified = text
    for sign in "；、,，|\n\r":
        unified = unified.replace(sign, ";")
    return [name for part in unified.split(";") if (name := part.strip())]


def unify_list(column: pd.Series) -> pd.Series:
    """A list column with `;` between the names, as `EventLog.events` keeps it."""
    return map_values(column, lambda text: ";".join(split_list(text)) or None)


def materials_from_list(events: pd.DataFrame) -> pd.DataFrame:
    """One row a document named in `events.materials`, received when the step began (or at its only time)."""
    if "materials" not in events.columns:
        return empty_table(MATERIAL_COLUMNS)
    listed_rows = np.flatnonzero(events["materials"].notna().to_numpy())
    lists = pc.split_pattern(pa.array(events["materials"].iloc[listed_rows], pa.large_string()), ";")
    parents = pc.list_parent_indices(lists).to_numpy()
    source = events.iloc[listed_rows[parents]].reset_index(drop=True)
    received = source["time"]
    for name in ("ts_start", "ts_ticket"):
        if name in source.columns:
            received = source[name].fillna(received)
    table = pd.DataFrame(
        {
            "case_id": source["case_id"],
            "activity": source["activity"],
            "dept": source.get("dept", pd.Series(index=source.index, dtype="str")),
            "material_name": pd.Series(pc.list_flatten(lists).to_pandas(), dtype="str"),
            "ts_received": received,
            "file_row": source["file_row"],
        }
    )
    return finish_materials(table)


def finish_materials(table: pd.DataFrame) -> pd.DataFrame:
    """All columns of the materials table with their types, in the order (case, time received, file row)."""
    order = np.lexsort(
        (
            table["file_row"].to_numpy(),
            _time_or_missing(table).to_numpy().astype("int64"),
            pd.factorize(table["case_id"], sort=True)[0],
        )
    )
    table = table.iloc[order].reset_index(drop=True)
    if "attempt_no" not in table.columns or table["attempt_no"].isna().any():
        keys = [name for name in ("case_id", "activity", "material_name") if name in table.columns]
        counted = table.groupby(keys, dropna=False, sort=False).cumcount() + 1
        table["attempt_no"] = (
            table["attempt_no"].fillna(counted) if "attempt_no" in table.columns else counted
        )
    typed = {
        name: table[name].astype(kind)
        if name in table.columns
        else pd.Series(np.nan, table.index).astype(kind)
        for name, kind in MATERIAL_COLUMNS.items()
    }
    return pd.DataFrame(typed)


def _time_or_missing(table: pd.DataFrame) -> pd.Series:
    missing = pd.Series(pd.NaT, index=table.index, dtype=TIME_DTYPE)
    return table["ts_received"].astype(TIME_DTYPE) if "ts_received" in table.columns else missing


def map_sources(table: pd.DataFrame, chosen: Mapping[str, str], notes: Notes) -> pd.DataFrame:
    """With `source` in the words of `event_log.SOURCES` where the file's word is known."""
    if "source" not in table.columns:
        return table
    mapped, unknown = map_words(table["source"], SOURCE_WORDS, chosen)
    notes.add(
        "unknown_sources",
        "info",
        zh=f"材料来源中未识别的词原样保留：{listed(unknown, at_most=10)}。",
        en=f"sources of materials that are not known are kept as written: {listed(unknown, at_most=10)}.",
        rows=int(table["source"].isin(unknown).sum()),
        of_rows=len(table),
    )
    return table.assign(source=mapped)


def numbers(column: pd.Series) -> pd.Series:
    """The number in each text: `2份` -> 2."""
    codes, values = codes_and_values(column)
    text = clean_text(pd.Series(values, dtype="str")).str.normalize("NFKC")
    number = pd.to_numeric(text.str.extract(r"(\d+(?:\.\d+)?)", expand=False), errors="coerce")
    return pd.Series(np.append(number.to_numpy("float64"), np.nan)[codes], index=column.index)
