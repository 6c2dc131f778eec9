"""Duplicated documents: n copies are n - 1 avoidable ones, answers to a return are not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.diagnostics.duplicate_materials import duplicate_rate, find_duplicate_materials
from mining.diagnostics.handed_in import find_handed_in
from mining.errors import MissingColumnsError
from mining.event_log import PASS, RETURN, SHARED, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]


def journey(case: str, day: int, *papers: tuple[str, str, str], **columns: object) -> list[dict[str, object]]:
    """Materials rows of one case: (department, step, document), an hour apart."""
    return [
        {
            "case_id": case,
            "dept": dept,
            "activity": step,
            "material_name": document,
            "ts_received": f"{day} {9 + hour:02d}:00",
            **columns,
        }
        for hour, (dept, step, document) in enumerate(papers)
    ]


def events_of(materials: list[dict[str, object]]) -> list[dict[str, object]]:
    return [
        {"case_id": m["case_id"], "activity": m["activity"], "dept": m["dept"], "end": m["ts_received"]}
        for m in materials
    ]


THREE = (
    ("市监局", "登记", "身份证"),
    ("税务局", "核税", "居民身份证（复印件）"),
    ("银行", "开户", "身份证原件"),
)


def test_three_copies_in_three_departments_are_two_avoidable(log_of: LogMaker) -> None:
    # 6 journeys, each hands in the identity card three times under three spellings: 6 x 2 = 12 of 18
    papers = [row for n in range(6) for row in journey(f"c{n}", n % 5, *THREE, issuer_dept="公安局")]
    log = log_of(events_of(papers), papers)
    (finding,) = find_duplicate_materials(log, OFFICE_HOURS)
    assert finding.kind == "duplicate_material"
    assert finding.where == {
        "material": "居民身份证",
        "steps": ["登记", "核税", "开户"],
        "departments": ["市监局", "税务局", "银行"],
    }
    assert (finding.cases, finding.share) == (6, 1.0)
    assert finding.evidence["duplicates"] == 12
    assert finding.evidence["kinds"] == {"cross_department": 12}
    assert finding.evidence["between_departments"] == {"市监局 -> 税务局": 6, "税务局 -> 银行": 6}
    assert finding.evidence["overall"]["duplicate_rate"] == round(12 / 18, 4)
    # the log spans Monday to Friday, 5 working days: 12 copies x 5.6 minutes x 250 / 5
    assert finding.hours_lost_per_year == round(12 * 5.6 / 60 * 50, 1)
    (proposal,) = finding.proposes
    assert (proposal.lever, proposal.parameters) == (
        "share_materials",
        {"materials": ["居民身份证"], "mode": "fetched"},
    )
    assert finding.example_cases == ("c0", "c1", "c2", "c3", "c4")


def test_without_merging_spellings_there_would_be_no_duplicate(log_of: LogMaker) -> None:
    papers = [row for n in range(6) for row in journey(f"c{n}", 0, *THREE)]
    names = {row["material_name"]: f"文件{i}" for i, row in enumerate(papers[:3])}
    other = [{**row, "material_name": names[row["material_name"]]} for row in papers]
    assert duplicate_rate(log_of(events_of(other), other)) == 0
    assert duplicate_rate(log_of(events_of(papers), papers)) == pytest.approx(2 / 3)


def test_what_the_applicant_makes_is_handed_in_once(log_of: LogMaker) -> None:
    two = (("市监局", "登记", "章程"), ("银行", "开户", "公司章程"))
    papers = [row for n in range(5) for row in journey(f"c{n}", 0, *two)]
    # another document of the log has an issuer, this one has none
    papers += journey("d", 0, ("税务局", "核税", "营业执照"), issuer_dept="市监局")
    (finding,) = find_duplicate_materials(log_of(events_of(papers), papers), OFFICE_HOURS)
    assert finding.evidence["issuer"] is None
    assert finding.proposes[0].parameters == {"materials": ["章程"], "mode": "handed_in_once"}


def test_fetched_documents_are_not_handed_in(log_of: LogMaker) -> None:
    papers = [row for n in range(6) for row in journey(f"c{n}", 0, *THREE)]
    for row in papers[1::3] + papers[2::3]:
        row["source"] = SHARED
    log = log_of(events_of(papers), papers)
    assert find_duplicate_materials(log, OFFICE_HOURS) == []
    assert find_handed_in(log).not_by_applicant == 12


@pytest.mark.parametrize("told_by", ["attempt_no", "result"])
def test_answers_to_a_return_are_not_duplicates(log_of: LogMaker, told_by: str) -> None:
    # handed in 9:00, returned at 9:00, handed in again 10:00 at the same step: one submission, none avoidable
    papers, events = [], []
    for n in range(6):
        rows = journey(f"c{n}", 0, ("税务局", "核税", "身份证"), ("税务局", "核税", "身份证"))
        if told_by == "attempt_no":
            rows[0]["attempt_no"], rows[1]["attempt_no"] = 1, 2
        papers += rows
        for row, result in zip(rows, (RETURN, PASS), strict=True):
            events.append({**events_of([row])[0], "result": result if told_by == "result" else PASS})
    log = log_of(events, papers)
    handed_in = find_handed_in(log)
    assert (len(handed_in.rows), handed_in.answers_to_returns) == (6, 6)
    assert find_duplicate_materials(log, OFFICE_HOURS) == []


def test_asked_again_after_a_pass_is_a_duplicate_of_its_own_kind(log_of: LogMaker) -> None:
    papers, events = [], []
    for n in range(6):
        rows = journey(f"c{n}", 0, ("税务局", "核税", "身份证"), ("税务局", "核税", "身份证"))
        papers += rows
        events += [{**row, "result": PASS} for row in events_of(rows)]
    (finding,) = find_duplicate_materials(log_of(events, papers), OFFICE_HOURS)
    assert finding.evidence["kinds"] == {"same_step_again": 6}


def test_items_of_one_journey_are_looked_at_together(log_of: LogMaker) -> None:
    papers = [
        row
        for n in range(5)
        for row in journey(f"a{n}", 0, ("医保局", "参保", "户口本"))
        + journey(f"b{n}", 1, ("医保局", "参保", "户口簿"))
    ]
    alone = events_of(papers)
    together = [{**event, "journey_id": f"j{str(event['case_id'])[1:]}"} for event in alone]
    assert find_duplicate_materials(log_of(alone, papers), OFFICE_HOURS) == []
    (finding,) = find_duplicate_materials(log_of(together, papers), OFFICE_HOURS)
    assert finding.evidence["kinds"] == {"cross_case": 5}


def test_identity_cards_of_two_people_are_two_documents(log_of: LogMaker) -> None:
    two = (("税务局", "核税", "法人身份证"), ("税务局", "核税", "财务人员身份证"))
    papers = [row for n in range(9) for row in journey(f"c{n}", 0, *two)]
    assert find_duplicate_materials(log_of(events_of(papers), papers), OFFICE_HOURS) == []


def test_a_log_without_materials_says_so(log_of: LogMaker) -> None:
    log = log_of([{"case_id": "a", "activity": "受理", "end": "0 09:00"}])
    with pytest.raises(MissingColumnsError, match=r"materials\.material_name") as caught:
        find_duplicate_materials(log, OFFICE_HOURS)
    assert "重复提交" in caught.value.in_language("zh")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["甲", "乙", "丙"])), min_size=1, max_size=30)
)
def test_duplicates_are_submissions_minus_different_documents(
    log_of: LogMaker, pairs: list[tuple[str, str]]
) -> None:
    # the law itself: sum over (journey, document) of n - 1 = rows - different (journey, document) pairs
    papers = [
        {
            "case_id": case,
            "dept": f"d{i}",
            "activity": f"s{i}",
            "material_name": name,
            "ts_received": "0 09:00",
        }
        for i, (case, name) in enumerate(pairs)
    ]
    log = log_of(events_of(papers), papers)
    assert duplicate_rate(log) == pytest.approx((len(pairs) - len(set(pairs))) / len(pairs))
    assert all(a <= b for a, b in pairwise(find_handed_in(log).rows["journey"]))


@pytest.mark.parametrize(("valid_until", "duplicates"), [("0 09:30", 0), ("0 23:00", 6), (None, 6)])
def test_a_copy_that_had_expired_must_be_new(
    log_of: LogMaker, valid_until: str | None, duplicates: int
) -> None:
    # handed in at 9:00 and 10:00; the first copy is valid until 9:30, or all day, or nobody knows
    papers = [row for n in range(6) for row in journey(f"c{n}", 0, *THREE[:2])]
    until = None if valid_until is None else pd.Timestamp("2026-03-02 " + valid_until[2:])
    papers = [{**row, "ts_valid_until": until} for row in papers]
    log = log_of(events_of(papers), papers)
    handed_in = find_handed_in(log)
    assert (handed_in.after_expiry, len(handed_in.rows)) == (6 - duplicates, 6 + duplicates)
    assert duplicate_rate(log) == duplicates / (6 + duplicates)


def test_a_return_by_another_step_of_the_department_is_answered_too(log_of: LogMaker) -> None:
    # 登记 took it at 9:00, 审核 of the same authority returned it at 9:30, handed in again at 10:00
    def log(dept_of_return: str) -> EventLog:
        papers = [
            row
            for n in range(6)
            for row in journey(f"c{n}", 0, ("市监局", "登记", "章程"), ("市监局", "登记", "章程"))
        ]
        returns = [
            {"case_id": f"c{n}", "activity": "审核", "dept": dept_of_return, "end": "0 09:30"}
            | {"result": RETURN}
            for n in range(6)
        ]
        passes = [{**row, "result": PASS} for row in events_of(papers)]
        return log_of([*passes, *returns], papers)

    assert duplicate_rate(log("市监局")) == 0
    assert duplicate_rate(log("税务局")) == 0.5


def test_online_then_offline_and_issued_by_government_are_counted_beside(log_of: LogMaker) -> None:
    papers = [row for n in range(6) for row in journey(f"c{n}", 0, *THREE[:2], issuer_dept="公安局")]
    papers = [{**row, "channel": "网上" if row["activity"] == "登记" else "窗口"} for row in papers]
    (finding,) = find_duplicate_materials(log_of(events_of(papers), papers), OFFICE_HOURS)
    assert finding.evidence["kinds"] == {"cross_department": 6}
    assert finding.evidence["online_then_offline"] == 6
    assert finding.evidence["issued_by_government"] == 6
    assert finding.citizen_hours_lost_per_year == 6 * 5 / 60 * 250
    assert finding.official_hours_lost_per_year == round(6 * 0.6 / 60 * 250, 1)
