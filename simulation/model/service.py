"""ServiceModel: a service and its hall, its names checked against each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from pydantic import Field, model_validator

from mining.errors import FieldError
from mining.text import Text
from mining.working_time import WorkingCalendar
from simulation.errors import ModelError
from simulation.model.flow import Block, StepBlock, Wait, children
from simulation.model.hall import Evidence, Limits, Material, Member, Pool, Step
from simulation.model.parts import Part
from simulation.model.people import Arrivals, Visits

_KIND_ZH = {
    "step": "环节",
    "pool": "队列",
    "member": "人员",
    "material": "材料",
    "arrivals": "到达",
    "calendar": "日历",
    "visits": "到访",
    "limits": "时限",
    "wait": "等待",
    "flow": "流程",
}
_KIND_EN = {"arrivals": "arrivals"}  # plurals that are no singular with an s


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
    limits: Limits | None = None
    evidence: dict[str, Evidence] = Field(default_factory=dict)  # path such as "steps.名称核准.duration"

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
                raise FieldError(
                    zh=f"有两个{_KIND_ZH[kind]}都叫 {sorted(twice)[0]!r}",
                    en=f"two {_KIND_EN.get(kind, kind + 's')} are called {sorted(twice)[0]!r}",
                )
        for where, kind, name in self._references():
            known = self._known(kind)
            what, _, which = where.partition(" ")
            if name not in known:
                asks = f"{_KIND_ZH[what]} {which}".rstrip()
                raise FieldError(
                    zh=f"{asks}：{_KIND_ZH[kind]} {name!r} 未定义；已有：{sorted(known)}",
                    en=f"{where}: {kind} {name!r} is not defined; known: {sorted(known)}",
                )
        for pool in {s.pool for s in self.steps if s.pool and not s.silent}:
            if not any(pool in member.serves for member in self.members):
                raise FieldError(
                    zh=f"有环节使用队列 {pool!r}，却没有人员为其服务",
                    en=f"pool {pool!r} is used by a step but no member serves it",
                )
        return self

    @model_validator(mode="after")
    def _batches_are_let_go(self) -> ServiceModel:
        for step in self.steps:
            batch = step.batch
            if batch is None or batch.calendar is None or batch.size is not None:
                continue
            calendar = self.calendars[batch.calendar]
            usual = {day for day, periods in calendar.weekly.items() if periods}
            if not usual & {day for day, moments in batch.weekly.items() if moments}:
                raise FieldError(
                    zh=f"环节 {step.name}：weekly 各日在日历 {batch.calendar} 中都休息，永远不会放行",
                    en=f"step {step.name}: {batch.calendar} is closed on all weekdays of the batch, which is "
                    "never let go",
                )
        return self

    @model_validator(mode="after")
    def _stuck_leads_somewhere(self) -> ServiceModel:
        by_name = {step.name: step for step in self.steps}
        for step in self.steps:
            if step.stuck is not None and step.stuck.keeps_machine:
                then = by_name[step.stuck.then]
                if not then.present or then.pool is None:
                    raise FieldError(
                        zh=f"环节 {step.name}：保留机器（keeps_machine）时，接替的环节须是有队列的窗口或"
                        f"自助机环节，{then.name} 不是",
                        en=f"step {step.name}: the machine can only be kept for a step with a pool at a "
                        f"counter or kiosk, which {then.name} is not",
                    )
            seen = [step.name]
            while (stuck := by_name[seen[-1]].stuck) is not None:
                if stuck.then in seen:
                    raise FieldError(
                        zh=f"环节 {step.name}：stuck 绕成了圈：{[*seen, stuck.then]}",
                        en=f"step {step.name}: stuck goes round in a circle: {[*seen, stuck.then]}",
                    )
                seen.append(stuck.then)
        return self

    @model_validator(mode="after")
    def _machines_are_repaired_by_others(self) -> ServiceModel:
        for member in self.members:
            if member.failure is not None and member.failure.repaired_by in member.serves:
                raise FieldError(
                    zh=f"人员 {member.name}：不能修理自己", en=f"member {member.name}: cannot repair itself"
                )
        repairing = {member.failure.repaired_by for member in self.members if member.failure is not None}
        for name in sorted(name for name in repairing if name is not None):
            if not any(name in member.serves for member in self.members):
                raise FieldError(
                    zh=f"队列 {name!r} 负责修理机器，却没有人员为其服务",
                    en=f"pool {name!r} repairs machines but no member serves it",
                )
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
            if step.batch is not None and step.batch.calendar is not None:
                yield where, "calendar", step.batch.calendar
            if step.stuck is not None:
                yield where, "step", step.stuck.then
        for member in self.members:
            yield f"member {member.name}", "calendar", member.calendar
            if member.failure is not None and member.failure.repaired_by is not None:
                yield f"member {member.name}", "pool", member.failure.repaired_by
            for pool in member.serves:
                yield f"member {member.name}", "pool", pool
        for arrivals in self.arrivals:
            yield f"arrivals {arrivals.name}", "calendar", arrivals.calendar
            for passed in arrivals.passed:
                yield f"arrivals {arrivals.name}", "step", passed
        yield "visits", "calendar", self.visits.calendar
        if self.limits is not None:
            yield "limits", "calendar", self.limits.calendar
            if self.limits.accepted_by is not None:
                yield "limits", "step", self.limits.accepted_by
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
