"""A small hall, and logs of a few services in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from mining.event_log import EventLog
from sample_logs.plan import Limits, Planted
from sample_logs.planting import Setting
from simulation.service_model import service_model_from

MODEL = """
name: {zh: 小厅, en: Small hall}
start_date: 2026-03-02
calendars:
  大厅:
    weekly: {mon: &h ["09:00-12:00", "13:00-17:00"], tue: *h, wed: *h, thu: *h, fri: *h}
materials: [{name: 执照, issuer_dept: 市监局}, {name: 表}]
steps: [{name: 申报, place: counter, clock: elapsed, materials: [{material: 执照}, {material: 表}]}]
flow: {step: 申报}
arrivals: [{name: 甲, per_day: 1, calendar: 大厅, item: 开办, half_hour_weights: {"09:00": 1}}]
visits: {calendar: 大厅}
"""


@pytest.fixture
def setting() -> Callable[..., Setting]:
    """A setting of the small hall over 28 days, with whatever is planted in it."""
    import yaml

    model = service_model_from(yaml.safe_load(MODEL))

    def make(seed: int = 1, **planted: Any) -> Setting:
        limits = Limits(statutory_working_days=20, promised_working_days=5)
        return Setting(model, Planted(limits=limits, **planted), seed, 28)

    return make


@pytest.fixture
def log_of() -> Callable[..., EventLog]:
    """`log_from_rows`."""
    return log_from_rows


@pytest.fixture
def many() -> Callable[[int], EventLog]:
    """`log_of_many`."""
    return log_of_many


def log_from_rows(*rows: str, **tables: pd.DataFrame) -> EventLog:
    """A log from rows like "P-1 申报 03-02 09:10 09:30 10:00 通过": ticket (or -), start, end, result (or -).

    Steps that end in 审 are done in the back office, the others at a counter.
    """
    events = pd.DataFrame([_event(row, number) for number, row in enumerate(rows, start=2)])
    for name in ("ts_ticket", "ts_start", "ts_end"):
        events[name] = pd.to_datetime(events[name]).astype("datetime64[ms]")
    cases = events.groupby("case_id", as_index=False).agg(
        ts_apply=("ts_start", "first"), ts_finish=("ts_end", "last")
    )
    return EventLog(events=events.assign(time=events["ts_end"]), cases=cases, **tables)


def _event(row: str, file_row: int) -> dict[str, object]:
    case, step, day, ticket, start, end, result = row.split()
    counter = not step.endswith("审")
    return {
        "case_id": case,
        "activity": step,
        "file_row": file_row,
        "dept": "市监局",
        "window": "一号" if counter else None,
        "officer": "张" if counter else None,
        "channel": "窗口",
        "place": "counter" if counter else "back_office",
        "ts_ticket": None if ticket == "-" else f"2026-{day} {ticket}",
        "ts_start": f"2026-{day} {start}",
        "ts_end": f"2026-{day} {end}",
        "result": None if result == "-" else result,
        "reason": None,
        "materials": "表" if step in ("申报", "补交") else None,
        "issues": "意见书" if not counter else None,
    }


def log_of_many(n: int, step: str = "申报") -> EventLog:
    """Cases over four weeks of mornings, one service of five minutes each, three minutes after its ticket."""
    days = [day.strftime("%m-%d") for day in pd.bdate_range("2026-03-02", "2026-03-27")]
    rows = []
    for number in range(n):
        day, slot = days[number * len(days) // n], number % 18
        hour, minute = 9 + slot // 6, slot % 6 * 10
        rows.append(
            f"P-{number:05d} {step} {day} {hour:02d}:{minute:02d} {hour:02d}:{minute + 3:02d} "
            f"{hour:02d}:{minute + 8:02d} 通过"
        )
    return log_from_rows(*rows)
