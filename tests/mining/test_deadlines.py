"""When limits end: the domain's test vectors, stops worked by hand, and laws against the plain rule."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.deadlines import CALENDAR_DAYS, WORKING_DAYS, due_ms, merge_stops, stopped_ms
from mining.errors import CalendarError
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, OFFICE_HOURS, WorkingCalendar, deadline, to_ms

CHINA = OFFICE_HOURS.model_copy(update={"country": "CN"})
EPOCH = dt.date(1970, 1, 1)


def ms(*moments: str) -> np.ndarray:
    return np.array([to_ms(dt.datetime.fromisoformat(moment)) for moment in moments])


def due(begin: str, days: float, unit=WORKING_DAYS, stops=(), calendar: WorkingCalendar = CHINA) -> str:
    """The moment one limit ends; `stops` are pairs of moments."""
    begins, ends = ms(*(stop[0] for stop in stops)), ms(*(stop[1] for stop in stops))
    merged = merge_stops(np.zeros(len(stops), "int64"), begins, ends, np.zeros(len(stops), bool))
    found = due_ms(calendar, ms(begin), np.array([days]), unit, merged)
    return str(found.astype("datetime64[ms]")[0].astype("datetime64[m]"))


@pytest.mark.parametrize(
    ("accepted", "days", "expected"),
    [
        ("2026-09-18 10:00", 5, "2026-09-24T17:00"),
        ("2026-02-12 10:00", 3, "2026-02-24T17:00"),
        ("2026-09-28 10:00", 5, "2026-10-10T17:00"),
        ("2026-03-07 10:00", 1, "2026-03-09T17:00"),  # applied for online on a Saturday
        ("2026-03-02 23:59", 0, "2026-03-02T17:00"),
        ("2026-03-02 10:00", 0.5, "2026-03-03T17:00"),  # a part of a day is a day
    ],
)
def test_the_vectors_of_the_domain(accepted, days, expected):
    assert due(accepted, days) == expected


def test_calendar_days_end_on_a_working_day():
    assert due("2026-03-02 10:00", 3, CALENDAR_DAYS) == "2026-03-05T17:00"
    assert due("2026-03-02 10:00", 5, CALENDAR_DAYS) == "2026-03-09T17:00"  # Saturday the 7th
    # National Day to Wednesday, and Saturday the 10th is a make-up day
    assert due("2026-09-28 10:00", 4, CALENDAR_DAYS) == "2026-10-08T17:00"
    assert due("2026-09-28 10:00", 12, CALENDAR_DAYS) == "2026-10-10T17:00"


def test_stops_by_hand():
    wednesday, friday = "2026-03-04 10:00", "2026-03-06 15:00"
    assert due("2026-03-02 10:00", 5) == "2026-03-09T17:00"
    assert due("2026-03-02 10:00", 5, stops=[(wednesday, friday)]) == "2026-03-11T17:00"
    # within one day, before the clock began, after the limit: no day is stopped
    assert due("2026-03-02 10:00", 5, stops=[(wednesday, "2026-03-04 16:00")]) == "2026-03-09T17:00"
    assert due("2026-03-02 10:00", 5, stops=[("2026-02-20 10:00", "2026-03-01 10:00")]) == "2026-03-09T17:00"
    assert due("2026-03-02 10:00", 5, stops=[("2026-03-09 10:00", "2026-03-20 10:00")]) == "2026-03-09T17:00"
    # overlapping stops are one; the second begins only because the first moved the limit
    assert due("2026-03-02 10:00", 5, stops=[(wednesday, friday), (wednesday, friday)]) == "2026-03-11T17:00"
    later = ("2026-03-10 10:00", "2026-03-12 10:00")
    assert due("2026-03-02 10:00", 5, stops=[later, (wednesday, friday)]) == "2026-03-13T17:00"
    # calendar days: Thursday and Friday do not count, Tuesday + Wednesday + Saturday do; ends on Monday
    assert due("2026-03-02 10:00", 3, CALENDAR_DAYS, [(wednesday, friday)]) == "2026-03-09T17:00"


def test_each_limit_has_its_own_clock_and_closing_time():
    stops = merge_stops(np.array([1]), ms("2026-03-04 10:00"), ms("2026-03-06 15:00"), np.array([False]))
    found = due_ms(
        CHINA, ms("2026-03-02 10:00", "2026-03-02 10:00"), np.array([5, 5]), WORKING_DAYS, stops, 12 * 60
    )
    assert found.tolist() == ms("2026-03-09 12:00", "2026-03-11 12:00").tolist()
    assert due_ms(CHINA, np.zeros(0, "int64"), np.zeros(0)).size == 0


def test_open_time_of_stopped_days():
    stops = merge_stops(np.array([0]), ms("2026-03-04 10:00"), ms("2026-03-06 15:00"), np.array([False]))
    until = ms("2026-03-06 11:00")  # Thursday whole, Friday two hours
    assert stopped_ms(CHINA, stops, ms("2026-03-03 00:00"), until)[0] == 9 * MS_PER_HOUR


def test_limits_that_make_no_sense_are_refused():
    with pytest.raises(CalendarError, match="-1 days"):
        due("2026-03-02 10:00", -1)
    never = OFFICE_HOURS.model_copy(
        update={"closed_days": tuple(EPOCH + dt.timedelta(days=n) for n in range(60 * 366))}
    )
    with pytest.raises(CalendarError, match="too few working days"):
        due_ms(never, np.array([0]), np.array([1]))


DATES = st.dates(dt.date(2024, 1, 1), dt.date(2026, 11, 1))


@given(st.lists(st.tuples(DATES, st.integers(0, 60)), min_size=1, max_size=20))
def test_the_arrays_agree_with_the_plain_rule(limits):
    clock = np.array([(day - EPOCH).days * MS_PER_DAY + 10 * MS_PER_HOUR for day, _ in limits])
    found = due_ms(CHINA, clock, np.array([n for _, n in limits]))
    expected = [(deadline(CHINA, day, n) - EPOCH).days for day, n in limits]
    assert (found // MS_PER_DAY).tolist() == expected


@given(
    st.integers(1, 40),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=6),
    st.sampled_from([WORKING_DAYS, CALENDAR_DAYS]),
)
def test_as_many_running_days_as_the_limit(limit, pairs, unit):
    """Counted one by one: days after the first that count and are not stopped."""
    monday = (dt.date(2026, 1, 5) - EPOCH).days
    first = np.array([monday + begin for begin, _ in pairs], "int64") * MS_PER_DAY
    last = first + np.array([length for _, length in pairs], "int64") * MS_PER_DAY
    stops = merge_stops(np.zeros(len(pairs), "int64"), first, last, np.zeros(len(pairs), bool))
    found = int(due_ms(CHINA, np.array([monday * MS_PER_DAY]), np.array([limit]), unit, stops)[0])
    running, day = 0, monday
    while running < limit:
        day += 1
        stopped = any(monday + a < day <= monday + a + b for a, b in pairs)
        counts = unit == CALENDAR_DAYS or CHINA.is_working_day(EPOCH + dt.timedelta(days=day))
        running += counts and not stopped
    while not CHINA.is_working_day(EPOCH + dt.timedelta(days=day)):
        day += 1
    assert found // MS_PER_DAY == day


@given(st.permutations([(0, 5, 9), (0, 8, 12), (0, 20, 25), (1, 5, 9), (1, 9, 11)]))
def test_merging_stops_does_not_depend_on_their_order(stops):
    case, begin, end = (np.array(column) for column in zip(*stops, strict=True))
    merged = merge_stops(case, begin * MS_PER_DAY, end * MS_PER_DAY, np.zeros(case.size, bool))
    pairs = [merged.case.tolist(), merged.first.tolist(), merged.last.tolist()]
    assert pairs == [[0, 0, 1], [5, 20, 5], [12, 25, 11]]
