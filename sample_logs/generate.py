"""Sample logs: a service run by the simulator, written the way a hall exports it, its truth beside it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from mining.event_log import EventLog
from sample_logs.headers import EVENT_HEADERS, MATERIAL_HEADERS, MORE_HEADERS
from sample_logs.library import load_planted, load_service
from sample_logs.noise import RowNoise
from sample_logs.plan import Planted
from sample_logs.planting import Setting, by_item, plant
from sample_logs.tables import as_read, event_rows, material_table, more_table, write_table
from sample_logs.truth import truth_of
from simulation.service_model import PolicyChange, ServiceModel, write_service_model


@dataclass(frozen=True)
class SampleFiles:
    """The files of one sample log."""

    events: Path  # CSV, one row an event
    materials: Path  # CSV, one row a document handed in or passed on
    model: Path  # YAML, the true service model
    truth: Path  # JSON, the planted waste, the noise row by row, and figures of the run
    tables: Mapping[str, Path] = field(default_factory=dict)  # CSV by name: cases, tickets, reviews, ...


def generate_sample(
    name: str, directory: Path, *, days: int | None = None, seed: int = 1, noise: bool = True
) -> SampleFiles:
    """Simulate the sample service `name` for `days` calendar days and write its log into `directory`.

    `days` is as many as the service needs for most of its cases to finish (90; 360 where they take
    months) unless given. The hall has been open for weeks when the log begins, so its queues are as full on
    the first day as on any other; cases that applied before are left out. The same arguments give the same
    bytes. `noise` adds what real exports have: names of documents in several spellings, missing ends, doubled
    rows, swapped times; `truth.json` says where. Raises `ModelError` for an unknown service.
    """
    setting = _setting(name, days, seed)
    log = _planted_log(setting)
    directory.mkdir(parents=True, exist_ok=True)
    tables = {table: directory / f"{name}_{table}.csv" for table in MORE_HEADERS if len(getattr(log, table))}
    files = SampleFiles(
        events=directory / f"{name}_events.csv",
        materials=directory / f"{name}_materials.csv",
        model=directory / f"{name}_model.yaml",
        truth=directory / "truth.json",
        tables=tables,
    )
    rows = event_rows(log, seed, noise)
    write_table(rows.table, EVENT_HEADERS, files.events)
    write_table(material_table(log, setting.model, seed, noise), MATERIAL_HEADERS, files.materials)
    for table, path in tables.items():
        write_table(more_table(getattr(log, table), MORE_HEADERS[table]), MORE_HEADERS[table], path)
    write_service_model(setting.model, files.model)
    truth = _truth(name, log, setting, rows, noise)
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    files.truth.write_text(text + "\n", encoding="utf-8", newline="\n")
    return files


@dataclass(frozen=True)
class SampleLog:
    """A sample log as it is read, and what is known about it because it was made."""

    log: EventLog
    truth: dict[str, object]
    items: EventLog  # the same as departments export it: one case an item
    matter_of_item: Mapping[str, str]  # case id of `items` -> case id of `log`
    made: EventLog  # as it was made: true names, no noise, the moment each piece of work could begin
    made_items: EventLog  # `items` as they were made
    setting: Setting


def sample_log(name: str, seed: int = 1, *, days: int | None = None, noise: bool = True) -> SampleLog:
    """The log `read_event_log` makes of the files of `generate_sample`, and its truth, without the files.

    The tables beside the events are in it too. Raises `ModelError` for an unknown service.
    """
    setting = _setting(name, days, seed)
    log = _planted_log(setting)
    truth = _truth(name, log, setting, event_rows(log, seed, noise), noise)
    items = by_item(log, setting)
    return SampleLog(
        _as_read(log, setting, noise, f"{name}_events"),
        truth,
        _as_read(items, setting, noise, f"{name}_items"),
        {case: case.rpartition("-")[0] for case in items.cases["case_id"]},
        log,
        items,
        setting,
    )


def _as_read(log: EventLog, setting: Setting, noise: bool, name: str) -> EventLog:
    rows = event_rows(log, setting.seed, noise)
    return as_read(log, rows.table, material_table(log, setting.model, setting.seed, noise), name)


def _setting(name: str, days: int | None, seed: int) -> Setting:
    planted = load_planted(name)
    model = _with_policy_changes(load_service(name), planted)
    return Setting(model, planted, seed, planted.log.days if days is None else days)


def _with_policy_changes(model: ServiceModel, planted: Planted) -> ServiceModel:
    """The service with the new rules planted in it, which the service of the library does not have."""
    changes = {
        change.step: PolicyChange(
            from_date=model.start_date + dt.timedelta(days=change.day),
            extra_return_chance=change.extra_return_chance,
            half_life_days=change.half_life_days,
        )
        for change in planted.policy_changes
    }
    if not changes:
        return model
    steps = [step.model_copy(update={"policy_change": changes.get(step.name)}) for step in model.steps]
    return model.model_copy(update={"steps": tuple(steps)})


def _planted_log(setting: Setting) -> EventLog:
    return plant(_run_of_a_full_hall(setting), setting)


def _run_of_a_full_hall(setting: Setting) -> EventLog:
    # the engine is loaded when a log is made, not when somebody asks for the names of the services
    from simulation.simulate import ready_engine, simulate

    model, lead_in = setting.model, setting.planted.log.lead_in_days
    earlier = model.start_date - dt.timedelta(days=lead_in)
    before = model.model_copy(update={"start_date": earlier})
    log = simulate(before, days=lead_in + setting.days, seed=setting.seed, engine=ready_engine())
    begin = pd.Timestamp(model.start_date)
    return log.of_cases(log.cases.loc[log.cases["ts_apply"] >= begin, "case_id"])


def _truth(name: str, log: EventLog, setting: Setting, rows: RowNoise, noise: bool) -> dict[str, object]:
    where = {
        kind: {"rows": len(file_rows), "file_rows": list(file_rows)}
        for kind, file_rows in rows.file_rows.items()
    }
    return {
        "service": name,
        "generated_with": {"days": setting.days, "seed": setting.seed, "noise": noise},
        "rows_in_events_file": len(rows.table),
        **truth_of(log, setting),
        "noise_in_events_file": where,
    }
