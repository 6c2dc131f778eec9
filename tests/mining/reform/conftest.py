"""Logs drawn from a seed, whose truth is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mining.event_log import EventLog, sort_events

LogMaker = Callable[..., EventLog]


def daily_log(
    days: pd.DatetimeIndex,
    cases_a_day: int,
    durations: Callable[[np.random.Generator, np.ndarray], np.ndarray],
    seed: int,
    items: tuple[str, ...] = ("甲",),
    item_shares: Callable[[int], np.ndarray] | None = None,
    paths: Callable[[np.random.Generator, int, int], list[str]] | None = None,
) -> EventLog:
    """Cases begin at 9:00 on each day; two or more steps, the last one `durations` minutes later.

    `durations(draw, item_codes)` gives minutes for the cases of one day (call order = day order);
    `paths(draw, day, n)` words of one letter a step.
    """
    draw = np.random.default_rng(seed)
    rows = []
    for number, day in enumerate(days):
        shares = item_shares(number) if item_shares else np.full(len(items), 1 / len(items))
        item = draw.choice(len(items), cases_a_day, p=shares)
        minutes = durations(draw, item)
        words = paths(draw, number, cases_a_day) if paths else ["ab"] * cases_a_day
        for i in range(cases_a_day):
            begin = day + pd.Timedelta(hours=9)
            for position, step in enumerate(words[i]):
                offset = minutes[i] * position / max(len(words[i]) - 1, 1)
                rows.append(
                    (f"{number}-{i}", step, items[item[i]], begin + pd.Timedelta(minutes=float(offset)))
                )
    events = pd.DataFrame(rows, columns=["case_id", "activity", "item_name", "time"]).astype(
        {"case_id": "str", "activity": "str", "item_name": "str", "time": "datetime64[ms]"}
    )
    events["ts_end"] = events["time"]
    events["file_row"] = np.arange(2, len(events) + 2)
    return EventLog(events=sort_events(events), name="drawn")


@pytest.fixture(scope="session")
def drawn_log() -> LogMaker:
    """`daily_log`, for tests (test files cannot import each other)."""
    return daily_log
