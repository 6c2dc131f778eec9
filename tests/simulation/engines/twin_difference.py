"""Where two runs of one program differ first, so that a person can see it."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from mining.working_time import MS_PER_DAY
from simulation.engines.program.codes import Program
from simulation.engines.reference.cases import Outcome
from simulation.engines.run_records import Record, Repair, RunRecords

LINES_BEFORE = 3


def first_difference(program: Program, reference: RunRecords, other: RunRecords) -> str | None:
    """None for equal runs, else the first visit, repair or other fact in which they differ."""
    return (
        _in_rows("visit", _visits(program, reference), _visits(program, other))
        or _in_rows("repair", _repairs(program, reference), _repairs(program, other))
        or _in_facts(reference, other)
    )


def moment(ms: int) -> str:
    """Milliseconds since the first midnight as 'd0 09:00', with seconds where there are any."""
    day, rest = divmod(int(ms), MS_PER_DAY)
    second, fraction = divmod(rest, 1000)
    text = f"d{day} {second // 3600:02d}:{second // 60 % 60:02d}"
    return text if rest % 60_000 == 0 else f"{text}:{second % 60:02d}.{fraction:03d}"


def visit_line(program: Program, record: Record) -> str:
    """A visit on one line, all of its fields."""
    names = ("reached", "enabled", "released", "start", "end")
    times = " | ".join(f"{name} {moment(getattr(record, name))}" for name in names)
    who = f"case {record.case} {program.names.steps[record.step].name} visit {record.visit}"
    bits = f"handed {record.handed:b} fetched {record.fetched:b} at fault {record.at_fault:b}"
    return f"{who} by {_member(program, record.member)} | {times} | {_outcome(record.outcome)} | {bits}"


def _member(program: Program, number: int) -> str:
    return program.names.members[number] if number >= 0 else "nobody"


def _outcome(number: int) -> str:
    return Outcome(number).name.lower() if number in set(Outcome) else f"outcome {number}"


def _visits(program: Program, run: RunRecords) -> list[str]:
    return [visit_line(program, Record(*values)) for values in run.visits.tolist()]


def _repairs(program: Program, run: RunRecords) -> list[str]:
    found = []
    for values in run.repairs.tolist():
        repair = Repair(*values)
        times = f"failed {moment(repair.failed)} | repair from {moment(repair.repair_start)}"
        by = f"repaired {moment(repair.repaired)} by {_member(program, repair.repaired_by)}"
        found.append(f"machine {_member(program, repair.machine)} failure {repair.number} | {times} | {by}")
    return found


def _in_rows(kind: str, reference: list[str], other: list[str]) -> str | None:
    if reference == other:
        return None
    shared = min(len(reference), len(other))
    at = next((n for n in range(shared) if reference[n] != other[n]), shared)
    before = [f"  both       {line}" for line in reference[max(at - LINES_BEFORE, 0) : at]]
    pair = [
        f"  {name:<10} {(rows[at] if at < len(rows) else 'nothing more')}"
        for name, rows in (("reference", reference), ("other", other))
    ]
    head = f"{kind} {at} differs ({len(reference)} and {len(other)} in all)"
    return "\n".join([head, *before, *pair])


def _in_facts(reference: RunRecords, other: RunRecords) -> str | None:
    for field in fields(RunRecords):
        mine, theirs = getattr(reference, field.name), getattr(other, field.name)
        if np.shape(mine) != np.shape(theirs):
            return f"{field.name}: shapes {np.shape(mine)} and {np.shape(theirs)}"
        if not np.array_equal(mine, theirs):
            if np.ndim(mine) == 0:
                return f"{field.name}: {mine} and {theirs}"
            at = int(np.flatnonzero(np.asarray(mine != theirs).reshape(len(mine), -1).any(axis=1))[0])
            return f"{field.name}[{at}]: {mine[at]} and {theirs[at]}"
    return None
