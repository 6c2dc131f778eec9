"""Two departments, the same documents, no objection from the second."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mining.diagnostics.checked_twice import find_checked_twice
from mining.errors import MissingColumnsError
from mining.event_log import PASS, RETURN, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Rows = list[dict[str, object]]


def events(n: int, *, objections: int = 0, first_passes: bool = True) -> Rows:
    """n cases: 消防审查 9-10 by 消防局, 人防审查 10-11 by 人防办, who return the first `objections`."""
    return [
        {"case_id": f"c{i:04d}", "activity": step, "dept": dept, "result": result}
        | {"start": f"{i % 5} {hour}:00", "end": f"{i % 5} {hour + 1}:00"}
        for i in range(n)
        for hour, step, dept, result in (
            (9, "消防审查", "消防局", PASS if first_passes else RETURN),
            (10, "人防审查", "人防办", RETURN if i < objections else PASS),
        )
    ]


def materials(n: int, first: str, second: str) -> Rows:
    return [
        {
            "case_id": f"c{i:04d}",
            "activity": step,
            "dept": dept,
            "material_name": name,
            "ts_received": "0 09:00",
        }
        for i in range(n)
        for step, dept, names in (("消防审查", "消防局", first), ("人防审查", "人防办", second))
        for name in names.split()
    ]


def test_the_same_four_documents_and_no_objection(log_of: LogMaker) -> None:
    # 4 of 5 documents in common: Jaccard 0.8; 300 passed by 消防局, none returned by 人防办
    log = log_of(
        events(300), materials(300, "施工图 规划许可证 执照 合同", "施工图 规划许可证 执照 合同 申请表")
    )
    (finding,) = find_checked_twice(log, OFFICE_HOURS)
    assert finding.where == {"departments": ["消防局", "人防办"], "steps": ["人防审查"]}
    assert finding.evidence["jaccard"] == 0.8
    assert finding.evidence["checked_by_both"] == sorted(["施工图", "规划许可证", "执照", "合同"])
    assert (finding.cases, finding.evidence["objections_of_second"]) == (300, 0)
    # one hour each, 300 in a week; who worked on it is not known
    assert finding.evidence["case_waiting_hours_per_year"] == pytest.approx(300 * 50)
    assert finding.hours_lost_per_year is None
    assert finding.proposes[0].parameters == {"step": "人防审查"}


def test_other_documents_are_another_check(log_of: LogMaker) -> None:
    # 3 of 5 in common: 0.6
    log = log_of(events(300), materials(300, "施工图 规划许可证 执照 合同", "施工图 规划许可证 执照 申请表"))
    assert find_checked_twice(log, OFFICE_HOURS) == []


def test_a_second_check_that_objects_is_worth_having(log_of: LogMaker) -> None:
    log = log_of(events(300, objections=5), materials(300, "施工图", "施工图"))
    assert find_checked_twice(log, OFFICE_HOURS) == []


def test_only_what_the_first_passed_counts(log_of: LogMaker) -> None:
    log = log_of(events(300, first_passes=False), materials(300, "施工图", "施工图"))
    assert find_checked_twice(log, OFFICE_HOURS) == []


def test_without_materials_names_of_steps_tell(log_of: LogMaker) -> None:
    rows = events(300)
    for row in rows:
        row["activity"] = f"{row['dept']}身份核验"
    (finding,) = find_checked_twice(log_of(rows), OFFICE_HOURS)
    assert finding.evidence["checked_by_both"] == ["身份核验"]
    assert find_checked_twice(log_of(events(300)), OFFICE_HOURS) == []


def test_needs_departments_and_results(log_of: LogMaker) -> None:
    row = {"case_id": "a", "activity": "审核", "end": "0 09:00"}
    with pytest.raises(MissingColumnsError, match="dept"):
        find_checked_twice(log_of([{**row, "result": PASS}]), OFFICE_HOURS)
    with pytest.raises(MissingColumnsError, match="result"):
        find_checked_twice(log_of([{**row, "dept": "市监局"}]), OFFICE_HOURS)
