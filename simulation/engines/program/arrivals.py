"""Arrivals and the hours people come back, in numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import NamedTuple

from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, WEEKDAYS, WorkingCalendar
from simulation.engines.program.flow import NOTHING_YET
from simulation.engines.program.open_time import Interval, OpenTime, merge, ticket_periods
from simulation.errors import ModelError
from simulation.service_model import Appointments, Arrivals, Distribution, ServiceModel

HALF_HOUR_MS = 30 * MS_PER_MINUTE


class DayProfile(NamedTuple):
    """When in a day people come: stretches of the day, uniform within each.

    `cumulative` are the shares of the stretches added up, the last is 1.
    """

    begins_ms: tuple[int, ...]
    lengths_ms: tuple[int, ...]
    cumulative: tuple[float, ...]

    def moment(self, u: float) -> int:
        """Milliseconds since midnight for a uniform number."""
        before = 0.0
        for begin, length, reached in zip(self.begins_ms, self.lengths_ms, self.cumulative, strict=True):
            if u < reached:
                return begin + int((u - before) / (reached - before) * length)
            before = reached
        return self.begins_ms[-1] + self.lengths_ms[-1] - 1


class AppointmentsCode(NamedTuple):
    """Appointments of a stream of arrivals; `lateness_ms` are quantiles, negative = early."""

    share: float
    slot_ms: int
    per_slot: int
    no_show_chance: float
    comes_later: float
    lateness_ms: tuple[float, ...]
    priority: int
    grace_ms: int


class ArrivalsCode(NamedTuple):
    """A stream of arrivals: the expected number on each day, the gamma shape of the day factor (0 = none).

    `patience`: its distribution, -1 = nobody gives up; `comes_back`: the chance after giving up. `last` and
    `before_last`: the steps choices look back at when these people come, as in the context of a case.
    """

    stream: int
    per_day: tuple[float, ...]
    shape: float
    profile: DayProfile
    priority: int = 0
    patience: int = -1
    comes_back: float = 1.0
    appointments: AppointmentsCode | None = None
    before_last: int = NOTHING_YET
    last: int = NOTHING_YET


class ComingBack(NamedTuple):
    """When on a later day people come: `profiles[arrivals][pattern_of_day[day]]`, -1 on closed days."""

    pattern_of_day: tuple[int, ...]
    profiles: tuple[tuple[DayProfile, ...], ...]


def encode_arrivals(
    model: ServiceModel,
    days: int,
    days_of: dict[str, list[tuple[Interval, ...]]],
    streams: dict[tuple[str, ...], int],
    distribution_number: Callable[[Distribution], int],
    steps: Mapping[str, int],
) -> tuple[ArrivalsCode, ...]:
    """The arrivals of the model; raises `ModelError` where people should come but all factors are 0, and
    where they come with a step that is not in the flow. `steps` numbers the steps of the flow."""
    found = []
    for arrivals in model.arrivals:
        factors = _day_factors(arrivals, model.calendars[arrivals.calendar])
        before_last, last = _passed(arrivals, steps)
        per_day = []
        for day in range(days):
            is_open = bool(days_of[arrivals.calendar][day])
            weekday = (model.start_date.weekday() + day) % 7
            per_day.append(arrivals.per_day * factors[weekday] if is_open else 0.0)
        found.append(
            ArrivalsCode(
                stream=streams["arrivals", arrivals.name],
                per_day=tuple(per_day),
                shape=1 / arrivals.day_cv**2 if arrivals.day_cv > 0 else 0.0,
                profile=_profile(_half_hours(arrivals)),
                priority=arrivals.priority,
                patience=-1 if arrivals.patience is None else distribution_number(arrivals.patience.minutes),
                comes_back=1.0 if arrivals.patience is None else arrivals.patience.comes_back,
                appointments=_appointments(arrivals.appointments),
                before_last=before_last,
                last=last,
            )
        )
    return tuple(found)


def _passed(arrivals: Arrivals, steps: Mapping[str, int]) -> tuple[int, int]:
    """The last two steps of the context people come with, the latest last."""
    unknown = [name for name in arrivals.passed if name not in steps]
    if unknown:
        raise ModelError(
            zh=f"到达“{arrivals.name}”：passed 中的环节“{unknown[0]}”不在流程中；"
            f"流程中有：{'、'.join(steps)}。",
            en=f"Arrivals {arrivals.name!r}: step {unknown[0]!r} in `passed` is not in the flow, which has: "
            f"{', '.join(steps)}.",
        )
    numbers = [steps[name] + 1 for name in arrivals.passed]
    before_last, last = ([NOTHING_YET] * (2 - len(numbers))) + numbers
    return before_last, last


def _appointments(booked: Appointments | None) -> AppointmentsCode | None:
    if booked is None or booked.share == 0:
        return None
    return AppointmentsCode(
        share=booked.share,
        slot_ms=booked.slot_minutes * MS_PER_MINUTE,
        per_slot=booked.per_slot,
        no_show_chance=booked.no_show_chance,
        comes_later=booked.no_show_comes_later,
        lateness_ms=tuple(minutes * MS_PER_MINUTE for minutes in booked.lateness_minutes),
        priority=booked.priority,
        grace_ms=round(booked.grace_minutes * MS_PER_MINUTE),
    )


def _day_factors(arrivals: Arrivals, calendar: WorkingCalendar) -> list[float]:
    """Factor of each weekday, mean 1 over the open days of a week.

    A weekday that opens only as a make-up day has the factor of the day whose hours it keeps.
    """
    open_days = [n for n, day in enumerate(WEEKDAYS) if calendar.weekly.get(day)]
    factors = arrivals.weekday_factors
    mean = sum(factors[n] for n in open_days) / len(open_days)
    if mean <= 0 < arrivals.per_day or min(factors) < 0:
        raise ModelError(
            zh=f"到达“{arrivals.name}”：weekday_factors 须非负，且在开放日不能全为 0，现为 {list(factors)}。",
            en=f"Arrivals {arrivals.name!r}: weekday_factors must be >= 0 and not all 0 on open days, "
            f"found {list(factors)}.",
        )
    like = factors[WEEKDAYS.index(calendar.extra_day_like)]
    chosen = [factors[n] if n in open_days else like for n in range(7)]
    return [factor / mean if mean > 0 else 0.0 for factor in chosen]


def _half_hours(arrivals: Arrivals) -> list[tuple[int, int, float]]:
    """(begin, end, weight) of each half-hour, in milliseconds since midnight."""
    weights = sorted(arrivals.half_hour_weights.items())
    if not weights or sum(weight for _, weight in weights) <= 0 or min(w for _, w in weights) < 0:
        raise ModelError(
            zh=f"到达“{arrivals.name}”：half_hour_weights 须非负且不能全为 0。",
            en=f"Arrivals {arrivals.name!r}: half_hour_weights must be >= 0 and not all 0.",
        )
    begins = [minute * MS_PER_MINUTE for minute, _ in weights]
    for begin, following in pairwise([*begins, MS_PER_DAY]):
        if following - begin < HALF_HOUR_MS:
            at = f"{begin // 3_600_000:02d}:{begin // 60_000 % 60:02d}"
            raise ModelError(
                zh=f"到达“{arrivals.name}”：half_hour_weights 中 {at} 起的半小时与下一个重叠或超过当日。",
                en=f"Arrivals {arrivals.name!r}: the half-hour from {at} in half_hour_weights overlaps the "
                "next or leaves the day.",
            )
    return [(begin, begin + HALF_HOUR_MS, weight) for begin, (_, weight) in zip(begins, weights, strict=True)]


def _profile(stretches: list[tuple[int, int, float]]) -> DayProfile:
    """Stretches (begin, end, weight) as a profile; those without weight are left out."""
    kept = [stretch for stretch in stretches if stretch[2] > 0]
    total = sum(weight for _, _, weight in kept)
    cumulative, reached = [], 0.0
    for _, _, weight in kept:
        reached += weight
        cumulative.append(reached / total)
    return DayProfile(
        tuple(begin for begin, _, _ in kept), tuple(end - begin for begin, end, _ in kept), tuple(cumulative)
    )


def coming_back(model: ServiceModel, hall: list[tuple[Interval, ...]]) -> tuple[ComingBack, OpenTime]:
    """When people come on a later day, and when tickets are given out; see `Visits`.

    The time of day follows the arrival profile, restricted to the ticket hours of that day; where the two
    have nothing in common, it is uniform over the ticket hours.
    """
    tickets = ticket_periods(hall, model.visits.ticket_cutoff_minutes_before_close)
    patterns: dict[tuple[Interval, ...], int] = {}
    pattern_of_day = []
    for day, periods in enumerate(tickets):
        hours = tuple((begin - day * MS_PER_DAY, end - day * MS_PER_DAY) for begin, end in periods)
        pattern_of_day.append(patterns.setdefault(hours, len(patterns)) if hours else -1)
    profiles = tuple(
        tuple(_within(_half_hours(arrivals), hours) for hours in patterns) for arrivals in model.arrivals
    )
    return ComingBack(tuple(pattern_of_day), profiles), merge(p for periods in tickets for p in periods)


def _within(half_hours: list[tuple[int, int, float]], hours: tuple[Interval, ...]) -> DayProfile:
    stretches = []
    for begin, end, weight in half_hours:
        for opens, closes in hours:
            low, high = max(begin, opens), min(end, closes)
            if low < high:
                stretches.append((low, high, weight * (high - low) / (end - begin)))
    if not any(weight > 0 for _, _, weight in stretches):
        stretches = [(opens, closes, float(closes - opens)) for opens, closes in hours]
    return _profile(stretches)
