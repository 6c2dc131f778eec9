"""Work before the clock (受理前体外循环): papers lie before they are accepted, so the time limit looks kept.

A case is received with its first ticket, document or application, whichever is earliest; it is accepted at
`ts_accept`. It was kept outside if it is accepted after the end of the next working day. Where the steps of a
case have acceptances of their own, each counts, from the first ticket or document of that step. Cases that
were returned for correction in between are left out and counted: that time is the applicant's.

Example: papers of Monday accepted on Tuesday are in time; accepted on Thursday they lay outside, and a limit
of five days that was met took seven.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.columns import UNKNOWN_MS, LogColumns, log_columns, milliseconds
from mining.deadlines import due_ms
from mining.diagnostics.definition import Definition
from mining.diagnostics.departments import UNKNOWN, department_codes
from mining.diagnostics.shared import (
    case_waiting,
    examples,
    lost_hours,
    rounded,
    share_effect,
    yearly_factor,
)
from mining.enabled_times import case_milliseconds
from mining.errors import MissingColumnsError
from mining.event_log import RETURN, EventLog, holds
from mining.findings import Finding
from mining.text import Text
from mining.working_time import MINUTES_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

PURPOSE = Text(zh="查找受理前体外循环", en="finding work done before acceptance")
ALLOWED_WORKING_DAYS = 1
ALARM_SHARE = 0.05
"""Reported for a department above this share of its acceptances (an assumption)."""
MIN_ACCEPTED = 30

DEFINITION = Definition(
    ids=("D19",),
    name=Text(zh="受理前体外循环", en="Work before acceptance"),
    kinds=("accepted_late",),
    definition=Text(
        zh="收件（首次取号、收到材料或申请，取最早）后，过了下一个工作日才受理的办件。其间被补正的不计。",
        en="Cases accepted later than the working day after they came in (first ticket, document or "
        "application). "
        "Those returned for correction in between do not count.",
    ),
    formula=Text(
        zh="体外循环率 = 收件次一工作日结束后才受理的件数 ÷ 收件与受理时间均已知的件数，按部门",
        en="share = accepted after the end of the working day following receipt / acceptances with a known "
        "receipt, by department",
    ),
    needs=("ts_accept or cases.ts_accept", "ts_ticket or materials.ts_received or cases.ts_apply"),
    better_with=("dept", "result"),
    alarm=Text(
        zh=f"某部门受理不少于 {MIN_ACCEPTED} 件，且体外循环率超过 {ALARM_SHARE:.0%}",
        en=f"a department with at least {MIN_ACCEPTED} acceptances, of which more than {ALARM_SHARE:.0%} "
        "lay outside",
    ),
    hours=Text(
        zh="没有人的工时可计；收件到受理之间的工作小时列为“办件搁置”。",
        en="Nobody's; the working hours from receipt to acceptance are told as evidence.",
    ),
    example=Text(
        zh="周一收件，周二受理为及时；周四受理则在体外循环，5 个工作日的时限实际用了 7 个。",
        en="Papers of Monday accepted on Thursday lay outside: a limit of five working days that was met "
        "took seven.",
    ),
)


def find_accepted_late(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a department, if more than 5 % of at least 30 acceptances came late.

    `cases` = acceptances that came late, `share` = of the department's acceptances with a known receipt.
    Nothing is proposed: the source must accept what it takes in. Raises `MissingColumnsError` without
    acceptances, or where nothing tells when a case came in.
    """
    accepted = _acceptances(log)
    if accepted is None:
        raise _missing(log, "ts_accept")
    if not _knows_receipts(log):
        raise _missing(log, "ts_ticket / materials.ts_received / cases.ts_apply")
    rows = _judged(log, calendar, accepted)
    found = []
    for dept, of_dept in rows.groupby("dept", sort=True):
        late = of_dept[of_dept["late"]]
        if len(of_dept) >= MIN_ACCEPTED and len(late) > ALARM_SHARE * len(of_dept):
            found.append(_finding(log, calendar, str(dept), of_dept, late))
    return found


def _missing(log: EventLog, names: str) -> MissingColumnsError:
    return MissingColumnsError(
        zh=f"{log.name}：{PURPOSE.zh}需要列 {names}，日志中没有或全部为空。",
        en=f"{log.name}: {PURPOSE.en} needs {names}; the log has none of it.",
    )


def _knows_receipts(log: EventLog) -> bool:
    return log.has("ts_ticket") or holds(log.materials, "ts_received") or holds(log.cases, "ts_apply")


def _acceptances(log: EventLog) -> pd.DataFrame | None:
    """One row an acceptance: case (code), event (the first that names it), accept_ms, own (of one step)."""
    columns = log_columns(log)
    of_event = milliseconds(log.events, "ts_accept")
    at = np.flatnonzero(of_event != UNKNOWN_MS)
    if at.size:
        rows = pd.DataFrame({"case": columns.case[at], "event": at, "accept_ms": of_event[at]})
        rows = rows.drop_duplicates(["case", "accept_ms"])
        # several acceptances in one case are those of its steps
        return rows.assign(own=rows.groupby("case")["event"].transform("size") > 1)
    of_case = case_milliseconds(log, "ts_accept")
    case = np.flatnonzero(of_case != UNKNOWN_MS)
    if not case.size:
        return None
    return pd.DataFrame(
        {"case": case, "event": columns.first_events[case], "accept_ms": of_case[case], "own": False}
    )


def _judged(log: EventLog, calendar: WorkingCalendar, accepted: pd.DataFrame) -> pd.DataFrame:
    """Acceptances with a known receipt before them, none of them returned meanwhile, by department."""
    columns = log_columns(log)
    code, names = department_codes(log) if log.has("dept") else (np.full(log.n_events, UNKNOWN), ())
    receipts = _receipts(log, columns)
    by_case = receipts.groupby("case")["ms"].min()
    by_step = receipts[receipts["step"] >= 0].groupby(["case", "step"])["ms"].min()
    step = columns.activity[accepted["event"]]
    of_step = by_step.reindex(pd.MultiIndex.from_arrays([accepted["case"], step])).to_numpy()
    of_case = by_case.reindex(accepted["case"]).to_numpy()
    received = np.where(accepted["own"], of_step, of_case)
    known = received <= accepted["accept_ms"]  # not where the receipt is unknown (NaN)
    rows = accepted[known].assign(received_ms=received[known].astype("int64"), step=step[known])
    rows["returned"] = _returned_between(log, columns, rows)
    limit = np.full(len(rows), ALLOWED_WORKING_DAYS)
    due = due_ms(calendar, rows["received_ms"].to_numpy(), limit, closing_minute=MINUTES_PER_DAY)
    rows["late"] = (rows["accept_ms"] >= due) & ~rows["returned"]
    rows["dept"] = np.array([*names, ""], dtype=object)[code[rows["event"]]]
    rows["without_receipt"] = int(len(accepted) - len(rows))
    return rows


def _receipts(log: EventLog, columns: LogColumns) -> pd.DataFrame:
    """Moments at which something of a case came in: case, step (-1: none), ms."""
    ticket = milliseconds(log.events, "ts_ticket")
    papers = log.materials
    paper_case = columns.codes_of_cases(pd.Index(papers["case_id"].astype("object")))
    steps = papers["activity"].astype("object") if "activity" in papers.columns else None
    paper_step = (
        np.full(len(papers), -1)
        if steps is None
        else pd.Index(columns.activities).get_indexer(pd.Index(steps))
    )
    rows = pd.DataFrame(
        {
            "case": np.concatenate([columns.case, paper_case, np.arange(columns.n_cases)]),
            "step": np.concatenate([columns.activity, paper_step, np.full(columns.n_cases, -1)]),
            "ms": np.concatenate(
                [ticket, milliseconds(papers, "ts_received"), case_milliseconds(log, "ts_apply")]
            ),
        }
    )
    return rows[(rows["ms"] != UNKNOWN_MS) & (rows["case"] >= 0)]


def _returned_between(log: EventLog, columns: LogColumns, rows: pd.DataFrame) -> np.ndarray:
    """Whether the case (the step, where it has an acceptance of its own) was returned before acceptance."""
    if not log.has("result"):
        return np.zeros(len(rows), bool)
    at = np.flatnonzero((log.events["result"] == RETURN).to_numpy(dtype=bool))
    first = pd.DataFrame({"case": columns.case[at], "step": columns.activity[at], "ms": columns.time_ms[at]})
    of_case = first.groupby("case")["ms"].min().reindex(rows["case"]).to_numpy()
    pairs = pd.MultiIndex.from_arrays([rows["case"], rows["step"]])
    of_step = first.groupby(["case", "step"])["ms"].min().reindex(pairs).to_numpy()
    return np.where(rows["own"], of_step, of_case) <= rows["accept_ms"].to_numpy()


def _finding(
    log: EventLog, calendar: WorkingCalendar, dept: str, rows: pd.DataFrame, late: pd.DataFrame
) -> Finding:
    columns = log_columns(log)
    effect = share_effect("accepted_late_share", len(late), len(rows))
    lay_ms = calendar.working_ms_between(late["received_ms"].to_numpy(), late["accept_ms"].to_numpy())
    hours = lay_ms / MS_PER_HOUR
    days = lay_ms / MS_PER_MINUTE / calendar.minutes_per_day
    where: dict[str, JsonValue] = {"department": dept} if dept else {}
    return Finding(
        kind="accepted_late",
        title=Text(
            zh=f"{dept}{effect.value:.0%} 的办件收件后迟迟未受理（体外循环）",
            en=f"{effect.value:.0%} of the cases{f' of {dept}' if dept else ''} lie before they are accepted",
        ),
        where=where,
        cases=len(late),
        share=rounded(effect.value),
        **lost_hours(None),
        effect=effect,
        evidence={
            "acceptances": len(rows),
            "accepted_late_share": rounded(effect.value),
            "accepted_late_share_low": rounded(effect.low),
            "accepted_late_share_high": rounded(effect.high),
            "working_days_before_acceptance_median": rounded(float(np.median(days)), 1),
            "working_days_before_acceptance_p90": rounded(float(np.quantile(days, 0.9)), 1),
            "returned_before_acceptance": int(rows["returned"].sum()),
            "acceptances_without_receipt": int(rows["without_receipt"].iloc[0]),
            **case_waiting(yearly_factor(log, calendar), float(hours.sum())),
        },
        example_cases=examples(columns.case_ids[late["case"].to_numpy()]),
    )
