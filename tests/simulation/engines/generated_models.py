"""Service models over the whole feature space, each with a run of it.

`generated_runs()` is a Hypothesis strategy. Models are valid by construction and small: two to twelve days,
about sixty cases, rarely a crowd. Times are chosen to collide (multiples of five minutes, nothing at all,
closing times), because what happens at one instant is where two engines can differ.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import yaml
from hypothesis import strategies as st

import generated_hall as hall
from generated_flow import flow
from generated_parts import START_DATES, Chooser, Document, calendars
from simulation.engines.arrivals import Applicants, applicants_at
from simulation.engines.program import Program, build_program
from simulation.service_model import service_model_from

SWITCHES = (
    "again",
    "appointments",
    "batches",
    "chance",
    "choice",
    "come back later",
    "contexts",
    "correction takes",
    "cut-off",
    "delays",
    "goes home",
    "holidays",
    "loop",
    "machines",
    "materials",
    "own calendars",
    "parallel",
    "patience",
    "policy change",
    "priorities",
    "rejects",
    "returns",
    "rework",
    "several arrivals",
    "shared",
    "silent",
    "speeds",
    "steps behind",
    "stuck",
    "ties",
    "uneven days",
    "wait",
    "walk",
)
MINUTES_OF_DAY = (540, 545, 550, 555, 720, 715, 1020, 1015, 510, 600, 780, 840, 0, 1439)


@dataclass(frozen=True)
class GeneratedRun:
    """A model as a document, and the run of it: `moments_ms` and `through` are the people who come, where
    they are not drawn."""

    document: Document
    days: int
    seed: int
    replication: int
    cohort_days: tuple[int, int] | None = None
    moments_ms: tuple[int, ...] | None = None
    through: tuple[int, ...] | None = None
    slots_ms: tuple[int, ...] | None = None  # -1 = without appointment

    @property
    def program(self) -> Program:
        """The model over its days."""
        return build_program(service_model_from(self.document), self.days)

    @property
    def people(self) -> Applicants | None:
        """The given applicants; None where they are drawn."""
        if self.moments_ms is None or self.slots_ms is None:
            return None
        order = np.lexsort((self.through, self.moments_ms))  # of `applicants_at`
        people = applicants_at(self.moments_ms, self.through)
        return replace(people, slot_ms=np.array(self.slots_ms, "int64")[order])

    def arguments(self) -> tuple[Program, int, int, tuple[int, int] | None, Applicants | None]:
        """What an engine is called with."""
        return self.program, self.seed, self.replication, self.cohort_days, self.people

    def to_yaml(self) -> str:
        """Text that `run_from_yaml` reads back."""
        return yaml.safe_dump(_plain(asdict(self)), allow_unicode=True, sort_keys=False, width=110)


def run_from_yaml(text: str) -> GeneratedRun:
    """The run written by `GeneratedRun.to_yaml`."""
    given = yaml.safe_load(text)
    for name in ("cohort_days", "moments_ms", "through", "slots_ms"):
        given[name] = None if given[name] is None else tuple(given[name])
    return GeneratedRun(**given)


def _plain(value: Any) -> Any:
    """Lists for tuples, so that YAML needs no tags; a new copy each time, so that it needs no anchors."""
    if isinstance(value, dict):
        return {key: _plain(inside) for key, inside in value.items()}
    return [_plain(inside) for inside in value] if isinstance(value, list | tuple) else value


@st.composite
def generated_runs(draw: st.DrawFn) -> GeneratedRun:
    """Any model, any way to run it."""
    c = Chooser(draw, SWITCHES)
    days = c.pick(5, 3, 8, 2, 12)
    document = _document(c, days)
    come = _people(c, days, document["arrivals"]) if c.one_in(2) else (None, None, None)
    return GeneratedRun(
        document=document,
        days=days,
        seed=draw(st.integers(0, 2**32 - 1)),
        replication=c.pick(0, 1, 77),
        cohort_days=_cohort(c, days) if c.one_in(4) else None,
        moments_ms=come[0],
        through=come[1],
        slots_ms=come[2],
    )


def _document(c: Chooser, days: int) -> Document:
    documents = hall.materials(c)
    steps = hall.steps(c, documents)
    in_flow = [step["name"] for step in steps if step["name"] != hall.HELP]
    return {
        "name": {"zh": "厅", "en": "Hall"},
        "start_date": c.pick(*START_DATES),
        "calendars": calendars(c),
        "materials": documents,
        "pools": [{"name": name} for name in hall.POOLS],
        "members": hall.members(c, steps),
        "steps": steps,
        "flow": flow(c, in_flow),
        "arrivals": hall.arrivals(c, days, in_flow),
        "visits": hall.visits(c),
    }


def _cohort(c: Chooser, days: int) -> tuple[int, int]:
    first = c.number(0, days - 1)
    return first, c.number(first + 1, days)


def _people(
    c: Chooser, days: int, arrivals: list[Document]
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Up to 56 people in bursts, several at one moment: when, through which arrivals, with which slot."""
    people: list[tuple[int, int, int]] = []
    for _ in range(c.number(1, 14)):
        size = c.pick(2, 1, 3, 4)
        minute = c.pick(*MINUTES_OF_DAY) + (c.number(0, 11) * 5 if c.one_in(2) else 0)
        moment = min(c.number(0, days - 1) * 1440 + minute, days * 1440 - 1) * 60_000
        through = c.number(0, len(arrivals) - 1)
        slot = -1
        if "appointments" in arrivals[through] and c.one_in(2):
            slot = max(moment + c.pick(0, -10, 10, -5, 5, 30, -30, 1440) * 60_000, 0)
        people += [(moment, through, slot)] * size
    moments, arrivals_of, slots = zip(*people, strict=True)
    return moments, arrivals_of, slots
