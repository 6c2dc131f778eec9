"""Online service: what a start is, what a fallback is, who gave up, the two online rates."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mining.diagnostics.online_service import find_online_service
from mining.errors import MissingColumnsError
from mining.event_log import BACK_OFFICE, COUNTER, ONLINE, EventLog
from mining.findings import Finding
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]
APPLY: Row = {"activity": "网上申报", "place": ONLINE, "start": "0 09:00", "end": "0 09:10"}
REVIEW: Row = {"activity": "审核", "place": BACK_OFFICE, "start": "1 09:00", "end": "1 09:30"}
SHOW: Row = {"activity": "核验原件", "place": COUNTER, "start": "2 09:00", "end": "2 09:30", "officer": "甲"}
COLLECT: Row = {"activity": "领取", "place": COUNTER, "start": "3 09:00", "end": "3 09:05", "officer": "甲"}
AT_COUNTER: Row = {
    "activity": "窗口受理",
    "place": COUNTER,
    "start": "0 09:00",
    "end": "0 09:30",
    "officer": "乙",
}


def log_with(
    log_of: LogMaker, *parts: tuple[int, tuple[Row, ...]], open_: int = 0, last: str = "4 17:00"
) -> EventLog:
    """So many cases with these events each; the first `open_` of them are not finished."""
    events: list[Row] = []
    cases: list[Row] = []
    for part, (n, rows) in enumerate(parts):
        for k in range(n):
            name = f"{part}-{k:03d}"
            events += [{"case_id": name, **row} for row in rows]
            finish = pd.NaT if len(cases) < open_ else pd.Timestamp("2026-03-05 12:00")
            cases.append({"case_id": name, "ts_finish": finish})
    events.append({"case_id": "z", "activity": "窗口受理", "place": COUNTER, "end": last})
    return log_of(events, cases=cases)


def test_fallback_by_hand(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    # 100 begin online: 60 never come, 30 come to show originals, 10 only collect; 99 + 1 begin at the counter
    log = log_with(
        log_of,
        (60, (APPLY, REVIEW)),
        (30, (APPLY, REVIEW, SHOW)),
        (10, (APPLY, REVIEW, COLLECT)),
        (99, (AT_COUNTER,)),
    )
    (finding,) = find_online_service(log, OFFICE_HOURS)
    assert (finding.kind, finding.cases, finding.share) == ("online_fallback", 30, 0.3)
    assert finding.where == {"steps": ["核验原件"]}
    assert finding.effect is not None
    # Wilson of 30 of 100: 0.2189 to 0.3958
    assert finding.effect.low == pytest.approx(0.2189, abs=1e-4)
    assert finding.effect.high == pytest.approx(0.3958, abs=1e-4)
    rates = {key: finding.evidence[key] for key in ("all_cases", "cases_begun_online", "cases_fully_online")}
    assert rates == {"all_cases": 200, "cases_begun_online": 100, "cases_fully_online": 60}
    assert (finding.evidence["online_share"], finding.evidence["fully_online_share"]) == (0.5, 0.3)
    # 30 visits of half an hour and an hour of travel, on 5 days: x 50
    assert finding.evidence["visits_after_fallback"] == 30
    assert finding.citizen_hours_lost_per_year == 30 * 1.5 * 50
    assert finding.official_hours_lost_per_year is not None
    assert finding.official_hours_lost_per_year > 0
    assert [proposal.lever for proposal in finding.proposes] == ["online"]
    check_words(finding)


def test_a_journey_falls_back_through_another_case(log_of: LogMaker) -> None:
    events: list[Row] = []
    for k in range(40):
        events.append({**APPLY, "case_id": f"a{k}", "journey_id": f"j{k}"})
        events.append({**SHOW, "case_id": f"b{k}", "journey_id": f"j{k}"})
    (finding,) = find_online_service(log_of(events), OFFICE_HOURS)
    assert (finding.cases, finding.share) == (40, 1.0)


def test_the_channel_of_the_case_tells_where_events_do_not(log_of: LogMaker) -> None:
    # the channel says how a case came in, tickets who had to come
    events: list[Row] = []
    for k in range(60):
        events.append({"case_id": f"c{k}", "activity": "受理", "end": "0 10:00"})
        if k < 30:
            events.append({"case_id": f"c{k}", "activity": "核验", "ts_ticket": "1 09:50", "end": "1 10:00"})
    channels = [{"case_id": f"c{k}", "channel": "网上办理"} for k in range(60)]
    (finding,) = find_online_service(log_of(events, cases=channels), OFFICE_HOURS)
    assert (finding.cases, finding.evidence["journeys_begun_online"]) == (30, 60)


def test_given_up(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    # 40 online starts without anything after and not finished, 60 that were reviewed: 40 % given up once 30
    # days have passed, not decided before
    parts = ((40, (APPLY,)), (60, (APPLY, REVIEW)))
    (finding,) = find_online_service(log_with(log_of, *parts, open_=40, last="31 17:00"), OFFICE_HOURS)
    assert (finding.kind, finding.cases, finding.share) == ("online_given_up", 40, 0.4)
    assert finding.evidence["online_completion_share"] == 0.6
    assert finding.evidence["not_decided_yet"] == 0
    check_words(finding)
    assert find_online_service(log_with(log_of, *parts, open_=40, last="29 17:00"), OFFICE_HOURS) == []


def test_open_cases_in_the_back_office_are_not_given_up(log_of: LogMaker) -> None:
    log = log_with(log_of, (100, (APPLY, REVIEW)), open_=100, last="60 17:00")
    assert find_online_service(log, OFFICE_HOURS) == []


def test_a_log_without_finishes_does_not_tell_who_gave_up(log_of: LogMaker) -> None:
    events = [{"case_id": f"c{k}", **APPLY} for k in range(100)]
    events.append({"case_id": "z", "activity": "窗口受理", "place": COUNTER, "end": "90 17:00"})
    assert find_online_service(log_of(events), OFFICE_HOURS) == []


@pytest.mark.parametrize(("back", "n"), [(18, 100), (28, 29), (0, 100)])
def test_what_is_no_finding(log_of: LogMaker, back: int, n: int) -> None:
    # 18 of 100 is 11.7 to 26.7 %; 29 starts are too few
    log = log_with(log_of, (back, (APPLY, SHOW)), (n - back, (APPLY, REVIEW)))
    assert find_online_service(log, OFFICE_HOURS) == []


def test_a_true_rate_of_a_tenth_does_not_alarm_and_of_thirty_percent_does(log_of: LogMaker) -> None:
    for seed in range(20):
        low, high = (int(np.random.default_rng(seed).binomial(300, rate)) for rate in (0.10, 0.30))
        few = log_with(log_of, (low, (APPLY, SHOW)), (300 - low, (APPLY, REVIEW)))
        many = log_with(log_of, (high, (APPLY, SHOW)), (300 - high, (APPLY, REVIEW)))
        assert find_online_service(few, OFFICE_HOURS) == []
        assert [finding.cases for finding in find_online_service(many, OFFICE_HOURS)] == [high]


def test_needs_a_channel(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match="channel"):
        find_online_service(log_of([{"case_id": "a", "activity": "x", "end": "0 09:00"}]), OFFICE_HOURS)
