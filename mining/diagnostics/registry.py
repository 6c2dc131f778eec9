"""All diagnostics in one list, and running them over a log.

A new diagnostic is one module with a `DEFINITION` and a function `(log, calendar) -> list[Finding]`, and one
line in `DEFINED`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mining.column_sources import how_to_export, missing_needs
from mining.diagnostics import (
    accepted_late,
    appointments,
    avoidable_visits,
    check_order,
    checked_twice,
    closed_hours_wait,
    commitment_breaches,
    complaints,
    data_integrity,
    drift,
    duplicate_materials,
    e_licence_replaceable,
    kiosk_availability,
    late_cases,
    online_service,
    parallel_candidates,
    ping_pong,
    policy_shocks,
    queues,
    redundant_steps,
    repeated_steps,
    resubmitted_offline,
    rework,
    same_check,
    sharable_materials,
    slow_officers,
    steps_in_one_go,
    time_decomposition,
    time_to_reach,
    uneven_counters,
    volume_quality,
    waiting_causes,
    waiting_share,
    wasted_trips,
)
from mining.diagnostics.definition import Definition, Diagnostic
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Finding
from mining.log_cache import once_per_object
from mining.text import Text
from mining.working_time import OFFICE_HOURS, WorkingCalendar

DEFINED: tuple[Diagnostic, ...] = (
    Diagnostic(redundant_steps.DEFINITION, redundant_steps.find_redundant_steps),
    Diagnostic(checked_twice.DEFINITION, checked_twice.find_checked_twice),
    Diagnostic(same_check.DEFINITION, same_check.find_same_check),
    Diagnostic(duplicate_materials.DEFINITION, duplicate_materials.find_duplicate_materials),
    Diagnostic(ping_pong.DEFINITION, ping_pong.find_ping_pong),
    Diagnostic(repeated_steps.DEFINITION, repeated_steps.find_repeated_steps),
    Diagnostic(parallel_candidates.DEFINITION, parallel_candidates.find_parallel_candidates),
    Diagnostic(waiting_share.DEFINITION, waiting_share.find_waiting),
    Diagnostic(queues.DEFINITION, queues.find_queues),
    Diagnostic(waiting_causes.DEFINITION, waiting_causes.find_waiting_causes),
    Diagnostic(time_decomposition.DEFINITION, time_decomposition.find_time_decomposition),
    Diagnostic(time_to_reach.DEFINITION, time_to_reach.find_time_to_reach),
    Diagnostic(steps_in_one_go.DEFINITION, steps_in_one_go.find_steps_in_one_go),
    Diagnostic(slow_officers.DEFINITION, slow_officers.find_slow_officers),
    Diagnostic(avoidable_visits.DEFINITION, avoidable_visits.find_avoidable_visits),
    Diagnostic(rework.DEFINITION, rework.find_rework),
    Diagnostic(sharable_materials.DEFINITION, sharable_materials.find_sharable_materials),
    Diagnostic(resubmitted_offline.DEFINITION, resubmitted_offline.find_resubmitted_offline),
    Diagnostic(uneven_counters.DEFINITION, uneven_counters.find_uneven_counters),
    Diagnostic(late_cases.DEFINITION, late_cases.find_late_cases),
    Diagnostic(wasted_trips.DEFINITION, wasted_trips.find_wasted_trips),
    Diagnostic(closed_hours_wait.DEFINITION, closed_hours_wait.find_closed_hours_wait),
    Diagnostic(check_order.DEFINITION, check_order.find_check_order),
    Diagnostic(commitment_breaches.DEFINITION, commitment_breaches.find_commitment_breaches),
    Diagnostic(drift.DEFINITION, drift.find_drift),
    Diagnostic(complaints.DEFINITION, complaints.find_complaints),
    Diagnostic(e_licence_replaceable.DEFINITION, e_licence_replaceable.find_e_licence_replaceable),
    Diagnostic(kiosk_availability.DEFINITION, kiosk_availability.find_kiosk_availability),
    Diagnostic(accepted_late.DEFINITION, accepted_late.find_accepted_late),
    Diagnostic(data_integrity.DEFINITION, data_integrity.find_data_integrity),
    Diagnostic(appointments.DEFINITION, appointments.find_appointments),
    Diagnostic(online_service.DEFINITION, online_service.find_online_service),
    Diagnostic(policy_shocks.DEFINITION, policy_shocks.find_policy_shocks),
    Diagnostic(volume_quality.DEFINITION, volume_quality.find_volume_quality),
)


def definitions() -> tuple[Definition, ...]:
    """How each diagnostic is defined, in the order of the registry."""
    return tuple(diagnostic.definition for diagnostic in DEFINED)


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
        for diagnostic in DEFINED:
            try:
                findings += diagnostic.find(log, calendar)
            except MissingColumnsError as error:
                not_run.append(_with_export(log, diagnostic.definition, error.text))
    return Diagnosis(tuple(sorted(findings, key=_rank)), tuple(not_run))


def _with_export(log: EventLog, definition: Definition, text: Text) -> Text:
    """What is missing, and what to export for it from which system."""
    missing = missing_needs(log, definition.needs)
    if not missing:
        return text
    export = how_to_export(missing)
    return Text(zh=text.zh + export.zh, en=f"{text.en} {export.en}")


def _rank(finding: Finding) -> tuple[float, float, str, str]:
    hours, waiting = finding.hours_lost_per_year or 0.0, finding.case_waiting_hours_per_year or 0.0
    return (-hours, -waiting, finding.kind, str(sorted(finding.where.items())))
