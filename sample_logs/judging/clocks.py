"""What is true of clocks in a sample log: limits, receipts and acceptances, from the log as it was made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.event_log import PASS, RETURN, EventLog
from mining.working_time import MS_PER_DAY
from sample_logs.generate import SampleLog
from sample_logs.planting.setting import Setting, due_ms, milliseconds

LAST_PART = 0.10


@dataclass(frozen=True)
class Clocks:
    """Cases with a limit: whether done, late, in time but in the last tenth."""

    item: pd.Series
    done: np.ndarray
    late: np.ndarray
    at_the_limit: np.ndarray


def late(sample: SampleLog) -> dict[str, float]:
    """Kind of limit -> share of the cases done or overdue that are late."""
    found = {}
    for limit in ("promised", "statutory"):
        clocks = _clocks(sample.made, sample.setting, f"limit_{limit}")
        found[limit] = float(clocks.late.sum() / max((clocks.done | clocks.late).sum(), 1))
    return found


def heaped(sample: SampleLog) -> dict[str, float]:
    """Item -> share of the items done in time that were done in the last tenth of the promised limit."""
    clocks = _clocks(sample.made_items, sample.setting, "limit_promised")
    in_time = clocks.done & ~clocks.late
    share = pd.Series(clocks.at_the_limit[in_time]).groupby(clocks.item[in_time].to_numpy()).mean()
    return {str(item): float(value) for item, value in share.items()}


def _clocks(log: EventLog, setting: Setting, limit: str) -> Clocks:
    cases = log.cases[log.cases[limit].notna() & log.cases["case_id"].isin(log.events["case_id"])]
    cases = cases[cases["ts_accept"].notna()].reset_index(drop=True)
    begin = milliseconds(cases["ts_accept"])
    again = _last_answers(log.events).reindex(cases["case_id"]).reset_index(drop=True)
    begin = np.maximum(begin, milliseconds(again.fillna(cases["ts_accept"])))
    due, whole = np.zeros(len(cases), "int64"), np.zeros(len(cases))
    for days in cases[limit].unique():
        here = (cases[limit] == days).to_numpy()
        due[here] = due_ms(setting.calendar, begin[here], int(days))
        whole[here] = days * setting.calendar.minutes_per_day * 60_000
    stopped = _days_stopped(log, setting, cases)
    due = _later_days(setting, due, stopped)
    end = milliseconds(cases["ts_finish"].fillna(setting.ends))
    day_after = (begin // MS_PER_DAY + 1) * MS_PER_DAY
    used = setting.calendar.working_ms_between(day_after, np.maximum(end, day_after))
    used = used - stopped * setting.calendar.minutes_per_day * 60_000
    done, is_late = cases["ts_finish"].notna().to_numpy(), end > due
    return Clocks(cases["item_name"], done, is_late, ~is_late & (used > (1 - LAST_PART) * whole))


def _last_answers(events: pd.DataFrame) -> pd.Series:
    """Case -> start of the last attempt at a step that had returned it."""
    decided = events[events["result"].notna()]
    before = decided.groupby(["case_id", "activity"])["result"].shift(1)
    answers = decided[before.notna() & (before != PASS)]
    start = answers["ts_start"].fillna(answers["ts_end"])
    return start.groupby(answers["case_id"]).max()


def _days_stopped(log: EventLog, setting: Setting, cases: pd.DataFrame) -> np.ndarray:
    """Working days a special procedure takes out of the clock: those after its first day up to its last."""
    if log.clock_stops.empty:
        return np.zeros(len(cases), "int64")
    stops = log.clock_stops
    first, last = (
        milliseconds(stops[name].fillna(setting.ends)) // MS_PER_DAY for name in ("ts_start", "ts_end")
    )
    day_ms = setting.calendar.minutes_per_day * 60_000
    between = setting.calendar.working_ms_between((first + 1) * MS_PER_DAY, (last + 1) * MS_PER_DAY)
    days = pd.Series(np.round(between / day_ms).astype("int64")).groupby(stops["case_id"].to_numpy()).sum()
    return cases["case_id"].map(days).fillna(0).to_numpy(dtype="int64")


def _later_days(setting: Setting, due: np.ndarray, days: np.ndarray) -> np.ndarray:
    moved = due.copy()
    for n in np.unique(days[days > 0]):
        here = days == n
        moved[here] = due_ms(setting.calendar, due[here], int(n))
    return moved


def accepted_late(sample: SampleLog) -> dict[str, float]:
    """Department -> share of its acceptances after the working day that follows the receipt.

    Receipts and acceptances of departments with a clock of their own are those of the plan, else the case's;
    cases returned in between are left out.
    """
    events, setting = sample.made.events, sample.setting
    clocks = setting.planted.step_limits
    if not clocks:
        return _of_cases(sample)
    found = {}
    first = events.drop_duplicates(["case_id", "activity"]).set_index(["case_id", "activity"])
    for clock in clocks:
        receipt = first["ts_start"].xs(clock.received, level="activity")
        accept = first["ts_start"].xs(clock.step, level="activity")
        dept = str(first["dept"].xs(clock.step, level="activity").iloc[0])
        found[dept] = _late_share(setting, receipt, accept)
    return found


def _of_cases(sample: SampleLog) -> dict[str, float]:
    events, cases = sample.made.events, sample.made.cases.set_index("case_id")
    first = events.drop_duplicates("case_id").set_index("case_id")
    returned = events[events["result"] == RETURN].groupby("case_id")["ts_end"].min()
    accept = cases["ts_accept"].reindex(first.index)
    fine = accept.notna() & ~(returned.reindex(first.index) <= accept)
    papers = sample.made.materials.groupby("case_id")["ts_received"].min()
    known = [cases["ts_apply"], first["ts_ticket"], papers]
    receipt = pd.concat([times.reindex(first.index) for times in known], axis=1).min(axis=1)
    return {
        str(dept): _late_share(sample.setting, receipt[rows], accept[rows])
        for dept, rows in first[fine].groupby("dept").groups.items()
    }


def _late_share(setting: Setting, receipt: pd.Series, accept: pd.Series) -> float:
    both = pd.concat({"receipt": receipt, "accept": accept}, axis=1).dropna()
    due = due_ms(setting.calendar, milliseconds(both["receipt"]), 1) // MS_PER_DAY
    return float((milliseconds(both["accept"]) // MS_PER_DAY > due).mean())
