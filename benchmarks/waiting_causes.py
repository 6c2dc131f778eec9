"""Causes of waiting against logs whose causes are known: one table.

    python benchmarks/waiting_causes.py [DIRECTORY OF THE TRUTH LOGS]

The public logs (`truth/`) were simulated without extraneous delay, so their column `extraneous_delay` is 0
throughout: there a bias can be measured and no correlation. Correlation is measured on a hall of our own
simulator with delays before its back-office steps (`DELAYED_HALL`): the true delay of an event is its enabled
time, which the simulator writes, less the end of what came before; the enabled times are then taken out of
the log.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

if __name__ == "__main__":  # mining.py stands here, called like the package it measures
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from mining.columns import UNKNOWN_MS, log_columns
from mining.event_log import EventLog, sort_events
from mining.waiting_causes import Cause, WaitingCauses, split_waits
from mining.working_time import MS_PER_MINUTE, OFFICE_HOURS
from simulation.service_model import service_model_from
from simulation.simulate import simulate

TRUTH = Path(os.environ.get("ONEWINDOW_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data")) / "truth"
PUBLIC = ("Insurance_Claims", "Loan_Application", "Pharmacy")
BATCHED = "Loan_Application_batched"
DELAYED_HALL = """
name: {zh: 有外部延误的大厅, en: Hall with delays}
start_date: 2026-03-02
calendars:
  hall:
    weekly: {mon: &day ["09:00-12:00", "13:00-17:00"], tue: *day, wed: *day, thu: *day, fri: *day}
pools: [{name: 窗口}, {name: 初审}, {name: 复审}, {name: 制证}]
members:
  - {name: 窗口-1, serves: [窗口], calendar: hall}
  - {name: 窗口-2, serves: [窗口], calendar: hall}
  - {name: 初审-1, serves: [初审], calendar: hall}
  - {name: 初审-2, serves: [初审], calendar: hall}
  - {name: 复审-1, serves: [复审], calendar: hall}
  - {name: 复审-2, serves: [复审], calendar: hall}
  - {name: 复审-3, serves: [复审], calendar: hall}
  - {name: 制证-1, serves: [制证], calendar: hall}
steps:
  - {name: 受理, place: counter, pool: 窗口, duration: {kind: lognormal, mean_minutes: 12, cv: 0.5}}
  - name: 初审  # the applicant sends a document by post: days, most cases
    pool: 初审
    duration: {kind: lognormal, mean_minutes: 18, cv: 0.6}
    delay_before: {kind: lognormal, mean_minutes: 2500, cv: 1.0}
  - name: 复审  # another agency answers in its own working time
    pool: 复审
    duration: {kind: lognormal, mean_minutes: 24, cv: 0.6}
    delay_before: {kind: exponential, mean_minutes: 300}
    delay_clock: working
  - {name: 制证, pool: 制证, duration: {kind: lognormal, mean_minutes: 8, cv: 0.4}}
flow: {sequence: [{step: 受理}, {step: 初审}, {step: 复审}, {step: 制证}]}
arrivals:
  - {name: 来人, per_day: 40, calendar: hall, half_hour_weights: {"09:00": 1, "10:00": 2, "14:00": 2}}
visits: {calendar: hall}
"""
HEADERS = {
    "activity": "activity",
    "resource": "officer",
    "start_time": "ts_start",
    "end_time": "ts_end",
    "enabled_time": "ts_enabled",
}


@dataclass(frozen=True)
class Recovered:
    """How close recovered minutes come to true ones; correlation None where the truth does not vary."""

    n: int
    true_mean: float
    found_mean: float
    bias: float
    mean_absolute_error: float
    correlation: float | None


@dataclass(frozen=True)
class BatchScore:
    """Members of batches found against the true ones, and the minutes waited until the batch was full, and
    until it began."""

    true_members: int
    found_members: int
    precision: float
    recall: float
    filling: Recovered
    until_begun: Recovered


def truth_log(path: Path, enabled: bool = True) -> EventLog:
    """One of the public logs, with its own columns of truth beside ours; without `enabled` none are known."""
    frame = pd.read_csv(path)
    frame.columns = [name.lower() for name in frame.columns]
    frame = frame.rename(columns=HEADERS)
    frame["activity"] = frame["activity"].str.split().str.join(" ").astype("str")
    frame["case_id"] = frame["case_id"].astype("str")
    for column in ("ts_start", "ts_end", "ts_enabled"):
        if column in frame:
            times = pd.to_datetime(frame[column], utc=True, format="ISO8601").dt.tz_localize(None)
            frame[column] = times.astype("datetime64[ms]")
    frame = frame.assign(time=frame["ts_end"], file_row=np.arange(2, len(frame) + 2))
    if not enabled and "ts_enabled" in frame:
        frame = frame.rename(columns={"ts_enabled": "true_enabled"})
    return EventLog(events=sort_events(frame), name=path.name)


def compare(true_minutes: np.ndarray, found_minutes: np.ndarray) -> Recovered:
    """Recovered against true minutes."""
    varies = true_minutes.size > 1 and true_minutes.std() > 0 and found_minutes.std() > 0
    return Recovered(
        n=int(true_minutes.size),
        true_mean=float(true_minutes.mean()),
        found_mean=float(found_minutes.mean()),
        bias=float((found_minutes - true_minutes).mean()),
        mean_absolute_error=float(np.abs(found_minutes - true_minutes).mean()),
        correlation=float(np.corrcoef(true_minutes, found_minutes)[0, 1]) if varies else None,
    )


def extraneous_minutes(causes: WaitingCauses) -> np.ndarray:
    """Extraneous waiting of the waits that are told, in minutes of calendar time."""
    return causes.elapsed_ms[Cause.EXTRANEOUS, causes.told] / MS_PER_MINUTE


def public_extraneous(directory: Path, name: str) -> dict[str, Recovered]:
    """Recovered extraneous delay of a public log, over all steps ("all") and step by step."""
    log = truth_log(directory / f"{name}.csv.gz")
    causes = split_waits(log, OFFICE_HOURS)
    true = log.events["extraneous_delay"].to_numpy()[causes.told] / 60
    return _overall_and_by_step(log, causes, true, extraneous_minutes(causes))


def planted_delays(days: int = 120, seed: int = 1) -> tuple[EventLog, np.ndarray]:
    """A run of `DELAYED_HALL` without its enabled times, and the true delay of each event in minutes.

    NaN at the counter, where applicants wait with a ticket.
    """
    log = simulate(service_model_from(yaml.safe_load(DELAYED_HALL)), days=days, seed=seed)
    bare = EventLog(events=log.events.drop(columns="ts_enabled"), cases=log.cases, name="hall with delays")
    enabled = log.events["ts_enabled"].to_numpy().astype("datetime64[ms]").astype("int64")
    columns = log_columns(bare)
    delay = np.full(columns.n_events, np.nan)
    later = columns.move_sources + 1  # one step after another: free when the step before ended
    delay[later] = (enabled[later] - columns.end_ms[later - 1]) / MS_PER_MINUTE
    return bare, delay


def planted_extraneous() -> dict[str, Recovered]:
    """Recovered delays of the hall with delays, over its back-office steps and step by step."""
    log, true = planted_delays()
    causes = split_waits(log, OFFICE_HOURS)
    at = causes.told & ~np.isnan(true)
    found = causes.elapsed_ms[Cause.EXTRANEOUS] / MS_PER_MINUTE
    return _overall_and_by_step(log, causes, true[at], found[at], at)


def batch_score(directory: Path, enabled: bool) -> BatchScore:
    """Batches of the batched log against its column `batch_instance_id`, with or without its enabled
    times."""
    log = truth_log(directory / f"{BATCHED}.csv.gz", enabled)
    causes = split_waits(log, OFFICE_HOURS)
    code, _ = pd.factorize(log.events["batch_instance_id"])
    given = "ts_enabled" if enabled else "true_enabled"
    own = log.events[given].to_numpy().astype("datetime64[ms]").astype("int64")
    of = code[code >= 0]
    full, begun = np.full(of.max() + 1, UNKNOWN_MS), np.full(of.max() + 1, np.iinfo("int64").max)
    np.maximum.at(full, of, own[code >= 0])
    np.minimum.at(begun, of, log_columns(log).start_ms[code >= 0])
    true, found = code >= 0, causes.batches.batch >= 0
    both = true & found
    return BatchScore(
        true_members=int(true.sum()),
        found_members=int(found.sum()),
        precision=float(both.sum() / max(found.sum(), 1)),
        recall=float(both.sum() / true.sum()),
        filling=compare(
            np.maximum(full[of] - own[true], 0) / MS_PER_MINUTE,
            np.where(found, causes.piling_up_ms, 0)[true] / MS_PER_MINUTE,
        ),
        until_begun=compare(
            np.maximum(begun[of] - own[true], 0) / MS_PER_MINUTE,
            np.where(found, causes.elapsed_ms[Cause.BATCHING], 0)[true] / MS_PER_MINUTE,
        ),
    )


def _overall_and_by_step(
    log: EventLog,
    causes: WaitingCauses,
    true: np.ndarray,
    found: np.ndarray,
    at: np.ndarray | None = None,
) -> dict[str, Recovered]:
    columns = log_columns(log)
    step = columns.activity[causes.told if at is None else at]
    each = {
        str(columns.activities[code]): compare(true[step == code], found[step == code])
        for code in np.unique(step)
    }
    return {"all": compare(true, found), **each}


def _rows(label: str, results: dict[str, Recovered]) -> Iterator[tuple[str, str, Recovered]]:
    for step, recovered in results.items():
        yield label, step, recovered


def main(arguments: list[str]) -> None:
    directory = Path(arguments[0]) if arguments else TRUTH
    print(
        f"{'extraneous delay, minutes of calendar time':44s} {'n':>6s} {'true':>9s} {'found':>9s} "
        f"{'bias':>9s} {'MAE':>9s} {'corr.':>6s}"
    )
    rows = [row for name in PUBLIC for row in _rows(name, public_extraneous(directory, name))]
    rows += list(_rows("hall with delays", planted_extraneous()))
    scores = {enabled: batch_score(directory, enabled) for enabled in (True, False)}
    for enabled, score in scores.items():
        rows.append((BATCHED, f"until full, enabled {_how(enabled)}", score.filling))
        rows.append((BATCHED, f"until begun, enabled {_how(enabled)}", score.until_begun))
    for label, step, found in rows:
        name = label if step == "all" else f"  {step}"
        correlation = "-" if found.correlation is None else f"{found.correlation:.3f}"
        print(
            f"{name[:44]:44s} {found.n:6d} {found.true_mean:9.2f} {found.found_mean:9.2f} {found.bias:9.2f} "
            f"{found.mean_absolute_error:9.2f} {correlation:>6s}"
        )
    print("\nmembers of batches")
    for enabled, score in scores.items():
        print(
            f" enabled times {_how(enabled)}: {score.true_members} true, {score.found_members} found, "
            f"precision {score.precision:.3f}, recall {score.recall:.3f}"
        )


def _how(enabled: bool) -> str:
    return "given" if enabled else "estimated"


if __name__ == "__main__":
    main(sys.argv[1:])
