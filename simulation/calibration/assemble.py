"""From a log to a service model: the components in the order in which they need each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.calendar_options import READ_OFF_THE_LOG, CalendarOptions
from mining.event_log import EventLog
from mining.text import same
from mining.working_time import MS_PER_DAY, WorkingCalendar, date_of
from simulation.calibration.arrivals import HALL, calibrate_arrivals
from simulation.calibration.calendars import HallCalendar
from simulation.calibration.cases import CaseWindow, find_case_window
from simulation.calibration.clock import WorkingClock
from simulation.calibration.delays import StepDelay, calibrate_delays
from simulation.calibration.durations import (
    StepDuration,
    calibrate_durations,
    known_durations,
    work_minutes,
)
from simulation.calibration.hall_hours import hall_calendar
from simulation.calibration.materials import CalibratedMaterials, calibrate_materials
from simulation.calibration.members import build_members
from simulation.calibration.observations import Observations, observe
from simulation.calibration.officers import OfficerSpeeds, calibrate_speeds
from simulation.calibration.outcomes import (
    StepOutcome,
    calibrate_outcomes,
    ended_by_rejection,
    repeats_after_return,
    returned,
)
from simulation.calibration.parallel import ParallelGroup, find_parallel_groups, release_at_fork
from simulation.calibration.routing import Routing, calibrate_routing
from simulation.calibration.staffing import NO_POOL, Staffing, calibrate_staffing
from simulation.calibration.start_times import StartTimes, assume_starts
from simulation.calibration.step_facts import departments, issued, places
from simulation.calibration.visits import CalibratedVisits, calibrate_visits
from simulation.errors import ModelError
from simulation.service_model import NO_TIME, Evidence, Place, ServiceModel, Step

DEFAULT_PLACE: Place = "back_office"
DOMINATES = 0.8  # share of a step's events a department needs to keep the step in a pool of its own


@dataclass(frozen=True)
class _Fitted:
    """All components, before they become a model."""

    observed: Observations
    hall: HallCalendar
    starts: StartTimes
    departments: list[str | None]
    places: list[str | None]
    issues: list[tuple[str, ...]]
    outcomes: list[StepOutcome]
    materials: CalibratedMaterials
    speeds: OfficerSpeeds
    durations: list[StepDuration]
    staffing: Staffing
    visits: CalibratedVisits
    delays: list[StepDelay]
    window: CaseWindow
    routing: Routing


def calibrate(log: EventLog, hours: CalendarOptions = READ_OFF_THE_LOG) -> ServiceModel:
    """A service model that behaves like the log, with evidence for every parameter.

    The model starts on the day of the log's first arrival and keeps the log's own closed days, so a baseline
    over the same days can be laid beside the log. `ServiceModel.evidence` says of each parameter whether it
    was measured (n, 95 % interval) or assumed (and what was assumed); paths look like "steps.NAME.duration".
    Works on logs with end times only, without officers, without results and without materials: what is
    missing is assumed and recorded. Raises `ModelError` for a log without events or without a finished case.
    """
    if log.n_events == 0:
        raise ModelError(
            zh=f"{log.name}：日志没有任何记录，无法校准模型。",
            en=f"{log.name}: the log has no events, so no model can be calibrated.",
        )
    fitted = _fit(log, hours)
    return _build(log, fitted)


def _fit(log: EventLog, hours: CalendarOptions) -> _Fitted:
    observed = observe(log)
    hall = hall_calendar(log, observed, hours)
    clock = _clock(observed, hall.calendar)
    starts = assume_starts(observed, clock)
    observed = starts.observed
    window = find_case_window(log, observed)
    if not (window.finished & window.begun).any():
        raise ModelError(
            zh=f"{log.name}：{window.finished.size} 件中没有一件从头到尾都在日志里，无法得知办件如何结束。",
            en=f"{log.name}: none of the {window.finished.size} cases is seen from beginning to end, so how "
            "cases end is unknown.",
        )
    sent_back, rejected = returned(log), ended_by_rejection(log, observed)
    repeats = repeats_after_return(observed, sent_back)
    groups = find_parallel_groups(observed, repeats)
    observed = release_at_fork(observed, groups)
    return _fit_work(log, observed, hall, clock, starts, window, (sent_back, repeats, rejected), groups)


def _fit_work(
    log: EventLog,
    observed: Observations,
    hall: HallCalendar,
    clock: WorkingClock,
    starts: StartTimes,
    window: CaseWindow,
    marks: tuple[np.ndarray, np.ndarray, np.ndarray],
    groups: tuple[ParallelGroup, ...],
) -> _Fitted:
    sent_back, repeats, rejected = marks
    depts = departments(log, observed)
    outcomes = calibrate_outcomes(log, observed)
    minutes = work_minutes(observed, clock)
    assumed_starts = starts.n_assumed > 0
    speeds = calibrate_speeds(observed, minutes, assumed_starts)
    staffing = calibrate_staffing(observed, minutes, departments(log, observed, DOMINATES), clock)
    # without a start nobody knows where the wait ended and the work began
    unknown_start = ~known_durations(observed, minutes)
    visits = calibrate_visits(observed, sent_back, repeats, hall.calendar, HALL)
    return _Fitted(
        observed=observed,
        hall=hall,
        starts=starts,
        departments=depts,
        places=places(log, observed),
        issues=issued(log, observed),
        outcomes=outcomes,
        materials=calibrate_materials(log, observed, outcomes),
        speeds=speeds,
        durations=calibrate_durations(observed, minutes, speeds.of_events(observed), assumed_starts),
        staffing=staffing,
        visits=visits,
        delays=calibrate_delays(observed, staffing, clock, visits.explained | unknown_start),
        window=window,
        routing=calibrate_routing(observed, repeats, rejected, window, groups),
    )


def _build(log: EventLog, fitted: _Fitted) -> ServiceModel:
    observed = fitted.observed
    arrivals = calibrate_arrivals(log, observed, fitted.window, fitted.hall.calendar)
    members = build_members(observed, fitted.staffing, fitted.speeds, fitted.departments, HALL)
    first = int(observed.released_ms.min() // MS_PER_DAY)
    used = fitted.routing.steps
    evidence: dict[str, Evidence] = {f"calendars.{HALL}": fitted.hall.evidence}
    if fitted.starts.evidence is not None:
        evidence["start_times"] = fitted.starts.evidence
    evidence |= arrivals.evidence | members.evidence | fitted.visits.evidence | fitted.routing.evidence
    for step in used:
        evidence |= _step_evidence(fitted, step)
    evidence |= fitted.materials.evidence
    return ServiceModel(
        name=same(log.name),
        start_date=date_of(first),
        calendars={HALL: fitted.hall.calendar, **arrivals.calendars},
        materials=fitted.materials.materials,
        pools=members.pools,
        members=members.members,
        steps=tuple(_step(fitted, step) for step in used),
        flow=fitted.routing.flow,
        arrivals=arrivals.arrivals,
        visits=fitted.visits.visits,
        evidence=evidence,
    )


def _step(fitted: _Fitted, step: int) -> Step:
    pool = int(fitted.staffing.pool_of_step[step])
    duration, delay = fitted.durations[step].distribution, fitted.delays[step]
    outcome, materials = fitted.outcomes[step], fitted.materials.of_step[step]
    place = fitted.places[step] or DEFAULT_PLACE
    instant = pool == NO_POOL and duration == NO_TIME
    return Step.model_validate(
        {
            "name": fitted.observed.step_names[step],
            "dept": fitted.departments[step],
            "place": place,
            "pool": None if pool == NO_POOL else fitted.staffing.pools[pool].name,
            "calendar": HALL,
            "clock": "elapsed" if instant else "working",
            "duration": duration,
            "delay_before": delay.distribution,
            "delay_clock": delay.clock,
            "materials": materials.asked,
            "issues": fitted.issues[step],
            "return_chance": materials.return_chance,
            "reject_chance": round(outcome.reject_chance, 6),
            "decides": outcome.decides,
        }
    )


def _step_evidence(fitted: _Fitted, step: int) -> dict[str, Evidence]:
    prefix = f"steps.{fitted.observed.step_names[step]}"
    outcome = fitted.outcomes[step]
    found = {
        f"{prefix}.duration": fitted.durations[step].evidence,
        f"{prefix}.delay_before": fitted.delays[step].evidence,
        f"{prefix}.return_chance": outcome.return_evidence,
        f"{prefix}.reject_chance": outcome.reject_evidence,
    }
    return {path: evidence for path, evidence in found.items() if evidence is not None}


def _clock(observed: Observations, calendar: WorkingCalendar) -> WorkingClock:
    first = int(min(observed.start_ms.min(), observed.released_ms.min()))
    return WorkingClock.over(calendar, first, int(observed.end_ms.max()))
