"""Event logs as files: CSV that Excel opens, Parquet, XES, a folder of tables. Each reads back the same."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd

from mining.errors import LogError
from mining.event_log import EVENT_COLUMNS, MORE_TABLES, EventLog

CASE_PREFIX = "case:"
SIMULATED_MARK = CASE_PREFIX + "simulated"
_ALLOWED = ".csv, .parquet, .xes, .xes.gz"
BESIDE_EVENTS = ("materials", *MORE_TABLES)
"""Tables that only a folder holds beside the events, each in a file of its name."""
_FORMULA = r"^('*[=+\-@\t\r])"  # a spreadsheet would run these as formulas
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%f"
_FIXED_ZONE = re.compile(r"[+-]\d{2}:\d{2}")
_XES_NAMES = {
    "activity": "concept:name",
    "officer": "org:resource",
    "dept": "org:group",
    "ts_start": "start_timestamp",
}
_XES_HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00Z"/></global>
<classifier name="Activity" keys="concept:name"/>
"""


def write_event_log(log: EventLog, path: str | Path) -> None:
    """Write events and what is known of their cases: `.csv` (UTF-8 with a byte order mark), `.parquet`,
    `.xes` or `.xes.gz`, by the name of the file; a path without ending is a folder of CSV files, made if it
    is not there: `events.csv` and one for each further table that has rows (`BESIDE_EVENTS`).

    `read_event_log` reads the same events back; row numbers are those of the new file, and an event as
    long as nothing (start = end) comes back with its start unknown. CSV cells that a spreadsheet would run
    as a formula get a `'` in front. Simulated logs are marked as such. A single file has no table beside the
    events (`write_materials` writes that of materials). Raises `LogError` for another ending, a folder that
    is not there, or one with other files in it.
    """
    path = Path(path)
    check_target(path)
    kind = _kind_of(path)
    if kind == "":
        _write_folder(log, path)
        return
    if kind == ".csv":
        _write_csv(_flat_table(log), path)
    elif kind == ".parquet":
        _flat_table(log).to_parquet(path, index=False)
    elif kind == ".xes":
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            _write_xes(log, stream)
    else:
        # without a name and a time in the header equal logs give equal files
        with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
            _write_xes(log, io.TextIOWrapper(packed, encoding="utf-8", newline="\n", write_through=True))


def _kind_of(path: Path) -> str:
    """The ending that decides; none: a folder."""
    return "".join(path.suffixes[-2:]).lower() if path.suffix.lower() == ".gz" else path.suffix.lower()


def check_target(path: str | Path) -> None:
    """Raise `LogError` where `write_event_log` could not write to this path."""
    path = Path(path)
    kind = _kind_of(path)
    if kind not in ("", ".csv", ".parquet", ".xes", ".xes.gz"):
        raise LogError(
            zh=f"{path.name}：不支持的文件类型，可用：{_ALLOWED}，或文件夹（不带扩展名）。",
            en=f"{path.name}: unknown kind of file, allowed are {_ALLOWED}, or a folder (no ending).",
        )
    _check_folder(path)
    if kind == "" and path.exists():
        known = {f"{name}.csv" for name in ("events", *BESIDE_EVENTS)}
        others = sorted({found.name for found in path.iterdir()} - known) if path.is_dir() else [path.name]
        if others:
            raise LogError(
                zh=f"{path}：已有其他文件（{others[0]} 等 {len(others)} 个），请换一个空文件夹。",
                en=f"{path}: has other files ({len(others)}, first {others[0]}); choose an empty folder.",
            )


def tables_left_out(log: EventLog, path: str | Path) -> tuple[str, ...]:
    """The tables of the log with rows that `write_event_log` would not write to this path."""
    beside = [name for name in BESIDE_EVENTS if len(getattr(log, name))]
    return tuple(beside) if Path(path).suffix else ()


def _write_folder(log: EventLog, folder: Path) -> None:
    """Files of tables that have no rows any more are removed: they would be read as part of this log."""
    folder.mkdir(exist_ok=True)
    _write_csv(_flat_table(log), folder / "events.csv")
    for name in BESIDE_EVENTS:
        table = getattr(log, name)
        if len(table):
            _write_csv(table.drop(columns="file_row"), folder / f"{name}.csv")
        else:
            (folder / f"{name}.csv").unlink(missing_ok=True)


def write_materials(log: EventLog, path: str | Path) -> None:
    """Write the materials table as CSV that `read_event_log(..., materials=path)` reads back."""
    path = Path(path)
    _check_folder(path)
    _write_csv(log.materials.drop(columns="file_row"), path)


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise LogError(zh=f"{path.parent}：文件夹不存在。", en=f"{path.parent}: there is no such folder.")


def _event_columns(log: EventLog) -> list[str]:
    """Columns to write: `time` only where it does not follow from start and end."""
    known = [name for name in (*EVENT_COLUMNS, "activity_code") if name in log.events.columns]
    return [
        name for name in known if name != "file_row" and (name != "time" or not _time_follows(log.events))
    ]


def _time_follows(events: pd.DataFrame) -> bool:
    derived = pd.Series(pd.NaT, index=events.index, dtype=events["time"].dtype)
    for name in ("ts_end", "ts_start"):
        if name in events.columns:
            derived = derived.fillna(events[name])
    return bool((derived == events["time"]).all())


def _case_table(log: EventLog) -> pd.DataFrame:
    """What is known of cases, under `case:` names, indexed by case."""
    cases = log.cases.set_index("case_id")
    cases = cases.rename(columns=lambda name: name if name.startswith(CASE_PREFIX) else CASE_PREFIX + name)
    return cases.assign(**{SIMULATED_MARK: "true"}) if log.simulated else cases


def _flat_table(log: EventLog) -> pd.DataFrame:
    """One row an event, with what is known of its case in `case:` columns."""
    events = log.events[_event_columns(log)].reset_index(drop=True)
    cases = _case_table(log).reindex(events["case_id"]).reset_index(drop=True)
    if log.simulated:
        cases[SIMULATED_MARK] = "true"
    table = pd.concat([events, cases], axis=1)
    if table.duplicated().any():  # equal events would come back as one
        table["concept:instance"] = np.arange(1, len(table) + 1).astype(str)
    return table


def _is_time(column: pd.Series) -> bool:
    return bool(pd.api.types.is_datetime64_any_dtype(column.dtype))


def _time_text(column: pd.Series) -> pd.Series:
    return column.dt.strftime(_TIME_FORMAT).str.slice(0, 23).astype("str")


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    written = {}
    for name in table.columns:
        column = table[name]
        if _is_time(column):
            written[name] = _time_text(column)
        elif pd.api.types.is_numeric_dtype(column.dtype):
            written[name] = column
        else:
            written[name] = column.astype("str").str.replace(_FORMULA, r"'\1", regex=True)
    pd.DataFrame(written).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _write_xes(log: EventLog, stream: IO[str]) -> None:
    stream.write(_XES_HEADER)
    offset = log.zone if _FIXED_ZONE.fullmatch(log.zone) else "Z" if log.zone == "UTC" else ""
    traces = _trace_attributes(log, offset)
    attributes = _event_attributes(log, offset)
    case_ids = log.events["case_id"].to_numpy()
    first = np.flatnonzero(np.r_[True, case_ids[1:] != case_ids[:-1]]) if case_ids.size else np.empty(0, int)
    for begin, end in zip(first, np.r_[first[1:], case_ids.size], strict=True):
        case = str(case_ids[begin])
        stream.write(f'<trace><string key="concept:name" value={_quoted(case)}/>{traces.get(case, "")}\n')
        stream.writelines(attributes[begin:end])
        stream.write("</trace>\n")
    stream.write("</log>\n")
    stream.flush()


def _trace_attributes(log: EventLog, offset: str) -> dict[str, str]:
    cases = _case_table(log).reindex(log.events["case_id"].unique())
    if log.simulated:
        cases[SIMULATED_MARK] = "true"
    parts = [_attribute(name.removeprefix(CASE_PREFIX), cases[name], offset) for name in cases.columns]
    return dict(zip(map(str, cases.index), _joined(parts, len(cases)), strict=True))


def _event_attributes(log: EventLog, offset: str) -> list[str]:
    events = log.events
    parts = [_attribute("time:timestamp", events["time"], offset)]
    # an end of its own says what `time` is, beside it or without it
    only_start = (
        events["ts_end"].isna() if "ts_end" in events.columns else pd.Series(True, index=events.index)
    )
    transition = pd.Series(np.where(only_start, "start", "complete"), index=events.index)
    parts.append(_attribute("lifecycle:transition", transition, offset))
    skipped = {"case_id", "time", "ts_end"}
    for name in _event_columns(log):
        if name not in skipped:
            parts.append(_attribute(_XES_NAMES.get(name, name), events[name], offset))
    return [f"<event>{attributes}</event>\n" for attributes in _joined(parts, len(events))]


def _joined(parts: list[list[str]], n: int) -> Iterator[str]:
    return map("".join, zip(*parts, strict=True)) if parts else iter([""] * n)


def _attribute(key: str, column: pd.Series, offset: str) -> list[str]:
    """The XML of one attribute, one text a row, empty where the value is missing."""
    if _is_time(column):
        tag, values = "date", _time_text(column) + offset
    else:
        tag = "string"
        values = column.where(column.isna(), column.astype("str")) if column.dtype != "str" else column
    codes, different = pd.factorize(values)
    head = f"<{tag} key={_quoted(key)} value="
    written = [*(f"{head}{_quoted(str(value))}/>" for value in different), ""]  # the last stands for missing
    return [written[code] for code in codes]


def _quoted(text: str) -> str:
    """An XML attribute value with its quotation marks; characters XML cannot hold become U+FFFD."""
    return quoteattr(_NOT_XML.sub("\ufffd", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
