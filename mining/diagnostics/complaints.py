"""Complaints (投诉): closed too late, and coming again against the same counter.

A complaint is due at the end of the nth working day after the day it was opened (`mining.deadlines`); overdue
if it was closed later, or is open at the end of the log and that moment has passed. Where the log does not
say n, 15 working days are assumed, the term within which bad reviews are to be put right, and counted.
An open complaint that is not due yet counts in the number of complaints, not among those judged.

A complaint is a repetition if the same applicant (else the same case) complained about the same counter (else
department) within the 90 days before. Complaints per 10,000 cases have an exact Poisson interval.

Example: opened Monday with 5 working days, due on the Monday after; closed on that Tuesday it is overdue.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.deadlines import due_ms
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import (
    Needs,
    case_waiting,
    examples,
    lost_hours,
    rounded,
    share_effect,
    yearly_factor,
)
from mining.event_log import EventLog, holds
from mining.findings import Finding, Proposal
from mining.statistics import poisson_interval
from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

NEEDS = Needs(purpose=Text(zh="检查投诉处理", en="looking at complaints"), tables=("complaints.ts_open",))
ASSUMED_LIMIT_WORKING_DAYS = 15.0
REPEAT_DAYS = 90
ALARM_REPEATED_SHARE = 0.10
"""Repetitions are reported above this share of all complaints (an assumption); overdue ones always."""
MIN_REPEATED = 3
PER = 10_000
MAX_NAMES = 5

DEFINITION = Definition(
    ids=("D15",),
    name=Text(zh="投诉处理", en="Handling of complaints"),
    kinds=("complaints_overdue", "complaints_repeated"),
    definition=Text(
        zh=f"超过承诺工作日才办结、或到期仍未办结的投诉；同一人（无则同一办件）{REPEAT_DAYS} 天内再次投诉同"
        "一窗口（无则同一部门）。",
        en="Complaints closed after the promised working days or open beyond them; the same applicant "
        "(else case) "
        f"complaining about the same counter (else department) again within {REPEAT_DAYS} days.",
    ),
    formula=Text(
        zh="逾期率 = 逾期投诉 ÷（已办结 + 已到期未办结）；每万件投诉 = 投诉数 ÷ 办件数 × 10000（Poisson 精"
        "确区间）",
        en="overdue share = overdue / (closed + open beyond the limit); per 10,000 = complaints / cases x "
        "10,000 "
        "(exact Poisson interval)",
    ),
    needs=NEEDS.columns,
    better_with=(
        "complaints.ts_close",
        "complaints.limit_promised",
        "complaints.window or complaints.dept",
        "complaints.applicant_hash or complaints.case_id",
    ),
    alarm=Text(
        zh=f"有任何逾期即报告；重复投诉超过 {ALARM_REPEATED_SHARE:.0%} 且不少于 {MIN_REPEATED} 件",
        en=f"any overdue complaint; repetitions above {ALARM_REPEATED_SHARE:.0%} and at least {MIN_REPEATED}",
    ),
    hours=Text(
        zh="没有人的工时可计；逾期投诉超出时限的工作小时列为“办件搁置”。",
        en="Nobody's; the open hours overdue complaints lie beyond their limit are told as evidence.",
    ),
    example=Text(
        zh="周一投诉、承诺 5 个工作日：下周一到期；下周二办结为逾期。",
        en="Opened Monday with 5 working days: due on the Monday after; closed on that Tuesday it is "
        "overdue.",
    ),
    proposes=("complaint_handling", "training"),
)


def find_complaints(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """`complaints_overdue` if any is, `complaints_repeated` above 10 % and from three on.

    `cases` = complaints overdue (repeated), `share` = of those closed or due (of all complaints). Raises
    `MissingColumnsError` without complaints and the time they were opened.
    """
    NEEDS.check(log)
    rows = _judged(log, calendar)
    return [*_overdue(log, calendar, rows), *_repeated(log, rows)]


def _judged(log: EventLog, calendar: WorkingCalendar) -> pd.DataFrame:
    """Complaints in the order of opening, with what was found of each."""
    rows = log.complaints[log.complaints["ts_open"].notna()].sort_values("ts_open", kind="stable")
    rows = rows.reset_index(drop=True)
    opened, closed = milliseconds(rows, "ts_open"), milliseconds(rows, "ts_close")
    limit = (
        rows["limit_promised"].to_numpy(dtype="float64")
        if "limit_promised" in rows.columns
        else np.full(len(rows), np.nan)
    )
    assumed = ~(limit >= 0)
    days = np.where(assumed, ASSUMED_LIMIT_WORKING_DAYS, limit)
    due = due_ms(calendar, opened, days)
    is_closed = closed != UNKNOWN_MS
    until_ms = np.where(is_closed, closed, _end_of_log(log))
    overdue = until_ms > due
    late_ms = calendar.working_ms_between(due, np.maximum(until_ms, due))
    taken = np.full(len(rows), np.nan)
    done = is_closed & (closed >= opened)
    # counted like the limit: the day after opening is the first
    next_day = (opened[done] // MS_PER_DAY + 1) * MS_PER_DAY
    open_ms = np.maximum(calendar.working_ms_between(next_day, closed[done]), 0)
    taken[done] = open_ms / (calendar.minutes_per_day * MS_PER_MINUTE)
    return rows.assign(
        limit_assumed=assumed,
        closed=is_closed,
        judged=is_closed | overdue,
        overdue=overdue,
        repeated=_is_repetition(rows, opened),
        working_days=taken,
        late_hours=late_ms / MS_PER_HOUR,
    )


def _end_of_log(log: EventLog) -> int:
    """The latest moment the log knows of: an event, or a complaint opened or closed."""
    times = [
        log_columns(log).time_ms,
        milliseconds(log.complaints, "ts_open"),
        milliseconds(log.complaints, "ts_close"),
    ]
    return int(max(values.max() for values in times if values.size))


def _is_repetition(rows: pd.DataFrame, opened_ms: np.ndarray) -> np.ndarray:
    """Whether the same person complained about the same counter within the 90 days before; rows by time."""
    who, against = _first_known(rows, "applicant_hash", "case_id"), _first_known(rows, "window", "dept")
    repeated = np.zeros(len(rows), bool)
    known = np.flatnonzero((who >= 0) & (against >= 0))
    order = known[np.lexsort((opened_ms[known], against[known], who[known]))]
    before, after = order[:-1], order[1:]
    same = (who[before] == who[after]) & (against[before] == against[after])
    repeated[after] = same & (opened_ms[after] - opened_ms[before] <= REPEAT_DAYS * MS_PER_DAY)
    return repeated


def _first_known(rows: pd.DataFrame, *names: str) -> np.ndarray:
    """Codes of the first of these columns that has a value, row by row; -1 where none has."""
    values = pd.Series(None, index=rows.index, dtype=object)
    for name in names:
        if name in rows.columns:
            # a counter and a department of one name are two things
            texts = rows[name].astype("object")
            values = values.where(values.notna(), texts.where(texts.isna(), name + ":" + texts.astype(str)))
    return pd.factorize(values)[0]


def _overdue(log: EventLog, calendar: WorkingCalendar, rows: pd.DataFrame) -> list[Finding]:
    n, overdue = int(rows["judged"].sum()), rows[rows["overdue"]]
    if overdue.empty:
        return []
    effect = share_effect("complaints_overdue_share", len(overdue), n)
    limits = rows["limit_promised"] if holds(rows, "limit_promised") else pd.Series(dtype="float64")
    days = rounded(float(limits.median()), 1) if len(limits) else ASSUMED_LIMIT_WORKING_DAYS
    return [
        Finding(
            kind="complaints_overdue",
            title=Text(
                zh=f"{len(overdue)} 件投诉超过承诺时限，占到期投诉的 {effect.value:.0%}",
                en=f"{len(overdue)} complaints are overdue, {effect.value:.0%} of those closed or due",
            ),
            where=_against(overdue),
            cases=len(overdue),
            share=rounded(effect.value),
            **lost_hours(None),
            effect=effect,
            evidence={
                "complaints_overdue_share": rounded(effect.value),
                "complaints_overdue_share_low": rounded(effect.low),
                "complaints_overdue_share_high": rounded(effect.high),
                "complaints_closed_or_due": n,
                "overdue_and_open": int((~overdue["closed"]).sum()),
                "complaint_working_days_median": rounded(float(rows["working_days"].median()), 1),
                "complaint_working_days_p90": rounded(float(rows["working_days"].quantile(0.9)), 1),
                "complaint_limit_working_days": days,
                "complaints_with_assumed_limit": int(rows["limit_assumed"].sum()),
                **_rate(log, rows),
                **case_waiting(yearly_factor(log, calendar), float(overdue["late_hours"].sum())),
            },
            example_cases=_cases(overdue),
            proposes=(Proposal(lever="complaint_handling", parameters={"close_working_days": days}),),
        )
    ]


def _repeated(log: EventLog, rows: pd.DataFrame) -> list[Finding]:
    repeated = rows[rows["repeated"]]
    if len(repeated) < MIN_REPEATED or len(repeated) <= ALARM_REPEATED_SHARE * len(rows):
        return []
    effect = share_effect("complaints_repeated_share", len(repeated), len(rows))
    where = _against(repeated)
    return [
        Finding(
            kind="complaints_repeated",
            title=Text(
                zh=f"{len(repeated)} 件是 {REPEAT_DAYS} 天内对同一对象的重复投诉，占 {effect.value:.0%}",
                en=f"{len(repeated)} complaints come again against the same counter within {REPEAT_DAYS} "
                "days, "
                f"{effect.value:.0%} of all",
            ),
            where=where,
            cases=len(repeated),
            share=rounded(effect.value),
            **lost_hours(None),
            effect=effect,
            evidence={
                "complaints_repeated_share": rounded(effect.value),
                "complaints_repeated_share_low": rounded(effect.low),
                "complaints_repeated_share_high": rounded(effect.high),
                "repeated_within_days": REPEAT_DAYS,
                **_rate(log, rows),
            },
            example_cases=_cases(repeated),
            proposes=(Proposal(lever="training", parameters=where),),
        )
    ]


def _rate(log: EventLog, rows: pd.DataFrame) -> dict[str, JsonValue]:
    """Complaints per 10,000 cases, with its exact interval; and of them, those open and repeated."""
    scale = PER / log.n_cases
    low, high = poisson_interval(len(rows))
    return {
        "complaints": len(rows),
        "complaints_open": int((~rows["closed"]).sum()),
        "complaints_repeated": int(rows["repeated"].sum()),
        "complaints_per_10000_cases": rounded(len(rows) * scale, 2),
        "complaints_per_10000_cases_low": rounded(low * scale, 2),
        "complaints_per_10000_cases_high": rounded(high * scale, 2),
    }


def _against(rows: pd.DataFrame) -> dict[str, JsonValue]:
    """The counters and departments complained about most, as far as known."""
    where: dict[str, JsonValue] = {}
    for name, column in (("windows", "window"), ("departments", "dept")):
        if holds(rows, column):
            where[name] = [str(value) for value in rows[column].value_counts().index[:MAX_NAMES]]
    return where


def _cases(rows: pd.DataFrame) -> tuple[str, ...]:
    return examples(rows["case_id"].dropna()) if "case_id" in rows.columns else ()
