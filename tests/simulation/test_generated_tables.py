"""Tables and measures of runs of generated halls: what the records say, the log says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from generated_models import GeneratedRun, generated_runs
from mining.diagnostics.registry import diagnose
from mining.event_log import (
    ABANDON,
    BOOKED,
    CASE_COLUMNS,
    EVENT_COLUMNS,
    MORE_TABLES,
    TICKET_ABANDONED,
    EventLog,
)
from mining.measures import measure
from simulation.engines.log.repairs import repair_table
from simulation.engines.log.tables import to_event_log
from simulation.engines.program import Program, build_program
from simulation.engines.reference.cases import Outcome
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.engines.run_records import Record, RunRecords
from simulation.horizon import Horizon
from simulation.kpis import member_loads
from simulation.run_measures import RunColumns, measure_run, run_loads
from simulation.service_model import ServiceModel, service_model_from
from simulation.yardstick import yardstick

the_same_each_time = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def with_limits(document: dict[str, Any]) -> ServiceModel:
    """The hall with time limits from its first step on, stopped by work nobody attends."""
    steps = [{**step, "stops_clock": step["place"] not in ("counter", "kiosk")} for step in document["steps"]]
    limits = {"calendar": "hall", "accepted_by": steps[0]["name"], "promised_working_days": 1}
    return service_model_from({**document, "steps": steps, "limits": limits})


def run_of(generated: GeneratedRun) -> tuple[ServiceModel, Program, RunRecords, EventLog]:
    model = with_limits(generated.document)
    program = build_program(model, generated.days)
    run = run_simpy(program, generated.seed, generated.replication, None, generated.people)
    return model, program, run, to_event_log(program, run)


@the_same_each_time
@given(generated=generated_runs())
def test_measures_of_the_records_are_those_of_the_log(generated: GeneratedRun):
    model, program, run, log = run_of(generated)
    horizon = Horizon(0, generated.days, generated.days)
    first_ms, last_ms = horizon.bounds_ms(model)
    window = pd.Timestamp(first_ms, unit="ms"), pd.Timestamp(last_ms, unit="ms")
    calendar = model.calendars[model.visits.calendar]
    expected = measure(log, calendar, cohort=log.cases["case_id"], window=window)
    ruler = yardstick(model, program, horizon)
    columns = RunColumns(run, ruler)
    found = measure_run(columns, ruler)
    assert list(found) == list(expected)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    repairs = repair_table(program, run)
    assert run_loads(columns, ruler) == member_loads(log, model, first_ms, last_ms, repairs)
    diagnose(log, calendar)  # breaks on no log of the simulator


@the_same_each_time
@given(generated=generated_runs())
def test_tables_say_what_the_records_say(generated: GeneratedRun):
    _, program, run, log = run_of(generated)
    for name, columns in {**MORE_TABLES, "events": EVENT_COLUMNS, "cases": CASE_COLUMNS}.items():
        table = getattr(log, name)
        assert {n: str(kind) for n, kind in table.dtypes.items()} == {n: columns[n] for n in table.columns}
    outcome = run.visits[:, Record._fields.index("outcome")]
    n_gave_up = int((outcome == Outcome.GAVE_UP).sum())
    events, tickets, stops = log.events, log.tickets, log.clock_stops
    assert (events["result"] == ABANDON).sum() == n_gave_up
    assert events["ts_start"].isna().sum() == events["ts_end"].isna().sum() == n_gave_up
    assert (log.cases["final_result"] == ABANDON).sum() == (run.gave_up & (run.finish_ms >= 0)).sum()
    if "status" in tickets.columns:
        assert (tickets["status"] == TICKET_ABANDONED).sum() == n_gave_up
    taken = tickets[tickets["ts_ticket"].notna()]
    queued = [step.name for step in program.names.steps if step.present and step.pool]
    with_ticket = events[events["activity"].isin(queued) & events["ts_ticket"].notna()]
    assert sorted(taken["ts_ticket"]) == sorted(with_ticket["ts_ticket"])
    if "ts_booked" in taken.columns:
        booked = taken["ticket_type"] == BOOKED
        assert (taken["ts_booked"].notna() == booked).all()
        assert (taken.loc[booked, "ts_ticket"].dt.date == taken.loc[booked, "ts_booked"].dt.date).all()
        assert not taken.loc[booked, "case_id"].duplicated().any()
    assert (stops["ts_end"].isna() | (stops["ts_end"] >= stops["ts_start"])).all()
    assert set(stops["case_id"]) <= set(log.cases["case_id"])
    changes = log.devices.groupby("device_id")["ts"]
    assert all(moments.is_monotonic_increasing for _, moments in changes)
    down = (log.devices["state"] == "down").sum()
    assert down <= 2 * (len(run.repairs) + len(run.still_down)) + np.count_nonzero(
        log.devices["state"] == "off"
    )
