"""Visits a journey as rates (D1): 最多跑一次率 and 零跑动率, each with its numerator and denominator.

V = visits of a journey (`mining.journeys`). 最多跑一次率 = journeys with V <= 1 / journeys, 零跑动率 =
journeys with V = 0 / journeys. Only journeys whose cases are all done count: one that still runs may need
another visit, one given up (弃号) was not done. Interval: Wilson, journeys taken as independent.

Example: V = 0, 1, 1, 3: 3 of 4 journeys at most once (75 %), 1 of 4 without any visit (25 %).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.case_times import find_case_times
from mining.columns import log_columns
from mining.event_log import EventLog
from mining.journeys import find_visits, journey_ids
from mining.statistics import wilson_interval


@dataclass(frozen=True)
class Rate:
    """A share with what it is a share of, and its 95 % interval."""

    numerator: int
    denominator: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Numerator over denominator, 0 to 1."""
        return self.numerator / self.denominator

    def to_json(self) -> dict[str, JsonValue]:
        """All four and the share."""
        return {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "share": round(self.share, 4),
            "share_low": round(self.low, 4),
            "share_high": round(self.high, 4),
        }


def visit_rates(log: EventLog, chosen: np.ndarray | None = None) -> dict[str, Rate]:
    """`at_most_one_visit` and `no_visit` of the finished journeys; empty where visits are unknown.

    `chosen` (bool, one a case) restricts it to journeys that have a chosen case.
    """
    visits = find_visits(log)
    if visits is None:
        return {}
    code = pd.Index(visits.journey_ids).get_indexer(pd.Index(journey_ids(log)))
    per_journey = visits.per_journey[finished_journeys(log, code, chosen)]
    if per_journey.size == 0:
        return {}
    return {
        name: _rate(int((per_journey <= most).sum()), int(per_journey.size))
        for name, most in (("at_most_one_visit", 1), ("no_visit", 0))
    }


def finished_journeys(log: EventLog, code: np.ndarray, chosen: np.ndarray | None = None) -> np.ndarray:
    """Codes of the journeys (`code`: one an event) that have a chosen case and none that is not done."""
    case, finished = log_columns(log).case, find_case_times(log).done
    wanted = code if chosen is None else code[chosen[case]]
    return np.setdiff1d(wanted, code[~finished[case]])


def _rate(hits: int, n: int) -> Rate:
    return Rate(hits, n, *wilson_interval(hits, n))
