"""Uneven counters (忙闲不均): some counters are busy all day, others have little to do.

Utilisation of a counter = minutes of service / open minutes of the officer who sits there, on the days the
officer served anybody. Unevenness = coefficient of variation (sd / mean) of the utilisation of all officers
with 30 services or more. Its interval comes from drawing the days again (bootstrap, 400 draws).

Counters are worth pooling if the loads of their departments differ, or peak at different times: a
correlation of the busy minutes of two departments, half-hour by half-hour of the day, below 0.5. Officers
of one queue may differ only because the first free one is called: that costs nobody time, and `load_cv` tells
how much departments differ.

Example: two counters open 7 hours, one serves 42 people for 9 minutes, the other 2: 0.90 and 0.04, mean
0.47, sd 0.43, coefficient 0.91.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.columns import log_columns
from mining.diagnostics.counters import MIN_SERVICES, CounterLoads, counter_services, find_counter_loads
from mining.diagnostics.shared import (
    Needs,
    event_times,
    examples,
    nobody_seen,
    per_year,
    rounded,
    yearly_factor,
)
from mining.event_log import EventLog
from mining.findings import Finding, Proposal
from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="比较窗口忙闲", en="comparing how busy counters are"),
    events=("dept", "officer", "ts_start", "ts_end"),
)
ALARM_CV = 0.4
MAX_CORRELATION = 0.5
"""Reported above this coefficient of variation; loads peak apart below this correlation (assumptions)."""
HALF_HOUR_MS = 30 * MS_PER_MINUTE
DRAWS = 400
MAX_COUNTERS = 40
_CAUTION = Text(
    zh="综合岗可能变慢：综合岗系数达到约 1.10 时合并可能不再减少等待；"
    "仅凭忙闲不均不能推算效果，请用仿真比较。",
    en="Somebody who does everything may be slower: around a generalist penalty of 1.10 pooling can stop "
    "shortening waits. Uneven loads alone do not tell the effect: compare by simulation.",
)


def find_uneven_counters(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """At most one finding for the hall, if the coefficient of variation is above 0.4.

    `cases` = cases served at the counters compared, `share` = of all cases. Hours lost = hours people waited
    while an officer of another department had nothing to do, None with one department: the most pooling
    could save without a penalty, and a part of `waiting`. Raises `MissingColumnsError` without officers,
    departments, start times, or anything that tells who was in the hall.
    """
    NEEDS.check(log)
    times = event_times(log, calendar)
    table = counter_services(log, times)
    if table is None:
        raise nobody_seen(log, NEEDS.purpose)
    services = table.groupby("officer").size()
    table = table[table["officer"].isin(services.index[services >= MIN_SERVICES])]
    if table["officer"].nunique() < 2:
        return []
    busy, duty = _by_day(table, calendar)
    utilisation = busy.sum(axis=1) / duty.sum(axis=1)
    if _cv(utilisation.to_numpy()) <= ALARM_CV:
        return []
    return [
        _finding(log, calendar, table, utilisation, (busy, duty), find_counter_loads(log, times, calendar))
    ]


def _by_day(table: pd.DataFrame, calendar: WorkingCalendar) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Minutes of service and open minutes on duty: one row an officer, one column a day."""
    busy = table.pivot_table(index="officer", columns="day", values="work_ms", aggfunc="sum") / MS_PER_MINUTE
    return busy.fillna(0.0), busy.notna() * calendar.minutes_per_day


def _cv(values: np.ndarray) -> float:
    return float(values.std() / values.mean())


def _cv_interval(busy: pd.DataFrame, duty: pd.DataFrame) -> tuple[float | None, float | None]:
    """95 % bootstrap interval over days; officers without duty on the days drawn are left out of a draw."""
    n_days = busy.shape[1]
    if n_days < 2:
        return None, None
    drawn = np.random.default_rng(0).multinomial(n_days, np.full(n_days, 1 / n_days), size=DRAWS)
    minutes, open_minutes = drawn @ busy.to_numpy().T, drawn @ duty.to_numpy().T
    load = np.divide(minutes, open_minutes, out=np.full(minutes.shape, np.nan), where=open_minutes > 0)
    cv = np.nanstd(load, axis=1) / np.nanmean(load, axis=1)
    return float(np.quantile(cv, 0.025)), float(np.quantile(cv, 0.975))


def _profiles(table: pd.DataFrame) -> pd.DataFrame:
    """Minutes of service begun in each half-hour of the day: one row a department."""
    half_hour = (table["start_ms"] % MS_PER_DAY) // HALF_HOUR_MS
    sums = table.assign(half_hour=half_hour).pivot_table(
        index="dept", columns="half_hour", values="work_ms", aggfunc="sum", fill_value=0
    )
    return sums / MS_PER_MINUTE


def _clock(half_hour: int) -> str:
    return f"{half_hour // 2:02d}:{half_hour % 2 * 30:02d}"


def _finding(
    log: EventLog,
    calendar: WorkingCalendar,
    table: pd.DataFrame,
    utilisation: pd.Series,
    by_day: tuple[pd.DataFrame, pd.DataFrame],
    loads: CounterLoads | None,
) -> Finding:
    columns = log_columns(log)
    cases = np.unique(columns.case[table["event"].to_numpy()])
    ordered = utilisation.sort_values(ascending=False, kind="stable")
    profiles = _profiles(table)
    correlation = _lowest_correlation(profiles)
    waited = float((table["start_ms"] - table["queued_ms"]).sum()) / MS_PER_HOUR
    hours = waited * loads.idle_elsewhere_share if loads else None
    busiest, idlest = str(ordered.index[0]), str(ordered.index[-1])
    return Finding(
        kind="uneven_counters",
        title=Text(
            zh=f"窗口忙闲不均：{busiest} 利用率 {ordered.iloc[0]:.0%}，{idlest} 仅 {ordered.iloc[-1]:.0%}",
            en=f"Uneven counters: {busiest} is busy {ordered.iloc[0]:.0%} of the time, {idlest} only "
            f"{ordered.iloc[-1]:.0%}",
        ),
        where={"departments": [*sorted(str(name) for name in profiles.index)]},
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        hours_lost_per_year=None if hours is None else per_year(hours, yearly_factor(log, calendar)),
        evidence=_evidence(utilisation, profiles, correlation, by_day, loads),
        example_cases=examples(columns.case_ids[cases[:10]]),
        proposes=_proposals(loads, correlation),
    )


def _evidence(
    utilisation: pd.Series,
    profiles: pd.DataFrame,
    correlation: float | None,
    by_day: tuple[pd.DataFrame, pd.DataFrame],
    loads: CounterLoads | None,
) -> dict[str, JsonValue]:
    low, high = _cv_interval(*by_day)
    ordered = utilisation.sort_values(ascending=False, kind="stable")
    return {
        "counters_compared": len(utilisation),
        "counter_load_cv": rounded(_cv(utilisation.to_numpy()), 3),
        "counter_load_cv_low": rounded(low, 3),
        "counter_load_cv_high": rounded(high, 3),
        "utilisation_by_officer": {
            str(name): round(float(value), 3) for name, value in ordered.iloc[:MAX_COUNTERS].items()
        },
        "utilisation_by_counter": dict(loads.utilisation) if loads else {},
        "load_cv": rounded(loads.load_cv, 3) if loads else None,
        "idle_elsewhere_share": rounded(loads.idle_elsewhere_share, 3) if loads else None,
        "busiest_half_hour_by_counter": {
            str(dept): _clock(int(profile.idxmax())) for dept, profile in profiles.iterrows()
        },
        "lowest_correlation_of_loads": rounded(correlation, 2),
    }


def _lowest_correlation(profiles: pd.DataFrame) -> float | None:
    """Of the busy minutes of two departments, half-hour by half-hour; None where there is no pair."""
    if len(profiles) < 2 or profiles.shape[1] < 3:
        return None
    with np.errstate(invalid="ignore"):  # a flat profile correlates with nothing: NaN
        pairs = np.corrcoef(profiles.to_numpy())[np.triu_indices(len(profiles), 1)]
    return float(np.nanmin(pairs)) if np.isfinite(pairs).any() else None


def _proposals(loads: CounterLoads | None, correlation: float | None) -> tuple[Proposal, ...]:
    if loads is None:
        return ()
    peaks_apart = correlation is not None and correlation < MAX_CORRELATION
    if loads.load_cv <= ALARM_CV and not peaks_apart:
        return ()
    pools: list[JsonValue] = [*sorted(loads.utilisation)]
    return (Proposal(lever="one_window", parameters={"pools": pools}, caution=_CAUTION),)
