"""Self-service devices: hours up and down by hand, censored ends, intervals, fallbacks to a counter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mining.diagnostics.devices import Reliability, device_table, reliability
from mining.diagnostics.kiosk_availability import find_kiosk_availability
from mining.errors import MissingColumnsError
from mining.event_log import COUNTER, DOWN, KIOSK, OFF, PASS, RETURN, UP, EventLog
from mining.findings import Finding
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]
MONDAY = pd.Timestamp("2026-03-02")


def states(device: str, *rows: tuple[str, str], **more: object) -> list[Row]:
    return [{"device_id": device, "ts": ts, "state": state, **more} for ts, state in rows]


def log_with(log_of: LogMaker, devices: list[Row], events: list[Row] | None = None) -> EventLog:
    """A log that ends on Friday 4 at 17:00."""
    last: Row = {"case_id": "z", "activity": "受理", "place": COUNTER, "end": "4 17:00"}
    return log_of([*(events or []), last], devices=devices)


def table(log_of: LogMaker, *devices: list[Row]) -> pd.DataFrame:
    log = log_with(log_of, [row for rows in devices for row in rows])
    end_ms = int(log.events["time"].max().value // 10**6)
    return device_table(log, OFFICE_HOURS, end_ms)


def test_hours_by_hand(log_of: LogMaker) -> None:
    # open 9 to 17, lunch included: up Monday 9 to Tuesday 11 (10 h), down to 15 (4 h), up to Friday 17 (26 h)
    (row,) = table(log_of, states("K1", ("0 09:00", UP), ("1 11:00", DOWN), ("1 15:00", UP))).itertuples()
    assert (row.up_hours, row.down_hours, row.failures, row.repairs) == (36, 4, 1, 1)


def test_off_hours_are_told_by_the_device_itself(log_of: LogMaker) -> None:
    # up 8 to 20 on Monday with an hour down: the device's own hours, not those of the hall
    rows = states("K1", ("0 08:00", UP), ("0 10:00", DOWN), ("0 11:00", UP), ("0 20:00", OFF))
    (row,) = table(log_of, rows).itertuples()
    assert (row.up_hours, row.down_hours) == (11, 1)


def test_ends_that_nobody_saw(log_of: LogMaker) -> None:
    # begins down: its hours count (2), its failure does not; down again and off: one failure, not two
    began_down = states("A", ("0 09:00", DOWN), ("0 11:00", UP))
    over_night = states(
        "B", ("0 09:00", UP), ("0 16:00", DOWN), ("0 17:00", OFF), ("1 09:00", DOWN), ("1 10:00", UP)
    )
    still_down = states("C", ("0 09:00", UP), ("4 16:00", DOWN))
    a, b, c = table(log_of, began_down, over_night, still_down).itertuples()
    assert (a.down_hours, a.failures, a.repairs) == (2, 0, 1)
    assert (b.down_hours, b.failures, b.repairs) == (2, 1, 1)
    assert (c.down_hours, c.failures, c.repairs) == (1, 1, 0)


def test_intervals_by_hand() -> None:
    # 12 failures in 2,420 hours: Garwood's bounds of 12 are 6.2006 and 20.9616
    whole = Reliability(devices=6, up_hours=2420, down_hours=100, failures=12, repairs=12)
    assert whole.availability == pytest.approx(0.9603, abs=1e-4)
    assert whole.mtbf_hours == pytest.approx(2420 / 12)
    assert whole.mtbf_interval == pytest.approx((2420 / 20.9616, 2420 / 6.2006), rel=1e-4)
    # total repair time x 2 / mean has 24 degrees of freedom: chi-square 12.4012 and 39.3641
    assert whole.mttr_interval == pytest.approx((200 / 39.3641, 200 / 12.4012), rel=1e-4)
    # F(24, 24): 2.2693 at 97.5 %, its inverse at 2.5 %
    odds = 100 / 2420
    assert whole.availability_interval == pytest.approx(
        (1 / (1 + odds * 2.2693), 1 / (1 + odds / 2.2693)), rel=1e-4
    )
    never = Reliability(devices=1, up_hours=100, down_hours=0, failures=0, repairs=0)
    assert (never.availability, never.mtbf_hours, never.availability_interval) == (1.0, None, (None, None))


def failing(log_of: LogMaker, down_until: str) -> EventLog:
    """Two kiosks of one hall; K1 is down on three days from 10:00 to this time, K2 never."""
    rows = states("K2", ("0 09:00", UP), hall="东厅")
    rows += states("K1", ("0 09:00", UP), hall="东厅")
    for day in range(3):
        rows += states("K1", (f"{day} 10:00", DOWN), (f"{day} {down_until}", UP), hall="东厅")
    events: list[Row] = [
        {
            "case_id": "a",
            "activity": "查询",
            "place": KIOSK,
            "result": PASS,
            "start": "0 09:10",
            "end": "0 09:20",
        },
        # the same step at a counter on the same day
        {
            "case_id": "b",
            "activity": "打印",
            "place": KIOSK,
            "result": PASS,
            "start": "0 09:10",
            "end": "0 09:20",
        },
        {
            "case_id": "b",
            "activity": "打印",
            "place": COUNTER,
            "result": PASS,
            "start": "0 10:10",
            "end": "0 10:20",
        },
        # not passed, and another step at a counter; with an officer's help
        {
            "case_id": "c",
            "activity": "打印",
            "place": KIOSK,
            "result": RETURN,
            "start": "1 09:10",
            "end": "1 09:20",
        }
        | {"officer": "导办甲"},
        {
            "case_id": "c",
            "activity": "受理",
            "place": COUNTER,
            "result": PASS,
            "start": "1 10:10",
            "end": "1 10:20",
        },
        # the same step on the next day is no fallback, nor is another step after a pass
        {
            "case_id": "d",
            "activity": "打印",
            "place": KIOSK,
            "result": PASS,
            "start": "0 09:10",
            "end": "0 09:20",
        },
        {
            "case_id": "d",
            "activity": "受理",
            "place": COUNTER,
            "result": PASS,
            "start": "0 10:10",
            "end": "0 10:20",
        },
        {
            "case_id": "d",
            "activity": "打印",
            "place": COUNTER,
            "result": PASS,
            "start": "1 10:10",
            "end": "1 10:20",
        },
    ]
    elsewhere: Row = {"case_id": "e", "activity": "查询", "place": KIOSK, "hall": "西厅", "end": "0 09:30"}
    return log_with(log_of, rows, [*({**event, "hall": "东厅"} for event in events), elsewhere])


def test_a_hall_below_the_alarm(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    # 3 x 2 hours of 2 x 40: 92.5 %; MTBF 74 / 3, MTTR 2
    (finding,) = find_kiosk_availability(failing(log_of, "12:00"), OFFICE_HOURS)
    assert finding.where == {"devices": ["K1"], "hall": "东厅"}
    assert (finding.cases, finding.share) == (3, 0.075)
    assert finding.effect is not None
    assert finding.effect.value == pytest.approx(0.925)
    assert finding.effect.low is not None
    assert finding.effect.high is not None
    assert finding.effect.low < 0.925 < finding.effect.high
    assert (finding.evidence["mtbf_hours"], finding.evidence["mttr_hours"]) == (24.7, 2.0)
    assert finding.evidence["down_hours_by_device"] == {"K1": 6.0}
    assert (finding.evidence["kiosk_services"], finding.evidence["kiosk_fallback_share"]) == (4, 0.5)
    assert finding.evidence["kiosk_assisted_share"] == 0.25
    assert finding.example_cases == ("b", "c")
    assert [proposal.lever for proposal in finding.proposes] == ["kiosk_maintenance"]
    check_words(finding)


def test_what_is_no_finding(log_of: LogMaker) -> None:
    # 3 x 0.5 hours of 80 are 98.1 %; two failures are too few
    assert find_kiosk_availability(failing(log_of, "10:30"), OFFICE_HOURS) == []
    two = states("K1", ("0 09:00", UP), ("1 09:00", DOWN), ("2 09:00", UP), ("3 09:00", DOWN))
    assert find_kiosk_availability(log_with(log_of, two), OFFICE_HOURS) == []


@pytest.mark.parametrize(("mttr_hours", "alarms"), [(2.0, range(2)), (8.0, range(19, 21))])
def test_good_and_bad_maintenance_over_twenty_seeds(
    log_of: LogMaker, mttr_hours: float, alarms: range
) -> None:
    # six kiosks, 180 days: a failure each 200 hours, repaired after 2 (99 %) or 8 hours (96.2 %)
    found = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        rows: list[Row] = []
        for device in range(6):
            now, rows_of = 0.0, [(0.0, UP)]
            while now < 180 * 24:
                now += float(rng.exponential(200 * 24 / 8))  # 8 of 24 hours are open
                rows_of.append((now, DOWN))
                now += float(rng.exponential(mttr_hours * 24 / 8))
                rows_of.append((now, UP))
            rows += [
                {"device_id": f"K{device}", "ts": MONDAY + pd.Timedelta(hours=hour), "state": state}
                for hour, state in rows_of
                if hour < 180 * 24
            ]
        log = log_of([{"case_id": "z", "activity": "受理", "end": "179 17:00"}], devices=rows)
        found += len(find_kiosk_availability(log, OFFICE_HOURS))
    assert found in alarms


def test_needs_a_log_of_devices(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match=r"devices\.state"):
        find_kiosk_availability(log_with(log_of, []), OFFICE_HOURS)


def test_nothing_of_devices_adds_up_to_nothing() -> None:
    none = reliability(pd.DataFrame(columns=["up_hours", "down_hours", "failures", "repairs"]))
    assert (none.devices, none.scheduled_hours, none.failures) == (0, 0.0, 0)
