"""Repeated steps: repeat, redo, and what answers an objection."""

from __future__ import annotations

from collections.abc import Callable

from mining.diagnostics.repeated_steps import find_repeated_steps
from mining.event_log import PASS, RETURN, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]


def case(name: str, *events: tuple[str, str, str | None]) -> list[dict[str, object]]:
    """(step, officer, result), an hour apart from 9:00."""
    return [
        {"case_id": name, "activity": step, "officer": officer, "result": result, "end": f"0 {9 + i:02d}:00"}
        for i, (step, officer, result) in enumerate(events)
    ]


def test_repeat_by_the_same_and_redo_by_another(log_of: LogMaker) -> None:
    # of 20 cases one is written twice by the same officer, one by another with a step in between
    rows = case("r1", ("发函", "甲", PASS), ("发函", "甲", PASS))
    rows += case("r2", ("发函", "甲", PASS), ("审核", "乙", PASS), ("发函", "丙", PASS))
    rows += [row for n in range(18) for row in case(f"c{n}", ("发函", "甲", PASS))]
    (finding,) = find_repeated_steps(log_of(rows), OFFICE_HOURS)
    assert (finding.where, finding.cases, finding.share) == ({"step": "发函"}, 2, 0.1)
    assert (finding.evidence["repeats"], finding.evidence["redos"]) == (1, 1)
    assert finding.evidence["directly_after_itself"] == 1
    assert finding.example_cases == ("r1", "r2")
    # each repetition took one working hour after what came before; one day
    assert finding.evidence["case_waiting_hours_per_year"] == 2 * 250
    assert finding.proposes == ()


def test_corrections_are_no_repetitions(log_of: LogMaker) -> None:
    rows = [
        row
        for n in range(10)
        for row in case(
            f"c{n}",
            ("受理", "甲", RETURN),
            ("受理", "甲", PASS),
            ("审核", "乙", RETURN),
            ("受理", "甲", PASS),
        )
    ]
    # the third 受理 answers the return of 审核, the second its own
    assert find_repeated_steps(log_of(rows), OFFICE_HOURS) == []


def test_without_results_the_reason_is_unknown_and_said_so(log_of: LogMaker) -> None:
    rows = [row for n in range(10) for row in case(f"c{n}", ("受理", "甲", None), ("受理", "乙", None))]
    (finding,) = find_repeated_steps(log_of(rows), OFFICE_HOURS)
    assert finding.evidence["results_known"] is False
    assert finding.evidence["redos"] == 10
    # ten repetitions of one hour on one day: known, but not known to be lost
    assert finding.evidence["case_waiting_hours_per_year"] == 10 * 250
    assert finding.hours_lost_per_year is None


def test_below_the_alarm_nothing_is_said(log_of: LogMaker) -> None:
    rows = case("r", ("发函", "甲", PASS), ("发函", "甲", PASS))
    rows += [row for n in range(20) for row in case(f"c{n}", ("发函", "甲", PASS))]
    assert find_repeated_steps(log_of(rows), OFFICE_HOURS) == []
