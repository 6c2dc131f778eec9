"""The people who come to the hall: when, for what, how patiently, and how they come back."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from mining.errors import FieldError
from mining.working_time import MINUTES_PER_DAY, MinuteOfDay
from simulation.model.distributions import NO_TIME, Distribution
from simulation.model.parts import Part, Priority, Share

Lateness = Annotated[float, Field(ge=-MINUTES_PER_DAY, le=MINUTES_PER_DAY)]


class Patience(Part):
    """How long people wait for their turn before they give up and leave.

    `minutes` is counted in the hours in which people may be in the hall. `comes_back` is the chance that
    somebody who gave up comes again on a later day (after `Visits.come_back_after`, at the earliest next
    midnight); the others never do, and their case ends as given up.
    """

    minutes: Distribution
    comes_back: Share = 1.0


class Appointments(Part):
    """Slots that a share of the people book beforehand.

    Whoever books gets the slot in which she wished to come, or the first later one with room; a slot takes
    `per_slot` people. She comes `lateness_minutes` after its begin: values at evenly spaced probabilities,
    linear between them, negative = early. If she takes her ticket within `grace_minutes` after the begin of
    the slot, `priority` is added to that of her first counter step, and she waits from the begin of the slot
    on. A no-show leaves the slot empty; with `no_show_comes_later` she comes without appointment on the next
    day with tickets, otherwise never.
    """

    share: Share
    slot_minutes: int = Field(default=30, ge=1, le=720)
    per_slot: int = Field(ge=1)
    no_show_chance: Share = 0.0
    no_show_comes_later: Share = 0.0
    lateness_minutes: tuple[Lateness, ...] = Field(default=(0.0,), min_length=1)
    priority: Priority = -1
    grace_minutes: float = Field(default=10.0, ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Appointments:
        if list(self.lateness_minutes) != sorted(self.lateness_minutes):
            raise FieldError(
                zh="lateness_minutes 须从小到大排列", en="lateness_minutes must be in ascending order"
            )
        return self


class Arrivals(Part):
    """People who start this service through one channel: a Poisson process by weekday and half-hour.

    `per_day` is the mean on an average working day of `calendar`. `weekday_factors` (mon..sun) and
    `half_hour_weights` (start of the half-hour as "09:00" -> weight) are normalised by use. `day_cv` > 0
    multiplies each day's rate by a gamma factor of mean 1 and this coefficient of variation.
    Days on which `calendar` is closed have no arrivals. `priority` is added to that of each step (lower is
    served first): a lane of its own for the aged is one Arrivals more. `passed` are the steps these people
    come with as if they had just passed them, the latest last; choices and loops look back at them, so that
    what people come for decides where they go.
    """

    name: str
    per_day: float = Field(ge=0)
    calendar: str
    channel: str = "窗口"
    item: str | None = None
    weekday_factors: tuple[float, float, float, float, float, float, float] = (1, 1, 1, 1, 1, 1, 1)
    half_hour_weights: dict[MinuteOfDay, float]
    day_cv: float = Field(default=0.0, ge=0)
    priority: Priority = 0
    passed: tuple[str, ...] = Field(default=(), max_length=2)
    patience: Patience | None = None  # None: nobody gives up
    appointments: Appointments | None = None


class Visits(Part):
    """How applicants come and go.

    A counter step whose applicant is not in the hall begins with coming to the hall: after `come_back_after`
    (elapsed, travel included), at once if tickets are given out then, after a lunch break when it ends. A
    delay that ends before opening or after the last ticket leads to the next hours with tickets, at a time of
    day drawn from the arrival profile, so that not everybody comes when the doors open. Two counter steps in
    a row are one visit with chance `same_day_continuation` if tickets are still given out; to a counter of
    another pool she walks for `walk`. `correction_takes` (elapsed) precedes coming back after a return for
    correction, in place of `come_back_after`. People who hold a ticket at closing come again next morning
    and keep their place.
    """

    calendar: str
    ticket_cutoff_minutes_before_close: float = Field(default=0, ge=0)
    come_back_after: Distribution = NO_TIME
    correction_takes: Distribution = NO_TIME
    same_day_continuation: Share = 1.0
    walk: Distribution = NO_TIME
