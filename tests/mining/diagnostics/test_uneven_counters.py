"""Uneven counters: the 42-against-2 example by hand, even counters, peaks that differ, what is missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mining.diagnostics.uneven_counters import find_uneven_counters
from mining.errors import MissingColumnsError
from mining.event_log import BACK_OFFICE, COUNTER, EventLog
from mining.officer_views import officer_label
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]


def served(
    officer: str, dept: str, day: int, n: int, *, minutes: int = 9, first: int = 540, place: str = COUNTER
) -> list[Row]:
    """`n` services a day one after another from minute `first` on; lunch is skipped."""
    rows = []
    for number in range(n):
        begin = first + number * minutes
        begin += 60 * (begin >= 720)
        clocks = [f"{day} {minute // 60:02d}:{minute % 60:02d}" for minute in (begin, begin + minutes)]
        rows.append(
            {
                "case_id": f"{officer}-{day}-{number}",
                "activity": f"{dept}受理",
                "dept": dept,
                "officer": officer,
                "place": place,
                "start": clocks[0],
                "end": clocks[1],
            }
        )
    return rows


def days(officer: str, dept: str, n: int, **kind: object) -> list[Row]:
    return [row for day in (0, 1, 2, 3, 4) for row in served(officer, dept, day, n, **kind)]  # type: ignore[arg-type]


def test_forty_two_against_six(log_of: LogMaker) -> None:
    # 42 and 6 services of 9 minutes in 420 open minutes: 0.9 and 0.129, mean 0.514, sd 0.386, cv 0.75
    log = log_of(days("甲", "市监局", 42) + days("乙", "税务局", 6))
    (finding,) = find_uneven_counters(log, OFFICE_HOURS)
    labels = {name: officer_label(log, name) for name in ("甲", "乙")}
    assert finding.evidence["utilisation_by_window"] == {labels["甲"]: 0.9, labels["乙"]: 0.129}
    assert "甲" not in finding.title.zh
    assert finding.evidence["counter_load_cv"] == 0.75
    # every day is the same, so is every draw of days
    assert (finding.evidence["counter_load_cv_low"], finding.evidence["counter_load_cv_high"]) == (0.75, 0.75)
    assert (finding.cases, finding.share) == (5 * 48, 1.0)
    assert finding.hours_lost_per_year == 0.0  # nobody waited
    assert [proposal.parameters for proposal in finding.proposes] == [{"pools": ["市监局", "税务局"]}]
    assert set(finding.example_cases) <= set(log.events["case_id"])


def test_counters_of_one_department_propose_no_pooling(log_of: LogMaker) -> None:
    (finding,) = find_uneven_counters(
        log_of(days("甲", "市监局", 42) + days("乙", "市监局", 6)), OFFICE_HOURS
    )
    assert (finding.proposes, finding.hours_lost_per_year) == ((), None)


def test_waits_next_to_an_idle_counter_are_the_hours_lost(log_of: LogMaker) -> None:
    rows = days("甲", "市监局", 42) + days("乙", "税务局", 6, first=780)
    enabled = []
    for row in rows:
        early = row["officer"] == "甲" and str(row["start"]).endswith("10:03")
        # one a day comes at 9:03 and waits an hour, while 乙, who begins at 14:00, has nothing to do
        enabled.append({**row, "ts_enabled": f"{str(row['start'])[0]} 09:03" if early else row["start"]})
    log = log_of([{**row, "ts_ticket": None} for row in rows])
    times = log_of(
        [{"case_id": row["case_id"], "activity": "x", "start": row["ts_enabled"]} for row in enabled]
    )
    log.events["ts_ticket"] = log.events["case_id"].map(times.events.set_index("case_id")["ts_start"])
    (finding,) = find_uneven_counters(log, OFFICE_HOURS)
    assert finding.evidence["idle_elsewhere_share"] == 1.0
    assert finding.hours_lost_per_year == 250.0  # 5 hours in 5 working days
    assert finding.evidence["busiest_half_hour_by_counter"]["税务局"] == "14:00"  # type: ignore[index, call-overload]


def test_even_counters_are_no_finding(log_of: LogMaker) -> None:
    assert (
        find_uneven_counters(log_of(days("甲", "市监局", 30) + days("乙", "税务局", 24)), OFFICE_HOURS) == []
    )


def test_back_office_work_is_no_counter(log_of: LogMaker) -> None:
    rows = days("甲", "市监局", 30) + days("乙", "税务局", 30) + days("丙", "税务局", 8, place=BACK_OFFICE)
    assert find_uneven_counters(log_of(rows), OFFICE_HOURS) == []


@pytest.mark.parametrize(
    ("column", "named"), [("officer", "officer"), ("dept", "dept"), ("place", "visit_id")]
)
def test_what_is_missing_is_said(log_of: LogMaker, column: str, named: str) -> None:
    rows = [{name: value for name, value in row.items() if name != column} for row in days("甲", "市监局", 8)]
    with pytest.raises(MissingColumnsError, match=named) as caught:
        find_uneven_counters(log_of(rows), OFFICE_HOURS)
    assert "忙闲" in caught.value.in_language("zh")


def test_a_window_is_the_counter_whoever_sits_there(log_of: LogMaker) -> None:
    # 甲 and 乙 take turns at window 1, which serves 42 a day; 丙 at window 2 serves 6
    rows = [{**row, "window": "1"} for row in days("甲", "市监局", 21)]
    rows += [{**row, "window": "1"} for row in days("乙", "市监局", 21, first=780)]
    rows += [{**row, "window": "2"} for row in days("丙", "税务局", 6)]
    (finding,) = find_uneven_counters(log_of(rows), OFFICE_HOURS)
    assert finding.evidence["utilisation_by_window"] == {"1": 0.9, "2": 0.129}


def test_windows_are_enough_without_officers(log_of: LogMaker) -> None:
    rows = [{**row, "window": row.pop("officer")} for row in days("1", "市监局", 42) + days("2", "税务局", 6)]
    (finding,) = find_uneven_counters(log_of(rows), OFFICE_HOURS)
    assert finding.evidence["counter_load_cv"] == 0.75


def test_counters_of_two_halls_are_not_compared(log_of: LogMaker) -> None:
    busy = [{**row, "hall": "东区"} for row in days("甲", "市监局", 42) + days("乙", "税务局", 40)]
    idle = [{**row, "hall": "西区"} for row in days("丙", "市监局", 6) + days("丁", "税务局", 6)]
    assert find_uneven_counters(log_of(busy + idle), OFFICE_HOURS) == []
    (finding,) = find_uneven_counters(log_of([{**row, "hall": "东区"} for row in busy + idle]), OFFICE_HOURS)
    assert finding.where["hall"] == "东区"
