"""Working hours in words, and that mining uses those the log shows."""

from __future__ import annotations

import pandas as pd

from dashboards.mining_report import mine_everything
from dashboards.opening_hours import opening_hours
from mining.event_log import EventLog, sort_events
from mining.working_time import OFFICE_HOURS, WorkingCalendar


def test_days_alike_are_named_together() -> None:
    assert opening_hours(OFFICE_HOURS, "en") == "Mon–Fri 09:00–12:00, 13:00–17:00"
    assert opening_hours(OFFICE_HOURS, "zh") == "周一–周五 09:00–12:00、13:00–17:00"


def test_a_different_day_stands_alone_and_a_closed_one_is_left_out() -> None:
    calendar = WorkingCalendar.model_validate(
        {"weekly": {"mon": ["08:00-16:00"], "tue": ["08:00-16:00"], "thu": ["10:00-19:00"]}}
    )
    assert opening_hours(calendar, "en") == "Mon–Tue 08:00–16:00; Thu 10:00–19:00"


def test_mining_counts_in_the_hours_the_log_shows() -> None:
    """Appointments on the hour from 19:00 to 22:00, half an hour each: a night desk without breaks."""
    days = pd.date_range("2026-03-02", periods=70, freq="D")
    starts = [day + pd.Timedelta(hours=hour) for day in days for hour in (19, 20, 21, 22)]
    events = pd.DataFrame(
        {
            "case_id": [f"c{number // 4:03d}" for number in range(len(starts))],
            "activity": ["a", "b", "c", "d"] * len(days),
            "ts_start": pd.Series(starts, dtype="datetime64[ms]"),
            "ts_end": pd.Series(starts, dtype="datetime64[ms]") + pd.Timedelta(minutes=30),
            "file_row": range(2, len(starts) + 2),
        }
    )
    events["time"] = events["ts_end"]
    report = mine_everything(EventLog(events=sort_events(events)))
    (monday,) = report.calendar.weekly["mon"]
    assert monday == (19 * 60, 23 * 60)
    assert "sun" in report.calendar.weekly
    assert {step.work_minutes_median for step in report.process_map.steps} == {30.0}
    assert report.to_json("en")["calendar"]["source"] == report.calendar_source.en
