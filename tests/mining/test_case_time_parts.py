"""Where the time of a case goes: timelines worked by hand, and that the parts sum to the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from mining.case_time_parts import Part, find_case_time_parts
from mining.case_times import find_case_times
from mining.event_log import ABANDON, APPLICANT, BACK_OFFICE, COUNTER, PASS, RETURN, EventLog
from mining.working_time import MS_PER_MINUTE, OFFICE_HOURS

HERE, BEHIND = {"place": COUNTER, "officer": "窗口"}, {"place": BACK_OFFICE, "officer": "甲"}
SEEN = {"place": BACK_OFFICE}
NAMES = [("x", "其他", "Mon 08:00", "Mon 08:01", {"officer": name, "place": BACK_OFFICE}) for name in "乙丙"]


def minutes(log: EventLog, case: str = "a") -> dict[str, float]:
    """Minutes of one case by part; parts without any are left out."""
    found = find_case_time_parts(log, OFFICE_HOURS)
    ids = sorted(log.events["case_id"].unique())
    (at,) = np.flatnonzero(found.cases == ids.index(case))
    return {part.name.lower(): found.ms[part, at] / MS_PER_MINUTE for part in Part if found.ms[part, at]}


def test_the_example_of_the_module(hand_log):
    log = hand_log(
        [
            ("a", "受理", "Mon 09:20", "Mon 09:30", {**HERE, "ts_ticket": "Mon 09:00"}),
            ("a", "审核", "Mon 14:00", "Mon 15:00", BEHIND),
            *NAMES,  # two more people, so that names are believed
        ]
    )
    assert minutes(log) == {"touch": 70, "hall_queue": 20, "closed_hours": 60, "back_office_wait": 210}


def test_a_file_open_at_a_desk_is_touched_only_in_part(hand_log):
    # both files are open 9:00-11:00: an hour of the officer's time each
    works = [(case, "审核", "Mon 09:00", "Mon 11:00", BEHIND) for case in "ab"]
    assert minutes(hand_log([*works, *NAMES])) == {"touch": 60, "back_office_wait": 60}
    nobody = [(case, "审核", "Mon 09:00", "Mon 11:00", SEEN) for case in "ab"]
    assert minutes(hand_log(nobody)) == {"in_hand": 120}


def test_a_correction_is_the_applicants_until_the_paper_is_back(hand_log):
    rows = [
        ("a", "受理", "Mon 09:00", "Mon 09:30", {**HERE, "result": RETURN}),
        ("a", "审核", "Tue 10:00", "Tue 11:00", SEEN),
    ]
    # notice Monday 9:30, paper back Tuesday 9:15, reviewed from 10:00 on
    paper = [{"case_id": "a", "activity": "受理", "material_name": "证明", "ts_received": "Tue 09:15"}]
    assert minutes(hand_log(rows, materials=paper)) == {
        "touch": 30,
        "applicant": 23 * 60 + 45,
        "back_office_wait": 45,
        "in_hand": 60,
    }
    without = hand_log(rows)
    assert minutes(without) == {"touch": 30, "applicant": 24.5 * 60, "in_hand": 60}
    assert find_case_time_parts(without, OFFICE_HOURS).corrections_assumed == 1


def test_between_two_visits_the_applicant_is_at_home(hand_log):
    log = hand_log(
        [
            ("a", "受理", "Mon 16:00", "Mon 16:10", HERE),
            ("a", "领证", "Tue 10:00", "Tue 10:10", {**HERE, "ts_ticket": "Tue 09:40"}),
        ]
    )
    assert minutes(log) == {"touch": 20, "applicant": 17.5 * 60, "hall_queue": 20}
    no_ticket = hand_log(
        [("a", "受理", "Mon 16:00", "Mon 16:10", HERE), ("a", "领证", "Tue 10:00", "Tue 10:10", HERE)]
    )
    assert minutes(no_ticket) == {"touch": 20, "applicant": 17 * 60 + 50}
    assert find_case_time_parts(no_ticket, OFFICE_HOURS).homes_assumed == 1


def test_who_gave_up_stood_in_the_queue_until_leaving(hand_log):
    # Monday 9:00-9:20 in vain, at home until Tuesday 9:00, then 10 minutes of waiting and 15 of service
    rows = [
        ("a", "受理", None, None, {**HERE, "ts_ticket": "Mon 09:00", "time": "Mon 09:20", "result": ABANDON}),
        ("a", "受理", "Tue 09:10", "Tue 09:25", {**HERE, "ts_ticket": "Tue 09:00", "result": PASS}),
    ]
    assert minutes(hand_log(rows)) == {"touch": 15, "hall_queue": 30, "applicant": 23 * 60 + 40}


def test_what_the_applicant_does_alone(hand_log):
    log = hand_log(
        [
            ("a", "受理", "Mon 09:00", "Mon 09:10", HERE),
            ("a", "网上缴费", "Mon 10:00", "Mon 10:05", {"place": APPLICANT}),
        ]
    )
    assert minutes(log) == {"touch": 10, "applicant": 55}


def stopped(log: EventLog, kind: str, begin: str, end: str | None) -> EventLog:
    stops = pd.DataFrame(
        {
            "case_id": ["a"],
            "kind": [kind],
            "ts_start": pd.Series([pd.Timestamp(begin)], dtype="datetime64[ms]"),
            "ts_end": pd.Series([pd.Timestamp(end) if end else pd.NaT], dtype="datetime64[ms]"),
        }
    )
    return replace(log, clock_stops=stops)


def test_special_procedures_run_through_nights_and_corrections_are_the_applicants(hand_log):
    log = hand_log(
        [("a", "受理", "Mon 09:00", "Mon 09:10", HERE), ("a", "审核", "Tue 14:00", "Tue 15:00", SEEN)]
    )
    hearing = stopped(log, "听证", "2026-03-02 10:00", "2026-03-03 10:00")
    assert minutes(hearing) == {
        "touch": 10,
        "back_office_wait": 50 + 180,
        "special_procedure": 24 * 60,
        "closed_hours": 60,
        "in_hand": 60,
    }
    asked = stopped(log, "补正", "2026-03-02 10:00", None)  # to the end
    assert minutes(asked) == {"touch": 10, "back_office_wait": 50, "applicant": 28 * 60, "in_hand": 60}


def test_ends_only_leave_waiting_and_working_untold(hand_log):
    log = hand_log([("a", "受理", None, "Mon 10:00", {}), ("a", "审核", None, "Mon 14:00", {})])
    assert minutes(log) == {"untold": 180, "closed_hours": 60}


@given(seed=st.integers(0, 10_000))
def test_parts_sum_to_the_time_of_each_case(random_log, seed):
    log = random_log(seed)
    draw = np.random.default_rng(seed)
    events = log.events.assign(
        result=pd.array(np.where(draw.random(log.n_events) < 0.2, RETURN, "通过"), dtype="str"),
        officer=pd.array([f"o{code}" for code in draw.integers(0, 5, log.n_events)], dtype="str"),
    )
    begin = events["time"].iloc[:10].reset_index(drop=True)
    stops = pd.DataFrame(
        {
            "case_id": events["case_id"].iloc[:10].reset_index(drop=True),
            "kind": "检测",
            "ts_start": begin,
            "ts_end": begin + pd.Timedelta(hours=30),
        }
    )
    log = replace(log, events=events, clock_stops=stops)
    found = find_case_time_parts(log, OFFICE_HOURS)
    times = find_case_times(log)
    assert (found.ms >= 0).all()
    assert np.array_equal(found.ms.sum(axis=0), (times.finish_ms - times.begin_ms)[found.cases])
    assert found.cases.size == log.n_cases
