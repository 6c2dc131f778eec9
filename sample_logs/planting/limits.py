"""Clocks: when a case was accepted and promised, when each department accepted, what stopped the clock."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mining.event_log import CLOCK_STOP_COLUMNS as COLUMNS
from mining.event_log import PASS, TIME_DTYPE, EventLog
from mining.working_time import MS_PER_DAY
from sample_logs.plan import StepLimit
from sample_logs.planting.setting import Setting, due_ms, milliseconds, moments

CASE_TYPE = "承诺件"
FIRST_FILE_ROW = 2


def write_limits(log: EventLog, setting: Setting) -> EventLog:
    """Limits and acceptance of each case, and of each department with a clock of its own.

    A case is applied for when the first documents are handed in, which is when people come unless they only
    ask first, and accepted when a step that took documents ends without an objection.
    """
    limits, papers = setting.planted.limits, log.events[log.events["materials"].notna()]
    first = papers.drop_duplicates("case_id").set_index("case_id")
    came, applied = log.cases["ts_apply"], first["ts_ticket"].fillna(first["ts_start"])
    applied = log.cases["case_id"].map(applied).astype(TIME_DTYPE)
    fine = papers["result"].isna() | (papers["result"] == PASS)
    accepted = papers[fine].groupby("case_id")["ts_end"].first()
    asked_first = log.cases["case_id"].map(_asks_first(log.events)).fillna(False).astype(bool)
    cases = log.cases.assign(
        case_type=CASE_TYPE,
        ts_apply=came.where(~asked_first, applied),
        ts_accept=log.cases["case_id"].map(accepted).astype(TIME_DTYPE),
        limit_statutory=float(limits.statutory_working_days),
        limit_promised=float(limits.promised_working_days),
    )
    return replace(log, cases=cases, events=_with_step_clocks(log.events, setting))


def _asks_first(events: pd.DataFrame) -> pd.Series:
    """Whether nothing is handed in at the first step of a case, by case."""
    first = events.drop_duplicates("case_id").set_index("case_id")
    return first["materials"].isna()


def _with_step_clocks(events: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    if not setting.planted.step_limits:
        return events
    accept, promise = (np.full(len(events), np.datetime64("NaT", "ms")) for _ in range(2))
    first = ~events.duplicated(["case_id", "activity"]).to_numpy()
    case, _ = pd.factorize(events["case_id"])
    for clock in setting.planted.step_limits:
        here = np.flatnonzero(first & (events["activity"] == clock.step).to_numpy())
        start = milliseconds(events["ts_start"].iloc[here])
        due = due_ms(setting.calendar, start, clock.promised_working_days)
        received = np.flatnonzero(first & (events["activity"] == clock.received).to_numpy())
        of_case = pd.Series(np.arange(here.size), index=case[here]).reindex(case[received])
        accepted = of_case.notna().to_numpy()
        rows = np.concatenate([here, received[accepted]])
        which = np.concatenate([np.arange(here.size), of_case[accepted].to_numpy(dtype="int64")])
        accept[rows], promise[rows] = moments(start[which]), moments(due[which])
    times = {"ts_accept": accept, "ts_promise": promise}
    typed = {name: pd.Series(ms, index=events.index).astype(TIME_DTYPE) for name, ms in times.items()}
    return events.assign(**typed)


def write_clock_stops(log: EventLog, setting: Setting) -> EventLog:
    """One row a special procedure: from its first step's start to its last step's end."""
    parts = []
    for stop in setting.planted.clock_stops:
        during = log.events[log.events["activity"].isin(stop.steps)].groupby("case_id")
        rows = pd.DataFrame({"ts_start": during["ts_start"].min(), "ts_end": during["ts_end"].max()})
        parts.append(rows.reset_index().assign(kind=stop.kind, reason=stop.reason))
    if not parts:
        return log
    table = pd.concat(parts).sort_values(["ts_start", "case_id"], ignore_index=True)
    table["file_row"] = table.index + FIRST_FILE_ROW
    return replace(log, clock_stops=table[[*COLUMNS]])


def true_late_acceptance(log: EventLog, setting: Setting) -> dict[str, object]:
    """For each place where cases lie: those accepted, and those more than a working day after the receipt."""
    found: dict[str, object] = {}
    for late in setting.planted.late_acceptance:
        gap = _gap_days(log, setting, late.received, late.step)
        found[late.step] = {
            "received_at": late.received,
            "accepted": int(gap.size),
            "accepted_over_a_working_day_later": int((gap > 1).sum()),
        }
    return found


def _gap_days(log: EventLog, setting: Setting, received: str, step: str) -> np.ndarray:
    """Working days from the receipt to the acceptance, one a case that has both."""
    events = log.events
    receipt = events[events["activity"] == received].groupby("case_id")["ts_end"].first()
    accept = events[events["activity"] == step].groupby("case_id")["ts_start"].first()
    both = pd.concat({"receipt": receipt, "accept": accept}, axis=1).dropna()
    ms = setting.calendar.working_ms_between(milliseconds(both["receipt"]), milliseconds(both["accept"]))
    return ms / (setting.calendar.minutes_per_day * 60_000)


def true_heaping(log: EventLog, setting: Setting) -> dict[str, object]:
    """For each step with a clock: decisions done in time, and how many of them on the last day."""
    found: dict[str, object] = {}
    for clock in setting.planted.step_limits:
        end, due = _ends_and_dues(log, clock)
        in_time = end <= due
        found[clock.step] = {
            "promised_working_days": clock.promised_working_days,
            "done_in_time": int(in_time.sum()),
            "done_on_the_last_day": int((in_time & (end // MS_PER_DAY == due // MS_PER_DAY)).sum()),
            "done_late": int((~in_time).sum()),
        }
    return found


def _ends_and_dues(log: EventLog, clock: StepLimit) -> tuple[np.ndarray, np.ndarray]:
    events = log.events[(log.events["activity"] == clock.step) & log.events["ts_promise"].notna()]
    return milliseconds(events["ts_end"]), milliseconds(events["ts_promise"])
