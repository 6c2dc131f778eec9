"""Ping-pong: X-Y-X and X-Y-X-Y by hand, what does not count, and what must not change the count."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.diagnostics.ping_pong import department_runs, find_ping_pong, find_returns
from mining.errors import MissingColumnsError
from mining.event_log import PASS, RETURN, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]


def path(
    case: str, depts: str, *, steps: str | None = None, results: str | None = None
) -> list[dict[str, object]]:
    """One event an hour from 9:00; departments and steps are letters, results p(ass), r(eturn), -."""
    words = {"p": PASS, "r": RETURN, "-": None}
    return [
        {
            "case_id": case,
            "activity": (steps or depts)[i],
            "dept": f"{dept}科" if dept != "?" else "EMPTY",
            "end": f"0 {9 + i:02d}:00",
        }
        | ({} if results is None else {"result": words[results[i]]})
        for i, dept in enumerate(depts)
    ]


def counts(log: EventLog) -> tuple[int, int]:
    """(returns, those that end a ping-pong)."""
    found = find_returns(log, department_runs(log), OFFICE_HOURS)
    return int(found.at.size), int(found.ping_pong.sum())


@pytest.mark.parametrize(
    ("depts", "expected"),
    [
        ("AB", (0, 0)),
        ("ABA", (1, 0)),
        ("ABAB", (2, 1)),
        ("ABABA", (3, 2)),
        ("ABCA", (0, 0)),
        ("AABBAA", (1, 0)),  # runs are collapsed first
        ("ABACA", (2, 0)),  # A-B-A and A-C-A, but B-A-C between them is none: no ping-pong
        ("AB?A", (1, 0)),  # an unknown department is skipped
        ("AAAA", (0, 0)),
    ],
)
def test_returns_and_ping_pong_of_one_case(log_of: LogMaker, depts: str, expected: tuple[int, int]) -> None:
    assert counts(log_of(path("a", depts))) == expected


def test_a_way_back_to_new_work_is_no_return(log_of: LogMaker) -> None:
    # counter, back office, counter: the third step is a new one
    assert counts(log_of(path("a", "ABA", steps="xyz"))) == (0, 0)
    assert counts(log_of(path("a", "ABA", steps="xyx"))) == (1, 0)


def test_with_results_a_passed_case_came_back_on_purpose(log_of: LogMaker) -> None:
    assert counts(log_of(path("a", "ABA", steps="xyz", results="ppp"))) == (0, 0)
    assert counts(log_of(path("a", "ABA", steps="xyz", results="prp"))) == (1, 0)
    assert counts(log_of(path("a", "ABA", steps="xyz", results="p-p"))) == (1, 0)


def test_work_side_by_side_is_no_return(log_of: LogMaker) -> None:
    rows = path("a", "ABA", steps="xyz", results="prp")
    times = (("0 09:00", "0 11:00"), ("0 10:00", "0 12:00"), ("0 12:00", "0 13:00"))
    overlapping = [{**row, "start": begin, "end": end} for row, (begin, end) in zip(rows, times, strict=True)]
    assert counts(log_of(overlapping)) == (0, 0)


def test_time_lost_counts_from_the_third_element(log_of: LogMaker) -> None:
    # A 9, B 10, A 11, B 12: A's return takes 10-11, B's 11-12; each one working hour
    log = log_of(path("a", "ABAB"))
    np.testing.assert_allclose(find_returns(log, department_runs(log), OFFICE_HOURS).hours, [1, 1])


def test_findings_for_all_and_for_the_pair(log_of: LogMaker) -> None:
    # 10 of 100 cases go A-B-A (one hour lost each), all on one day: x 250 a year
    rows = [row for n in range(10) for row in path(f"p{n}", "ABA")]
    rows += [row for n in range(90) for row in path(f"q{n:02d}", "AB")]
    everywhere, pair = find_ping_pong(log_of(rows), OFFICE_HOURS)
    assert (everywhere.where, everywhere.proposes) == ({"departments": []}, ())
    assert (everywhere.cases, everywhere.share, everywhere.hours_lost_per_year) == (10, 0.1, None)
    assert everywhere.evidence["case_waiting_hours_per_year"] == 2500.0
    # 10 journeys with two hand-overs, 90 with one
    assert everywhere.evidence["handovers_per_journey_mean"] == 1.1
    assert pair.where == {"departments": ["A科", "B科"]}
    assert pair.evidence["returns_to"] == {"A科": 10, "B科": 0}
    assert (pair.proposes[0].lever, pair.proposes[0].parameters) == ("one_window", {"pools": ["A科", "B科"]})
    assert set(pair.example_cases) <= {f"p{n}" for n in range(10)}


def test_below_the_alarm_nothing_is_reported(log_of: LogMaker) -> None:
    rows = [row for n in range(4) for row in path(f"p{n}", "ABA")]
    rows += [row for n in range(96) for row in path(f"q{n:02d}", "AB")]
    assert find_ping_pong(log_of(rows), OFFICE_HOURS) == []


def test_needs_departments(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match="dept"):
        find_ping_pong(log_of([{"case_id": "a", "activity": "x", "end": "0 09:00"}]), OFFICE_HOURS)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("ABC", min_size=1, max_size=8), min_size=1, max_size=6), st.permutations("ABC"))
def test_names_of_departments_and_longer_runs_do_not_matter(
    log_of: LogMaker, paths: list[str], names: list[str]
) -> None:
    def log(transform: Callable[[str], str]) -> EventLog:
        return log_of(
            [row for n, p in enumerate(paths) for row in path(f"c{n}", transform(p), steps="x" * 20)]
        )

    def by_definition(text: str) -> int:
        runs = [dept for i, dept in enumerate(text) if i == 0 or text[i - 1] != dept]
        return sum(a == b for a, b in zip(runs, runs[2:], strict=False))

    plain = counts(log(str))
    renamed = counts(log(lambda p: p.translate(str.maketrans("ABC", "".join(names)))))
    doubled = counts(log(lambda p: "".join(2 * letter for letter in p)[:15]))
    assert plain == renamed
    assert plain[0] == sum(map(by_definition, paths))
    if max(map(len, paths)) <= 7:
        assert plain == doubled
