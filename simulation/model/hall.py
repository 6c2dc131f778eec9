"""The hall and the people in it: materials, pools, members, steps, arrivals, visits, evidence."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, model_validator

from mining.text import Text
from mining.working_time import MinuteOfDay
from simulation.model.distributions import NO_TIME, Distribution
from simulation.model.parts import Clock, Part, Place, Share


class Material(Part):
    """A document the hall asks for; everything here holds for every step that asks for it."""

    name: str
    issuer_dept: str | None = None  # None: the applicant makes it, e.g. an application form
    minutes_to_check: float = Field(default=0.0, ge=0)
    spellings: tuple[str, ...] = ()  # how forms name it; generated logs use them


class AskedMaterial(Part):
    """A material asked for by one step.

    `defect_chance`: the chance that this document alone makes the step return the case for correction.
    `shared`: fetched from the issuing department instead of handed in, which works out with
    `shared_available` and takes `shared_minutes` (elapsed) before the step can begin; where it does not work
    out the applicant hands it in as before.
    """

    material: str
    defect_chance: Share = 0.0
    shared: bool = False
    shared_available: Share = 1.0
    shared_minutes: float = Field(default=0.0, ge=0)
    shared_mismatch_chance: Share = 0.0  # replaces defect_chance where the document was fetched


class Pool(Part):
    """A queue of work. First in first out by the moment the work could begin, within priority classes."""

    name: str
    dept: str | None = None


class Member(Part):
    """A person or machine that serves pools. `speed` 2 halves the service times; `step_speeds` wins."""

    name: str
    serves: tuple[str, ...] = Field(min_length=1)
    calendar: str
    speed: float = Field(default=1.0, gt=0)
    step_speeds: dict[str, float] = Field(default_factory=dict)


class PolicyChange(Part):
    """A new rule nobody knows yet: from `from_date` (midnight) on `extra_return_chance` is added to the
    `return_chance` of a step, half of it after `half_life_days` (elapsed), a quarter after twice as many.
    """

    from_date: dt.date
    extra_return_chance: Share
    half_life_days: float = Field(gt=0)


class Step(Part):
    """One piece of work on a case.

    A step with a `pool` waits in that pool's queue; one without is never short of hands. Its time is
    `duration` (own time) plus `minutes_to_check` of each material handed in, divided by the member's speed.
    At places where the applicant stands (counter, kiosk) service is finished even if the hall closes; in
    the back office it pauses. A step without pool takes working time of `calendar` if `clock` is "working".
    The chance of a return for correction is 1 - (1 - return_chance) x product(1 - defect chance of each);
    a case that comes back hands in again only the materials that were at fault.
    """

    name: str
    dept: str | None = None
    place: Place = "back_office"
    pool: str | None = None
    calendar: str | None = None  # for steps without pool
    clock: Clock = "working"  # for steps without pool
    duration: Distribution = NO_TIME
    delay_before: Distribution = NO_TIME  # nobody here works on it: post, applicant, another agency
    delay_clock: Clock = "elapsed"
    materials: tuple[AskedMaterial, ...] = ()
    issues: tuple[str, ...] = ()  # documents it makes
    return_chance: Share = 0.0
    policy_change: PolicyChange | None = None
    reject_chance: Share = 0.0
    decides: bool = True  # False: the log shows no result for it, e.g. a pick-up
    priority: int = 0  # lower is served first
    silent: bool = False  # removed by a redesign: takes no time, leaves no record, keeps the routing
    label: Text | None = None

    @model_validator(mode="after")
    def _pool_or_clock(self) -> Step:
        if self.pool is None and self.clock == "working" and self.calendar is None and not self.silent:
            raise ValueError(f"step {self.name}: without a pool and in working time it needs a calendar")
        names = [asked.material for asked in self.materials]
        if len(names) != len(set(names)):
            raise ValueError(f"step {self.name}: asks for the same material twice")
        return self


class Arrivals(Part):
    """People who start this service through one channel: a Poisson process by weekday and half-hour.

    `per_day` is the mean on an average working day of `calendar`. `weekday_factors` (mon..sun) and
    `half_hour_weights` (start of the half-hour as "09:00" -> weight) are normalised by use. `day_cv` > 0
    multiplies each day's rate by a gamma factor of mean 1 and this coefficient of variation.
    Days on which `calendar` is closed have no arrivals.
    """

    name: str
    per_day: float = Field(ge=0)
    calendar: str
    channel: str = "窗口"
    item: str | None = None
    weekday_factors: tuple[float, float, float, float, float, float, float] = (1, 1, 1, 1, 1, 1, 1)
    half_hour_weights: dict[MinuteOfDay, float]
    day_cv: float = Field(default=0.0, ge=0)


class Visits(Part):
    """How applicants come and go.

    A counter step whose applicant is not in the hall begins with coming to the hall: after `come_back_after`
    (elapsed), at once if tickets are given out then, after a lunch break when it ends. A delay that ends
    before opening or after the last ticket leads to the next hours with tickets, at a time of day drawn from
    the arrival profile, so that not everybody comes when the doors open. Two counter steps in a row are one
    visit with chance `same_day_continuation` if tickets are still given out. `correction_takes` (elapsed)
    precedes coming back after a return for correction, in place of `come_back_after`. People who hold a
    ticket at closing come again next morning and keep their place.
    """

    calendar: str
    ticket_cutoff_minutes_before_close: float = Field(default=0, ge=0)
    come_back_after: Distribution = NO_TIME
    correction_takes: Distribution = NO_TIME
    same_day_continuation: Share = 1.0


class Evidence(Part):
    """Where a parameter comes from."""

    source: Literal["measured", "assumed", "user"]
    n: int | None = None
    low: float | None = None
    high: float | None = None
    note: Text | None = None
