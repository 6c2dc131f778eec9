"""A simulation model of Prosimos (BPMN diagram and JSON parameters) as a service model.

What has no counterpart is an error that names the element; what is carried over nearly but not exactly is
told in `Imported.notes` and, where it concerns a parameter, in the model's evidence.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from mining.text import Text, same
from mining.working_time import WorkingCalendar
from simulation.importing.bpmn_graph import BLOCK, XOR, Graph, Node, normalise, read_bpmn
from simulation.importing.fold import fold
from simulation.importing.prosimos_arrivals import arrivals_of
from simulation.importing.prosimos_parameters import Parameters, read_parameters
from simulation.importing.prosimos_people import People, people_of
from simulation.importing.prosimos_times import to_distribution, weekly_periods
from simulation.service_model import (
    Arrivals,
    Evidence,
    Quantiles,
    ServiceModel,
    Step,
    StepBlock,
    Visits,
    Wait,
)

A_MONDAY = dt.date(2026, 1, 5)
_TOLERANCE = 1e-3  # of the sum of chances at a gateway


@dataclass(frozen=True)
class Imported:
    """The model, and what a reader should know about how it was carried over."""

    model: ServiceModel
    notes: tuple[Text, ...]


def import_prosimos(diagram: Path, parameters: Path, start_date: dt.date = A_MONDAY) -> Imported:
    """The model in the two files, its day 0 being `start_date`.

    Tasks become steps of the back office: whoever is free takes the work that could begin first, works in his
    own hours and pauses outside of them, as in Prosimos. Resources with the same tasks share a queue.
    Raises `ModelError` naming file, element or field.
    """
    read = read_parameters(parameters)
    graph = read_bpmn(diagram)
    return _Import(graph, read, parameters.name).done(diagram.stem, start_date)


class _Import:
    def __init__(self, graph: Graph, parameters: Parameters, file: str) -> None:
        self.graph = graph
        self.parameters = parameters
        self.file = file
        self.notes: list[Text] = []
        self.evidence: dict[str, Evidence] = {}

    def done(self, name: str, start_date: dt.date) -> Imported:
        """The whole model."""
        tasks = self._tasks()
        people = people_of(self.parameters, self.graph, tasks, self.file)
        self.notes += people.notes
        steps = tuple(self._step(node, people) for node in tasks)
        self._wait_for_events()
        self._weigh_gateways()
        self._tell_unused()
        normalise(self.graph)
        flow = fold(self.graph)
        arrivals, calendars = self._arrivals()
        model = ServiceModel(
            name=same(name),
            start_date=start_date,
            calendars={**people.calendars, **calendars},
            pools=people.pools,
            members=people.members,
            steps=steps,
            flow=flow,
            arrivals=arrivals,
            visits=Visits(calendar=next(iter(calendars))),
            evidence=self.evidence,
        )
        return Imported(model, tuple(self.notes))

    def _tasks(self) -> list[Node]:
        """The tasks, with names of their own and their blocks."""
        tasks = [node for node in self.graph.of_kind(BLOCK) if node.tag == "task"]
        times = Counter(node.label for node in tasks)
        for node in tasks:
            if times[node.label] > 1:
                node.label = f"{node.label} ({node.id})"
            node.block = StepBlock(step=node.label)
        return tasks

    def _step(self, node: Node, people: People) -> Step:
        work = people.work[node.id]
        if isinstance(work.duration, Quantiles):
            self.evidence[f"steps.{node.label}.duration"] = Evidence(
                source="user",
                note=Text(
                    zh=f"按 Prosimos 的分布换算为 {len(work.duration.values_minutes)} 个分位数。",
                    en=f"Prosimos' law as {len(work.duration.values_minutes)} quantiles.",
                ),
            )
        return Step(name=node.label, place="back_office", pool=work.pool, duration=work.duration)

    def _wait_for_events(self) -> None:
        laws = {law.event_id: law for law in self.parameters.event_distribution}
        names: Counter[str] = Counter()
        for node in self.graph.of_kind(BLOCK):
            if node.tag != "intermediateCatchEvent":
                continue
            if node.id not in laws:
                raise self.graph.error(
                    node,
                    zh=f"在 {self.file} 的 event_distribution 中没有时长。",
                    en=f"has no distribution in event_distribution of {self.file}.",
                )
            names[node.label] += 1
            name = node.label if names[node.label] == 1 else f"{node.label} ({node.id})"
            where = f"{self.file}: event_distribution {node.id}"
            node.block = Wait(wait=to_distribution(laws[node.id], where), name=name)

    def _weigh_gateways(self) -> None:
        """The chances of the ways out of each exclusive gateway."""
        chances = {
            gateway.gateway_id: {path.path_id: path.value for path in gateway.probabilities}
            for gateway in self.parameters.gateway_branching_probabilities
        }
        for node in self.graph.of_kind(XOR):
            ways = self.graph.outgoing(node.id)
            if len(ways) < 2:
                continue
            known = chances.get(node.id, {})
            missing = [way.id for way in ways if way.id not in known]
            total = sum(known.values())
            if missing or abs(total - 1) > _TOLERANCE:
                raise self.graph.error(
                    node,
                    zh=f"的各流出连线须有合计为 1 的概率（{self.file}）；缺少 {missing}，现合计 {total:g}。",
                    en=f"needs chances that add up to 1 for its ways out ({self.file}); missing {missing}, "
                    f"sum {total:g}.",
                )
            for way in ways:
                way.weight = known[way.id]

    def _tell_unused(self) -> None:
        """What the parameters say about elements the diagram does not have, as Prosimos leaves it out too."""
        known = {*self.graph.nodes, *(edge.id for edge in self.graph.edges)}
        mentioned = {
            "gateway_branching_probabilities": [
                gateway.gateway_id for gateway in self.parameters.gateway_branching_probabilities
            ],
            "task_resource_distribution": [
                task.task_id for task in self.parameters.task_resource_distribution
            ],
            "event_distribution": [law.event_id for law in self.parameters.event_distribution],
        }
        for section, ids in mentioned.items():
            unused = [name for name in ids if name not in known]
            if unused:
                self.notes.append(
                    Text(
                        zh=f"{section} 中的 {unused} 不在流程图内，未使用。",
                        en=f"{section}: {unused} are not in the diagram and are not used.",
                    )
                )
        limit = self.parameters.gateway_execution_limit
        if limit is not None:
            self.notes.append(
                Text(
                    zh=f"gateway_execution_limit（{limit}）未使用；循环至多 500 次，达到时计数。",
                    en=f"gateway_execution_limit ({limit}) is not used; loops end after 500 rounds, counted.",
                )
            )

    def _arrivals(self) -> tuple[tuple[Arrivals, ...], dict[str, WorkingCalendar]]:
        where = f"{self.file}: arrival_time_calendar"
        periods = weekly_periods(self.parameters.arrival_time_calendar, where)
        law = self.parameters.arrival_time_distribution
        arrivals, calendars, note = arrivals_of(law, periods, f"{self.file}: arrival_time_distribution")
        self.notes.append(note)
        for each in arrivals:
            self.evidence[f"arrivals.{each.name}.per_day"] = Evidence(source="assumed", note=note)
        return arrivals, calendars
