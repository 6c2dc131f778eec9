"""Tables of the quality report for Excel: rejected rows, and the rows behind each issue."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from mining.errors import OnewindowError
from mining.event_log import EventLog
from mining.quality import QualityReport, RejectedRow
from mining.quality_checks import issue_table
from mining.text import Language
from mining.working_time import WorkingCalendar

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless_cell(text: str) -> str:
    """A cell Excel shows instead of computing: an apostrophe before what looks like a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def rejected_rows_csv(rows: Iterable[RejectedRow], language: Language) -> bytes:
    """Rejected rows for Excel: UTF-8 with BOM, cells that begin like a formula kept as text."""
    rows = list(rows)
    headers = list(dict.fromkeys(name for row in rows for name in row.values))
    head = ("文件", "行号", "原因") if language == "zh" else ("file", "row", "reason")
    lines: list[list[object]] = [[*head, *map(harmless_cell, headers)]]
    for row in rows:
        values = [harmless_cell(row.values.get(name, "")) for name in headers]
        lines.append([harmless_cell(row.file), row.file_row, row.reason.in_language(language), *values])
    return _csv(lines)


def issue_csv(table: pd.DataFrame) -> bytes:
    """The rows behind an issue for Excel, in the names of the vocabulary, as safe as rejected rows."""
    lines: list[list[object]] = [list(map(str, table.columns))]
    for values in table.itertuples(index=False):
        lines.append(["" if pd.isna(value) else harmless_cell(str(value)) for value in values])
    return _csv(lines)


def _csv(lines: list[list[object]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(lines)
    return buffer.getvalue().encode("utf-8-sig")


def write_quality_tables(
    log: EventLog, quality: QualityReport, calendar: WorkingCalendar, folder: Path, language: Language
) -> list[Path]:
    """`rejected_rows.csv` and `CODE.csv` for each issue that is about rows; the files written."""
    contents = {"rejected_rows": rejected_rows_csv(quality.rejected, language)} if quality.rejected else {}
    for issue in quality.issues:
        table = issue_table(log, issue.code, calendar)
        if table is not None:
            contents[issue.code] = issue_csv(table)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / f"{name}.csv").write_bytes(content)
    except OSError as error:
        raise OnewindowError(
            zh=f"{folder}：无法写入（{error.strerror}）。",
            en=f"{folder}: cannot be written ({error.strerror}).",
        ) from error
    return [folder / f"{name}.csv" for name in contents]
