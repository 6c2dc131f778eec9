"""Records of a run as an event log."""

from __future__ import annotations

import pandas as pd
import pytest

from mining.event_log import (
    BY_APPLICANT,
    CASE_COLUMNS,
    EVENT_COLUMNS,
    MATERIAL_COLUMNS,
    PASS,
    REJECT,
    RETURN,
    SHARED,
    sort_events,
)
from simulation.engines.log.tables import to_event_log

HALL = """
materials:
  - {name: 申请表}
  - {name: 身份证, issuer_dept: 公安局}
  - {name: 执照, issuer_dept: 市监局}
steps:
  - {name: 受理, dept: 市监局, pool: 窗口, duration: {kind: constant, minutes: 10},
     materials: [{material: 申请表, defect_chance: 0.5}, {material: 身份证, shared: true}],
     issues: [执照, 回执]}
  - {name: 自助打印, place: kiosk, pool: 机器, duration: {kind: constant, minutes: 2}, decides: false}
  - {name: 备案, place: back_office, pool: 科室, duration: {kind: constant, minutes: 20}, reject_chance: 0.3,
     materials: [{material: 执照}]}
members:
  - {name: 甲, serves: [窗口]}
  - {name: 一号机, serves: [机器]}
  - {name: 乙, serves: [科室]}
visits: {correction_takes: {kind: constant, minutes: 60}}
"""


@pytest.fixture
def log(run_tiny):
    return to_event_log(*run_tiny(HALL, [f"09:{m:02d}" for m in range(0, 60, 4)] + ["Fri 16:50"], days=5))


def test_columns_and_types_are_those_of_the_vocabulary(log):
    for table, columns in (
        (log.events, EVENT_COLUMNS),
        (log.cases, CASE_COLUMNS),
        (log.materials, MATERIAL_COLUMNS),
    ):
        assert {name: str(kind) for name, kind in table.dtypes.items()} == {
            name: columns[name] for name in table.columns
        }
    assert log.simulated
    assert log.name == "小厅"


def test_order_is_that_of_every_log(log):
    pd.testing.assert_frame_equal(sort_events(log.events), log.events)
    by_time = log.events.sort_values("file_row")["time"]
    assert by_time.is_monotonic_increasing
    assert sorted(log.events["file_row"]) == list(range(2, len(log.events) + 2))


def test_case_ids_say_arrivals_day_and_index(log):
    assert log.cases["case_id"].tolist()[:2] == ["A-0000-0000", "A-0000-0001"]
    assert log.cases["case_id"].tolist()[-1] == "A-0004-0000"
    assert set(log.events["case_id"]) <= set(log.cases["case_id"])


def test_windows_and_officers(log):
    who = log.events.groupby("activity", sort=False)[["window", "officer"]].agg(lambda x: set(x.dropna()))
    assert who.loc["受理"].tolist() == [{"甲"}, {"甲"}]
    assert who.loc["自助打印"].tolist() == [{"一号机"}, set()]  # a machine is no officer
    assert who.loc["备案"].tolist() == [set(), {"乙"}]
    assert set(log.events.loc[log.events["activity"] == "受理", "dept"]) == {"市监局"}


def test_tickets_are_the_moment_the_applicant_could_be_served(log):
    counter = log.events["place"].isin(["counter", "kiosk"])
    assert (log.events["ts_ticket"] == log.events["ts_enabled"])[counter].all()
    assert log.events.loc[~counter, "ts_ticket"].isna().all()
    assert (log.events["time"] == log.events["ts_end"]).all()


def test_results_reasons_and_documents_made(log):
    first = log.events[log.events["activity"] == "受理"]
    returned, passed = first[first["result"] == RETURN], first[first["result"] == PASS]
    assert len(returned) > 2
    assert len(passed) > 2
    assert (returned["reason"] == "申请表").all()
    assert returned["issues"].isna().all()
    assert passed["reason"].isna().all()
    assert (passed["issues"] == "执照;回执").all()
    assert log.events.loc[log.events["activity"] == "自助打印", "result"].isna().all()
    assert (log.events.loc[log.events["visit_no"] == 0, "materials"].dropna() != "").all()


def test_cases_end_rejected_passed_or_are_inside(log):
    cases = log.cases.set_index("case_id")
    rejected = set(log.events.loc[log.events["result"] == REJECT, "case_id"])
    assert rejected
    assert set(cases.index[cases["final_result"] == REJECT]) == rejected
    inside = cases[cases["ts_finish"].isna()]
    assert inside["final_result"].isna().all()
    assert "A-0004-0000" in inside.index  # came Friday 16:50, corrections or 备案 are not done at the end
    issue = log.quality.issue("cases_unfinished")
    assert issue is not None
    assert issue.rows == len(inside)
    last = log.events.groupby("case_id")["ts_end"].max()
    finished = cases["ts_finish"].dropna()
    assert (last.reindex(finished.index) == finished).all()


def test_documents_handed_in_or_fetched(log):
    papers = log.materials
    first = papers[(papers["activity"] == "受理") & (papers["attempt_no"] == 1)]
    assert set(zip(first["material_name"], first["source"], strict=True)) == {
        ("申请表", BY_APPLICANT),
        ("身份证", SHARED),
    }
    again = papers[(papers["activity"] == "受理") & (papers["attempt_no"] == 2)]
    assert set(again["material_name"]) == {"申请表"}  # what was at fault, and nothing else
    licence = papers[papers["material_name"] == "执照"]
    assert set(licence["issued_by_step"]) == {"受理"}
    assert set(licence["activity"]) == {"备案"}
    by_row = log.events.set_index("file_row")
    assert (papers["ts_received"].to_numpy() == by_row.loc[papers["file_row"], "ts_start"].to_numpy()).all()
    listed = log.events["materials"].dropna().str.split(";").map(len).sum()
    assert listed == (papers["source"] == BY_APPLICANT).sum()


def test_a_run_in_which_nobody_comes(run_tiny):
    log = to_event_log(*run_tiny(HALL, [], days=2))
    assert (log.n_events, log.n_cases, len(log.cases), len(log.materials)) == (0, 0, 0, 0)
    assert {name: str(kind) for name, kind in log.events.dtypes.items()} == {
        name: EVENT_COLUMNS[name] for name in log.events.columns
    }
