"""Times that follow from a duration in the file: `办理时长(秒)`, `等待时长`."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd

from mining.event_log import TIME_DTYPE
from mining.reading.coded import as_text
from mining.reading.mapping import HeaderMap
from mining.reading.notes import Notes

_UNITS_MS = (
    (("毫秒", "ms", "msec", "milliseconds"), 1),
    (("秒", "秒钟", "s", "sec", "second", "seconds"), 1000),
    (("分", "分钟", "min", "mins", "minute", "minutes"), 60_000),
    (("小时", "时", "h", "hour", "hours"), 3_600_000),
    (("天", "日", "d", "day", "days"), 86_400_000),
)
_LONGEST_MS = 20 * 365 * 86_400_000.0  # twenty years; beyond, it is no duration
_ASSUMED_MS = 1000  # queueing systems count seconds


def add_times_from_durations(frame: pd.DataFrame, mapped: HeaderMap, notes: Notes) -> pd.DataFrame:
    """`ts_start` or `ts_end` from the other and the service time; `ts_ticket` or `ts_call` from the wait.

    Only missing times are filled. The unit is that in the header, else seconds, which is noted.
    """
    service = _milliseconds(frame, mapped, "service_duration", notes)
    if service is not None:
        frame = _fill(frame, "ts_start", "ts_end", -service, "service_duration", notes)
        frame = _fill(frame, "ts_end", "ts_start", service, "service_duration", notes)
    wait = _milliseconds(frame, mapped, "wait_duration", notes)
    if wait is not None:
        frame = _fill(frame, "ts_call", "ts_ticket", wait, "wait_duration", notes)
        frame = _fill(frame, "ts_ticket", "ts_call", -wait, "wait_duration", notes)
        frame = _fill(frame, "ts_ticket", "ts_start", -wait, "wait_duration", notes)
    return frame


def _milliseconds(frame: pd.DataFrame, mapped: HeaderMap, column: str, notes: Notes) -> pd.Series | None:
    if column not in frame.columns:
        return None
    header = mapped.columns[column]
    factor = _unit_ms(header)
    text = as_text(frame[column])
    clock = text.str.fullmatch(r"\d+:\d{2}(?::\d{2})?", na=False)
    plain = pd.to_numeric(text.mask(clock), errors="coerce") * (factor or _ASSUMED_MS)
    parts = text.where(clock).str.split(":", expand=True).reindex(columns=range(3)).astype("float64")
    milliseconds = plain.fillna((parts[0] * 3600 + parts[1] * 60 + parts[2].fillna(0)) * 1000)
    milliseconds = milliseconds.where(milliseconds.between(0, _LONGEST_MS))
    unread = text.notna() & milliseconds.isna()
    notes.add(
        "unreadable_durations",
        "warning",
        zh=f"列“{header}”中无法识别的时长，按未知处理。",
        en=f"durations in column {header!r} that cannot be read; taken as unknown.",
        rows=int(unread.sum()),
        examples=(f"row {frame['file_row'].iloc[p]}: {text.iloc[p]}" for p in np.flatnonzero(unread)[:5]),
    )
    if factor is None:
        notes.add(
            "duration_unit_assumed",
            "warning",
            zh=f"表头“{header}”未注明单位，按秒读取；如非秒请改为“{header}(分钟)”等。",
            en=f"header {header!r} names no unit; read as seconds. Name another as in '{header}(min)'.",
            rows=int(milliseconds.notna().sum()),
        )
    return milliseconds


def _unit_ms(header: str) -> int | None:
    text = unicodedata.normalize("NFKC", header).casefold()
    inside = text.replace("[", "(").replace("]", ")").partition("(")[2].partition(")")[0].strip()
    suffix = text.rpartition("_")[2] if "_" in text else ""
    for words, factor in _UNITS_MS:
        if inside in words or suffix in words:
            return factor
    return None


def _fill(
    frame: pd.DataFrame, target: str, source: str, shift_ms: pd.Series, duration: str, notes: Notes
) -> pd.DataFrame:
    if source not in frame.columns:
        return frame
    old = frame[target] if target in frame.columns else pd.Series(pd.NaT, index=frame.index, dtype=TIME_DTYPE)
    new = frame[source] + pd.to_timedelta(shift_ms.round(), unit="ms")
    filled = old.isna() & new.notna()
    notes.add(
        f"{target}_from_{duration}",
        "info",
        zh=f"缺少的 {target} 由 {source} 与时长推算。",
        en=f"missing {target} computed from {source} and the duration.",
        rows=int(filled.sum()),
    )
    return frame.assign(**{target: old.fillna(new.astype(TIME_DTYPE))}) if filled.any() else frame
