"""The parts of a program: a service model in numbers.

Steps are numbered by their first appearance in the flow (steps outside the flow are left out), pools and
members in model order, cases by arrival. Times are integer milliseconds since midnight of the start date.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from mining.working_time import MS_PER_DAY
from simulation.engines.program.arrivals import ArrivalsCode, ComingBack
from simulation.engines.program.distributions import DistributionCode
from simulation.engines.program.flow import NodeCode, TableCode
from simulation.engines.program.open_time import OpenTime
from simulation.service_model import Limits, Material, Step

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
    change_ms: int  # from here on a new policy returns more; NEVER = none
    change_chance: float
    change_half_life_ms: float
    reject_chance: float
    asked: tuple[AskedCode, ...]
    all_asked: int  # bits of all asked materials
    check_all_ms: float
    any_shared: bool
    gathers: bool  # has a gate at which batches gather
    batch_size: int  # 0 = not let go by size
    together: bool
    stuck_chance: float
    stuck_then: int
    keeps_machine: bool


class FailureCode(NamedTuple):
    """How a machine fails; distributions by number, `repaired_by` a pool or -1 = from outside.

    `repair_calendar`: the calendar in whose open time it is repaired from outside, -1 = elapsed time.
    """

    stream: int
    runs_for: int
    repair: int
    repaired_by: int
    repair_calendar: int


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
    pools: tuple[str, ...]
    members: tuple[str, ...]
    materials: tuple[Material, ...]
    arrivals: tuple[str, ...]
    channels: tuple[str, ...]
    items: tuple[str, ...]
    limits: Limits | None


@dataclass(frozen=True)
class Program:
    """A model over a horizon, ready to run; made by `build_program`."""

    start_date: dt.date
    days: int
    names: Names
    guessed_holidays: tuple[str, ...]  # "CN 2030": make-up days not published yet
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
    repair_speeds: tuple[float, ...]  # by member: at the repair of machines
    pools_of_member: tuple[tuple[int, ...], ...]
    members_of_pool: tuple[tuple[int, ...], ...]
    failures: tuple[FailureCode | None, ...]  # by member
    gate_moments: tuple[tuple[int, ...], ...]  # by step: when its batches are let go, beside by size
    arrivals: tuple[ArrivalsCode, ...]
    coming_back: ComingBack
    come_back_after: int
    correction_takes: int
    same_day_continuation: float
    walk: int

    @property
    def horizon_ms(self) -> int:
        """The end of the run: nothing happens at or after it."""
        return self.days * MS_PER_DAY
