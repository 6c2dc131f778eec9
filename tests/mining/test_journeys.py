from __future__ import annotations

import pytest

from mining.journeys import count_visits, journey_ids
from mining.presence import applicant_present

COUNTER = {"place": "counter"}


def visits(log) -> dict[str, int]:
    return count_visits(log).to_dict()


def test_the_example_of_the_module(hand_log):
    log = hand_log(
        [
            ("c", "受理", "Mon 09:40", "Mon 10:00", {**COUNTER, "ts_ticket": "Mon 09:10"}),
            ("c", "缴费", "Mon 11:30", "Mon 11:45", COUNTER),
        ]
    )
    assert visits(log) == {"c": 1}
    again = hand_log(
        [
            ("c", "受理", "Mon 09:40", "Mon 10:00", {**COUNTER, "ts_ticket": "Mon 09:10"}),
            ("c", "缴费", "Mon 11:30", "Mon 11:45", COUNTER),
            ("c", "领证", "Mon 16:30", "Mon 16:40", COUNTER),
        ]
    )
    assert visits(again) == {"c": 2}


@pytest.mark.parametrize(
    ("second_start", "expected"),
    [("Mon 13:59", 1), ("Mon 14:00", 2), ("Tue 09:00", 2)],
)
def test_the_gap_is_under_four_hours_from_the_end(hand_log, second_start, expected):
    log = hand_log(
        [("c", "受理", "Mon 09:30", "Mon 10:00", COUNTER), ("c", "领证", second_start, None, COUNTER)]
    )
    assert visits(log) == {"c": expected}


def test_the_gap_counts_from_the_latest_end_so_far(hand_log):
    log = hand_log(
        [
            ("c", "体检", "Mon 09:00", "Mon 13:00", COUNTER),
            ("c", "缴费", "Mon 09:10", "Mon 09:20", COUNTER),
            ("c", "领证", "Mon 16:00", "Mon 16:10", COUNTER),
        ]
    )
    assert visits(log) == {"c": 1}


def test_a_long_wait_for_one_ticket_is_one_visit(hand_log):
    log = hand_log([("c", "受理", "Mon 14:00", "Mon 14:20", {**COUNTER, "ts_ticket": "Mon 09:00"})])
    assert visits(log) == {"c": 1}


def test_held_over_night_is_presence_on_both_days(hand_log):
    held = {**COUNTER, "ts_ticket": "Mon 16:40"}
    log = hand_log(
        [("c", "受理", "Tue 09:00", "Tue 09:20", held), ("c", "缴费", "Tue 09:30", "Tue 09:40", COUNTER)]
    )
    assert visits(log) == {"c": 2}
    enabled = hand_log(
        [("c", "受理", "Tue 09:00", "Tue 09:20", {**COUNTER, "ts_enabled": "Mon 16:40"})], simulated=True
    )
    assert visits(enabled) == {"c": 2}


def test_held_for_several_nights_comes_on_each_day_the_hall_served(hand_log):
    rows = [
        ("c", "受理", "Mon2 09:30", "Mon2 09:40", {**COUNTER, "ts_ticket": "Thu 16:40"}),
        ("d", "受理", "Fri 09:00", "Fri 17:00", {**COUNTER, "ts_ticket": "Fri 09:00"}),
    ]
    assert visits(hand_log(rows, simulated=True)) == {"c": 3, "d": 1}
    assert visits(hand_log(rows)) == {"c": 2, "d": 1}  # a real ticket from days ago is a booking


def test_back_office_and_online_work_is_no_visit(hand_log):
    log = hand_log(
        [
            ("c", "申请", "Mon 09:00", "Mon 09:05", {"place": "online"}),
            ("c", "审核", "Mon 10:00", "Mon 11:00", {"place": "back_office"}),
            ("d", "自助取证", "Mon 10:00", "Mon 10:05", {"place": "kiosk"}),
        ]
    )
    assert visits(log) == {"c": 0, "d": 1}


def test_cases_of_a_journey_share_their_visits(hand_log):
    rows = [
        ("c", "受理", "Mon 09:00", "Mon 09:20", {**COUNTER, "journey_id": "J"}),
        ("d", "受理", "Mon 09:30", "Mon 09:50", {**COUNTER, "journey_id": "J"}),
        ("e", "受理", "Mon 09:30", "Mon 09:50", {**COUNTER, "journey_id": None}),
    ]
    log = hand_log(rows)
    assert journey_ids(log).tolist() == ["J", "J", "e"]
    assert visits(log) == {"J": 1, "e": 1}


def test_an_explicit_visit_id_wins(hand_log):
    log = hand_log(
        [
            ("c", "受理", "Mon 09:00", "Mon 09:20", {**COUNTER, "visit_id": "v1"}),
            ("c", "缴费", "Mon 09:30", "Mon 09:50", {**COUNTER, "visit_id": "v2"}),
            ("d", "受理", "Mon 09:30", "Mon 09:50", {**COUNTER, "visit_id": None}),
        ]
    )
    assert visits(log) == {"c": 2, "d": 0}


def test_unknown_visits_are_an_empty_series_not_zero(sequences_log):
    log = sequences_log(["ab"])
    assert applicant_present(log) is None
    assert count_visits(log).empty
    assert journey_ids(log).tolist() == ["c0", "c0"]


def present(log) -> list[bool]:
    found = applicant_present(log)
    assert found is not None
    return found.tolist()


def test_tickets_and_windows_tell_where_place_is_unknown(hand_log):
    ticket = {"ts_ticket": "Mon 08:50", "window": None, "channel": "窗口"}
    log = hand_log(
        [
            ("c", "受理", "Mon 09:00", "Mon 09:20", ticket),
            ("c", "审核", "Mon 10:00", "Mon 11:00", ticket),  # the export repeats the ticket
            ("c", "领证", "Tue 10:00", "Tue 10:10", {"window": "3号", "channel": "窗口"}),
            ("d", "审核", "Mon 10:00", "Mon 11:00", {"window": "3号", "channel": "网上"}),
        ]
    )
    assert present(log) == [True, False, True, False]


def test_a_channel_that_never_changes_tells_how_the_application_came_in(hand_log):
    desk, net = {"channel": "Desk "}, {"channel": "Internet"}
    log = hand_log(
        [
            ("c", "receipt", None, "Mon 09:00", desk),
            ("c", "check", None, "Mon 10:00", desk),
            ("d", "receipt", None, "Mon 09:00", net),
        ]
    )
    assert present(log) == [True, False, False]
    changing = hand_log(
        [
            ("c", "申请", None, "Mon 09:00", {"channel": "网上"}),
            ("c", "领证", None, "Tue 10:00", {"channel": "窗口"}),
        ]
    )
    assert present(changing) == [False, True]


def test_a_channel_of_the_case_is_used_too(hand_log):
    rows = [("c", "receipt", None, "Mon 09:00", {}), ("c", "check", None, "Tue 09:00", {})]
    log = hand_log(rows, cases=[{"case_id": "c", "channel": "现场"}])
    assert present(log) == [True, False]
    assert visits(log) == {"c": 1}


def test_place_wins_over_everything_else(hand_log):
    log = hand_log(
        [
            ("c", "受理", "Mon 09:00", "Mon 09:20", {"place": "back_office", "ts_ticket": "Mon 08:50"}),
            ("c", "领证", "Mon 10:00", "Mon 10:20", {"place": None, "ts_ticket": "Mon 09:50"}),
        ]
    )
    assert present(log) == [False, True]


def test_two_halls_on_one_day_are_two_visits(hand_log):
    rows = [
        ("c", "受理", "Mon 09:00", "Mon 09:20", {**COUNTER, "hall": "政务大厅"}),
        ("c", "核税", "Mon 10:00", "Mon 10:20", {**COUNTER, "hall": "税务大厅"}),
        ("c", "领证", "Mon 11:00", "Mon 11:20", {**COUNTER, "hall": "政务大厅"}),
        ("d", "受理", "Mon 09:00", "Mon 09:20", {**COUNTER, "hall": None}),
    ]
    assert visits(hand_log(rows)) == {"c": 2, "d": 1}
