"""The kinds of waste that are judged, each with the figure the generator itself gives for every place.

A place is planted if the generator's figure is above the alarm level of the diagnostic by more than a tenth
of that level. Within a tenth of it, on either side, chance decides on which side the log falls: such a place
counts neither as missed nor as invented. A finding at any other place is invented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from mining.findings import Finding
from sample_logs.generate import SampleLog
from sample_logs.judging import clocks, decisions, documents, hall, tables

NEAR = 0.10
TOLD_DAY = 45
"""The day of the log told as that of a new policy, in services with and without one."""
MAX_DAYS_OFF = 14
"""A search for the day of a new policy may miss it by this much."""
View = Literal["log", "items", "told"]


@dataclass(frozen=True)
class Places:
    """Where something is to be found, and where it may be found without being wrong."""

    planted: frozenset[str]
    allowed: frozenset[str]


Place = Callable[[Finding, SampleLog], tuple[str, ...]]
"""The places a finding in a sample log names."""


@dataclass(frozen=True)
class Kind:
    """One row of the table: a kind of waste, the findings that tell of it, and what is true of it.

    `view` is the log that is looked at: as it is; as departments export it, one case an item, its journeys
    stitched; or as it is, with the day a planner would tell as that of a new policy (`TOLD_DAY`).
    """

    name: str
    findings: tuple[str, ...]
    place: Place
    places: Callable[[SampleLog], Places]
    view: View = "log"


def _above(
    figures: Callable[[SampleLog], Mapping[str, float]], alarm: float
) -> Callable[[SampleLog], Places]:
    def places(sample: SampleLog) -> Places:
        found = figures(sample)
        return Places(
            frozenset(place for place, value in found.items() if value > (1 + NEAR) * alarm),
            frozenset(place for place, value in found.items() if value > (1 - NEAR) * alarm),
        )

    return places


def _parallel(sample: SampleLog) -> Places:
    planted = frozenset(_set_of(steps) for steps in sample.setting.planted.parallel_steps)
    return Places(planted, frozenset(_set_of(found) for found in documents.independent_sets(sample)))


def _drifts(sample: SampleLog) -> Places:
    """Nothing is planted as a drift; where a new policy returns more, months do differ."""
    changed = bool(sample.setting.planted.policy_changes)
    return Places(frozenset(), frozenset({""}) if changed else frozenset())


def _shocks(sample: SampleLog) -> Places:
    planted = frozenset(f"returns of {change.step}" for change in sample.setting.planted.policy_changes)
    return Places(planted, planted)


def _set_of(steps: tuple[str, ...] | frozenset[str]) -> str:
    return " | ".join(sorted(steps))


def _at(*keys: str) -> Place:
    """The place of a finding by the first of these keys it has: one or several names."""

    def place(finding: Finding, sample: SampleLog) -> tuple[str, ...]:
        for key in keys:
            found = finding.where.get(key)
            if isinstance(found, list):
                return tuple(str(name) for name in found)
            if found is not None:
                return (str(found),)
        return ()

    return place


def _anywhere(finding: Finding, sample: SampleLog) -> tuple[str, ...]:
    return ("",)


def _shock(finding: Finding, sample: SampleLog) -> tuple[str, ...]:
    """What got worse, with the day it did where nothing was planted near that day."""
    name = f"{finding.where['shock_of']} of {finding.where['step']}"
    found = pd.Timestamp(str(finding.where["from_date"]))
    begin = pd.Timestamp(sample.setting.model.start_date)
    off = [abs((found - begin).days - change.day) for change in sample.setting.planted.policy_changes]
    return (name,) if min(off, default=MAX_DAYS_OFF + 1) <= MAX_DAYS_OFF else (f"{name} from {found.date()}",)


def _told_shock(finding: Finding, sample: SampleLog) -> tuple[str, ...]:
    """The same, of shocks at a told date only."""
    return _shock(finding, sample) if "policy" in finding.where else ()


def _pair(finding: Finding, sample: SampleLog) -> tuple[str, ...]:
    """The pair of departments; the finding over all of them is no place of its own."""
    found = finding.where["departments"]
    return (decisions.pair_of([str(name) for name in found]),) if found else ()  # type: ignore[union-attr]


def _branches(finding: Finding, sample: SampleLog) -> tuple[str, ...]:
    branches = finding.evidence["branches"]
    return (_set_of(tuple(str(branch[0]) for branch in branches)),)  # type: ignore[index, union-attr]


KINDS: tuple[Kind, ...] = (
    Kind("duplicated document", ("duplicate_material",), _at("material"), _above(documents.duplicated, 0.20)),
    Kind("sharable document", ("sharable_material",), _at("material"), _above(documents.sharable, 0.30)),
    Kind(
        "e-licence instead of paper",
        ("e_licence_replaceable",),
        _at("materials"),
        _above(documents.replaceable, 0.5),
    ),
    Kind(
        "online, then on paper", ("resubmitted_offline",), _anywhere, _above(documents.twice_by_channel, 0.05)
    ),
    Kind(
        "online, then at the counter", ("online_fallback",), _anywhere, _above(documents.began_online, 0.15)
    ),
    Kind("redundant step", ("rubber_stamp",), _at("steps"), _above(decisions.rubber_stamps, 0.5)),
    Kind("parallel steps", ("parallel_candidates",), _branches, _parallel),
    Kind("slow officer", ("slow_officer",), _at("officer"), _above(decisions.slow, 0.25)),
    Kind("returns", ("rework",), _anywhere, _above(decisions.returned, 0.20)),
    Kind("returns at a step", ("rework_at_step",), _at("steps"), _above(decisions.returned_at_step, 0.10)),
    Kind("ping-pong", ("ping_pong",), _pair, _above(decisions.back_and_forth, 0.05)),
    Kind("late cases", ("late_cases",), _at("limit"), _above(clocks.late, 0.05)),
    Kind(
        "done on the last day", ("done_at_the_limit",), _at("item"), _above(clocks.heaped, 0.30), view="items"
    ),
    Kind("accepted late", ("accepted_late",), _at("department"), _above(clocks.accepted_late, 0.05)),
    Kind("long waits", ("waiting",), _at("step"), _above(hall.waits, 1.0)),
    Kind("long queues", ("queue",), _at("queue"), _above(hall.queues, 1.0)),
    Kind("lying cases", ("time_decomposition",), _anywhere, _above(hall.idleness, 1.0)),
    Kind("waits over lunch", ("closed_hours_wait",), _anywhere, _above(hall.lunch_share, 0.20)),
    Kind("avoidable visits", ("avoidable_visit",), _at("trigger"), _above(hall.triggers, 0.05)),
    Kind("wasted trips", ("wasted_trips",), _anywhere, _above(hall.wasted, 0.10)),
    Kind("uneven counters", ("uneven_counters",), _anywhere, _above(hall.unevenness, 0.40)),
    Kind("broken promises", ("commitment_breaches",), _anywhere, _above(tables.breaches, 0.02)),
    Kind("overdue complaints", ("complaints_overdue",), _anywhere, _above(tables.overdue_complaints, 0.5)),
    Kind("no-shows", ("no_shows",), _anywhere, _above(tables.no_shows, 0.10)),
    Kind("broken kiosks", ("kiosk_availability",), _anywhere, _above(tables.broken_kiosks, 0.02)),
    Kind(
        "worse with volume", ("volume_over_quality",), _at("quality"), _above(tables.worse_with_volume, 0.5)
    ),
    Kind("new policy, day told", ("policy_shock",), _told_shock, _shocks, view="told"),
    Kind("new policy, searched", ("policy_shock",), _shock, _shocks),
    Kind("drift", ("drift",), _anywhere, _drifts),
)
"""The alarm levels are those the diagnostics state in their definitions."""

EXPLAINED_BY = {"waiting_causes": "waiting"}
"""Kinds of finding that only explain another one: judged where that is."""


def judged_kinds() -> frozenset[str]:
    """Kinds of finding that have a row or explain one that has."""
    return frozenset({*(kind for row in KINDS for kind in row.findings), *EXPLAINED_BY})
