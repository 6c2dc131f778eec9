"""Findings held against the truth: what was found, missed and invented at which place of which log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from mining.diagnostics import find_all
from mining.diagnostics.definition import Find
from mining.diagnostics.duplicate_materials import duplicate_rate
from mining.diagnostics.registry import DEFINED
from mining.event_log import BY_APPLICANT
from mining.findings import Finding
from mining.materials import normalise_material_names
from mining.options import FindingOptions
from mining.policy_dates import PolicyDate
from mining.stitching import Stitching, stitch_journeys, with_journeys
from sample_logs.generate import SampleLog, sample_log
from sample_logs.judging.kinds import KINDS, TOLD_DAY, Kind, View, judged_kinds
from sample_logs.truth import duplicate_materials
from simulation.calibration import calibrate_hall_calendar

OTHER = "any other kind"
STITCHED = "items stitched into matters"
RATE, RATE_ALIASES = "duplicate rate within .03", "spellings hide .10 and more"
ORDER = (*(kind.name for kind in KINDS), RATE, RATE_ALIASES, STITCHED, OTHER)
RATE_TOLERANCE, RATE_HIDDEN = 0.03, 0.10


@dataclass(frozen=True)
class Row:
    """One kind of waste in one service, over some logs. `missed` and `invented` say "seed: place"."""

    service: str
    kind: str
    logs: int = 0
    planted: int = 0
    hits: int = 0  # planted and found
    found: int = 0
    right: int = 0  # found and true
    missed: tuple[str, ...] = ()
    invented: tuple[str, ...] = ()

    @property
    def recall(self) -> float | None:
        """Share of what was planted that was found; None where nothing was."""
        return self.hits / self.planted if self.planted else None

    @property
    def precision(self) -> float | None:
        """Share of what was found that is true; None where nothing was."""
        return self.right / self.found if self.found else None

    def plus(self, other: Row) -> Row:
        """Both together."""
        return replace(
            self,
            **{
                name: getattr(self, name) + getattr(other, name)
                for name in ("logs", "planted", "hits", "found", "right", "missed", "invented")
            },
        )


@dataclass(frozen=True)
class Judgement:
    """All rows of one log."""

    service: str
    seed: int
    rows: tuple[Row, ...] = field(default_factory=tuple)

    @property
    def n_findings(self) -> int:
        """Number of places something was found at."""
        return sum(row.found for row in self.rows if row.kind not in (STITCHED, RATE, RATE_ALIASES))


def judge(service: str, seed: int, days: int | None = None) -> Judgement:
    """Make a log, mine it as the product does, and hold the findings against what is true of the log."""
    sample = sample_log(service, seed, days=days)
    named = FindingOptions(show_officers=True)  # the truth calls officers by their names
    log = replace(sample.log, options=named)
    calendar = calibrate_hall_calendar(log).calendar
    findings = find_all(log, calendar)
    stitching = stitch_journeys(sample.items, calendar=calendar)
    items = replace(with_journeys(sample.items, stitching), options=named)
    told = replace(log, options=replace(named, policy_dates=(_told_date(sample),)))
    seen = {
        "log": findings,
        "items": [finding for find in _of_view("items") for finding in find(items, calendar)],
        "told": [finding for find in _of_view("told") for finding in find(told, calendar)],
    }
    rows = [_row(sample, kind, seen[kind.view]) for kind in KINDS]
    rows += [_others(sample, findings), _stitched(sample, stitching), *_rates(sample)]
    return Judgement(service, seed, tuple(row for row in rows if row.planted or row.found))


def _told_date(sample: SampleLog) -> PolicyDate:
    return PolicyDate(sample.setting.model.start_date + dt.timedelta(days=TOLD_DAY), "new policy")


def _of_view(view: View) -> list[Find]:
    """The diagnostics that are judged on this view of the log."""
    wanted = {kind for row in KINDS if row.view == view for kind in row.findings}
    return [each.find for each in DEFINED if wanted & set(each.definition.kinds)]


def _row(sample: SampleLog, kind: Kind, findings: Iterable[Finding]) -> Row:
    places = kind.places(sample)
    names = _canonical(sample)
    planted = frozenset(names.get(place, place) for place in places.planted)
    allowed = frozenset(names.get(place, place) for place in places.allowed) | planted
    found = {place for f in findings if f.kind in kind.findings for place in kind.place(f, sample)}
    return _scored(sample, kind.name, planted, allowed, frozenset(found))


def _scored(
    sample: SampleLog, kind: str, planted: frozenset[str], allowed: frozenset[str], found: frozenset[str]
) -> Row:
    def told(places: frozenset[str]) -> tuple[str, ...]:
        return tuple(f"{sample.setting.seed}: {place or 'not there'}" for place in sorted(places))

    return Row(
        service=str(sample.truth["service"]),
        kind=kind,
        logs=1,
        planted=len(planted),
        hits=len(planted & found),
        found=len(found),
        right=len(found & allowed),
        missed=told(planted - found),
        invented=told(found - allowed),
    )


def _canonical(sample: SampleLog) -> dict[str, str]:
    """True name of a document -> the name mining gives it once spellings are merged."""
    return dict(normalise_material_names(m.name for m in sample.setting.model.materials).canonical)


def _others(sample: SampleLog, findings: Iterable[Finding]) -> Row:
    """Findings of kinds nothing was planted of."""
    known = judged_kinds()
    found = frozenset(f"{f.kind} {sorted(f.where.items())}" for f in findings if f.kind not in known)
    return _scored(sample, OTHER, frozenset(), frozenset(), found)


def _stitched(sample: SampleLog, stitching: Stitching) -> Row:
    """Pairs of items of one matter, and pairs that were put into one journey."""
    matter = [sample.matter_of_item[str(case)] for case in stitching.case_ids]
    both = pd.DataFrame({"matter": matter, "journey": stitching.journey})
    planted, found, hits = (_pairs(both, keys) for keys in (["matter"], ["journey"], ["matter", "journey"]))
    apart = planted - hits
    return Row(
        service=str(sample.truth["service"]),
        kind=STITCHED,
        logs=1,
        planted=planted,
        hits=hits,
        found=found,
        right=hits,
        missed=(f"{sample.setting.seed}: {apart} pairs",) if apart else (),
        invented=(f"{sample.setting.seed}: {found - hits} pairs",) if found > hits else (),
    )


def _pairs(table: pd.DataFrame, keys: list[str]) -> int:
    size = table.groupby(keys).size().to_numpy()
    return int((size * (size - 1) // 2).sum())


def _rates(sample: SampleLog) -> list[Row]:
    """Whether mining's duplicate rate is the true one, and spellings would hide a tenth of it and more."""
    true = sample.truth["duplicate_materials"]
    assert isinstance(true, dict)
    if not true["duplicates"]:
        return []
    rate = duplicate_rate(sample.log)
    table = sample.log.materials[sample.log.materials["source"] == BY_APPLICANT]
    unmerged = normalise_material_names(table["material_name"].unique(), {}).canonical
    hidden = duplicate_materials(table.assign(material_name=table["material_name"].map(unmerged)))["rate"]
    assert isinstance(hidden, float)
    near = rate is not None and abs(rate - true["rate"]) <= RATE_TOLERANCE
    lower = rate is not None and hidden <= rate - RATE_HIDDEN
    return [
        _scored(sample, name, frozenset({""}), frozenset({""}), frozenset({""} if holds else ()))
        for name, holds in ((RATE, near), (RATE_ALIASES, lower))
    ]


def add_up(judgements: Iterable[Judgement]) -> list[Row]:
    """One row for each service and kind, in the order of the kinds."""
    total: dict[tuple[str, str], Row] = {}
    logs: dict[str, int] = {}
    for judgement in judgements:
        logs[judgement.service] = logs.get(judgement.service, 0) + 1
        for row in judgement.rows:
            key = (row.service, row.kind)
            total[key] = total[key].plus(row) if key in total else row
    rows = sorted(total.values(), key=lambda row: (row.service, ORDER.index(row.kind)))
    return [replace(row, logs=logs[row.service]) for row in rows]


def over_services(rows: Iterable[Row]) -> list[Row]:
    """One row for each kind over all services, under the service "all"."""
    total: dict[str, Row] = {}
    for row in rows:
        total[row.kind] = total[row.kind].plus(row) if row.kind in total else replace(row, service="all")
    return sorted(total.values(), key=lambda row: ORDER.index(row.kind))


def clean_logs(judgements: Iterable[Judgement]) -> int:
    """Logs in which nothing was found."""
    return int(np.sum([judgement.n_findings == 0 for judgement in judgements]))
