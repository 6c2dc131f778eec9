"""Dates on which a policy changed, as a planner tells them: they travel with the log (`EventLog.options`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mining.errors import LogError

if TYPE_CHECKING:
    from mining.event_log import EventLog


@dataclass(frozen=True, order=True)
class PolicyDate:
    """The first day of a new policy and what it is, in the planner's words."""

    day: dt.date
    what: str = ""


def read_policy_date(text: str) -> PolicyDate:
    """`2026-02-15` or `2026-02-15=新政名称`; raises `LogError` for anything else."""
    day, _, what = text.partition("=")
    try:
        return PolicyDate(dt.date.fromisoformat(day.strip()), what.strip())
    except ValueError:
        raise LogError(
            zh=f"政策日期 {text!r} 无效：应为 2026-02-15 或 2026-02-15=名称。",
            en=f"{text!r} is no policy date: write 2026-02-15 or 2026-02-15=NAME.",
        ) from None


def with_policy_dates(log: EventLog, dates: Iterable[PolicyDate]) -> EventLog:
    """The log with these dates, in order and each once; earlier ones are forgotten."""
    return replace(log, options=replace(log.options, policy_dates=tuple(sorted(set(dates)))))
