"""Comparison: a hall before and after, KPI by KPI, as paired differences with 95 % intervals.

Replication r of both experiments met the same applicants with the same luck, so the difference is taken
within each pair and its interval is that of the mean difference: much narrower than from two independent
experiments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mining.measures import KPIS, kpi
from mining.text import Language, Text
from simulation.cautions import cautions_about_comparison
from simulation.errors import ExperimentError
from simulation.experiment import Experiment, assumption_texts, settings_json
from simulation.headline import headline_text
from simulation.intervals import mean_interval
from simulation.redesign import Scenario, difference


@dataclass(frozen=True)
class KpiDifference:
    """One KPI before and after: means over the replications, and the mean paired difference after - before.

    `ci_low` to `ci_high` is the 95 % t interval of the difference. `variance_ratio` is the variance of the
    paired difference over that of two independent runs: 0.1 means that pairing is worth ten times the runs;
    None where nothing varies.
    """

    name: str
    title: Text
    unit: Text
    before: float
    after: float
    difference: float
    ci_low: float
    ci_high: float
    replications: int
    variance_ratio: float | None

    @property
    def contains_zero(self) -> bool:
        """Whether the interval holds 0: these runs cannot tell better from worse."""
        return self.ci_low <= 0 <= self.ci_high

    @property
    def relative_difference(self) -> float | None:
        """The difference as a share of the value before; None where that is 0."""
        return self.difference / self.before if self.before else None

    @property
    def is_better(self) -> bool | None:
        """Whether the change is for the better; None where the interval holds 0 or neither way is better."""
        better = kpi(self.name).better
        if self.contains_zero or better == "neither":
            return None
        return (self.difference < 0) == (better == "lower")

    def to_json(self, language: Language) -> dict[str, Any]:
        """The contract of the command line, plus the title."""
        return {
            "name": self.name,
            "title": self.title.in_language(language),
            "unit": self.unit.in_language(language),
            "before": self.before,
            "after": self.after,
            "difference": self.difference,
            "ci_low": self.ci_low,
            "ci_high": self.ci_high,
            "replications": self.replications,
        }


@dataclass(frozen=True)
class Comparison:
    """A hall before and after. `not_comparable` are KPIs only one side (or not every run) could tell."""

    before: Experiment
    after: Experiment
    kpis: tuple[KpiDifference, ...]
    not_comparable: tuple[str, ...]
    scenario: Scenario | None = None

    def kpi(self, name: str) -> KpiDifference:
        """The KPI called `name`; raises `KeyError`."""
        return {each.name: each for each in self.kpis}[name]

    @property
    def name(self) -> Text:
        """What is compared with today: the scenario, or the name of the hall afterwards."""
        return self.after.name if self.scenario is None else self.scenario.name

    @property
    def changes(self) -> list[Text]:
        """What was changed, one sentence a change."""
        if self.scenario is not None:
            return [redesign.describe() for redesign in self.scenario.redesigns]
        return difference(self.before.model, self.after.model)

    @property
    def cautions(self) -> list[Text]:
        """What limits the comparison, then each of its sides; each once."""
        return list(
            dict.fromkeys([*cautions_about_comparison(self), *self.before.cautions, *self.after.cautions])
        )

    def headline(self, language: Language) -> str:
        """The result in one sentence in plain words, with its interval; says where it holds 0."""
        return headline_text(self).in_language(language)

    def to_json(self, language: Language) -> dict[str, Any]:
        """The contract of the command line, with what the numbers rest on."""
        return {
            "simulated": True,
            "scenario": self.name.in_language(language),
            "headline": self.headline(language),
            "changes": [text.in_language(language) for text in self.changes],
            "kpis": [each.to_json(language) for each in self.kpis],
            "not_comparable": list(self.not_comparable),
            "utilisation": {"before": self.before.utilisation, "after": self.after.utilisation},
            "cases": {"before": self.before.cases, "after": self.after.cases},
            "unfinished_cases": {"before": self.before.unfinished, "after": self.after.unfinished},
            "incidents": {"before": self.before.incidents, "after": self.after.incidents},
            "cautions": {
                "comparison": [text.in_language(language) for text in cautions_about_comparison(self)],
                "before": [text.in_language(language) for text in self.before.cautions],
                "after": [text.in_language(language) for text in self.after.cautions],
            },
            "settings": settings_json(self.before.settings),
            "assumptions": [text.in_language(language) for text in assumption_texts(self.after.model)],
        }


def compare(before: Experiment, after: Experiment, scenario: Scenario | None = None) -> Comparison:
    """Before and after, in the order of `mining.measures.KPIS`.

    Example: waits of 20, 22 and 24 minutes before and 15, 16 and 20 after in three pairs of runs: differences
    -5, -6 and -4, mean -5.0, 95 % interval -5 +- 4.30 x 1 / sqrt(3) = -7.5 to -2.5.

    Raises `ExperimentError` if the experiments do not pair: other seed, replications or days, or fewer
    than two replications.
    """
    if before.settings != after.settings or before.horizon != after.horizon:
        raise ExperimentError(
            zh=f"两次仿真无法配对：设置不同（{before.settings} 与 {after.settings}）；"
            "种子、重复次数、天数与起始日历必须相同。",
            en=f"The experiments do not pair: {before.settings} and {after.settings}; seed, replications, "
            "days and the calendars of the arrivals must be the same.",
        )
    of_after = set(after.kpi_names)
    both = [key for key in before.kpi_names if key in of_after]
    seen = {key for side in (before, after) for r in side.replications for key in r.kpis}
    return Comparison(
        before=before,
        after=after,
        kpis=tuple(_difference(key, before.values(key), after.values(key)) for key in both),
        not_comparable=tuple(each.key for each in KPIS if each.key in seen and each.key not in both),
        scenario=scenario,
    )


def _difference(key: str, before: list[float], after: list[float]) -> KpiDifference:
    pairs = [b - a for a, b in zip(before, after, strict=True)]
    interval = mean_interval(pairs)
    independent = float(np.var(before, ddof=1) + np.var(after, ddof=1))
    definition = kpi(key)
    return KpiDifference(
        name=key,
        title=definition.name,
        unit=definition.unit,
        before=float(np.mean(before)),
        after=float(np.mean(after)),
        difference=interval.mean,
        ci_low=interval.low,
        ci_high=interval.high,
        replications=interval.n,
        variance_ratio=float(np.var(pairs, ddof=1)) / independent if independent > 0 else None,
    )
