"""Policy dates as a planner writes them."""

from __future__ import annotations

import datetime as dt

import pytest

from mining.errors import LogError
from mining.event_log import EVENT_COLUMNS, EventLog, empty_table
from mining.policy_dates import PolicyDate, read_policy_date, with_policy_dates


def test_a_date_with_and_without_a_name() -> None:
    assert read_policy_date("2026-02-15") == PolicyDate(dt.date(2026, 2, 15))
    assert read_policy_date(" 2026-02-15 = 留抵退税=新政 ") == PolicyDate(
        dt.date(2026, 2, 15), "留抵退税=新政"
    )


@pytest.mark.parametrize("text", ["", "15.2.2026", "2026-02-30=x", "=x"])
def test_anything_else_is_said(text: str) -> None:
    with pytest.raises(LogError, match="no policy date") as caught:
        read_policy_date(text)
    assert "2026-02-15=名称" in caught.value.in_language("zh")


def test_dates_travel_with_the_log_in_order_and_once() -> None:
    log = EventLog(events=empty_table(EVENT_COLUMNS))
    early, late = PolicyDate(dt.date(2026, 1, 1), "a"), PolicyDate(dt.date(2026, 3, 1), "b")
    assert log.options.policy_dates == ()
    assert with_policy_dates(log, [late, early, late]).options.policy_dates == (early, late)
    assert with_policy_dates(log, []).options.policy_dates == ()
