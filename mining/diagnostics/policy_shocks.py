"""Policy shocks (政策冲击): a step gets worse at once when the rules change, and recovers as people learn.

Two measures a step: returns for correction (of first decisions), and service minutes (counters; everywhere,
where the log does not know who came). At each policy date the planner tells (`MiningOptions.policy_dates`)
and, without being told, at the day (week, in a log of more than 260 days) of the strongest rise of each
step (`change_points`), the measure is

    value = level before + rise x 2^(-(days since) / half-life)        (service minutes as logarithms)

by least squares on daily means weighted by their numbers; the rise has a Newey-West interval over days
(`mining.reform.newey_west`), the half-life one from the profile likelihood. A told date is tested by itself
(Holm over steps, dates and measures), a day found by the search as a whole, over all days, steps and
measures. After a search the interval of the rise is too narrow, because the strongest day was picked: it is
said.

Example: 15 % of the first decisions are returned, 25 % from day 45 on, 20 % on day 65: up 10 points,
half-life 20 days.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from pydantic import JsonValue
from scipy.special import ndtr

from mining.columns import UNKNOWN_MS, LogColumns, log_columns
from mining.diagnostics.change_points import (
    MAX_DAYS,
    DaySeries,
    Shock,
    by_week,
    look_at,
    search_shock,
    shape_of,
)
from mining.diagnostics.corrections import corrections_if_known
from mining.diagnostics.decisions import NOT_A_DECISION
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import event_times, examples, lost_hours, rounded
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Effect, Finding, Proposal
from mining.policy_dates import PolicyDate
from mining.presence import applicant_present
from mining.reform.newey_west import fit
from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, WorkingCalendar

PURPOSE = Text(zh="查找政策冲击", en="finding what a new policy did")
ALARM_RISE = {"returns": 0.05, "service_minutes": 0.10}
"""Reported from a rise of this much: share of decisions, share of the service time (assumptions)."""
ALARM_P_VALUE = 0.05
MIN_EVENTS = 200
MAX_STEPS = 50
MIN_DAYS_BEFORE, MIN_DAYS_AFTER = 20, 10
Measure = Literal["returns", "service_minutes"]

DEFINITION = Definition(
    ids=("D13",),
    name=Text(zh="政策冲击", en="Policy shocks"),
    kinds=("policy_shock",),
    definition=Text(
        zh="某环节的补正率或办理时间从某一天起突然变差，其后逐渐恢复。日期由用户填写；不填写时在整个日志中"
        "搜索。",
        en="The returns or the service time of a step get worse from one day on and recover after it. The "
        "planner "
        "may tell the date; without, the whole log is searched.",
    ),
    formula=Text(
        zh="数值 = 之前水平 + 升幅 × 2^(−经过天数 ÷ 半衰期)；升幅为 Newey–West 区间，半衰期为剖面似然区间；"
        "搜索的显著性为打乱各周次序后的最大统计量",
        en="value = level before + rise x 2^(-days since / half-life); Newey-West interval of the rise, "
        "profile "
        "likelihood interval of the half-life; a search is held against the largest statistic of weeks in "
        "other "
        "orders",
    ),
    needs=("result or ts_start",),
    better_with=("dept", "place"),
    alarm=Text(
        zh=f"p 小于 {ALARM_P_VALUE:.0%}（对所有日期、环节、口径校正），且补正率升高 "
        f"{ALARM_RISE['returns']:.0%} 以上或办理时间增加 "
        f"{ALARM_RISE['service_minutes']:.0%} 以上",
        en=f"p below {ALARM_P_VALUE:.0%} (over all days, steps and measures), and returns up by at least "
        f"{ALARM_RISE['returns']:.0%} of the decisions or service time by "
        f"{ALARM_RISE['service_minutes']:.0%}",
    ),
    hours=Text(
        zh="人员：冲击期间多花的办理小时（仅办理时间）；一次冲击的量，按每年一次计，不按年放大。",
        en="Officials: service hours beyond the level before (service time only), of this one shock: one "
        "a year, not "
        "scaled.",
    ),
    example=Text(
        zh="首次审查补正率 15%，第 45 天起 25%，第 65 天 20%：升 10 个百分点，半衰期 20 天。",
        en="15 % of first decisions returned, 25 % from day 45, 20 % on day 65: up 10 points, half-life "
        "20 days.",
    ),
    proposes=("training",),
)


@dataclass(frozen=True)
class Watched:
    """Values of single events to be watched over time: one series a step and measure."""

    steps: tuple[str, ...]
    measures: tuple[Measure, ...]
    series: DaySeries
    events: tuple[np.ndarray, ...]  # positions in the log, of each series


def find_policy_shocks(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a step and measure that got worse at a told date, or at the day a search found.

    `cases` = cases at the step from that day on, `share` = of all cases. Raises `MissingColumnsError` without
    results and without service times. Steps with fewer than 200 events are left out, and of more than 50
    steps the rarest.
    """
    watched = _watch(log, calendar)
    if watched is None:
        raise MissingColumnsError(
            zh=f"{log.name}：{PURPOSE.zh}需要列 result，或 ts_start 与 ts_end，日志中没有。",
            en=f"{log.name}: {PURPOSE.en} needs result, or ts_start and ts_end; the log has neither.",
        )
    if not watched.steps:
        return []
    told = _at_told_dates(watched, log.options.policy_dates)
    found = [(shock, date) for shock, date in told if _is_large(watched, shock)]
    seen = {shock.series for shock, _ in found}
    searched = [shock for shock in search_shock(watched.series) if shock.series not in seen]
    found += [
        (shock, None) for shock in searched if shock.p_value < ALARM_P_VALUE and _is_large(watched, shock)
    ]
    return [_finding(log, watched, shock, date) for shock, date in found]


def _watch(log: EventLog, calendar: WorkingCalendar) -> Watched | None:
    columns = log_columns(log)
    parts: list[tuple[Measure, np.ndarray, np.ndarray]] = []
    corrections = corrections_if_known(log)
    if corrections is not None:
        first = (corrections.decisions.step != NOT_A_DECISION) & (corrections.attempt == 1)
        parts.append(("returns", first, corrections.returned.astype("float64")))
    work_ms = event_times(log, calendar).work_ms
    timed = (work_ms != UNKNOWN_MS) & (work_ms > 0)
    if timed.any():
        present = applicant_present(log)
        timed = timed if present is None or not present.any() else timed & present
        minutes = np.log(np.where(timed, work_ms, MS_PER_MINUTE) / MS_PER_MINUTE)
        parts.append(("service_minutes", timed, minutes))
    return _as_series(columns, parts) if parts else None


def _as_series(columns: LogColumns, parts: list[tuple[Measure, np.ndarray, np.ndarray]]) -> Watched:
    """Daily numbers and sums of the values of each step and measure with enough of both."""
    days, day = np.unique(columns.time_ms // MS_PER_DAY, return_inverse=True)
    steps: list[str] = []
    measures: list[Measure] = []
    rows, events = [], []
    for measure, chosen, values in parts:
        for code in range(min(columns.n_activities, MAX_STEPS)):
            at = np.flatnonzero(chosen & (columns.activity == code))
            if at.size < MIN_EVENTS or np.ptp(values[at]) == 0:
                continue
            steps.append(str(columns.activities[code]))
            measures.append(measure)
            events.append(at)
            rows.append(
                (
                    np.bincount(day[at], minlength=days.size).astype("float64"),
                    np.bincount(day[at], weights=values[at], minlength=days.size),
                    float(values[at].var()),
                )
            )
    shape = (len(rows), days.size)
    n, total = (np.array([row[k] for row in rows]).reshape(shape) for k in (0, 1))
    series = DaySeries(days, n, total, np.array([row[2] for row in rows]))
    if rows and days.size > MAX_DAYS:
        series = by_week(series)
    return Watched(tuple(steps), tuple(measures), series, tuple(events))


def _at_told_dates(watched: Watched, dates: tuple[PolicyDate, ...]) -> list[tuple[Shock, PolicyDate | None]]:
    """Rises at the told dates that are significant, Holm over all that were looked at."""
    day = watched.series.day
    looked_at: list[tuple[float, Shock, PolicyDate]] = []
    for date in dates:
        position = int(np.searchsorted(day, (date.day - dt.date(1970, 1, 1)).days))
        for which in range(len(watched.steps)):
            known = watched.series.n[which] > 0
            if known[:position].sum() < MIN_DAYS_BEFORE or known[position:].sum() < MIN_DAYS_AFTER:
                continue
            shock = look_at(watched.series, which, position, p_value=1.0)
            # the best of several half-lives is looked at, so the chance of one is doubled
            looked_at.append((min(1.0, 2 * float(ndtr(-shock.score))), shock, date))
    looked_at.sort(key=lambda each: each[0])
    found: list[tuple[Shock, PolicyDate | None]] = []
    for rank, (p_value, shock, date) in enumerate(looked_at):
        adjusted = min(1.0, p_value * (len(looked_at) - rank))
        if adjusted >= ALARM_P_VALUE:
            break
        found.append((replace(shock, p_value=adjusted), date))
    return found


def _rise(watched: Watched, shock: Shock) -> float:
    """The rise on the first day: share points of returns, a share of the service time."""
    if watched.measures[shock.series] == "returns":
        return shock.amplitude
    return float(np.expm1(shock.amplitude))


def _is_large(watched: Watched, shock: Shock) -> bool:
    return _rise(watched, shock) >= ALARM_RISE[watched.measures[shock.series]]


def _interval(watched: Watched, shock: Shock) -> tuple[float, float, float]:
    """Level before and the 95 % interval of the rise, from a regression of daily means on the shape."""
    series, which = watched.series, shock.series
    used = series.n[which] > 0
    weight = np.sqrt(series.n[which][used])
    shape = shape_of(series.day, shock)[used]
    design = np.column_stack([np.ones(shape.size), shape]) * weight[:, None]
    found = fit(design, series.total[which][used] / series.n[which][used] * weight, at=np.flatnonzero(used))
    low, high = found.interval(1)
    before = float(found.coefficients[0])
    if watched.measures[which] == "service_minutes":
        return float(np.exp(before)), float(np.expm1(low)), float(np.expm1(high))
    return before, low, high


def _finding(log: EventLog, watched: Watched, shock: Shock, date: PolicyDate | None) -> Finding:
    columns, which = log_columns(log), shock.series
    step, measure, rise = watched.steps[which], watched.measures[which], _rise(watched, shock)
    before, low, high = _interval(watched, shock)
    first_day = int(watched.series.day[shock.position])
    at = watched.events[which]
    after = at[columns.time_ms[at] // MS_PER_DAY >= first_day]
    cases = np.unique(columns.case[after])
    day = date.day if date is not None else dt.date(1970, 1, 1) + dt.timedelta(days=first_day)
    where: dict[str, JsonValue] = {"step": step, "from_date": str(day), "shock_of": measure}
    if date is not None and date.what:
        where["policy"] = date.what
    hours = _extra_hours(watched, shock) if measure == "service_minutes" else None
    name = f"shock_of_{measure}_share"
    return Finding(
        kind="policy_shock",
        title=_title(step, measure, rise, day, shock),
        where=where,
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        **lost_hours(1.0, official=hours),
        effect=Effect(name=name, value=rise, low=low, high=high, n=int(watched.series.n[which].sum())),
        evidence={
            name: rounded(rise),
            f"{name}_low": rounded(low),
            f"{name}_high": rounded(high),
            **(
                {"returns_before_share": rounded(before)}
                if measure == "returns"
                else {"service_minutes_before": rounded(before, 1)}
            ),
            "half_life_days": rounded(shock.half_life_days, 0),
            "half_life_days_low": rounded(shock.half_life_low, 0),
            "half_life_days_high": rounded(shock.half_life_high, 0),
            "recovery_seen": shock.half_life_high is not None,
            "date_was_searched_for": date is None,
            "shock_p_value": rounded(shock.p_value),
            "series_looked_at": len(watched.steps),
            "events_before_and_after": int(at.size),
        },
        example_cases=examples(columns.case_ids[cases]),
        proposes=(Proposal(lever="training", parameters={"steps": [step]}),),
    )


def _title(step: str, measure: Measure, rise: float, day: dt.date, shock: Shock) -> Text:
    what = (
        Text(zh=f"补正率升高 {rise * 100:.0f} 个百分点", en=f"returns up by {rise * 100:.0f} points")
        if measure == "returns"
        else Text(zh=f"办理时间增加 {rise:.0%}", en=f"service time up by {rise:.0%}")
    )
    back = (
        Text(zh="，未见恢复", en=", no recovery seen")
        if shock.half_life_days is None
        else Text(
            zh=f"，半衰期 {shock.half_life_days:.0f} 天", en=f", half-life {shock.half_life_days:.0f} days"
        )
    )
    return Text(zh=f"“{step}”自 {day} 起{what.zh}{back.zh}", en=f"{step!r} from {day} on: {what.en}{back.en}")


def _extra_hours(watched: Watched, shock: Shock) -> float:
    """Service hours beyond those at the level before, over the days of the log."""
    n, shape = watched.series.n[shock.series], shape_of(watched.series.day, shock)
    before = _interval(watched, shock)[0]
    return float((n * before * np.expm1(shock.amplitude * shape)).sum()) / 60
