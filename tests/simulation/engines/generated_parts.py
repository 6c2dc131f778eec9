"""What generated halls are made of: choices, times that collide on purpose, and calendars."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]

SERVICE_MINUTES = (10, 0, 5, 15, 30, 20, 60, 7.3, 1 / 60_000, 90)
PAUSE_MINUTES = (0, 10, 60, 5, 30, 1020, 1440, 12.34, 1440 * 2)
RUNS_FOR_MINUTES = (60, 240, 30, 10, 7.3, 1440)
FEW_MINUTES = (10, 20, 0)  # of a hall in which nearly everything falls on the instant of something else
CHANCES = (0.3, 0.7, 0.1, 1)
DAY_SETS = (
    ("mon", "tue", "wed", "thu", "fri"),
    ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    ("mon", "wed", "fri"),
    ("mon", "tue", "sat"),
)
HOURS = (
    ("09:00-12:00", "13:00-17:00"),
    ("09:00-17:00",),
    ("00:00-24:00",),
    ("09:00-12:00", "13:00-17:00"),
    ("08:00-12:00", "12:30-20:00"),
    ("09:00-12:00",),
    ("13:00-17:00",),
    ("08:30-11:45", "13:30-16:30"),
    ("09:00-10:00",),
    ("00:00-02:00", "22:00-24:00"),
    ("08:00-09:00", "10:00-11:00", "12:00-13:00", "16:00-16:10"),
)
START_DATES = (  # a plain Monday; before Spring Festival, Labour Day, National Day; the turn of a year
    "2026-03-02",
    "2026-02-12",
    "2026-04-29",
    "2026-09-17",
    "2026-12-30",
)


@lru_cache(maxsize=512)
def _sampled(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


_BOOLEANS = st.booleans()


class Chooser:
    """Choices by Hypothesis; each shrinks to the first value, to no, to few.

    `on` is the set of features of this hall: drawn first, so that halls differ in what they have at all and
    each feature meets few others as well as many.
    """

    def __init__(self, draw: st.DrawFn, features: tuple[str, ...]) -> None:
        self.draw = draw
        likely = _sampled((False, True, True, True, True)) if self.one_in(3) else _BOOLEANS
        self.on = frozenset(name for name in features if draw(likely))

    def pick(self, *values: Any) -> Any:
        """One of the values."""
        return self.draw(_sampled(values))

    def pick_of(self, values: list[Any]) -> Any:
        """One of a list, whatever is in it."""
        return values[self.number(0, len(values) - 1)]

    def one_in(self, n: int) -> bool:
        """True once in n."""
        return bool(self.draw(_sampled((False,) * (n - 1) + (True,))))

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return int(self.draw(_sampled(tuple(range(low, high + 1)))))

    def some(self, values: tuple[Any, ...], least: int = 0) -> list[Any]:
        """Some of the values in their order, the first ones where `least` asks for more."""
        chosen = [value for value in values if self.draw(_BOOLEANS)]
        return chosen if len(chosen) >= least else list(values[:least])

    def has(self, feature: str, n: int = 2) -> bool:
        """Whether a part gets a feature this hall has: once in n."""
        return feature in self.on and self.one_in(n)


def duration(c: Chooser, minutes: tuple[float, ...] = SERVICE_MINUTES) -> Document:
    """A distribution: mostly constants and steps of equal values, so that things end at one instant."""
    length = c.pick(*(FEW_MINUTES if "ties" in c.on and minutes is not RUNS_FOR_MINUTES else minutes))
    kinds = ("constant", "constant", "steps")
    kind = c.pick(*kinds, "exponential", "lognormal", "uniform") if "chance" in c.on else c.pick(*kinds)
    return {
        "constant": {"kind": "constant", "minutes": length},
        "steps": {"kind": "quantiles", "values_minutes": [length, length, length, length + 5, length + 5]},
        "exponential": {"kind": "exponential", "mean_minutes": length},
        "lognormal": {"kind": "lognormal", "mean_minutes": length, "cv": 0.8},
        "uniform": {"kind": "uniform", "low_minutes": length / 2, "high_minutes": length},
    }[kind]


def pause(c: Chooser) -> Document:
    """A time in which nobody works: up to two days."""
    return duration(c, PAUSE_MINUTES)


def calendars(c: Chooser) -> Document:
    """The calendars of a hall, its staff, an office, and around the clock."""
    hall = _calendar(c)
    staff = _calendar(c) if "own calendars" in c.on else hall
    office = _calendar(c) if "own calendars" in c.on else hall
    return {"hall": hall, "staff": staff, "office": office, "always": _weekly(DAY_SETS[1], HOURS[2])}


def _weekly(days: tuple[str, ...], hours: tuple[str, ...]) -> Document:
    return {"weekly": {day: list(hours) for day in days}}


def _calendar(c: Chooser) -> Document:
    calendar = _weekly(c.pick(*DAY_SETS), c.pick(*HOURS))
    if c.has("holidays"):
        calendar["weekly"]["tue"] = list(c.pick(*HOURS))
        calendar["extra_day_like"] = c.pick("mon", "tue", "sun")
        if c.one_in(2):
            calendar["country"] = "CN"
        else:
            calendar["closed_days"] = c.some(("2026-03-02", "2026-03-04", "2026-02-13", "2026-12-31"))
            calendar["extra_days"] = c.some(("2026-03-03", "2026-03-07", "2026-02-15", "2027-01-02"))
    return calendar
