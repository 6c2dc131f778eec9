"""What the log says about one step, for the panel beside the map."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mining.event_log import EventLog
from mining.officer_views import view_officers
from mining.variants import Variant

MOST = 5


@dataclass(frozen=True)
class Named:
    """A name and how often it occurs."""

    name: str
    count: int


@dataclass(frozen=True)
class StepFacts:
    """Who works at a step, which results it has, what it asks for; the most frequent five of each.

    Officers as they may be shown (`mining.officer_views`), with their cases; `officers_hidden` have too few.
    """

    departments: tuple[Named, ...]
    officers: tuple[Named, ...]
    officers_total: int
    officers_hidden: int
    results: tuple[Named, ...]
    materials: tuple[Named, ...]
    materials_total: int
    variants_through: int
    variants_total: int


def find_step_facts(log: EventLog, variants: list[Variant], step: str) -> StepFacts:
    """The facts of one step; empty tuples where the log has no such column."""
    events = log.events[log.events["activity"] == step]
    materials = _materials(log, events, step)
    officers = view_officers(log, events.index.to_numpy())
    return StepFacts(
        departments=_top(_counts(events, "dept")),
        officers=tuple(Named(*shown) for shown in zip(officers.labels, officers.cases, strict=True))[:MOST],
        officers_total=len(officers.labels) + officers.others,
        officers_hidden=officers.others,
        results=_top(_counts(events, "result")),
        materials=_top(materials),
        materials_total=len(materials),
        variants_through=sum(step in variant.activities for variant in variants),
        variants_total=len(variants),
    )


def _counts(table: pd.DataFrame, column: str) -> pd.Series:
    if column not in table.columns:
        return pd.Series([], dtype="int64")
    return table[column].dropna().value_counts()


def _materials(log: EventLog, events: pd.DataFrame, step: str) -> pd.Series:
    """Documents handed in at the step: from the materials table, else from the lists in the events."""
    table = log.materials
    if len(table) and "activity" in table.columns:
        return _counts(table[table["activity"] == step], "material_name")
    if "materials" not in events.columns:
        return pd.Series([], dtype="int64")
    names = events["materials"].dropna().str.split(";").explode().str.strip()
    return names[names != ""].value_counts()


def _top(counts: pd.Series) -> tuple[Named, ...]:
    return tuple(Named(str(name), int(n)) for name, n in counts.head(MOST).items())
