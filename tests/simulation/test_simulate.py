"""`simulate`: arguments, repeatability, cohorts, and the business laws of service A in small."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mining.event_log import EventLog
from simulation.engines.program import build_program
from simulation.errors import ExperimentError
from simulation.service_model import ServiceModel, service_model_from
from simulation.simulate import simulate, simulate_program

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
HALL = {
    "name": {"zh": "登记厅", "en": "Registry"},
    "start_date": "2026-03-02",
    "calendars": {"厅": {"weekly": {day: ["09:00-12:00", "13:00-17:00"] for day in WEEKDAYS}}},
    "materials": [{"name": "表", "minutes_to_check": 1}],
    "pools": [{"name": "前台"}, {"name": "后台"}],
    "members": [
        {"name": "甲", "serves": ["前台"], "calendar": "厅"},
        {"name": "乙", "serves": ["前台"], "calendar": "厅"},
        {"name": "丙", "serves": ["后台"], "calendar": "厅"},
    ],
    "steps": [
        {
            "name": "受理",
            "place": "counter",
            "pool": "前台",
            "duration": {"kind": "lognormal", "mean_minutes": 18, "cv": 0.5},
            "materials": [{"material": "表", "defect_chance": 0.2}],
        },
        {"name": "审核", "pool": "后台", "duration": {"kind": "exponential", "mean_minutes": 10}},
        {"name": "领证", "place": "counter", "pool": "前台", "duration": {"kind": "constant", "minutes": 3}},
    ],
    "flow": {"sequence": [{"step": "受理"}, {"step": "审核"}, {"step": "领证"}]},
    "arrivals": [
        {
            "name": "窗口",
            "per_day": 30,
            "calendar": "厅",
            "half_hour_weights": {"09:00": 2, "10:00": 1, "14:00": 2},
        }
    ],
    "visits": {
        "calendar": "厅",
        "ticket_cutoff_minutes_before_close": 15,
        "come_back_after": {"kind": "uniform", "low_minutes": 0, "high_minutes": 1440},
        "correction_takes": {"kind": "uniform", "low_minutes": 0, "high_minutes": 2880},
    },
}


@pytest.fixture(scope="module")
def model() -> ServiceModel:
    return service_model_from(HALL)


def _same(one: EventLog, other: EventLog) -> bool:
    return (
        one.events.equals(other.events)
        and one.cases.equals(other.cases)
        and one.materials.equals(other.materials)
        and one.quality == other.quality
    )


def test_equal_arguments_give_equal_logs(model):
    one = simulate(model, 10, seed=5)
    assert _same(one, simulate(model, 10, seed=5))
    assert _same(one, simulate_program(build_program(model, 10), 5))
    assert not _same(one, simulate(model, 10, seed=6))
    assert not _same(one, simulate(model, 10, seed=5, replication=1))


def test_days_are_calendar_days_from_the_start_date(model):
    log = simulate(model, 8, seed=1)
    applied = log.cases["ts_apply"]
    assert applied.min() >= pd.Timestamp("2026-03-02")
    assert set(applied.dt.day_name()) == {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}
    assert log.events["time"].max() < pd.Timestamp("2026-03-10")


def test_with_a_cohort_the_run_ends_when_it_has_finished(model):
    log = simulate(model, 200, seed=1, cohort_days=(1, 4))
    whole = simulate(model, 40, seed=1)
    arrived = (log.cases["ts_apply"] - pd.Timestamp("2026-03-02")).dt.days
    cohort = log.cases[(arrived >= 1) & (arrived < 4)]
    assert len(cohort) > 50
    assert cohort["ts_finish"].notna().all()
    # it ends at that very moment, people who came later are in the log, and what happened is what happens
    # in a run without a cohort
    assert log.events["time"].max() == cohort["ts_finish"].max()
    assert (arrived >= 4).any()
    until = whole.events[whole.events["time"] <= cohort["ts_finish"].max()]
    columns = ["case_id", "activity", "visit_no", "officer", "ts_enabled", "ts_start", "ts_end", "result"]
    pd.testing.assert_frame_equal(
        until[columns].reset_index(drop=True), log.events[columns].reset_index(drop=True)
    )


def test_a_cohort_run_covers_its_days_and_ends_at_the_horizon_at_the_latest(model):
    # the weekend: nobody comes, the run goes on to the end of these days
    weekend = simulate(model, 30, seed=1, cohort_days=(5, 7))
    assert weekend.cases["ts_apply"].max() < pd.Timestamp("2026-03-07")
    assert weekend.cases["ts_apply"].max() > pd.Timestamp("2026-03-06")
    # two days are too short for the cohort of the second
    short = simulate(model, 2, seed=1, cohort_days=(1, 2))
    assert _same(short, simulate(model, 2, seed=1))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"days": 0}, "days"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"replication": -1}, "replication"),
        ({"engine": "warp"}, "warp"),
        ({"cohort_days": (3, 3)}, "cohort_days"),
        ({"cohort_days": (0, 11)}, "cohort_days"),
        ({"cohort_days": (-1, 3)}, "cohort_days"),
    ],
)
def test_arguments_out_of_range(model, arguments, named):
    with pytest.raises(ExperimentError) as error:
        simulate(**{"model": model, "days": 10, "seed": 1, **arguments})
    for sentence in (error.value.text.zh, error.value.text.en):
        assert named in sentence or (named == "days" and "days" in sentence)


def test_nobody_comes(model):
    log = simulate(
        service_model_from({**HALL, "arrivals": [{**HALL["arrivals"][0], "per_day": 0}]}), 10, seed=1
    )
    assert (log.n_events, len(log.cases)) == (0, 0)


def _mean_wait_minutes(document: dict[str, object]) -> float:
    """Of the counters, over two replications of five weeks."""
    program = build_program(service_model_from(document), 35)
    waits = []
    for replication in range(2):
        events = simulate_program(program, 1, replication).events
        events = events[events["place"] == "counter"]
        waits.append((events["ts_start"] - events["ts_ticket"]).dt.total_seconds().mean() / 60)
    return float(np.mean(waits))


def test_levers_have_the_sign_a_planner_expects():
    base = _mean_wait_minutes(HALL)
    one_more = [*HALL["members"], {"name": "丁", "serves": ["前台"], "calendar": "厅"}]
    faster = [{**member, "speed": 1.2} for member in HALL["members"]]
    busier = [{**HALL["arrivals"][0], "per_day": 33}]
    assert _mean_wait_minutes({**HALL, "members": one_more}) < 0.6 * base
    assert _mean_wait_minutes({**HALL, "members": faster}) < base
    assert _mean_wait_minutes({**HALL, "arrivals": busier}) > base


def test_fewer_defects_mean_fewer_visits(model):
    log = simulate(model, 40, seed=1)
    steps = [{**HALL["steps"][0], "materials": [{"material": "表"}]}, *HALL["steps"][1:]]
    better = simulate(service_model_from({**HALL, "steps": steps}), 40, seed=1)
    assert set(better.cases["case_id"]) == set(log.cases["case_id"])
    assert (better.events["visit_no"] == 0).all()
    share = (log.events.loc[log.events["activity"] == "受理", "result"] == "补正").mean()
    assert share == pytest.approx(0.2, abs=0.05)
