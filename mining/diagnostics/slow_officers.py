"""Slow officers (用时偏长的经办人): who takes longer at a step than the colleagues at the same step.

For each step and item done by at least three officers, the officer's mean log service time minus that of all
colleagues there, the hour of the day taken out first (services late in the morning may be short for
everybody); averaged over the officer's steps, weighted by services. That effect is pulled towards 0 by
partial pooling: effect x tau^2 / (tau^2 + se^2), where se is its standard error and tau^2 the variance
between officers (DerSimonian and Laird). Reported if

- the officer has at least 30 services of five cases or more at such steps,
- the pooled effect is at least three of its standard deviations above 0, and
- at least +25 % even at the low end of its 99 % interval. The 25 % is an assumption (below it people just
  differ, and with many services three deviations are next to nothing); the high level is on purpose, as a
  finding names a person.

Services of no or negative time are left out: no time at all means that the end is not known. With two
officers at a step nobody can say which one is the exception, so such steps are left out.

A number is not a verdict: harder cases, training duties or an illness look the same. Officers have
pseudonyms unless names are asked for (`mining.officer_views`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.columns import log_columns
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import Needs, event_times, examples, lost_hours, rounded, yearly_factor
from mining.event_log import EventLog
from mining.findings import Effect, Finding
from mining.grouped import grouped_distinct, grouped_mean
from mining.officer_views import MIN_CASES_SHOWN, officer_label
from mining.presence import applicant_present
from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="比较经办人的办理用时", en="comparing the service times of officers"),
    events=("officer", "ts_start", "ts_end"),
)
MIN_SERVICES = 30
MIN_OFFICERS = 3
ALARM_FACTOR = 1.25
SIGMAS_OF_99_PERCENT = 2.576
MIN_SIGMAS = 3.0
HOURS = 24
DEFINITION = Definition(
    ids=("D12",),
    name=Text(zh="用时偏长的经办人", en="Slow officers"),
    kinds=("slow_officer",),
    definition=Text(
        zh="与同环节、同事项的同事相比，扣除办理时刻（小时）的影响后，办理用时对数的平均差，经部分合并向 0 收"
        "缩（DerSimonian–Laird）。"
        "同一环节不足三人的不比较；用时为零或负的不计。默认以化名显示，不足 5 件的人员不列出。难件、带教或生"
        "病看起来一样，不是定论。",
        en="Mean log service time minus that of the colleagues at the same step and item, the hour of the "
        "day taken out, pulled "
        "towards 0 by partial pooling (DerSimonian and Laird). Steps with fewer than three officers are not "
        "compared; services of no time are left out. Officers have pseudonyms, those with fewer than 5 cases "
        "are never listed. Harder cases, training duties or illness look the same: no verdict.",
    ),
    formula=Text(
        zh="收缩效应 = 效应 × τ² / (τ² + se²)；倍数 = exp(收缩效应)；漏斗图：各人的效应与 ±3 se。",
        en="Pooled effect = effect × τ² / (τ² + se²); factor = exp(pooled effect); funnel plot: each effect "
        "and ±3 se.",
    ),
    needs=("officer", "ts_start", "ts_end"),
    better_with=("item_code", "item_name", "place"),
    alarm=Text(
        zh="30 次服务以上，效应超过 3σ，且 99 % 区间下限仍长 25 %（假定）。",
        en="30 services, beyond 3 sigma, and +25 % at the low end of the 99 % interval (an assumption).",
    ),
    hours=Text(
        zh="官员：超出同事用时的办理时间；申请人：其中在窗口陪等的同样时间。",
        en="Officials: service hours beyond what colleagues take. Citizens: the same hours where the "
        "applicant stands there.",
    ),
    example=Text(
        zh="四人各办 200 次，三人平均 20 分钟、一人 30 分钟：倍数 1.5，99 % 区间约 1.4–1.6。",
        en="Four officers with 200 services each, three take 20 minutes, one 30: factor 1.5, 99 % interval "
        "about 1.4 to 1.6.",
    ),
)


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

    Hours lost = the time of the officer's services beyond what colleagues take for the same: the officer's,
    and that of the applicants who stand there. Nothing is proposed: training is no lever of the simulation
    yet. Raises `MissingColumnsError` without officers or
    without start times.
    """
    NEEDS.check(log)
    services = _services(log, calendar)
    if services.empty:
        return []
    effects = officer_effects(services)
    factor = yearly_factor(log, calendar)
    low = effects.pooled - SIGMAS_OF_99_PERCENT * effects.posterior_sd
    slow = (low >= np.log(ALARM_FACTOR)) & (effects.pooled >= MIN_SIGMAS * effects.posterior_sd)
    slow &= _cases_of(log, services, effects) >= MIN_CASES_SHOWN
    return [_finding(log, services, effects, int(code), factor) for code in np.flatnonzero(slow)]


@dataclass(frozen=True)
class FunnelPoint:
    """One officer in a funnel plot: the factor against colleagues before pooling, and its 3-sigma limits
    around 1; a point outside of them is no chance."""

    officer: str  # a pseudonym unless names were asked for
    services: int
    service_time_factor: float
    limit_low: float
    limit_high: float


def find_officer_funnel(log: EventLog, calendar: WorkingCalendar) -> tuple[FunnelPoint, ...]:
    """The officers with 30 services of five cases or more, most services first; raises like the finding."""
    NEEDS.check(log)
    services = _services(log, calendar)
    if services.empty:
        return ()
    effects = officer_effects(services)
    told = np.flatnonzero(~np.isnan(effects.effect) & (_cases_of(log, services, effects) >= MIN_CASES_SHOWN))
    points = [
        FunnelPoint(
            officer=officer_label(log, str(effects.names[code])),
            services=int(effects.services[code]),
            service_time_factor=float(np.exp(effects.effect[code])),
            limit_low=float(np.exp(-MIN_SIGMAS * effects.se[code])),
            limit_high=float(np.exp(MIN_SIGMAS * effects.se[code])),
        )
        for code in told
    ]
    return tuple(sorted(points, key=lambda point: (-point.services, point.officer)))


def _cases_of(log: EventLog, services: pd.DataFrame, effects: OfficerEffects) -> np.ndarray:
    """Different cases behind each officer's services."""
    case = log_columns(log).case[services["event"].to_numpy()]
    return grouped_distinct(services["officer"].to_numpy(), case, effects.names.size)


def _services(log: EventLog, calendar: WorkingCalendar) -> pd.DataFrame:
    """Services with a known positive time at steps (of one item) with at least three officers.

    `step` is a code of step and item; `log_minutes` are without the effect of the hour of the day.
    """
    columns = log_columns(log)
    officer, _ = pd.factorize(log.events["officer"], sort=True)
    work_ms = event_times(log, calendar).work_ms
    at = np.flatnonzero((officer >= 0) & (work_ms > 0))
    step = _steps_of_items(log)
    enough = grouped_distinct(step[at], officer[at], int(step.max()) + 1)[step[at]] >= MIN_OFFICERS
    at = at[enough]
    services = pd.DataFrame(
        {
            "event": at,
            "step": step[at],
            "officer": officer[at],
            "log_minutes": np.log(work_ms[at] / MS_PER_MINUTE),
            "hour": columns.start_ms[at] % MS_PER_DAY // MS_PER_HOUR,
            "work_ms": work_ms[at],
            "name": log.events["officer"].to_numpy()[at],
        }
    )
    return services.assign(log_minutes=without_hours(services)) if len(services) else services


def _steps_of_items(log: EventLog) -> np.ndarray:
    """A code of (step, item) an event; of the step alone where the log knows no items."""
    columns = log_columns(log)
    name = next((name for name in ("item_code", "item_name") if log.has(name)), None)
    if name is None:
        return columns.activity
    item, _ = pd.factorize(log.events[name])
    _, code = np.unique((item + 1) * columns.n_activities + columns.activity, return_inverse=True)
    return code


def without_hours(services: pd.DataFrame) -> np.ndarray:
    """Log minutes with the effect of the hour of the day taken out; their mean stays.

    The effects are estimated within officers and steps (least squares after taking out the mean of each
    officer at each step), so that an officer who works afternoons is not taken for the afternoon.
    """
    cell = services.groupby(["step", "officer"]).ngroup().to_numpy()
    hour, values = services["hour"].to_numpy(), services["log_minutes"].to_numpy()
    n_cells = int(cell.max()) + 1
    counts = np.bincount(cell * HOURS + hour, minlength=n_cells * HOURS).reshape(n_cells, HOURS)
    inside = values - grouped_mean(cell, values, n_cells)[cell]
    normal = np.diag(counts.sum(axis=0)) - counts.T @ (counts / counts.sum(axis=1, keepdims=True))
    effect = np.linalg.lstsq(normal, np.bincount(hour, weights=inside, minlength=HOURS), rcond=None)[0]
    found = values - effect[hour]
    return found + (values.mean() - found.mean())


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
    name = officer_label(log, str(effects.names[code]))
    activities = pd.Series(columns.activity[own["event"].to_numpy()])
    steps = [str(columns.activities[step]) for step in activities.value_counts().index]
    ends = [float(np.exp(pooled + sigmas * sd)) for sigmas in (-SIGMAS_OF_99_PERCENT, SIGMAS_OF_99_PERCENT)]
    return Finding(
        kind="slow_officer",
        title=Text(
            zh=f"经办人“{name}”比同环节同事用时长 {longer:.0%}",
            en=f"{name} takes {longer:.0%} longer than colleagues at the same steps",
        ),
        where={"officer": name, "steps": [*steps]},
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        **lost_hours(factor, citizen=_beside(log, own, hours), official=hours),
        effect=Effect(
            name="service_time_factor",
            value=float(np.exp(pooled)),
            low=ends[0],
            high=ends[1],
            n=int(effects.services[code]),
            level=0.99,
        ),
        evidence={
            "services": int(effects.services[code]),
            "service_time_factor": rounded(float(np.exp(pooled)), 3),
            "service_time_factor_low": rounded(ends[0], 3),
            "service_time_factor_high": rounded(ends[1], 3),
            "sigmas_above_colleagues": rounded(pooled / sd, 1),
            "officers_differ_by_sd_log": rounded(effects.tau, 3),
            "officers_compared": int((effects.services >= MIN_SERVICES).sum()),
            "service_minutes_median": rounded(float(own["work_ms"].median()) / MS_PER_MINUTE, 1),
        },
        example_cases=examples(columns.case_ids[cases[:10]]),
    )


def _beside(log: EventLog, own: pd.DataFrame, hours: float) -> float | None:
    """The part of these hours that applicants spent beside the officer; None where nobody tells."""
    present = applicant_present(log)
    if present is None:
        return None
    at_counter = own["work_ms"].to_numpy() * present[own["event"].to_numpy()]
    return hours * float(at_counter.sum() / own["work_ms"].sum())
