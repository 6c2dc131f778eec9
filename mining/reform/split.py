"""The two logs of a reform: one log parted at a date, or two put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from mining.case_times import CaseTimes, find_case_times
from mining.columns import UNKNOWN_MS, log_columns
from mining.errors import LogError
from mining.event_log import EventLog, sort_events
from mining.follow_up import days_to_finish
from mining.journeys import journey_ids
from mining.text import Text
from mining.working_time import MS_PER_DAY, to_ms

Straddling = Literal["washout", "leave_out", "assign"]


@dataclass(frozen=True)
class Split:
    """One log parted at a reform: cases that began before, and cases that began at the date or later.

    `straddling` counts cases that began before and were not finished at the date; `left_out` those in
    neither part, `washout_days` the calendar days before the date whose cases are left out (0 for none).
    """

    whole: EventLog
    before: EventLog
    after: EventLog
    reform_date: pd.Timestamp
    straddling: int
    left_out: int
    washout_days: int

    @property
    def note(self) -> Text:
        """What became of the cases that were under way at the date."""
        if self.washout_days:
            return Text(
                zh=f"改革日有 {self.straddling} 件在办；改革前 {self.washout_days} 天内开始的 "
                f"{self.left_out} 件不计入，否则只剩办得快的。",
                en=f"{self.straddling} cases were under way at the reform; the {self.left_out} cases begun "
                f"within {self.washout_days} days before it are left out, or only the quick ones of them "
                "would count.",
            )
        if self.left_out:
            return Text(
                zh=f"改革日在办的 {self.left_out} 件不计入：改革前最后几天只剩办得快的。",
                en=f"The {self.left_out} cases under way at the reform are left out: of the last days before "
                "it only the quick ones count.",
            )
        return Text(
            zh=f"改革日在办的 {self.straddling} 件按开始日期计入改革前。",
            en=f"The {self.straddling} cases under way at the reform count as before, by their begin.",
        )


def split_at(log: EventLog, date: pd.Timestamp, straddling: Straddling = "washout") -> Split:
    """Part a log at a reform date (a day without time of day), by the begin of each case's journey.

    Cases of one journey stay together. Those that began before and were not finished yet lived under both
    rules. "washout" leaves out every case of the last days before the date, as many days as 95 % of the
    earlier cases took to finish, so that the rest is not a choice of quick ones; where that takes more than
    half of the time before, cases are assigned instead. "leave_out" leaves out the straddling ones alone,
    "assign" counts them as before.
    Example: 95 % of cases finish within 12 days, reform on March 31: cases begun from March 19 to 30 are out.
    Raises `LogError` if a side is empty.
    """
    columns, times = log_columns(log), _journey_times(log)
    at_ms = to_ms(date)
    early = times.begin_ms < at_ms
    still_open = early & (~times.finished | (times.finish_ms >= at_ms))
    out = still_open if straddling == "leave_out" else np.zeros(columns.n_cases, bool)
    washout = 0
    if straddling == "washout" and still_open.any():
        washout = days_to_finish(times.begin_ms, times.finish_ms, early)
        if washout * 2 * MS_PER_DAY > at_ms - int(times.begin_ms.min()):
            washout = 0
        out = early & (times.begin_ms >= at_ms - washout * MS_PER_DAY)
    parts = {"before": early & ~out, "after": ~early}
    for name, chosen in parts.items():
        if not chosen.any():
            first, last = (pd.Timestamp(int(ms), unit="ms").date() for ms in _span(times.begin_ms))
            side = Text(zh="之前" if name == "before" else "之后", en=name)
            raise LogError(
                zh=f"{log.name}：改革日 {date.date()} {side.zh}没有办件；办件开始于 {first} 至 {last}。",
                en=f"{log.name}: no case {side.en} the reform date {date.date()}; cases of the log began "
                f"from {first} to {last}.",
            )
    before, after = (
        replace(log.of_cases(columns.case_ids[chosen]), name=f"{log.name} / {name}")
        for name, chosen in parts.items()
    )
    return Split(log, before, after, date, int(still_open.sum()), int(out.sum()), washout)


def _journey_times(log: EventLog) -> CaseTimes:
    """Begin and finish of the journey of each case; a journey with an open case is open."""
    columns, times = log_columns(log), find_case_times(log)
    journey = pd.factorize(journey_ids(log).iloc[columns.first_events])[0]
    n = int(journey.max()) + 1 if journey.size else 0
    begin, finish = np.full(n, np.iinfo("int64").max), np.full(n, UNKNOWN_MS)
    np.minimum.at(begin, journey, times.begin_ms)
    np.maximum.at(finish, journey, times.finish_ms)
    finish[journey[~times.finished]] = UNKNOWN_MS
    return CaseTimes(begin[journey], finish[journey], times.given_up)


def _span(begin_ms: np.ndarray) -> tuple[int, int]:
    return (int(begin_ms.min()), int(begin_ms.max())) if begin_ms.size else (0, 0)


def join_logs(before: EventLog, after: EventLog) -> EventLog:
    """The events of both logs as one, for what is common to both, such as the hours of the hall.

    Case ids get the side in front, so that no case of one log continues one of the other.
    """
    parts = [
        log.events.assign(case_id=(f"{side}:" + log.events["case_id"]).astype("str"))
        for side, log in (("before", before), ("after", after))
    ]
    return EventLog(
        events=sort_events(pd.concat(parts, ignore_index=True)),
        name=f"{before.name} + {after.name}",
        simulated=before.simulated and after.simulated,
    )
