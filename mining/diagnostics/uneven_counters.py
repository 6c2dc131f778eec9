"""Uneven counters (忙闲不均): some counters are busy all day, others have little to do.

Utilisation of a counter = minutes of service / open minutes, on the days it served anybody; a counter is a
window, or an officer in a log without windows. Unevenness = coefficient of variation (sd / mean) of the
utilisation of all counters of one hall with 30 services or more. Its interval comes from drawing the days
again (bootstrap, 400 draws).

Counters are worth pooling if the loads of their departments differ, or peak at different times: a
correlation of the busy minutes of two departments, half-hour by half-hour of the day, below 0.5. Counters
of one queue may differ only because the first free one calls: that costs nobody time, and `load_cv` tells
how much departments differ.

Example: two counters open 7 hours, one serves 42 people for 9 minutes, the other 2: 0.90 and 0.04, mean
0.47, sd 0.43, coefficient 0.91.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.columns import log_columns
from mining.diagnostics.counters import (
    MIN_SERVICES,
    CounterLoads,
    counter_column,
    counter_services,
    loads_of,
)
from mining.diagnostics.definition import Definition
from mining.diagnostics.protection import propose_one_window
from mining.diagnostics.shared import (
    Needs,
    event_times,
    examples,
    lost_hours,
    nobody_seen,
    rounded,
    yearly_factor,
)
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Effect, Finding, Proposal
from mining.half_hours import HALF_HOUR_MS, half_hour_clock
from mining.officer_views import MIN_CASES_SHOWN, officer_label
from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="比较窗口忙闲", en="comparing how busy counters are"),
    events=("dept", "ts_start", "ts_end"),
)
DEFINITION = Definition(
    ids=("D11",),
    name=Text(zh="窗口忙闲不均", en="Uneven counters"),
    kinds=("uneven_counters",),
    definition=Text(
        zh="利用率 = 窗口（没有窗口号的日志为经办人）办理分钟 / 其有办理之日的开放分钟；忙闲不均 = 同一大厅"
        "办理 30 次以上的窗口利用率的变异系数。后台环节不算。部门负载不同、或高峰错开（两部门每半小时忙碌分"
        "钟的相关系数低于 0.5）时，合并值得仿真。同一队列内的差异可能只是叫号习惯。",
        en="Utilisation = minutes of service of a counter (the officer, in a log without windows) / its "
        "open minutes on the days it served anybody; unevenness = coefficient of variation over the "
        "counters of one hall with 30 services or more. Back-office work is left out. Pooling is worth a "
        "simulation where departments differ in load or peak apart (correlation of their busy minutes by "
        "half-hour below 0.5). Counters of one queue may differ only because the first free one calls.",
    ),
    formula=Text(
        zh="变异系数 = 利用率的标准差 / 平均；区间：按日自助法 400 次，随机种子固定。",
        en="Coefficient of variation = sd / mean of the utilisation; interval from 400 draws of the days, "
        "fixed seed.",
    ),
    needs=("dept", "window or officer", "ts_start", "ts_end", "place or channel or window or ts_ticket"),
    better_with=("hall", "ts_ticket"),
    alarm=Text(zh="变异系数超过 0.4（假定）。", en="Coefficient above 0.4 (an assumption)."),
    hours=Text(
        zh="申请人：其他部门的窗口空闲时有人等待的时间（“等待”的一部分；只有一个部门时不详）。空闲的窗口不"
        "计官员工时。",
        en="Citizens: hours waited while a counter of another department had nothing to do (part of "
        "waiting; unknown with one department). Idle counters are no lost hours of officials.",
    ),
    example=Text(
        zh="两个窗口各开放 7 小时，日办 42 件与 2 件、每件 9 分钟：利用率 0.90 与 0.04，变异系数 0.91。",
        en="Two counters open 7 hours, 42 and 2 services of 9 minutes: 0.90 and 0.04, coefficient 0.91.",
    ),
    proposes=("one_window",),
)
ALARM_CV = 0.4
MAX_CORRELATION = 0.5
"""Reported above this coefficient of variation; loads peak apart below this correlation (assumptions)."""
DRAWS = 400
MAX_COUNTERS = 40
_CAUTION = Text(
    zh="综合岗可能变慢：综合岗系数达到约 1.10 时合并可能不再减少等待；仅凭忙闲不均不能推算效果，请用仿真比"
    "较。",
    en="Somebody who does everything may be slower: around a generalist penalty of 1.10 pooling can stop "
    "shortening waits. Uneven loads alone do not tell the effect: compare by simulation.",
)


def find_uneven_counters(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """At most one finding a hall, if the coefficient of variation is above 0.4.

    `cases` = cases served at the counters compared, `share` = of all cases. Hours lost = hours people waited
    while a counter of another department had nothing to do, None with one department: the most pooling
    could save without a penalty, and a part of `waiting`. Raises `MissingColumnsError` without departments,
    start times, windows and officers, or anything that tells who was in the hall.
    """
    NEEDS.check(log)
    _check_counters(log)
    services = counter_services(log, event_times(log, calendar))
    if services is None:
        raise nobody_seen(log, NEEDS.purpose)
    found = []
    for hall, of_hall in services.groupby(services["hall"].fillna("").astype("str"), sort=True):
        found += _of_hall(log, calendar, str(hall), of_hall)
    return found


def _check_counters(log: EventLog) -> None:
    if counter_column(log) is None:
        raise MissingColumnsError(
            zh=f"{log.name}：{NEEDS.purpose.zh}需要列 window 或 officer，日志中没有或全部为空。",
            en=f"{log.name}: {NEEDS.purpose.en} needs the column window or officer; both are missing or "
            "empty.",
        )


def _of_hall(log: EventLog, calendar: WorkingCalendar, hall: str, services: pd.DataFrame) -> list[Finding]:
    case = log_columns(log).case[services["event"].to_numpy()]
    of_counter = services.assign(case=case).groupby("counter")["case"].agg(["size", "nunique"])
    enough = (of_counter["size"] >= MIN_SERVICES) & (of_counter["nunique"] >= MIN_CASES_SHOWN)
    table = services[services["counter"].isin(of_counter.index[enough])]
    if table["counter"].nunique() < 2:
        return []
    busy, duty = _by_day(table, calendar)
    utilisation = busy.sum(axis=1) / duty.sum(axis=1)
    if _cv(utilisation.to_numpy()) <= ALARM_CV:
        return []
    return [_finding(log, calendar, hall, table, utilisation, (busy, duty), loads_of(services, calendar))]


def _by_day(table: pd.DataFrame, calendar: WorkingCalendar) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Minutes of service and open minutes on duty: one row a counter, one column a day."""
    busy = table.pivot_table(index="counter", columns="day", values="work_ms", aggfunc="sum") / MS_PER_MINUTE
    return busy.fillna(0.0), busy.notna() * calendar.minutes_per_day


def _cv(values: np.ndarray) -> float:
    return float(values.std() / values.mean())


def _cv_interval(busy: pd.DataFrame, duty: pd.DataFrame) -> tuple[float | None, float | None]:
    """95 % bootstrap interval over days; counters without duty on the days drawn are left out of a draw."""
    n_days = busy.shape[1]
    if n_days < 2:
        return None, None
    drawn = np.random.default_rng(0).multinomial(n_days, np.full(n_days, 1 / n_days), size=DRAWS)
    minutes, open_minutes = drawn @ busy.to_numpy().T, drawn @ duty.to_numpy().T
    load = np.divide(minutes, open_minutes, out=np.full(minutes.shape, np.nan), where=open_minutes > 0)
    cv = np.nanstd(load, axis=1) / np.nanmean(load, axis=1)
    value = _cv((busy.sum(axis=1) / duty.sum(axis=1)).to_numpy())
    # the draws lie a little higher than the value, as chance adds to the spread
    return min(value, float(np.quantile(cv, 0.025))), max(value, float(np.quantile(cv, 0.975)))


def _profiles(table: pd.DataFrame) -> pd.DataFrame:
    """Minutes of service begun in each half-hour of the day: one row a department."""
    half_hour = (table["start_ms"] % MS_PER_DAY) // HALF_HOUR_MS
    sums = table.assign(half_hour=half_hour).pivot_table(
        index="dept", columns="half_hour", values="work_ms", aggfunc="sum", fill_value=0
    )
    return sums / MS_PER_MINUTE


def _finding(
    log: EventLog,
    calendar: WorkingCalendar,
    hall: str,
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
    busiest, idlest = (_label(log, str(ordered.index[place])) for place in (0, -1))
    cv, (low, high) = _cv(utilisation.to_numpy()), _cv_interval(*by_day)
    return Finding(
        kind="uneven_counters",
        title=Text(
            zh=f"窗口忙闲不均：{busiest} 利用率 {ordered.iloc[0]:.0%}，{idlest} 仅 {ordered.iloc[-1]:.0%}",
            en=f"Uneven counters: {busiest} is busy {ordered.iloc[0]:.0%} of the time, {idlest} only "
            f"{ordered.iloc[-1]:.0%}",
        ),
        where={
            "departments": [*sorted(str(name) for name in profiles.index)],
            **({"hall": hall} if hall else {}),
        },
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        **lost_hours(yearly_factor(log, calendar), citizen=hours),
        effect=Effect(name="counter_load_cv", value=cv, low=low, high=high, n=len(utilisation)),
        evidence=_evidence(log, utilisation, profiles, correlation, (low, high), loads),
        example_cases=examples(columns.case_ids[cases[:10]]),
        proposes=_proposals(log, loads, correlation),
    )


def _label(log: EventLog, counter: str) -> str:
    return officer_label(log, counter) if counter_column(log) == "officer" else counter


def _evidence(
    log: EventLog,
    utilisation: pd.Series,
    profiles: pd.DataFrame,
    correlation: float | None,
    interval: tuple[float | None, float | None],
    loads: CounterLoads | None,
) -> dict[str, JsonValue]:
    low, high = interval
    ordered = utilisation.sort_values(ascending=False, kind="stable")
    return {
        "counters_compared": len(utilisation),
        "counter_load_cv": rounded(_cv(utilisation.to_numpy()), 3),
        "counter_load_cv_low": rounded(low, 3),
        "counter_load_cv_high": rounded(high, 3),
        "utilisation_by_window": {
            _label(log, str(name)): round(float(value), 3)
            for name, value in ordered.iloc[:MAX_COUNTERS].items()
        },
        "utilisation_by_counter": dict(loads.utilisation) if loads else {},
        "load_cv": rounded(loads.load_cv, 3) if loads else None,
        "idle_elsewhere_share": rounded(loads.idle_elsewhere_share, 3) if loads else None,
        "busiest_half_hour_by_counter": {
            str(dept): half_hour_clock(int(profile.idxmax())) for dept, profile in profiles.iterrows()
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


def _proposals(log: EventLog, loads: CounterLoads | None, correlation: float | None) -> tuple[Proposal, ...]:
    if loads is None:
        return ()
    peaks_apart = correlation is not None and correlation < MAX_CORRELATION
    if loads.load_cv <= ALARM_CV and not peaks_apart:
        return ()
    return propose_one_window(log, loads.utilisation, _CAUTION)
