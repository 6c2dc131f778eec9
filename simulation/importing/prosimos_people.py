"""Prosimos' resources as members, and the queues they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.text import Text
from mining.working_time import WorkingCalendar
from simulation.errors import ModelError
from simulation.importing.bpmn_graph import Graph, Node
from simulation.importing.prosimos_parameters import Parameters, Resource, TaskLaw
from simulation.importing.prosimos_times import to_distribution, weekly_periods
from simulation.service_model import Constant, Distribution, Member, Pool, Quantiles, Uniform

_SAME = 1e-9  # relative difference of two laws that are one times a speed


@dataclass(frozen=True)
class Work:
    """How a task is done."""

    pool: str
    duration: Distribution


@dataclass(frozen=True)
class People:
    """Members, their queues and calendars, and the work by task id."""

    members: tuple[Member, ...]
    pools: tuple[Pool, ...]
    calendars: dict[str, WorkingCalendar]
    work: dict[str, Work]
    notes: tuple[Text, ...]


def people_of(parameters: Parameters, graph: Graph, tasks: list[Node], file: str) -> People:
    """Who does the tasks of a diagram.

    Tasks that the same resources do share a queue. A resource slower or faster than the first at a task must
    have the same law but for that factor. Raises `ModelError` naming task and resource.
    """
    return _Staff(parameters, file).people(graph, tasks)


class _Staff:
    def __init__(self, parameters: Parameters, file: str) -> None:
        self.parameters = parameters
        self.file = file
        self.resources = self._resources()
        self.speeds: dict[str, dict[str, float]] = {resource: {} for resource in self.resources}
        self.serves: dict[str, list[str]] = {resource: [] for resource in self.resources}
        self.pools: dict[frozenset[str], str] = {}

    def _resources(self) -> dict[str, Resource]:
        found: dict[str, Resource] = {}
        for profile in self.parameters.resource_profiles:
            for resource in profile.resource_list:
                known = found.setdefault(resource.id, resource)
                if (known.amount, known.calendar) != (resource.amount, resource.calendar):
                    raise ModelError(
                        zh=f"{self.file}：人员 {resource.id} 出现两次，人数或日历不同。",
                        en=f"{self.file}: the resource {resource.id} appears twice with different amounts or "
                        "calendars.",
                    )
        return found

    def people(self, graph: Graph, tasks: list[Node]) -> People:
        """All of them; resources that do nothing are left out and told."""
        laws = {law.task_id: law for law in self.parameters.task_resource_distribution}
        work = {}
        for task in tasks:
            if task.id not in laws:
                raise graph.error(
                    task,
                    zh=f"在 {self.file} 的 task_resource_distribution 中没有人员。",
                    en=f"has no resources in task_resource_distribution of {self.file}.",
                )
            work[task.id] = self._work(task, laws[task.id])
        members = tuple(member for resource in self.resources for member in self._members(resource))
        pools = tuple(Pool(name=name) for name in self.pools.values())
        return People(members, pools, self._calendars(members), work, tuple(self._notes()))

    def _work(self, task: Node, law: TaskLaw) -> Work:
        """The queue of a task and its duration; writes down who serves and how fast."""
        where = f"{self.file}: task_resource_distribution {task.label}"
        first: Distribution | None = None
        for each in law.resources:
            if each.resource_id not in self.resources:
                raise ModelError(
                    zh=f"{where}：人员 {each.resource_id} 未定义；已有：{'、'.join(self.resources)}。",
                    en=f"{where}: the resource {each.resource_id} is not defined; known: "
                    f"{', '.join(self.resources)}.",
                )
            duration = to_distribution(each, f"{where} {each.resource_id}")
            first = first or duration
            self._set_speed(each.resource_id, task.label, first, duration, where)
        if first is None:
            raise AssertionError("a task law has at least one resource")
        return Work(self._pool(frozenset(each.resource_id for each in law.resources)), first)

    def _set_speed(
        self, resource: str, task: str, first: Distribution, own: Distribution, where: str
    ) -> None:
        speed = _times_faster(first, own)
        if speed is None:
            raise ModelError(
                zh=f"{where}：人员 {resource} 的时长分布不是首位人员的倍数，无法转换。",
                en=f"{where}: the law of the resource {resource} is not that of the first one times a "
                "factor; it cannot be carried over.",
            )
        if speed != 1:
            self.speeds[resource][task] = speed

    def _pool(self, resources: frozenset[str]) -> str:
        if resources not in self.pools:
            names = [self.resources[name].name for name in self.resources if name in resources]
            label = " + ".join(names)
            taken = set(self.pools.values())
            self.pools[resources] = label if label not in taken else f"{label} ({len(taken) + 1})"
            for name in resources:
                self.serves[name].append(self.pools[resources])
        return self.pools[resources]

    def _members(self, resource: str) -> list[Member]:
        """So many members as the resource has people."""
        given, names = self.resources[resource], [r.name for r in self.resources.values()]
        name = given.name if names.count(given.name) == 1 else f"{given.name} ({resource})"
        if not self.serves[resource]:
            return []
        labels = [name] if given.amount == 1 else [f"{name}_{number}" for number in range(given.amount)]
        return [
            Member(
                name=label,
                serves=tuple(self.serves[resource]),
                calendar=given.calendar,
                step_speeds=self.speeds[resource],
            )
            for label in labels
        ]

    def _calendars(self, members: tuple[Member, ...]) -> dict[str, WorkingCalendar]:
        known = {calendar.id: calendar for calendar in self.parameters.resource_calendars}
        found = {}
        for member in members:
            name = member.calendar
            if name not in known:
                raise ModelError(
                    zh=f"{self.file}：{member.name} 的日历 {name} 未定义；已有：{'、'.join(known)}。",
                    en=f"{self.file}: the calendar {name} of {member.name} is not defined; known: "
                    f"{', '.join(known)}.",
                )
            weekly = weekly_periods(known[name].time_periods, f"{self.file}: resource_calendars {name}")
            found[name] = WorkingCalendar(weekly=weekly)
        return found

    def _notes(self) -> list[Text]:
        notes = []
        idle = [name for name in self.resources if not self.serves[name]]
        if idle:
            notes.append(
                Text(
                    zh=f"人员 {idle} 不做任何环节，未转换。",
                    en=f"Resources {idle} do no task and are left out.",
                )
            )
        shared = [r.name for name, r in self.resources.items() if len(self.serves[name]) > 1]
        if shared:
            notes.append(
                Text(
                    zh=f"{shared} 属于几个不同的队列：此处先看模型中靠前的队列，Prosimos 则按可办时刻。",
                    en=f"{shared} serve several queues: here the first in the model goes first, in Prosimos "
                    "the work that could begin first.",
                )
            )
        if any(resource.cost_per_hour for resource in self.resources.values()):
            notes.append(Text(zh="人员成本 cost_per_hour 未转换。", en="cost_per_hour is not carried over."))
        return notes


def _times_faster(first: Distribution, own: Distribution) -> float | None:
    """By which factor `own` is shorter than `first`; None if they are different laws."""
    if type(first) is not type(own):
        return None
    mine, theirs = _numbers(own), _numbers(first)
    total, other = mine.sum(), theirs.sum()
    if total == 0 or other == 0:
        return 1.0 if total == other else None
    speed = float(other / total)
    if not np.allclose(mine * speed, theirs, rtol=_SAME, atol=0):
        return None
    return 1.0 if abs(speed - 1) < _SAME else speed


def _numbers(distribution: Distribution) -> np.ndarray:
    if isinstance(distribution, Constant):
        return np.array([distribution.minutes])
    if isinstance(distribution, Uniform):
        return np.array([distribution.low_minutes, distribution.high_minutes])
    if isinstance(distribution, Quantiles):
        return np.array(distribution.values_minutes)
    raise AssertionError(f"{distribution.kind} is never made here")
