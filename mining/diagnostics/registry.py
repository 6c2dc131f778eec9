"""All diagnostics in one list, and running them over a log.

A new diagnostic is one module with a `DEFINITION` and a function `(log, calendar) -> list[Finding]`, and one
line in `DEFINED`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mining.diagnostics import (
    accepted_late,
    appointments,
    commitment_breaches,
    complaints,
    data_integrity,
    e_licence_replaceable,
    kiosk_availability,
)
from mining.diagnostics.avoidable_visits import find_avoidable_visits
from mining.diagnostics.check_order import find_check_order
from mining.diagnostics.checked_twice import find_checked_twice
from mining.diagnostics.closed_hours_wait import find_closed_hours_wait
from mining.diagnostics.definition import Diagnostic, Find
from mining.diagnostics.duplicate_materials import find_duplicate_materials
from mining.diagnostics.late_cases import find_late_cases
from mining.diagnostics.parallel_candidates import find_parallel_candidates
from mining.diagnostics.ping_pong import find_ping_pong
from mining.diagnostics.redundant_steps import find_redundant_steps
from mining.diagnostics.repeated_steps import find_repeated_steps
from mining.diagnostics.resubmitted_offline import find_resubmitted_offline
from mining.diagnostics.rework import find_rework
from mining.diagnostics.sharable_materials import find_sharable_materials
from mining.diagnostics.slow_officers import find_slow_officers
from mining.diagnostics.steps_in_one_go import find_steps_in_one_go
from mining.diagnostics.time_to_reach import find_time_to_reach
from mining.diagnostics.uneven_counters import find_uneven_counters
from mining.diagnostics.waiting_share import find_waiting
from mining.diagnostics.wasted_trips import find_wasted_trips
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Finding
from mining.log_cache import once_per_object
from mining.text import Text
from mining.working_time import OFFICE_HOURS, WorkingCalendar

DEFINED: tuple[Diagnostic, ...] = (
    Diagnostic(commitment_breaches.DEFINITION, commitment_breaches.find_commitment_breaches),
    Diagnostic(e_licence_replaceable.DEFINITION, e_licence_replaceable.find_e_licence_replaceable),
    Diagnostic(kiosk_availability.DEFINITION, kiosk_availability.find_kiosk_availability),
    Diagnostic(accepted_late.DEFINITION, accepted_late.find_accepted_late),
    Diagnostic(data_integrity.DEFINITION, data_integrity.find_data_integrity),
    Diagnostic(appointments.DEFINITION, appointments.find_appointments),
    Diagnostic(complaints.DEFINITION, complaints.find_complaints),
)

DIAGNOSTICS: tuple[Find, ...] = (
    find_redundant_steps,
    find_checked_twice,
    find_duplicate_materials,
    find_ping_pong,
    find_repeated_steps,
    find_parallel_candidates,
    find_waiting,
    find_time_to_reach,
    find_steps_in_one_go,
    find_slow_officers,
    find_avoidable_visits,
    find_rework,
    find_sharable_materials,
    find_resubmitted_offline,
    find_uneven_counters,
    find_late_cases,
    find_wasted_trips,
    find_closed_hours_wait,
    find_check_order,
)


@dataclass(frozen=True)
class Diagnosis:
    """What was found, most hours of people first, and what could not be looked at for want of columns."""

    findings: tuple[Finding, ...]
    not_run: tuple[Text, ...]


def diagnose(log: EventLog, calendar: WorkingCalendar = OFFICE_HOURS) -> Diagnosis:
    """Run every diagnostic; those whose columns the log lacks are listed, other errors travel.

    Ranked by hours people lose a year; those that lose none that is known come after them, ranked by the
    hours cases lie (docs/decisions/0007); ties by kind and place. Hours of different findings overlap (a wait
    can be part of a step that is redundant): never add them up.
    """
    known = _known(log)
    if calendar not in known:
        known[calendar] = _run_all(log, calendar)
    return known[calendar]


def find_all(log: EventLog, calendar: WorkingCalendar = OFFICE_HOURS) -> list[Finding]:
    """The findings of `diagnose`."""
    return list(diagnose(log, calendar).findings)


def explain_missing(log: EventLog) -> list[Text]:
    """For each diagnostic that could not run: what it looks for and which columns to export for it."""
    # what is missing does not depend on the calendar, so any earlier run will do
    done = next(iter(_known(log).values()), None)
    return list((done or diagnose(log)).not_run)


@once_per_object
def _known(log: EventLog) -> dict[WorkingCalendar, Diagnosis]:
    return {}


def _run_all(log: EventLog, calendar: WorkingCalendar) -> Diagnosis:
    findings: list[Finding] = []
    not_run: list[Text] = []
    if log.n_events:
        for find in (*DIAGNOSTICS, *(diagnostic.find for diagnostic in DEFINED)):
            try:
                findings += find(log, calendar)
            except MissingColumnsError as error:
                not_run.append(error.text)
    return Diagnosis(tuple(sorted(findings, key=_rank)), tuple(not_run))


def _rank(finding: Finding) -> tuple[float, float, str, str]:
    hours, lying = finding.hours_lost_per_year or 0.0, finding.evidence.get("case_waiting_hours_per_year")
    waiting = float(lying) if isinstance(lying, int | float) else 0.0
    return (-hours, -waiting, finding.kind, str(sorted(finding.where.items())))
