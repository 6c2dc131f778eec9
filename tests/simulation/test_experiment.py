"""Experiments: horizon, cohort, utilisation, executors, progress and cancel."""

import json
import pickle
import threading
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mining.event_log import EventLog
from mining.working_time import to_ms
from sample_logs import load_service
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.errors import ExperimentError
from simulation.experiment import Experiment, ExperimentCancelledError, run_experiment
from simulation.horizon import Horizon, plan_horizon
from simulation.intervals import mean_interval
from simulation.kpis import mean_utilisation, member_loads, pool_utilisation
from simulation.service_model import (
    Appointments,
    Constant,
    Evidence,
    Failure,
    Member,
    Pool,
    ServiceModel,
    service_model_from,
)
from simulation.simulate import ENGINES

SHORT: dict[str, Any] = {"days": 4, "warm_up_days": 1, "drain_days": 3}


def desk(*, per_day: float = 20, minutes: float = 10, **changes: object) -> ServiceModel:
    """One counter, open 9-12 and 13-17 from Monday 2026-03-02 on."""
    return service_model_from(
        {
            "name": {"zh": "一个窗口", "en": "One desk"},
            "start_date": "2026-03-02",
            "calendars": {
                "厅": {
                    "weekly": {d: ["09:00-12:00", "13:00-17:00"] for d in ("mon", "tue", "wed", "thu", "fri")}
                }
            },
            "pools": [{"name": "窗口"}],
            "members": [{"name": "张三", "serves": ["窗口"], "calendar": "厅"}],
            "steps": [
                {
                    "name": "受理",
                    "place": "counter",
                    "pool": "窗口",
                    "duration": {"kind": "exponential", "mean_minutes": minutes},
                },
                {"name": "审核", "calendar": "厅", "duration": {"kind": "exponential", "mean_minutes": 60}},
            ],
            "flow": {"sequence": [{"step": "受理"}, {"step": "审核"}]},
            "arrivals": [
                {
                    "name": "到场",
                    "per_day": per_day,
                    "calendar": "厅",
                    "half_hour_weights": {"09:00": 2, "10:00": 1, "14:00": 1},
                }
            ],
            "visits": {"calendar": "厅"},
            **changes,
        }
    )


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return run_experiment(desk(), 3, **SHORT)


def test_the_horizon_counts_working_days() -> None:
    # Mon 2 March is day 0; warm-up Mon Tue, measured Wed Thu Fri, drained over the weekend on Mon Tue
    assert plan_horizon(desk(), days=3, warm_up_days=2, drain_days=2) == Horizon(2, 5, 9)
    # measured Fri and Mon: the weekend between lies inside the bounds
    assert plan_horizon(desk(), days=2, warm_up_days=4, drain_days=0) == Horizon(4, 8, 8)


def test_holidays_are_no_working_days() -> None:
    weekly = {d: ["09:00-17:00"] for d in ("mon", "tue", "wed", "thu", "fri")}
    model = desk(
        calendars={"厅": {"weekly": weekly, "closed_days": ["2026-03-03"], "extra_days": ["2026-03-07"]}}
    )
    # Mon, (Tue closed), Wed, Thu, Fri, Sat
    assert plan_horizon(model, days=2, warm_up_days=1, drain_days=2) == Horizon(2, 4, 6)


def test_only_cases_that_apply_on_measured_days_count(experiment: Experiment) -> None:
    assert experiment.horizon == Horizon(1, 5, 10)
    applied = experiment.measured_log.cases["ts_apply"]
    assert applied.min() >= pd.Timestamp("2026-03-03")
    assert applied.max() < pd.Timestamp("2026-03-07")
    all_applied = experiment.log.cases["ts_apply"]
    within = (all_applied >= pd.Timestamp("2026-03-03")) & (all_applied < pd.Timestamp("2026-03-07"))
    assert len(experiment.cohort) == int(within.sum()) == experiment.replications[0].cases
    assert len(experiment.log.cases) > len(experiment.cohort)
    assert experiment.unfinished == 0


def test_the_mean_wait_is_that_of_the_measured_cases(experiment: Experiment) -> None:
    events = experiment.measured_log.events
    at_desk = events[events["activity"] == "受理"]
    # everybody is served on the day of the ticket here, so the wait is the plain difference
    wait = (at_desk["ts_start"] - at_desk["ts_ticket"]).dt.total_seconds() / 60
    assert experiment.replications[0].kpis["wait_minutes_mean"] == pytest.approx(wait.mean())


def test_replications_differ_and_repeat(experiment: Experiment) -> None:
    waits = experiment.values("wait_minutes_mean")
    assert len(set(waits)) == 3
    again = run_experiment(desk(), 3, **SHORT)
    assert again == experiment
    pd.testing.assert_frame_equal(again.log.events, experiment.log.events)
    assert run_experiment(desk(), 3, **SHORT, seed=2).values("wait_minutes_mean") != waits
    # the first replications do not depend on how many follow
    assert run_experiment(desk(), 2, **SHORT).replications == experiment.replications[:2]


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_any_executor_gives_the_same_bits(experiment: Experiment, kind: str) -> None:
    executor: Executor = (
        ThreadPoolExecutor(2)
        if kind == "threads"
        else ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    )
    with executor:
        elsewhere = run_experiment(desk(), 3, **SHORT, executor=executor)
    assert elsewhere == experiment
    pd.testing.assert_frame_equal(elsewhere.log.events, experiment.log.events)


def test_both_engines_give_the_same_bits_on_any_threads(experiment: Experiment) -> None:
    alone = run_experiment(desk(), 3, **SHORT, engine="compiled")
    with ThreadPoolExecutor(3) as executor:
        elsewhere = run_experiment(desk(), 3, **SHORT, engine="compiled", executor=executor)
    assert alone == elsewhere == experiment
    pd.testing.assert_frame_equal(alone.log.events, experiment.log.events)
    service = load_service("B")
    how: dict[str, Any] = {"days": 3, "warm_up_days": 2, "drain_days": 20, "seed": 4}
    one, other = (run_experiment(service, 4, **how, engine=engine) for engine in ("simpy", "compiled"))
    assert one == other


def test_who_is_still_inside_is_counted() -> None:
    # 60 people a day of 10 minutes each are 600 minutes of work for 420 open ones
    overloaded = run_experiment(desk(per_day=60), 5, days=4, warm_up_days=1, drain_days=0)
    assert overloaded.unfinished > 50
    assert overloaded.unfinished == sum(r.unfinished for r in overloaded.replications)
    for replication in overloaded.replications:
        # never idle, and twice a day the person at the window is finished after closing
        assert 0.98 < replication.utilisation["窗口"] < 1.10
    assert overloaded.to_json("en")["unfinished_cases"] == overloaded.unfinished
    # people with a ticket are sent home at closing, and the run says how many
    assert overloaded.incidents["left_with_ticket"] == sum(
        r.incidents["left_with_ticket"] for r in overloaded.replications
    )
    assert overloaded.incidents["left_with_ticket"] > 50


def test_cautions_name_what_bends_the_figures(experiment: Experiment) -> None:
    assert [text.en[:19] for text in experiment.cautions] == ["Only 3 replications"]
    unfinished = run_experiment(desk(per_day=60), 5, days=4, warm_up_days=1, drain_days=0)
    assert "0 working days after the measured ones" in unfinished.cautions[0].en
    assert "未办结" in unfinished.to_json("zh")["cautions"][0]
    no_warm_up = run_experiment(desk(), 5, days=4, warm_up_days=0)
    assert [text.en[:35] for text in no_warm_up.cautions] == ["The warm-up of 0 working days is sh"]
    two_runs = run_experiment(desk(), 2, days=4, warm_up_days=4)
    assert any(text.en.startswith("Only 2 replications") for text in two_runs.cautions)


def test_fewer_slots_than_people_who_want_one_is_no_improvement() -> None:
    # 20 people a day and 14 slots: those who come hardly wait, and six a day are put off further and further
    def booked(per_slot: int) -> Experiment:
        model = desk()
        appointments = Appointments(share=1, per_slot=per_slot)
        arrivals = model.arrivals[0].model_copy(update={"appointments": appointments})
        return run_experiment(
            model.model_copy(update={"arrivals": (arrivals,)}), 5, days=10, warm_up_days=5, drain_days=30
        )

    too_few, enough = booked(1), booked(4)
    waits = [float(np.mean(e.values("wait_minutes_mean"))) for e in (too_few, enough)]
    assert waits[0] < waits[1]
    assert [text.en[:26] for text in too_few.cautions] == ["There are fewer slots than"]
    assert "名额少于" in too_few.cautions[0].zh
    assert enough.cautions == []


def test_cautions_tell_of_time_out_of_order_that_utilisation_does_not_know() -> None:
    model = desk()
    repaired = Failure(runs_for=Constant(minutes=60), repair=Constant(minutes=5), repaired_by="修理")
    machine = model.members[0].model_copy(update={"failure": repaired})
    fitter = Member(name="李四", serves=("修理",), calendar="厅")
    failing = model.model_copy(
        update={"pools": (*model.pools, Pool(name="修理")), "members": (machine, fitter)}
    )
    cautions = run_experiment(failing, 5, days=4, warm_up_days=4).cautions
    assert [text.en[:36] for text in cautions] == ["Time out of order is not taken off t"]
    assert run_experiment(model, 5, days=4, warm_up_days=4).cautions == []


def test_cautions_tell_of_machines_kept_for_help() -> None:
    def cautions(keeps_machine: bool) -> list[str]:
        model = desk().model_dump(mode="json")
        first = model["steps"][0]
        helper = {**first, "name": "帮办", "pool": "帮办", "duration": {"kind": "constant", "minutes": 2}}
        first["stuck"] = {"chance": 0.2, "then": "帮办", "keeps_machine": keeps_machine}
        model["steps"].append(helper)
        model["pools"].append({"name": "帮办"})
        model["members"].append({"name": "李四", "serves": ["帮办"], "calendar": "厅"})
        kept = service_model_from(model)
        return [text.en for text in run_experiment(kept, 5, days=4, warm_up_days=4).cautions]

    assert cautions(True) == ["Utilisation does not hold the time machines are kept waiting for help."]
    assert cautions(False) == []


def test_cautions_tell_delays_and_assumed_starts_of_a_learnt_model() -> None:
    model = desk()
    slow = model.steps[0].model_copy(update={"delay_before": Constant(minutes=90)})
    learnt = model.model_copy(
        update={
            "steps": (slow, *model.steps[1:]),
            "evidence": {"start_times": Evidence(source="assumed")},
        }
    )
    texts = " ".join(text.en for text in run_experiment(learnt, 5, days=4, warm_up_days=4).cautions)
    assert "Before 1 steps there are delays" in texts
    assert "starts are assumed" in texts


def test_a_hall_without_counters_tells_nothing_of_visits(experiment: Experiment) -> None:
    document = desk().model_dump(mode="json", exclude_defaults=True)
    document["steps"][0].pop("place")
    names = run_experiment(service_model_from(document), 2, **SHORT).kpi_names
    of_visits = {"visits_per_journey_mean", "at_most_one_visit_share", "no_visit_share"}
    assert set(experiment.kpi_names) - set(names) == of_visits


def events(*rows: tuple[str, str, str, str]) -> EventLog:
    """(officer, place, start, end) as a log."""
    frame = pd.DataFrame(rows, columns=["officer", "place", "ts_start", "ts_end"])
    for column in ("ts_start", "ts_end"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[ms]")
    frame = frame.assign(case_id="1", activity="受理", time=frame["ts_end"], file_row=np.arange(len(frame)))
    return EventLog(frame, simulated=True)


def test_utilisation_by_hand() -> None:
    model = desk(
        pools=[{"name": "窗口"}, {"name": "后台"}],
        members=[
            {"name": "张三", "serves": ["窗口"], "calendar": "厅"},
            {"name": "李四", "serves": ["窗口", "后台"], "calendar": "厅"},
        ],
    )
    log = events(
        ("张三", "counter", "2026-03-02 16:30", "2026-03-02 17:30"),  # 60: finished after closing
        ("李四", "back_office", "2026-03-02 16:30", "2026-03-03 09:30"),  # 30 + 30: paused over night
        ("李四", "back_office", "2026-03-02 11:00", "2026-03-02 14:00"),  # 120: paused over lunch
        (
            "李四",
            "counter",
            "2026-03-03 16:50",
            "2026-03-04 00:10",
        ),  # 430 of 440: the window ends at midnight
        ("张三", "counter", "2026-03-01 23:00", "2026-03-02 00:10"),  # 10 of 70 after it began
        ("李四", "back_office", "2026-03-03 09:30", "2026-03-03 09:50"),  # 20: two files in one batch
        ("李四", "back_office", "2026-03-03 09:30", "2026-03-03 09:50"),
    )
    first, last = (to_ms(pd.Timestamp(day)) for day in ("2026-03-02", "2026-03-04"))
    loads = member_loads(log, model, first, last)
    assert {name: load.busy_minutes for name, load in loads.items()} == {"张三": 70, "李四": 630}
    assert {name: load.open_minutes for name, load in loads.items()} == {"张三": 840, "李四": 840}
    assert pool_utilisation(loads, model) == {"窗口": 700 / 1680, "后台": 630 / 840}
    assert mean_utilisation(loads) == 700 / 1680


def test_progress_is_reported_and_cancel_is_heard() -> None:
    seen: list[tuple[int, int]] = []
    run_experiment(desk(), 2, **SHORT, on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
    seen.clear()
    with pytest.raises(ExperimentCancelledError, match="cancelled"), ThreadPoolExecutor(1) as executor:
        run_experiment(
            desk(),
            50,
            **SHORT,
            executor=executor,
            on_progress=lambda done, total: seen.append((done, total)),
            cancelled=lambda: len(seen) >= 1,
        )
    assert len(seen) < 50


def test_a_cancel_does_not_wait_for_replications_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(*arguments: Any) -> Any:
        begun.set()
        go_on.wait(20)
        return run_simpy(*arguments)

    monkeypatch.setitem(ENGINES, "compiled", slow)
    monkeypatch.setattr("simulation.experiment.os.cpu_count", lambda: 2)
    try:
        at = time.monotonic()
        with pytest.raises(ExperimentCancelledError):
            run_experiment(desk(), 5, **SHORT, engine="compiled", cancelled=begun.is_set)
        assert time.monotonic() - at < 1
    finally:
        go_on.set()


def test_engines_that_run_side_by_side_get_threads_and_the_result_is_the_same(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set()

    def noted(*arguments: Any) -> Any:
        threads.add(threading.current_thread().name)
        return run_simpy(*arguments)

    monkeypatch.setitem(ENGINES, "compiled", noted)
    monkeypatch.setattr("simulation.experiment.os.cpu_count", lambda: 2)
    assert run_experiment(desk(), 3, **SHORT, engine="compiled") == experiment
    assert {name.rpartition("_")[0] for name in threads} == {"onewindow-replication"}


@pytest.mark.parametrize(
    ("model", "settings", "message"),
    [
        (desk(), {"replications": 0}, "At least 1 replication"),
        (desk(), {"replications": 2, "days": 0}, "days must be at least 1 working days, found 0"),
        (desk(), {"replications": 2, "warm_up_days": -1}, "warm_up_days must be at least 0"),
        (desk(per_day=0), {"replications": 2}, "Nobody comes to the model 'One desk'"),
        (desk(), {"replications": 2, "engine": "abacus"}, "Unknown engine 'abacus'"),
    ],
)
def test_settings_that_give_no_answer(model: ServiceModel, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ExperimentError, match=message) as caught:
        run_experiment(model, **settings)
    assert pickle.loads(pickle.dumps(caught.value)).text == caught.value.text


def test_one_replication_has_no_interval() -> None:
    with pytest.raises(ExperimentError, match="at least 2 replications, found 1"):
        run_experiment(desk(), 1, **SHORT).interval("wait_minutes_mean")


def test_the_interval_is_students() -> None:
    # mean 4, sd 2, t(2, 97.5 %) = 4.302653
    interval = mean_interval([2, 4, 6])
    assert (interval.mean, interval.n) == (4, 3)
    assert interval.high - 4 == pytest.approx(4.302653 * 2 / 3**0.5, abs=1e-5)
    # the mean of three times 0.1 is not 0.1 in floating point; an interval of no width must not hide it
    same = mean_interval([0.1, 0.1, 0.1])
    assert (same.low, same.mean, same.high) == (0.1, 0.1, 0.1)


def test_json_is_plain_and_says_simulated(experiment: Experiment) -> None:
    for language in ("zh", "en"):
        document = json.loads(json.dumps(experiment.to_json(language), allow_nan=False))
        assert document["simulated"] is True
        assert document["settings"]["replications"] == 3
        by_name = {kpi["name"]: kpi for kpi in document["kpis"]}
        wait = by_name["wait_minutes_mean"]
        assert wait["ci_low"] < wait["mean"] < wait["ci_high"]
        assert by_name["utilisation_mean"]["mean"] == pytest.approx(document["utilisation"]["窗口"])
        assert by_name["steps_per_journey_mean"]["mean"] == 2
