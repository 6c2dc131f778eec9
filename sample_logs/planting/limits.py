"""Clocks: when a case was accepted and promised, when each department accepted, what stopped the clock."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mining.event_log import APPLICANT, ONLINE, PASS, TIME_DTYPE, EventLog
from mining.event_log import CLOCK_STOP_COLUMNS as COLUMNS
from mining.working_time import MS_PER_DAY
from sample_logs.plan import StepLimit
from sample_logs.planting.setting import Setting, due_ms, milliseconds, moments

CASE_TYPE = "承诺件"
FIRST_FILE_ROW = 2


def write_limits(log: EventLog, setting: Setting) -> EventLog:
    """Limits and acceptance of each case, and of each department with a clock of its own.

    A case is accepted when the first step an officer does on it ends without an objection.
    """
    limits = setting.planted.limits
    cases = log.cases.assign(
        case_type=CASE_TYPE,
        ts_accept=log.cases["case_id"].map(_accepted(log.events)).astype(TIME_DTYPE),
        limit_statutory=float(limits.statutory_working_days),
        limit_promised=float(limits.promised_working_days),
    )
    return replace(log, cases=cases, events=_with_step_clocks(log.events, setting))


def _accepted(events: pd.DataFrame) -> pd.Series:
    by_officer = ~events["place"].isin([ONLINE, APPLICANT])
    fine = (
        by_officer
        & (events["result"].isna() | (events["result"] == PASS))
        & ~events["activity"].str.contains("咨询")
    )
    return events[fine].groupby("case_id")["ts_end"].first()


def _with_step_clocks(events: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    for clock in setting.planted.step_limits:
        here = (events["activity"] == clock.step).to_numpy()
        start = milliseconds(events.loc[here, "ts_start"])
        accept = np.full(len(events), np.datetime64("NaT", "ms"))
        promise = accept.copy()
        accept[here] = moments(start)
        promise[here] = moments(due_ms(setting.calendar, start, clock.promised_working_days))
        events = _filled(_filled(events, "ts_accept", accept), "ts_promise", promise)
    return events


def _filled(events: pd.DataFrame, name: str, values: np.ndarray) -> pd.DataFrame:
    new = pd.Series(values, index=events.index).astype(TIME_DTYPE)
    return events.assign(**{name: events[name].fillna(new) if name in events.columns else new})


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
