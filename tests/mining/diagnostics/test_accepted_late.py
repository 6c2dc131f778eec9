"""Work before acceptance: what a receipt is, the next working day, returns in between, steps of a case."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mining.diagnostics.accepted_late import find_accepted_late
from mining.errors import MissingColumnsError
from mining.event_log import PASS, RETURN, EventLog
from mining.findings import Finding
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]


def log_with(log_of: LogMaker, accepted: list[str | pd.Timestamp], received: str = "0 10:00") -> EventLog:
    """Cases of one department that were received at a moment and accepted at these."""
    of_case: list[Row] = [{"case_id": f"c{n:03d}", "activity": "人防审核"} for n in range(len(accepted))]
    events = [
        {**row, "dept": "人防", "end": "10 10:00", "ts_accept": moment}
        for row, moment in zip(of_case, accepted, strict=True)
    ]
    return log_of(events, [{**row, "material_name": "施工图", "ts_received": received} for row in of_case])


def test_the_next_working_day_is_in_time(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    # received Monday 10:00: 28 accepted on Tuesday at 16:59, 12 on Thursday at 10:00, three days later
    (finding,) = find_accepted_late(log_with(log_of, ["1 16:59"] * 28 + ["3 10:00"] * 12), OFFICE_HOURS)
    assert (finding.kind, finding.where) == ("accepted_late", {"department": "人防"})
    assert (finding.cases, finding.share) == (12, 0.3)
    assert finding.effect is not None
    assert finding.effect.low is not None
    assert finding.effect.high is not None
    assert (finding.effect.n, finding.effect.low < 0.3 < finding.effect.high) == (40, True)
    assert finding.evidence["working_days_before_acceptance_median"] == 3.0
    # 12 x 21 hours on 1 day with events: x 250
    assert finding.evidence["case_waiting_hours_per_year"] == 12 * 21 * 250
    assert finding.hours_lost_per_year is None
    assert finding.example_cases == ("c028", "c029", "c030", "c031", "c032")
    check_words(finding)


def test_a_weekend_is_no_delay(log_of: LogMaker) -> None:
    # received Friday 4 at 16:00, accepted Monday 7; on Tuesday 8 it is late
    assert find_accepted_late(log_with(log_of, ["7 16:00"] * 40, "4 16:00"), OFFICE_HOURS) == []
    assert find_accepted_late(log_with(log_of, ["8 09:30"] * 40, "4 16:00"), OFFICE_HOURS)


@pytest.mark.parametrize(
    ("accepted", "why"),
    [
        (["3 10:00"] * 2 + ["0 11:00"] * 38, "2 of 40 are 5 %"),
        (["3 10:00"] * 29, "29 are too few"),
        (["0 09:00"] * 40, "accepted before anything came in: the receipt is not known"),
    ],
)
def test_what_is_no_finding(log_of: LogMaker, accepted: list[str | pd.Timestamp], why: str) -> None:
    assert find_accepted_late(log_with(log_of, accepted), OFFICE_HOURS) == [], why


def test_a_return_in_between_is_the_applicants_time(log_of: LogMaker) -> None:
    events: list[Row] = []
    for n in range(60):
        row: Row = {"case_id": f"c{n:03d}", "activity": "受理", "dept": "人防", "ts_accept": "3 10:00"}
        row |= {"ts_ticket": "0 09:00"}
        if n < 20:
            events.append({**row, "end": "0 11:00", "result": RETURN})
        events.append({**row, "end": "3 10:00", "result": PASS})
    (finding,) = find_accepted_late(log_of(events), OFFICE_HOURS)
    assert (finding.cases, finding.evidence["returned_before_acceptance"]) == (40, 20)


def test_steps_with_acceptances_of_their_own(log_of: LogMaker) -> None:
    # both steps get the papers on the day before they accept, the second step four days after the first
    events: list[Row] = []
    papers: list[Row] = []
    for n in range(40):
        for step, received, accepted in (("消防", "0 10:00", "1 10:00"), ("人防", "4 10:00", "7 10:00")):
            own: Row = {"case_id": f"c{n:03d}", "activity": step, "dept": step}
            events.append({**own, "end": "8 10:00", "ts_accept": accepted})
            papers.append({**own, "material_name": "施工图", "ts_received": received})
    assert find_accepted_late(log_of(events, papers), OFFICE_HOURS) == []
    papers = [paper | ({"ts_received": "2 10:00"} if paper["dept"] == "人防" else {}) for paper in papers]
    (finding,) = find_accepted_late(log_of(events, papers), OFFICE_HOURS)
    assert finding.where == {"department": "人防"}


def test_the_table_of_cases_tells_too(log_of: LogMaker) -> None:
    events = [{"case_id": f"c{n:03d}", "activity": "受理", "end": "5 10:00"} for n in range(40)]
    cases = [{"case_id": row["case_id"], "ts_apply": "0 10:00", "ts_accept": "4 10:00"} for row in events]
    (finding,) = find_accepted_late(log_of(events, cases=cases), OFFICE_HOURS)
    assert (finding.where, finding.share) == ({}, 1.0)


def test_the_planted_share_is_found_and_a_clean_log_is_left_alone(log_of: LogMaker) -> None:
    # 30 % accepted three working days after receipt, 20 seeds; all others within the day
    for seed in range(20):
        late = np.random.default_rng(seed).random(200) < 0.3
        (finding,) = find_accepted_late(
            log_with(log_of, ["3 10:00" if each else "0 15:00" for each in late]), OFFICE_HOURS
        )
        assert finding.cases == late.sum()
        assert find_accepted_late(log_with(log_of, ["0 15:00"] * 200), OFFICE_HOURS) == []


def test_what_is_missing_is_said(log_of: LogMaker) -> None:
    row: Row = {"case_id": "a", "activity": "受理", "end": "0 09:00"}
    with pytest.raises(MissingColumnsError, match="ts_accept"):
        find_accepted_late(log_of([row]), OFFICE_HOURS)
    with pytest.raises(MissingColumnsError, match="ts_received"):
        find_accepted_late(log_of([{**row, "ts_accept": "0 09:00"}]), OFFICE_HOURS)
