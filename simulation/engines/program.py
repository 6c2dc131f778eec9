"""Program: a service model flattened into numbers, the common input of all engines.

Steps are numbered by their first appearance in the flow (steps outside the flow are left out), pools and
members in model order, cases by arrival. Times are integer milliseconds since midnight of the start date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from mining.working_time import MS_PER_DAY
from simulation.engines import arrivals_program as arriving
from simulation.engines.arrivals_program import ArrivalsCode, ComingBack
from simulation.engines.distributions import DistributionCode, encode
from simulation.engines.flow_program import WAIT, FlowBuilder, NodeCode, TableCode
from simulation.engines.open_time import OpenTime, open_time, people_inside, periods_by_day
from simulation.engines.randomness import MAX_DAYS, stream_of
from simulation.errors import ExperimentError, ModelError
from simulation.service_model import Distribution, Material, ServiceModel, Step, leaves

PRESENT = ("counter", "kiosk")
MAX_ASKED = 62  # materials of one step: sets of them are bits of a 64-bit integer
MAX_RETURNS = 100  # corrections of one step in a row, counted where reached


class AskedCode(NamedTuple):
    """A material asked for by a step."""

    material: int
    defect_chance: float
    shared: bool
    available: float
    shared_ms: int
    mismatch_chance: float
    check_ms: float
    stream: int


class StepCode(NamedTuple):
    """A step in numbers; -1 = none. `delay_calendar` -1 = the delay takes elapsed time."""

    stream: int
    slot: int  # counter of its visits
    present: bool
    silent: bool
    pool: int
    priority: int
    calendar: int  # without a pool: of its working time, -1 = elapsed
    duration: int
    delay: int
    delay_calendar: int
    return_chance: float
    reject_chance: float
    asked: tuple[AskedCode, ...]
    all_asked: int  # bits of all asked materials
    check_all_ms: float
    any_shared: bool


def check_ms(asked: tuple[AskedCode, ...], handed: int) -> float:
    """Time to check the materials handed in (bits), added up in the order they are asked for."""
    total = 0.0
    for number, material in enumerate(asked):
        if handed >> number & 1:
            total += material.check_ms
    return total


class Names(NamedTuple):
    """What the numbers stand for."""

    model: str
    steps: tuple[Step, ...]
    step_depts: tuple[str | None, ...]
    members: tuple[str, ...]
    materials: tuple[Material, ...]
    arrivals: tuple[str, ...]
    channels: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """A model over a horizon, ready to run; made by `build_program`."""

    start_date: dt.date
    days: int
    names: Names
    steps: tuple[StepCode, ...]
    nodes: tuple[NodeCode, ...]
    entry: int
    n_slots: int
    tables: tuple[TableCode, ...]
    distributions: tuple[DistributionCode, ...]
    quantiles_ms: tuple[float, ...]
    calendars: tuple[OpenTime, ...]
    inside: OpenTime  # when people with a ticket are in the hall
    tickets: OpenTime  # when tickets are given out
    member_calendars: tuple[int, ...]
    member_speeds: tuple[tuple[float, ...], ...]  # by member and step
    pools_of_member: tuple[tuple[int, ...], ...]
    members_of_pool: tuple[tuple[int, ...], ...]
    arrivals: tuple[ArrivalsCode, ...]
    coming_back: ComingBack
    come_back_after: int
    correction_takes: int
    same_day_continuation: float

    @property
    def horizon_ms(self) -> int:
        """The end of the run: nothing happens at or after it."""
        return self.days * MS_PER_DAY


class _Distributions:
    """Distributions by number, equal ones once."""

    def __init__(self) -> None:
        self.codes: list[DistributionCode] = []
        self.quantiles_ms: list[float] = []
        self._known: dict[Distribution, int] = {}

    def number(self, distribution: Distribution) -> int:
        found = self._known.get(distribution)
        if found is None:
            found = self._known[distribution] = len(self.codes)
            self.codes.append(encode(distribution, self.quantiles_ms))
        return found


def build_program(model: ServiceModel, days: int) -> Program:
    """The model over `days` calendar days from its start date.

    Raises `ExperimentError` for days outside 1 ... 65535 and `ModelError` where the model cannot run: names
    of choices, loops or waits used twice, tables that look back at unknown steps, arrivals without weights.
    """
    if not 1 <= days < MAX_DAYS:
        raise ExperimentError(
            zh=f"仿真天数须在 1 至 {MAX_DAYS - 1} 之间，现为 {days}。",
            en=f"days must be from 1 to {MAX_DAYS - 1}, found {days}.",
        )
    order = list(dict.fromkeys(leaves(model.flow)))
    steps = [model.step(name) for name in order]
    _check_names(model)
    flow = FlowBuilder({name: n for n, name in enumerate(order)}, {step.name for step in model.steps})
    entry = flow.add_flow(model.flow)
    streams = _streams(model, steps, flow.stream_names.values())
    distributions = _Distributions()
    calendar_numbers = {name: n for n, name in enumerate(model.calendars)}
    days_of = {name: periods_by_day(c, model.start_date, days + 1) for name, c in model.calendars.items()}
    first_slot = flow.n_slots
    codes = tuple(
        _step_code(model, step, first_slot + n, calendar_numbers, distributions, streams)
        for n, step in enumerate(steps)
    )
    nodes = tuple(
        _node_code(node, number, flow, calendar_numbers, distributions, streams)
        for number, node in enumerate(flow.nodes)
    )
    hall = days_of[model.visits.calendar]
    coming_back, tickets = arriving.coming_back(model, hall)
    pool_numbers = {pool.name: n for n, pool in enumerate(model.pools)}
    serves = tuple(tuple(sorted({pool_numbers[name] for name in member.serves})) for member in model.members)
    return Program(
        start_date=model.start_date,
        days=days,
        names=_names(model, steps),
        steps=codes,
        nodes=nodes,
        entry=entry,
        n_slots=first_slot + len(steps),
        tables=tuple(flow.tables),
        calendars=tuple(open_time(periods) for periods in days_of.values()),
        inside=people_inside(hall),
        tickets=tickets,
        member_calendars=tuple(calendar_numbers[member.calendar] for member in model.members),
        member_speeds=tuple(
            tuple(member.step_speeds.get(name, member.speed) for name in order) for member in model.members
        ),
        pools_of_member=serves,
        members_of_pool=tuple(
            tuple(m for m, pools in enumerate(serves) if pool in pools) for pool in pool_numbers.values()
        ),
        arrivals=arriving.encode_arrivals(model, days, days_of, streams),
        coming_back=coming_back,
        come_back_after=distributions.number(model.visits.come_back_after),
        correction_takes=distributions.number(model.visits.correction_takes),
        same_day_continuation=model.visits.same_day_continuation,
        distributions=tuple(distributions.codes),
        quantiles_ms=tuple(distributions.quantiles_ms),
    )


def _step_code(
    model: ServiceModel,
    step: Step,
    slot: int,
    calendars: dict[str, int],
    distributions: _Distributions,
    streams: dict[tuple[str, ...], int],
) -> StepCode:
    if len(step.materials) > MAX_ASKED:
        raise ModelError(
            zh=f"环节“{step.name}”要求 {len(step.materials)} 份材料；最多 {MAX_ASKED} 份。",
            en=f"Step {step.name!r} asks for {len(step.materials)} materials; at most {MAX_ASKED}.",
        )
    materials = [material.name for material in model.materials]
    asked = tuple(
        AskedCode(
            material=materials.index(a.material),
            defect_chance=a.defect_chance,
            shared=a.shared,
            available=a.shared_available,
            shared_ms=round(a.shared_minutes * 60_000),
            mismatch_chance=a.shared_mismatch_chance,
            check_ms=model.material(a.material).minutes_to_check * 60_000,
            stream=streams["material", step.name, a.material],
        )
        for a in step.materials
    )
    pool_names = [pool.name for pool in model.pools]
    working = step.pool is None and step.clock == "working" and step.calendar is not None
    delayed = step.delay_clock == "working"
    return StepCode(
        stream=streams["step", step.name],
        slot=slot,
        present=step.place in PRESENT,
        silent=step.silent,
        pool=-1 if step.pool is None else pool_names.index(step.pool),
        priority=step.priority,
        calendar=calendars[step.calendar] if working and step.calendar is not None else -1,
        duration=distributions.number(step.duration),
        delay=distributions.number(step.delay_before),
        delay_calendar=calendars[step.calendar or model.visits.calendar] if delayed else -1,
        return_chance=step.return_chance,
        reject_chance=step.reject_chance,
        asked=asked,
        all_asked=(1 << len(asked)) - 1,
        check_all_ms=check_ms(asked, (1 << len(asked)) - 1),
        any_shared=any(material.shared for material in asked),
    )


def _node_code(
    node: NodeCode,
    number: int,
    flow: FlowBuilder,
    calendars: dict[str, int],
    distributions: _Distributions,
    streams: dict[tuple[str, ...], int],
) -> NodeCode:
    """The node with its stream; a wait also gets its distribution and calendar."""
    if number not in flow.stream_names:
        return node
    node = node._replace(stream=streams[flow.stream_names[number]])
    if node.op != WAIT:
        return node
    wait = flow.waits[node.a]
    calendar = calendars[wait.calendar] if wait.clock == "working" and wait.calendar else -1
    return node._replace(a=distributions.number(wait.wait), b=calendar)


def _streams(
    model: ServiceModel, steps: list[Step], blocks: Iterable[tuple[str, str]]
) -> dict[tuple[str, ...], int]:
    """A stream for each source of chance; raises `ModelError` where two names fall on one stream."""
    names: list[tuple[str, ...]] = [("arrivals", a.name) for a in model.arrivals]
    for step in steps:
        names.append(("step", step.name))
        names.extend(("material", step.name, asked.material) for asked in step.materials)
    names.extend(blocks)
    found: dict[tuple[str, ...], int] = {}
    taken: dict[int, tuple[str, ...]] = {}
    for name in names:
        if name in found:
            raise ModelError(
                zh=f"流程中有两个 {name[0]} 都叫“{name[1]}”；名称决定随机数，须各不相同。",
                en=f"Two {name[0]} blocks are called {name[1]!r}; names address random numbers and must "
                "differ.",
            )
        stream = stream_of(*name)
        if stream in taken:
            other = " / ".join(taken[stream])
            raise ModelError(
                zh=f"“{' / '.join(name)}”与“{other}”的随机数流相同；请改其中一个名称。",
                en=f"{' / '.join(name)!r} and {other!r} fall on one random stream; rename one of them.",
            )
        found[name] = stream
        taken[stream] = name
    return found


def _check_names(model: ServiceModel) -> None:
    known = {step.name for step in model.steps}
    for member in model.members:
        unknown = sorted(set(member.step_speeds) - known)
        if unknown:
            raise ModelError(
                zh=f"人员“{member.name}”：step_speeds 中的环节“{unknown[0]}”未定义；已有：{sorted(known)}。",
                en=f"Member {member.name!r}: step_speeds names the unknown step {unknown[0]!r}; "
                f"known: {sorted(known)}.",
            )


def _names(model: ServiceModel, steps: list[Step]) -> Names:
    dept_of_pool = {pool.name: pool.dept for pool in model.pools}
    return Names(
        model=model.name.zh,
        steps=tuple(steps),
        step_depts=tuple(step.dept or dept_of_pool.get(step.pool or "") for step in steps),
        members=tuple(member.name for member in model.members),
        materials=model.materials,
        arrivals=tuple(arrivals.name for arrivals in model.arrivals),
        channels=tuple(arrivals.channel for arrivals in model.arrivals),
        items=tuple(arrivals.item or model.name.zh for arrivals in model.arrivals),
    )
