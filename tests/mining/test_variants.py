from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining import variants
from mining.case_times import cycle_days, find_case_times
from mining.event_log import EventLog
from mining.variants import Variant, find_variant_codes, find_variants
from mining.working_time import OFFICE_HOURS


def counted(log: EventLog) -> Counter[tuple[str, ...]]:
    return Counter(log.events.groupby("case_id")["activity"].agg(tuple).tolist())


def test_variants_by_hand(hand_log):
    log = hand_log(
        [
            ("c1", "受理", None, "Mon 09:00", {}),
            ("c1", "发证", None, "Mon 10:00", {}),
            ("c2", "受理", None, "Mon 09:00", {}),
            ("c3", "受理", None, "Mon 16:00", {}),
            ("c3", "发证", None, "Tue 11:00", {}),
        ]
    )
    assert find_variants(log) == [
        Variant(
            ("受理", "发证"),
            2,
            pytest.approx(2 / 3),
            pytest.approx((1 / 7 + 3 / 7) / 2),
            pytest.approx(10 / 24),
            "c1",
        ),
        Variant(("受理",), 1, pytest.approx(1 / 3), 0.0, 0.0, "c2"),
    ]


def test_open_cases_have_no_cycle_time(hand_log):
    log = hand_log([("c1", "受理", None, "Mon 09:00", {})], cases=[{"case_id": "c1"}], simulated=True)
    [only] = find_variants(log)
    assert only.median_cycle_working_days is None


@given(st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=30))
def test_same_as_counting_tuples(sequences_log, words):
    log = sequences_log(words)
    found = find_variants(log)
    assert {variant.activities: variant.cases for variant in found} == counted(log)
    assert [variant.cases for variant in found] == sorted((v.cases for v in found), reverse=True)
    assert sum(variant.share for variant in found) == pytest.approx(1)
    events = log.events.groupby("case_id")["activity"].agg(tuple)
    assert all(events[variant.example_case] == variant.activities for variant in found)


@given(st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=30))
def test_a_hash_collision_is_noticed_and_merges_nothing(sequences_log, words):
    log = sequences_log(words)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(variants, "_hashes", lambda columns: columns.case_lengths)
        collided = find_variant_codes.__wrapped__(log)
    exact = find_variant_codes(log)
    assert collided.of_case.tolist() == exact.of_case.tolist()
    assert collided.example_case.tolist() == exact.example_case.tolist()


def test_an_empty_log_has_no_variants(sequences_log):
    assert find_variants(EventLog(events=sequences_log(["a"]).events.iloc[:0])) == []


@pytest.mark.parametrize(
    ("ticket", "apply", "finish", "expected"),
    [
        (None, None, None, 2 / 7),  # first event 9:00 to the last one 11:00
        ("Mon 08:00", None, None, 2 / 7),  # the hall opens at 9
        (None, "Fri 16:00", None, 2 / 7),  # an application after the first event is not its begin
        (None, "Mon 08:30", "Tue 10:00", 8 / 7),
        (None, None, "Mon 08:00", None),  # finished before it began
    ],
)
def test_cycle_time_by_hand(hand_log, ticket, apply, finish, expected):
    log = hand_log(
        [
            ("c", "受理", "Mon 09:00", "Mon 09:30", {"ts_ticket": ticket}),
            ("c", "发证", "Mon 10:00", "Mon 11:00", {"ts_ticket": None}),
        ],
        cases=[{"case_id": "c", "ts_apply": apply, "ts_finish": finish}],
    )
    [days] = cycle_days(log, OFFICE_HOURS)
    assert days == pytest.approx(expected, nan_ok=True) if expected is not None else days != days


def test_a_case_without_finish_is_open_where_others_have_one(hand_log):
    rows = [("c", "受理", None, "Mon 09:00", {}), ("d", "受理", None, "Mon 09:00", {})]
    assert find_case_times(hand_log(rows)).finished.tolist() == [True, True]
    known = [{"case_id": "c", "ts_finish": "Mon 10:00"}, {"case_id": "d", "ts_finish": None}]
    assert find_case_times(hand_log(rows, cases=known)).finished.tolist() == [True, False]
