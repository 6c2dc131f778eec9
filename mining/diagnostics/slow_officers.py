"""Slow officers (用时偏长的经办人): who takes longer at a step than the colleagues at the same step.

For each step done by at least three officers, the officer's mean log service time minus that of all
colleagues at the step; averaged over the officer's steps, weighted by services. That effect is pulled
towards 0 by partial pooling: effect x tau^2 / (tau^2 + se^2), where se is its standard error and tau^2
the variance between officers (DerSimonian and Laird). Reported if

- the officer has at least 30 services at such steps, and
- the pooled effect is at least +25 % even at the low end of its 99 % interval. The 25 % is an assumption
  (below it people just differ); the high level is on purpose, as a finding names a person.

Services of no or negative time are left out: no time at all means that the end is not known. With two
officers at a step nobody can say which one is the exception, so such steps are left out.

A number is not a verdict: harder cases, training duties or an illness look the same. Names are those of the
log; use pseudonyms before you show this to others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.columns import log_columns
from mining.diagnostics.shared import Needs, event_times, examples, per_year, rounded, yearly_factor
from mining.event_log import EventLog
from mining.findings import Finding
from mining.grouped import grouped_distinct, grouped_mean
from mining.text import Text
from mining.working_time import MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="比较经办人的办理用时", en="comparing the service times of officers"),
    events=("officer", "ts_start", "ts_end"),
)
MIN_SERVICES = 30
MIN_OFFICERS = 3
ALARM_FACTOR = 1.25
SIGMAS_OF_99_PERCENT = 2.576


@dataclass(frozen=True)
class OfficerEffects:
    """One value an officer; effects are on the log scale, NaN where an officer has too few services."""

    names: np.ndarray
    services: np.ndarray
    effect: np.ndarray
    se: np.ndarray
    pooled: np.ndarray
    posterior_sd: np.ndarray
    tau: float


def find_slow_officers(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding an officer; `cases` = cases the officer served, `share` = of all cases.

    Hours lost = working hours of the officer's services beyond what colleagues take for the same. Nothing is
    proposed: training is not a lever of the simulation yet. Raises `MissingColumnsError` without officers or
    without start times.
    """
    NEEDS.check(log)
    services = _services(log, calendar)
    if services.empty:
        return []
    effects = officer_effects(services)
    factor = yearly_factor(log, calendar)
    low = effects.pooled - SIGMAS_OF_99_PERCENT * effects.posterior_sd
    slow = low >= np.log(ALARM_FACTOR)
    return [_finding(log, services, effects, int(code), factor) for code in np.flatnonzero(slow)]


def _services(log: EventLog, calendar: WorkingCalendar) -> pd.DataFrame:
    """Services with a known positive time at steps with at least three officers; codes and log minutes."""
    columns = log_columns(log)
    officer, _ = pd.factorize(log.events["officer"], sort=True)
    work_ms = event_times(log, calendar).work_ms
    at = np.flatnonzero((officer >= 0) & (work_ms > 0))
    step, who = columns.activity[at], officer[at]
    enough = grouped_distinct(step, who, columns.n_activities)[step] >= MIN_OFFICERS
    at = at[enough]
    return pd.DataFrame(
        {
            "event": at,
            "step": columns.activity[at],
            "officer": officer[at],
            "log_minutes": np.log(work_ms[at] / MS_PER_MINUTE),
            "work_ms": work_ms[at],
            "name": log.events["officer"].to_numpy()[at],
        }
    )


def officer_effects(services: pd.DataFrame) -> OfficerEffects:
    """The effect of each officer against the colleagues at the same steps (columns of `_services`)."""
    cells = services.groupby(["step", "officer"])["log_minutes"].agg(["size", "sum"]).reset_index()
    of_step = cells.groupby("step")[["size", "sum"]].transform("sum")
    others_n = of_step["size"] - cells["size"]
    others_mean = (of_step["sum"] - cells["sum"]) / others_n
    cells["effect"] = cells["sum"] / cells["size"] - others_mean
    sd = _residual_sd(services)
    cells["variance"] = sd**2 * (1 / cells["size"] + 1 / others_n)
    weight = cells["size"] / cells.groupby("officer")["size"].transform("sum")
    per_officer = (
        cells.assign(effect=weight * cells["effect"], variance=weight**2 * cells["variance"])
        .groupby("officer")
        .agg(services=("size", "sum"), effect=("effect", "sum"), variance=("variance", "sum"))
    )
    names = services.drop_duplicates("officer").set_index("officer")["name"]
    n = int(per_officer.index.max()) + 1
    full = per_officer.reindex(range(n))
    enough = (full["services"] >= MIN_SERVICES).to_numpy()
    effect = np.where(enough, full["effect"], np.nan)
    variance = np.where(enough, full["variance"], np.nan)
    tau2 = _between_variance(effect[enough], variance[enough])
    shrink = tau2 / (tau2 + variance) if tau2 > 0 else np.where(enough, 0.0, np.nan)
    return OfficerEffects(
        names=names.reindex(range(n)).to_numpy(),
        services=full["services"].fillna(0).to_numpy(dtype="int64"),
        effect=effect,
        se=np.sqrt(variance),
        pooled=effect * shrink,
        posterior_sd=np.sqrt(shrink * variance),
        tau=float(np.sqrt(tau2)),
    )


def _residual_sd(services: pd.DataFrame) -> float:
    """Spread of log service times around the mean of their step and officer."""
    cell = services.groupby(["step", "officer"]).ngroup().to_numpy()
    values = services["log_minutes"].to_numpy()
    residual = values - grouped_mean(cell, values, int(cell.max()) + 1)[cell]
    free = values.size - (int(cell.max()) + 1)
    return float(np.sqrt((residual**2).sum() / free)) if free > 0 else 0.0


def _between_variance(effects: np.ndarray, variances: np.ndarray) -> float:
    """DerSimonian and Laird's estimate of the variance between officers, beyond chance; at least 0."""
    if effects.size < 2 or not (variances > 0).all():
        return 0.0
    weights = 1 / variances
    mean = (weights * effects).sum() / weights.sum()
    q = (weights * (effects - mean) ** 2).sum()
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    return float(max(0.0, (q - (effects.size - 1)) / scale))


def _finding(
    log: EventLog, services: pd.DataFrame, effects: OfficerEffects, code: int, factor: float | None
) -> Finding:
    columns = log_columns(log)
    own = services[services["officer"] == code]
    cases = np.unique(columns.case[own["event"].to_numpy()])
    pooled, sd = float(effects.pooled[code]), float(effects.posterior_sd[code])
    hours = float(own["work_ms"].sum()) / MS_PER_HOUR * (1 - np.exp(-pooled))
    longer = np.exp(pooled) - 1
    name = str(effects.names[code])
    steps = [str(columns.activities[step]) for step in own["step"].value_counts().index]
    return Finding(
        kind="slow_officer",
        title=Text(
            zh=f"经办人“{name}”比同环节同事用时长 {longer:.0%}",
            en=f"{name} takes {longer:.0%} longer than colleagues at the same steps",
        ),
        where={"officer": name, "steps": [*steps]},
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        hours_lost_per_year=per_year(hours, factor),
        evidence={
            "services": int(effects.services[code]),
            "service_time_factor": rounded(float(np.exp(pooled)), 3),
            "service_time_factor_low": rounded(float(np.exp(pooled - SIGMAS_OF_99_PERCENT * sd)), 3),
            "service_time_factor_high": rounded(float(np.exp(pooled + SIGMAS_OF_99_PERCENT * sd)), 3),
            "sigmas_above_colleagues": rounded(pooled / sd, 1),
            "officers_differ_by_sd_log": rounded(effects.tau, 3),
            "officers_compared": int((effects.services >= MIN_SERVICES).sum()),
            "service_minutes_median": rounded(float(own["work_ms"].median()) / MS_PER_MINUTE, 1),
        },
        example_cases=examples(columns.case_ids[cases[:10]]),
    )
