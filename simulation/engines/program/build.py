"""Program: a service model flattened into numbers, the common input of all engines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from mining.official_days import has_official_make_up_days
from mining.working_time import MS_PER_DAY
from simulation.engines.program import arrivals as arriving
from simulation.engines.program.codes import (
    MAX_ASKED,
    AskedCode,
    FailureCode,
    Names,
    Program,
    StepCode,
    check_ms,
)
from simulation.engines.program.distributions import DistributionCode, encode
from simulation.engines.program.flow import WAIT, FlowBuilder, NodeCode
from simulation.engines.program.gate_moments import gate_moments
from simulation.engines.program.open_time import NEVER, open_time, people_inside, periods_by_day
from simulation.engines.randomness import MAX_DAYS, stream_of
from simulation.errors import ExperimentError, ModelError
from simulation.service_model import Distribution, Member, ServiceModel, Step, leaves

__all__ = ["Program", "build_program"]

MS_PER_MINUTE = 60_000


def build_program(model: ServiceModel, days: int) -> Program:
    """The model over `days` calendar days from its start date.

    Raises `ExperimentError` for days outside 1 ... 65535 and `ModelError` where the model cannot run: names
    of choices, loops or waits used twice, tables that look back at unknown steps, arrivals without weights.
    """
    if not 1 <= days < MAX_DAYS:
        raise ExperimentError(
            zh=f"仿真天数（days）须在 1 至 {MAX_DAYS - 1} 之间，现为 {days}。",
            en=f"days must be from 1 to {MAX_DAYS - 1}, found {days}.",
        )
    _check_step_speeds(model)
    return _Builder(model, days).program()


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


class _Builder:
    """What the parts of a program refer to by number."""

    def __init__(self, model: ServiceModel, days: int) -> None:
        self.model = model
        self.days = days
        self.order = _steps_in_order(model)
        self.steps = [model.step(name) for name in self.order]
        numbers = {name: number for number, name in enumerate(self.order)}
        self.flow = FlowBuilder(numbers, {step.name for step in model.steps})
        self.entry = self.flow.add_flow(model.flow)
        self.streams = _streams(model, self.steps, self.flow.stream_names.values())
        self.distributions = _Distributions()
        self.calendars = {name: number for number, name in enumerate(model.calendars)}
        self.pools = {pool.name: number for number, pool in enumerate(model.pools)}
        self.materials = {material.name: number for number, material in enumerate(model.materials)}
        # one day more than the run: whether the last day runs on past midnight
        self.days_of = {
            name: periods_by_day(calendar, model.start_date, days + 1)
            for name, calendar in model.calendars.items()
        }

    def program(self) -> Program:
        """The whole program."""
        model, order = self.model, self.order
        members, visits = model.members, model.visits
        hall = self.days_of[visits.calendar]
        coming_back, tickets = arriving.coming_back(model, hall)
        serves = tuple(tuple(sorted({self.pools[pool] for pool in member.serves})) for member in members)
        return Program(
            start_date=model.start_date,
            days=self.days,
            names=_names(model, self.steps),
            guessed_holidays=_guessed_holidays(model, self.days),
            steps=tuple(self._step(number, step) for number, step in enumerate(self.steps)),
            nodes=tuple(self._node(number, node) for number, node in enumerate(self.flow.nodes)),
            entry=self.entry,
            n_slots=self.flow.n_slots + len(order),
            tables=tuple(self.flow.tables),
            calendars=tuple(open_time(periods) for periods in self.days_of.values()),
            inside=people_inside(hall),
            tickets=tickets,
            member_calendars=tuple(self.calendars[member.calendar] for member in members),
            member_speeds=tuple(
                tuple(member.step_speeds.get(name, member.speed) for name in order) for member in members
            ),
            repair_speeds=tuple(member.speed for member in members),
            pools_of_member=serves,
            members_of_pool=tuple(
                tuple(m for m, pools in enumerate(serves) if pool in pools) for pool in self.pools.values()
            ),
            failures=tuple(self._failure(member) for member in members),
            gate_moments=tuple(gate_moments(step.batch, model, self.days) for step in self.steps),
            arrivals=arriving.encode_arrivals(
                model, self.days, self.days_of, self.streams, self.distributions.number, self.flow.steps
            ),
            coming_back=coming_back,
            come_back_after=self.distributions.number(visits.come_back_after),
            correction_takes=self.distributions.number(visits.correction_takes),
            same_day_continuation=visits.same_day_continuation,
            walk=self.distributions.number(visits.walk),
            distributions=tuple(self.distributions.codes),
            quantiles_ms=tuple(self.distributions.quantiles_ms),
        )

    def _step(self, number: int, step: Step) -> StepCode:
        asked = self._asked(step)
        everything = (1 << len(asked)) - 1
        calendar, delay_calendar, change = -1, -1, step.policy_change
        batch, stuck = step.batch, step.stuck
        if step.pool is None and step.clock == "working" and step.calendar is not None:
            calendar = self.calendars[step.calendar]
        if step.delay_clock == "working":
            delay_calendar = self.calendars[step.calendar or self.model.visits.calendar]
        return StepCode(
            stream=self.streams["step", step.name],
            slot=self.flow.n_slots + number,
            present=step.present,
            silent=step.silent,
            pool=-1 if step.pool is None else self.pools[step.pool],
            priority=step.priority,
            calendar=calendar,
            duration=self.distributions.number(step.duration),
            delay=self.distributions.number(step.delay_before),
            delay_calendar=delay_calendar,
            return_chance=step.return_chance,
            change_ms=NEVER
            if change is None
            else (change.from_date - self.model.start_date).days * MS_PER_DAY,
            change_chance=0.0 if change is None else change.extra_return_chance,
            change_half_life_ms=1.0 if change is None else change.half_life_days * MS_PER_DAY,
            reject_chance=step.reject_chance,
            asked=asked,
            all_asked=everything,
            check_all_ms=check_ms(asked, everything),
            any_shared=any(material.shared for material in asked),
            gathers=batch is not None,
            batch_size=0 if batch is None or batch.size is None else batch.size,
            together=batch is not None and batch.together,
            stuck_chance=0.0 if stuck is None else stuck.chance,
            stuck_then=-1 if stuck is None else self.order.index(stuck.then),
            keeps_machine=stuck is not None and stuck.keeps_machine,
        )

    def _failure(self, member: Member) -> FailureCode | None:
        failure = member.failure
        if failure is None:
            return None
        return FailureCode(
            stream=self.streams["member", member.name],
            runs_for=self.distributions.number(failure.runs_for),
            repair=self.distributions.number(failure.repair),
            repaired_by=-1 if failure.repaired_by is None else self.pools[failure.repaired_by],
            repair_calendar=self.calendars[member.calendar] if failure.repair_clock == "working" else -1,
        )

    def _asked(self, step: Step) -> tuple[AskedCode, ...]:
        if len(step.materials) > MAX_ASKED:
            raise ModelError(
                zh=f"环节“{step.name}”要求 {len(step.materials)} 份材料；最多 {MAX_ASKED} 份。",
                en=f"Step {step.name!r} asks for {len(step.materials)} materials; at most {MAX_ASKED}.",
            )
        return tuple(
            AskedCode(
                material=self.materials[asked.material],
                defect_chance=asked.defect_chance,
                shared=asked.shared,
                available=asked.shared_available,
                shared_ms=round(asked.shared_minutes * MS_PER_MINUTE),
                mismatch_chance=asked.shared_mismatch_chance,
                check_ms=self.model.material(asked.material).minutes_to_check * MS_PER_MINUTE,
                stream=self.streams["material", step.name, asked.material],
            )
            for asked in step.materials
        )

    def _node(self, number: int, node: NodeCode) -> NodeCode:
        """The node with its stream; a wait also gets its distribution and calendar."""
        if number not in self.flow.stream_names:
            return node
        node = node._replace(stream=self.streams[self.flow.stream_names[number]])
        if node.op != WAIT:
            return node
        wait = self.flow.waits[node.a]
        calendar = self.calendars[wait.calendar] if wait.clock == "working" and wait.calendar else -1
        return node._replace(a=self.distributions.number(wait.wait), b=calendar)


def _steps_in_order(model: ServiceModel) -> list[str]:
    """Steps by first appearance in the flow, then those done only in place of another (`Stuck`)."""
    order = list(dict.fromkeys(leaves(model.flow)))
    for name in order:  # grows while it is walked through
        stuck = model.step(name).stuck
        if stuck is not None and stuck.then not in order:
            order.append(stuck.then)
    return order


def _streams(
    model: ServiceModel, steps: list[Step], blocks: Iterable[tuple[str, str]]
) -> dict[tuple[str, ...], int]:
    """A stream for each source of chance; raises `ModelError` where two names fall on one stream."""
    names: list[tuple[str, ...]] = [("arrivals", a.name) for a in model.arrivals]
    for step in steps:
        names.append(("step", step.name))
        names.extend(("material", step.name, asked.material) for asked in step.materials)
    names.extend(blocks)
    names.extend(("member", member.name) for member in model.members if member.failure is not None)
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


def _check_step_speeds(model: ServiceModel) -> None:
    known = {step.name for step in model.steps}
    for member in model.members:
        unknown = sorted(set(member.step_speeds) - known)
        if unknown:
            raise ModelError(
                zh=f"人员“{member.name}”：step_speeds 中的环节“{unknown[0]}”未定义；已有：{sorted(known)}。",
                en=f"Member {member.name!r}: step_speeds names the unknown step {unknown[0]!r}; "
                f"known: {sorted(known)}.",
            )


def _guessed_holidays(model: ServiceModel, days: int) -> tuple[str, ...]:
    """Countries and years of the run whose make-up days are not published although the country has them."""
    last_year = (model.start_date + dt.timedelta(days=days - 1)).year
    countries = {calendar.country for calendar in model.calendars.values() if calendar.country}
    return tuple(
        f"{country} {year}"
        for country in sorted(countries)
        for year in range(model.start_date.year, last_year + 1)
        if not has_official_make_up_days(country, year)
        and any(has_official_make_up_days(country, year - back) for back in range(1, 6))
    )


def _names(model: ServiceModel, steps: list[Step]) -> Names:
    dept_of_pool = {pool.name: pool.dept for pool in model.pools}
    return Names(
        model=model.name.zh,
        steps=tuple(steps),
        step_depts=tuple(step.dept or dept_of_pool.get(step.pool or "") for step in steps),
        pools=tuple(pool.name for pool in model.pools),
        members=tuple(member.name for member in model.members),
        materials=model.materials,
        arrivals=tuple(arrivals.name for arrivals in model.arrivals),
        channels=tuple(arrivals.channel for arrivals in model.arrivals),
        items=tuple(arrivals.item or model.name.zh for arrivals in model.arrivals),
        limits=model.limits,
    )
