"""What a check hands back: which rows, and a sentence on what they are and what follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mining.event_log import EventLog
from mining.quality import Severity
from mining.text import Text
from mining.working_time import WorkingCalendar

Table = Literal["events", "cases", "materials"]


@dataclass(frozen=True)
class Found:
    """Rows of one table of the log that a check objects to.

    `positions` are rows of `table`; `count` is what the message speaks of where that is no number of rows
    (days without events, missing numbers), with `examples` of its own.
    """

    code: str
    severity: Severity
    message: Text
    positions: np.ndarray
    table: Table = "events"
    count: int | None = None
    of: int | None = None
    examples: tuple[str, ...] = ()


Check = Callable[[EventLog, WorkingCalendar], list[Found]]


def found(
    code: str,
    positions: np.ndarray,
    zh: str,
    en: str,
    *,
    severity: Severity = "warning",
    table: Table = "events",
) -> list[Found]:
    """One finding of a check, or none where no row is concerned."""
    if positions.size == 0:
        return []
    return [Found(code, severity, Text(zh=zh, en=en), positions, table)]


def counted(
    code: str, count: int, of: int, examples: list[str], zh: str, en: str, *, severity: Severity = "info"
) -> list[Found]:
    """One finding about things that are no rows, or none where there are none of them."""
    if count == 0:
        return []
    none = np.zeros(0, "int64")
    return [Found(code, severity, Text(zh=zh, en=en), none, "events", count, of, tuple(examples))]


def high_outliers(values: np.ndarray) -> np.ndarray:
    """Which positive values lie above Q3 + 3 IQR of their logarithms (Tukey's far out)."""
    logs = np.log(np.maximum(values, 1e-9))
    low, high = np.quantile(logs, [0.25, 0.75])
    return logs > high + 3 * max(high - low, np.log(2))
