"""From raw columns to events: clean text, mapped words, times on one clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.event_log import EVENT_COLUMNS, TIME_COLUMNS, TIME_DTYPE
from mining.reading.choices import ColumnChoices
from mining.reading.coded import MISSING, as_text, codes_and_values
from mining.reading.identifiers import repair_identifiers
from mining.reading.mapping import HeaderMap
from mining.reading.materials import unify_list
from mining.reading.notes import Notes, listed
from mining.reading.raw import CASE_PREFIX, RawTable, clean_text
from mining.reading.rows import POSITION
from mining.reading.times import TimeColumns, TimeSource, as_datetimes, read_times
from mining.reading.values import (
    PLACE_WORDS,
    channel_words,
    map_values,
    map_words,
    places_of,
    result_words,
)

CODE_COLUMN = "activity_code"  # the code of a step whose name stands in another column
_TIMES = {*TIME_COLUMNS, "time"}


@dataclass(frozen=True)
class TypedTable:
    """Rows under the names of the vocabulary; `frame[POSITION]` is the row of the raw table."""

    frame: pd.DataFrame
    times: TimeColumns


def typed_table(raw: RawTable, mapped: HeaderMap, choices: ColumnChoices, notes: Notes) -> TypedTable:
    """All mapped columns, text cleaned and times read; no row is left out yet."""
    is_time = {name: name.removeprefix(CASE_PREFIX) in _TIMES for name in mapped.columns}
    times = read_times(
        {
            name: TimeSource(header, raw.column(header), raw.file_rows)
            for name, header in mapped.columns.items()
            if is_time[name]
        },
        timezone=choices.timezone,
        day_first=choices.day_first,
        file=raw.file,
        notes=notes,
    )
    frame: dict[str, object] = {
        name: clean_text(raw.coded(header)) for name, header in mapped.columns.items() if not is_time[name]
    }
    frame |= {name: as_datetimes(local_ms) for name, local_ms in times.local_ms.items()}
    frame["file_row"] = raw.file_rows
    frame[POSITION] = np.arange(raw.table.num_rows)
    table = _fill_down(pd.DataFrame(frame), choices.fill_down, notes)
    table["case_id"] = repair_identifiers(
        table["case_id"], mapped.columns["case_id"], raw.file_rows, raw.format, notes
    )
    return TypedTable(_map_words(table, choices, notes), times)


def _fill_down(table: pd.DataFrame, columns: tuple[str, ...], notes: Notes) -> pd.DataFrame:
    for name in columns:
        if name not in table.columns:
            continue
        filled = table[name].ffill()
        notes.add(
            "filled_down",
            "info",
            zh=f"列 {name} 的空白单元格按上一行填充（fill_down）。",
            en=f"blank cells of column {name} repeat the cell above (fill_down).",
            rows=int((table[name].isna() & filled.notna()).sum()),
        )
        table = table.assign(**{name: filled})
    return table


def _map_words(table: pd.DataFrame, choices: ColumnChoices, notes: Notes) -> pd.DataFrame:
    changed: dict[str, pd.Series] = {}
    for name, words in (("result", result_words), ("final_result", result_words), ("channel", channel_words)):
        for column in (name, CASE_PREFIX + name):
            if column in table.columns:
                known = words(table[column])
                changed[column], unknown = map_words(table[column], known, choices.values.get(name, {}))
                if known and name != "channel":
                    _note_unknown(name, table[column], unknown, notes)
    if "place" in table.columns:
        changed["place"], unknown = map_words(table["place"], PLACE_WORDS, choices.values.get("place", {}))
        _note_unknown("place", table["place"], unknown, notes)
    for name in ("materials", "issues"):
        if name in table.columns:
            changed[name] = unify_list(table[name])
    for name in set(choices.values) & set(table.columns) - {*changed, "rating_1to5"}:
        changed[name], _ = map_words(table[name], {}, choices.values[name])
    return table.assign(**changed)


def _note_unknown(name: str, column: pd.Series, unknown: list[str], notes: Notes) -> None:
    shown = listed(unknown, at_most=12)
    notes.add(
        f"unknown_{name}",
        "info",
        zh=f"列 {name} 中未识别的词原样保留：{shown}；可在列映射文件的 values.{name} 中写明含义。",
        en=f"words of column {name} that are not known are kept as written: {shown}; "
        f"say what they mean under values.{name} in the columns file.",
        rows=int(column.isin(unknown).sum()),
    )


def use_labels(frame: pd.DataFrame, activity_is_chosen: bool, notes: Notes) -> pd.DataFrame:
    """Steps under their names where the log gives codes and, in another column, what they mean.

    The code is kept as `activity_code`, and stands behind a name that several codes share, so that steps
    stay as different as they were. An explicit choice of the activity column keeps the codes.
    """
    if "activity_label" not in frame.columns:
        return frame
    label = frame["activity_label"]
    frame = frame.drop(columns="activity_label")
    if activity_is_chosen or label.isna().all():
        return frame
    pairs = pd.DataFrame({"code": as_text(frame["activity"]), "label": as_text(label)})
    pairs = pairs.dropna().value_counts(sort=True)
    by_code = pairs.index.to_frame(index=False).drop_duplicates("code").set_index("code")["label"]
    shared = by_code.duplicated(keep=False)
    names = by_code.where(~shared, by_code + " (" + by_code.index + ")").to_dict()
    notes.add(
        "step_labels",
        "info",
        zh="环节以名称列显示，代码保留在 activity_code 中；多个代码同名时在名称后附代码。",
        en="steps are shown under their names, the codes kept in activity_code; a name of several codes is "
        "followed by the code.",
        rows=int(label.notna().sum()),
    )
    activity = map_values(frame["activity"], lambda code: names.get(code, code))
    return frame.assign(**{CODE_COLUMN: frame["activity"], "activity": activity})


def add_places(frame: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """With `place` from a channel that changes within cases: it then tells where each step was done.

    A channel that is the same for the whole case tells how the application came in, nothing about its steps.
    """
    if "place" in frame.columns or "channel" not in frame.columns:
        return frame
    if not _varies_within_cases(frame["case_id"], frame["channel"]):
        return frame
    place = places_of(frame["channel"])
    notes.add(
        "place_from_channel",
        "info",
        zh="办理形式在同一办件内会变化，因此用作各环节的办理地点（place）。",
        en="the channel changes within cases, so it is taken as the place of each step.",
        rows=int(place.notna().sum()),
    )
    return frame.assign(place=place)


def _varies_within_cases(case_ids: pd.Series, values: pd.Series) -> bool:
    case, _ = codes_and_values(case_ids)
    value, _ = codes_and_values(values)
    known = np.flatnonzero(value != MISSING)
    any_of_case = np.full(case.max(initial=MISSING) + 1, MISSING)
    any_of_case[case[known]] = value[known]
    return bool(np.any(any_of_case[case[known]] != value[known]))


def event_columns(frame: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """The columns of `EVENT_COLUMNS` that have a value, with their types."""
    kept: dict[str, pd.Series] = {}
    for name, kind in {**EVENT_COLUMNS, CODE_COLUMN: "str"}.items():
        if name not in frame.columns or frame[name].isna().all():
            continue
        if kind == "int64" and name != "file_row":
            number = pd.to_numeric(as_text(frame[name]), errors="coerce")
            if number.isna().any():
                _note_unknown(name, frame[name], list(frame[name][number.isna()].dropna().unique()), notes)
                continue
            kept[name] = number.astype("int64")
        else:
            kept[name] = as_text(frame[name]).astype(TIME_DTYPE if kind == TIME_DTYPE else kind)
    return pd.DataFrame(kept)


def note_unreadable_times(
    table: TypedTable, mapped: HeaderMap, primary: tuple[str, ...], notes: Notes
) -> None:
    """Count texts that are no time in columns an event can do without; they are taken as unknown."""
    for name, mask in table.times.unreadable.items():
        if name in primary:
            continue
        rows = np.flatnonzero(mask)
        header = mapped.columns[name]
        notes.add(
            "unreadable_times",
            "warning",
            zh=f"列“{header}”中无法识别的时间，按未知处理。",
            en=f"texts in column {header!r} that are no time in a known format; taken as unknown.",
            rows=rows.size,
            examples=(f"row {table.frame['file_row'].iloc[row]}" for row in rows),
            file_rows=table.frame["file_row"].to_numpy()[rows],
        )
