"""Laws every run obeys, told from its records alone, without a look at how an engine works.

`broken_laws(program, run)` gives a sentence for each breach.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from laws_of_queues import breaches_of_queues
from simulation.engines.program.codes import Program
from simulation.engines.reference.cases import Outcome
from simulation.engines.run_records import Record, RunRecords


def records_of(run: RunRecords) -> list[Record]:
    """The visits of a run, in the order they ended."""
    return [Record(*values) for values in run.visits.tolist()]


def broken_laws(program: Program, run: RunRecords) -> list[str]:
    """A sentence for each law this run breaks; none for a sound one."""
    records = records_of(run)
    laws = (
        _cases_end_after_they_come(run, records),
        _records_are_in_order(program, run, records),
        _one_record_a_visit(records),
        _applicants_are_at_one_counter_at_a_time(program, run, records),
        _nothing_starts_once_a_case_is_closed(run, records),
        _who_gave_up_was_not_served(program, records),
        breaches_of_queues(program, run, records),
    )
    return [breach for law in laws for breach in law]


def _cases_end_after_they_come(run: RunRecords, records: list[Record]) -> Iterator[str]:
    last_end = dict.fromkeys(range(run.arrived_ms.size), 0)
    for record in records:
        last_end[record.case] = max(last_end[record.case], record.end)
    for case, finish in enumerate(run.finish_ms.tolist()):
        if finish >= 0 and finish < max(int(run.arrived_ms[case]), last_end[case]):
            yield f"case {case} finishes at {finish}, before it came or before its last step ended"
        if finish > run.end_ms or run.arrived_ms[case] > run.end_ms:
            yield f"case {case} comes or finishes after the end of the run"


def _records_are_in_order(program: Program, run: RunRecords, records: list[Record]) -> Iterator[str]:
    for record in records:
        times = (record.reached, record.enabled, record.released, record.start, record.end)
        if list(times) != sorted(times) or record.reached < run.arrived_ms[record.case]:
            yield f"{record}: not arrived <= reached <= enabled <= released <= start <= end"
        step = program.steps[record.step]
        if record.enabled != record.released and not step.gathers:
            yield f"{record}: held back although nothing is gathered there"
        if step.gathers and not step.batch_size and record.released not in program.gate_moments[record.step]:
            yield f"{record}: let go at a moment that is not in the timetable"
        if record.end >= program.horizon_ms or record.end > run.end_ms:
            yield f"{record}: ends after the run"
        served = record.outcome != Outcome.GAVE_UP and program.steps[record.step].pool >= 0
        if (record.member >= 0) != served:
            yield f"{record}: a member exactly where somebody serves"
    if [r.end for r in records] != sorted(r.end for r in records):
        yield "records are not in the order they ended"


def _one_record_a_visit(records: list[Record]) -> Iterator[str]:
    seen: set[tuple[int, int, int]] = set()
    for record in records:
        visit = (record.case, record.step, record.visit)
        if visit in seen:
            yield f"{record}: a second record of this visit"
        seen.add(visit)


def _applicants_are_at_one_counter_at_a_time(
    program: Program, run: RunRecords, records: list[Record]
) -> Iterator[str]:
    helps = {step.stuck_then for step in program.steps if step.keeps_machine}  # she stands there already
    stays = defaultdict(list)
    for record in records:
        if program.steps[record.step].present:
            stays[record.case].append(record)
            if (
                record.step not in helps
                and run.slot_ms[record.case] < 0
                and not program.tickets.is_open(record.enabled)
            ):
                yield f"{record}: a ticket outside the ticket hours"
    for of_case in stays.values():
        for first, second in pairwise(sorted(of_case, key=lambda r: (r.enabled, r.start, r.end))):
            if first.end > second.enabled:
                yield f"{second}: the applicant is still at {first}"


def _nothing_starts_once_a_case_is_closed(run: RunRecords, records: list[Record]) -> Iterator[str]:
    """After a rejection, or once somebody gave up for good: whichever comes first is how the case ends."""
    rejected_at: dict[int, int] = {}
    for record in records:
        if record.case in rejected_at and record.start > rejected_at[record.case]:
            yield f"{record}: started after the rejection at {rejected_at[record.case]}"
        if record.outcome == Outcome.REJECTED:
            rejected_at.setdefault(record.case, record.end)
    gave_up = {record.case for record in records if record.outcome == Outcome.GAVE_UP}
    for case, rejected in enumerate(run.rejected.tolist()):
        if run.gave_up[case] and rejected:
            yield f"case {case} ends twice: rejected and given up"
        if rejected != (case in rejected_at) and not run.gave_up[case]:
            yield f"case {case} is rejected: {rejected}, but its records say {case in rejected_at}"
        if run.gave_up[case] and case not in gave_up:
            yield f"case {case} gave up, but it has no record of that"


def _who_gave_up_was_not_served(program: Program, records: list[Record]) -> Iterator[str]:
    for record in records:
        if record.outcome == Outcome.GAVE_UP:
            nothing = (record.handed, record.fetched, record.at_fault) == (0, 0, 0)
            if not (nothing and program.steps[record.step].present and record.start == record.end):
                yield f"{record}: gave up, and yet something was done"
