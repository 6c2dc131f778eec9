"""The hall: materials, pools, members and machines, steps, and the evidence for all of it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, model_validator

from mining.errors import FieldError
from mining.event_log import PRESENT_PLACES
from mining.text import Text
from mining.working_time import MinuteOfDay, Weekday
from simulation.model.distributions import NO_TIME, Distribution
from simulation.model.parts import Clock, Part, Place, Priority, Share, Speed

SHORTEST_RUN_MINUTES = 1  # a machine that fails without end at one moment would stop the clock of a run


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


class Failure(Part):
    """A machine that breaks down.

    It runs for `runs_for` of its calendar's open time, busy or idle, then it is down until repaired; a
    service it was giving goes on after the repair. Without `repaired_by` the repair takes `repair`, by
    `repair_clock` in elapsed time or in the open time of the machine's own calendar (nobody comes at night);
    with it the repair is work for the members of that pool and takes their working time.
    """

    runs_for: Distribution
    repair: Distribution
    repaired_by: str | None = None
    repair_clock: Clock = "elapsed"  # for repairs from outside

    @model_validator(mode="after")
    def _runs(self) -> Failure:
        if self.runs_for.mean_minutes < SHORTEST_RUN_MINUTES:
            raise FieldError(
                zh=f"runs_for 平均至少为 1 分钟，现为 {self.runs_for.mean_minutes:g} 分钟",
                en=f"runs_for must be at least 1 minute on average, found {self.runs_for.mean_minutes:g}",
            )
        return self


class Member(Part):
    """A person or machine that serves pools. `speed` 2 halves the service times; `step_speeds` wins."""

    name: str
    serves: tuple[str, ...] = Field(min_length=1)
    calendar: str
    speed: Speed = 1.0
    step_speeds: dict[str, Speed] = Field(default_factory=dict)
    failure: Failure | None = None


class PolicyChange(Part):
    """A new rule nobody knows yet: from `from_date` (midnight) on `extra_return_chance` is added to the
    `return_chance` of a step, half of it after `half_life_days` (elapsed), a quarter after twice as many.
    """

    from_date: dt.date
    extra_return_chance: Share
    half_life_days: float = Field(gt=0)


class Batch(Part):
    """Work is gathered and let go together, e.g. for a weekly joint review.

    It is let go as soon as `size` cases have gathered, and at the moments of `weekly` (on days on which
    `calendar` is open, every week without one), all that are there. `together`: the cases of one batch are
    one piece of work that takes the own time of the step once and checks the materials of all; otherwise
    they queue one by one.
    """

    size: int | None = Field(default=None, ge=1)
    weekly: dict[Weekday, tuple[MinuteOfDay, ...]] = Field(default_factory=dict)
    calendar: str | None = None
    together: bool = False

    @model_validator(mode="after")
    def _ends(self) -> Batch:
        if self.size is None and not any(self.weekly.values()):
            raise FieldError(
                zh="成批办理须给出 size 或 weekly 时刻，否则永远不会放行",
                en="a batch needs a size or weekly moments, otherwise it is never let go",
            )
        if self.calendar is not None and not any(self.weekly.values()):
            raise FieldError(
                zh="成批办理的 calendar 只用于 weekly 时刻，此处没有",
                en="the calendar of a batch is that of its weekly moments, of which there are none",
            )
        return self


class Stuck(Part):
    """An applicant who cannot finish by herself, e.g. at a kiosk.

    With `chance` the step ends without result and the step `then` is done in its place: a counter, or a
    helper who comes to the machine. `keeps_machine`: the machine stays taken until the helper has finished.
    """

    chance: Share
    then: str
    keeps_machine: bool = False


class Step(Part):
    """One piece of work on a case.

    A step with a `pool` waits in that pool's queue; one without is never short of hands. Its time is
    `duration` (own time) plus `minutes_to_check` of each material handed in, divided by the member's speed.
    At places where the applicant stands (counter, kiosk) service is finished even if the hall closes; in
    the back office it pauses. A step without pool takes working time of `calendar` if `clock` is "working".
    The chance of a return for correction is 1 - (1 - return_chance) x product(1 - defect chance of each);
    a case that comes back hands in again only the materials that were at fault. `stops_clock`: the time
    limits of the case do not run from reaching the step to its end (特别程序).
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
    priority: Priority = 0  # lower is served first
    silent: bool = False  # removed by a redesign: takes no time, leaves no record, keeps the routing
    batch: Batch | None = None
    stuck: Stuck | None = None
    stops_clock: bool = False
    label: Text | None = None

    @property
    def present(self) -> bool:
        """Whether the applicant stands there while it is done."""
        return self.place in PRESENT_PLACES

    @model_validator(mode="after")
    def _pool_or_clock(self) -> Step:
        if self.pool is None and self.clock == "working" and self.calendar is None and not self.silent:
            raise FieldError(
                zh=f"环节 {self.name}：没有队列（pool）而按工作时间计，须给出日历（calendar）",
                en=f"step {self.name}: without a pool and in working time it needs a calendar",
            )
        names = [asked.material for asked in self.materials]
        if len(names) != len(set(names)):
            raise FieldError(
                zh=f"环节 {self.name}：同一材料要了两次",
                en=f"step {self.name}: asks for the same material twice",
            )
        return self

    @model_validator(mode="after")
    def _batch_and_stuck(self) -> Step:
        if self.batch is not None and self.present:
            raise FieldError(
                zh=f"环节 {self.name}：在窗口或自助机前的申请人不能成批办理",
                en=f"step {self.name}: applicants at a counter or kiosk are not served in batches",
            )
        if self.batch is not None and self.batch.together and self.pool is None:
            raise FieldError(
                zh=f"环节 {self.name}：一并办理（together）的批次须有队列（pool）",
                en=f"step {self.name}: a batch done together needs a pool",
            )
        if self.stuck is not None and not self.present:
            raise FieldError(
                zh=f"环节 {self.name}：只有在窗口或自助机前的申请人才会被卡住（stuck）",
                en=f"step {self.name}: only applicants at a counter or kiosk can be stuck",
            )
        return self


class Evidence(Part):
    """Where a parameter comes from."""

    source: Literal["measured", "assumed", "user"]
    n: int | None = None
    low: float | None = None
    high: float | None = None
    note: Text | None = None


class Limits(Part):
    """Time limits of the service, in working days of `calendar` counted from the day after acceptance.

    A case is accepted when the step `accepted_by` is passed first; without one, when it applies.
    """

    calendar: str
    accepted_by: str | None = None
    statutory_working_days: int | None = Field(default=None, ge=0)
    promised_working_days: int | None = Field(default=None, ge=0)
