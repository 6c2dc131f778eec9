"""Laws of queues and members, told from the records of a run: who is next, who serves, nobody idles.

What was under way or waiting at the end of a run has no record, so a member is held responsible only up to
her last record; members who may be busy without a record (machines that fail or are kept, those who repair)
are left out of the laws about being idle.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import islice, pairwise

from simulation.engines.program.codes import Program
from simulation.engines.program.open_time import NEVER, OpenTime
from simulation.engines.reference.cases import Outcome
from simulation.engines.run_records import Record, RunRecords

Key = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class _Work:
    """What a member did from `begin` to `end`; a batch done together is one."""

    member: int
    begin: int
    end: int
    what: object  # a record, or what stands for one


def breaches_of_queues(program: Program, run: RunRecords, records: list[Record]) -> Iterator[str]:
    """A sentence for each breach of a law about queues and members."""
    work = _work_of_members(program, records)
    waited = [r for r in records if program.steps[r.step].pool >= 0]
    yield from _members_are_on_duty_and_serve_their_pools(program, records)
    yield from _members_do_one_thing_at_a_time(work, run)
    yield from _machines_rest_while_they_are_down(run, records)
    yield from _work_in_the_back_office_is_open_time(program, records)
    yield from _nobody_is_overtaken(program, run, waited)
    yield from _nobody_idles_beside_work(program, waited, work)
    yield from _who_is_idle_longest_serves(program, waited, work)


def _work_of_members(program: Program, records: list[Record]) -> dict[int, list[_Work]]:
    found: dict[int, dict[_Work, None]] = defaultdict(dict)
    for record in sorted(records, key=lambda r: (r.start, r.end)):
        if record.member >= 0:
            together = program.steps[record.step].together
            what = f"batch of step {record.step}" if together else record
            found[record.member][_Work(record.member, record.start, record.end, what)] = None
    return {member: list(work) for member, work in found.items()}


def _members_are_on_duty_and_serve_their_pools(program: Program, records: list[Record]) -> Iterator[str]:
    for record in records:
        if record.member < 0:
            continue
        step = program.steps[record.step]
        if not program.calendars[program.member_calendars[record.member]].is_open(record.start):
            yield f"{record}: starts while the member is off duty"
        if step.present and not program.inside.is_open(record.start):
            yield f"{record}: starts while nobody is in the hall"
        if step.pool not in program.pools_of_member[record.member]:
            yield f"{record}: the member does not serve this pool"


def _members_do_one_thing_at_a_time(work: dict[int, list[_Work]], run: RunRecords) -> Iterator[str]:
    repairs = defaultdict(list)
    for machine, number, _, begin, end, member in [*run.repairs.tolist(), *run.still_down.tolist()]:
        until = run.end_ms if end < 0 else end
        repairs[member].append(_Work(member, begin, until, f"repair {number} of member {machine}"))
    for member in sorted(set(work) | set(repairs) - {-1}):
        done = sorted([*work.get(member, []), *repairs[member]], key=lambda w: (w.begin, w.end))
        for first, second in pairwise(done):
            if first.end > second.begin:
                yield f"member {member} does two things: {first.what} and {second.what}"


def _machines_rest_while_they_are_down(run: RunRecords, records: list[Record]) -> Iterator[str]:
    """Between a failure and its repair, or the end of the run, a machine begins nothing and ends nothing."""
    down = defaultdict(list)
    for machine, _, failed, _, repaired, _ in run.repairs.tolist():
        down[machine].append((failed, repaired))
    for machine, number, failed, *_ in run.still_down.tolist():
        if number != len(down[machine]):
            yield f"member {machine} is down for failure {number} after {len(down[machine])} repairs"
        down[machine].append((failed, run.end_ms))
    for record in records:
        for failed, repaired in down[record.member]:
            if failed < record.end < repaired or failed < record.start < repaired:
                yield f"{record}: begins or ends while its machine is down from {failed} to {repaired}"


def _work_in_the_back_office_is_open_time(program: Program, records: list[Record]) -> Iterator[str]:
    for record in records:
        calendar = _calendar_of_work(program, record)
        if calendar is not None and record.start < record.end and not calendar.is_open(record.end - 1):
            yield f"{record}: ends outside the hours it is worked on"


def _calendar_of_work(program: Program, record: Record) -> OpenTime | None:
    step = program.steps[record.step]
    if record.member >= 0:
        return None if step.present else program.calendars[program.member_calendars[record.member]]
    return program.calendars[step.calendar] if step.calendar >= 0 and step.pool < 0 else None


def _nobody_is_overtaken(program: Program, run: RunRecords, waited: list[Record]) -> Iterator[str]:
    """In a queue the smallest (priority, enabled, case, step, visit) of those waiting starts first.

    Left out: who has an appointment (its priority is that of one visit), batches done together.
    """
    queues = defaultdict(list)
    for record in waited:
        step = program.steps[record.step]
        if run.slot_ms[record.case] < 0 and not step.together:
            queues[step.pool, step.present].append((_key(program, run, record), record))
    for (_, present), queue in queues.items():
        by_release = sorted(queue, key=lambda entry: entry[1].released)
        there: list[tuple[Key, Record]] = []
        next_one = 0
        for key, record in sorted(queue, key=lambda entry: (entry[1].start, entry[0])):
            while next_one < len(queue) and by_release[next_one][1].released < record.start:
                heappush(there, by_release[next_one])
                next_one += 1
            while there and there[0][1].start <= record.start:
                heappop(there)
            inside = not present or program.inside.is_open(record.start)
            if record.outcome != Outcome.GAVE_UP and inside and there and there[0][0] < key:
                yield f"{record} overtakes {there[0][1]}"


def _key(program: Program, run: RunRecords, record: Record) -> Key:
    priority = program.steps[record.step].priority + program.arrivals[run.arrivals[record.case]].priority
    return (priority, record.enabled, record.case, record.step, record.visit)


def _busy_without_record(program: Program) -> set[int]:
    """Members who may be busy or down without a record of it."""
    repairing = {failure.repaired_by for failure in program.failures if failure is not None}
    keeping = {step.pool for step in program.steps if step.keeps_machine}
    return {
        member
        for member, pools in enumerate(program.pools_of_member)
        if program.failures[member] is not None or set(pools) & (repairing | keeping)
    }


def _nobody_idles_beside_work(
    program: Program, waited: list[Record], work: dict[int, list[_Work]]
) -> Iterator[str]:
    """While somebody waits, no member of the pool is free and on duty."""
    unclear = _busy_without_record(program)
    for record in waited:
        if record.released == record.start:
            continue
        step = program.steps[record.step]
        hours = [program.inside] if step.present else []
        for member in program.members_of_pool[step.pool]:
            if member in unclear:
                continue
            on_duty = [*hours, program.calendars[program.member_calendars[member]]]
            for begin, end in _idle(work.get(member, []), record.released, record.start):
                idle_from = _all_open(on_duty, begin)
                if idle_from < end:
                    yield f"{record}: waits while member {member} is idle from {idle_from}"


def _all_open(calendars: list[OpenTime], moment: int) -> int:
    """The first moment from `moment` on at which all calendars are open."""
    while moment < NEVER:
        following = max(calendar.next_open(moment) for calendar in calendars)
        if following == moment:
            break
        moment = following
    return moment


def _idle(done: list[_Work], first: int, last: int) -> Iterator[tuple[int, int]]:
    """When between two moments a member does nothing, up to her last work."""
    at = bisect_left(done, first, key=_begin)
    free_since = max(done[at - 1].end if at else 0, first)
    for work in islice(done, at, None):
        if free_since >= last:
            return
        if free_since < work.begin:
            yield free_since, min(work.begin, last)
        free_since = work.end


def _who_is_idle_longest_serves(
    program: Program, waited: list[Record], work: dict[int, list[_Work]]
) -> Iterator[str]:
    """Of the members free and on duty the one idle longest serves, ties in model order."""
    unclear = _busy_without_record(program)
    for record in waited:
        if record.member < 0 or record.member in unclear:
            continue
        mine = _last_end(work[record.member], record.start)
        for other in program.members_of_pool[program.steps[record.step].pool]:
            calendar = program.calendars[program.member_calendars[other]]
            if other == record.member or other in unclear or not calendar.is_open(record.start):
                continue
            since = _idle_since(work.get(other, []), record.start)
            if since is not None and (since, other) < (mine, record.member):
                yield f"{record}: member {other} is idle since {since}, the one who serves since {mine}"


def _begin(work: _Work) -> int:
    return work.begin


def _last_end(done: list[_Work], moment: int) -> int:
    """When a member ended what she began last before a moment; -1 if nothing."""
    at = bisect_left(done, moment, key=_begin)
    return done[at - 1].end if at else -1


def _idle_since(done: list[_Work], moment: int) -> int | None:
    """Since when a member who begins nothing at this moment is idle: -1 from the beginning; None where she is
    busy, begins something at this very moment, or has no later record that shows her to be free."""
    at = bisect_left(done, moment, key=_begin)
    since = done[at - 1].end if at else -1
    if at == len(done) or done[at].begin == moment or since >= moment:
        return None
    return since
