"""A file as it is: columns of text under the headers as written, before anything is understood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.reading.coded import coded, is_coded, recoded
from mining.text import Text

CASE_PREFIX = "case:"  # XES attributes of the whole case, in the file and in `EventLog.cases`


@dataclass(frozen=True)
class MalformedRow:
    """A row that does not fit the table: too few or too many cells."""

    file_row: int
    reason: Text


@dataclass(frozen=True)
class RawTable:
    """One table of a file: text columns (Parquet: also timestamps), headers as written, made unique.

    `file_rows` is the row number of each row in the source. XES has `traces`, one row a trace with
    attributes under `case:` names, and `trace_of_row`, its row for each event.
    """

    file: str
    format: str
    table: pa.Table
    file_rows: np.ndarray
    encoding: str | None = None
    sheet: str | None = None
    other_sheets: tuple[str, ...] = ()
    title_rows: int = 0
    blank_rows: int = 0
    malformed: tuple[MalformedRow, ...] = ()
    traces: pa.Table | None = None
    trace_of_row: np.ndarray | None = None

    @property
    def title(self) -> str:
        """What the table is called: its sheet, or the file without its ending."""
        return self.sheet or self.file.removesuffix(".gz").rpartition(".")[0] or self.file

    @property
    def label(self) -> str:
        """What the table is called in messages: the file, and the sheet where there is one."""
        return self.file if self.sheet is None else f"{self.file} / {self.sheet}"

    @property
    def headers(self) -> list[str]:
        """Headers of the table and, for XES, of its traces."""
        traces = [] if self.traces is None else self.traces.column_names
        return [*self.table.column_names, *traces]

    @property
    def rows_read(self) -> int:
        """Rows in the file, blank ones and titles left out."""
        return int(self.table.num_rows) + len(self.malformed)

    def column(self, header: str) -> pd.Series:
        """One value a row: of the row itself, or of its trace."""
        if header in self.table.column_names:
            return to_series(self.table.column(header))
        assert self.traces is not None
        return to_series(self.traces.column(header).take(pa.array(self.trace_of_row)))

    def coded(self, header: str) -> pd.Series:
        """One value a row of a text column, as a categorical."""
        if header in self.table.column_names:
            return coded(_as_strings(self.table.column(header)))
        assert self.traces is not None
        of_trace = coded(_as_strings(self.traces.column(header)))
        return of_trace.iloc[self.trace_of_row].reset_index(drop=True)

    def is_empty(self, header: str) -> bool:
        """Whether a column has no value at all."""
        source = self.table if header in self.table.column_names or self.traces is None else self.traces
        column = source.column(header)
        if pa.types.is_timestamp(column.type):
            return bool(column.null_count == len(column))
        return all(value in (None, "") for value in column.slice(0, 100).to_pylist()) and not bool(
            clean_text(coded(column)).notna().any()
        )


def to_series(column: pa.ChunkedArray) -> pd.Series:
    """A column as a pandas series: `str`, or timestamps."""
    if pa.types.is_timestamp(column.type):
        return column.to_pandas()
    return pd.Series(column.cast(pa.large_string()).to_pandas(), dtype="str")


def _as_strings(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Timestamps of a Parquet file in a column of text."""
    return (
        pa.chunked_array([pa.array(to_series(column).astype("str"))])
        if pa.types.is_timestamp(column.type)
        else column
    )


NULL_WORDS = ("", "NULL", "null", "Null", "NaN", "nan", "NaT", "None", "N/A", "#N/A", "n/a", "\\N", "<NA>")
_ESCAPED = r"^'('*[=+\-@\t\r])"  # what a spreadsheet would take for a formula, escaped by the writer


def clean_text(column: pd.Series) -> pd.Series:
    """Text without the space around it; the words of `NULL_WORDS` become missing."""
    if is_coded(column):
        return recoded(column, clean_text)
    text = column.str.strip()
    if bool(text.str.startswith("'").any()):
        text = text.str.replace(_ESCAPED, r"\1", regex=True)
    return text.mask(text.isin(NULL_WORDS))


def unique_headers(names: list[str]) -> list[str]:
    """Headers without repeats and blanks: `状态, 状态, ""` becomes `状态, 状态 (2), (column 3)`."""
    seen: dict[str, int] = {}
    result = []
    for position, name in enumerate(names, start=1):
        name = " ".join(name.replace("\ufeff", "").split()) or f"(column {position})"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result
