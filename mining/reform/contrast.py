"""Before and after of a real reform in one value: measures, time series, drift, maps, cautions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mining.case_mix import DIMENSIONS, find_strata
from mining.columns import log_columns
from mining.drift import Drift, measure_drift
from mining.event_log import EventLog
from mining.reform.cautions import comparison_cautions
from mining.reform.compare import LogComparison, compare_logs
from mining.reform.interrupted import Interruption, find_interruptions
from mining.reform.map_difference import MapDifference, compare_maps
from mining.reform.split import Split, Straddling, split_at
from mining.reform.units import units_of_sides
from mining.text import Language, Text
from mining.working_time import WorkingCalendar, to_ms


@dataclass(frozen=True)
class LogContrast:
    """Everything `contrast_logs` found. `interruptions` is empty where `no_series` says why.

    `reform_date` is the date given, or the first day of the log after; None where the logs overlap.
    """

    comparison: LogComparison
    interruptions: tuple[Interruption, ...]
    no_series: Text | None
    drift_before: Drift
    drift_after: Drift
    maps: MapDifference
    reform_date: pd.Timestamp | None
    cautions: tuple[Text, ...]

    def interruption(self, key: str) -> Interruption:
        """The interrupted series of a measure; raises `KeyError`."""
        return {each.kpi.key: each for each in self.interruptions}[key]

    def to_json(self, language: Language) -> dict[str, Any]:
        """The contract of the command line; see docs/two-logs-and-conformance.md."""
        return {
            "kind": "measured" if not self._simulated else "simulated",
            "reform_date": None if self.reform_date is None else str(self.reform_date.date()),
            **self.comparison.to_json(language),
            "interrupted_time_series": [each.to_json(language) for each in self.interruptions],
            "no_time_series": None if self.no_series is None else self.no_series.in_language(language),
            "drift": {"before": self.drift_before.to_json(), "after": self.drift_after.to_json()},
            "map_difference": self.maps.to_json(),
            "cautions": [text.in_language(language) for text in self.cautions],
        }

    @property
    def _simulated(self) -> bool:
        return self.comparison.before.simulated or self.comparison.after.simulated


def contrast_at(
    log: EventLog,
    reform_date: pd.Timestamp,
    calendar: WorkingCalendar,
    by: tuple[str, ...] = tuple(DIMENSIONS),
    straddling: Straddling = "washout",
    seed: int = 1,
) -> LogContrast:
    """One log before and after a reform date; `straddling` as in `split_at`."""
    split = split_at(log, reform_date, straddling)
    return _contrast(split.before, split.after, calendar, by, seed, reform_date, split)


def contrast_logs(
    before: EventLog,
    after: EventLog,
    calendar: WorkingCalendar,
    reform_date: pd.Timestamp | None = None,
    by: tuple[str, ...] = tuple(DIMENSIONS),
    seed: int = 1,
) -> LogContrast:
    """Two logs, the one before a reform and the one after it; no date means the day the second begins."""
    return _contrast(before, after, calendar, by, seed, reform_date, None)


def _contrast(
    before: EventLog,
    after: EventLog,
    calendar: WorkingCalendar,
    by: tuple[str, ...],
    seed: int,
    reform_date: pd.Timestamp | None,
    split: Split | None,
) -> LogContrast:
    comparison = compare_logs(before, after, calendar, by, seed, split)
    last, first = _last_begin(before), log_columns(after).time_ms.min()
    reason = None
    if split is None and last >= int(first):
        reason = Text(
            zh="两份日志在时间上重叠，没有时间序列。",
            en="The logs overlap in time, so there is no time series.",
        )
    elif reform_date is None:
        reform_date = pd.Timestamp(int(first), unit="ms").normalize()
    interruptions: tuple[Interruption, ...] = ()
    if reason is None and reform_date is not None:
        units = units_of_sides(before, after, calendar, split)
        interruptions = find_interruptions(
            units, find_strata(before, after, by), calendar, to_ms(reform_date), split is not None
        )
    notes = () if split is None else (split.note,)
    return LogContrast(
        comparison=comparison,
        interruptions=interruptions,
        no_series=reason,
        drift_before=measure_drift(before, calendar),
        drift_after=measure_drift(after, calendar),
        maps=compare_maps(before, after, calendar),
        reform_date=reform_date,
        cautions=(*notes, *comparison_cautions(comparison)),
    )


def _last_begin(log: EventLog) -> int:
    columns = log_columns(log)
    return int(columns.time_ms[columns.first_events].max())
