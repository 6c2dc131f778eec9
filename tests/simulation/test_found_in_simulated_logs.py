"""What is modelled is found again by mining: abandonment, no-shows, broken machines, missed time limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mining.columns import log_columns
from mining.deadlines import CLOSING_MINUTE
from mining.diagnostics.registry import diagnose
from mining.diagnostics.time_limits import find_time_limits
from mining.event_log import EventLog
from mining.findings import Finding
from mining.measures import measure
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE
from simulation.engines.log.tables import case_names, to_event_log
from simulation.engines.program import Program, build_program
from simulation.engines.reference.cases import Outcome
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.engines.run_records import Record, RunRecords
from simulation.service_model import ServiceModel, service_model_from

WEEK = {day: ["09:00-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def exponential(minutes: float) -> dict[str, Any]:
    return {"kind": "exponential", "mean_minutes": minutes}


HALL: dict[str, Any] = {
    "name": {"zh": "小厅", "en": "Tiny hall"},
    "start_date": "2026-03-02",
    "calendars": {"hall": {"weekly": WEEK}},
    "materials": [{"name": "表"}],
    "pools": [{"name": "窗口"}, {"name": "机器"}, {"name": "科室"}],
    "members": [
        {"name": "甲", "serves": ["窗口"], "calendar": "hall"},
        *(
            {
                "name": f"{n}号机",
                "serves": ["机器"],
                "calendar": "hall",
                "failure": {"runs_for": exponential(2000), "repair": exponential(300)},
            }
            for n in "一二"
        ),
        {"name": "乙", "serves": ["科室"], "calendar": "hall"},
    ],
    "steps": [
        {
            "name": "受理",
            "place": "counter",
            "pool": "窗口",
            "duration": exponential(12),
            "materials": [{"material": "表", "defect_chance": 0.2}],
        },
        {"name": "打印", "place": "kiosk", "pool": "机器", "duration": exponential(3), "decides": False},
        {
            "name": "勘验",
            "clock": "elapsed",
            "duration": {"kind": "constant", "minutes": 3 * 1440},
            "stops_clock": True,
        },
        {"name": "审核", "pool": "科室", "duration": exponential(20)},
    ],
    "flow": {"sequence": [{"step": name} for name in ("受理", "打印", "勘验", "审核")]},
    "arrivals": [
        {
            "name": "到场",
            "per_day": 40,
            "calendar": "hall",
            "half_hour_weights": {"09:00": 1, "09:30": 1, "10:30": 1, "14:00": 1, "15:00": 1},
            "patience": {"minutes": exponential(60), "comes_back": 0.4},
            "appointments": {
                "share": 0.4,
                "slot_minutes": 30,
                "per_slot": 2,
                "no_show_chance": 0.3,
                "no_show_comes_later": 0.3,
                "lateness_minutes": [-15, 0, 20],
            },
        }
    ],
    "visits": {"calendar": "hall", "correction_takes": exponential(1440), "come_back_after": exponential(60)},
    "limits": {
        "calendar": "hall",
        "accepted_by": "受理",
        "statutory_working_days": 5,
        "promised_working_days": 1,
    },
}

Ran = tuple[ServiceModel, Program, RunRecords, EventLog]


@pytest.fixture(scope="module")
def ran() -> Ran:
    model = service_model_from(HALL)
    program = build_program(model, 60)
    run = run_simpy(program, 2, 0)
    return model, program, run, to_event_log(program, run)


@pytest.fixture(scope="module")
def findings(ran: Ran) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in diagnose(ran[3], ran[0].calendars["hall"]).findings:
        found.setdefault(finding.kind, []).append(finding)
    return found


def column(run: RunRecords, name: str) -> np.ndarray:
    return run.visits[:, Record._fields.index(name)]


def test_abandoned_tickets_are_those_of_the_model(ran, findings):
    model, _, run, log = ran
    at_counter = column(run, "step") == 0
    left = at_counter & (column(run, "outcome") == Outcome.GAVE_UP)
    (queue,) = [each for each in findings["queue"] if each.where["queue"] == "窗口"]
    assert queue.evidence["tickets_given_up"] == left.sum() > 50
    assert queue.evidence["given_up_share"] == pytest.approx(left.sum() / at_counter.sum(), abs=1e-4)
    at_all = np.isin(column(run, "step"), [0, 1])
    gone = (column(run, "outcome") == Outcome.GAVE_UP).sum()
    share = measure(log, model.calendars["hall"])["abandonment_share"]
    assert share == pytest.approx(gone / at_all.sum())
    # waits are those of people who were served: what exponential patience leaves of them
    waited = (column(run, "start") - column(run, "enabled"))[at_counter & ~left] / 60_000
    assert queue.evidence["queue_wait_minutes_mean"] == pytest.approx(waited.mean(), rel=0.2)


def test_empty_slots_are_the_no_shows_of_the_model(ran, findings):
    _, _, run, log = ran
    (finding,) = findings["no_shows"]
    booked = len(run.missed_slots) + (run.slot_ms >= 0).sum()
    end = log.events["time"].max()
    past = (log.tickets["ts_booked"] <= end).sum()
    assert finding.evidence["booked_slots_past"] == past
    assert past == pytest.approx(booked, rel=0.1)
    assert finding.cases == len(run.missed_slots[run.missed_slots[:, 1] < run.end_ms])
    # three standard errors of .3
    assert finding.share == pytest.approx(0.3, abs=3 * np.sqrt(0.21 / past))
    assert finding.evidence["no_shows_read_from"] == "ts_ticket"


def test_availability_is_that_of_the_model(ran, findings):
    _, _, run, _ = ran
    (finding,) = findings["kiosk_availability"]
    assert finding.cases == len(run.repairs)
    # up 2000 minutes of open time on average; repairs take elapsed time, of which the open part counts
    assert finding.evidence["mtbf_hours"] == pytest.approx(2000 / 60, rel=0.5)
    assert finding.where["devices"] == ["一号机", "二号机"] or finding.where["devices"] == [
        "二号机",
        "一号机",
    ]


def test_the_clock_of_the_limit_is_that_of_the_model(ran, findings):
    """Due on the first working day after acceptance, later by the working days 勘验 stops the clock: worked
    out here from the records alone, day by day."""
    model, program, run, log = ran
    limits = find_time_limits(log, model.calendars["hall"], "promised")
    assert limits is not None
    assert limits.clock_from == "ts_accept"
    midnight = int(np.datetime64(model.start_date, "ms").astype("int64"))
    case_ids, due_ms = log_columns(log).case_ids[limits.case], limits.due_ms - midnight
    numbers = dict(zip(case_names(program, run), range(run.day.size), strict=True))
    working = [day for day in range(program.days + 14) if day % 7 < 5]
    checked = 0
    for case_id, due in zip(case_ids, due_ms.tolist(), strict=True):
        rows = [Record(*v) for v in run.visits[column(run, "case") == numbers[case_id]].tolist()]
        accepted = [r.end // MS_PER_DAY for r in rows if r.step == 0 and r.outcome == Outcome.PASSED]
        visited = [(r.reached // MS_PER_DAY, r.end // MS_PER_DAY) for r in rows if r.step == 2]
        if not accepted or not visited:
            continue
        first, last = visited[0]
        after = [day for day in working if day > accepted[0]]
        stopped = [day for day in after if first < day <= last]
        due_day = after[len(stopped)] if first < after[0] else after[0]
        assert due == due_day * MS_PER_DAY + CLOSING_MINUTE * MS_PER_MINUTE
        checked += 1
    assert checked > 300
    (late,) = [each for each in findings["late_cases"] if each.where["limit"] == "promised"]
    assert late.cases == limits.late.sum()
