"""Event logs built by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from mining.event_log import EVENT_COLUMNS, EventLog, sort_events

MakeLog = Callable[..., EventLog]


@pytest.fixture
def make_log() -> MakeLog:
    """Build a log from rows; the columns are named in one string: "case_id activity ts_end"."""

    def make(columns: str, rows: Sequence[Sequence[object]], **tables: pd.DataFrame) -> EventLog:
        frame = pd.DataFrame(list(rows), columns=columns.split())
        return log_of(frame, **tables)

    return make


@pytest.fixture
def log_of_frame() -> Callable[..., EventLog]:
    """Build a log from a frame with canonical column names."""
    return log_of


def log_of(frame: pd.DataFrame, **tables: pd.DataFrame) -> EventLog:
    """The log of a frame; `time` and `file_row` are added."""
    frame = frame.copy()
    frame["file_row"] = np.arange(len(frame)) + 2
    for name in frame.columns:
        kind = EVENT_COLUMNS[name]
        frame[name] = (
            pd.to_datetime(frame[name]).astype(kind) if "datetime" in kind else frame[name].astype(kind)
        )
    end = frame["ts_end"] if "ts_end" in frame else frame["ts_start"]
    frame["time"] = end.fillna(frame["ts_start"]) if "ts_start" in frame else end
    events = sort_events(frame)
    cases = tables.pop("cases", events[["case_id"]].drop_duplicates().reset_index(drop=True))
    return EventLog(events=events, cases=cases, name="hand-made", **tables)
