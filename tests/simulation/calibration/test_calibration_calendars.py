"""Opening hours read off activity."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from mining.working_time import OFFICE_HOURS
from simulation.calibration.calendars import calibrate_calendar
from simulation.calibration.observations import observe

HOLIDAY = dt.date(2026, 5, 1)  # a Friday
MAKE_UP = dt.date(2026, 5, 9)  # a Saturday


def ends(days, hours, per_hour, log_of_frame, extra=()):
    rng = np.random.default_rng(1)
    moments = [
        pd.Timestamp(day) + pd.Timedelta(hours=hour + float(rng.uniform(0, 1)))
        for day in days
        for hour in hours
        for _ in range(per_hour)
    ]
    frame = pd.DataFrame({"ts_end": [*moments, *extra]})
    frame["case_id"] = [f"c{i}" for i in range(len(frame))]
    frame["activity"] = "受理"
    return log_of_frame(frame)


def working_days():
    days = pd.date_range("2026-04-06", "2026-05-29", freq="B").date
    return [day for day in days if day != HOLIDAY] + [MAKE_UP]


def test_hours_lunch_holiday_and_make_up_day_are_found(log_of_frame):
    log = ends(working_days(), [9, 10, 11, 13, 14, 15, 16], 5, log_of_frame)
    hall = calibrate_calendar(observe(log))
    assert hall.calendar.weekly == dict.fromkeys(
        ("mon", "tue", "wed", "thu", "fri"), ((540, 720), (780, 1020))
    )
    assert hall.calendar.closed_days == (HOLIDAY,)
    assert hall.calendar.extra_days == (MAKE_UP,)
    assert hall.evidence.source == "measured"


def test_rare_night_work_does_not_open_the_hall_at_night(log_of_frame):
    late = [pd.Timestamp("2026-04-20 20:40"), pd.Timestamp("2026-04-21 21:10")]
    log = ends(working_days(), range(9, 17), 5, log_of_frame, late)
    assert calibrate_calendar(observe(log)).calendar.weekly["mon"] == ((540, 1020),)


def test_dates_without_time_do_not_open_the_hall_at_midnight(log_of_frame):
    dates = [pd.Timestamp(day) for day in working_days()]
    hall = calibrate_calendar(observe(ends(working_days(), range(9, 17), 5, log_of_frame, dates)))
    assert hall.calendar.weekly["mon"] == ((540, 1020),)
    assert f"{len(dates)} moments that are dates" in hall.evidence.note.en


def test_round_the_clock(log_of_frame):
    days = pd.date_range("2026-04-06", "2026-05-03").date
    hall = calibrate_calendar(observe(ends(days, range(24), 2, log_of_frame)))
    assert len(hall.calendar.weekly) == 7
    assert set(hall.calendar.weekly.values()) == {((0, 1440),)}


def test_quiet_log_has_no_invented_holidays(log_of_frame):
    # one event on every third working day: empty days mean nothing
    log = ends(working_days()[::3], [10], 4, log_of_frame)
    assert calibrate_calendar(observe(log)).calendar.closed_days == ()


def test_small_log_keeps_office_hours_and_says_so(make_log):
    hall = calibrate_calendar(observe(make_log("case_id activity ts_end", [("1", "a", "2026-04-06 10:00")])))
    assert hall.calendar == OFFICE_HOURS
    assert hall.evidence.source == "assumed"


def test_small_log_outside_office_hours_widens_them(make_log):
    rows = [("1", "a", "2026-04-04 07:10"), ("1", "b", "2026-04-04 20:40")]  # a Saturday
    hall = calibrate_calendar(observe(make_log("case_id activity ts_end", rows)))
    assert hall.calendar.weekly["sat"] == ((420, 1260),)
