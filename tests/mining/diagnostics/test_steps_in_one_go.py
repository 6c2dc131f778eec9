"""Steps in one go: one person, two minutes, most of the time."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from mining.diagnostics.steps_in_one_go import find_steps_in_one_go
from mining.errors import MissingColumnsError
from mining.event_log import COUNTER, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
NINE = pd.Timestamp("2026-03-02 09:00")


def rows(n: int, *, quick: int, other_officer: bool = False, **columns: object) -> list[dict[str, object]]:
    """n cases a -> b by officer of the case: the first `quick` b come 30 seconds after a, others an hour."""
    found = []
    for number in range(n):
        officer = f"o{number % 5}"
        gap = pd.Timedelta(seconds=30 if number < quick else 3600)
        case = {"case_id": f"c{number:03d}", **columns}
        found.append({**case, "activity": "a", "officer": officer, "end": NINE})
        by = "x" if other_officer else officer
        found.append({**case, "activity": "b", "officer": by, "end": NINE + gap})
    return found


def test_two_steps_that_are_one(log_of: LogMaker) -> None:
    # 90 of 100: Wilson from 0.826
    (finding,) = find_steps_in_one_go(log_of(rows(100, quick=90)), OFFICE_HOURS)
    assert finding.where["steps"] == ["a", "b"]
    assert (finding.cases, finding.share) == (90, 0.9)
    assert finding.evidence["in_one_go_share_low"] == pytest.approx(0.826, abs=1e-3)
    assert finding.evidence["calendar_minutes_between_median"] == 0.5
    # 90 x 30 seconds on one day, x 250
    assert finding.evidence["case_waiting_hours_per_year"] == pytest.approx(90 * 30 / 3600 * 250, abs=0.1)
    assert (finding.proposes[0].lever, finding.proposes[0].parameters) == ("remove_step", {"step": "b"})


@pytest.mark.parametrize(
    ("events", "why"),
    [
        (rows(100, quick=70), "70 of 100 may be 60 %"),
        (rows(99, quick=99), "fewer than 100"),
        (rows(100, quick=90, other_officer=True), "a hand-over"),
        (rows(100, quick=90, place=COUNTER), "the applicant stands there"),
        ([{**row, "officer": "STAFF"} for row in rows(100, quick=90)], "one name for all is a placeholder"),
    ],
)
def test_neighbours(log_of: LogMaker, events: list[dict[str, object]], why: str) -> None:
    assert find_steps_in_one_go(log_of(events), OFFICE_HOURS) == [], why


def test_a_step_that_mostly_comes_otherwise_is_not_one_with_the_step_before(log_of: LogMaker) -> None:
    # b also happens 100 times on its own
    alone = [{"case_id": f"d{n}", "activity": "b", "officer": f"o{n % 5}", "end": NINE} for n in range(100)]
    assert find_steps_in_one_go(log_of(rows(100, quick=90) + alone), OFFICE_HOURS) == []


def test_needs_officers(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match="officer"):
        find_steps_in_one_go(log_of([{"case_id": "a", "activity": "x", "end": "0 09:00"}]), OFFICE_HOURS)
