"""A program as the tables the kernel reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from simulation.engines.compiled.layout import (
    ARRIVALS,
    ASKED,
    CALENDAR,
    CHANGE,
    DISTRIBUTION,
    DUE,
    GATE,
    INTERVAL,
    MEMBER,
    NODE,
    NONE,
    NUMBER,
    POOL,
    PROFILE,
    QUEUE,
    REPAIR_PRIORITY,
    ROW,
    SHARE,
    STEP,
    STRETCH,
    TABLE,
)
from simulation.engines.program.arrivals import ArrivalsCode
from simulation.engines.program.codes import FailureCode, Program, StepCode
from simulation.engines.program.flow import NodeCode
from simulation.engines.program.open_time import OpenTime

Tables = dict[str, np.ndarray]
NEVER_FAILS = FailureCode(stream=0, runs_for=NONE, repair=NONE, repaired_by=NONE, repair_calendar=NONE)


def tables_of(program: Program) -> Tables:
    """The tables of a program by the name they have in the hall record."""
    steps = program.steps
    asked = [material for step in steps for material in step.asked]
    return {
        "steps": _steps(steps),
        "asked": _rows(ASKED, [{name: getattr(a, name) for name in ASKED.names or ()} for a in asked]),
        "distributions": _rows(DISTRIBUTION, [code._asdict() for code in program.distributions]),
        "quantiles": _column(SHARE, program.quantiles_ms),
        "speeds": _column(SHARE, [speed for speeds in program.member_speeds for speed in speeds]),
        "patterns": _column(NUMBER, program.coming_back.pattern_of_day),
        "arrivals": _rows(ARRIVALS, [_arrivals(code) for code in program.arrivals]),
        **_flow(program.nodes),
        **_choices(program),
        **_calendars(program),
        **_staff(program),
        **_gates(program),
        **_profiles(program),
    }


def _rows(dtype: np.dtype, rows: Sequence[dict[str, Any]]) -> np.ndarray:
    table = np.zeros(len(rows), dtype)
    for name in dtype.names or ():
        table[name] = [row[name] for row in rows]
    return table


def _column(dtype: np.dtype, values: Iterable[float]) -> np.ndarray:
    table = np.zeros(len(list(values)), dtype)
    table["value"] = list(values)
    return table


def _firsts(sizes: Iterable[int]) -> list[int]:
    """Where each of several parts begins when they are put one behind another."""
    return list(accumulate(sizes, initial=0))[:-1]


def _steps(steps: tuple[StepCode, ...]) -> np.ndarray:
    firsts = _firsts(len(step.asked) for step in steps)
    extra = [
        {"first_asked": first, "n_asked": len(step.asked)} for first, step in zip(firsts, steps, strict=True)
    ]
    return _rows(STEP, [step._asdict() | more for step, more in zip(steps, extra, strict=True)])


def _arrivals(code: ArrivalsCode) -> dict[str, Any]:
    booked = code.appointments
    return {
        **code._asdict(),
        "books": booked is not None,
        "booked_priority": booked.priority if booked else 0,
        "grace_ms": booked.grace_ms if booked else 0,
    }


def _flow(nodes: tuple[NodeCode, ...]) -> Tables:
    firsts = _firsts(len(node.targets) for node in nodes)
    extra = [
        {"first_target": first, "n_targets": len(node.targets)}
        for first, node in zip(firsts, nodes, strict=True)
    ]
    return {
        "nodes": _rows(NODE, [node._asdict() | more for node, more in zip(nodes, extra, strict=True)]),
        "targets": _column(NUMBER, [target for node in nodes for target in node.targets]),
        "branches": np.zeros(len(nodes) + 1, NUMBER),
        "new_due": np.zeros(1, DUE),
    }


def _choices(program: Program) -> Tables:
    tables: list[dict[str, int]] = []
    rows: list[dict[str, int]] = []
    shares: list[float] = []
    for table in program.tables:
        tables.append(
            {"first_row": len(rows), "n_rows": len(table.keys), "n_branches": len(table.cumulative[0])}
        )
        for key, cumulative in zip(table.keys, table.cumulative, strict=True):
            rows.append({"key": key, "first_share": len(shares)})
            shares.extend(cumulative)
    return {"tables": _rows(TABLE, tables), "rows": _rows(ROW, rows), "shares": _column(SHARE, shares)}


def _calendars(program: Program) -> Tables:
    """Those of the model, then when people are inside, then when tickets are given out."""
    all_of_them = (*program.calendars, program.inside, program.tickets)
    intervals = [_intervals(each) for each in all_of_them]
    firsts = _firsts(len(table) for table in intervals)
    calendars = [
        {"first": first, "n": len(table), "hint": NONE}
        for first, table in zip(firsts, intervals, strict=True)
    ]
    return {
        "calendars": _rows(CALENDAR, calendars),
        "intervals": np.concatenate(intervals),
        "changes": _changes(all_of_them[:-1]),
    }


def _intervals(calendar: OpenTime) -> np.ndarray:
    table = np.zeros(len(calendar.begins), INTERVAL)
    table["begin"], table["end"] = calendar.begins, calendar.ends
    table["worked_before"] = calendar.worked_before
    return table


def _changes(calendars: Sequence[OpenTime]) -> np.ndarray:
    """All openings and closings after the first moment, in order."""
    parts = []
    for number, calendar in enumerate(calendars):
        for moments, opens in ((calendar.begins, 1), (calendar.ends, 0)):
            table = np.zeros(len(moments), CHANGE)
            table["moment"], table["calendar"], table["opens"] = moments, number, opens
            parts.append(table)
    changes = np.concatenate(parts)
    changes = changes[changes["moment"] > 0]
    return changes[np.lexsort((changes["calendar"], changes["moment"]))]


def _staff(program: Program) -> Tables:
    pools_of_member, members_of_pool = program.pools_of_member, program.members_of_pool
    members = [
        {
            "calendar": calendar,
            "first_pool": first,
            "n_pools": len(pools),
            "free": 1,
            "on_duty": program.calendars[calendar].is_open(0),
            "down": 0,
            "idle_since": -1,
            "job": NONE,
            "next_kept": NONE,
            "repair_speed": speed,
            "fails": failure is not None,
            **(failure or NEVER_FAILS)._asdict(),
        }
        for calendar, first, pools, speed, failure in zip(
            program.member_calendars,
            _firsts(map(len, pools_of_member)),
            pools_of_member,
            program.repair_speeds,
            program.failures,
            strict=True,
        )
    ]
    priorities = [_priorities(program, pool) for pool in range(len(members_of_pool))]
    pools = [
        {
            "first_member": first,
            "n_members": len(staff),
            "first_queue": queue,
            "n_queues": len(found),
            "to_look_at": 0,
        }
        for first, staff, queue, found in zip(
            _firsts(map(len, members_of_pool)),
            members_of_pool,
            _firsts(map(len, priorities)),
            priorities,
            strict=True,
        )
    ]
    table = np.full(sum(map(len, priorities)), NONE, QUEUE)
    table["priority"] = [priority for found in priorities for priority in found]
    return {
        "members": _rows(MEMBER, members),
        "pools": _rows(POOL, pools),
        "queues": table,
        "pools_of_member": _column(NUMBER, [pool for pools in pools_of_member for pool in pools]),
        "members_of_pool": _column(NUMBER, [member for staff in members_of_pool for member in staff]),
    }


def _priorities(program: Program, pool: int) -> list[int]:
    """The priorities tasks of this pool can have, in order."""
    found = {REPAIR_PRIORITY for failure in program.failures if failure and failure.repaired_by == pool}
    for step in program.steps:
        if step.pool == pool:
            for code in program.arrivals:
                found.add(step.priority + code.priority)
                if code.appointments:
                    found.add(step.priority + code.priority + code.appointments.priority)
    return sorted(found)


def _gates(program: Program) -> Tables:
    firsts = _firsts(map(len, program.gate_moments))
    gates = [
        {"first": NONE, "last": NONE, "n": 0, "to_count": 0, "first_moment": first, "n_moments": len(moments)}
        for first, moments in zip(firsts, program.gate_moments, strict=True)
    ]
    moments = [moment for of_step in program.gate_moments for moment in of_step]
    return {"gates": _rows(GATE, gates), "gate_moments": _column(NUMBER, moments)}


def _profiles(program: Program) -> Tables:
    profiles = [profile for of_arrivals in program.coming_back.profiles for profile in of_arrivals]
    firsts = _firsts(len(profile.begins_ms) for profile in profiles)
    table = [{"first": first, "n": len(p.begins_ms)} for first, p in zip(firsts, profiles, strict=True)]
    stretches = [
        {"begin": begin, "length": length, "reached": reached}
        for profile in profiles
        for begin, length, reached in zip(*profile, strict=True)
    ]
    return {"profiles": _rows(PROFILE, table), "stretches": _rows(STRETCH, stretches)}
