"""Parting a log at a reform date, worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mining.errors import LogError
from mining.event_log import EventLog
from mining.follow_up import followed_cases
from mining.reform.split import join_logs, split_at


def log_of(cases: list[tuple[str, str | None]], end: str | None = None) -> EventLog:
    """One case a pair (first day, last day) of March 2026, None for one still open; noon each day."""
    rows = []
    for number, (first, last) in enumerate(cases):
        rows.append((f"c{number}", "a", pd.Timestamp(f"2026-03-{first} 12:00")))
        rows.append((f"c{number}", "b", pd.Timestamp(f"2026-03-{last or first} 12:00")))
    events = pd.DataFrame(rows, columns=["case_id", "activity", "time"]).astype(
        {"case_id": "str", "activity": "str", "time": "datetime64[ms]"}
    )
    events["ts_end"], events["file_row"] = events["time"], np.arange(2, len(rows) + 2)
    finish = [pd.Timestamp(f"2026-03-{last} 12:00") if last else pd.NaT for _, last in cases]
    table = pd.DataFrame({"case_id": [f"c{n}" for n in range(len(cases))], "ts_finish": finish})
    table = table.astype({"case_id": "str", "ts_finish": "datetime64[ms]"})
    return EventLog(events=events, cases=table if None in {last for _, last in cases} else table.iloc[:0])


REFORM = pd.Timestamp("2026-03-16")
# two quick cases a day take a day, one slow one takes 4; c0-c2 begin on the 2nd, c3-c5 on the 3rd, ...
STEADY = [(f"{d:02d}", f"{d + n:02d}") for d in range(2, 25) for n in (1, 1, 4)]


def test_washout_leaves_out_as_many_days_as_95_of_100_cases_take():
    split = split_at(log_of(STEADY), REFORM)
    # under way on the 16th at 0:00: the three of the 15th and the slow ones of the 12th to the 14th
    assert split.straddling == 3 + 3
    assert split.washout_days == 4
    assert split.left_out == 4 * 3  # all of the 12th to the 15th, slow or quick
    assert (split.before.n_cases, split.after.n_cases) == (10 * 3, 9 * 3)
    assert "12" in split.note.en
    assert "在办" in split.note.zh


def test_straddling_cases_can_be_left_out_or_assigned():
    log = log_of(STEADY)
    out, kept = split_at(log, REFORM, "leave_out"), split_at(log, REFORM, "assign")
    assert (out.left_out, out.washout_days, out.before.n_cases) == (6, 0, 14 * 3 - 6)
    assert (kept.left_out, kept.before.n_cases, kept.straddling) == (0, 14 * 3, 6)
    assert len({out.note.en, kept.note.en, split_at(log, REFORM).note.en}) == 3


def test_washout_gives_way_where_it_would_take_more_than_half():
    long = [(f"{d:02d}", f"{d + 9:02d}") for d in range(2, 20)]
    split = split_at(log_of(long), pd.Timestamp("2026-03-12"))
    assert (split.washout_days, split.left_out, split.before.n_cases) == (0, 0, 10)


def test_an_empty_side_is_an_error_that_tells_the_dates():
    with pytest.raises(LogError, match=r"no case after the reform date 2026-05-01.*2026-03-02 to 2026-03-24"):
        split_at(log_of(STEADY), pd.Timestamp("2026-05-01"))
    with pytest.raises(LogError, match="before") as caught:
        split_at(log_of(STEADY), pd.Timestamp("2026-01-01"))
    assert "之前" in caught.value.in_language("zh")


def test_cases_near_the_end_count_only_where_all_are_finished():
    assert followed_cases(log_of(STEADY)).all()
    # 95 % finish within 4 days; the log's last event is on the 28th: begun on the 24th at noon or before
    assert followed_cases(log_of(STEADY), open_known=False).all()
    # the slow ones of the last 3 days are open, the last event is on the 25th: begun until the 21st counts
    censored = [(a, None if int(b) > 25 else b) for a, b in STEADY]
    followed = followed_cases(log_of(censored))
    assert followed.sum() == 20 * 3
    assert followed[: 20 * 3].all()


def test_joined_logs_keep_their_cases_apart():
    log = log_of(STEADY[:6])
    both = join_logs(log, log)
    assert (both.n_cases, both.n_events) == (12, 24)
