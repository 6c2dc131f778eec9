"""Rework: first-time right, loops and their hours by hand; reasons said in two parts; where it is silent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.diagnostics.corrections import find_corrections, reasons_in
from mining.diagnostics.rework import find_rework
from mining.errors import MissingColumnsError
from mining.event_log import PASS, REJECT, RETURN, EventLog
from mining.findings import Finding
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]


def case(name: str, *results: str, reasons: tuple[str | None, ...] = (), step: str = "登记") -> list[Row]:
    """One decision an hour from 9:00 on; the last has no reason."""
    return [
        {
            "case_id": name,
            "activity": step,
            "end": f"0 {9 + hour:02d}:00",
            "result": result,
            "reason": reasons[hour] if hour < len(reasons) else None,
        }
        for hour, result in enumerate(results)
    ]


def by_kind(log: EventLog) -> dict[str, Finding]:
    return {finding.kind: finding for finding in find_rework(log, OFFICE_HOURS)}


def mixed(returned: int, once_right: int, *, papers: str = "章程") -> list[Row]:
    rows = [row for n in range(returned) for row in case(f"r{n:03d}", RETURN, PASS, reasons=(papers,))]
    return rows + [row for n in range(once_right) for row in case(f"p{n:03d}", PASS)]


def test_shares_loops_and_hours(log_of: LogMaker) -> None:
    # 30 of 100 cases returned once: 70 % right the first time; each loop is one working hour, x 250
    found = by_kind(log_of(mixed(30, 70)))
    assert set(found) == {"rework", "rework_at_step"}
    whole = found["rework"]
    assert (whole.cases, whole.share, whole.hours_lost_per_year) == (30, 0.3, None)
    assert whole.evidence["case_waiting_hours_per_year"] == 7500.0
    assert whole.evidence["first_time_right_share"] == 0.7
    # Wilson's interval of 70 of 100
    assert (whole.evidence["first_time_right_share_low"], whole.evidence["first_time_right_share_high"]) == (
        0.6042,
        0.7811,
    )
    assert whole.evidence["loops_per_returned_case_mean"] == 1.0
    assert whole.evidence["loop_hours_median"] == 1.0
    # the only time that passes in these cases is spent on rework
    assert whole.evidence["rework_time_share"] == 1.0
    assert whole.evidence["returns_by_step"] == {"登记": 30}
    assert found["rework_at_step"].where == {"steps": ["登记"]}


def test_loops_that_never_closed_cost_nothing_but_are_counted(log_of: LogMaker) -> None:
    rows = mixed(0, 20) + [row for n in range(10) for row in case(f"o{n}", RETURN)]
    evidence = by_kind(log_of(rows))["rework"].evidence
    assert (evidence["loops_not_closed"], evidence["loop_hours_median"]) == (10, None)


def test_a_final_rejection_is_no_rework(log_of: LogMaker) -> None:
    rows = mixed(0, 20) + [row for n in range(20) for row in case(f"o{n}", REJECT)]
    assert find_rework(log_of(rows), OFFICE_HOURS) == []


def test_decisions_in_the_names_of_steps(log_of: LogMaker) -> None:
    def row(name: str, step: str, hour: int) -> Row:
        return {"case_id": name, "activity": step, "end": f"0 {hour:02d}:00"}

    rows = [row(f"p{n:02d}", "Form APPROVED by OFFICE", 9) for n in range(30)]
    for n in range(20):
        rows += [
            row(f"r{n:02d}", "Form REJECTED by OFFICE", 9),
            row(f"r{n:02d}", "Form REJECTED by APPLICANT", 10),
        ]
        rows += [row(f"r{n:02d}", "Form APPROVED by OFFICE", 11)]
    found = by_kind(log_of(rows))
    assert (found["rework"].cases, found["rework"].share) == (20, 0.4)
    # the applicant taking note of it is no decision
    assert found["rework"].evidence["returns_by_step"] == {"form * by office": 20}


def test_two_part_notice_needs_a_reason_the_first_did_not_name(log_of: LogMaker) -> None:
    told = [
        row for n in range(6) for row in case(f"a{n}", RETURN, RETURN, PASS, reasons=("章程", "住所证明"))
    ]
    same = [
        row
        for n in range(6)
        for row in case(f"b{n}", RETURN, RETURN, PASS, reasons=("公司章程;身份证", "章程"))
    ]
    unsaid = [row for n in range(6) for row in case(f"c{n}", RETURN, RETURN, PASS, reasons=("章程", None))]
    finding = by_kind(log_of(told + same + unsaid))["two_part_notice"]
    assert (finding.cases, finding.share) == (6, round(6 / 18, 4))
    assert finding.evidence["second_returns"] == 18
    assert finding.evidence["second_returns_with_reasons"] == 12
    # one hour from each second return to the pass
    assert finding.evidence["case_waiting_hours_per_year"] == 1500.0
    assert set(finding.example_cases) <= {f"a{n}" for n in range(6)}
    assert "two_part_notice" not in by_kind(log_of(same + unsaid))


def test_fetchable_documents_at_fault_are_proposed(log_of: LogMaker) -> None:
    def papers(issuer: str) -> list[Row]:
        return [
            {
                "case_id": f"r{n:03d}",
                "activity": "登记",
                "dept": "税务局",
                "material_name": "营业执照",
                "issuer_dept": issuer,
            }
            for n in range(10)
        ]

    rows = mixed(10, 30, papers="营业执照")
    (proposal,) = by_kind(log_of(rows, papers("市监局")))["rework_at_step"].proposes
    assert proposal.parameters == {"materials": ["营业执照"], "mode": "fetched"}
    assert by_kind(log_of(rows, papers("某公司")))["rework_at_step"].proposes == ()
    assert by_kind(log_of(rows, papers("税务局")))["rework_at_step"].proposes == ()


def test_one_case_in_twenty_is_below_the_alarm(log_of: LogMaker) -> None:
    assert find_rework(log_of(mixed(5, 95)), OFFICE_HOURS) == []


def test_reasons_are_split_and_spelled_in_one_way() -> None:
    assert reasons_in("公司章程；身份证复印件, 签字缺失") == {"章程", "居民身份证", "签字缺失"}


def test_a_log_without_decisions_says_so(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match="result") as caught:
        find_rework(log_of([{"case_id": "a", "activity": "受理", "end": "0 09:00"}]), OFFICE_HOURS)
    assert "一次通过率" in caught.value.in_language("zh")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("pr", min_size=1, max_size=8), min_size=1, max_size=8))
def test_attempts_and_loops_by_definition(log_of: LogMaker, cases: list[str]) -> None:
    words = {"p": PASS, "r": RETURN}
    rows = [row for n, text in enumerate(cases) for row in case(f"c{n}", *(words[letter] for letter in text))]
    corrections = find_corrections(log_of(rows))
    assert int(corrections.returned.sum()) == sum(text.count("r") for text in cases)
    assert corrections.attempt.tolist() == [i + 1 for text in cases for i in range(len(text))]
    assert int(corrections.second_return.sum()) == sum(text.count("r") >= 2 for text in cases)
    closed = corrections.returned & (corrections.after >= 0)
    assert int(closed.sum()) == sum(text[:-1].count("r") for text in cases)
