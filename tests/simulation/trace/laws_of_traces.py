"""What holds for the traces of every run: nothing is lost, nothing told twice, every wait has its cause."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from mining.working_time import MS_PER_DAY
from simulation.engines.reference.cases import Outcome
from simulation.trace import (
    CaseTrace,
    CounterState,
    EntryKind,
    WaitCause,
    WatchedRun,
    case_trace,
    hall_day,
    queue_day,
    waiting_at,
)

AT_WORK = (CounterState.SERVING, CounterState.PAST_CLOSING, CounterState.RESTING)
VISITS = (EntryKind.SERVED, EntryKind.WORK, EntryKind.GAVE_UP)


def broken_by_a_case(watched: WatchedRun, trace: CaseTrace) -> Iterator[str]:
    """Laws its story breaks."""
    edges = [(entry.begin_ms, entry.end_ms) for entry in trace.applicant]
    if edges[0][0] != trace.arrived_ms or edges[-1][1] != trace.end_ms:
        yield f"{trace.case_id}: the story does not reach from arrival to end"
    if any(a[1] != b[0] for a, b in pairwise(edges)):
        yield f"{trace.case_id}: the applicant is nowhere, or at two places"
    for entry in trace.entries:
        if sum(entry.parts.values()) != entry.length_ms:
            yield f"{trace.case_id}: {entry.kind} at {entry.begin_ms} is not the sum of {entry.parts}"
        if WaitCause.NOBODY in entry.parts:
            yield f"{trace.case_id}: nobody knows why it waits at {entry.begin_ms}"
    if sum(trace.parts.values()) != trace.cycle_ms:
        yield f"{trace.case_id}: parts do not add up to the cycle time"
    rows = watched.rows_of_case(watched.case_number(trace.case_id))
    if sorted(e.row for e in trace.entries if e.kind in VISITS) != sorted(rows):
        yield f"{trace.case_id}: a visit is not told, or told twice"


def broken_by_a_day(watched: WatchedRun, day: int) -> Iterator[str]:
    """Laws the counters and queues of a day break."""
    begin, end = day * MS_PER_DAY, min((day + 1) * MS_PER_DAY, watched.run.end_ms)
    columns = watched.columns
    for counter in hall_day(watched, day):
        edges = [(i.begin_ms, i.end_ms) for i in counter.intervals]
        if edges[0][0] != begin or edges[-1][1] != end or any(a[1] != b[0] for a, b in pairwise(edges)):
            yield f"{counter.member} on day {day}: gap or overlap"
        rows = watched.rows_of_member(watched.member_number(counter.member))
        spans = {(int(columns["start"][row]), int(columns["end"][row])) for row in rows}
        work = sum(max(0, min(e, end) - max(b, begin)) for b, e in spans)
        told = sum(i.end_ms - i.begin_ms for i in counter.intervals if i.state in AT_WORK)
        down = sum(i.end_ms - i.begin_ms for i in counter.intervals if i.state is CounterState.DOWN)
        if not told <= work <= told + down:
            yield f"{counter.member} on day {day}: {told} ms of work told, {work} ms done, {down} ms down"
    for pool in {name for name in watched.pools if name}:
        queue = queue_day(watched, pool, day)
        for moment, waiting in zip(queue.moments_ms, queue.waiting, strict=True):
            if len(waiting_at(watched, pool, moment)) != waiting:
                yield f"{pool} at {moment}: {waiting} in the queue, others wait"


def broken_laws(watched: WatchedRun) -> list[str]:
    """All of them, for all cases and days."""
    broken = [
        law for case_id in watched.case_ids for law in broken_by_a_case(watched, case_trace(watched, case_id))
    ]
    for day in range(-(-watched.run.end_ms // MS_PER_DAY)):
        broken += broken_by_a_day(watched, day)
    gave_up = watched.columns["outcome"] == Outcome.GAVE_UP
    if np.any(watched.columns["start"][gave_up] != watched.columns["end"][gave_up]):
        broken.append("somebody gave up for a while")
    return broken
