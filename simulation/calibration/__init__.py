"""From an event log to a service model, one module a component."""

from mining.calendar_options import READ_OFF_THE_LOG, CalendarOptions
from mining.event_log import EventLog
from simulation.calibration.assemble import calibrate
from simulation.calibration.calendars import HallCalendar
from simulation.calibration.cases import complete_cases
from simulation.calibration.hall_hours import hall_calendar
from simulation.calibration.observations import observe

__all__ = ["HallCalendar", "calibrate", "calibrate_hall_calendar", "complete_cases"]


def calibrate_hall_calendar(log: EventLog, options: CalendarOptions = READ_OFF_THE_LOG) -> HallCalendar:
    """When the hall of this log works, and how that is known; a log too small to tell gets office hours."""
    return hall_calendar(log, observe(log), options)
