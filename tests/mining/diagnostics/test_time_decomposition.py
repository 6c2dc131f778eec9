"""Flow efficiency of a log, and what can be told where only ends are known."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from mining.diagnostics.time_decomposition import find_time_decomposition
from mining.event_log import BACK_OFFICE, COUNTER, RETURN, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
NINE = pd.Timestamp("2026-03-02 09:00")
MINUTE = pd.Timedelta(minutes=1)


def cases(n: int, days: int, minutes: int, officer: str | None = "甲") -> list[dict[str, object]]:
    """One case a working day: `minutes` at the counter, `minutes` in the back office `days` days later."""
    rows = []
    for case in range(n):
        came = NINE + pd.Timedelta(days=case // 5 * 7 + case % 5)
        later = came + pd.Timedelta(days=days)
        for step, place, start in (("受理", COUNTER, came), ("审核", BACK_OFFICE, later)):
            rows.append(
                {
                    "case_id": f"c{case:03d}",
                    "activity": step,
                    "place": place,
                    "officer": officer if place == BACK_OFFICE else f"窗口{case % 3}",
                    "start": start,
                    "end": start + minutes * MINUTE,
                }
            )
    return rows


def test_a_week_for_an_hour_of_work(log_of: LogMaker) -> None:
    # 7 days and 30 minutes, 60 of them work: 60 / (7 x 1440 + 30) = 0.59 %
    (finding,) = find_time_decomposition(log_of(cases(40, 7, 30)), OFFICE_HOURS)
    assert finding.effect is not None
    assert finding.effect.value == pytest.approx(60 / (7 * 1440 + 30))
    assert finding.effect.low == pytest.approx(finding.effect.value)  # all days alike
    assert finding.effect.n == finding.cases == 40
    evidence = finding.evidence
    assert evidence["flow_efficiency_least_share"] == evidence["flow_efficiency_share"]
    parts = [value for key, value in evidence.items() if key in PARTS]
    assert sum(parts) == pytest.approx(1, abs=1e-3)
    # 5 days of 420 open minutes from the end of the counter to the begin of the review, less the half hour
    assert evidence["case_waiting_hours_per_year"] == pytest.approx(40 * (5 * 7 - 0.5) * 250 / 45, rel=0.2)
    assert finding.hours_lost_per_year is None


PARTS = {
    f"{name}_share"
    for name in (
        "touch",
        "in_hand",
        "hall_queue",
        "back_office_wait",
        "applicant",
        "special_procedure",
        "closed_hours",
        "untold",
    )
}


def test_work_of_half_the_time_is_no_alarm(log_of: LogMaker) -> None:
    assert find_time_decomposition(log_of(cases(40, 0, 200)), OFFICE_HOURS) == []
    assert find_time_decomposition(log_of(cases(29, 7, 30)), OFFICE_HOURS) == []  # too few


def test_nobody_is_called_idle_for_want_of_a_name(log_of: LogMaker) -> None:
    # the back office works 400 minutes on each, who is not known: between 400 / 11000 and 800 / 11000
    found = find_time_decomposition(log_of(cases(40, 7, 400, officer=None)), OFFICE_HOURS)
    assert found == []
    named = find_time_decomposition(log_of(cases(40, 7, 200, officer=None)), OFFICE_HOURS)
    assert named[0].evidence["flow_efficiency_least_share"] < named[0].evidence["flow_efficiency_share"]


def with_ends_only(result: str) -> list[dict[str, object]]:
    rows = cases(40, 7, 30)
    for row in rows:
        del row["start"]
        row["result"] = result if row["activity"] == "受理" else "通过"
    return rows


def test_ends_only_tell_what_they_can(log_of: LogMaker) -> None:
    (finding,) = find_time_decomposition(log_of(with_ends_only(RETURN)), OFFICE_HOURS)
    assert finding.effect is None
    assert finding.evidence["flow_efficiency_share"] is None
    assert finding.evidence["applicant_share"] == 1.0  # all of it is the correction, as far as is known
    assert finding.evidence["corrections_without_return_time"] == 40
    assert find_time_decomposition(log_of(with_ends_only("通过")), OFFICE_HOURS) == []
