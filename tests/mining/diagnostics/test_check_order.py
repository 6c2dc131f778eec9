"""Order of checks: the sum by hand, the best order against all orders, documents that force an order."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, permutations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.diagnostics.check_order import best_order, expected_minutes, find_check_order
from mining.errors import MissingColumnsError
from mining.event_log import PASS, REJECT, RETURN, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]
NINE = pd.Timestamp("2026-03-02 09:00")
SITE, CREDIT = "现场核查", "信用核查"


def two_checks(
    log_of: LogMaker,
    *,
    site: int = 10,
    credit: int = 38,
    result: str = REJECT,
    needed: bool = False,
    n: int = 200,
) -> EventLog:
    """受理, then 60 minutes that stop `site` of `n` cases, then 5 that stop `credit` of the others."""
    events: list[Row] = []
    papers: list[Row] = []
    for number in range(n):
        common = {"case_id": f"c{number:03d}", "dept": "住建局"}
        ends = (PASS, result if number < site else PASS, result if number < site + credit else PASS)
        start = NINE
        for step, minutes, end in zip(("受理", SITE, CREDIT), (10, 60, 5), ends, strict=True):
            stop = start + pd.Timedelta(minutes=minutes)
            issues = {"受理": "受理单", SITE: "核查报告", CREDIT: None}[step]
            events.append(
                {**common, "activity": step, "start": start, "end": stop, "result": end, "issues": issues}
            )
            asks = "核查报告" if step == CREDIT and needed else "受理单"
            papers.append({**common, "activity": step, "material_name": asks})
            start = stop
            if end != PASS:
                break
    return log_of(events, papers)


def test_the_cheap_check_that_stops_most_comes_first(log_of: LogMaker) -> None:
    # r = 10 / 200 and 38 / 190: 60 + .95 x 5 = 64.75 minutes, the other way round 5 + .8 x 60 = 53
    (finding,) = find_check_order(two_checks(log_of), OFFICE_HOURS)
    assert finding.evidence["order_now"] == [SITE, CREDIT]
    assert finding.evidence["order_of_least_effort"] == [CREDIT, SITE]
    assert finding.evidence["stopped_share_by_check"] == {SITE: 0.05, CREDIT: 0.2}
    assert finding.evidence["work_minutes_per_case_now"] == 64.8
    assert finding.evidence["saved_minutes_per_case"] == 11.8
    low, high = (
        finding.evidence["saved_minutes_per_case_low"],
        finding.evidence["saved_minutes_per_case_high"],
    )
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert 0 < low < 11.8 < high
    # 200 cases x 11.75 minutes on one working day
    assert finding.hours_lost_per_year == round(200 * 11.75 / 60 * 250, 1)
    assert (finding.cases, finding.share, finding.proposes) == (200, 1.0, ())
    assert finding.example_cases[0] == "c000"


def test_documents_can_force_the_present_order(log_of: LogMaker) -> None:
    assert find_check_order(two_checks(log_of, needed=True), OFFICE_HOURS) == []


@pytest.mark.parametrize(("site", "credit"), [(0, 0), (60, 5), (10, 2)])
def test_orders_that_are_right_or_nearly_so(log_of: LogMaker, site: int, credit: int) -> None:
    assert find_check_order(two_checks(log_of, site=site, credit=credit), OFFICE_HOURS) == []


def test_checks_of_different_kinds_of_cases_are_no_sequence(log_of: LogMaker) -> None:
    log = two_checks(log_of)
    second = log.events["case_id"] >= "c100"
    keep = ~((log.events["activity"] == SITE) & second) & ~((log.events["activity"] == CREDIT) & ~second)
    split = EventLog(events=log.events[keep].reset_index(drop=True), materials=log.materials)
    assert find_check_order(split, OFFICE_HOURS) == []


def test_returns_that_are_put_right_stop_nobody(log_of: LogMaker) -> None:
    log = two_checks(log_of)
    again = log.events[log.events["activity"] == CREDIT].assign(result=PASS)
    events = pd.concat([log.events.replace({"result": {REJECT: RETURN}}), again])
    events = events.assign(file_row=range(2, len(events) + 2)).sort_values(["case_id", "time", "file_row"])
    put_right = EventLog(events=events.reset_index(drop=True), materials=log.materials)
    assert find_check_order(put_right, OFFICE_HOURS) == []


def test_without_documents_nothing_is_guessed(log_of: LogMaker) -> None:
    log = two_checks(log_of)
    silent = EventLog(events=log.events.drop(columns="issues"), materials=log.materials)
    with pytest.raises(MissingColumnsError, match="issues") as caught:
        find_check_order(silent, OFFICE_HOURS)
    assert "审查顺序" in caught.value.in_language("zh")


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_allowed_order_is_cheaper(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 5))
    minutes = data.draw(st.lists(st.integers(1, 60).map(float), min_size=n, max_size=n))
    shares = data.draw(st.lists(st.integers(0, 9).map(lambda tenth: tenth / 10), min_size=n, max_size=n))
    before = [{j for j in range(i) if data.draw(st.booleans())} for i in range(n)]
    found = best_order(minutes, shares, before)
    allowed = [
        order
        for order in permutations(range(n))
        if all(order.index(j) < order.index(i) for i in range(n) for j in before[i])
    ]
    assert found in allowed
    assert expected_minutes(minutes, shares, found) == pytest.approx(
        min(expected_minutes(minutes, shares, order) for order in allowed)
    )
    if not any(before):  # free to choose: r / t falls
        rates = [shares[i] / minutes[i] for i in found]
        assert all(a >= b - 1e-9 for a, b in pairwise(rates))
