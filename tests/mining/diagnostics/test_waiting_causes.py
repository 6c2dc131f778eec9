"""Why people wait, at the steps `waiting` reports."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from mining.diagnostics.waiting_causes import find_waiting_causes
from mining.diagnostics.waiting_share import find_waiting
from mining.errors import MissingColumnsError
from mining.event_log import BACK_OFFICE, COUNTER, EventLog
from mining.waiting_causes import Cause
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
NINE = pd.Timestamp("2026-03-02 09:00")
MINUTE, DAY = pd.Timedelta(minutes=1), pd.Timedelta(days=1)


def service(
    case: str, step: str, officer: str | None, came: pd.Timestamp, waited: int, took: int, place: str
) -> dict[str, object]:
    start = came + waited * MINUTE
    return {
        "case_id": case,
        "activity": step,
        "officer": officer,
        "dept": "税务局",
        "place": place,
        "ts_enabled": came,
        "start": start,
        "end": start + took * MINUTE,
    }


def morning_queue(
    days: int = 10, officer: str | None = "甲", place: str = COUNTER
) -> list[dict[str, object]]:
    """Each day five people at 9:00 and one officer with 20 minutes each: they wait 0, 20, 40, 60, 80
    minutes."""
    return [
        service(
            f"{place}-{day}-{n}", "受理", officer, NINE + (day // 5 * 7 + day % 5) * DAY, 20 * n, 20, place
        )
        for day in range(days)
        for n in range(5)
    ]


def test_a_queue_is_contention_and_its_hours_are_citizens(log_of: LogMaker) -> None:
    log = log_of(morning_queue())
    (finding,) = find_waiting_causes(log, OFFICE_HOURS)
    assert finding.where == {"step": "受理", "department": "税务局"}
    assert finding.evidence["contention_share"] == 1.0
    assert (finding.evidence["waits_told"], finding.evidence["waits_not_told"]) == (50, 0)
    # two weeks of 200 minutes waited a day
    assert finding.citizen_hours_lost_per_year == pytest.approx(10 * 200 / 60 * 25, abs=0.1)
    assert finding.official_hours_lost_per_year is None
    assert finding.cases == 40
    assert finding.effect is not None
    assert (finding.effect.value, finding.effect.low, finding.effect.high) == (1.0, 1.0, 1.0)
    assert [proposal.lever for proposal in finding.proposes] == ["staffing"]


def test_it_speaks_of_the_steps_that_waiting_reports(log_of: LogMaker) -> None:
    quick = [service(f"q{n}", "咨询", "乙", NINE + n * 10 * MINUTE, 1, 5, COUNTER) for n in range(40)]
    log = log_of([*morning_queue(), *quick])
    reported = [finding.where["step"] for finding in find_waiting(log, OFFICE_HOURS)]
    assert (
        [finding.where["step"] for finding in find_waiting_causes(log, OFFICE_HOURS)] == reported == ["受理"]
    )


def test_back_office_files_lie_and_cost_nobody_hours(log_of: LogMaker) -> None:
    # ready 9:00, begun at 14:00 by somebody with nothing to do: four working hours
    lying = [
        service(f"b{day}", "审核", "甲", NINE + (day // 5 * 7 + day % 5) * DAY, 300, 10, BACK_OFFICE)
        for day in range(40)
    ]
    (finding,) = find_waiting_causes(log_of(lying), OFFICE_HOURS)
    assert finding.evidence["extraneous_share"] == 1.0
    assert finding.hours_lost_per_year is None
    assert finding.evidence["case_waiting_hours_per_year"] == pytest.approx(40 * 4 * 250 / 40, abs=0.1)
    assert finding.proposes[0].lever == "online"
    assert finding.proposes[0].parameters == {"step": "审核", "reminders": True}


def test_shares_sum_to_one_and_carry_intervals(log_of: LogMaker) -> None:
    # people of 11:30 who are served after lunch wait 20 minutes for others, 60 over lunch, 10 more
    lunch = [
        row
        for day in range(10)
        for row in (
            service(
                f"l{day}a", "受理", "甲", NINE + (day // 5 * 7 + day % 5) * DAY + 150 * MINUTE, 0, 30, COUNTER
            ),
            service(
                f"l{day}b",
                "受理",
                "甲",
                NINE + (day // 5 * 7 + day % 5) * DAY + 160 * MINUTE,
                90,
                10,
                COUNTER,
            ),
        )
    ]
    (finding,) = find_waiting_causes(log_of([*morning_queue(), *lunch]), OFFICE_HOURS)
    shares = [finding.evidence[f"{cause.name.lower()}_share"] for cause in Cause]
    assert sum(shares) == pytest.approx(1, abs=1e-3)
    for cause in Cause:
        low, high = (finding.evidence[f"{cause.name.lower()}_share_{end}"] for end in ("low", "high"))
        assert low <= finding.evidence[f"{cause.name.lower()}_share"] <= high


def test_waits_without_an_officer_are_counted_and_left_out(log_of: LogMaker) -> None:
    unknown = morning_queue(officer=None, place=COUNTER)
    for row in unknown:
        row["case_id"] = f"u{row['case_id']}"
    (finding,) = find_waiting_causes(log_of([*morning_queue(), *unknown]), OFFICE_HOURS)
    assert (finding.evidence["waits_told"], finding.evidence["waits_not_told"]) == (50, 50)
    with pytest.raises(MissingColumnsError, match="officer"):
        find_waiting_causes(log_of(unknown), OFFICE_HOURS)


def test_a_log_of_ends_only_is_told_so(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match="ts_start"):
        find_waiting_causes(
            log_of([{"case_id": "a", "activity": "受理", "end": "0 09:00", "officer": "甲"}]), OFFICE_HOURS
        )
