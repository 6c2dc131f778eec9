"""When members could not work although they were there: machines down, counters kept for somebody at help."""

from __future__ import annotations

from simulation.engines.log.repairs import repairs_by_members
from simulation.engines.program.open_time import Interval
from simulation.engines.reference.cases import Outcome
from simulation.engines.run_records import Repair
from simulation.trace.watched_run import WatchedRun


def _repairs(watched: WatchedRun) -> list[Repair]:
    """All repairs; what is not repaired by the end of the run ends there."""
    run = watched.run
    found = [Repair(*values) for values in [*run.repairs.tolist(), *run.still_down.tolist()]]
    return [
        repair._replace(repaired=repair.repaired if repair.repaired >= 0 else run.end_ms) for repair in found
    ]


def down_spans(watched: WatchedRun, member: int) -> list[Interval]:
    """When a machine was out of order, from the failure to the end of its repair."""
    return sorted((r.failed, r.repaired) for r in _repairs(watched) if r.machine == member)


def repair_spans(watched: WatchedRun, member: int) -> list[tuple[int, int, int]]:
    """What a member repaired: (begin, end, machine)."""
    return sorted(
        (begin, end, machine)
        for repairer, begin, end, machine in repairs_by_members(watched.run).tolist()
        if repairer == member
    )


def held_spans(watched: WatchedRun, member: int) -> list[tuple[int, int, int]]:
    """When a member was kept for somebody who got stuck there: (begin, end, row of the stuck visit)."""
    rows = watched.rows_of_member(member)
    found = []
    for row in rows[watched.columns["outcome"][rows] == Outcome.STUCK].tolist():
        stuck = watched.step(int(watched.columns["step"][row])).stuck
        if stuck is not None and stuck.keeps_machine:
            found.append((int(watched.columns["end"][row]), _help_ends(watched, row), row))
    return found


def _help_ends(watched: WatchedRun, row: int) -> int:
    """When the help after a stuck visit ends; where that is stuck, too, and kept, the help's help.

    A case that is closed while it waits for help frees the place at once; at the end of the run help may be
    under way still.
    """
    while True:
        record = watched.record(row)
        stuck = watched.step(record.step).stuck
        if record.outcome != Outcome.STUCK or stuck is None or not stuck.keeps_machine:
            return record.end
        following = _help_of(watched, row, stuck.then)
        if following is None:
            return max(record.end, _closed_at(watched, record.case))
        row = following


def _help_of(watched: WatchedRun, row: int, step: str) -> int | None:
    """The visit of the helping step that was reached as this one got stuck."""
    record = watched.record(row)
    for other in watched.rows_of_case(record.case):
        visit = watched.record(other)
        if other != row and visit.reached == record.end and watched.step(visit.step).name == step:
            return other
    return None


def _closed_at(watched: WatchedRun, case: int) -> int:
    """When a case was rejected or given up; the end of the run where it was neither."""
    records = [watched.record(row) for row in watched.rows_of_case(case)]
    moments = [r.end for r in records if r.outcome == Outcome.REJECTED]
    if watched.run.gave_up[case]:
        moments.append(max(r.end for r in records if r.outcome == Outcome.GAVE_UP))
    return min(moments, default=watched.run.end_ms)
