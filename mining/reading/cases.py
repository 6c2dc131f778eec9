"""The table of cases: what is true of a whole application."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.event_log import CASE_COLUMNS, TIME_DTYPE
from mining.reading.aliases import CASE_OR_EVENT_ALIASES
from mining.reading.coded import as_text, codes_and_values
from mining.reading.mapping import HeaderMap
from mining.reading.notes import Notes, listed
from mining.reading.privacy import looks_personal
from mining.reading.ratings import read_ratings
from mining.reading.raw import CASE_PREFIX, RawTable, clean_text, to_series
from mining.reading.rows import POSITION
from mining.reading.standard_codes import decode
from mining.reading.values import map_values, read_limit_days, read_limit_units

SIMULATED_MARK = CASE_PREFIX + "simulated"  # so that no simulated log comes back as a measured one
_LIMITS = ("limit_statutory", "limit_promised")
_BOTH = tuple(CASE_OR_EVENT_ALIASES)


def case_table(
    events: pd.DataFrame,
    raw: RawTable,
    mapped: HeaderMap,
    values: Mapping[str, Mapping[str, str]],
    notes: Notes,
) -> pd.DataFrame:
    """One row a case, in the order of `events`: the first value each column has in the case.

    Columns that events have too (item, channel) are taken over only where they never change within a case.
    Attributes of the XES trace without a column of their own are kept as text under their `case:` name,
    unless they look like personal data.
    """
    codes, first_events = _cases_in_order(events["case_id"])
    case_ids = as_text(events["case_id"].iloc[first_events]).reset_index(drop=True)
    columns: dict[str, pd.Series] = {"case_id": case_ids}
    for name in CASE_COLUMNS:
        source = CASE_PREFIX + name if CASE_PREFIX + name in events.columns else name
        if name == "case_id" or source not in events.columns:
            continue
        value, n_varying = _first_of_case(events[source], codes, len(case_ids))
        if source in _BOTH and n_varying:
            continue
        _note_varying(name, n_varying, len(case_ids), notes)
        text = as_text(value)
        if text.notna().any():
            columns[name] = _typed(name, text, mapped.columns.get(source, name), values, notes)
            if name in _LIMITS and (units := read_limit_units(text)).notna().any():
                columns[f"{name}_unit"] = units
    table = pd.DataFrame(columns)
    positions = events[POSITION].to_numpy()[first_events]
    return pd.concat([table, _attributes(positions, raw, mapped, notes)], axis=1)


def pop_simulated(cases: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """The table without the mark `write_event_log` puts on simulated logs, and whether it was there."""
    if SIMULATED_MARK not in cases.columns:
        return cases, False
    return cases.drop(columns=SIMULATED_MARK), bool((cases[SIMULATED_MARK] == "true").any())


def _cases_in_order(case_ids: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """The number of the case of each event, and the position of the first event of each."""
    codes, _ = codes_and_values(case_ids)
    begins = np.append(True, codes[1:] != codes[:-1])[: codes.size]
    return np.cumsum(begins) - 1, np.flatnonzero(begins)


def _first_of_case(values: pd.Series, codes: np.ndarray, n_cases: int) -> tuple[pd.Series, int]:
    """The first value of each case, and the number of cases that have another one too."""
    known = np.flatnonzero(values.notna().to_numpy())
    first = np.full(n_cases, -1)
    first[codes[known[::-1]]] = known[::-1]  # the last write wins
    chosen = values.array.take(first, allow_fill=True)
    value_codes, _ = codes_and_values(values)
    differs = value_codes[known] != value_codes[first[codes[known]]]
    return pd.Series(chosen), int(np.unique(codes[known][differs]).size)


def _note_varying(name: str, n_varying: int, n_cases: int, notes: Notes) -> None:
    notes.add(
        "case_value_varies",
        "warning",
        zh=f"列 {name} 在同一办件中有不同的值，取第一个（行数为办件数）。",
        en=f"column {name} has different values within a case; the first is taken (rows counts cases).",
        rows=n_varying,
        of_rows=n_cases,
    )


def _typed(
    name: str, value: pd.Series, header: str, values: Mapping[str, Mapping[str, str]], notes: Notes
) -> pd.Series:
    kind = CASE_COLUMNS[name]
    if kind == TIME_DTYPE:
        return value.astype(TIME_DTYPE)
    if name == "rating_1to5":
        return read_ratings(value, header, values.get(name, {}), notes)
    if name.removesuffix("_unit") in _LIMITS:
        return read_limit_days(value) if kind == "float64" else read_limit_units(value).fillna(value)
    return decode(value.astype(kind), name, header, False, notes)


def _attributes(positions: np.ndarray, raw: RawTable, mapped: HeaderMap, notes: Notes) -> pd.DataFrame:
    """Attributes of the whole case as they are in the file, under their `case:` names.

    `positions` are the rows of the raw table that the cases begin with.
    """
    headers = [header for header in mapped.unmapped if header.startswith(CASE_PREFIX)]
    rows = pa.array(positions)
    personal: list[str] = []
    kept: dict[str, pd.Series] = {}
    for header in headers:
        values = _at_rows(raw, header, rows)
        if looks_personal(values):
            personal.append(header)
        elif values.notna().any():
            kept[header] = values
    notes.add(
        "personal_attributes",
        "info",
        zh=f"看似个人信息的属性未读入：{listed(personal)}。",
        en=f"attributes that look like personal data are left out: {listed(personal)}.",
        rows=len(personal) and positions.size,
        of_rows=positions.size,
    )
    return pd.DataFrame(kept)


def _at_rows(raw: RawTable, header: str, rows: pa.Array) -> pd.Series:
    if raw.traces is not None and header in raw.traces.column_names:
        assert raw.trace_of_row is not None
        column = raw.traces.column(header).take(pa.array(raw.trace_of_row).take(rows))
    else:
        column = raw.table.column(header).take(rows)
    values = to_series(column)
    return map_values(clean_text(values.astype("str")), lambda text: text)
