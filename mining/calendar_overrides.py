"""Days a planner knows better than any library: a table of dates that are, or are not, working days.

`calendar_overrides.csv`, UTF-8, one row a day (Chinese headers 日期, 是否工作日, 备注 are read too):

    date,is_workday,note
    2027-02-06,1,调休上班
    2027-02-08,0,春节
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mining.errors import CalendarError
from mining.working_time import WorkingCalendar

_HEADERS = {
    "date": "date",
    "日期": "date",
    "is_workday": "is_workday",
    "是否工作日": "is_workday",
    "note": "note",
    "备注": "note",
}
_WORKED = {"1": True, "true": True, "yes": True, "y": True, "是": True} | {
    "0": False,
    "false": False,
    "no": False,
    "n": False,
    "否": False,
}


@dataclass(frozen=True)
class CalendarOverrides:
    """Dates that are working days or not, whatever the weekly timetable and the country say."""

    is_workday: Mapping[dt.date, bool]
    notes: Mapping[dt.date, str]
    source: str = ""

    def on(self, calendar: WorkingCalendar) -> WorkingCalendar:
        """The calendar with these days; a working day on a closed weekday keeps `extra_day_like` hours.

        A working day that the timetable has open anyway keeps the hours of its own weekday.
        """
        named = self.is_workday
        closed = {day for day in calendar.closed_days if day not in named}
        extra = {day for day in calendar.extra_days if day not in named}
        bare = calendar.model_copy(update={"closed_days": (), "extra_days": ()})
        closed |= {day for day, worked in named.items() if not worked}
        extra |= {day for day, worked in named.items() if worked and not bare.is_working_day(day)}
        return calendar.model_copy(
            update={"closed_days": tuple(sorted(closed)), "extra_days": tuple(sorted(extra))}
        )


def read_calendar_overrides(path: Path) -> CalendarOverrides:
    """Read a table of days; raises `CalendarError` naming the row and the field."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CalendarError(
            zh=f"{path.name}：无法读取（{error}）；应为 UTF-8 编码的 CSV。",
            en=f"{path.name}: cannot be read ({error}); a CSV file in UTF-8 is expected.",
        ) from error
    rows = list(csv.reader(text.splitlines()))
    places = _places(rows[0] if rows else [], path.name)
    days: dict[dt.date, bool] = {}
    notes: dict[dt.date, str] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
        day = _date(cells["date"], path.name, number)
        if day in days:
            raise CalendarError(
                zh=f"{path.name} 第 {number} 行：date {day} 已在前面出现过，每个日期只能写一次。",
                en=f"{path.name} row {number}: date {day} occurs twice; each date may be named once.",
            )
        days[day] = _worked(cells["is_workday"], path.name, number)
        notes[day] = cells.get("note", "")
    return CalendarOverrides(days, notes, path.name)


def _places(header: list[str], file: str) -> dict[str, int]:
    folded = [cell.strip().lower() for cell in header]
    places = {_HEADERS[name]: place for place, name in enumerate(folded) if name in _HEADERS}
    missing = [name for name in ("date", "is_workday") if name not in places]
    if missing:
        found = ", ".join(header) or "-"
        raise CalendarError(
            zh=f"{file} 第 1 行：缺少列 {missing[0]}；应有 date、is_workday，可有 note；实际为 {found}。",
            en=f"{file} row 1: the column {missing[0]} is missing; date and is_workday are needed, note is "
            f"optional; found: {found}.",
        )
    return places


def _date(text: str, file: str, number: int) -> dt.date:
    try:
        return dt.date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise CalendarError(
            zh=f"{file} 第 {number} 行：date 为“{text}”，应为 2027-02-06 这样的日期。",
            en=f"{file} row {number}: date is {text!r}; a date like 2027-02-06 is expected.",
        ) from None


def _worked(text: str, file: str, number: int) -> bool:
    if text.lower() not in _WORKED:
        raise CalendarError(
            zh=f"{file} 第 {number} 行：is_workday 为“{text}”，可用：1/0、是/否、true/false、yes/no。",
            en=f"{file} row {number}: is_workday is {text!r}; allowed: 1/0, true/false, yes/no, 是/否.",
        )
    return _WORKED[text.lower()]
