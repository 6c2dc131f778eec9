"""Waiting against working, loads of counters, and time to reach where only ends are known."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from mining.diagnostics.counters import find_counter_loads
from mining.diagnostics.step_events import mean_interval
from mining.diagnostics.time_to_reach import find_time_to_reach
from mining.diagnostics.waiting_share import find_waiting
from mining.errors import MissingColumnsError
from mining.event_log import COUNTER, EventLog
from mining.waiting import split_times
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
DAY = pd.Timedelta(days=1)
NINE = pd.Timestamp("2026-03-02 09:00")


def services(
    dept: str, step: str, *, per_day: int, wait_minutes: int, work_minutes: int, place: str = COUNTER
) -> list[dict[str, object]]:
    """Five days; the n-th service of a day starts n x (wait + work) minutes after 9:00 plus its own wait."""
    rows = []
    for day in range(5):
        for n in range(per_day):
            enabled = NINE + day * DAY + pd.Timedelta(minutes=n * (wait_minutes + work_minutes))
            start = enabled + pd.Timedelta(minutes=wait_minutes)
            rows.append(
                {
                    "case_id": f"{step}-{day}-{n}",
                    "activity": step,
                    "dept": dept,
                    "officer": f"{dept}-1",
                    "place": place,
                    "ts_enabled": enabled,
                    "start": start,
                    "end": start + pd.Timedelta(minutes=work_minutes),
                }
            )
    return rows


def test_a_counter_with_long_waits_is_found_and_its_idle_neighbour_named(log_of: LogMaker) -> None:
    # 税务: 6 services a day of 40 minutes wait and 10 work; 社保: 6 of 0 and 5. Open 420 minutes a day:
    # utilisation 60/420 = 0.143 and 30/420 = 0.071, mean 0.107, sd 0.036, cv 1/3
    busy = services("税务局", "核税", per_day=6, wait_minutes=40, work_minutes=10)
    log = log_of(busy + services("人社局", "社保", per_day=6, wait_minutes=0, work_minutes=5))
    (finding,) = find_waiting(log, OFFICE_HOURS)
    assert finding.where == {"step": "核税", "department": "税务局"}
    assert finding.evidence["wait_minutes_mean"] == 40
    assert finding.evidence["work_minutes_mean"] == 10
    assert finding.evidence["waiting_share"] == 0.8
    assert finding.evidence["utilisation_by_counter"] == {"人社局": 0.071, "税务局": 0.143}
    assert finding.evidence["load_cv"] == pytest.approx(1 / 3, abs=1e-3)
    # 30 waits of 40 minutes in one week
    assert finding.hours_lost_per_year == pytest.approx(30 * 40 / 60 * 50)
    # somebody waits 9:00-9:40, 9:50-10:30, ...; the social insurance counter is busy only 9:00-9:30
    share = finding.evidence["idle_elsewhere_share"]
    assert isinstance(share, float)
    assert share == pytest.approx(1 - 30 / 200, abs=0.02)
    (proposal,) = finding.proposes
    assert (proposal.lever, proposal.parameters) == ("one_window", {"pools": ["人社局", "税务局"]})


def test_short_waits_are_no_finding(log_of: LogMaker) -> None:
    log = log_of(services("税务局", "核税", per_day=8, wait_minutes=25, work_minutes=20))
    assert find_waiting(log, OFFICE_HOURS) == []


def test_one_department_has_nothing_to_be_merged_with(log_of: LogMaker) -> None:
    log = log_of(services("税务局", "核税", per_day=6, wait_minutes=40, work_minutes=10))
    (finding,) = find_waiting(log, OFFICE_HOURS)
    assert finding.proposes == ()
    assert find_counter_loads(log, split_times(log, OFFICE_HOURS), OFFICE_HOURS) is None


def test_back_office_work_waits_by_another_measure(log_of: LogMaker) -> None:
    # working minutes of the six of a day, over lunch and after 17:00 too:
    # 审核 waits 80, 80, 40, 80, 80, 0 (mean 60), works 20, 20, 20, 20, 0, 0 (mean 13): 4.5 times as long
    # 复核 waits 70, 70, 10, 70, 70, 30 (mean 53): less than an hour
    long = services("税务局", "审核", per_day=6, wait_minutes=80, work_minutes=20, place="back_office")
    short = services("税务局", "复核", per_day=6, wait_minutes=70, work_minutes=20, place="back_office")
    findings = find_waiting(log_of(long + short), OFFICE_HOURS)
    assert [(f.where["step"], f.evidence["wait_minutes_mean"]) for f in findings] == [("审核", 60.0)]


def test_ends_alone_do_not_tell_waiting(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match="ts_start"):
        find_waiting(log_of([{"case_id": "a", "activity": "x", "end": "0 09:00"}]), OFFICE_HOURS)


def ends(n: int) -> list[dict[str, object]]:
    """受理 at 9:00, 审核 two working days later, 发证 an hour after that."""
    return [
        {"case_id": f"c{number:02d}", "activity": step, "end": when}
        for number in range(n)
        for step, when in (("受理", "0 09:00"), ("审核", "2 09:00"), ("发证", "2 10:00"))
    ]


def test_time_to_reach_names_the_step_that_takes_the_time(log_of: LogMaker) -> None:
    (finding,) = find_time_to_reach(log_of(ends(30)), OFFICE_HOURS)
    assert (finding.kind, finding.where["step"]) == ("time_to_reach", "审核")
    assert finding.evidence["reach_working_days_mean"] == 2.0
    # 14 of 15 working hours
    assert finding.evidence["share_of_all_time"] == pytest.approx(14 / 15, abs=1e-4)
    # three working days: 30 cases x 14 hours x 250 / 3
    assert finding.evidence["case_waiting_hours_per_year"] == pytest.approx(30 * 14 * 250 / 3, abs=0.1)
    assert finding.hours_lost_per_year is None
    assert find_time_to_reach(log_of(ends(29)), OFFICE_HOURS) == []


def test_with_start_times_time_to_reach_is_silent(log_of: LogMaker) -> None:
    log = log_of(services("税务局", "核税", per_day=6, wait_minutes=40, work_minutes=10))
    assert find_time_to_reach(log, OFFICE_HOURS) == []


def test_the_interval_of_a_mean_comes_from_the_days() -> None:
    # days with means 10 and 20, two values each: mean 15, off by -10 and +10, error sqrt(2 x 200) / 4 = 5
    day_ms = 86_400_000
    times = pd.array([0, 0, day_ms, day_ms]).to_numpy(dtype="int64")
    low, high = mean_interval(times, pd.array([8.0, 12.0, 18.0, 22.0]).to_numpy(dtype="float64"))
    assert (low, high) == (pytest.approx(15 - 1.96 * 5), pytest.approx(15 + 1.96 * 5))
    assert mean_interval(times[:2], pd.array([8.0, 12.0]).to_numpy(dtype="float64")) == (None, None)
