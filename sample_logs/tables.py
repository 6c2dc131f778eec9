"""A simulated log as the tables a hall exports: times to the second, names as people write them.

The same tables twice: with Chinese headers as CSV files, and as the `EventLog` that reading the files gives.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from mining.event_log import BY_APPLICANT, MORE_TABLES, EventLog, sort_events
from sample_logs.headers import CASE_HEADERS, EVENT_HEADERS, MATERIAL_HEADERS, PLACE_WORDS, WORDS
from sample_logs.noise import RowNoise, disturb_rows, spelled, uniforms
from simulation.service_model import ServiceModel

TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
FIRST_FILE_ROW = 2
_PLACES = {word: place for place, word in PLACE_WORDS.items()}


def event_rows(log: EventLog, seed: int, noise: bool) -> RowNoise:
    """Events in the order in which they began, with or without noise; canonical column names."""
    events = log.events.sort_values(["ts_start", "case_id", "file_row"], kind="stable")
    table = events[[name for name in EVENT_HEADERS if name in events.columns]].reset_index(drop=True)
    table = _to_the_second(table.assign(place=table["place"].map(PLACE_WORDS)))
    if not noise:
        return RowNoise(table, {})
    nth = table.groupby(["case_id", "activity"], observed=True).cumcount()
    address = uniforms(seed, "rows", table["case_id"], table["activity"], nth)
    return disturb_rows(table, "ts_start", "ts_end", address)


def material_table(log: EventLog, model: ServiceModel, seed: int, noise: bool) -> pd.DataFrame:
    """Documents in the order of their arrival; canonical column names.

    With `noise` each document is written in one of the spellings the model lists for it.
    """
    materials = log.materials.sort_values(["ts_received", "case_id", "file_row"], kind="stable")
    materials = materials.reset_index(drop=True)
    address = [materials[name] for name in ("case_id", "activity", "attempt_no", "material_name")]
    names = materials["material_name"]
    if noise:
        spellings = {material.name: material.spellings for material in model.materials}
        names = spelled(names, spellings, uniforms(seed, "spelling", *address))
    made_by_applicant = materials["issuer_dept"].isna()
    by_applicant = materials["source"] == BY_APPLICANT
    form = pd.Series("电子文件", index=materials.index, dtype=object)
    form[by_applicant] = "复印件"
    form[by_applicant & made_by_applicant] = "原件"
    form[names.str.contains("原件")] = "原件"
    table = materials.assign(material_name=names, form=form, copies=1)
    return _to_the_second(table[[name for name in MATERIAL_HEADERS if name in table.columns]])


def as_read(log: EventLog, events: pd.DataFrame, materials: pd.DataFrame, name: str) -> EventLog:
    """The log as reading its files gives it; what only a simulator knows (enabled times) is gone.

    As the reader does, rows that come twice are dropped, and a start at or after the end is unknown.
    """
    events = events.assign(file_row=np.arange(len(events)) + FIRST_FILE_ROW)
    same = [column for column in events.columns if column != "file_row"]
    events = events[~events.duplicated(same)]
    start = events["ts_start"].where(events["ts_start"] < events["ts_end"])
    events = events.assign(ts_start=start, time=events["ts_end"], place=events["place"].map(_PLACES))
    cases = log.cases[log.cases["case_id"].isin(events["case_id"].unique())]
    cases = _to_the_second(cases[[column for column in CASE_HEADERS if column in cases.columns]])
    materials = materials.assign(file_row=np.arange(len(materials)) + FIRST_FILE_ROW)
    materials = materials.sort_values(["case_id", "ts_received", "file_row"], ignore_index=True)
    more = {table: _to_the_second(getattr(log, table)) for table in MORE_TABLES}
    return replace(
        log,
        events=sort_events(events),
        cases=cases.reset_index(drop=True),
        materials=materials.astype({"material_name": "str", "form": "str"}),
        name=name,
        simulated=False,
        **more,
    )


def more_table(table: pd.DataFrame, headers: dict[str, str]) -> pd.DataFrame:
    """A table beside the events with the words people write, columns in the order of `headers`."""
    table = _to_the_second(table[[name for name in headers if name in table.columns]])
    words = {name: table[name].map(WORDS[name]) for name in table.columns if name in WORDS}
    return table.assign(**words)


def write_table(table: pd.DataFrame, headers: dict[str, str], path: Path) -> None:
    """Write a table as CSV that Excel opens with Chinese headers: UTF-8 with a byte order mark, LF."""
    written = table.rename(columns=headers)
    for name in written.columns:
        if pd.api.types.is_datetime64_dtype(written[name]):
            written[name] = written[name].dt.strftime(TIME_FORMAT)
    written.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _to_the_second(table: pd.DataFrame) -> pd.DataFrame:
    times = {
        name: table[name].dt.floor("s")
        for name in table.columns
        if pd.api.types.is_datetime64_dtype(table[name])
    }
    return table.assign(**times)
