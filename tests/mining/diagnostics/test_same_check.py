"""One check in several departments: who repeats whom, and where nothing is proposed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mining.diagnostics.same_check import find_same_check
from mining.diagnostics.step_words import check_at
from mining.errors import MissingColumnsError
from mining.event_log import PASS, RETURN, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]
STEPS = (("市监局", "身份核验"), ("税务局", "办税人员身份核实"), ("银行", "开户身份核验"))


def log_with(
    log_of: LogMaker, n: int = 300, steps: tuple[tuple[str, str], ...] = STEPS, **columns: object
) -> EventLog:
    rows: list[Row] = []
    for number in range(n):
        for hour, (dept, step) in enumerate(steps):
            row: Row = {"case_id": f"c{number:03d}", "activity": step, "dept": dept, "result": PASS}
            clock = {"start": f"{number % 5} {9 + hour:02d}:00", "end": f"{number % 5} {9 + hour:02d}:30"}
            rows.append({**row, "issues": None, **clock, **columns})
    rows.append({**rows[-1], "case_id": "c000", "activity": "发证", "issues": "执照", "end": "5 10:00"})
    return log_of(rows)


@pytest.mark.parametrize(
    ("step", "check"),
    [("现场身份核验", "identity"), ("材料复核", "documents"), ("盖章", "seal"), ("设立登记审核", None)],
)
def test_words_of_checks(step: str, check: str | None) -> None:
    assert check_at(step) == check


def test_the_second_and_third_department_repeat_the_first(log_of: LogMaker) -> None:
    (finding,) = find_same_check(log_with(log_of, place="counter", officer=None), OFFICE_HOURS)
    assert finding.where == {
        "check": "identity",
        "steps": ["办税人员身份核实", "开户身份核验"],
        "departments": ["税务局", "银行"],
    }
    assert (finding.cases, finding.share) == (300, 1.0)
    assert finding.evidence["repetitions_by_department"] == {"税务局": 300, "银行": 300}
    # half an hour of an officer each; applicants are served half an hour and wait half an hour before each
    assert finding.official_hours_lost_per_year == 600 * 0.5 * 250 / 5
    assert finding.citizen_hours_lost_per_year == 600 * 1.0 * 250 / 5
    assert [p.parameters for p in finding.proposes] == [
        {"step": "办税人员身份核实"},
        {"step": "开户身份核验"},
    ]


def test_a_department_that_checks_again_itself_repeats_nobody(log_of: LogMaker) -> None:
    steps = (("市监局", "身份核验"), ("市监局", "再次身份核验"))
    assert find_same_check(log_with(log_of, steps=steps), OFFICE_HOURS) == []


def test_different_checks_are_no_repetition(log_of: LogMaker) -> None:
    steps = (("市监局", "身份核验"), ("税务局", "材料复核"), ("银行", "盖章"))
    assert find_same_check(log_with(log_of, steps=steps), OFFICE_HOURS) == []


def test_a_check_that_objects_stays(log_of: LogMaker) -> None:
    log = log_with(log_of)
    again = log.events["activity"] == "开户身份核验"
    log.events.loc[again & log.events["case_id"].isin([f"c{n:03d}" for n in range(9)]), "result"] = RETURN
    (finding,) = find_same_check(log, OFFICE_HOURS)
    assert (finding.evidence["decisions"], finding.evidence["objections"], finding.proposes) == (600, 9, ())


def test_where_documents_made_are_unknown_nothing_is_proposed(log_of: LogMaker) -> None:
    log = log_with(log_of)
    events = log.events.drop(columns="issues")
    (finding,) = find_same_check(EventLog(events=events), OFFICE_HOURS)
    assert finding.proposes == ()


def test_across_the_items_of_one_journey(log_of: LogMaker) -> None:
    rows = [
        {
            "case_id": f"{dept}{n}",
            "journey_id": f"j{n}",
            "activity": f"{dept}身份核验",
            "dept": dept,
            "end": f"0 {hour}:00",
        }
        for n in range(20)
        for dept, hour in (("市监局", "09"), ("税务局", "10"))
    ]
    (finding,) = find_same_check(log_of(rows), OFFICE_HOURS)
    assert (finding.cases, finding.share, finding.where["departments"]) == (20, 0.5, ["税务局"])


def test_needs_departments(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match="dept"):
        find_same_check(log_of([{"case_id": "a", "activity": "x", "end": "0 09:00"}]), OFFICE_HOURS)
