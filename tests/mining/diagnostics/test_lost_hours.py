"""Whose hours are lost: citizens', officials', or nobody's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mining.diagnostics.shared import case_waiting, event_hours, lost_hours, lost_on_copies
from mining.event_log import EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]


def test_the_whole_is_the_sum_of_the_known_parts() -> None:
    assert lost_hours(10.0, citizen=1.5, official=0.26) == {
        "hours_lost_per_year": 17.6,
        "citizen_hours_lost_per_year": 15.0,
        "official_hours_lost_per_year": 2.6,
    }
    assert lost_hours(10.0, citizen=1.5)["official_hours_lost_per_year"] is None
    assert lost_hours(10.0, citizen=1.5)["hours_lost_per_year"] == 15.0
    assert lost_hours(10.0)["hours_lost_per_year"] is None
    assert lost_hours(None, citizen=1.5, official=2.0)["hours_lost_per_year"] is None
    assert case_waiting(2.0, 3.0) == {"case_waiting_hours_per_year": 6.0}
    assert case_waiting(2.0, None) == {"case_waiting_hours_per_year": None}


def test_a_copy_costs_the_applicant_five_minutes_and_the_officer_less_than_one() -> None:
    lost = lost_on_copies(1.0, 600)
    assert (lost["citizen_hours_lost_per_year"], lost["official_hours_lost_per_year"]) == (50.0, 6.0)


def test_in_the_hall_both_lose_time_and_behind_it_the_file_lies(log_of: LogMaker) -> None:
    # ticket 9:00, served 9:30-9:50 by 甲; the file behind it taken up at 10:50 by 乙, done at 11:20
    rows: list[dict[str, object]] = [
        {
            "case_id": case,
            "activity": step,
            "officer": officer,
            "place": place,
            "ts_ticket": ticket,
            "start": start,
            "end": end,
        }
        for case, step, officer, place, ticket, start, end in (
            ("a", "受理", "甲", "counter", "2026-03-02 09:00", "0 09:30", "0 09:50"),
            ("a", "审核", "乙", "back_office", None, "0 10:50", "0 11:20"),
            ("b", "受理", "丙", "counter", None, "1 09:30", "1 09:40"),
        )
    ]
    log = log_of(rows)
    counter = event_hours(log, OFFICE_HOURS, np.array([0]))
    assert counter.citizen == pytest.approx(50 / 60)
    assert counter.official == pytest.approx(20 / 60)
    assert counter.case_waiting == 0.0
    behind = event_hours(log, OFFICE_HOURS, log.events["activity"].to_numpy() == "审核")
    assert behind.citizen == 0.0
    assert behind.official == pytest.approx(0.5)
    assert behind.case_waiting == pytest.approx(1.0)
    assert behind.lost(250.0) == {
        "hours_lost_per_year": 125.0,
        "citizen_hours_lost_per_year": 0.0,
        "official_hours_lost_per_year": 125.0,
    }


def test_a_log_of_end_times_knows_no_hours_of_anybody(log_of: LogMaker) -> None:
    rows = [
        {"case_id": "a", "activity": step, "end": end} for step, end in (("x", "0 09:00"), ("y", "0 11:00"))
    ]
    hours = event_hours(log_of(rows), OFFICE_HOURS, np.array([1]))
    assert (hours.citizen, hours.official, hours.case_waiting) == (None, None, 2.0)
