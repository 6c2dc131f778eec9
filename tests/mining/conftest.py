"""Logs for the tests of the numeric core: written by hand, drawn at random, and the real ones."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from mining.event_log import CASE_COLUMNS, EVENT_COLUMNS, MATERIAL_COLUMNS, EventLog, empty_table, sort_events

# the machine may be busy, and a law that fails should fail again
settings.register_profile("laws", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("laws")

Row = dict[str, Any]
DAYS = {"Mon": 0, "Tue": 1, "Wed": 2, "Thu": 3, "Fri": 4, "Sat": 5, "Sun": 6, "Mon2": 7, "Tue2": 8}
SHARED_DATA = Path(os.environ.get("ONEWINDOW_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


def moment(text: str | None) -> pd.Timestamp:
    """'Tue 09:30' in the week of Monday 2026-03-02 (Mon2, Tue2: the week after); None is NaT."""
    if text is None:
        return pd.NaT
    day, clock = text.split()
    return pd.Timestamp("2026-03-02") + pd.Timedelta(days=DAYS[day]) + pd.Timedelta(clock + ":00")


def _typed(rows: Iterable[Row], columns: dict[str, str]) -> pd.DataFrame:
    table = pd.DataFrame(
        [{k: moment(v) if k.startswith(("ts_", "time")) else v for k, v in row.items()} for row in rows]
    )
    return table.astype({name: dtype for name, dtype in columns.items() if name in table})


def log_from_rows(
    rows: Iterable[tuple[str, str, str | None, str | None, Row]],
    cases: Iterable[Row] = (),
    materials: Iterable[Row] = (),
    simulated: bool = False,
) -> EventLog:
    """An `EventLog` of (case, step, start, end, more columns) with times as in `moment`; an event without
    start and end has its `time` among the columns."""
    events = _typed(
        (
            {"case_id": case, "activity": step, "ts_start": start, "ts_end": end, "file_row": row, **more}
            for row, (case, step, start, end, more) in enumerate(rows, start=2)
        ),
        EVENT_COLUMNS,
    )
    told = events["time"] if "time" in events.columns else pd.NaT
    events["time"] = events["ts_end"].fillna(events["ts_start"]).fillna(told)
    cases, materials = list(cases), list(materials)
    return EventLog(
        events=sort_events(events),
        cases=_typed(cases, CASE_COLUMNS) if cases else empty_table(CASE_COLUMNS, ["case_id"]),
        materials=_typed(materials, MATERIAL_COLUMNS) if materials else empty_table(MATERIAL_COLUMNS),
        simulated=simulated,
    )


@pytest.fixture(scope="session")
def hand_log() -> Callable[..., EventLog]:
    """`log_from_rows`, for tests (test files cannot import each other)."""
    return log_from_rows


@pytest.fixture(scope="session")
def sequences_log() -> Callable[[Iterable[str]], EventLog]:
    """A log of one case a word: 'abca' has the steps a, b, c, a, each a minute after the one before."""

    def make(words: Iterable[str]) -> EventLog:
        times = [f"Mon {9 + minute // 60:02d}:{minute % 60:02d}" for minute in range(200)]
        rows = [
            (f"c{n}", step, None, times[i], {}) for n, word in enumerate(words) for i, step in enumerate(word)
        ]
        return log_from_rows(rows)

    return make


@pytest.fixture(scope="session")
def random_log() -> Callable[..., EventLog]:
    """A log drawn from a seed: cases of 1 to 12 events over 6 steps; some starts, ends, tickets missing."""

    def make(seed: int, cases: int = 20, known: float = 0.8) -> EventLog:
        draw = np.random.default_rng(seed)
        n = int(draw.integers(cases, 12 * cases + 1))
        monday = np.datetime64("2026-03-02T08:00", "ms")
        end = monday + draw.integers(0, 20 * 24 * 60, n) * np.timedelta64(60_000, "ms")
        start = end - draw.integers(0, 600, n) * np.timedelta64(60_000, "ms")
        ticket = start - draw.integers(-5, 300, n) * np.timedelta64(60_000, "ms")
        nat = np.datetime64("NaT", "ms")
        no_start, no_ticket = draw.random(n) > known, draw.random(n) < known
        no_end = ~no_start & (draw.random(n) > known)
        events = pd.DataFrame(
            {
                "case_id": [f"c{number}" for number in draw.integers(0, cases, n)],
                "activity": [f"s{number}" for number in draw.integers(0, 6, n)],
                "file_row": np.arange(2, n + 2),
                "place": draw.choice(["counter", "back_office"], n),
                "ts_ticket": np.where(no_ticket, nat, ticket),
                "ts_start": np.where(no_start, nat, start),
                "ts_end": np.where(no_end, nat, end),
            }
        ).astype({"case_id": "str", "activity": "str", "place": "str"})
        events["time"] = events["ts_end"].fillna(events["ts_start"])
        return EventLog(events=sort_events(events))

    return make


@pytest.fixture(scope="session")
def pm4py_frame() -> Callable[[str], pd.DataFrame]:
    """A real log as pm4py reads it; skips where the shared data is missing."""

    def read(name: str) -> pd.DataFrame:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"the real log {name} is missing; set ONEWINDOW_SHARED_DATA to where it lies")
        import pm4py

        frame = pm4py.read_xes(str(path))
        return frame.astype({column: object for column in frame if frame[column].dtype == "str"})

    return read


@pytest.fixture(scope="session")
def truth_log() -> Callable[[str], EventLog]:
    """A synthetic log with its true enabled times in the column `true_enabled`; skips where it is missing."""

    def read(name: str) -> EventLog:
        path = SHARED_DATA / "truth" / name
        if not path.exists():
            pytest.skip(f"the log truth/{name} is missing; set ONEWINDOW_SHARED_DATA to where it lies")
        frame = pd.read_csv(path)
        renamed = {"start_time": "ts_start", "end_time": "ts_end", "enabled_time": "true_enabled"}
        events = frame[["case_id"]].astype("str").assign(activity=frame["Activity"].astype("str"))
        for header, column in renamed.items():
            times = pd.to_datetime(frame[header], utc=True, format="ISO8601").dt.tz_localize(None)
            events[column] = times.astype("datetime64[ms]")
        events = events.assign(time=events["ts_end"], file_row=np.arange(2, len(frame) + 2))
        return EventLog(events=sort_events(events))

    return read


@pytest.fixture(scope="session")
def log_of_frame() -> Callable[[pd.DataFrame], EventLog]:
    """An `EventLog` of the case, the step and the end time of a frame of pm4py."""

    def make(frame: pd.DataFrame) -> EventLog:
        end = frame["time:timestamp"].dt.tz_convert("Europe/Amsterdam").dt.tz_localize(None)
        events = pd.DataFrame(
            {
                "case_id": frame["case:concept:name"].astype("str"),
                "activity": frame["concept:name"].astype("str"),
                "file_row": np.arange(2, len(frame) + 2),
                "time": end.astype("datetime64[ms]"),
                "ts_end": end.astype("datetime64[ms]"),
            }
        )
        return EventLog(events=sort_events(events))

    return make


@pytest.fixture(scope="session")
def copy_of() -> Callable[[EventLog], EventLog]:
    """The same log as another object, as it arrives in another process."""
    return lambda log: pickle.loads(pickle.dumps(log))
