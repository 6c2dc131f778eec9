"""ServiceModel: a service hall as data a person can read and edit, one YAML file.

Frozen pydantic models, checked when made, so that no invalid model exists downstream. The flow is a
block-structured tree, sound by construction. `docs/service-model.md` explains each field to a planner.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    ValidationError,
    model_serializer,
    model_validator,
)

from mining.text import Text
from mining.working_time import MinuteOfDay, WorkingCalendar
from simulation.errors import ModelError

Place = Literal["counter", "kiosk", "online", "back_office", "applicant"]
Clock = Literal["working", "elapsed"]
Share = Annotated[float, Field(ge=0, le=1)]
START = "^"  # stands for "nothing yet" in the context of a choice


class Part(BaseModel):
    """Base of all parts: frozen, unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


# --- how long things take --------------------------------------------------------------------------


class DistributionPart(Part):
    """Base of the distributions: `kind` is always written, even where defaults are left out."""

    @model_serializer(mode="wrap")
    def _with_kind(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"kind": self.kind, **write(self)}  # type: ignore[attr-defined]


class Constant(DistributionPart):
    """Always the same."""

    kind: Literal["constant"] = "constant"
    minutes: float = Field(ge=0)

    @property
    def mean_minutes(self) -> float:
        """Mean in minutes."""
        return self.minutes


class Lognormal(DistributionPart):
    """Lognormal with this mean and coefficient of variation (sd / mean)."""

    kind: Literal["lognormal"] = "lognormal"
    mean_minutes: float = Field(ge=0)
    cv: float = Field(ge=0)


class Exponential(DistributionPart):
    """Exponential with this mean."""

    kind: Literal["exponential"] = "exponential"
    mean_minutes: float = Field(ge=0)


class Uniform(DistributionPart):
    """Uniform between two bounds."""

    kind: Literal["uniform"] = "uniform"
    low_minutes: float = Field(ge=0)
    high_minutes: float = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.high_minutes < self.low_minutes:
            raise ValueError("high_minutes is below low_minutes")
        return self

    @property
    def mean_minutes(self) -> float:
        """Mean in minutes."""
        return (self.low_minutes + self.high_minutes) / 2


class Quantiles(DistributionPart):
    """Empirical: values at evenly spaced probabilities 0, 1/(k-1), ..., 1, linear between them."""

    kind: Literal["quantiles"] = "quantiles"
    values_minutes: tuple[float, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> Quantiles:
        if min(self.values_minutes) < 0 or list(self.values_minutes) != sorted(self.values_minutes):
            raise ValueError("values_minutes must be non-negative and in ascending order")
        return self

    @property
    def mean_minutes(self) -> float:
        """Mean in minutes of the piecewise linear distribution."""
        values = np.array(self.values_minutes)
        return float(values[0]) if values.size == 1 else float(((values[1:] + values[:-1]) / 2).mean())


Distribution = Annotated[
    Constant | Lognormal | Exponential | Uniform | Quantiles, Field(discriminator="kind")
]

NO_TIME = Constant(minutes=0)


# --- materials, pools, steps -----------------------------------------------------------------------


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
    step_speeds: dict[str, float] = {}


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


# --- the flow --------------------------------------------------------------------------------------


class ContextRow(Part):
    """Weights of the branches after the last steps `after` (the latest last; START = nothing yet)."""

    after: tuple[str, ...] = Field(max_length=2)
    weights: tuple[float, ...]
    n: int | None = None  # observations behind it


class ContextTable(Part):
    """Branch weights by context: the longest context that has a row is used, `()` is the last resort."""

    rows: tuple[ContextRow, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> ContextTable:
        contexts = [row.after for row in self.rows]
        if () not in contexts:
            raise ValueError("a context table needs a row for the empty context: after: []")
        if len(contexts) != len(set(contexts)):
            raise ValueError("a context appears twice")
        sizes = {len(row.weights) for row in self.rows}
        if len(sizes) != 1:
            raise ValueError("all rows of a context table need the same number of weights")
        for row in self.rows:
            if min(row.weights) < 0 or sum(row.weights) <= 0:
                raise ValueError(f"weights after {list(row.after)} must be >= 0 and not all 0")
        return self

    @property
    def n_branches(self) -> int:
        """Number of branches."""
        return len(self.rows[0].weights)


class StepBlock(Part):
    """A leaf: do this step."""

    step: str


class Sequence(Part):
    """One after another."""

    sequence: tuple[Block, ...]


class Parallel(Part):
    """All branches at once; goes on when the last is done. Counters see the applicant one at a time."""

    parallel: tuple[Block, ...] = Field(min_length=1)


class Choice(Part):
    """One of the branches; an empty sequence is "nothing"."""

    choice: tuple[Block, ...] = Field(min_length=1)
    name: str  # addresses its random numbers
    table: ContextTable

    @model_validator(mode="after")
    def _sizes(self) -> Choice:
        if self.table.n_branches != len(self.choice):
            raise ValueError(
                f"choice {self.name}: {len(self.choice)} branches but {self.table.n_branches} weights"
            )
        return self


class Loop(Part):
    """Do the body, then again or on: weights are (again, on). `max_rounds` caps a runaway and is counted."""

    loop: Block
    name: str
    table: ContextTable
    max_rounds: int = Field(default=500, ge=1)

    @model_validator(mode="after")
    def _sizes(self) -> Loop:
        if self.table.n_branches != 2:
            raise ValueError(f"loop {self.name}: weights are [again, on], found {self.table.n_branches}")
        return self


class Wait(Part):
    """Time passes: nobody works on the case."""

    wait: Distribution
    name: str
    clock: Clock = "elapsed"
    calendar: str | None = None

    @model_validator(mode="after")
    def _calendar(self) -> Wait:
        if self.clock == "working" and self.calendar is None:
            raise ValueError(f"wait {self.name}: working time needs a calendar")
        return self


BLOCK_KEYS = {
    "step": StepBlock,
    "sequence": Sequence,
    "parallel": Parallel,
    "choice": Choice,
    "loop": Loop,
    "wait": Wait,
}


def _block_key(value: Any) -> str | None:
    """Which kind of block a YAML mapping is: the one of `BLOCK_KEYS` it has."""
    if isinstance(value, dict):
        return next((key for key in BLOCK_KEYS if key in value), None)
    return next((key for key, kind in BLOCK_KEYS.items() if isinstance(value, kind)), None)


Block = Annotated[
    Annotated[StepBlock, Tag("step")]
    | Annotated[Sequence, Tag("sequence")]
    | Annotated[Parallel, Tag("parallel")]
    | Annotated[Choice, Tag("choice")]
    | Annotated[Loop, Tag("loop")]
    | Annotated[Wait, Tag("wait")],
    Discriminator(
        _block_key,
        custom_error_type="unknown_block",
        custom_error_message="a block needs one of: " + ", ".join(BLOCK_KEYS),
    ),
]
for _kind in (Sequence, Parallel, Choice, Loop):
    _kind.model_rebuild()


def leaves(block: Block) -> Iterator[str]:
    """Names of the steps in a block, in flow order, with repetitions."""
    if isinstance(block, StepBlock):
        yield block.step
    for child in children(block):
        yield from leaves(child)


def children(block: Block) -> tuple[Block, ...]:
    """The blocks directly inside a block."""
    if isinstance(block, Sequence):
        return block.sequence
    if isinstance(block, Parallel):
        return block.parallel
    if isinstance(block, Choice):
        return block.choice
    if isinstance(block, Loop):
        return (block.loop,)
    return ()


# --- people who come -------------------------------------------------------------------------------


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


# --- the hall --------------------------------------------------------------------------------------


class ServiceModel(Part):
    """A service and its hall: who comes, what happens to a case, who does it, and how we know."""

    name: Text
    start_date: dt.date  # day 0 of a simulation, local midnight is millisecond 0
    calendars: dict[str, WorkingCalendar]
    materials: tuple[Material, ...] = ()
    pools: tuple[Pool, ...] = ()
    members: tuple[Member, ...] = ()
    steps: tuple[Step, ...]
    flow: Block
    arrivals: tuple[Arrivals, ...]
    visits: Visits
    evidence: dict[str, Evidence] = {}  # path such as "steps.名称核准.duration"

    @model_validator(mode="after")
    def _names_are_known(self) -> ServiceModel:
        for kind, names in (
            ("step", [s.name for s in self.steps]),
            ("pool", [p.name for p in self.pools]),
            ("member", [m.name for m in self.members]),
            ("material", [m.name for m in self.materials]),
            ("arrivals", [a.name for a in self.arrivals]),
        ):
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise ValueError(f"two {kind}s are called {sorted(twice)[0]!r}")
        for where, kind, name in self._references():
            known = self._known(kind)
            if name not in known:
                raise ValueError(f"{where}: {kind} {name!r} is not defined; known: {sorted(known)}")
        for pool in {s.pool for s in self.steps if s.pool and not s.silent}:
            if not any(pool in member.serves for member in self.members):
                raise ValueError(f"pool {pool!r} is used by a step but no member serves it")
        return self

    def _references(self) -> Iterator[tuple[str, str, str]]:
        for step in self.steps:
            where = f"step {step.name}"
            if step.pool is not None:
                yield where, "pool", step.pool
            if step.calendar is not None:
                yield where, "calendar", step.calendar
            for asked in step.materials:
                yield where, "material", asked.material
        for member in self.members:
            yield f"member {member.name}", "calendar", member.calendar
            for pool in member.serves:
                yield f"member {member.name}", "pool", pool
        for arrivals in self.arrivals:
            yield f"arrivals {arrivals.name}", "calendar", arrivals.calendar
        yield "visits", "calendar", self.visits.calendar
        yield from _block_references(self.flow)

    def _known(self, kind: str) -> set[str]:
        if kind == "calendar":
            return set(self.calendars)
        parts: dict[str, tuple[Any, ...]] = {
            "pool": self.pools,
            "material": self.materials,
            "step": self.steps,
        }
        return {part.name for part in parts[kind]}

    def step(self, name: str) -> Step:
        """The step called `name`; raises `ModelError` naming the known steps."""
        for step in self.steps:
            if step.name == name:
                return step
        known = ", ".join(step.name for step in self.steps)
        raise ModelError(
            zh=f"模型中没有环节“{name}”；已有：{known}。",
            en=f"The model has no step {name!r}; known: {known}.",
        )

    def material(self, name: str) -> Material:
        """The material called `name`; raises `ModelError`."""
        for material in self.materials:
            if material.name == name:
                return material
        raise ModelError(zh=f"模型中没有材料“{name}”。", en=f"The model has no material {name!r}.")

    @property
    def assumptions(self) -> dict[str, Evidence]:
        """Parameters that were assumed, not measured; shown wherever a result is shown."""
        return {path: e for path, e in self.evidence.items() if e.source == "assumed"}


def _block_references(block: Block) -> Iterator[tuple[str, str, str]]:
    if isinstance(block, StepBlock):
        yield "flow", "step", block.step
    if isinstance(block, Wait) and block.calendar is not None:
        yield f"wait {block.name}", "calendar", block.calendar
    for child in children(block):
        yield from _block_references(child)


# --- YAML ------------------------------------------------------------------------------------------


def read_service_model(path: Path) -> ServiceModel:
    """Read a model from YAML; raises `ModelError` naming file and field."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(
            zh=f"{path.name}：无法打开文件。",
            en=f"{path.name}: cannot be opened ({error.strerror}).",
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        detail = " ".join(str(error).split())
        raise ModelError(
            zh=f"{path.name}：不是有效的 YAML（{detail}）。",
            en=f"{path.name}: not valid YAML ({detail}).",
        ) from error
    return service_model_from(document, path.name)


def service_model_from(document: object, source: str = "model") -> ServiceModel:
    """Check a document (parsed YAML or JSON) and make the model; raises `ModelError` naming the field."""
    try:
        return ServiceModel.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "model"
        more = f" (+{error.error_count() - 1})" if error.error_count() > 1 else ""
        raise ModelError(
            zh=f"{source}：字段 {field}：{first['msg']}{more}",
            en=f"{source}: field {field}: {first['msg']}{more}",
        ) from error


def write_service_model(model: ServiceModel, path: Path) -> None:
    """Write a model as YAML that `read_service_model` reads back to an equal model."""
    path.write_text(dump_service_model(model), encoding="utf-8", newline="\n")


def dump_service_model(model: ServiceModel) -> str:
    """The model as YAML text; defaults are left out."""
    document = model.model_dump(mode="json", exclude_defaults=True)
    return yaml.dump(document, Dumper=_ReadableDumper, allow_unicode=True, sort_keys=False, width=110)


class _ReadableDumper(yaml.SafeDumper):
    """Lists of plain values on one line: a distribution of fifty quantiles is one line, not fifty."""

    def represent_list(self, data: list[Any]) -> yaml.SequenceNode:
        flat = not any(isinstance(item, list | dict) for item in data)
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flat)


_ReadableDumper.add_representer(list, _ReadableDumper.represent_list)
