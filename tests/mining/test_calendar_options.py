"""A file of working hours: read, and refused with the field."""

from __future__ import annotations

import datetime as dt

import pytest

from mining.calendar_options import read_working_hours
from mining.errors import OnewindowError


def test_hours_of_staff_and_hall(tmp_path):
    path = tmp_path / "hours.yaml"
    path.write_text(
        'weekly: {mon: ["09:00-12:00", "13:00-17:00"]}\n'
        'hall_weekly: {mon: ["09:00-18:00"], sat: ["09:00-12:00"]}\ncountry: CN\n',
        encoding="utf-8",
    )
    hours = read_working_hours(path)
    assert hours.country == "CN"
    assert not hours.is_working_day(dt.date(2026, 3, 7))
    assert hours.of_hall().is_working_day(dt.date(2026, 3, 7))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('weekly: {mon: ["9 to 5"]}', "field weekly.mon.0"),
        ("weekly: {mon: []}", "at least one open period"),
        ("hours: {}", "field weekly"),
        ("- 1", "hours.yaml: field -"),
        ("weekly: {", "cannot be read"),
    ],
)
def test_bad_files_name_the_field(tmp_path, text, message):
    path = tmp_path / "hours.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OnewindowError, match=message) as caught:
        read_working_hours(path)
    assert "hours.yaml" in caught.value.in_language("zh")
