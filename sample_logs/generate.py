"""Sample logs: a service run by the simulator, written the way a hall exports it, its truth beside it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mining.event_log import EventLog
from sample_logs.library import load_planted, load_service
from sample_logs.noise import RowNoise, disturb_rows, uniforms
from sample_logs.tables import EVENT_HEADERS, MATERIAL_HEADERS, event_table, material_table, write_table
from sample_logs.truth import truth_of
from simulation.service_model import ServiceModel, write_service_model

LEAD_IN_DAYS = 42  # longer than nine in ten cases of any sample service stay


@dataclass(frozen=True)
class SampleFiles:
    """The files of one sample log."""

    events: Path  # CSV, one row an event
    materials: Path  # CSV, one row a document handed in or passed on
    model: Path  # YAML, the true service model
    truth: Path  # JSON, the planted waste, the noise row by row, and figures of the run


def generate_sample(
    name: str, directory: Path, *, days: int = 90, seed: int = 1, noise: bool = True
) -> SampleFiles:
    """Simulate the sample service `name` for `days` calendar days and write its log into `directory`.

    The hall has been open for `LEAD_IN_DAYS` when the log begins, so its queues are as full on the first day
    as on any other; cases that applied before are left out. The same arguments give the same bytes. `noise`
    adds what real exports have: names of documents in several spellings, missing ends, doubled rows, swapped
    times; `truth.json` says where. Raises `ModelError` for an unknown service.
    """
    model = load_service(name)
    log = _run_of_a_full_hall(model, days, seed)
    directory.mkdir(parents=True, exist_ok=True)
    files = SampleFiles(
        events=directory / f"{name}_events.csv",
        materials=directory / f"{name}_materials.csv",
        model=directory / f"{name}_model.yaml",
        truth=directory / "truth.json",
    )
    rows = _event_rows(log, seed, noise)
    write_table(rows.table, EVENT_HEADERS, files.events)
    write_table(material_table(log, model, seed, noise), MATERIAL_HEADERS, files.materials)
    write_service_model(model, files.model)
    _write_truth(files.truth, name, model, log, rows, {"days": days, "seed": seed, "noise": noise})
    return files


def _run_of_a_full_hall(model: ServiceModel, days: int, seed: int) -> EventLog:
    # the engine is loaded when a log is made, not when somebody asks for the names of the services
    from simulation.simulate import simulate

    earlier = model.start_date - dt.timedelta(days=LEAD_IN_DAYS)
    log = simulate(model.model_copy(update={"start_date": earlier}), days=LEAD_IN_DAYS + days, seed=seed)
    begin = pd.Timestamp(model.start_date)
    return log.of_cases(log.cases.loc[log.cases["ts_apply"] >= begin, "case_id"])


def _event_rows(log: EventLog, seed: int, noise: bool) -> RowNoise:
    table = event_table(log)
    if not noise:
        return RowNoise(table, {})
    nth = table.groupby(["case_id", "activity"], observed=True).cumcount()
    return disturb_rows(
        table, "ts_start", "ts_end", uniforms(seed, "rows", table["case_id"], table["activity"], nth)
    )


def _write_truth(
    path: Path,
    name: str,
    model: ServiceModel,
    log: EventLog,
    rows: RowNoise,
    arguments: dict[str, object],
) -> None:
    noise = {
        kind: {"rows": len(file_rows), "file_rows": list(file_rows)}
        for kind, file_rows in rows.file_rows.items()
    }
    document = {
        "service": name,
        "generated_with": arguments,
        "rows_in_events_file": len(rows.table),
        **truth_of(model, load_planted(name), log),
        "noise_in_events_file": noise,
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
