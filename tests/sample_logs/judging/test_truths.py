"""What the generator knows, worked by hand on small logs."""

from types import SimpleNamespace

import pandas as pd
import pytest

from mining.event_log import EventLog
from mining.working_time import OFFICE_HOURS
from sample_logs.judging import clocks, decisions, documents, hall
from sample_logs.plan import Limits, Planted, StepLimit


def sample(rows: list[str], **more):
    """Rows "P-1 step dept place day ticket start end result", "-" for nothing; times of March 2026."""
    events = pd.DataFrame([row.split() for row in rows])
    events.columns = ["case_id", "activity", "dept", "place", "day", "enabled", "start", "end", "result"]
    day = "2026-" + events["day"] + " "
    for name, source in (("ts_enabled", "enabled"), ("ts_start", "start"), ("ts_end", "end")):
        known = events[source].where(events[source] != "-", events["start"])
        # a ticket of another day is written with it
        events[name] = pd.to_datetime(known.where(known.str.len() > 5, day + known), format="mixed").astype(
            "datetime64[ms]"
        )
    events["result"] = events["result"].where(events["result"] != "-")
    events["file_row"] = range(2, len(events) + 2)
    events = events.assign(ts_ticket=events["ts_enabled"], officer=events["dept"], issues=None)
    setting = SimpleNamespace(
        calendar=OFFICE_HOURS,
        planted=Planted(
            limits=Limits(statutory_working_days=20, promised_working_days=5), **more.pop("plan", {})
        ),
        ends=pd.Timestamp("2026-04-01"),
    )
    log = EventLog(events=events.assign(time=events["ts_end"]), **more)
    return SimpleNamespace(made=log, made_items=log, setting=setting)


def test_a_case_refused_by_another_department_and_back_again_is_back_and_forth():
    log = sample(
        [
            "P-1 质检 甲 back_office 03-02 - 09:00 10:00 通过",
            "P-1 核发 乙 back_office 03-03 - 09:00 10:00 退回",
            "P-1 质检 甲 back_office 03-04 - 09:00 10:00 通过",
            # passed on and back is the flow, not a refusal
            "P-2 质检 甲 back_office 03-02 - 09:00 10:00 通过",
            "P-2 核发 乙 back_office 03-03 - 09:00 10:00 通过",
            "P-2 归档 甲 back_office 03-04 - 09:00 10:00 通过",
        ]
    )
    assert decisions.back_and_forth(log) == {"乙 | 甲": 0.5}
    assert decisions.pair_of(["甲", "乙"]) == "乙 | 甲"


def test_returns_are_corrections_and_refusals_that_are_decided_again():
    log = sample(
        [
            "P-1 受理 甲 counter 03-02 - 09:00 10:00 补正",
            "P-1 受理 甲 counter 03-03 - 09:00 10:00 通过",
            "P-2 受理 甲 counter 03-02 - 09:00 10:00 退回",
            "P-3 受理 甲 counter 03-02 - 09:00 10:00 通过",
            "P-4 受理 甲 counter 03-02 - 09:00 10:00 退回",
            "P-4 受理 甲 counter 03-03 - 09:00 10:00 通过",
        ]
    )
    assert decisions.returned(log) == {"": 0.5}
    assert decisions.returned_at_step(log) == {"受理": 0.5}
    assert decisions.rubber_stamps(log) == {}


def test_triggers_of_further_visits():
    log = sample(
        [
            "P-1 申报 甲 counter 03-02 09:00 09:10 09:20 补正",
            "P-1 申报 甲 counter 03-03 09:00 09:10 09:20 通过",  # answers the return
            "P-1 审查 甲 back_office 03-03 - 09:20 16:00 通过",
            "P-1 登记 乙 counter 03-04 09:00 09:10 09:20 通过",  # another department after the review
            "P-1 核对 乙 counter 03-05 09:00 09:10 09:20 通过",  # nothing was pending
            "P-1 登簿 乙 back_office 03-05 - 09:20 16:00 通过",
            "P-1 复核 乙 counter 03-06 09:00 09:10 09:20 通过",  # the same department goes on
            "P-1 制证 乙 back_office 03-06 - 09:20 16:00 通过",
            "P-1 领证 乙 counter 03-09 09:00 09:10 09:20 -",  # collects
            "P-1 缴费 丙 counter 03-10 2026-03-09T13:30 09:10 09:20 通过",  # nothing was pending again
        ]
    )
    found = hall.triggers(log)
    assert found == {
        "return_for_correction": 1.0,
        "next_office_after_wait": 1.0,
        "next_counter_without_wait": 1.0,
        "same_office_after_wait": 1.0,
        "pick_up_only": 1.0,
    }


def test_who_held_a_ticket_and_was_not_served_that_day_came_for_nothing():
    log = sample(["P-1 申报 甲 counter 03-03 2026-03-02T16:30 09:10 09:20 通过"])
    assert hall.triggers(log) == {"not_served_before": 1.0}


def test_four_hours_between_two_services_make_another_visit_and_a_wasted_one_has_no_pass():
    log = sample(
        [
            "P-1 申报 甲 counter 03-02 09:00 09:10 09:20 补正",
            "P-1 咨询 甲 counter 03-02 11:00 11:10 11:20 -",
            "P-1 申报 甲 counter 03-02 15:30 15:40 15:50 通过",
        ]
    )
    assert hall.wasted(log) == {"": 0.5}


def test_the_lunch_share_of_a_wait_by_hand():
    # 11:50 to 13:10: 80 minutes, 60 of them closed; 9:00 to 9:20: none
    log = sample(
        [
            "P-1 申报 甲 counter 03-02 11:50 13:10 13:20 通过",
            "P-2 申报 甲 counter 03-02 09:00 09:20 09:30 通过",
        ]
    )
    assert hall.lunch_share(log) == {"": 60 / 100}


def cases(**columns) -> pd.DataFrame:
    table = pd.DataFrame(columns)
    times = [name for name in table.columns if name.startswith("ts_")]
    return table.assign(**{name: pd.to_datetime(table[name]).astype("datetime64[ms]") for name in times})


def test_late_and_last_tenth_of_a_limit_by_hand():
    # accepted Monday 2 March, five working days: due Monday 9 at 17:00; the last tenth begins Monday 13:30
    rows = [f"P-{n} 审查 甲 back_office 03-02 - 09:00 10:00 通过" for n in range(4)]
    table = cases(
        case_id=[f"P-{n}" for n in range(4)],
        item_name=["项"] * 4,
        ts_accept=["2026-03-02 10:00"] * 4,
        ts_finish=["2026-03-09 16:00", "2026-03-10 09:30", "2026-03-06 10:00", None],
        limit_promised=[5.0] * 4,
        limit_statutory=[None] * 4,
    )
    log = sample(rows, cases=table)
    # P-3 is open and overdue at the end of the log
    assert clocks.late(log) == {"promised": 0.5, "statutory": 0.0}
    assert clocks.heaped(log) == {"项": 0.5}


def test_a_return_starts_the_clock_again_and_a_special_procedure_stops_it():
    rows = [
        "P-1 审查 甲 back_office 03-02 - 09:00 10:00 补正",
        "P-1 审查 甲 back_office 03-09 - 09:00 10:00 通过",
    ]
    table = cases(
        case_id=["P-1"],
        item_name=["项"],
        ts_accept=["2026-03-02 09:00"],
        ts_finish=["2026-03-16 16:00"],
        limit_promised=[5.0],
        limit_statutory=[None],
    )
    # the clock begins again on Monday 9: due Monday 16 at 17:00, and it was the last tenth
    assert clocks.heaped(sample(rows, cases=table)) == {"项": 1.0}
    stops = cases(case_id=["P-1"], ts_start=["2026-03-10 09:00"], ts_end=["2026-03-12 17:00"])
    # Wednesday and Thursday are out: due Wednesday 18
    assert clocks.heaped(sample(rows, cases=table, clock_stops=stops)) == {"项": 0.0}


def test_acceptances_later_than_the_next_working_day_by_department():
    rows = [
        "P-1 收件 甲 counter 03-02 - 09:00 09:10 -",
        "P-1 审查 甲 back_office 03-03 - 16:00 16:30 通过",
        "P-2 收件 甲 counter 03-02 - 09:00 09:10 -",
        "P-2 审查 甲 back_office 03-05 - 10:00 10:30 通过",
    ]
    clock = StepLimit(received="收件", step="审查", promised_working_days=5)
    assert clocks.accepted_late(sample(rows, plan={"step_limits": (clock,)})) == {"甲": 0.5}


def test_documents_that_came_online_and_again_on_paper():
    rows = [
        "P-1 网上申报 甲 online 03-02 - 09:00 09:10 -",
        "P-1 申报 甲 counter 03-03 - 09:00 09:10 通过",
        "P-2 申报 甲 counter 03-03 - 09:00 09:10 通过",
    ]
    materials = pd.DataFrame(
        {
            "case_id": ["P-1", "P-1", "P-1", "P-2"],
            "activity": ["网上申报", "网上申报", "申报", "申报"],
            "material_name": ["表", "证", "表", "表"],
            "issuer_dept": [None, "公安局", None, None],
            "dept": ["甲"] * 4,
            "source": ["申请人提交"] * 4,
            "attempt_no": [1] * 4,
            "ts_received": pd.to_datetime(["2026-03-02", "2026-03-02", "2026-03-03", "2026-03-03"]),
        }
    )
    log = sample(rows, materials=materials)
    # of form and card online only the form came again
    assert documents.twice_by_channel(log) == {"": 0.5}
    assert documents.began_online(log) == {"": 1.0}
    assert documents.duplicated(log) == pytest.approx({"表": 1 / 3, "证": 0.0})
    assert documents.sharable(log) == {"证": 0.25}
