"""People who gave up, appointments, tickets, clocks and machines in the tables of a simulated log."""

from __future__ import annotations

import pandas as pd
import pytest

from mining.event_log import (
    ABANDON,
    BOOKED,
    CASE_COLUMNS,
    CLOCK_STOP_COLUMNS,
    DEVICE_COLUMNS,
    DOWN,
    EVENT_COLUMNS,
    OFF,
    PASS,
    REJECT,
    RETURN,
    SERVED,
    TICKET_ABANDONED,
    TICKET_COLUMNS,
    TICKET_RETURNED,
    UP,
    WALK_IN,
)
from simulation.engines.log.tables import to_event_log
from simulation.engines.program import build_program
from simulation.engines.reference.simpy_engine import run_simpy

PATIENT = """
materials: [{name: 表}]
steps:
  - {name: 受理, pool: 窗口, duration: {kind: constant, minutes: 20}, decides: false,
     materials: [{material: 表}]}
  - {name: 复核, pool: 复核窗, duration: {kind: constant, minutes: 10}, reject_chance: 1}
members: [{name: 甲, serves: [窗口]}, {name: 乙, serves: [复核窗]}]
arrivals:
  - {name: A, per_day: 10, calendar: hall, half_hour_weights: {"10:00": 1}, priority: 1,
     patience: {minutes: {kind: constant, minutes: 15}, comes_back: 0},
     appointments: {share: 1, per_slot: 2, priority: -3}}
"""


def _at(text: str) -> pd.Timestamp:
    return pd.Timestamp(f"2026-03-02 {text}")


def _types(table: pd.DataFrame) -> dict[str, str]:
    return {name: str(kind) for name, kind in table.dtypes.items()}


@pytest.fixture
def patient(run_tiny):
    """0 is served 9:00-9:20 and 9:20-9:30 (rejected); 1 gives up at 9:16; 2 has booked for 9:20."""
    return to_event_log(*run_tiny(PATIENT, ["09:00", "09:01", "09:05"], slots=["-", "-", "09:20"], days=1))


def test_who_gave_up_has_an_event_without_service(patient):
    gone = patient.events[patient.events["result"] == ABANDON]
    (row,) = gone.to_dict("records")
    assert (row["case_id"], row["activity"]) == ("A-0000-0001", "受理")  # though the step decides nothing
    assert (row["ts_ticket"], row["ts_enabled"], row["time"]) == (_at("09:01"), _at("09:01"), _at("09:16"))
    assert gone[["ts_start", "ts_end", "window", "officer", "materials"]].isna().all(axis=None)
    assert "A-0000-0001" not in set(patient.materials["case_id"])
    assert _types(patient.events) == {name: EVENT_COLUMNS[name] for name in patient.events.columns}


def test_cases_that_were_given_up_say_so(patient):
    cases = patient.cases.set_index("case_id")
    assert cases["final_result"].tolist() == [REJECT, ABANDON, REJECT]
    assert cases.loc["A-0000-0001", "ts_finish"] == _at("09:16")
    issue = patient.quality.issue("gave_up")
    assert issue is not None
    assert issue.rows == 1
    assert "1 cases" in issue.message.en
    assert "1 件" in issue.message.zh


def test_a_ticket_for_each_counter_visit(patient):
    tickets = patient.tickets
    assert _types(tickets) == {name: TICKET_COLUMNS[name] for name in tickets.columns}
    shown = tickets[["case_id", "ts_ticket", "ts_call", "ts_start", "ts_end", "status", "window"]]
    assert shown.astype(object).where(shown.notna(), None).to_numpy().tolist() == [
        ["A-0000-0000", _at("09:00"), _at("09:00"), _at("09:00"), _at("09:20"), SERVED, "甲"],
        ["A-0000-0001", _at("09:01"), None, None, _at("09:16"), TICKET_ABANDONED, None],
        ["A-0000-0000", _at("09:20"), _at("09:20"), _at("09:20"), _at("09:30"), TICKET_RETURNED, "乙"],
        ["A-0000-0002", _at("09:20"), _at("09:20"), _at("09:20"), _at("09:40"), SERVED, "甲"],
        ["A-0000-0002", _at("09:40"), _at("09:40"), _at("09:40"), _at("09:50"), TICKET_RETURNED, "乙"],
    ]
    assert tickets["business"].tolist() == ["窗口", "窗口", "复核窗", "窗口", "复核窗"]
    assert tickets["ticket_type"].tolist() == [WALK_IN, WALK_IN, WALK_IN, BOOKED, WALK_IN]
    assert tickets["ts_booked"].tolist()[3] == _at("09:20")
    assert tickets["ts_booked"].notna().sum() == 1
    assert tickets["priority"].tolist() == ["1", "1", "1", "-2", "1"]
    assert tickets["file_row"].tolist() == [2, 3, 4, 5, 6]


def test_a_hall_in_which_nobody_can_give_up_does_not_claim_that_nobody_does(run_tiny):
    document = PATIENT.replace("patience: {minutes: {kind: constant, minutes: 15}, comes_back: 0},", "")
    document = document.replace("priority: -3", "priority: 0")
    log = to_event_log(*run_tiny(document, ["09:00", "09:01"], days=1))
    assert "status" not in log.tickets.columns
    assert "priority" not in log.tickets.columns
    assert len(log.tickets) == 4


def test_slots_nobody_came_for_are_tickets_without_times(make_model):
    document = PATIENT.replace("per_slot: 2", "per_slot: 2, no_show_chance: 0.5, no_show_comes_later: 0.5")
    program = build_program(make_model(document), 5)
    run = run_simpy(program, 3, 0)
    log = to_event_log(program, run)
    empty = log.tickets[log.tickets["ts_ticket"].isna()]
    assert (empty["ticket_type"] == BOOKED).all()
    assert empty["case_id"].isna().all()
    assert empty[["ts_call", "ts_start", "ts_end", "status"]].isna().all(axis=None)
    assert len(empty) == len(run.missed_slots) > run.no_shows > 0
    issue = log.quality.issue("no_shows")
    assert issue is not None
    assert (issue.rows, issue.of_rows) == (run.no_shows, len(empty) + (run.slot_ms >= 0).sum())
    came = log.tickets["ts_ticket"].fillna(log.tickets["ts_booked"])
    assert came.is_monotonic_increasing


def test_who_found_no_slot_is_counted(make_model):
    document = PATIENT.replace("per_slot: 2", "per_slot: 1, slot_minutes: 300")
    program = build_program(make_model(document), 2)
    run = run_simpy(program, 1, 0)
    issue = to_event_log(program, run).quality.issue("no_slot")
    assert issue is not None
    assert (issue.rows, issue.severity) == (run.no_slot, "warning")


def test_help_at_a_machine_takes_no_ticket(run_tiny):
    document = """
    steps:
      - {name: 自助, place: kiosk, pool: 机器, duration: {kind: constant, minutes: 5},
         stuck: {chance: 1, then: 帮办, keeps_machine: true}}
      - {name: 帮办, pool: 导办, duration: {kind: constant, minutes: 10}}
    flow: {step: 自助}
    members: [{name: 一号机, serves: [机器]}, {name: 甲, serves: [导办]}]
    """
    log = to_event_log(*run_tiny(document, ["09:00"], days=1))
    assert log.tickets["business"].tolist() == ["机器"]
    assert log.tickets["officer"].isna().all()
    events = log.events.set_index("activity")
    assert events["ts_ticket"].isna().to_dict() == {"自助": False, "帮办": True}
    assert events["ts_enabled"].to_dict() == {"自助": _at("09:00"), "帮办": _at("09:05")}
    assert events["result"].isna().to_dict() == {"自助": True, "帮办": False}  # stuck is no result
    elsewhere = document.replace("keeps_machine: true", "keeps_machine: false")
    assert len(to_event_log(*run_tiny(elsewhere, ["09:00"], days=1)).tickets) == 2


# --- clocks -------------------------------------------------------------------------------------------

LIMITS = """
materials: [{name: 表}]
steps:
  - {name: 收件, pool: 窗口, duration: {kind: constant, minutes: 10},
     materials: [{material: 表, defect_chance: 1}]}
  - {name: 勘验, place: back_office, clock: elapsed, duration: {kind: constant, minutes: 2880},
     stops_clock: true}
members: [{name: 甲, serves: [窗口]}]
visits: {correction_takes: {kind: constant, minutes: 1440}}
limits: {calendar: hall, accepted_by: 收件, statutory_working_days: 20, promised_working_days: 5}
"""


def test_acceptance_limits_and_stops_of_the_clock(run_tiny):
    # returned on Monday 9:10; corrected, the form is handed in on Tuesday 9:10, at fault again, and so on; it
    # is never accepted
    log = to_event_log(*run_tiny(LIMITS, ["09:00"], days=3))
    assert _types(log.cases) == {name: CASE_COLUMNS[name] for name in log.cases.columns}
    (case,) = log.cases.to_dict("records")
    assert (case["limit_statutory"], case["limit_promised"]) == (20, 5)
    assert pd.isna(case["ts_accept"])
    stops = log.clock_stops
    assert _types(stops) == dict(CLOCK_STOP_COLUMNS)
    assert stops[["kind", "reason"]].drop_duplicates().to_numpy().tolist() == [[RETURN, RETURN]]
    tuesday, wednesday = (_at("09:10") + pd.Timedelta(days=n) for n in (1, 2))
    assert stops["ts_start"].tolist()[:2] == [_at("09:10"), tuesday + pd.Timedelta(minutes=10)]
    assert stops["ts_end"].tolist()[0] == tuesday
    assert wednesday < stops["ts_end"].tolist()[1] < wednesday + pd.Timedelta(hours=1)
    assert pd.isna(stops["ts_end"].tolist()[2])  # the applicant still has it


def test_a_special_procedure_stops_the_clock_from_reaching_to_ending_it(run_tiny):
    log = to_event_log(*run_tiny(LIMITS.replace("defect_chance: 1", "defect_chance: 0"), ["09:00"], days=5))
    (case,) = log.cases.to_dict("records")
    assert case["ts_accept"] == _at("09:10")
    (stop,) = log.clock_stops.to_dict("records")
    assert (stop["kind"], stop["reason"]) == ("勘验", "特别程序")
    assert (stop["ts_start"], stop["ts_end"]) == (_at("09:10"), _at("09:10") + pd.Timedelta(days=2))


def test_without_a_step_of_acceptance_a_case_is_accepted_when_it_applies(run_tiny):
    log = to_event_log(*run_tiny(LIMITS.replace("accepted_by: 收件, ", ""), ["08:30"], days=2))
    assert log.cases["ts_accept"].tolist() == [_at("08:30")]
    bare = LIMITS.replace("limits: {", "evidence: {} #")
    log = to_event_log(*run_tiny(bare, ["08:30"], days=3))
    assert set(log.cases.columns).isdisjoint({"ts_accept", "limit_statutory", "limit_promised"})
    assert log.clock_stops.empty  # corrections stop no clock where there is none


# --- machines -----------------------------------------------------------------------------------------

MACHINES = """
steps: [{name: 打印, place: kiosk, pool: 机器, duration: {kind: constant, minutes: 10}}]
members:
  - {name: 一号机, serves: [机器], failure: {runs_for: {kind: constant, minutes: 240},
     repair: {kind: constant, minutes: 90}}}
  - {name: 二号机, serves: [机器]}
"""


def test_states_of_a_machine_in_its_own_hours(run_tiny):
    # runs 9-12 and 13-14, fails, repaired at 15:30; runs until 17:00 and 9:00-11:30, fails, repaired at 13:00
    log = to_event_log(*run_tiny(MACHINES, ["09:00"], days=2))
    assert _types(log.devices) == {name: DEVICE_COLUMNS[name] for name in log.devices.columns}
    assert set(log.devices["device_id"]) == {"一号机"}
    shown = [(f"{t:%d %H:%M}", s) for t, s in zip(log.devices["ts"], log.devices["state"], strict=True)]
    assert shown == [
        *[("02 09:00", UP), ("02 12:00", OFF), ("02 13:00", UP), ("02 14:00", DOWN), ("02 15:30", UP)],
        *[("02 17:00", OFF), ("03 09:00", UP), ("03 11:30", DOWN), ("03 12:00", OFF)],
        *[("03 13:00", UP), ("03 13:00", UP), ("03 17:00", OFF)],
    ]


def test_a_repair_over_night_is_down_in_the_morning(run_tiny):
    document = MACHINES.replace("minutes: 90", "minutes: 1200")
    # fails at 14:00, repaired on Tuesday at 10:00
    log = to_event_log(*run_tiny(document, ["09:00"], days=2))
    shown = [(f"{t:%d %H:%M}", s) for t, s in zip(log.devices["ts"], log.devices["state"], strict=True)]
    assert shown[3:8] == [
        *[("02 14:00", DOWN), ("02 17:00", OFF), ("03 09:00", DOWN), ("03 10:00", UP), ("03 12:00", OFF)]
    ]


def test_a_machine_not_repaired_within_the_run_is_down_to_its_end(run_tiny):
    document = MACHINES.replace("minutes: 90", "minutes: 6000")
    log = to_event_log(*run_tiny(document, ["09:00"], days=2))
    shown = [(f"{t:%d %H:%M}", s) for t, s in zip(log.devices["ts"], log.devices["state"], strict=True)]
    assert shown[3:] == [
        *[("02 14:00", DOWN), ("02 17:00", OFF), ("03 09:00", DOWN), ("03 12:00", OFF)],
        *[("03 13:00", DOWN), ("03 17:00", OFF)],
    ]


def test_results_of_served_people_are_as_ever(patient):
    served = patient.events[patient.events["activity"] == "复核"]
    assert (served["result"] == REJECT).all()
    assert patient.events.loc[patient.events["activity"] == "受理", "result"].isin([ABANDON]).sum() == 1
    assert PASS not in set(patient.events["result"])
