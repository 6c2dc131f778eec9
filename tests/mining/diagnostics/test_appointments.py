"""Appointments: no-shows by check-in or by status, punctuality, waits of walk-ins."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mining.diagnostics.appointments import find_appointments
from mining.errors import MissingColumnsError
from mining.event_log import BOOKED, REMOTE_TICKET, SERVED, TICKET_ABANDONED, WALK_IN, EventLog
from mining.findings import Finding
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]
MONDAY = pd.Timestamp("2026-03-02")
NINE, TEN = "0 09:00", "0 10:00"


def log_with(log_of: LogMaker, *tickets: list[Row]) -> EventLog:
    """A log that ends on Friday 4 at 17:00, with these tickets."""
    rows = [row for part in tickets for row in part]
    named = [{"ticket_no": f"A{n:04d}", "business": "综合", **row} for n, row in enumerate(rows)]
    ends = ({"case_id": "z", "activity": "受理", "end": end} for end in ("0 09:00", "4 17:00"))
    return log_of(ends, tickets=named)


def booked(n: int, **more: object) -> list[Row]:
    return [{"ticket_type": BOOKED, "ts_booked": TEN, **more} for _ in range(n)]


SERVED_ONES: Row = {
    "status": SERVED,
    "ts_ticket": "0 09:50",
    "ts_call": TEN,
    "ts_start": TEN,
    "ts_end": "0 10:12",
}


def test_no_shows_by_hand(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    # 75 served, 25 nobody checked in for, 5 slots after the log ends, 20 walk-ins: 25 of 100
    served = booked(60, **SERVED_ONES) + booked(
        15, **{**SERVED_ONES, "ts_ticket": "0 10:20", "ts_call": "0 10:30"}
    )
    log = log_with(
        log_of,
        served,
        booked(25, status=TICKET_ABANDONED),
        booked(5, ts_booked="7 10:00"),
        [{"ticket_type": WALK_IN, "ts_ticket": NINE, "status": SERVED}] * 20,
    )
    (finding,) = find_appointments(log, OFFICE_HOURS)
    assert (finding.kind, finding.cases, finding.share) == ("no_shows", 25, 0.25)
    assert finding.effect is not None
    # Wilson of 25 of 100: 0.1755 to 0.3430
    assert finding.effect.low == pytest.approx(0.1755, abs=1e-4)
    assert finding.effect.high == pytest.approx(0.3430, abs=1e-4)
    assert finding.where == {"queues": ["综合"]}
    assert finding.evidence["no_shows_read_from"] == "ts_ticket"
    # 60 came 10 minutes early, 15 came 20 minutes late
    assert (finding.evidence["came_early_share"], finding.evidence["came_late_share"]) == (0.0, 0.2)
    assert finding.evidence["minutes_after_slot_median"] == -10.0
    assert finding.evidence["booked_share"] == 0.84
    # 25 services of 12 minutes on 5 working days: x 50
    assert finding.official_hours_lost_per_year == 25 * 12 / 60 * 50
    assert finding.citizen_hours_lost_per_year is None
    check_words(finding)


def test_where_check_ins_are_not_recorded_the_status_tells(log_of: LogMaker) -> None:
    log = log_with(log_of, booked(60, **SERVED_ONES), booked(40, ts_ticket=NINE, status=TICKET_ABANDONED))
    (finding,) = find_appointments(log, OFFICE_HOURS)
    assert (finding.cases, finding.evidence["no_shows_read_from"]) == (40, "status")
    assert "came_late_share" not in finding.evidence


def test_who_checked_in_and_left_is_no_no_show(log_of: LogMaker) -> None:
    log = log_with(
        log_of,
        booked(50, **SERVED_ONES),
        booked(20, ts_ticket=NINE, status=TICKET_ABANDONED),
        booked(30, status=TICKET_ABANDONED),
    )
    (finding,) = find_appointments(log, OFFICE_HOURS)
    assert (finding.cases, finding.evidence["checked_in_and_left"]) == (30, 20)


@pytest.mark.parametrize(
    ("empty", "n", "why"),
    [(5, 29, "too few"), (15, 100, "15 % of 100 is 9.3 to 23.3 %"), (0, 100, "all came")],
)
def test_what_is_no_finding(log_of: LogMaker, empty: int, n: int, why: str) -> None:
    log = log_with(log_of, booked(n - empty, **SERVED_ONES), booked(empty, status=TICKET_ABANDONED))
    assert find_appointments(log, OFFICE_HOURS) == [], why


def a_month(log_of: LogMaker, seed: int, no_show: float, walk_in_minutes: float) -> EventLog:
    """Twenty days of 15 booked tickets and 15 walk-ins, waits exponential around 10 and this many minutes."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for day in range(20):
        for slot in range(15):
            at = MONDAY + pd.Timedelta(days=day // 5 * 7 + day % 5, hours=9, minutes=10 * slot)
            came = rng.random() >= no_show
            called = at + pd.Timedelta(minutes=float(rng.exponential(10)))
            rows.append(
                {"ticket_type": BOOKED, "ts_booked": at, "status": SERVED if came else TICKET_ABANDONED}
                | ({"ts_ticket": at, "ts_call": called, "ts_start": called} if came else {})
            )
            called = at + pd.Timedelta(minutes=float(rng.exponential(walk_in_minutes)))
            rows.append({"ticket_type": WALK_IN, "ts_ticket": at, "ts_call": called, "status": SERVED})
    log = log_with(log_of, rows)
    return log_of(
        [{"case_id": "z", "activity": "受理", "end": "30 17:00"}], tickets=log.tickets.to_dict("records")
    )


def test_twenty_seeds_of_what_is_usual_and_of_what_is_not(log_of: LogMaker) -> None:
    # usual: 10 % stay away and walk-ins wait 15 minutes longer; not: 20 % and 40 minutes longer
    usual = [find_appointments(a_month(log_of, seed, 0.10, 25), OFFICE_HOURS) for seed in range(20)]
    assert sum(bool(found) for found in usual) <= 1
    for seed in range(20):
        kinds = {finding.kind for finding in find_appointments(a_month(log_of, seed, 0.20, 50), OFFICE_HOURS)}
        assert kinds == {"no_shows", "walk_ins_wait_longer"}


def test_walk_ins_by_hand(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    # on each of four days ten with an appointment wait 5 minutes from the later of slot and check-in, ten
    # walk-ins 50, five with a ticket drawn from afar are left out
    rows: list[Row] = []
    for day in range(4):
        early = {"ts_booked": f"{day} 10:00", "ts_ticket": f"{day} 09:40", "ts_call": f"{day} 10:05"}
        late = {"ts_booked": f"{day} 10:00", "ts_ticket": f"{day} 10:20", "ts_call": f"{day} 10:25"}
        rows += [{"ticket_type": BOOKED, "status": SERVED, **each} for each in [early] * 5 + [late] * 5]
        spot = {"ts_ticket": f"{day} 09:00", "ts_call": f"{day} 09:50", "status": SERVED}
        rows += [{"ticket_type": WALK_IN, **spot}] * 10 + [{"ticket_type": REMOTE_TICKET, **spot}] * 5
    (finding,) = find_appointments(log_with(log_of, rows), OFFICE_HOURS)
    assert (finding.kind, finding.cases, finding.share) == ("walk_ins_wait_longer", 40, None)
    assert finding.effect is not None
    assert (finding.effect.value, finding.effect.low, finding.effect.high) == pytest.approx((45, 45, 45))
    assert finding.evidence["booked_wait_minutes_mean"] == 5.0
    assert finding.evidence["walk_in_wait_minutes_p90"] == 50.0
    check_words(finding)


def test_needs_types_and_slots(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match=r"tickets\.ts_booked"):
        find_appointments(log_with(log_of, [{"ticket_type": WALK_IN}]), OFFICE_HOURS)
