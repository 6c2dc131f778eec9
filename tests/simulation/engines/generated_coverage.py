"""Which features a generated run has, and which of them acted in it.

A feature acts where the records show it (somebody gave up, a batch was let go by size), or, where they do not
(priorities, walking), where leaving it out makes another run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

import generated_without as leave_out
from generated_models import GeneratedRun
from generated_parts import Document
from laws_of_runs import records_of
from simulation.engines.program.codes import Program
from simulation.engines.program.open_time import OpenTime
from simulation.engines.reference.cases import Outcome
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.engines.run_records import Record, RunRecords
from twin_difference import first_difference


@dataclass(frozen=True)
class Facts:
    """A run and what its records tell."""

    generated: GeneratedRun
    program: Program
    run: RunRecords

    @cached_property
    def records(self) -> list[Record]:
        """The visits."""
        return records_of(self.run)

    @cached_property
    def ends(self) -> Counter[int]:
        """How many visits ended at each moment."""
        return Counter(record.end for record in self.records)

    def of(self, outcome: Outcome) -> list[Record]:
        """The visits that ended so."""
        return [record for record in self.records if record.outcome == outcome]

    def present(self, record: Record) -> bool:
        """Whether the applicant stood there."""
        return self.program.steps[record.step].present

    def hours(self, record: Record) -> OpenTime:
        """The calendar of the member."""
        return self.program.calendars[self.program.member_calendars[record.member]]


Has = Callable[[Document], bool]
Acted = Callable[[Facts], bool]
LEFT_OUT: dict[str, leave_out.Change] = {
    "choice takes another branch": leave_out.no_choices,
    "context of the last steps decides": leave_out.no_contexts,
    "people come with steps behind them": leave_out.without("arrivals", "passed"),
    "loop goes round": leave_out.no_loops,
    "branches at the same time": leave_out.no_parallels,
    "parallel rework merged or all": leave_out.no_rework,
    "wait in the flow": leave_out.no_waits,
    "silent step": leave_out.without("steps", "silent"),
    "delay before a step": leave_out.without("steps", "delay_before"),
    "delay in working time": leave_out.without("steps", "delay_clock"),
    "policy change": leave_out.without("steps", "policy_change"),
    "priorities": leave_out.no_priorities,
    "speed of a member": leave_out.without("members", "speed"),
    "speed for a step": leave_out.without("members", "step_speeds"),
    "staff keeps other hours than the hall": leave_out.same_calendars,
    "holidays and make-up days": leave_out.no_holidays,
    "weekday factors": leave_out.without("arrivals", "weekday_factors"),
    "busy and quiet days": leave_out.without("arrivals", "day_cv"),
    "last ticket before closing": leave_out.without("visits", "ticket_cutoff_minutes_before_close"),
    "time before coming back": leave_out.without("visits", "come_back_after"),
    "time for a correction": leave_out.without("visits", "correction_takes"),
    "goes home between two counters": leave_out.without("visits", "same_day_continuation"),
    "walk to another counter": leave_out.without("visits", "walk"),
}


def acted(facts: Facts) -> Iterator[str]:
    """The features that acted in this run."""
    yield from (name for name, (_, test) in SHOWN.items() if test(facts))
    for name, change in LEFT_OUT.items():
        other = replace(facts.generated, document=change(facts.generated.document))
        if other.document != facts.generated.document and _differs(facts, other):
            yield name


def present(generated: GeneratedRun) -> Iterator[str]:
    """The features a run has, whether they act or not; every run has what needs no part of its model."""
    document = generated.document
    yield from (name for name, (has, _) in SHOWN.items() if has(document))
    yield from (name for name, change in LEFT_OUT.items() if change(document) != document)


def features() -> list[str]:
    """All features, in the order of the table."""
    return [*SHOWN, *LEFT_OUT]


def _differs(facts: Facts, other: GeneratedRun) -> bool:
    return first_difference(facts.program, facts.run, run_simpy(*other.arguments())) is not None


# --- what the records show ----------------------------------------------------------------------------------


def _served_beyond_closing(f: Facts) -> bool:
    return any(f.present(r) and r.member >= 0 and not f.hours(r).is_open(r.end) for r in f.records)


def _pauses(f: Facts) -> bool:
    return any(
        r.member >= 0
        and not f.present(r)
        and f.hours(r).next_open(f.hours(r).last_closing(r.end)) > r.start
        and r.start < f.hours(r).last_closing(r.end) < r.end
        for r in f.records
    )


def _waits_over_lunch(f: Facts) -> bool:
    return any(
        f.present(r)
        and r.member >= 0
        and r.released < r.start
        and r.start // 86_400_000 == r.released // 86_400_000
        and f.hours(r).last_closing(r.start) > r.released
        for r in f.records
    )


def _several_pools(f: Facts) -> bool:
    served = {(r.member, f.program.steps[r.step].pool) for r in f.records if r.member >= 0}
    return any(count > 1 for count in Counter(member for member, _ in served).values())


def _fetched_not_available(f: Facts) -> bool:
    for r in f.records:
        shared = sum(1 << n for n, asked in enumerate(f.program.steps[r.step].asked) if asked.shared)
        if r.handed & shared and r.visit == 0:
            return True
    return False


def _batch(f: Facts, by_timetable: bool) -> bool:
    steps = f.program.steps
    return any(
        steps[r.step].gathers and (r.released in f.program.gate_moments[r.step]) == by_timetable
        for r in f.records
        if by_timetable or r.released > r.enabled
    )


def _together(f: Facts) -> bool:
    pieces = Counter((r.step, r.member, r.start) for r in f.records if f.program.steps[r.step].together)
    return any(n > 1 for n in pieces.values())


def _fails_while(f: Facts, present: bool) -> bool:
    failed = {(machine, at) for machine, _, at, *_ in f.run.repairs.tolist()}
    return any(
        r.member == machine and r.start < at < r.end and f.present(r) == present
        for machine, at in failed
        for r in f.records
    )


def _kept(f: Facts) -> bool:
    return any(f.program.steps[r.step].keeps_machine and r.member >= 0 for r in f.of(Outcome.STUCK))


def _slots(f: Facts) -> list[tuple[int, Record]]:
    """The first visit of everybody with an appointment: slot and record."""
    firsts: dict[int, Record] = {}
    for r in f.records:
        if f.present(r) and f.run.slot_ms[r.case] >= 0 and r.enabled < firsts.get(r.case, r).enabled + 1:
            firsts[r.case] = r
    return [(int(f.run.slot_ms[case]), r) for case, r in firsts.items()]


def _gives_up_as_somebody_becomes_free(f: Facts) -> bool:
    gone = {(f.program.steps[r.step].pool, r.end) for r in f.of(Outcome.GAVE_UP)}
    return any(
        (pool, r.end) in gone
        for r in f.records
        if r.member >= 0
        for pool in f.program.pools_of_member[r.member]
    )


def _equal_keys(f: Facts) -> bool:
    places = Counter((f.program.steps[r.step].pool, r.enabled) for r in f.records if r.member >= 0)
    return any(n > 1 for n in places.values())


def _at(f: Facts, column: int) -> bool:
    """Whether a repair (2 = failed, 4 = repaired) falls on the end of a visit."""
    return any(int(moment) in f.ends for moment in f.run.repairs[:, column])


def _part(path: str, *names: str) -> Has:
    """Whether some part in a list of the document has such a field: a field of a field, where several."""

    def has(document: Document) -> bool:
        parts = document[path]
        for name in names:
            parts = [inside for part in parts if name in part for inside in _as_list(part[name])]
        return any(part not in (False, None) for part in parts)

    return has


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _always(_: Document) -> bool:
    return True


def _any(values: Any) -> bool:
    return bool(np.any(values))


SHOWN: dict[str, tuple[Has, Acted]] = {
    "people drawn from arrivals": (
        _always,
        lambda f: f.generated.moments_ms is None and f.run.arrived_ms.size > 0,
    ),
    "people at given moments": (_always, lambda f: f.generated.moments_ms is not None),
    "several arrivals": (lambda d: len(d["arrivals"]) > 1, lambda f: np.unique(f.run.arrivals).size > 1),
    "run stops with its cohort": (_always, lambda f: f.run.end_ms < f.program.horizon_ms),
    "member serves several pools": (
        lambda d: any(len(part["serves"]) > 1 for part in d["members"]),
        _several_pools,
    ),
    "step without pool": (
        lambda d: any("pool" not in part for part in d["steps"]),
        lambda f: any(r.member < 0 and r.start < r.end for r in f.records),
    ),
    "service goes on past closing": (_always, _served_beyond_closing),
    "back office pauses": (_always, _pauses),
    "waits over lunch": (_always, _waits_over_lunch),
    "turned away": (_always, lambda f: f.run.turned_away > 0),
    "leaves with a ticket at closing": (_always, lambda f: f.run.left_with_ticket > 0),
    "returned": (_part("steps", "return_chance"), lambda f: bool(f.of(Outcome.RETURNED))),
    "material at fault": (
        _part("steps", "materials", "defect_chance"),
        lambda f: any(r.at_fault for r in f.records),
    ),
    "material fetched": (_part("steps", "materials", "shared"), lambda f: any(r.fetched for r in f.records)),
    "fetching fails": (_part("steps", "materials", "shared"), _fetched_not_available),
    "fetched and at fault": (
        _part("steps", "materials", "shared"),
        lambda f: any(r.fetched & r.at_fault for r in f.records),
    ),
    "returns capped": (_always, lambda f: f.run.returns_capped > 0),
    "loops capped": (_always, lambda f: f.run.loops_capped > 0),
    "rejected": (_part("steps", "reject_chance"), lambda f: bool(f.of(Outcome.REJECTED))),
    "gives up": (_part("arrivals", "patience"), lambda f: bool(f.of(Outcome.GAVE_UP))),
    "gives up for good": (_part("arrivals", "patience"), lambda f: _any(f.run.gave_up)),
    "comes back after giving up": (
        _part("arrivals", "patience"),
        lambda f: any(not f.run.gave_up[r.case] for r in f.of(Outcome.GAVE_UP)),
    ),
    "appointment": (_part("arrivals", "appointments"), lambda f: _any(f.run.slot_ms >= 0)),
    "early for the slot": (
        _part("arrivals", "appointments"),
        lambda f: any(slot == r.enabled > f.run.arrived_ms[r.case] for slot, r in _slots(f)),
    ),
    "too late for the slot": (
        _part("arrivals", "appointments"),
        lambda f: any(r.enabled > slot + 900_000 for slot, r in _slots(f)),
    ),
    "no-show": (_part("arrivals", "appointments"), lambda f: f.run.no_shows > 0),
    "no slot left": (_part("arrivals", "appointments"), lambda f: f.run.no_slot > 0),
    "batch let go by size": (_part("steps", "batch", "size"), lambda f: _batch(f, by_timetable=False)),
    "batch let go by timetable": (_part("steps", "batch", "weekly"), lambda f: _batch(f, by_timetable=True)),
    "batch done together": (_part("steps", "batch", "together"), _together),
    "machine fails": (_part("members", "failure"), lambda f: len(f.run.repairs) > 0),
    "machine fails while serving an applicant": (
        _part("members", "failure"),
        lambda f: _fails_while(f, present=True),
    ),
    "machine fails while doing papers": (
        _part("members", "failure"),
        lambda f: _fails_while(f, present=False),
    ),
    "machine repaired by a member": (
        _part("members", "failure", "repaired_by"),
        lambda f: _any(f.run.repairs[:, 5] >= 0),
    ),
    "machine waits for its repairer": (
        _part("members", "failure", "repaired_by"),
        lambda f: _any(f.run.repairs[:, 3] > f.run.repairs[:, 2]),
    ),
    "stuck": (_part("steps", "stuck"), lambda f: bool(f.of(Outcome.STUCK))),
    "stuck, machine kept": (_part("steps", "stuck", "keeps_machine"), _kept),
    "tie: two visits end": (_always, lambda f: any(n > 1 for n in f.ends.values())),
    "tie: a visit ends as somebody comes": (
        _always,
        lambda f: any(int(ms) in f.ends for ms in f.run.arrived_ms),
    ),
    "tie: a visit ends at closing": (
        _always,
        lambda f: any(r.member >= 0 and f.hours(r).last_closing(r.end) == r.end > r.start for r in f.records),
    ),
    "tie: two join a queue": (_always, _equal_keys),
    "tie: gives up as somebody becomes free": (
        _part("arrivals", "patience"),
        _gives_up_as_somebody_becomes_free,
    ),
    "tie: a machine fails as a visit ends": (_part("members", "failure"), lambda f: _at(f, 2)),
    "tie: a machine is repaired as a visit ends": (_part("members", "failure"), lambda f: _at(f, 4)),
    "tie: a visit without length": (
        _always,
        lambda f: any(r.member >= 0 and r.start == r.end for r in f.records),
    ),
}
