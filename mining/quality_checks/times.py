"""Times that cannot be, or cannot be as precise as they look."""

from __future__ import annotations

import datetime as dt

import numpy as np

from mining.columns import UNKNOWN_MS, log_columns
from mining.event_log import EventLog
from mining.quality_checks.found import Found, counted, found
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar, to_ms

EARLIEST = dt.datetime(2000, 1, 1)
ROUNDED_SHARE = 0.6
"""Of true clock times a fifth fall on full five minutes; from three fifths on they were typed (assumed)."""
MANY_EVENTS = 200
OFFICE_DAY_HOURS = 10
USUAL_OPENINGS = range(5, 12)
BUSY_DAY_EVENTS = 5


def find_future_times(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Events after the end of today."""
    if log.simulated:
        return []
    tomorrow = dt.datetime.combine(dt.date.today() + dt.timedelta(days=1), dt.time())
    late = np.flatnonzero(log_columns(log).time_ms >= to_ms(tomorrow))
    return found(
        "times_in_the_future",
        late,
        "时间晚于今天的事件：时钟、日期格式或计划时间有误。",
        "events after today: a wrong clock, a wrong date format, or planned times.",
    )


def find_implausible_times(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Events before the year 2000: default dates of systems (1900, 1970) rather than facts."""
    early = np.flatnonzero(log_columns(log).time_ms < to_ms(EARLIEST))
    return found(
        "implausible_times",
        early,
        "早于 2000 年的时间，多为系统默认值（1900、1970），请核对。",
        "times before the year 2000 are mostly default values of a system (1900, 1970); check them.",
    )


def find_midnight_times(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Events at exactly 00:00:00: dates without a clock, or times somebody did not type."""
    midnight = np.flatnonzero(log_columns(log).time_ms % MS_PER_DAY == 0)
    return found(
        "midnight_times",
        midnight,
        "时间恰为 00:00:00：只有日期，先后与时长不可靠。",
        "times of exactly 00:00:00 are dates: their order and durations within a day cannot be relied on.",
    )


def find_rounded_times(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Times on full five minutes where these are far too many: typed in, not taken by a machine."""
    time_ms = log_columns(log).time_ms
    clocked = time_ms % MS_PER_DAY != 0
    rounded = clocked & (time_ms % (5 * MS_PER_MINUTE) == 0)
    if clocked.sum() < MANY_EVENTS or rounded.sum() < ROUNDED_SHARE * clocked.sum():
        return []
    return found(
        "rounded_times",
        np.flatnonzero(rounded),
        "时间多为整五分钟，像是事后填写，时长仅供参考。",
        "most times are full five minutes: typed in later, so durations are rough.",
        severity="info",
    )


def find_shifted_clock(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """The busiest ten hours of the day begin at night: times of another zone, or nobody's office hours."""
    time_ms = log_columns(log).time_ms
    clocked = time_ms % MS_PER_DAY != 0
    if clocked.sum() < MANY_EVENTS:
        return []
    hours = np.bincount((time_ms[clocked] % MS_PER_DAY // MS_PER_HOUR).astype("int64"), minlength=24)
    window = np.array([hours.take(range(h, h + OFFICE_DAY_HOURS), mode="wrap").sum() for h in range(24)])
    opening = int(window.argmax())
    if window.max() < 0.9 * clocked.sum() or opening in USUAL_OPENINGS:
        return []
    return found(
        "shifted_clock",
        np.flatnonzero(clocked),
        f"一天中最忙的时段从 {opening} 时开始：时间可能是其他时区（如 UTC），请用 --timezone 指定大厅时区。",
        f"the busiest hours of the day begin at {opening}:00: the times may be those of another zone (UTC, "
        "for example); name the zone of the hall with --timezone.",
    )


def find_closed_day_events(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Events on days on which the calendar is closed all day."""
    time_ms = log_columns(log).time_ms
    if time_ms.size == 0:
        return []
    days = np.unique(time_ms // MS_PER_DAY)
    closed = days[~np.isin(days, _open_days(calendar, int(time_ms.min()), int(time_ms.max())))]
    at = np.flatnonzero(np.isin(time_ms // MS_PER_DAY, closed))
    return found(
        "events_on_closed_days",
        at,
        "非工作日发生的事件：系统自动办理、网上提交或补录。",
        "events on days the hall is closed: done by a system, handed in online, or entered later.",
        severity="info",
    )


def find_missing_days(log: EventLog, calendar: WorkingCalendar) -> list[Found]:
    """Open days without any event, where the usual open day has many: an export with a hole in it."""
    time_ms = log_columns(log).time_ms[log_columns(log).time_ms != UNKNOWN_MS]
    if time_ms.size == 0:
        return []
    open_days = _open_days(calendar, int(time_ms.min()), int(time_ms.max()))
    days = np.sort(time_ms // MS_PER_DAY)
    events = np.searchsorted(days, open_days, side="right") - np.searchsorted(days, open_days, side="left")
    empty = open_days[events == 0]
    if open_days.size == 0 or np.median(events) < BUSY_DAY_EVENTS:
        return []
    return counted(
        "missing_days",
        int(empty.size),
        int(open_days.size),
        [str(np.datetime64(int(day), "D")) for day in empty[:5]],
        "没有任何事件的工作日（行数为天数）：停业、假日，或导出缺失。",
        "open days without any event (rows counts days): the hall was closed, or the export has a hole.",
        severity="warning",
    )


def _open_days(calendar: WorkingCalendar, first_ms: int, last_ms: int) -> np.ndarray:
    """Day numbers since 1970 on which the calendar is open, of the days of this span."""
    days = np.unique(calendar.intervals(first_ms, last_ms).begin_ms // MS_PER_DAY)
    return days[(days >= first_ms // MS_PER_DAY) & (days <= last_ms // MS_PER_DAY)]
