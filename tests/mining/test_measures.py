from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.event_log import ABANDON, BY_APPLICANT, PASS, RETURN, SHARED, EventLog
from mining.measures import KPIS, kpi, measure
from mining.working_time import OFFICE_HOURS

COUNTER, BACK = {"place": "counter"}, {"place": "back_office"}


def test_the_example_of_the_docstring(hand_log):
    log = hand_log(
        [
            ("c", "受理", "Mon 09:30", "Mon 10:00", {**COUNTER, "ts_ticket": "Mon 09:00"}),
            ("c", "审核", "Mon 14:00", "Tue 10:00", BACK),
        ],
        cases=[{"case_id": "c", "ts_apply": "Mon 09:00"}],
    )
    assert measure(log, OFFICE_HOURS) == {
        "throughput_per_day": 0.5,
        "wait_minutes_mean": 30.0,
        "wait_minutes_p90": 30.0,
        "cycle_time_working_days_mean": pytest.approx(8 / 7),
        "cycle_time_working_days_p90": pytest.approx(8 / 7),
        "cycle_time_calendar_days_mean": pytest.approx(25 / 24),
        "cycle_time_calendar_days_p90": pytest.approx(25 / 24),
        "steps_per_journey_mean": 2.0,
        "visits_per_journey_mean": 1.0,
        "at_most_one_visit_share": 1.0,
        "no_visit_share": 0.0,
    }


def test_what_a_log_cannot_tell_is_left_out(sequences_log):
    log = sequences_log(["ab"])
    assert set(measure(log, OFFICE_HOURS)) == {
        "throughput_per_day",
        "cycle_time_working_days_mean",
        "cycle_time_working_days_p90",
        "cycle_time_calendar_days_mean",
        "cycle_time_calendar_days_p90",
        "steps_per_journey_mean",
    }
    assert measure(EventLog(events=log.events.iloc[:0]), OFFICE_HOURS) == {}


def test_waits_are_those_in_the_hall_if_there_are_any(hand_log):
    rows = [
        ("c", "受理", "Mon 09:30", "Mon 10:00", {**COUNTER, "ts_ticket": "Mon 09:00"}),
        ("c", "审核", "Mon 16:00", "Mon 17:00", BACK),
        ("d", "受理", "Mon 09:40", "Mon 10:00", {**COUNTER, "ts_ticket": "Mon 09:30"}),
    ]
    found = measure(hand_log(rows), OFFICE_HOURS)
    assert found["wait_minutes_mean"] == 20
    assert found["wait_minutes_p90"] == pytest.approx(28)
    only_back = measure(hand_log(rows[1:2]), OFFICE_HOURS)
    assert "wait_minutes_mean" not in only_back  # the first event of a case: unknown
    nowhere = [(case, step, start, end, {}) for case, step, start, end, _ in rows[:2]]
    assert measure(hand_log(nowhere), OFFICE_HOURS)["wait_minutes_mean"] == 5 * 60


def test_throughput_counts_finished_cases_in_the_window(hand_log):
    rows = [
        ("c", "受理", None, "Mon 09:00", {}),
        ("d", "受理", None, "Tue 09:00", {}),
        ("e", "受理", None, "Mon2 09:00", {}),
    ]
    log = hand_log(rows)
    assert measure(log, OFFICE_HOURS)["throughput_per_day"] == 3 / 6
    week = (pd.Timestamp("2026-03-02"), pd.Timestamp("2026-03-09"))
    assert measure(log, OFFICE_HOURS, window=week)["throughput_per_day"] == 2 / 5
    morning = (pd.Timestamp("2026-03-02 09:00"), pd.Timestamp("2026-03-03 09:00"))  # the end is not in it
    assert measure(log, OFFICE_HOURS, window=morning)["throughput_per_day"] == 1 / 2
    weekend = (pd.Timestamp("2026-03-07"), pd.Timestamp("2026-03-09"))
    assert "throughput_per_day" not in measure(log, OFFICE_HOURS, window=weekend)
    still_inside = hand_log(rows, cases=[{"case_id": "c", "ts_finish": "Mon 09:00"}], simulated=True)
    assert measure(still_inside, OFFICE_HOURS)["throughput_per_day"] == 1 / 6


def test_a_cohort_restricts_everything_but_the_throughput(hand_log):
    rows = [
        ("c", "受理", "Mon 09:30", "Mon 10:00", {**COUNTER, "ts_ticket": "Mon 09:00"}),
        ("d", "受理", "Mon 09:40", "Mon 10:00", {**COUNTER, "ts_ticket": "Mon 09:30"}),
        ("d", "审核", "Mon 11:00", "Mon 12:00", BACK),
    ]
    found = measure(hand_log(rows), OFFICE_HOURS, cohort=["d", "nobody"])
    assert found["throughput_per_day"] == 2
    assert found["wait_minutes_mean"] == 10
    assert found["steps_per_journey_mean"] == 2
    assert measure(hand_log(rows), OFFICE_HOURS, cohort=[]) == {"throughput_per_day": 2.0}


def test_a_journey_counts_all_its_cases(hand_log):
    rows = [
        ("c", "受理", "Mon 09:00", "Mon 09:10", {**COUNTER, "journey_id": "J"}),
        ("d", "受理", "Tue 09:00", "Tue 09:10", {**COUNTER, "journey_id": "J"}),
        ("e", "受理", "Tue 09:00", "Tue 09:10", {**COUNTER, "journey_id": "K"}),
    ]
    paper = [{"case_id": case, "material_name": "身份证"} for case in "ccd"]
    log = hand_log(rows, materials=paper)
    found = measure(log, OFFICE_HOURS)
    assert found["steps_per_journey_mean"] == found["visits_per_journey_mean"] == 1.5
    assert found["materials_per_journey_mean"] == 1.5
    of_one_case = measure(log, OFFICE_HOURS, cohort=["c"])
    assert of_one_case["steps_per_journey_mean"] == 2
    assert of_one_case["materials_per_journey_mean"] == 3


def test_journeys_with_an_open_case_are_not_counted_yet(hand_log):
    rows = [
        ("c", "受理", "Mon 09:00", "Mon 09:10", {**COUNTER, "journey_id": "J"}),
        ("d", "受理", "Tue 09:00", "Tue 09:10", {**COUNTER, "journey_id": "J"}),
        ("e", "受理", "Tue 09:00", "Tue 09:10", {**COUNTER, "journey_id": "K"}),
    ]
    known = [{"case_id": case, "ts_finish": "Tue 09:10"} for case in "ce"]
    found = measure(hand_log(rows, cases=known, simulated=True), OFFICE_HOURS)
    assert found["steps_per_journey_mean"] == found["visits_per_journey_mean"] == 1
    none = measure(hand_log(rows, simulated=True), OFFICE_HOURS)
    assert not [key for key in none if "per_journey" in key]


def test_only_documents_handed_in_by_the_applicant_count(hand_log):
    rows = [("c", "受理", None, "Mon 09:00", {}), ("d", "受理", None, "Mon 09:00", {})]
    sources = [BY_APPLICANT, None, SHARED, "电子证照", "告知承诺"]
    paper = [{"case_id": "c", "material_name": "身份证", "source": source} for source in sources]
    paper.append({"case_id": "nobody", "material_name": "身份证", "source": BY_APPLICANT})
    assert measure(hand_log(rows, materials=paper), OFFICE_HOURS)["materials_per_journey_mean"] == 1


def test_a_list_of_materials_counts_where_there_is_no_table(hand_log):
    log = hand_log(
        [
            ("c", "受理", None, "Mon 09:00", {"materials": "身份证;营业执照;章程"}),
            ("c", "补正", None, "Mon 10:00", {"materials": "章程"}),
            ("d", "受理", None, "Mon 09:00", {"materials": None}),
        ]
    )
    assert measure(log, OFFICE_HOURS)["materials_per_journey_mean"] == 2


def test_first_time_right_is_over_cases_with_a_result(hand_log):
    log = hand_log(
        [
            ("c", "受理", None, "Mon 09:00", {"result": RETURN}),
            ("c", "受理", None, "Mon 10:00", {"result": PASS}),
            ("d", "受理", None, "Mon 09:00", {"result": PASS}),
            ("e", "受理", None, "Mon 09:00", {"result": PASS}),
            ("f", "受理", None, "Mon 09:00", {"result": None}),
        ]
    )
    assert measure(log, OFFICE_HOURS)["first_time_right_share"] == pytest.approx(2 / 3)
    assert measure(log, OFFICE_HOURS, cohort=["c"])["first_time_right_share"] == 0
    assert "first_time_right_share" not in measure(log, OFFICE_HOURS, cohort=["f"])


def test_kpis_are_complete_and_in_both_languages():
    keys = [each.key for each in KPIS]
    assert len(keys) == len(set(keys)) == 15
    assert kpi("wait_minutes_mean").better == "lower"
    assert kpi("first_time_right_share").better == "higher"
    for each in KPIS:
        for text in (each.unit, each.name, each.definition):
            assert text.zh
            assert text.en
            assert text.en.isascii()
    with pytest.raises(KeyError):
        kpi("happiness")


@given(st.integers(0, 10**6))
def test_the_measures_do_not_depend_on_the_order_of_rows_or_on_names_of_cases(random_log, seed):
    log = random_log(seed)
    found = measure(log, OFFICE_HOURS)
    assert set(found) <= {each.key for each in KPIS}
    assert measure(log, OFFICE_HOURS, cohort=log.events["case_id"].unique()[::-1]) == found
    assert all(value >= 0 for value in found.values())
    assert found["steps_per_journey_mean"] == pytest.approx(log.n_events / log.n_cases)


# --- people who gave up ---------------------------------------------------------------------------------

QUEUE = [
    ("c", "受理", "Mon 09:30", "Mon 10:00", {**COUNTER, "ts_ticket": "Mon 09:00", "result": PASS}),
    ("d", "受理", None, None, {**COUNTER, "ts_ticket": "Mon 09:00", "time": "Mon 10:00", "result": ABANDON}),
    ("e", "受理", None, None, {**COUNTER, "ts_ticket": "Mon 09:10", "time": "Mon 09:20", "result": ABANDON}),
    ("e", "受理", "Tue 09:10", "Tue 09:20", {**COUNTER, "ts_ticket": "Tue 09:00", "result": RETURN}),
]


def test_who_gave_up_has_no_wait_no_decision_and_a_case_that_was_not_done(hand_log):
    # d gave up at 10:00 for good, e at 9:20 and was served on Tuesday after 10 minutes
    found = measure(hand_log(QUEUE), OFFICE_HOURS)
    assert found["wait_minutes_mean"] == (30 + 10) / 2
    assert found["abandonment_share"] == 2 / 4
    assert found["throughput_per_day"] == 2 / 2  # c and e
    # c: 9:00 to 10:00; e: Monday 9:10 to Tuesday 9:20; d, which took an hour, is not done
    assert found["cycle_time_working_days_mean"] == pytest.approx((60 + 7 * 60 + 10) / 2 / (7 * 60))
    assert found["visits_per_journey_mean"] == (1 + 2) / 2  # e came twice
    assert found["at_most_one_visit_share"] == 1 / 2
    assert found["first_time_right_share"] == 1 / 2  # of c and e: nobody decided on d


def test_the_final_result_of_a_case_tells_whether_it_was_given_up(hand_log):
    cases = [
        {"case_id": "c"},
        {"case_id": "d", "final_result": PASS},
        {"case_id": "e", "final_result": ABANDON},
    ]
    found = measure(hand_log(QUEUE, cases=cases), OFFICE_HOURS)
    assert found["cycle_time_working_days_mean"] == pytest.approx(60 / (7 * 60))  # c and d: an hour each
    assert found["throughput_per_day"] == 2 / 2


def test_abandonment_of_a_cohort(hand_log):
    log = hand_log(QUEUE)
    assert measure(log, OFFICE_HOURS, cohort=["c", "d"])["abandonment_share"] == 1 / 2
    assert measure(log, OFFICE_HOURS, cohort=["e"])["abandonment_share"] == 1 / 2
    assert measure(log, OFFICE_HOURS, cohort=["c"])["abandonment_share"] == 0


def test_an_export_of_services_only_does_not_tell_that_nobody_gave_up(hand_log):
    assert "abandonment_share" not in measure(hand_log([QUEUE[0]]), OFFICE_HOURS)
