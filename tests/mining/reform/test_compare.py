"""Two logs side by side: by hand, Simpson's paradox, intervals that hold the truth, what is left out."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from mining.case_mix import mix_distance
from mining.errors import LogError
from mining.event_log import EventLog, sort_events
from mining.measures import measure
from mining.reform.cautions import comparison_cautions
from mining.reform.compare import compare_logs
from mining.reform.resampling import (
    Sample,
    draw_clusters,
    draw_days,
    means,
    merge_clusters,
    quantiles,
    stretched_interval,
    weighted_quantile,
)
from mining.reform.units import finished_per_day
from mining.working_time import OFFICE_HOURS

MARCH = pd.bdate_range("2026-03-02", periods=20)
APRIL = pd.bdate_range("2026-04-06", periods=20)
DAY = 420.0  # working minutes


def mixed(drawn_log, days, simple_of_ten, simple_minutes, hard_minutes, seed=1):
    """Ten cases a day, of which `simple_of_ten` are simple, with times that do not vary."""
    shares = np.array([simple_of_ten, 10 - simple_of_ten]) / 10
    return drawn_log(
        days,
        10,
        lambda draw, item: np.where(item == 0, simple_minutes, hard_minutes),
        seed,
        items=("简单", "复杂"),
        item_shares=lambda day: shares,
    )


def test_simpson(drawn_log):
    # simple cases 60 -> 50 minutes, hard ones 170 -> 150: both quicker, but nine of ten are hard afterwards
    before = mixed(drawn_log, MARCH, 9, 60, 170)
    after = mixed(drawn_log, APRIL, 1, 50, 150)
    found = compare_logs(before, after, OFFICE_HOURS)
    cycle = found.measure("cycle_time_working_days_mean")
    assert cycle.crude.difference > 0
    assert cycle.standardised is not None
    assert cycle.standardised.difference < 0
    assert cycle.opposite_signs
    assert cycle.is_better is True
    weight = {each.levels[0]: each.weight for each in found.strata}
    by_hand = (weight["简单"] * (50 - 60) + weight["复杂"] * (150 - 170)) / DAY
    assert cycle.standardised.difference == pytest.approx(by_hand)
    text = " ".join(each.en for each in comparison_cautions(found))
    assert "Simpson" in text
    assert found.mix_distance == pytest.approx(0.8, abs=0.1)


def test_the_example_of_the_docstring():
    # 90 and 10 values before, 10 and 90 after; weights are 100 to 100
    before = Sample(np.repeat([1.0, 10], [90, 10]), np.zeros(100, "int64"), np.repeat([0, 1], [90, 10]))
    after = Sample(np.repeat([2.0, 11], [10, 90]), np.zeros(100, "int64"), np.repeat([0, 1], [10, 90]))
    one, weights = np.ones((1, 1)), np.array([100.0, 100])
    assert [float(means(side, one, None)[0]) for side in (before, after)] == pytest.approx([1.9, 10.1])
    assert [float(means(side, one, weights)[0]) for side in (before, after)] == pytest.approx([5.5, 6.5])


def test_plain_values_are_those_of_measure(random_log):
    before, after = random_log(1, cases=60), random_log(2, cases=60)
    found = compare_logs(before, after, OFFICE_HOURS)
    shared = {each.kpi.key: each for each in found.measures}
    told = measure(before, OFFICE_HOURS), measure(after, OFFICE_HOURS)
    for key in told[0].keys() & told[1].keys() - {"throughput_per_day"}:
        assert shared[key].crude.before == pytest.approx(told[0][key]), key
        assert shared[key].crude.after == pytest.approx(told[1][key]), key
    assert len(shared) >= 8


def test_a_log_with_itself_has_no_difference(drawn_log):
    log = mixed(drawn_log, MARCH, 5, 60, 120)
    for each in compare_logs(log, log, OFFICE_HOURS).measures:
        for difference in (each.crude, each.standardised):
            if difference is not None:
                assert difference.difference == 0
                assert difference.contains_zero
        assert each.is_better is None


def test_intervals_hold_the_truth_where_days_hang_together(drawn_log):
    # every day has its own level (sd 20) shared by its cases: the truth is a difference of -30 minutes
    def log(days, level, seed):
        return drawn_log(
            days, 8, lambda draw, item: level + draw.normal(0, 20) + draw.normal(0, 10, item.size), seed
        )

    hits = 0
    for seed in range(40):
        found = compare_logs(
            log(MARCH[:20], 150, seed), log(APRIL[:20], 120, 1000 + seed), OFFICE_HOURS, seed=seed
        )
        crude = found.measure("cycle_time_working_days_mean").crude
        hits += crude.ci_low * DAY <= -30 <= crude.ci_high * DAY
    # drawing 160 cases instead of 20 days would hold it in about 60 of 100
    assert hits >= 33


def test_kinds_of_cases_on_one_side_only_are_counted_and_left_out(drawn_log):
    before = drawn_log(MARCH, 10, lambda draw, item: np.full(item.size, 60.0), 1, items=("甲", "乙"))
    after = drawn_log(APRIL, 10, lambda draw, item: np.full(item.size, 60.0), 2, items=("甲", "丙"))
    found = compare_logs(before, after, OFFICE_HOURS)
    cycle = found.measure("cycle_time_working_days_mean")
    only = {each.levels[0]: each for each in found.strata}
    assert (only["甲"].weight, only["乙"].weight, only["丙"].weight) == (1, 0, 0)
    assert cycle.left_out_before == only["乙"].cases_before > 0
    assert cycle.left_out_after == only["丙"].cases_after > 0
    text = " ".join(each.en for each in comparison_cautions(found))
    assert "乙" in text
    assert "丙" in text
    assert "months differ" in text
    assert found.not_standardised_by == ("channel", "applicant_type")


def test_few_days_are_said(drawn_log):
    log = drawn_log(MARCH[:6], 10, lambda draw, item: np.full(item.size, 60.0), 1)
    text = " ".join(each.en for each in comparison_cautions(compare_logs(log, log, OFFICE_HOURS)))
    assert "on 5 days only" in text
    assert "overlap" in text


def test_bad_arguments(drawn_log, sequences_log):
    log = sequences_log(["ab"])
    with pytest.raises(LogError, match="Cannot standardise by 'age'"):
        compare_logs(log, log, OFFICE_HOURS, by=("age",))
    with pytest.raises(LogError, match="no events"):
        compare_logs(log, log.of_cases([]), OFFICE_HOURS)


def test_the_document_is_json_and_the_seed_decides(drawn_log):
    before, after = mixed(drawn_log, MARCH, 5, 60, 120), mixed(drawn_log, APRIL, 4, 50, 110, seed=2)
    first, second = (json.dumps(compare_logs(before, after, OFFICE_HOURS).to_json("zh")) for _ in range(2))
    assert first == second
    assert '"ci_low"' in first


def test_quantiles():
    values = np.array([1.0, 2, 3, 4, 10])
    assert weighted_quantile(values, np.ones(5), 0.9) == pytest.approx(np.quantile(values, 0.9))
    assert weighted_quantile(np.array([7.0]), np.ones(1), 0.9) == 7
    draw = np.random.default_rng(0)
    many = draw.lognormal(size=4000)
    cluster = np.arange(4000) % 200
    sample = Sample(many, cluster, np.zeros(4000, "int64"))
    drawn = draw_clusters(200, draw).times
    found = quantiles(sample, drawn, None, 0.9)
    assert found[0] == pytest.approx(np.quantile(many, 0.9))
    counts = drawn[5].astype(int)
    exact = np.quantile(np.repeat(many, counts[cluster]), 0.9)
    assert found[5] == pytest.approx(exact, rel=0.02)
    # the standard error of a 90th percentile of 4000 lognormals: sqrt(p (1 - p) / n) / density
    density = np.exp(-(1.2816**2) / 2) / np.sqrt(2 * np.pi) / np.exp(1.2816)
    assert found[1:].std() == pytest.approx(np.sqrt(0.09 / 4000) / density, rel=0.25)


def test_days_are_drawn_in_runs_of_neighbours():
    drawn = draw_days(100, np.random.default_rng(0))
    assert drawn.pieces == 10  # blocks of ten days
    assert np.all(drawn.times.sum(axis=1) == 100)
    assert np.all(drawn.times[0] == 1)
    # every day is drawn as often as the others, and with its neighbour nine times out of ten
    assert drawn.times[1:].mean(axis=0) == pytest.approx(np.ones(100), abs=0.1)
    together = np.corrcoef(drawn.times[1:, 40], drawn.times[1:, 41])[0, 1]
    assert together == pytest.approx(0.9, abs=0.05)
    assert abs(np.corrcoef(drawn.times[1:, 40], drawn.times[1:, 60])[0, 1]) < 0.15


def test_intervals_from_few_pieces_are_stretched():
    draws = np.random.default_rng(0).normal(size=20_000)
    assert stretched_interval(0.0, draws, 1) is None
    low, high = stretched_interval(0.0, draws, 7)
    assert (low, high) == (
        pytest.approx(-2.447, abs=0.06),
        pytest.approx(2.447, abs=0.06),
    )  # t with 6 degrees


def test_many_clusters_are_put_together_without_losing_any():
    draw = np.random.default_rng(1)
    merged = merge_clusters(np.repeat(np.arange(5000), 2), draw)
    assert merged.max() == 999
    assert np.array_equal(merged[::2], merged[1::2])
    assert np.bincount(merged).min() == 10
    in_order = merge_clusters(np.arange(2500), None)
    assert np.all(np.diff(in_order) >= 0)
    assert in_order.max() < 1000


def test_distance_of_mixes():
    assert mix_distance(np.array([60, 40]), np.array([30, 70])) == pytest.approx(0.3)
    assert mix_distance(np.array([5, 0]), np.array([0, 9])) == 1


def test_the_begin_of_a_log_is_no_reform_of_what_finishes():
    """One case a working day, each ten days long: on its first ten days such a log has nothing to finish."""
    days = pd.bdate_range("2026-01-05", periods=80)
    rows = [
        {
            "case_id": f"c{n:03d}",
            "activity": step,
            "ts_end": day + pd.Timedelta(days=later, hours=10),
            "file_row": 0,
        }
        for n, day in enumerate(days)
        for step, later in (("受理", 0), ("办结", 14))
    ]
    events = pd.DataFrame(rows).assign(time=lambda frame: frame["ts_end"])
    events["file_row"] = range(2, len(events) + 2)
    events = events.astype({"time": "datetime64[ms]", "ts_end": "datetime64[ms]", "case_id": "str"})
    log = EventLog(events=sort_events(events))
    finished = finished_per_day(log, OFFICE_HOURS)
    assert finished is not None
    assert set(finished.values) == {1.0}
