"""The shapes a point in time is written in: `0000-00-00T00:00:00.000+00:00`, every digit a zero.

A column of a million times has a handful of shapes, so a shape is understood once and the numbers in it are
then taken from all rows at their places.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

Span = tuple[int, int]  # from, to

_TIME = (
    r"(?:[T ]+(?P<ampm1>AM|PM)? ?(?P<hour>00?):(?P<minute>00?)"
    r"(?::(?P<second>00?)(?:[.,](?P<fraction>0+))?)?:? ?(?P<ampm2>AM|PM)?)"
)
_COMPACT_TIME = r"(?:[T ]?(?P<hour_c>00)(?P<minute_c>00)(?P<second_c>00)?(?:[.,](?P<fraction_c>0+))?)"
_OFFSET = r"(?: ?(?:(?P<utc>Z|UTC|GMT)|(?P<sign>[+-])(?P<offset_hour>00):?(?P<offset_minute>00)?))?"
_SHAPES = re.compile(
    r"(?:(?P<year>0000)(?P<s>[-/.])(?P<month>00?)(?P=s)(?P<day>00?)"
    r"|(?P<first>00?)(?P<t>[-/.])(?P<second_number>00?)(?P=t)(?P<year_last>0000))"
    rf"{_TIME}?{_OFFSET}"
)
_COMPACT = re.compile(rf"(?P<year>0000)(?P<month>00)(?P<day>00)(?:{_COMPACT_TIME}|{_TIME})?{_OFFSET}")
_SERIAL = re.compile(r"0{5}(?:\.0+)?")


@dataclass(frozen=True)
class TimeShape:
    """Where the numbers of a shape are: name of the number -> its place in the text.

    `first` and `second_number` are day and month in an order the shape does not tell. `serial`: the text
    is a count of days, as spreadsheets keep dates.
    """

    spans: dict[str, Span] = field(default_factory=dict)
    half_day: str | None = None  # "AM", "PM"
    offset_sign: int = 0  # 0: no offset from UTC is written
    serial: bool = False

    @property
    def has_clock(self) -> bool:
        """Whether a time of day is written."""
        return self.serial or "hour" in self.spans


@lru_cache(maxsize=4096)
def understand_shape(shape: str) -> TimeShape | None:
    """The numbers in a shape, or None where it is no known way to write a time."""
    if _SERIAL.fullmatch(shape):
        return TimeShape(serial=True)
    shape = shape.upper()
    match = _SHAPES.fullmatch(shape) or _COMPACT.fullmatch(shape)
    if match is None:
        return None
    found = match.groupdict()
    spans = {
        name.removesuffix("_c").removesuffix("_last"): match.span(name)
        for name, text in found.items()
        if text is not None and set(text) == {"0"}
    }
    sign = {None: 0, "+": 1, "-": -1}[found.get("sign")]
    return TimeShape(
        spans=spans,
        half_day=found.get("ampm1") or found.get("ampm2"),
        offset_sign=1 if found.get("utc") else sign,
    )
