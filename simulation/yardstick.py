"""What the measures of all runs of one hall have in common, laid out once: hours, places, whose time counts.

Times are milliseconds since the first midnight of the model, as in the records of a run.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, OpenIntervals, WorkingCalendar
from simulation.engines.log.tickets import helpers_of_steps, queued_steps
from simulation.engines.program.codes import Program
from simulation.horizon import Horizon
from simulation.service_model import ServiceModel


@dataclass(frozen=True)
class Yardstick:
    """How the runs of one program are measured; made by `yardstick`.

    `present`, `decides` and `together` (batches are one piece of work) are one bool a step;
    `open_minutes` and `hours_of_member` (a position in `hours`) are one value a member.
    """

    model: ServiceModel
    first_ms: int  # of the measured days
    last_ms: int
    working_days: int  # measured days on which the hall opens
    minutes_per_day: float
    hall: OpenIntervals
    inside: OpenIntervals  # first opening to last closing: who waits over lunch waits in the hall
    present: np.ndarray
    decides: np.ndarray
    queued: np.ndarray
    helpers: np.ndarray
    may_give_up: bool
    together: np.ndarray
    hours: tuple[OpenIntervals, ...]
    hours_of_member: np.ndarray
    open_minutes: np.ndarray


def yardstick(model: ServiceModel, program: Program, horizon: Horizon) -> Yardstick:
    """The yardstick of a model over a horizon; `program` must be built from both."""
    first_ms, last_ms = horizon.first_day * MS_PER_DAY, horizon.last_day * MS_PER_DAY
    hall = model.calendars[model.visits.calendar]
    reach = model.start_date, program.horizon_ms
    open_hall = _hours(hall, *reach)
    hours = tuple(_hours(calendar, *reach) for calendar in model.calendars.values())
    of_member = np.array(program.member_calendars, "int64")
    bounds = np.array([first_ms, last_ms])
    open_minutes = np.array([np.diff(h.worked_until(bounds))[0] / MS_PER_MINUTE for h in hours])
    steps = program.names.steps
    return Yardstick(
        model=model,
        first_ms=first_ms,
        last_ms=last_ms,
        working_days=_working_days(open_hall, first_ms, last_ms),
        minutes_per_day=hall.minutes_per_day,
        hall=open_hall,
        inside=_hours(hall.envelope(), *reach),
        present=np.array([step.present for step in steps], bool),
        decides=np.array([step.decides for step in steps], bool),
        queued=queued_steps(program),
        helpers=helpers_of_steps(program),
        may_give_up=any(code.patience >= 0 for code in program.arrivals),
        together=np.array([code.together for code in program.steps], bool),
        hours=hours,
        hours_of_member=of_member,
        open_minutes=open_minutes[of_member],
    )


def _hours(calendar: WorkingCalendar, start_date: dt.date, horizon_ms: int) -> OpenIntervals:
    """The open intervals of a run, counted from the first midnight of the model."""
    midnight = (start_date - dt.date(1970, 1, 1)).days * MS_PER_DAY
    found = calendar.intervals(midnight, midnight + horizon_ms)
    return OpenIntervals(found.begin_ms - midnight, found.end_ms - midnight, found.worked_before_ms)


def _working_days(hall: OpenIntervals, first_ms: int, last_ms: int) -> int:
    worked = hall.worked_until(np.arange(first_ms, last_ms + 1, MS_PER_DAY))
    return int(np.count_nonzero(np.diff(worked)))
