"""Each distance on logs small enough to work it out by hand."""

from __future__ import annotations

import pytest

from mining.event_log import EVENT_COLUMNS, EventLog, empty_table
from simulation.errors import ExperimentError
from simulation.fidelity import mean_distances, measure_distances
from simulation.fidelity.control_flow import n_gram_distance
from simulation.fidelity.pair import pair_logs

COLUMNS = "case_id activity ts_start ts_end"
MON, TUE = "2026-03-02", "2026-03-03"


@pytest.fixture
def log_from(make_log):
    """A log from lines "case step start end", times of Monday unless they begin with "Tue "."""

    def moment(text):
        return f"{TUE} {text[1:]}" if text.startswith("T") else f"{MON} {text}"

    def build(*lines):
        rows = [line.split() for line in lines]
        return make_log(COLUMNS, [(c, s, moment(start), moment(end)) for c, s, start, end in rows])

    return build


def test_n_grams_of_two_cases_that_share_their_first_step(log_from):
    # --a -ab ab- b-- against --a -ac ac- c--: one common, six not, of eight
    first = log_from("p a 09:00 10:00", "p b 10:00 11:00")
    second = log_from("x a 09:00 10:00", "x c 10:00 11:00")
    assert measure_distances(first, second).n_gram == 6 / 8


def test_n_grams_are_counts_not_shares(log_from):
    # the same four runs, twice and once: four too many of twelve
    once = ("p a 09:00 10:00", "p b 10:00 11:00")
    twice = (*once, "q a 09:00 10:00", "q b 10:00 11:00")
    assert measure_distances(log_from(*twice), log_from(*once)).n_gram == pytest.approx(4 / 12)


def test_n_grams_follow_the_starts(log_from):
    # a starts first but ends last: the case reads a b
    overlapping = log_from("p a 09:00 12:00", "p b 10:00 11:00")
    one_by_one = log_from("p a 09:00 10:00", "p b 10:00 11:00")
    assert measure_distances(overlapping, one_by_one).n_gram == 0


@pytest.mark.parametrize(("n", "expected"), [(1, 2 / 4), (2, 4 / 6), (3, 6 / 8)])
def test_n_grams_of_other_lengths(log_from, n, expected):
    # n = 1: a b against a c; n = 2: -a ab b- against -a ac c-
    first = log_from("p a 09:00 10:00", "p b 10:00 11:00")
    second = log_from("x a 09:00 10:00", "x c 10:00 11:00")
    assert n_gram_distance(pair_logs(first, second), n) == pytest.approx(expected)


def test_a_run_needs_a_step(log_from):
    log = log_from("p a 09:00 10:00")
    with pytest.raises(ValueError, match="at least 1, found 0"):
        n_gram_distance(pair_logs(log, log), 0)


def test_absolute_hours(log_from):
    # hours 9 and 10 against 11 and 14: two and four to move
    distances = measure_distances(log_from("p a 09:00 10:59"), log_from("x a 11:10 14:50"))
    assert distances.absolute_hours == 3.0


def test_minutes_within_an_hour_are_not_told_apart(log_from):
    distances = measure_distances(log_from("p a 09:05 09:10"), log_from("x a 09:50 09:55"))
    assert distances.absolute_hours == 0
    assert distances.case_arrival_hours == 0


def test_circadian_hours_are_the_mean_of_seven_weekdays(log_from):
    # Monday 9, 10 against 11, 14: three hours; the other six days are empty in both
    distances = measure_distances(log_from("p a 09:00 10:59"), log_from("x a 11:10 14:50"))
    assert distances.circadian_hours == pytest.approx(3 / 7)


def test_a_weekday_only_one_log_uses_counts_23(log_from):
    first = log_from("p a 09:00 10:59")
    second = log_from("x a 11:10 14:50", "y a T11:10 T14:50")
    assert measure_distances(first, second).circadian_hours == pytest.approx((3 + 23) / 7)


def test_relative_hours(log_from):
    # since the start of the case: 0, 0, 1, 2 against 0, 0, 5, 6; begins on half hours make no difference
    first = log_from("p a 09:30 10:00", "p b 11:00 12:00")
    second = log_from("x a 08:45 09:15", "x b 13:45 14:45")
    assert measure_distances(first, second).relative_hours == 2.0


def test_cycle_times_are_binned_from_the_shortest_of_both(log_from):
    # 2 h 30 twice, and 6 h: 0, 0 against the bin of 3 h 30, which is 3
    first = log_from("p a 09:00 11:30", "q a 10:00 12:30")
    second = log_from("x a 09:00 15:00")
    assert measure_distances(first, second).cycle_time_hours == 3.0


def test_cycle_time_ends_with_the_latest_end(log_from):
    # the first step outlasts the second: 5 h, not 2 h
    first = log_from("p a 09:00 14:00", "p b 10:00 11:00")
    second = log_from("x a 09:00 10:00")
    assert measure_distances(first, second).cycle_time_hours == 4.0


def test_arrivals(log_from):
    # 9 and 10 against 12 and 12; the second step of a case is no arrival
    first = log_from("p a 09:10 09:20", "q a 10:50 10:55", "q b 16:00 17:00")
    second = log_from("x a 12:00 12:10", "y a 12:59 13:30")
    assert measure_distances(first, second).case_arrival_hours == 2.5


def test_ends_only_on_one_side_makes_ends_only_on_both(make_log, log_from):
    ends = make_log("case_id activity ts_end", [("p", "a", f"{MON} 10:00"), ("p", "b", f"{MON} 12:00")])
    full = log_from("x a 09:00 10:00", "x b 11:00 12:00")
    distances = measure_distances(ends, full)
    assert distances.ends_only
    assert distances.absolute_hours == distances.relative_hours == distances.cycle_time_hours == 0
    assert not measure_distances(full, full).ends_only


def test_an_event_without_a_start_starts_when_it_ends(make_log, log_from):
    rows = [("p", "a", f"{MON} 09:00", f"{MON} 10:00"), ("p", "b", None, f"{MON} 12:00")]
    # 9, 10, 12, 12 against 9, 10, 11, 12
    full = log_from("x a 09:00 10:00", "x b 11:00 12:00")
    assert measure_distances(make_log(COLUMNS, rows), full).absolute_hours == 0.25


def test_a_log_without_events_is_refused(log_from):
    empty = EventLog(events=empty_table(EVENT_COLUMNS), name="empty.csv")
    with pytest.raises(ExperimentError, match=r"'empty\.csv' has no events") as raised:
        measure_distances(log_from("p a 09:00 10:00"), empty)
    assert "没有事件" in raised.value.text.zh


def test_the_mean_of_replications(log_from):
    log = log_from("p a 09:00 10:00")
    runs = [measure_distances(log, log_from(f"x a {9 + late:02d}:00 {10 + late:02d}:00")) for late in (1, 4)]
    mean = mean_distances(runs)
    assert mean.absolute_hours == 2.5
    assert mean.case_arrival_hours == 2.5
    assert mean.cycle_time_hours == mean.n_gram == 0
    assert not mean.ends_only
    with pytest.raises(ValueError, match="no runs"):
        mean_distances([])
