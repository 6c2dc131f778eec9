"""Two measured logs side by side, measure by measure: the plain difference and the one of like cases.

Plain ("crude"): the value after minus the value before, whatever cases came. Standardised: both sides are
weighted to one mix of item, channel and type of applicant (direct standardisation), so that a log with
easier cases does not look like a reform. Where the two have opposite signs it is said (Simpson's paradox).
Intervals are of 95 %, by drawing runs of days again, and applicants where that is wider, 2000 draws
(`mining.reform.resampling`).

Example: before 90 simple cases of 1 day and 10 hard ones of 10 days, after 10 simple ones of 2 days and 90
hard ones of 11: plain 1.9 to 10.1 days. Weighted 100 to 100, the mix of both logs together: 5.5 to 6.5 days,
one day longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mining.case_mix import DIMENSIONS, Strata, find_strata, mix_distance
from mining.case_times import find_case_times
from mining.errors import LogError
from mining.event_log import EventLog
from mining.measures import Kpi
from mining.observations import Observed
from mining.reform.resampling import (
    Drawn,
    Sample,
    draw_clusters,
    draw_days,
    means,
    merge_clusters,
    quantiles,
    stretched_interval,
)
from mining.reform.split import Split
from mining.reform.units import FINISHED, MEASURED, Clusters, Measured, Units, units_of_sides
from mining.text import Language
from mining.working_time import MS_PER_DAY, WorkingCalendar

MIN_STRATUM = 5
"""A stratum with fewer values on a side tells nothing about a difference and is left out of the weighting."""
FEW_DAYS = 20
"""With fewer days on a side the interval is too narrow; it is said."""


@dataclass(frozen=True)
class Difference:
    """A value before and after, and the difference after - before with its 95 % interval."""

    before: float
    after: float
    difference: float
    ci_low: float | None
    ci_high: float | None

    @property
    def contains_zero(self) -> bool | None:
        """Whether the interval holds 0; None without an interval."""
        if self.ci_low is None or self.ci_high is None:
            return None
        return self.ci_low <= 0 <= self.ci_high

    @property
    def relative_difference(self) -> float | None:
        """The difference as a share of the value before; None where that is 0."""
        return self.difference / self.before if self.before else None


@dataclass(frozen=True)
class MeasureComparison:
    """One KPI on both logs.

    `standardised` is None where all cases are of one kind, or no kind has `MIN_STRATUM` values on both sides.
    `left_out_*` count the values in strata left out of it, `n_*` all values (waits, cases, journeys, days),
    `days_*` the days they come from.
    """

    kpi: Kpi
    crude: Difference
    standardised: Difference | None
    n_before: int
    n_after: int
    left_out_before: int
    left_out_after: int
    days_before: int
    days_after: int

    @property
    def opposite_signs(self) -> bool:
        """Whether the plain and the standardised difference point opposite ways (Simpson's paradox)."""
        return self.standardised is not None and self.crude.difference * self.standardised.difference < 0

    @property
    def best(self) -> Difference:
        """The standardised difference where there is one, else the plain one."""
        return self.standardised or self.crude

    @property
    def is_better(self) -> bool | None:
        """Whether `best` is a change for the better; None where its interval holds 0 or is not known."""
        if self.best.contains_zero is not False or self.kpi.better == "neither":
            return None
        return (self.best.difference < 0) == (self.kpi.better == "lower")

    def to_json(self, language: Language) -> dict[str, Any]:
        """The contract of the command line."""
        return {
            "name": self.kpi.key,
            "title": self.kpi.name.in_language(language),
            "unit": self.kpi.unit.in_language(language),
            "crude": _difference_json(self.crude),
            "standardised": None if self.standardised is None else _difference_json(self.standardised),
            "opposite_signs": self.opposite_signs,
            "is_better": self.is_better,
            "n_before": self.n_before,
            "n_after": self.n_after,
            "left_out_before": self.left_out_before,
            "left_out_after": self.left_out_after,
            "days_before": self.days_before,
            "days_after": self.days_after,
        }


def _difference_json(value: Difference) -> dict[str, Any]:
    return {
        "before": value.before,
        "after": value.after,
        "difference": value.difference,
        "relative_difference": value.relative_difference,
        "ci_low": value.ci_low,
        "ci_high": value.ci_high,
    }


@dataclass(frozen=True)
class Side:
    """One log in numbers, from its `first` to its `last` event; `last_begin` is that of a case.

    `months` are those in which cases began ("2026-03"); `too_late` counts cases begun too near the end of the
    log to count in measures of cases.
    """

    name: str
    cases: int
    events: int
    open_cases: int
    too_late: int
    first: pd.Timestamp
    last: pd.Timestamp
    last_begin: pd.Timestamp
    months: tuple[str, ...]
    simulated: bool

    def to_json(self) -> dict[str, Any]:
        """Counts, first and last event, months."""
        return {
            "name": self.name,
            "cases": self.cases,
            "events": self.events,
            "open_cases": self.open_cases,
            "cases_begun_too_late": self.too_late,
            "first": str(self.first),
            "last": str(self.last),
            "months": list(self.months),
            "simulated": self.simulated,
        }


@dataclass(frozen=True)
class StratumWeight:
    """A stratum: its levels, one a dimension, its cases on each side, and its weight (0 if left out)."""

    levels: tuple[str, ...]
    cases_before: int
    cases_after: int
    weight: float


@dataclass(frozen=True)
class LogComparison:
    """Two logs side by side. `not_comparable` are keys of measures one of the two cannot tell."""

    before: Side
    after: Side
    measures: tuple[MeasureComparison, ...]
    not_comparable: tuple[str, ...]
    standardised_by: tuple[str, ...]
    not_standardised_by: tuple[str, ...]
    strata: tuple[StratumWeight, ...]
    mix_distance: float
    channel_mix_distance: float

    def measure(self, key: str) -> MeasureComparison:
        """The measure with this key; raises `KeyError`."""
        return {each.kpi.key: each for each in self.measures}[key]

    def to_json(self, language: Language) -> dict[str, Any]:
        """The contract of the command line, without cautions (see `mining.reform.cautions`)."""
        return {
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "measures": [each.to_json(language) for each in self.measures],
            "not_comparable": list(self.not_comparable),
            "standardised_by": list(self.standardised_by),
            "not_standardised_by": list(self.not_standardised_by),
            "mix_distance": self.mix_distance,
            "strata": [
                {
                    "levels": list(each.levels),
                    "cases_before": each.cases_before,
                    "cases_after": each.cases_after,
                    "weight": each.weight,
                }
                for each in self.strata
            ],
        }


def compare_logs(
    before: EventLog,
    after: EventLog,
    calendar: WorkingCalendar,
    by: tuple[str, ...] = tuple(DIMENSIONS),
    seed: int = 1,
    split: Split | None = None,
) -> LogComparison:
    """Every measure both logs can tell, plain and standardised by `by` (keys of `DIMENSIONS`).

    Weights: the share of a stratum in the values of both logs together, over strata with 5 values on both
    sides. Durations are working time of `calendar`. In a log with open cases, those that began too near its
    end are left out of measures of cases (`followed_cases`). Where both are parts of one log, give its
    `split`: finished cases a day are then counted in the whole log. Raises `LogError` for a log without
    events or an unknown dimension.
    """
    _check(before, after, by)
    strata = find_strata(before, after, by)
    units = units_of_sides(before, after, calendar, split)
    found, missing = [], []
    for number, measured in enumerate(MEASURED):
        values = [side.of(measured) for side in units]
        if values[0] is None or values[1] is None:
            missing += [measured.kpi.key] if any(each is not None for each in values) else []
            continue
        draw = np.random.default_rng([seed, number])
        found.append(_compare(measured, units, (values[0], values[1]), strata, draw))
    channels = find_strata(before, after, ("channel",))
    return LogComparison(
        before=_side(before, units[0]),
        after=_side(after, units[1]),
        measures=tuple(found),
        not_comparable=tuple(missing),
        standardised_by=strata.dimensions,
        not_standardised_by=tuple(name for name in by if name not in strata.dimensions),
        strata=_strata_table(strata),
        mix_distance=_distance(strata),
        channel_mix_distance=_distance(channels),
    )


def _check(before: EventLog, after: EventLog, by: tuple[str, ...]) -> None:
    for log in (before, after):
        if log.n_events == 0:
            raise LogError(zh=f"{log.name}：没有事件，无法比较。", en=f"{log.name}: no events to compare.")
    for name in by:
        if name not in DIMENSIONS:
            raise LogError(
                zh=f"不能按“{name}”标准化；可用：{'、'.join(DIMENSIONS)}。",
                en=f"Cannot standardise by {name!r}; allowed: {', '.join(DIMENSIONS)}.",
            )


def _distance(strata: Strata) -> float:
    return mix_distance(strata.counts(strata.before), strata.counts(strata.after))


def _common_weights(n_before: np.ndarray, n_after: np.ndarray) -> np.ndarray:
    """Weight of each stratum: its values on both sides; 0 where a side has too few of them."""
    return np.where((n_before >= MIN_STRATUM) & (n_after >= MIN_STRATUM), n_before + n_after, 0).astype(float)


def _compare(
    measured: Measured,
    units: tuple[Units, Units],
    values: tuple[Observed, Observed],
    strata: Strata,
    draw: np.random.Generator,
) -> MeasureComparison:
    codes = strata.before, strata.after
    counts = [
        np.bincount(code[observed.case], minlength=len(strata.labels))
        for code, observed in zip(codes, values, strict=True)
    ]
    weights = _common_weights(*counts)
    standardise = strata.is_mixed and bool(weights.any()) and measured.observed != FINISHED
    ways = [_draw(clusters, units, values, codes, draw) for clusters in measured.clusters]
    crude = _widest([_difference(measured, *way, None) for way in ways])
    standardised = None
    if standardise:
        common = [[sample.only(weights[sample.stratum] > 0) for sample in samples] for samples, _ in ways]
        both = zip(common, ways, strict=True)
        standardised = _widest([_difference(measured, kept, drawn, weights) for kept, (_, drawn) in both])
    out = [int(count[weights == 0].sum()) if standardise else 0 for count in counts]
    days = [int(np.unique(side.at_ms // MS_PER_DAY).size) for side in values]
    return MeasureComparison(
        kpi=measured.kpi,
        crude=crude,
        standardised=standardised,
        n_before=values[0].values.size,
        n_after=values[1].values.size,
        left_out_before=out[0],
        left_out_after=out[1],
        days_before=days[0],
        days_after=days[1],
    )


def _draw(
    clusters: Clusters,
    units: tuple[Units, Units],
    values: tuple[Observed, Observed],
    codes: tuple[np.ndarray, np.ndarray],
    draw: np.random.Generator,
) -> tuple[list[Sample], list[Drawn]]:
    """Both sides in clusters, and how often each cluster is drawn."""
    samples, drawn = [], []
    for side, observed, code in zip(units, values, codes, strict=True):
        cluster = merge_clusters(side.clusters_of(clusters, observed), None if clusters == "day" else draw)
        samples.append(Sample(observed.values, cluster, code[observed.case]))
        again = draw_days if clusters == "day" else draw_clusters
        drawn.append(again(samples[-1].n_clusters, draw))
    return samples, drawn


def _difference(
    measured: Measured, samples: list[Sample], drawn: list[Drawn], weights: np.ndarray | None
) -> Difference:
    """The first row of the draws is the log as it is, the others give the interval."""
    found = []
    for sample, each in zip(samples, drawn, strict=True):
        if measured.statistic == "mean":
            found.append(means(sample, each.times, weights))
        else:
            found.append(quantiles(sample, each.times, weights, 0.9))
    before, after = float(found[0][0]), float(found[1][0])
    pieces = min(each.pieces for each in drawn)
    interval = stretched_interval(after - before, found[1][1:] - found[0][1:], pieces)
    low, high = interval or (None, None)
    return Difference(before, after, after - before, low, high)


def _widest(differences: list[Difference]) -> Difference:
    """Of the same difference, the one with the widest interval: the others drew what hangs together apart."""

    def width(each: Difference) -> float:
        return np.inf if each.ci_low is None or each.ci_high is None else each.ci_high - each.ci_low

    return max(differences, key=width)


def _side(log: EventLog, units: Units) -> Side:
    times = find_case_times(log)
    begun = pd.Series(times.begin_ms.astype("datetime64[ms]"))
    return Side(
        name=log.name,
        cases=log.n_cases,
        events=log.n_events,
        open_cases=int((~times.finished).sum()),
        too_late=units.too_late,
        first=log.events["time"].min(),
        last=log.events["time"].max(),
        last_begin=begun.max(),
        months=tuple(sorted(begun.dt.strftime("%Y-%m").unique())),
        simulated=log.simulated,
    )


def _strata_table(strata: Strata) -> tuple[StratumWeight, ...]:
    """Strata with the most cases first; weights are those of measures of cases."""
    before, after = strata.counts(strata.before), strata.counts(strata.after)
    weights = _common_weights(before, after)
    total = max(float(weights.sum()), 1.0)
    order = np.lexsort((np.arange(before.size), -(before + after)))
    return tuple(
        StratumWeight(strata.labels[code], int(before[code]), int(after[code]), float(weights[code] / total))
        for code in order
    )
