"""Starts and ends that do not make sense together, equal times and rows out of order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mining.event_order import event_order
from mining.reading.coded import codes_and_values
from mining.reading.notes import Notes
from mining.reading.rows import place


def check_intervals(frame: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """Events whose start, where it is known, lies before the end.

    An end before its start leaves the start unknown. So does an end equal to its start: GB/T 39046-2020 has
    systems without an end write the start there, so a zero duration means that it is not known.
    """
    if "ts_start" not in frame.columns or "ts_end" not in frame.columns:
        return frame
    start, end = frame["ts_start"], frame["ts_end"]
    reversed_, equal, proper = (end < start).to_numpy(), (end == start).to_numpy(), (end > start).to_numpy()
    notes.add(
        "end_before_start",
        "warning",
        zh="结束早于开始：事件保留，开始时间按未知处理。",
        en="the end is before the start: the event is kept, its start taken as unknown.",
        rows=int(reversed_.sum()),
        examples=(_described(frame, position) for position in np.flatnonzero(reversed_).tolist()),
        file_rows=frame["file_row"].to_numpy()[reversed_],
    )
    if proper.any():
        zh = (
            "结束等于开始：时长为零表示未知（GB/T 39046-2020 允许无结束时间时填开始时间），"
            "开始时间按未知处理。"
        )
        en = (
            "the end equals the start: a zero duration means unknown (GB/T 39046-2020 lets systems "
            "without an end write the start); the start is taken as unknown."
        )
    else:
        zh = "所有事件的结束都等于开始：日志只有一个时间，开始时间按未知处理。"
        en = "every end equals its start: the log has one time only, starts are taken as unknown."
    notes.add(
        "zero_duration_means_unknown",
        "info",
        zh=zh,
        en=en,
        rows=int(equal.sum()),
        examples=(place(frame, position) for position in np.flatnonzero(equal).tolist()),
        file_rows=frame["file_row"].to_numpy()[equal],
    )
    return frame.assign(ts_start=start.mask(reversed_ | equal))


def _described(frame: pd.DataFrame, position: int) -> str:
    row = frame.iloc[position]
    start, end = row["ts_start"], row["ts_end"]
    same_day = start.date() == end.date()
    pattern = "%H:%M" if same_day else "%Y-%m-%d %H:%M"
    if start.second or end.second:
        pattern += ":%S"
    return (
        f"row {row['file_row']}: end {end.strftime(pattern)} is before start {start.strftime(pattern)} "
        f"(case {row['case_id']}, step {row['activity']})"
    )


def add_time(frame: pd.DataFrame) -> pd.DataFrame:
    """With `time`, the moment that orders events: the end, else the start, else the file's own."""
    names = [name for name in ("ts_end", "ts_start", "time") if name in frame.columns]
    time = frame[names[0]]
    for name in names[1:]:
        time = time.fillna(frame[name])
    return frame.assign(time=time)


def note_order(events: pd.DataFrame, notes: Notes) -> None:
    """Count events at the same time as the one before in their case, and rows the file has out of order.

    `events` is in the order (case, time, file row).
    """
    codes, _ = codes_and_values(events["case_id"])
    time = events["time"].to_numpy().astype("int64")
    rows = events["file_row"].to_numpy()
    equal = np.flatnonzero((np.diff(codes) == 0) & (np.diff(time) == 0)) + 1
    notes.add(
        "equal_times",
        "info",
        zh="同一办件中时间相同的相邻事件：先后按文件中的行次。",
        en="events at the same time as the one before in their case: ordered by their rows in the file.",
        rows=equal.size,
        examples=_where(events, equal),
        file_rows=rows[equal],
    )
    late = _late(codes, time, rows)
    notes.add(
        "unsorted_rows",
        "info",
        zh="时间早于同一办件前一行的行：已按（办件、时间、行次）重新排序。",
        en="rows with a time before that of the row above of the same case: sorted by case, time and row.",
        rows=late.size,
        examples=_where(events, late),
        file_rows=rows[late],
    )


def _late(codes: np.ndarray, time: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Positions of events with a time before that of the row above of their case in the file."""
    backward = np.flatnonzero((np.diff(codes) == 0) & (np.diff(rows) < 0))
    unsorted = np.flatnonzero(np.isin(codes, codes[backward])) if backward.size else backward
    by_file = unsorted[event_order(codes[unsorted], rows[unsorted], rows[unsorted])]
    return by_file[1:][(np.diff(codes[by_file]) == 0) & (np.diff(time[by_file]) < 0)]


def _where(events: pd.DataFrame, positions: np.ndarray) -> Iterator[str]:
    return (place(events, position) for position in positions)
