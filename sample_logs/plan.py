"""What is planted in a sample service, as data: the files of `sample_logs/planted/` are read into these."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mining.event_log import RETURN

Share = float


class Part(BaseModel):
    """Base: frozen, unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LogSpan(Part):
    """How long the log of a service is by default, and how long its hall was open before.

    `lead_in_days` is longer than nine in ten cases stay where people queue, so that the queues of the first
    day are as full as those of any other.
    """

    days: int = Field(default=90, ge=1)
    lead_in_days: int = Field(default=42, ge=0)


class SlowOfficer(Part):
    """An officer made slower on purpose: each service takes `service_time_factor` times as long."""

    officer: str
    service_time_factor: float


class PolicyChange(Part):
    """A new rule nobody knows yet: from day `day` of the log on `step` returns more cases.

    `extra_return_chance` on that day, half of it every `half_life_days` later.
    """

    step: str
    day: int
    extra_return_chance: Share
    half_life_days: float


class SentBack(Part):
    """A branch of the flow that answers an objection: `step` objected where `followed_by` comes next to it.

    The simulator lets a review pass and then draws whether the case goes another round; the log shows it as
    a decision: `result`, with the documents handed in at `followed_by` as its reason.
    """

    step: str
    followed_by: str
    result: Literal["补正", "退回"] = "补正"

    @property
    def by_applicant(self) -> bool:
        """Whether the applicant puts it right (补正), not another department (退回)."""
        return self.result == RETURN


class StepLimit(Part):
    """A department's own clock: `step` begins with the acceptance of what came in at `received` (收件).

    It is promised within `promised_working_days` from then. Both rows of the log carry the two times.
    """

    received: str
    step: str
    promised_working_days: int


class LateAcceptance(Part):
    """Cases that lie before they are accepted, so that the clock begins late (体外循环).

    The model makes them wait; here it says where: `share` of the cases between `received` and `step`.
    """

    received: str
    step: str
    share: Share
    working_days: float


class Item(Part):
    """The steps that are one item (事项) of the catalogue, one case of it in exports by item.

    `promised_working_days` is the item's own limit, None where it has none.
    """

    steps: tuple[str, ...]
    promised_working_days: int | None = None


class Heaping(Part):
    """A step of which `share` of the first decisions come on the last day of the limit (压线办结)."""

    step: str
    share: Share


class ClockStop(Part):
    """A special procedure (特别程序) that stops the clock: from the start of `steps` to their end."""

    kind: str
    steps: tuple[str, ...]
    reason: str


class Limits(Part):
    """Time limits of a case, in working days."""

    statutory_working_days: int
    promised_working_days: int


class Reviews(Part):
    """Reviews after services at counters (好差评), with `share` given.

    `worse_with_volume`: windows whose reviews get worse the more people they serve in a week.
    """

    share: Share = 0.35
    worse_with_volume: tuple[str, ...] = ()


class Complaints(Part):
    """Complaints: to be closed within `limit_working_days`, which `late_share` of them miss."""

    limit_working_days: int = 15
    late_share: Share = 0.0


class Tickets(Part):
    """The queue machine: `booked_share` of the tickets were booked; of the people who booked
    `no_show_share` never come, of the others `abandoned_share` leave before they are called."""

    booked_share: Share = 0.3
    no_show_share: Share = 0.05
    abandoned_share: Share = 0.03


class Kiosk(Part):
    """A self-service machine: mean hours between failures and to repair, of its open hours."""

    device: str
    hours_between_failures: float
    hours_to_repair: float

    @property
    def availability(self) -> float:
        """Share of the open hours it runs, in the long run."""
        return self.hours_between_failures / (self.hours_between_failures + self.hours_to_repair)


class Commitments(Part):
    """Documents replaced by a promise (告知承诺): `checked_share` of the cases are checked later, of which
    `breached_share` had promised what is not true."""

    checked_share: Share = 0.0
    breached_share: Share = 0.0


class Planted(Part):
    """The waste planted in a sample service, and what its log holds beside the run.

    `redundant_steps` decide, always pass and make no document. `electronic_documents` are those that exist
    at once when they are electronic, so that nobody has to wait for the paper. `parallel_steps`: sets of
    departments' first steps that need nothing from each other. `e_licences`: documents that an electronic
    licence stands in for, by the catalogue. `several_matters_share`: applicants who come with
    another matter of the same kind later. `written_as`: steps of the model that the log calls by the name
    of another, as a second round has the name of the first. `items`: by name, for exports by item.
    """

    log: LogSpan = LogSpan()
    limits: Limits
    redundant_steps: tuple[str, ...] = ()
    slow_officers: tuple[SlowOfficer, ...] = ()
    electronic_documents: tuple[str, ...] = ()
    parallel_steps: tuple[tuple[str, ...], ...] = ()
    policy_changes: tuple[PolicyChange, ...] = ()
    sent_back: tuple[SentBack, ...] = ()
    written_as: dict[str, str] = {}
    items: dict[str, Item] = {}
    step_limits: tuple[StepLimit, ...] = ()
    late_acceptance: tuple[LateAcceptance, ...] = ()
    heaping: tuple[Heaping, ...] = ()
    clock_stops: tuple[ClockStop, ...] = ()
    several_matters_share: Share = 0.1
    reviews: Reviews = Reviews()
    complaints: Complaints = Complaints()
    tickets: Tickets | None = Tickets()
    kiosks: tuple[Kiosk, ...] = ()
    commitments: Commitments = Commitments()
    e_licences: tuple[str, ...] = ()
