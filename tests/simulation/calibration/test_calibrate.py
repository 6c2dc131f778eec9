"""The whole calibration: known parameters come back, and no log is too poor for a model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mining.measures import measure
from mining.working_time import OFFICE_HOURS
from sample_logs.library import load_service
from simulation.calibration import calibrate, complete_cases
from simulation.errors import ModelError
from simulation.service_model import (
    Loop,
    Sequence,
    dump_service_model,
    leaves,
    read_service_model,
    service_model_from,
    write_service_model,
)
from simulation.simulate import simulate

OFFICE = {
    "name": {"zh": "小厅", "en": "Small office"},
    "start_date": "2026-03-02",
    "calendars": {"office": {"weekly": OFFICE_HOURS.model_dump(mode="json")["weekly"]}},
    "pools": [{"name": "intake"}, {"name": "review"}],
    "members": [
        {"name": "i1", "serves": ["intake"], "calendar": "office", "speed": 1.25},
        {"name": "i2", "serves": ["intake"], "calendar": "office", "speed": 0.8},
        {"name": "r1", "serves": ["review"], "calendar": "office"},
    ],
    "steps": [
        {
            "name": "intake",
            "pool": "intake",
            "duration": {"kind": "lognormal", "mean_minutes": 20, "cv": 0.5},
            "return_chance": 0.15,
        },
        {
            "name": "review",
            "pool": "review",
            "duration": {"kind": "lognormal", "mean_minutes": 12, "cv": 0.4},
            "delay_before": {"kind": "exponential", "mean_minutes": 300},
            "delay_clock": "working",
            "reject_chance": 0.1,
        },
        {
            "name": "extra",
            "calendar": "office",
            "duration": {"kind": "lognormal", "mean_minutes": 200, "cv": 0.3},
        },
        {
            "name": "notify",
            "calendar": "office",
            "duration": {"kind": "constant", "minutes": 3},
            "decides": False,
        },
    ],
    "flow": {
        "sequence": [
            {"step": "intake"},
            {"step": "review"},
            {
                "choice": [{"step": "extra"}, {"sequence": []}],
                "name": "extra work",
                "table": {"rows": [{"after": [], "weights": [3, 7]}]},
            },
            {"step": "notify"},
        ]
    },
    "arrivals": [
        {
            "name": "people",
            "per_day": 18,
            "calendar": "office",
            "weekday_factors": [1.3, 1, 1, 1, 0.7, 0, 0],
            "half_hour_weights": {"09:00": 2, "10:00": 3, "14:00": 1},
            "day_cv": 0.25,
        }
    ],
    "visits": {"calendar": "office", "correction_takes": {"kind": "constant", "minutes": 600}},
}


@pytest.fixture(scope="module")
def office():
    return service_model_from(OFFICE)


@pytest.fixture(scope="module")
def office_log(office):
    return simulate(office, days=250, seed=3)


@pytest.fixture(scope="module")
def office_model(office_log):
    return calibrate(office_log)


def test_arrivals_come_back(office, office_model):
    found = office_model.arrivals[0]
    assert found.per_day == pytest.approx(18, rel=0.06)
    assert found.weekday_factors[0] == pytest.approx(1.3, abs=0.15)
    assert found.day_cv == pytest.approx(0.25, abs=0.07)
    assert set(found.half_hour_weights) == {540, 600, 840}
    assert found.half_hour_weights[600] == pytest.approx(0.5, abs=0.03)
    assert office_model.start_date.isoformat() == "2026-03-02"


def test_calendar_comes_back(office_model):
    assert office_model.calendars["hall"].weekly == OFFICE_HOURS.weekly


@pytest.mark.parametrize(("step", "minutes"), [("review", 12.0), ("extra", 200.0), ("notify", 3.0)])
def test_durations_come_back(office_model, step, minutes):
    assert office_model.step(step).duration.mean_minutes == pytest.approx(minutes, rel=0.03)
    evidence = office_model.evidence[f"steps.{step}.duration"]
    assert evidence.source == "measured"
    assert evidence.low <= office_model.step(step).duration.mean_minutes <= evidence.high


def test_officers_come_back_with_their_speeds(office_model):
    members = {m.name: m for m in office_model.members}
    assert set(members) == {"i1", "i2", "r1"}
    assert members["i1"].speed / members["i2"].speed == pytest.approx(1.25 / 0.8, rel=0.05)
    base = office_model.step("intake").duration.mean_minutes
    assert base / members["i1"].speed == pytest.approx(20 / 1.25, rel=0.05)
    pools = {s.name: s.pool for s in office_model.steps}
    assert pools["extra"] is None
    assert pools["intake"] != pools["review"]


def test_outcomes_delay_and_correction_come_back(office_model):
    assert office_model.step("intake").return_chance == pytest.approx(0.15, abs=0.02)
    assert office_model.step("review").reject_chance == pytest.approx(0.10, abs=0.015)
    delay = office_model.step("review")
    assert delay.delay_clock == "working"
    assert delay.delay_before.mean_minutes == pytest.approx(300, rel=0.06)
    assert office_model.visits.correction_takes.mean_minutes == pytest.approx(600, rel=0.02)
    assert not office_model.step("notify").decides


def test_branching_comes_back(office_model):
    assert isinstance(office_model.flow, Loop)
    branches = [b.step for b in office_model.flow.loop.choice]
    row = next(r for r in office_model.flow.loop.table.rows if r.after == ("intake", "review"))
    weights = dict(zip(branches, row.weights, strict=True))
    assert weights["extra"] / sum(row.weights) == pytest.approx(0.3, abs=0.02)
    assert weights["extra"] + weights["notify"] == sum(row.weights)


def test_the_calibrated_model_behaves_like_the_log(office_log, office_model):
    hall = office_model.calendars["hall"]
    runs = [simulate(office_model, days=250, seed=seed) for seed in (11, 12)]
    logged = measure(office_log, hall)
    simulated = pd.DataFrame([measure(run, hall) for run in runs]).mean()
    assert simulated["cycle_time_working_days_mean"] == pytest.approx(
        logged["cycle_time_working_days_mean"], rel=0.1
    )
    assert simulated["throughput_per_day"] == pytest.approx(logged["throughput_per_day"], rel=0.1)
    assert simulated["wait_minutes_mean"] == pytest.approx(logged["wait_minutes_mean"], rel=0.2)
    per_case = [len(log.events) / log.n_cases for log in (office_log, *runs)]
    assert np.mean(per_case[1:]) == pytest.approx(per_case[0], rel=0.02)


def test_every_step_pool_and_arrival_has_evidence(office_model):
    for step in office_model.steps:
        assert f"steps.{step.name}.duration" in office_model.evidence
    for pool in office_model.pools:
        assert f"pools.{pool.name}.members" in office_model.evidence
    assert {"calendars.hall", "flow", "flow.cases"} <= set(office_model.evidence)


def test_model_survives_yaml(office_model, tmp_path):
    write_service_model(office_model, tmp_path / "model.yaml")
    assert read_service_model(tmp_path / "model.yaml") == office_model


def test_calibration_is_deterministic(office_log, office_model):
    assert dump_service_model(calibrate(office_log)) == dump_service_model(office_model)


def test_sample_service_comes_back():
    truth = load_service("A")
    log = simulate(truth, days=60, seed=7)
    model = calibrate(log)
    assert isinstance(model.flow, Sequence)
    assert list(leaves(model.flow)) == list(leaves(truth.flow))
    assert {m.name for m in model.members} == {m.name for m in truth.members}
    for member in model.members:
        assert set(member.serves) <= {p.name for p in model.pools}
    assert sum(len(s.materials) for s in model.steps) == sum(len(s.materials) for s in truth.steps)
    for step in model.steps:
        true = truth.step(step.name)
        assert step.place == true.place
        chances = {a.material: a.defect_chance for a in step.materials if not a.shared}
        found = 1 - float(np.prod([1 - c for c in chances.values()]))
        asked = [a.defect_chance for a in true.materials if not a.shared]
        assert found == pytest.approx(1 - float(np.prod([1 - c for c in asked])), abs=0.03)
        minutes = sum(0.6 for a in true.materials if not a.shared)
        assert step.duration.mean_minutes == pytest.approx(true.duration.mean_minutes + minutes, rel=0.12)
    assert model.visits.ticket_cutoff_minutes_before_close == 15


# --- logs that know little --------------------------------------------------------------------------------


def run(model, days=20):
    return simulate(model, days=days, seed=1)


def test_a_single_event_makes_a_model_that_runs(make_log):
    model = calibrate(make_log("case_id activity ts_end", [("1", "受理", "2026-04-06 10:00")]))
    assert model.arrivals[0].per_day == 1
    assert run(model).n_events > 0
    assert "calendars.hall" in model.assumptions


def test_ends_only_without_officers(make_log):
    rows = [
        (f"{i}", s, f"2026-04-{6 + i % 5:02d} 1{k}:{i:02d}") for i in range(40) for k, s in enumerate("abc")
    ]
    model = calibrate(make_log("case_id activity ts_end", rows))
    assert model.pools == ()
    assert "start_times" in model.assumptions
    assert run(model).n_events > 0


def test_all_durations_zero(make_log):
    rows = [
        (f"{i}", s, f"2026-04-{6 + i % 5:02d} 1{k}:00", f"2026-04-{6 + i % 5:02d} 1{k}:00", "x")
        for i in range(40)
        for k, s in enumerate("abc")
    ]
    model = calibrate(make_log("case_id activity ts_start ts_end officer", rows))
    assert all(s.duration.mean_minutes <= 60 for s in model.steps)
    assert run(model).n_events > 0


def test_dates_without_times(make_log):
    rows = [(f"{i}", s, f"2026-04-{6 + i % 5 + k:02d}") for i in range(60) for k, s in enumerate("ab")]
    model = calibrate(make_log("case_id activity ts_end", rows))
    assert run(model).n_events > 0


def test_starts_only(make_log):
    rows = [
        (f"{i}", s, f"2026-04-{6 + i % 5:02d} 1{k}:00", None) for i in range(30) for k, s in enumerate("ab")
    ]
    model = calibrate(make_log("case_id activity ts_start ts_end", rows))
    assert run(model).n_events > 0


def test_an_empty_log_is_refused(make_log):
    log = make_log("case_id activity ts_end", [("1", "a", "2026-04-06 10:00")])
    with pytest.raises(ModelError, match="no events"):
        calibrate(log.of_cases([]))


def test_a_log_without_a_finished_case_is_refused(make_log):
    cases = pd.DataFrame({"case_id": ["1", "2"], "ts_finish": pd.to_datetime([None, "2026-04-06 12:00"])})
    log = make_log("case_id activity ts_end", [("1", "a", "2026-04-06 10:00")], cases=cases)
    assert complete_cases(log) == []
    with pytest.raises(ModelError, match="none of the 1 cases"):
        calibrate(log)
