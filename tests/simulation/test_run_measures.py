"""Measures straight from the records of a run are those of its log."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from mining.measures import measure
from sample_logs import load_scenarios, load_service
from simulation.calibration import calibrate
from simulation.engines.arrivals import applicants_at
from simulation.engines.log.repairs import repair_table
from simulation.engines.log.tables import to_event_log
from simulation.engines.program import Program, build_program
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.engines.run_records import RunRecords
from simulation.horizon import Horizon, plan_horizon
from simulation.kpis import member_loads
from simulation.replication import run_replication, set_up
from simulation.run_measures import RunColumns, measure_run, run_loads
from simulation.service_model import ServiceModel, service_model_from
from simulation.simulate import simulate
from simulation.yardstick import yardstick


def check_equal(model: ServiceModel, program: Program, run: RunRecords, horizon: Horizon) -> dict[str, float]:
    """The measures of the records, after a check against those of the log."""
    log = to_event_log(program, run)
    first_ms, last_ms = horizon.bounds_ms(model)
    applied = log.cases["ts_apply"].to_numpy().astype("datetime64[ms]").astype("int64")
    cohort = log.cases.loc[(applied >= first_ms) & (applied < last_ms), "case_id"]
    window = pd.Timestamp(first_ms, unit="ms"), pd.Timestamp(last_ms, unit="ms")
    expected = measure(log, model.calendars[model.visits.calendar], cohort=cohort, window=window)
    ruler = yardstick(model, program, horizon)
    columns = RunColumns(run, ruler)
    found = measure_run(columns, ruler)
    assert list(found) == list(expected)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    for key in ("throughput_per_day", "steps_per_journey_mean", "visits_per_journey_mean"):
        assert found.get(key) == expected.get(key)
    repairs = repair_table(program, run)
    assert run_loads(columns, ruler) == member_loads(log, model, first_ms, last_ms, repairs)
    assert int(columns.applied.sum()) == cohort.size
    return found


def run_of(model: ServiceModel, seed: int, days: int = 5, drain_days: int = 20) -> dict[str, float]:
    horizon = plan_horizon(model, days=days, warm_up_days=4, drain_days=drain_days)
    program = build_program(model, horizon.n_days)
    run = run_simpy(program, seed, 0, (horizon.first_day, horizon.last_day))
    return check_equal(model, program, run, horizon)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", ["A", "B", "C", "D", "E"])
def test_sample_services(name: str, seed: int) -> None:
    found = run_of(load_service(name), seed, drain_days=60)
    assert len(found) >= 12


@pytest.mark.parametrize("name", ["A", "B", "C"])
def test_redesigned_halls(name: str) -> None:
    model = load_service(name)
    for scenario in load_scenarios(name).values():
        run_of(scenario.apply(model), seed=4)


def test_runs_that_end_before_their_cases() -> None:
    service = load_service("A")
    none_finished = run_of(service, seed=5, drain_days=0)
    assert "cycle_time_working_days_mean" not in none_finished
    assert "steps_per_journey_mean" not in none_finished
    some, all_of_them = (run_of(service, seed=5, drain_days=days) for days in (9, 60))
    key = "cycle_time_working_days_mean"
    assert some[key] < all_of_them[key]


def test_a_calibrated_model() -> None:
    run_of(calibrate(simulate(load_service("A"), 40, seed=6)), seed=7)


HALL: dict[str, Any] = {
    "name": {"zh": "小厅", "en": "Tiny hall"},
    "start_date": "2026-03-02",
    "calendars": {
        "hall": {
            "weekly": {d: ["09:00-12:00", "13:00-17:00"] for d in ("mon", "tue", "wed", "thu", "fri")},
            "hall_weekly": {d: ["09:00-17:00"] for d in ("mon", "tue", "wed", "thu", "fri", "sat")},
            "closed_days": ["2026-03-04"],
        },
        "nights": {"weekly": {d: ["20:00-24:00"] for d in ("mon", "tue", "wed", "thu", "fri", "sat")}},
    },
    "materials": [{"name": "表"}, {"name": "证"}],
    "pools": [{"name": "窗口"}, {"name": "后台"}, {"name": "机器"}],
    "members": [
        {"name": "甲", "serves": ["窗口", "后台"], "calendar": "hall"},
        {"name": "乙", "serves": ["后台"], "calendar": "nights", "speed": 2},
        {"name": "机", "serves": ["机器"], "calendar": "hall"},
    ],
    "steps": [
        {
            "name": "受理",
            "place": "counter",
            "pool": "窗口",
            "duration": {"kind": "exponential", "mean_minutes": 22},
            "materials": [
                {"material": "表", "defect_chance": 0.2},
                {"material": "证", "shared": True, "shared_available": 0.5},
            ],
            "reject_chance": 0.1,
        },
        {"name": "自助", "place": "kiosk", "pool": "机器", "duration": {"kind": "constant", "minutes": 9}},
        {
            "name": "审核",
            "pool": "后台",
            "duration": {"kind": "exponential", "mean_minutes": 45},
            "return_chance": 0.1,
        },
        {"name": "网上", "place": "online", "clock": "elapsed", "decides": False},
        {
            "name": "领证",
            "place": "counter",
            "pool": "窗口",
            "decides": False,
            "duration": {"kind": "constant", "minutes": 3},
        },
    ],
    "flow": {
        "sequence": [
            {
                "choice": [{"step": "受理"}, {"step": "网上"}, {"sequence": []}],
                "name": "走哪里",
                "table": {"rows": [{"after": [], "weights": [8, 1, 1]}]},
            },
            {"parallel": [{"step": "审核"}, {"step": "自助"}]},
            {"step": "领证"},
        ]
    },
    "arrivals": [
        {"name": "到场", "per_day": 12, "calendar": "hall", "half_hour_weights": {"09:00": 2, "16:30": 1}},
        {"name": "网上来", "per_day": 4, "calendar": "nights", "half_hour_weights": {"22:00": 1}},
    ],
    "visits": {
        "calendar": "hall",
        "same_day_continuation": 0.7,
        "correction_takes": {"kind": "uniform", "low_minutes": 60, "high_minutes": 3000},
    },
}


def tiny(*only: str, **changes: object) -> ServiceModel:
    """The tiny hall, or a sequence of only these steps of it."""
    flow = {"flow": {"sequence": [{"step": name} for name in only]}} if only else {}
    return service_model_from({**HALL, **flow, **changes})


def changed(step: str, **changes: object) -> ServiceModel:
    """The tiny hall with one step changed."""
    return tiny(steps=[{**each, **(changes if each["name"] == step else {})} for each in HALL["steps"]])


@pytest.mark.parametrize("together", [False, True])
def test_batches(together: bool) -> None:
    moments = {day: ["10:00", "16:00"] for day in ("mon", "wed", "fri")}
    run_of(changed("审核", batch={"size": 4, "weekly": moments, "together": together}), seed=2)


def test_a_kiosk_is_as_busy_as_a_person_at_a_counter_would_be() -> None:
    def busy(place: str) -> float:
        step = {
            "name": "自助",
            "place": place,
            "pool": "机器",
            "duration": {"kind": "constant", "minutes": 9},
        }
        model = tiny("自助", steps=[HALL["steps"][0], step, *HALL["steps"][2:]])
        setup = set_up(model, plan_horizon(model, days=5, warm_up_days=4, drain_days=20), 3, "simpy")
        return run_replication(setup, 0).figures.utilisation["机器"]

    assert busy("kiosk") == busy("counter") > 0.1


def test_work_done_together_keeps_its_member_busy_once() -> None:
    def busy(together: bool) -> float:
        batch = {"size": 5, "together": together}
        step = {**HALL["steps"][2], "batch": batch, "duration": {"kind": "constant", "minutes": 20}}
        model = tiny("审核", steps=[*HALL["steps"][:2], step, *HALL["steps"][3:]])
        horizon = plan_horizon(model, days=5, warm_up_days=4, drain_days=20)
        setup = set_up(model, horizon, 3, "simpy")
        return run_replication(setup, 0).figures.utilisation["后台"]

    assert 0 < busy(True) < busy(False) / 3


def test_machines_that_fail() -> None:
    failure = {
        "runs_for": {"kind": "exponential", "mean_minutes": 90},
        "repair": {"kind": "exponential", "mean_minutes": 60},
        "repaired_by": "后台",
    }
    run_of(tiny(members=[*HALL["members"][:2], {**HALL["members"][2], "failure": failure}]), seed=2)


def fitter_and_machine(repair_minutes: float, fitter_hours: str = "hall") -> ServiceModel:
    """A machine that nobody needs, repaired by somebody who has nothing else to do; its first failure is on
    Monday at 11:00, after two hours of open time."""
    failure = {
        "runs_for": {"kind": "constant", "minutes": 120},
        "repair": {"kind": "constant", "minutes": repair_minutes},
        "repaired_by": "后台",
    }
    members = [
        HALL["members"][0] | {"serves": ["窗口"]},
        {"name": "修", "serves": ["后台"], "calendar": fitter_hours},
        {**HALL["members"][2], "failure": failure},
    ]
    return tiny("网上", members=members)


def busy_of_fitter(model: ServiceModel, days: int, drain_days: int) -> float:
    horizon = Horizon(0, days, days + drain_days)
    program = build_program(model, horizon.n_days)
    run = run_simpy(program, 1, 0)
    check_equal(model, program, run, horizon)
    ruler = yardstick(model, program, horizon)
    return run_loads(RunColumns(run, ruler), ruler)["修"].busy_minutes


def test_a_repairer_is_busy_while_repairing_in_the_repairers_hours() -> None:
    # Monday 11:00 + 90 minutes of work: 11:00-12:00, 13:00-13:30; runs to 15:30; 15:30-17:00
    assert busy_of_fitter(fitter_and_machine(90), days=1, drain_days=2) == 180
    # 300 minutes: 11:00-12:00 and 13:00-17:00 on Monday
    assert busy_of_fitter(fitter_and_machine(300), days=1, drain_days=2) == 300
    # works from 20:00 to midnight only: 240 minutes of Monday's evening, 60 of Tuesday's
    assert busy_of_fitter(fitter_and_machine(300, "nights"), days=1, drain_days=2) == 240
    assert busy_of_fitter(fitter_and_machine(300, "nights"), days=2, drain_days=1) == 300


def test_a_repair_that_the_run_does_not_see_the_end_of_is_work() -> None:
    # 9999 minutes from Monday 11:00: to its end (300), and all of Tuesday (420)
    model = fitter_and_machine(9999)
    run = run_simpy(build_program(model, 2), 1, 0)
    assert (len(run.repairs), len(run.still_down)) == (0, 1)
    assert busy_of_fitter(model, days=2, drain_days=0) == 720


@pytest.mark.parametrize("seed", range(6))
def test_a_tiny_hall_with_everything(seed: int) -> None:
    found = run_of(tiny(), seed, days=6, drain_days=3)
    assert set(found) >= {"first_time_right_share", "materials_per_journey_mean", "no_visit_share"}


def impatient(comes_back: float) -> ServiceModel:
    """The tiny hall with people who give up, book and need help at the machine."""
    through = [
        {
            **HALL["arrivals"][0],
            "per_day": 25,
            "patience": {"minutes": {"kind": "exponential", "mean_minutes": 40}, "comes_back": comes_back},
            "appointments": {
                "share": 0.5,
                "per_slot": 2,
                "no_show_chance": 0.3,
                "lateness_minutes": [-20, 30],
            },
        },
        HALL["arrivals"][1],
    ]
    steps = [dict(step) for step in HALL["steps"]]
    steps[1] |= {"stuck": {"chance": 0.5, "then": "帮办", "keeps_machine": True}}
    steps.append(
        {
            "name": "帮办",
            "place": "counter",
            "pool": "窗口",
            "duration": {"kind": "constant", "minutes": 4},
            "return_chance": 0.2,
        }
    )
    return tiny(arrivals=through, steps=steps)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("comes_back", [0, 0.8])
def test_people_who_give_up(comes_back: float, seed: int) -> None:
    found = run_of(impatient(comes_back), seed, days=6, drain_days=5)
    assert 0.05 < found["abandonment_share"] < 0.95


def test_a_hall_of_patient_people_does_not_tell_how_many_give_up() -> None:
    assert "abandonment_share" not in run_of(tiny(), seed=1)


def test_an_overloaded_hall_holds_people_over_many_nights() -> None:
    slow = [{**HALL["steps"][0], "duration": {"kind": "constant", "minutes": 50}}, *HALL["steps"][1:]]
    found = run_of(tiny("受理", steps=slow), seed=1, days=8)
    assert found["visits_per_journey_mean"] > 3
    assert found["wait_minutes_p90"] > 24 * 60 / 3


@pytest.mark.parametrize("only", [("审核",), ("网上",), ("领证",), ("自助",)])
def test_halls_that_cannot_tell_everything(only: tuple[str, ...]) -> None:
    found = run_of(tiny(*only), seed=3)
    assert "materials_per_journey_mean" not in found
    assert ("first_time_right_share" in found) == (only[0] in ("审核", "自助"))


def test_nothing_recorded_measures_nothing() -> None:
    silent = [{**step, "silent": True} for step in HALL["steps"]]
    assert run_of(tiny(steps=silent), seed=1) == {}


def test_a_run_of_nobody() -> None:
    model = tiny()
    program = build_program(model, 10)
    run = run_simpy(program, 1, 0, None, applicants_at([]))
    assert check_equal(model, program, run, Horizon(0, 5, 10)) == {}
