"""Wasted trips: a visit counts if nothing came of any of it; back-office decisions are no visit."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from mining.diagnostics.wasted_trips import find_wasted_trips
from mining.errors import MissingColumnsError
from mining.event_log import BACK_OFFICE, COUNTER, DECLINE, PASS, REJECT, RETURN, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]


def visit(case: str, *events: tuple[str, str | None], day: int = 0, place: str = COUNTER) -> list[Row]:
    """Half-hour services from 9:00 on: (step, result)."""
    return [
        {
            "case_id": case,
            "activity": step,
            "place": place,
            "result": result,
            "start": f"{day} {9 + hour:02d}:00",
            "end": f"{day} {9 + hour:02d}:30",
        }
        for hour, (step, result) in enumerate(events)
    ]


def hall(wasted: list[list[Row]], good: int = 36) -> list[Row]:
    rows = [row for rows in wasted for row in rows]
    return rows + [row for n in range(good) for row in visit(f"p{n:02d}", ("登记", PASS))]


def test_visits_that_came_to_nothing(log_of: LogMaker) -> None:
    # 4 of 40 are returned: no more than 10 %; 5 of 41 are
    wasted = [visit(f"r{n}", ("登记", RETURN)) for n in range(5)]
    assert find_wasted_trips(log_of(hall(wasted[:4])), OFFICE_HOURS) == []
    (finding,) = find_wasted_trips(log_of(hall(wasted)), OFFICE_HOURS)
    assert (finding.cases, finding.share) == (5, round(5 / 41, 4))
    # one working day: 5 x (half an hour in the hall + an hour of travel) x 250, and 5 half hours of officials
    assert finding.citizen_hours_lost_per_year == 1875.0
    assert finding.official_hours_lost_per_year == 625.0
    assert finding.hours_lost_per_year == 2500.0
    assert finding.evidence["hall_minutes_per_wasted_visit_mean"] == 30.0
    assert finding.evidence["wasted_by_result"] == {RETURN: 5}
    assert (finding.evidence["wasted_share_low"], finding.evidence["wasted_share_high"]) == (0.0532, 0.2554)
    assert finding.example_cases == tuple(f"r{n}" for n in range(5))
    assert finding.proposes == ()


@pytest.mark.parametrize("result", [REJECT, DECLINE])
def test_other_ends_that_waste_a_trip(log_of: LogMaker, result: str) -> None:
    (finding,) = find_wasted_trips(
        log_of(hall([visit(f"r{n}", ("登记", result)) for n in range(9)])), OFFICE_HOURS
    )
    assert finding.cases == 9


def test_a_question_alone_is_a_wasted_trip(log_of: LogMaker) -> None:
    asked = [visit(f"q{n}", ("政策咨询", None)) for n in range(9)]
    (finding,) = find_wasted_trips(log_of(hall(asked)), OFFICE_HOURS)
    assert (finding.cases, finding.where) == (9, {"steps": ["政策咨询"]})


@pytest.mark.parametrize(
    "rows",
    [
        [("登记", RETURN), ("开户", PASS)],  # something was done
        [("登记", RETURN), ("登记", PASS)],  # put right on the spot
        [("登记", RETURN), ("领照", None)],  # a document was collected
    ],
)
def test_neighbours_that_are_not_wasted(log_of: LogMaker, rows: list[tuple[str, str | None]]) -> None:
    assert find_wasted_trips(log_of(hall([visit(f"r{n}", *rows) for n in range(20)])), OFFICE_HOURS) == []


def test_back_office_returns_are_no_visits(log_of: LogMaker) -> None:
    inside = [visit(f"r{n}", ("审核", RETURN), place=BACK_OFFICE) for n in range(20)]
    assert find_wasted_trips(log_of(hall(inside)), OFFICE_HOURS) == []


@pytest.mark.parametrize(("column", "named"), [("result", "result"), ("place", "visit_id")])
def test_what_is_missing_is_said(log_of: LogMaker, column: str, named: str) -> None:
    rows = [{k: v for k, v in row.items() if k != column} for row in visit("a", ("登记", PASS))]
    with pytest.raises(MissingColumnsError, match=named) as caught:
        find_wasted_trips(log_of(rows), OFFICE_HOURS)
    assert "白跑" in caught.value.in_language("zh")


def test_a_ticket_nobody_called_is_a_visit_but_not_a_wasted_one(log_of: LogMaker) -> None:
    # 8 take a ticket on Monday and are served on Tuesday: 16 visits. With 36 others 5 returned are 5 of 57
    # visits, below 10 % (of the 49 with a service they would be above); 6 are 6 of 58
    early = pd.Timestamp("2026-03-02 09:00")
    tickets = [{**visit(f"e{n}", ("登记", PASS), day=1)[0], "ts_ticket": early} for n in range(8)]

    def wasted(n: int) -> EventLog:
        return log_of([*hall([visit(f"r{k}", ("登记", RETURN)) for k in range(n)]), *tickets])

    assert find_wasted_trips(wasted(5), OFFICE_HOURS) == []
    (finding,) = find_wasted_trips(wasted(6), OFFICE_HOURS)
    assert (finding.evidence["visits"], finding.evidence["visits_without_service"]) == (58, 8)
    assert finding.share == round(6 / 58, 4)
