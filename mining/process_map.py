"""Process maps: steps, the moves between them, how often and how long; BPMN and process trees, out and in.

The only module that imports pm4py, and only inside the functions that need it (it takes seconds).
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from mining.columns import log_columns
from mining.conformance.net import Net, NetBuilder
from mining.errors import OnewindowError
from mining.event_log import EventLog
from mining.log_cache import once_per_object
from mining.map_filter import MapGraph, choose_edges, choose_steps
from mining.map_index import map_index
from mining.map_times import EdgeTable, StepTable, list_moves, most_frequent, tabulate_edges, tabulate_steps
from mining.text import Text, same
from mining.variants import find_variant_codes, variant_activities
from mining.working_time import OFFICE_HOURS, WorkingCalendar

if TYPE_CHECKING:
    from pm4py.objects.process_tree.obj import ProcessTree

START_NODE = "__start__"
END_NODE = "__end__"
MAX_MODEL_STEPS = 40
MAX_MODEL_VARIANTS = 5_000

TimeBetween = Literal["to_start", "to_end"]


@dataclass(frozen=True)
class MapStep:
    """A step on the map. Minutes are working minutes of the hall's calendar, `calendar_minutes` those on the
    wall clock; None where unknown."""

    name: str
    events: int
    cases: int
    dept: str | None  # the most frequent one
    place: str | None
    work_minutes_median: float | None  # start to end
    work_minutes_p90: float | None
    wait_minutes_mean: float | None  # enabled to start
    repeats: int  # events that are not the first of their step in their case
    work_calendar_minutes_median: float | None = None  # start to end on the wall clock
    wait_calendar_minutes_mean: float | None = None  # enabled to start on the wall clock


@dataclass(frozen=True)
class MapEdge:
    """A move from one step to the next in the same case; `START_NODE` and `END_NODE` are the ends."""

    source: str
    target: str
    moves: int
    cases: int
    minutes_mean: float | None  # working minutes; what they span is ProcessMap.time_between
    minutes_median: float | None
    calendar_minutes_mean: float | None = None  # the same on the wall clock
    calendar_minutes_median: float | None = None


@dataclass(frozen=True)
class ProcessMap:
    """A directly-follows map, whole or filtered; the totals are those of the whole log.

    `time_between` says what the minutes of an edge are: from the end of a step to the start of the next
    ("to_start"), or, where the log has ends only, to its end ("to_end": waiting and working together).
    """

    steps: tuple[MapStep, ...]  # most frequent first
    edges: tuple[MapEdge, ...]  # most frequent first
    cases: int
    steps_total: int
    edges_total: int
    moves_total: int
    moves_shown: int
    time_between: TimeBetween


@dataclass(frozen=True)
class DiscoveredModel:
    """A model found by the inductive miner, as text, and how much of the log it was found from.

    Found from the `steps_covered` most frequent steps and the most frequent sequences of these.
    """

    text: str
    cases_covered: int
    cases_total: int
    events_covered: int
    events_total: int
    steps_covered: int
    steps_total: int

    def __str__(self) -> str:
        return self.text

    @property
    def xml(self) -> str:
        """The text, under the name that fits a BPMN document."""
        return self.text


def discover_process_map(log: EventLog, calendar: WorkingCalendar = OFFICE_HOURS) -> ProcessMap:
    """The whole directly-follows map of a log: every step, every move, with counts and working minutes.

    moves_total = events - cases + moves from START + moves to END.
    """
    columns = log_columns(log)
    moves = list_moves(log)
    edges = _map_edges(tabulate_edges(moves, columns.n_activities, calendar), columns.activities)
    words = [most_frequent(columns, log.events.get(column)) for column in ("dept", "place")]
    return ProcessMap(
        steps=_map_steps(columns.activities, tabulate_steps(log, calendar), *words),
        edges=edges,
        cases=columns.n_cases,
        steps_total=columns.n_activities,
        edges_total=len(edges),
        moves_total=int(moves.source.size),
        moves_shown=int(moves.source.size),
        time_between="to_start" if columns.has_durations else "to_end",
    )


def discover_map_of_cases(
    log: EventLog, chosen: np.ndarray, calendar: WorkingCalendar = OFFICE_HOURS
) -> ProcessMap:
    """The map of some cases (one bool a case, as `choose_cases` gives it), in milliseconds once one was made.

    Which steps may run at once, and so what a step waits for, is known from the whole log. The totals are
    those of the chosen cases.
    """
    columns, index = log_columns(log), map_index(log, calendar)
    table = index.steps(chosen)
    words = [index.most_frequent(column, chosen) for column in ("dept", "place")]
    steps = _map_steps(columns.activities, table, *words)
    order = sorted(range(len(steps)), key=lambda code: (-steps[code].events, steps[code].name))
    rank = np.append(np.argsort(order), len(steps))  # START and END last
    edges = _map_edges(index.edges(chosen, rank), columns.activities)
    found = tuple(steps[code] for code in order if steps[code].events)
    moves = sum(edge.moves for edge in edges)
    return ProcessMap(
        steps=found,
        edges=edges,
        cases=int(np.count_nonzero(chosen)),
        steps_total=len(found),
        edges_total=len(edges),
        moves_total=moves,
        moves_shown=moves,
        time_between="to_start" if columns.has_durations else "to_end",
    )


def _map_steps(
    activities: np.ndarray, table: StepTable, depts: list[str | None], places: list[str | None]
) -> tuple[MapStep, ...]:
    return tuple(
        MapStep(
            name=str(name),
            events=int(table.events[code]),
            cases=int(table.cases[code]),
            dept=depts[code],
            place=places[code],
            work_minutes_median=_known(table.work_minutes_median[code]),
            work_minutes_p90=_known(table.work_minutes_p90[code]),
            wait_minutes_mean=_known(table.wait_minutes_mean[code]),
            repeats=int(table.repeats[code]),
            work_calendar_minutes_median=_known(table.work_calendar_minutes_median[code]),
            wait_calendar_minutes_mean=_known(table.wait_calendar_minutes_mean[code]),
        )
        for code, name in enumerate(activities)
    )


def _map_edges(table: EdgeTable, activities: np.ndarray) -> tuple[MapEdge, ...]:
    sources = [*activities.tolist(), START_NODE]
    targets = [*activities.tolist(), END_NODE]
    rows = zip(
        table.source.tolist(),
        table.target.tolist(),
        table.moves.tolist(),
        table.cases.tolist(),
        table.minutes_mean.tolist(),
        table.minutes_median.tolist(),
        table.calendar_minutes_mean.tolist(),
        table.calendar_minutes_median.tolist(),
        strict=True,
    )
    return tuple(
        MapEdge(sources[source], targets[target], moves, cases, *(_known(value) for value in minutes))
        for source, target, moves, cases, *minutes in rows
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def filter_process_map(whole: ProcessMap, steps_share: float, paths_share: float) -> ProcessMap:
    """The part of a map to show: the most frequent shares (0 to 1) of its steps and of the edges between.

    Never lost: one step; each shown step's strongest edge in and out; a way from START to each shown step and
    on to END. Where that takes a step the first share would hide, it is shown too. The totals stay those of
    the whole log; `moves_shown` counts the moves of the edges shown. Raises for shares outside 0 to 1.
    """
    for share in (steps_share, paths_share):
        if not 0 <= share <= 1:
            raise OnewindowError(
                zh=f"流程图筛选比例 {share} 无效：应在 0 到 1 之间。",
                en=f"The share {share} of a process map is not valid: it must lie between 0 and 1.",
            )
    if not whole.steps:
        return whole
    graph = _graph(whole)
    shown = choose_steps(graph, steps_share)
    kept = choose_edges(graph, shown, paths_share)
    return replace(
        whole,
        steps=tuple(whole.steps[number] for number in np.flatnonzero(shown[: graph.n_steps])),
        edges=tuple(whole.edges[number] for number in np.flatnonzero(kept)),
        moves_shown=int(graph.moves[kept].sum()),
    )


@once_per_object
def _graph(whole: ProcessMap) -> MapGraph:
    number = {step.name: position for position, step in enumerate(whole.steps)}
    n_steps = len(number)
    ends = {START_NODE: n_steps, END_NODE: n_steps + 1}
    return MapGraph(
        n_steps=n_steps,
        source=np.array([ends.get(edge.source, number.get(edge.source)) for edge in whole.edges], "int64"),
        target=np.array([ends.get(edge.target, number.get(edge.target)) for edge in whole.edges], "int64"),
        moves=np.array([edge.moves for edge in whole.edges], "int64"),
    )


def discover_bpmn_xml(log: EventLog, noise: float = 0.2, max_steps: int = MAX_MODEL_STEPS) -> DiscoveredModel:
    """A BPMN 2.0 document (no coordinates) of the flow, by the inductive miner (infrequent).

    `noise` (0 to 1): moves rarer than this share of the strongest move out of the same step are left out.
    Only the `max_steps` most frequent steps take part: on 398 steps the miner takes minutes and nobody reads
    the result. What that covers is in the value returned.
    """
    sequences, covered = _frequent_sequences(log, noise, max_steps)
    with redirect_stdout(sys.stderr):  # stdout may hold a JSON document
        from pm4py.objects.bpmn.exporter.exporter import serialize
        from pm4py.objects.conversion.process_tree.variants import to_bpmn

        document = serialize(to_bpmn.apply(_process_tree(sequences, noise)))
    return replace(covered, text=document.decode("utf-8"))


def discover_process_tree_text(
    log: EventLog, noise: float = 0.2, max_steps: int = MAX_MODEL_STEPS
) -> DiscoveredModel:
    """The flow as a process tree in pm4py's notation: -> sequence, X choice, + parallel, * loop, tau nothing.

    The arguments are those of `discover_bpmn_xml`.
    """
    sequences, covered = _frequent_sequences(log, noise, max_steps)
    with redirect_stdout(sys.stderr):
        tree = _process_tree(sequences, noise)
    return replace(covered, text=str(tree))


def _frequent_sequences(
    log: EventLog, noise: float, max_steps: int
) -> tuple[Counter[tuple[str, ...]], DiscoveredModel]:
    """How many cases went through each sequence of the most frequent steps; the coverage, without a text."""
    if not 0 <= noise <= 1:
        raise OnewindowError(
            zh=f"噪声阈值 {noise} 无效：应在 0 到 1 之间。",
            en=f"The noise threshold {noise} is not valid: it must lie between 0 and 1.",
        )
    columns, variants = log_columns(log), find_variant_codes(log)
    kept = frozenset(columns.activities[:max_steps].tolist())
    found: Counter[tuple[str, ...]] = Counter()
    for case, cases in zip(variants.example_case.tolist(), variants.cases.tolist(), strict=True):
        found[tuple(name for name in variant_activities(columns, case) if name in kept)] += cases
    found.pop((), None)
    found = Counter(dict(found.most_common(MAX_MODEL_VARIANTS)))
    return found, DiscoveredModel(
        text="",
        cases_covered=found.total(),
        cases_total=columns.n_cases,
        events_covered=sum(len(sequence) * cases for sequence, cases in found.items()),
        events_total=columns.n_events,
        steps_covered=len(kept),
        steps_total=columns.n_activities,
    )


def _process_tree(sequences: Counter[tuple[str, ...]], noise: float) -> ProcessTree:
    """The inductive miner on unique sequences with their counts, which is what it reduces a log to anyway."""
    from pm4py.algo.discovery.inductive.dtypes.im_ds import IMDataStructureUVCL
    from pm4py.algo.discovery.inductive.variants.imf import IMFUVCL
    from pm4py.objects.process_tree.obj import ProcessTree
    from pm4py.objects.process_tree.utils.generic import fold, tree_sort

    if not sequences:
        return ProcessTree()
    parameters = {"noise_threshold": noise}
    tree = fold(IMFUVCL(parameters).apply(IMDataStructureUVCL(sequences), parameters))
    tree_sort(tree)
    return tree


def net_of_bpmn(xml: str, name: str) -> Net:
    """The Petri net of a BPMN 2.0 document; `name` is that of the file, for errors.

    Tasks are its steps, events and gateways are silent. Raises `OnewindowError` for a document that is no
    BPMN, has a DOCTYPE, no task, or no single begin and end once it is a net.
    """
    if "<!DOCTYPE" in xml or "<!ENTITY" in xml:
        raise _not_bpmn(name, Text(zh="不接受 DOCTYPE", en="a DOCTYPE is not accepted"))
    with redirect_stdout(sys.stderr):
        from lxml.etree import XMLSyntaxError
        from pm4py.objects.bpmn.importer.importer import deserialize
        from pm4py.objects.conversion.bpmn.converter import apply as to_petri_net

        try:
            net, start, end = to_petri_net(deserialize(xml.encode("utf-8")))
        except (XMLSyntaxError, KeyError, AttributeError, ValueError, TypeError, IndexError) as error:
            detail = " ".join(str(error).split()) or type(error).__name__
            raise _not_bpmn(name, same(detail)) from error
    builder = NetBuilder()
    place = {each: builder.place() for each in sorted(net.places, key=lambda each: str(each.name))}
    for each in sorted(net.transitions, key=lambda each: (str(each.label), str(each.name))):
        builder.add(
            each.label or None,
            [place[arc.source] for arc in each.in_arcs],
            [place[arc.target] for arc in each.out_arcs],
        )
    ends = [sum(place[each] for each in marking) for marking in (start, end)]
    if not builder.names or not all(ends):
        raise _not_bpmn(name, Text(zh="没有任务，或没有开始与结束", en="no task, or no begin and end"))
    return builder.build(*ends)


def _not_bpmn(name: str, detail: Text) -> OnewindowError:
    return OnewindowError(
        zh=f"{name}：无法作为 BPMN 流程图读取（{detail.zh}）；需要 BPMN 2.0，含开始、结束和任务。",
        en=f"{name}: cannot be read as a BPMN diagram ({detail.en}); BPMN 2.0 with a start, an end and tasks "
        "is needed.",
    )
