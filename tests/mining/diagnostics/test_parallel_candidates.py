"""Parallel candidates from the documents: groups by hand, and what keeps steps apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mining.diagnostics.parallel_candidates import find_parallel_candidates
from mining.errors import MissingColumnsError
from mining.event_log import PASS, REJECT, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]

# department, step, documents asked for, documents issued; an hour each from 9:00 (lunch 12-13)
STEPS = (
    ("市监局", "登记", "申请书", "执照"),
    ("公安局", "刻章", "执照", "公章"),
    ("税务局", "核税", "执照", "税务通知"),
    ("税务局", "核税审核", "税务通知", ""),
    ("公积金", "开户", "执照", "账户"),
)
HOURS = (9, 10, 11, 13, 14)


def log_with(log_of: LogMaker, n: int = 40, steps: tuple[tuple[str, str, str, str], ...] = STEPS) -> EventLog:
    events, papers = [], []
    for number in range(n):
        for (dept, step, asked, issued), hour in zip(steps, HOURS, strict=False):
            common = {"case_id": f"c{number:03d}", "activity": step, "dept": dept}
            begin, end = f"{number % 5} {hour:02d}:00", f"{number % 5} {hour + 1:02d}:00"
            events.append({**common, "start": begin, "end": end, "issues": issued or None, "result": PASS})
            papers += [{**common, "material_name": name, "ts_received": begin} for name in asked.split()]
    return log_of(events, papers)


def test_what_follows_the_licence_can_run_side_by_side(log_of: LogMaker) -> None:
    # 登记 issues the licence all others ask for; 核税审核 belongs to 核税 (same department, right after it)
    (finding,) = find_parallel_candidates(log_with(log_of), OFFICE_HOURS)
    assert finding.evidence["branches"] == [["刻章"], ["核税", "核税审核"], ["开户"]]
    assert finding.where["departments"] == ["公安局", "税务局", "公积金"]
    # 1, 2 and 1 hours: 4 - 2 saved at most, in 40 cases of one week
    assert finding.evidence["branch_hours_mean"] == [1.0, 2.0, 1.0]
    assert finding.evidence["saved_hours_per_case_at_most_mean"] == 2.0
    assert finding.evidence["case_waiting_hours_per_year"] == 40 * 2 * 50
    assert finding.hours_lost_per_year is None
    (proposal,) = finding.proposes
    assert (proposal.lever, proposal.parameters) == (
        "parallel_approval",
        {"steps": ["刻章", "核税", "核税审核", "开户"]},
    )
    assert (finding.cases, finding.share) == (40, 1.0)


def replaced(step: str, **changes: str) -> tuple[tuple[str, str, str, str], ...]:
    names = ("dept", "step", "asked", "issued")
    return tuple(
        tuple(changes.get(name, value) for name, value in zip(names, row, strict=True))
        if row[1] == step
        else row
        for row in STEPS
    )  # type: ignore[return-value]


def test_a_document_passed_on_keeps_steps_in_order(log_of: LogMaker) -> None:
    # the housing fund asks for the tax notice: 核税 must come before 开户, 刻章 may still run beside 核税
    log = log_with(log_of, steps=replaced("开户", asked="执照 税务通知"))
    (finding,) = find_parallel_candidates(log, OFFICE_HOURS)
    assert finding.evidence["branches"] == [["刻章"], ["核税", "核税审核"]]


def test_a_document_passed_on_through_others_does_too(log_of: LogMaker) -> None:
    # 刻章 -> 核税 (seal register) -> 开户 (tax notice): nothing is left to run side by side
    steps = tuple(
        ("公安局", "刻章", "执照", "备案号") if row[1] == "刻章" else row
        for row in replaced("开户", asked="税务通知")
    )
    steps = tuple(("税务局", "核税", "备案号", "税务通知") if row[1] == "核税" else row for row in steps)
    assert find_parallel_candidates(log_with(log_of, steps=steps), OFFICE_HOURS) == []


def test_an_electronic_stand_in_is_a_condition_and_proposed_first(log_of: LogMaker) -> None:
    # the tax office asks for the seal the engraver makes
    log = log_with(log_of, steps=replaced("核税", asked="执照 企业公章"))
    (finding,) = find_parallel_candidates(log, OFFICE_HOURS)
    assert finding.evidence["branches"] == [["刻章"], ["核税", "核税审核"], ["开户"]]
    assert finding.evidence["only_if_electronic"] == ["公章"]
    assert finding.evidence["independent_without_it"] == [["核税", "核税审核"], ["开户"]]
    assert [p.lever for p in finding.proposes] == ["share_materials", "parallel_approval"]
    assert finding.proposes[0].parameters["materials"] == ["公章"]


def test_one_department_does_not_run_beside_itself(log_of: LogMaker) -> None:
    steps = tuple(("市监局", step, asked, issued) for _, step, asked, issued in STEPS)
    assert find_parallel_candidates(log_with(log_of, steps=steps), OFFICE_HOURS) == []


def test_a_step_that_rejects_many_stays_in_front(log_of: LogMaker) -> None:
    log = log_with(log_of, n=100)
    rejects = (log.events["activity"] == "刻章") & (log.events["case_id"] < "c020")
    log.events.loc[rejects, "result"] = REJECT
    (finding,) = find_parallel_candidates(log, OFFICE_HOURS)
    assert finding.evidence["branches"] == [["核税", "核税审核"], ["开户"]]


def test_few_cases_say_nothing(log_of: LogMaker) -> None:
    assert find_parallel_candidates(log_with(log_of, n=29), OFFICE_HOURS) == []


def test_without_documents_nothing_is_guessed(log_of: LogMaker) -> None:
    log = log_with(log_of)
    bare = EventLog(events=log.events, name="bare")
    with pytest.raises(MissingColumnsError, match=r"materials\.material_name"):
        find_parallel_candidates(bare, OFFICE_HOURS)
    log.events.pop("issues")
    with pytest.raises(MissingColumnsError, match="documents steps issue") as caught:
        find_parallel_candidates(log, OFFICE_HOURS)
    assert "出具" in caught.value.in_language("zh")
