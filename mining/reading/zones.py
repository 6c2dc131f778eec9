"""Offsets from UTC: which wall clock a log is in."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from mining.errors import LogError
from mining.reading.notes import Notes
from mining.reading.time_text import MS_PER_MINUTE, NO_OFFSET, UNKNOWN_MS

LOCAL = "local"
_HOUR = 60
_NORTHERN_SUMMER = frozenset(range(3, 12))  # months in which summer time may hold, north of the equator
_NORTHERN_WINTER = frozenset({10, 11, 12, 1, 2, 3, 4})
_SOUTHERN_SUMMER = frozenset({9, 10, 11, 12, 1, 2, 3, 4})
_SOUTHERN_WINTER = frozenset(range(3, 12))

Walls = dict[str, np.ndarray]


def find_zone(name: str, file: str) -> ZoneInfo:
    """The time zone `name`; raises `LogError` where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise LogError(
            zh=f"{file}：没有名为“{name}”的时区，例如 Asia/Shanghai、Europe/Amsterdam、UTC。",
            en=f"{file}: there is no time zone {name!r}; examples are Asia/Shanghai, Europe/Amsterdam, UTC.",
        ) from None


def to_local_clock(
    walls: Walls, offsets: Mapping[str, np.ndarray], timezone: str | None, file: str, notes: Notes
) -> tuple[Walls, str]:
    """Times on one wall clock (milliseconds) and the name of its zone.

    Without `timezone` the clock is kept as written, if all times have one offset, none, or two that
    follow summer time; raises `LogError` for any other mix. With it, times with an offset are converted and
    times without one are taken to be in that zone.
    """
    if timezone is not None:
        zone = find_zone(timezone, file)
        return {name: _converted(walls[name], offsets[name], zone) for name in walls}, timezone
    known = {name: walls[name] != UNKNOWN_MS for name in walls}
    every = np.concatenate([offsets[name][known[name]] for name in walls] or [np.empty(0, "int16")])
    clock = np.concatenate([walls[name][known[name]] for name in walls] or [np.empty(0, "int64")])
    found = np.unique(every)
    if found.size == 0 or (found.size == 1 and found[0] == NO_OFFSET):
        return walls, LOCAL
    if found.size == 1:
        return walls, _written(int(found[0]))
    if NO_OFFSET not in found and found.size == 2 and _is_summer_time(clock, every, found):
        zone_name = "/".join(_written(int(offset)) for offset in found)
        _note_summer_time(int(np.sum(every == found[1])), every.size, zone_name, notes)
        return walls, zone_name
    raise _mixed(file, found)


def _converted(wall: np.ndarray, offset: np.ndarray, zone: ZoneInfo) -> np.ndarray:
    rows = np.flatnonzero((wall != UNKNOWN_MS) & (offset != NO_OFFSET))
    utc = wall[rows] - offset[rows].astype("int64") * MS_PER_MINUTE
    local = (
        pd.DatetimeIndex(utc.astype("datetime64[ms]")).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    )
    result = wall.copy()
    result[rows] = local.to_numpy().astype("datetime64[ms]").astype("int64")
    return result


def _is_summer_time(clock: np.ndarray, every: np.ndarray, found: np.ndarray) -> bool:
    if int(found[1]) - int(found[0]) != _HOUR:
        return False
    months = clock.astype("datetime64[ms]").astype("datetime64[M]").astype("int64") % 12 + 1
    winter, summer = set(np.unique(months[every == found[0]])), set(np.unique(months[every == found[1]]))
    northern = summer <= _NORTHERN_SUMMER and winter <= _NORTHERN_WINTER
    southern = summer <= _SOUTHERN_SUMMER and winter <= _SOUTHERN_WINTER
    return northern or southern


def _note_summer_time(rows: int, of_rows: int, zone: str, notes: Notes) -> None:
    notes.add(
        "daylight_saving",
        "info",
        zh=f"时间有两个随季节变化的时区偏移（{zone}），按夏令时处理：保留书写的当地时间。",
        en=f"times have two offsets that change with the season ({zone}); taken as summer time: "
        "the wall clock is kept as written.",
        rows=rows,
        of_rows=of_rows,
    )


def _written(offset: int) -> str:
    if offset == 0:
        return "UTC"
    return f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"


def _mixed(file: str, found: np.ndarray) -> LogError:
    shown = [_written(int(offset)) for offset in found if offset != NO_OFFSET][:6]
    zh, en = ", ".join(shown), ", ".join(shown)
    if NO_OFFSET in found:
        zh, en = f"{zh}，以及没有时区的时间", f"{en}, and times without an offset"
    return LogError(
        zh=f"{file}：时间的时区偏移不一致（{zh}）。请用 --timezone 指定日志所在时区，例如 --timezone "
        "Asia/Shanghai。",
        en=f"{file}: times have different offsets from UTC ({en}). "
        "Name the zone of the hall with --timezone, for example --timezone Asia/Shanghai.",
    )
