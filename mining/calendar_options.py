"""What a planner tells about the working hours of a hall; everything else is read off the log."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from mining.calendar_overrides import CalendarOverrides
from mining.data_files import own_file
from mining.errors import CalendarError
from mining.text import Text
from mining.working_time import WorkingCalendar


@dataclass(frozen=True)
class CalendarOptions:
    """`country` is a code like "CN", "none" for no list of holidays, None to detect it. `hours` replace the
    opening hours read off the log. `overrides` win over everything."""

    country: str | None = None
    hours: WorkingCalendar | None = None
    overrides: CalendarOverrides | None = None


READ_OFF_THE_LOG = CalendarOptions()
"""Hours and closed days as the log shows them, the country detected."""


def read_working_hours(path: Path) -> WorkingCalendar:
    """A working calendar as YAML; raises `CalendarError` naming the field.

    weekly: {mon: ["09:00-12:00", "13:00-17:00"], tue: [...]}
    hall_weekly: {mon: ["09:00-18:00"], sat: ["09:00-12:00"]}  # where they are not those of the staff
    country: CN
    """
    document = own_file(path, Text(zh="工作时间文件", en="the file of working hours"))
    try:
        return WorkingCalendar.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "-"
        raise CalendarError(
            zh=f"{path.name}：字段 {field} 有误：{first['msg']}；应有 weekly，"
            '如 {mon: ["09:00-12:00", "13:00-17:00"]}。',
            en=f"{path.name}: field {field}: {first['msg']}; weekly is needed, such as "
            '{mon: ["09:00-12:00", "13:00-17:00"]}.',
        ) from error
