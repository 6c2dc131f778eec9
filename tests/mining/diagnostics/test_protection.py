"""No finding proposes to remove, merge or move a protected step; a four-eyes rule is seen in the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mining.diagnostics import find_all, protection
from mining.diagnostics.check_order import find_check_order
from mining.diagnostics.checked_twice import find_checked_twice
from mining.diagnostics.ping_pong import find_ping_pong
from mining.diagnostics.protection import find_four_eyes
from mining.diagnostics.redundant_steps import find_redundant_steps
from mining.diagnostics.same_check import find_same_check
from mining.diagnostics.steps_in_one_go import find_steps_in_one_go
from mining.event_log import PASS, REJECT, EventLog
from mining.findings import Finding
from mining.options import FindingOptions
from mining.protected_steps import ProtectedSteps, ProtectionRule
from mining.text import Text
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]
NAMES = ("审核", "身份核验", "材料复核", "会签", "登记")


def full_of_waste(prefix: str, n: int = 320) -> tuple[list[Row], list[Row]]:
    """Checks that pass everything, twice, in one go, with returns between departments."""
    steps = [
        ("市监局", f"{prefix}{NAMES[1]}", "甲", "09:00", "09:20"),
        ("税务局", f"{prefix}{NAMES[1]}税务", "乙", "09:30", "09:40"),
        ("税务局", f"{prefix}{NAMES[0]}", "丙", "10:00", "10:20"),
        ("税务局", f"{prefix}{NAMES[3]}", "丙", "10:20", "10:21"),
        ("市监局", f"{prefix}{NAMES[2]}", "丁", "11:00", "11:20"),
        ("税务局", f"{prefix}{NAMES[2]}税务", "乙", "13:00", "13:20"),
    ]
    events: list[Row] = []
    papers: list[Row] = []
    for number in range(n):
        case, day = f"c{number:04d}", number % 5
        back = [(*steps[0][:2], "甲", "14:00", "14:20")] if number % 4 == 0 else []
        for dept, step, officer, start, end in (*steps, *back):
            stopped = step == steps[5][1] and number % 3 == 0
            row: Row = {"case_id": case, "activity": step, "dept": dept, "officer": f"{officer}{number % 4}"}
            row |= {"start": f"{day} {start}", "end": f"{day} {end}", "place": "back_office"}
            row |= {"result": REJECT if stopped else PASS, "issues": None}
            events.append(row)
        events.append({**events[-1], "activity": f"{prefix}{NAMES[4]}", "result": None, "issues": "执照"})
        for dept, step in (("市监局", steps[0][1]), ("税务局", steps[1][1])):
            papers.append({"case_id": case, "activity": step, "dept": dept, "material_name": "章程"})
    return events, papers


def levers(findings: list[Finding]) -> set[str]:
    return {proposal.lever for finding in findings for proposal in finding.proposes}


def test_open_names_are_proposed_for_removal_and_merging(log_of: LogMaker) -> None:
    findings = find_all(log_of(*full_of_waste("普通")))
    assert "remove_step" in levers(findings)
    assert len({f.kind for f in findings if any(p.lever == "remove_step" for p in f.proposes)}) >= 2


@pytest.mark.parametrize("word", ["公示", "听证", "双人复核", "消防验收", "hearing "])
def test_the_same_log_with_protected_names_gets_no_such_proposal(log_of: LogMaker, word: str) -> None:
    findings = find_all(log_of(*full_of_waste(word)))
    assert findings
    assert levers(findings) & {"remove_step", "one_window", "merge_steps"} == set()
    told = [f.evidence["protected_by"] for f in findings if "protected_by" in f.evidence]
    assert told
    assert set(told) == {word.strip()}


def test_a_planners_own_list_counts_too(log_of: LogMaker) -> None:
    log = log_of(*full_of_waste("普通"))
    rule = ProtectionRule(kind="statutory", words=("普通",), reason=Text(zh="条例", en="regulation"))
    own = replace(log, options=FindingOptions(protected=ProtectedSteps(protected=(rule,))))
    assert "remove_step" in levers(find_all(log))
    assert "remove_step" not in levers(find_all(own))


def test_every_finding_that_can_propose_a_removal_was_tried(log_of: LogMaker) -> None:
    log = log_of(*full_of_waste("普通"))
    for find in (find_redundant_steps, find_checked_twice, find_steps_in_one_go, find_same_check):
        assert levers(find(log, OFFICE_HOURS)) == {"remove_step"}, find.__name__


def two_steps(n: int, second: Callable[[int], str]) -> list[Row]:
    return [
        {
            "case_id": f"c{number:04d}",
            "activity": step,
            "officer": officer,
            "result": PASS,
            "issues": "单" if step == "受理" else None,
            "end": f"{number % 5} {hour}:00",
        }
        for number in range(n)
        for step, officer, hour in (
            ("受理", "甲乙丙丁"[number % 4], "09"),
            ("审核", second(number), "11"),
            ("发证", "戊", "13"),
        )
    ]


def test_people_who_could_do_both_and_never_do_follow_a_rule(log_of: LogMaker) -> None:
    # four officers do both steps: by chance the same one in a quarter of 400 cases, seen in none
    log = log_of(two_steps(400, lambda n: "甲乙丙丁"[(n + 1) % 4]))
    pattern = find_four_eyes(log, np.flatnonzero(log.events["activity"] == "审核"))
    assert pattern is not None
    assert (pattern.pairs, pattern.other_officer_share, pattern.expected_same) == (400, 1.0, 100.0)
    assert pattern.is_rule
    (finding,) = [f for f in find_redundant_steps(log, OFFICE_HOURS) if f.where["steps"] == ["审核"]]
    assert (finding.evidence["protected_by"], finding.proposes) == ("four_eyes_rule", ())


def test_people_who_never_do_the_other_step_bring_a_caution(log_of: LogMaker) -> None:
    log = log_of(two_steps(400, lambda n: "子丑寅卯"[n % 4]))
    (finding,) = [f for f in find_redundant_steps(log, OFFICE_HOURS) if f.where["steps"] == ["审核"]]
    assert finding.evidence["protected_by"] is None
    (proposal,) = finding.proposes
    assert proposal.caution is not None
    assert "职责分离的要求" in proposal.caution.zh
    assert "separation of duties is meant" in proposal.caution.en


def test_one_officer_for_both_is_no_rule(log_of: LogMaker) -> None:
    log = log_of(two_steps(400, lambda n: "甲乙丙丁"[n % 4]))
    pattern = find_four_eyes(log, np.flatnonzero(log.events["activity"] == "审核"))
    assert pattern is not None
    assert (pattern.other_officer_share, pattern.is_rule, pattern.always_other) == (0.0, False, False)


def test_ping_pong_merges_no_department_with_a_protected_step(log_of: LogMaker) -> None:
    def rows(protected: str) -> list[Row]:
        return [
            {"case_id": f"c{n}", "activity": step, "dept": dept, "end": f"0 {9 + hour:02d}:00"}
            for n in range(20)
            for hour, (dept, step) in enumerate((("甲科", "受理"), ("乙科", protected), ("甲科", "受理")))
        ]

    assert levers(find_ping_pong(log_of(rows("审核")), OFFICE_HOURS)) == {"one_window"}
    assert levers(find_ping_pong(log_of(rows("听证")), OFFICE_HOURS)) == set()


def test_a_protected_check_keeps_its_place(log_of: LogMaker) -> None:
    def log(first: str) -> EventLog:
        events: list[Row] = []
        papers: list[Row] = []
        for n in range(200):
            steps = [("受理", 5, PASS), (first, 60, PASS)]
            steps.append(("信用核查", 5, REJECT if n % 5 == 0 else PASS))
            minute = 540
            for step, minutes, result in steps:
                clock = [f"{n % 5} {m // 60:02d}:{m % 60:02d}" for m in (minute, minute + minutes)]
                events.append(
                    {"case_id": f"c{n:03d}", "activity": step, "result": result, "start": clock[0]}
                    | {"end": clock[1], "issues": "受理单" if step == "受理" else None}
                )
                papers.append({"case_id": f"c{n:03d}", "activity": step, "material_name": "章程"})
                minute += minutes
        return log_of(events, papers)

    (finding,) = find_check_order(log("现场核查"), OFFICE_HOURS)
    assert finding.evidence["order_of_least_effort"] == ["信用核查", "现场核查"]
    assert find_check_order(log("消防验收"), OFFICE_HOURS) == []


def test_removals_and_mergers_are_proposed_in_one_place_only() -> None:
    folder = Path(protection.__file__).parent
    naming = {
        path.name
        for path in folder.glob("*.py")
        for lever in ("remove_step", "one_window", "merge_steps")
        if f'lever="{lever}"' in path.read_text(encoding="utf-8")
    }
    assert naming == {"protection.py"}


@pytest.mark.filterwarnings("ignore:The 'lsuffix'")
def test_the_pattern_counts_what_pm4py_counts(log_of: LogMaker) -> None:
    pm4py = pytest.importorskip("pm4py")
    # every fifth case has one officer for both steps
    log = log_of(two_steps(200, lambda n: "甲乙丙丁"[n % 4] if n % 5 == 0 else "甲乙丙丁"[(n + 1) % 4]))
    frame = pd.DataFrame(
        {
            "case:concept:name": log.events["case_id"].astype(object),
            "concept:name": log.events["activity"].astype(object),
            "org:resource": log.events["officer"].astype(object),
            "time:timestamp": log.events["time"].astype("datetime64[ns]").dt.tz_localize("UTC"),
        }
    )
    kept = pm4py.filter_four_eyes_principle(frame, "受理", "审核")
    pattern = find_four_eyes(log, np.flatnonzero(log.events["activity"] == "审核"))
    assert pattern is not None
    assert pattern.pairs == 200
    assert round(pattern.other_officer_share * pattern.pairs) == kept["case:concept:name"].nunique() == 160
