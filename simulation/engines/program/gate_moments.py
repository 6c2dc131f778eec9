"""When batches of a step are let go by timetable."""

from __future__ import annotations

import datetime as dt

from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, WEEKDAYS
from simulation.service_model import Batch, ServiceModel


def gate_moments(batch: Batch | None, model: ServiceModel, days: int) -> tuple[int, ...]:
    """Milliseconds since the model's first midnight, ascending, within `days` days.

    A weekday's moments count on days on which the calendar of the batch is open at all, every week without
    a calendar; a make-up day is the weekday it falls on.
    """
    if batch is None or not batch.weekly:
        return ()
    calendar = None if batch.calendar is None else model.calendars[batch.calendar]
    found: list[int] = []
    for number in range(days):
        day = model.start_date + dt.timedelta(days=number)
        moments = batch.weekly.get(WEEKDAYS[day.weekday()], ())
        if moments and (calendar is None or calendar.is_working_day(day)):
            found.extend(number * MS_PER_DAY + minute * MS_PER_MINUTE for minute in sorted(set(moments)))
    return tuple(found)
