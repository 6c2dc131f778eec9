"""Officers' own hours: planted timetables are read back, and arithmetic in them agrees with a plain count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mining.event_log import EventLog, sort_events
from mining.officer_hours import OfficerHours, RestsOn, find_officer_hours, officer_codes
from mining.working_time import MS_PER_HOUR, OFFICE_HOURS, WorkingCalendar

MONDAY = pd.Timestamp("2026-03-02")


def log_of_shifts(
    shifts: dict[str, tuple[list[int], list[tuple[int, int]], int]], weeks: int = 10
) -> EventLog:
    """Officers with (weekdays, periods in hours, starts a day), each start evenly spread over the periods."""
    rows = []
    for officer, (weekdays, periods, per_day) in shifts.items():
        minutes = np.concatenate([np.arange(begin * 60, end * 60) for begin, end in periods])
        for week in range(weeks):
            for weekday in weekdays:
                for n in range(per_day):
                    at = minutes[int((n + 0.5) * minutes.size / per_day)]
                    start = MONDAY + pd.Timedelta(days=7 * week + weekday, minutes=int(at))
                    rows.append(
                        (f"{officer}-{len(rows)}", "审核", officer, start, start + pd.Timedelta(minutes=5))
                    )
    events = pd.DataFrame(rows, columns=["case_id", "activity", "officer", "ts_start", "ts_end"])
    events = events.astype({"ts_start": "datetime64[ms]", "ts_end": "datetime64[ms]"})
    return EventLog(
        events=sort_events(events.assign(time=events["ts_end"], file_row=range(2, len(events) + 2)))
    )


def open_hours(hours: OfficerHours, officer: int, day: int) -> list[int]:
    """Hours of the day the officer works on day `day` from Monday on."""
    edges = MONDAY.value // 1_000_000 + (24 * day + np.arange(25)) * MS_PER_HOUR
    passed = np.diff(hours.open_until(np.full(25, officer), edges))
    assert set(passed) <= {0, MS_PER_HOUR}
    return [int(hour) for hour in np.flatnonzero(passed)]


@pytest.fixture(scope="module")
def hours() -> tuple[OfficerHours, dict[str, int]]:
    log = log_of_shifts(
        {
            "早": ([0, 1, 2, 3, 4], [(8, 14)], 24),  # early shift without a break
            "晚": ([0, 2, 4], [(9, 12), (13, 17)], 28),  # three days a week, lunch
            "新": ([0, 1], [(9, 12)], 3),  # new: 60 starts
        }
    )
    codes, names = officer_codes(log)
    return find_officer_hours(log, codes, OFFICE_HOURS), {str(name): n for n, name in enumerate(names)}


def test_planted_shifts_are_read_back(hours):
    found, code = hours
    assert open_hours(found, code["早"], 0) == [8, 9, 10, 11, 12, 13]
    assert open_hours(found, code["晚"], 0) == [9, 10, 11, 13, 14, 15, 16]
    assert open_hours(found, code["晚"], 1) == []
    assert open_hours(found, code["早"], 5) == []
    assert found.rests_on[code["早"]] == RestsOn.OWN


def test_work_at_night_now_and_then_is_not_in_the_hours():
    # every week one of 121 starts is at 22:00: fewer than 15 % of a usual half-hour
    shifts = {"早": ([0, 1, 2, 3, 4], [(8, 14)], 24)}
    log = log_of_shifts(shifts)
    late = log_of_shifts({"早": ([3], [(22, 23)], 1)}).events
    events = pd.concat([log.events, late.assign(case_id="l" + late["case_id"])])
    log = EventLog(events=sort_events(events.assign(file_row=range(2, len(events) + 2))))
    codes, _ = officer_codes(log)
    assert open_hours(find_officer_hours(log, codes, OFFICE_HOURS), 0, 3) == [8, 9, 10, 11, 12, 13]


def test_who_did_little_takes_the_hours_of_the_pool(hours):
    found, code = hours
    assert found.rests_on[code["新"]] == RestsOn.POOL
    assert open_hours(found, code["新"], 0) == [8, 9, 10, 11, 12, 13, 14, 15, 16]


def test_a_small_log_takes_the_hours_of_the_hall():
    log = log_of_shifts({"早": ([0, 1], [(8, 14)], 4)}, weeks=2)
    codes, _ = officer_codes(log)
    found = find_officer_hours(log, codes, OFFICE_HOURS)
    assert list(found.rests_on) == [RestsOn.HALL]
    assert open_hours(found, 0, 0) == [9, 10, 11, 13, 14, 15, 16]


def test_closed_days_and_make_up_days_are_those_of_the_hall():
    log = log_of_shifts({"早": ([0, 1, 2, 3, 4], [(8, 14)], 24)})
    hall = OFFICE_HOURS.model_copy(
        update={
            "closed_days": (pd.Timestamp("2026-03-03").date(),),
            "extra_days": (pd.Timestamp("2026-03-07").date(),),
        }
    )
    codes, _ = officer_codes(log)
    found = find_officer_hours(log, codes, hall)
    assert open_hours(found, 0, 1) == []
    assert open_hours(found, 0, 5) == [8, 9, 10, 11, 12, 13]


@pytest.mark.parametrize("inside", [None, OFFICE_HOURS, OFFICE_HOURS.envelope()])
def test_arithmetic_against_a_count_of_minutes(hours, inside: WorkingCalendar | None):
    found, code = hours
    begin = MONDAY.value // 1_000_000
    minutes = begin + np.arange(0, 8 * 1440) * 60_000
    for officer in code.values():
        who = np.full(minutes.size, officer)
        open_now = np.diff(found.open_until(who, minutes), append=0)[:-1] > 0
        if inside is not None:
            open_now &= inside.working_ms_between(minutes[:-1], minutes[1:]) > 0
        passed = found.open_until(who, minutes, inside)
        assert np.array_equal(passed[1:] - passed[0], np.cumsum(open_now) * 60_000)
        if inside is not None:
            continue
        closed = found.closed_since(who, minutes)
        last_open = np.where(open_now, minutes[1:], begin)
        assert np.array_equal(closed[1:], np.maximum.accumulate(last_open))


def test_a_window_stands_for_the_officer_where_no_officer_is_known(hand_log):
    log = hand_log([("a", "受理", "Mon 09:00", "Mon 09:10", {"window": "3", "hall": "A"})])
    codes, names = officer_codes(log)
    assert (list(codes), list(names)) == ([0], ["A 3"])
