"""The hall's calendar: hours read off the log or told, the country's official days, a planner's overrides."""

from __future__ import annotations

from mining.calendar_options import CalendarOptions
from mining.country import choose_country, with_country
from mining.event_log import EventLog
from mining.text import Text, same
from simulation.calibration.calendars import HallCalendar, calibrate_calendar
from simulation.calibration.observations import Observations
from simulation.service_model import Evidence


def hall_calendar(log: EventLog, observed: Observations, options: CalendarOptions) -> HallCalendar:
    """When the hall of this log works; the note of the evidence says where hours, holidays and overrides
    come from."""
    hall = _told(options) if options.hours is not None else calibrate_calendar(observed)
    told = options.country
    if told is None and options.hours is not None:
        told = options.hours.country
    country = choose_country(log, told)
    calendar, country = with_country(hall.calendar.model_copy(update={"country": None}), log, country)
    notes = [hall.evidence.note or same(hall.evidence.source), country.reason]
    if options.overrides is not None:
        calendar = options.overrides.on(calendar)
        n, source = len(options.overrides.is_workday), options.overrides.source
        notes.append(Text(zh=f"{source} 改定 {n} 天", en=f"{n} days set by {source}"))
    note = Text(zh="；".join(n.zh.rstrip("。") for n in notes), en="; ".join(n.en.rstrip(".") for n in notes))
    return HallCalendar(calendar, hall.evidence.model_copy(update={"note": note}), country)


def _told(options: CalendarOptions) -> HallCalendar:
    assert options.hours is not None
    note = Text(zh="工作时间由用户给定", en="working hours as told")
    return HallCalendar(options.hours, Evidence(source="user", note=note))
