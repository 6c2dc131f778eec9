"""最多跑一次率 and 零跑动率 by hand."""

from __future__ import annotations

import numpy as np

from mining.visit_rates import visit_rates

COUNTER, ONLINE = {"place": "counter"}, {"place": "online"}


def four_journeys(hand_log):
    rows = [("a", "网办", "Mon 09:00", "Mon 09:20", ONLINE)]
    rows += [(case, "受理", "Mon 09:00", "Mon 09:20", COUNTER) for case in "bcd"]
    rows += [
        ("d", "缴费", "Tue 09:00", "Tue 09:20", COUNTER),
        ("d", "领证", "Wed 09:00", "Wed 09:20", COUNTER),
    ]
    return hand_log(rows)


def test_the_example_of_the_module(hand_log):
    rates = visit_rates(four_journeys(hand_log))
    once, never = rates["at_most_one_visit"], rates["no_visit"]
    assert (once.numerator, once.denominator, once.share) == (3, 4, 0.75)
    assert (never.numerator, never.denominator, never.share) == (1, 4, 0.25)
    assert 0.3 < once.low < 0.75 < once.high < 0.96
    assert once.to_json()["share"] == 0.75


def test_only_finished_journeys_count(hand_log):
    rows = [
        ("a", "受理", "Mon 09:00", "Mon 09:20", {**COUNTER, "journey_id": "J"}),
        ("b", "受理", "Mon 10:00", "Mon 10:20", {**COUNTER, "journey_id": "J"}),
        ("c", "受理", "Mon 10:00", "Mon 10:20", COUNTER),
    ]
    cases = [
        {"case_id": case, "ts_finish": end}
        for case, end in (("a", "Tue 09:00"), ("b", None), ("c", "Tue 09:00"))
    ]
    assert visit_rates(hand_log(rows, cases=cases))["at_most_one_visit"].denominator == 1
    assert visit_rates(hand_log(rows, cases=cases), np.array([True, False, False])) == {}


def test_unknown_visits_are_no_rate(sequences_log):
    assert visit_rates(sequences_log(["ab"])) == {}
