"""Rubber stamps: what passes everything, makes nothing, leads nowhere else; and its innocent neighbours."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mining.diagnostics.redundant_steps import find_redundant_steps
from mining.errors import MissingColumnsError
from mining.event_log import APPLICANT, PASS, REJECT, RETURN, EventLog
from mining.findings import Finding
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Rows = list[dict[str, object]]


def cases(n: int, *, objections: int = 0, objection: str = RETURN, **review: object) -> Rows:
    """n cases 受理 (9:00-9:10, issues a receipt) -> 审核 (10-11) -> 发证 (14:00), the weekdays in turn.

    `review` sets columns of 审核; the first `objections` reviews do not pass and lead to 补件, not 发证.
    """
    rows: Rows = []
    for number in range(n):
        day, case = number % 5, f"c{number:04d}"
        objected = number < objections
        common = {"case_id": case, "dept": "市监局", "issues": None}
        rows += [
            {**common, "activity": "受理", "start": f"{day} 09:00", "end": f"{day} 09:10", "result": PASS}
            | {"issues": "受理单"},
            {**common, "activity": "审核", "start": f"{day} 10:00", "end": f"{day} 11:00"}
            | {"result": objection if objected else PASS}
            | review,
            {**common, "activity": "补件" if objected else "发证", "end": f"{day} 14:00", "result": None}
            | {"issues": "证书"},
        ]
    return rows


def of_kinds(findings: list[Finding]) -> list[tuple[str, object]]:
    return [(finding.kind, finding.where["steps"]) for finding in findings]


def test_a_review_that_passes_300_of_300_and_makes_nothing(log_of: LogMaker) -> None:
    log = log_of(cases(300))
    (finding,) = find_redundant_steps(log, OFFICE_HOURS)
    assert (finding.kind, finding.where["steps"]) == ("rubber_stamp", ["审核"])
    assert (finding.cases, finding.share) == (300, 1.0)
    assert finding.evidence["decisions"] == 300
    assert finding.evidence["objection_share_high"] == pytest.approx(0.00833, abs=1e-4)
    assert finding.evidence["documents_made"] == 0
    assert finding.evidence["work_minutes_median"] == 60
    # enabled 9:10, done 11:00: 110 minutes x 300 cases in 5 working days, x 250 / 5 a year
    assert finding.evidence["case_waiting_hours_per_year"] == pytest.approx(300 * 110 / 60 * 50)
    assert finding.hours_lost_per_year is None  # nobody is named
    (proposal,) = finding.proposes
    assert (proposal.lever, proposal.parameters) == ("remove_step", {"step": "审核"})
    assert proposal.caution is not None
    assert finding.example_cases == ("c0000", "c0001", "c0002", "c0003", "c0004")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (cases(200), "200 decisions say too little: up to 1.2 % could be objections"),
        (cases(300, objections=3), "3 of 300 may be 2.6 %"),
        (cases(300, issues="审核意见书"), "it makes a document"),
        (cases(300, place=APPLICANT), "the applicant does it"),
        (cases(300, result=None), "a step without a result decides nothing"),
        (cases(300, result="转下一环节"), "nobody understood its results"),
    ],
)
def test_neighbours_that_are_no_rubber_stamps(log_of: LogMaker, rows: Rows, why: str) -> None:
    assert of_kinds(find_redundant_steps(log_of(rows), OFFICE_HOURS)) == [], why


def test_objections_that_lead_elsewhere_are_not_proposed_away(log_of: LogMaker) -> None:
    # 3 of 1500: at most 0.52 %, but each of the 3 took the case to 补件
    (finding,) = find_redundant_steps(log_of(cases(1500, objections=3)), OFFICE_HOURS)
    assert (finding.kind, finding.proposes) == ("rarely_objects", ())
    assert finding.evidence["objections"] == 3
    p_value = finding.evidence["other_route_after_objection_p_value"]
    assert isinstance(p_value, float)
    assert p_value < 0.001


def test_objections_nobody_heeds_do_not_save_a_step(log_of: LogMaker) -> None:
    rows = cases(1500, objections=2, objection=REJECT)
    for row in rows:
        row["activity"] = "发证" if row["activity"] == "补件" else row["activity"]
    (finding,) = find_redundant_steps(log_of(rows), OFFICE_HOURS)
    assert finding.kind == "rubber_stamp"
    assert finding.evidence["other_route_after_objection_p_value"] == 1.0


def test_without_knowledge_of_documents_the_claim_is_weaker(log_of: LogMaker) -> None:
    rows = [{name: value for name, value in row.items() if name != "issues"} for row in cases(300)]
    (finding,) = find_redundant_steps(log_of(rows), OFFICE_HOURS)
    assert finding.kind == "always_passes"
    assert finding.evidence["documents_made"] is None
    caution = finding.proposes[0].caution
    assert caution is not None
    assert "文书" in caution.zh


def test_a_protected_step_is_reported_and_not_proposed(log_of: LogMaker) -> None:
    rows = cases(300)
    for row in rows:
        row["activity"] = "双人复核" if row["activity"] == "审核" else row["activity"]
    (finding,) = find_redundant_steps(log_of(rows), OFFICE_HOURS)
    assert finding.evidence["protected_by"] == "双人复核"
    assert finding.proposes == ()


def test_taking_the_application_is_never_redundant(log_of: LogMaker) -> None:
    rows = cases(300)
    for row in rows:
        row["issues"] = "证书" if row["activity"] == "发证" else None
        row["result"] = (
            RETURN if row["activity"] == "审核" and str(row["case_id"]) < "c0100" else row["result"]
        )
    assert find_redundant_steps(log_of(rows), OFFICE_HOURS) == []


def pair_of(n: int, rejected: int) -> Rows:
    """submit -> APPROVED or REJECTED by BOSS -> pay; end times only, no results."""
    return [
        {"case_id": f"c{number:04d}", "activity": activity, "end": f"{number % 5} {hour}:00"}
        for number in range(n)
        for hour, activity in (
            ("09", "submit"),
            ("10", "REJECTED by BOSS" if number < rejected else "APPROVED by BOSS"),
            ("11", "pay"),
        )
    ]


def test_results_are_read_from_pairs_of_steps(log_of: LogMaker) -> None:
    (finding,) = find_redundant_steps(log_of(pair_of(2000, 1)), OFFICE_HOURS)
    assert finding.where["steps"] == ["APPROVED by BOSS", "REJECTED by BOSS"]
    assert finding.evidence["result_read_from"] == "names of steps"
    assert finding.kind == "always_passes"
    assert [p.parameters["step"] for p in finding.proposes] == ["APPROVED by BOSS", "REJECTED by BOSS"]
    assert find_redundant_steps(log_of(pair_of(2000, 60)), OFFICE_HOURS) == []


def test_steps_called_approved_without_a_counterpart_prove_nothing(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match="column result") as caught:
        find_redundant_steps(log_of(pair_of(400, 0)), OFFICE_HOURS)
    assert "走过场" in caught.value.in_language("zh")
