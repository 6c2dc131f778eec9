"""Process maps: steps, the moves between them, how often and how long; BPMN and process trees.

The only module that imports pm4py, and only inside the functions that need it (it takes seconds).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

START_NODE = "__start__"
END_NODE = "__end__"

TimeBetween = Literal["to_start", "to_end"]


@dataclass(frozen=True)
class MapStep:
    """A step on the map. Minutes are working minutes of the hall's calendar; None where unknown."""

    name: str
    events: int
    cases: int
    dept: str | None  # the most frequent one
    place: str | None
    work_minutes_median: float | None  # start to end
    work_minutes_p90: float | None
    wait_minutes_mean: float | None  # enabled to start
    repeats: int  # events that are not the first of their step in their case


@dataclass(frozen=True)
class MapEdge:
    """A move from one step to the next in the same case; `START_NODE` and `END_NODE` are the ends."""

    source: str
    target: str
    moves: int
    cases: int
    minutes_mean: float | None  # working minutes; what they span is ProcessMap.time_between
    minutes_median: float | None


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
