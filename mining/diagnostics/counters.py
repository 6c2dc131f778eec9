"""Counters of one hall: how busy each department's are, and whether idle ones stood next to a queue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, log_columns
from mining.diagnostics.departments import UNKNOWN, department_codes
from mining.event_log import EventLog
from mining.presence import applicant_present
from mining.waiting import EventTimes
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

MIN_SERVICES = 30


@dataclass(frozen=True)
class CounterLoads:
    """`utilisation` by department: hours of service / open hours of the counters that served there that day.

    `load_cv`: its coefficient of variation. `idle_elsewhere_share`: of the minutes people waited, the share
    in which some other department had an officer on duty who served nobody.
    """

    utilisation: dict[str, float]
    load_cv: float
    idle_elsewhere_share: float


def find_counter_loads(log: EventLog, times: EventTimes, calendar: WorkingCalendar) -> CounterLoads | None:
    """Loads of the counters of the departments; None unless two departments with 30 services each are known.

    Only events at a counter or kiosk with a known department, counter and service time count. A counter is
    on duty on the days of its services, while the calendar is open.
    """
    table = counter_services(log, times)
    return None if table is None else loads_of(table, calendar)


def loads_of(table: pd.DataFrame, calendar: WorkingCalendar) -> CounterLoads | None:
    """`find_counter_loads` of some services (rows of `counter_services`)."""
    services = table.groupby("dept").size()
    table = table[table["dept"].isin(services.index[services >= MIN_SERVICES])]
    if table["dept"].nunique() < 2:
        return None
    hours = table.groupby("dept")["work_ms"].sum() / MS_PER_HOUR
    duty = table.drop_duplicates(["dept", "counter", "day"])
    load = hours / (duty.groupby("dept").size() * calendar.minutes_per_day / 60)
    return CounterLoads(
        utilisation={str(name): round(float(value), 3) for name, value in load.items()},
        load_cv=float(load.std(ddof=0) / load.mean()),
        idle_elsewhere_share=_idle_elsewhere(table, duty, calendar),
    )


def counter_services(log: EventLog, times: EventTimes) -> pd.DataFrame | None:
    """One row a service at a counter or kiosk; None where the log does not know who served whom when.

    Columns: event (position in the log), dept, hall (missing where unknown), counter (the window, or the
    officer in a log without windows), day (days since 1970), start_ms, end_ms, work_ms, and queued_ms, the
    moment its wait began.
    """
    present = applicant_present(log)
    counter = counter_column(log)
    if present is None or counter is None or not log.has("dept", "ts_start", "ts_end"):
        return None
    columns = log_columns(log)
    dept, names = department_codes(log)
    chosen = present & (dept != UNKNOWN) & (times.work_ms > 0)
    at = np.flatnonzero(chosen & log.events[counter].notna().to_numpy())
    # a service whose wait is not known keeps the counter busy all the same
    waited = np.where(times.wait_ms[at] == UNKNOWN_MS, 0, times.wait_ms[at])
    return pd.DataFrame(
        {
            "event": at,
            "dept": np.array(names, dtype=object)[dept[at]],
            "hall": log.events["hall"].to_numpy()[at] if log.has("hall") else None,
            "counter": log.events[counter].to_numpy()[at],
            "day": columns.start_ms[at] // MS_PER_DAY,
            "start_ms": columns.start_ms[at],
            "end_ms": columns.end_ms[at],
            "work_ms": times.work_ms[at],
            # of a wait over night only the part of the last day is looked at
            "queued_ms": np.maximum(columns.start_ms[at] - waited, _day_begin(columns.start_ms[at])),
        }
    )


def counter_column(log: EventLog) -> str | None:
    """The column that names a counter: `window`, else `officer`; None where the log knows neither."""
    return next((name for name in ("window", "officer") if log.has(name)), None)


def _day_begin(moments_ms: np.ndarray) -> np.ndarray:
    return moments_ms // MS_PER_DAY * MS_PER_DAY


def _idle_elsewhere(table: pd.DataFrame, duty: pd.DataFrame, calendar: WorkingCalendar) -> float:
    """Looked at once a minute, while the calendar is open."""
    first = int(table["day"].min()) * MS_PER_DAY
    n_minutes = (int(table["day"].max()) + 1) * 1440 - first // MS_PER_MINUTE
    opened = _open_minutes(first, n_minutes, calendar)
    depts = sorted(table["dept"].unique())
    idle = np.zeros((len(depts), n_minutes), bool)
    queue = np.zeros((len(depts), n_minutes), "int64")
    for number, dept in enumerate(depts):
        own = table[table["dept"] == dept]
        minutes = {name: (own[name].to_numpy() - first) // MS_PER_MINUTE for name in _MOMENTS}
        busy = _running(minutes["start_ms"], minutes["end_ms"], n_minutes)
        queue[number] = _running(minutes["queued_ms"], minutes["start_ms"], n_minutes)
        days = duty.loc[duty["dept"] == dept, "day"].to_numpy() - first // MS_PER_DAY
        staff = np.repeat(np.bincount(days, minlength=n_minutes // 1440), 1440)
        idle[number] = staff > busy
    others = idle.sum(axis=0) - idle > 0
    waited = queue * opened
    return float((waited * others).sum() / waited.sum()) if waited.sum() else 0.0


_MOMENTS = ("queued_ms", "start_ms", "end_ms")


def _running(begin: np.ndarray, end: np.ndarray, n: int) -> np.ndarray:
    """How many stretches [begin, end) cover each minute."""
    change = np.bincount(np.clip(begin, 0, n), minlength=n + 1) - np.bincount(
        np.clip(np.maximum(end, begin), 0, n), minlength=n + 1
    )
    return np.cumsum(change)[:n]


def _open_minutes(first_ms: int, n: int, calendar: WorkingCalendar) -> np.ndarray:
    moments = first_ms + np.arange(n + 1, dtype="int64") * MS_PER_MINUTE
    return calendar.working_ms_between(moments[:-1], moments[1:]) > 0
