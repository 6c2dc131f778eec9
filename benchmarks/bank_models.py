"""The bank month as service models: one a day with the log's own calls and agents, and one typical week.

A call is a case of one step, the one of its type; calls wait in two queues (technical help for the internet
pages, IN, apart). The call centre has no hall: its step is a counter in a hall that never closes, people wait
there in person as they wait on the line, until their patience ends, and do not call again (a call that was
tried again is in the log as another call).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmarks.bank_calls import CallClass, Calls, minutes, nights_like_days
from mining.half_hours import HALF_HOURS
from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, WEEKDAYS, Weekday, WorkingCalendar, date_of
from simulation.calibration.arrivals import fit_arrivals
from simulation.calibration.calendars import ROUND_THE_CLOCK, weekday_of
from simulation.calibration.duty import (
    BREAK_MINUTES,
    Duty,
    Services,
    Spell,
    Waits,
    find_duty,
    on_duty_by_half_hour,
)
from simulation.calibration.patience import CalibratedPatience, fit_patience
from simulation.calibration.service_times import (
    LONGEST_MINUTES,
    ServiceTime,
    fit_service,
    speeds_by_work,
)
from simulation.service_model import (
    Arrivals,
    Choice,
    ContextRow,
    ContextTable,
    Distribution,
    Exponential,
    Member,
    Patience,
    Pool,
    ServiceModel,
    Step,
    StepBlock,
    Visits,
)

CENTRE = "centre"
DAY_TYPE_MARK = ", "
FIRST_SERVED = 2  # the priority of the bank's better customers
DAY_TYPES: dict[str, tuple[Weekday, ...]] = {  # the centre's week: Friday until noon, Saturday evening
    "weekday": ("sun", "mon", "tue", "wed", "thu"),
    "friday": ("fri",),
    "saturday": ("sat",),
}


@dataclass(frozen=True)
class Variant:
    """What a run assumes; the defaults are the main model, the others tell what each part does."""

    name: Text
    high_priority_first: bool = False
    speeds: bool = True  # agents work at their own speeds
    pauses: bool = True
    censored: bool = True  # False: patience is what those who gave up had waited, as if nobody else had any
    break_minutes: float = BREAK_MINUTES
    nights: bool = True  # calls from 21:00 on have service times and patience of their own
    apart: tuple[str, ...] = ("IN",)  # types with a queue of their own, looked at after the common one

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues in the order in which agents look at them."""
        return ("common", *self.apart)

    def queue_of(self, kind: str) -> int:
        """Code of the queue of a type of call."""
        return self.apart.index(kind) + 1 if kind in self.apart else 0


@dataclass(frozen=True)
class Fitted:
    """The numbers of the month, under the assumptions of a variant."""

    month: Calls
    variant: Variant

    @cached_property
    def calls(self) -> Calls:
        """The calls of the month in the classes of the variant."""
        return self.month if self.variant.nights else nights_like_days(self.month)

    @cached_property
    def duty(self) -> Duty:
        """Who was on duty when."""
        queue = np.array([self.variant.queue_of(each.kind) for each in self.calls.classes])
        served, waited = self.calls.where(~self.calls.gave_up), self.calls.where(self.calls.waited_ms > 0)
        start = served.came_ms + served.waited_ms
        services = Services(
            served.officer, queue[served.of_class], start, start + served.served_ms, served.waited_ms == 0
        )
        waits = Waits(queue[waited.of_class], waited.came_ms, waited.came_ms + waited.waited_ms)
        return find_duty(services, waits, break_minutes=self.variant.break_minutes)

    @cached_property
    def service(self) -> dict[str, ServiceTime]:
        """Service times by type of call (`CallClass.step`), with the pauses after them."""
        served = self.calls.where(~self.calls.gave_up)
        pauses = self.duty.pause_minutes if self.variant.pauses else None
        usual = minutes(served.served_ms) * self.speeds[served.officer]
        return {str(step): fit_service(usual[served.step == step], pauses) for step in np.unique(served.step)}

    @cached_property
    def speeds(self) -> np.ndarray:
        """Speed of each agent, 1 = usual."""
        served = self.calls.where(
            ~self.calls.gave_up & (self.calls.served_ms <= LONGEST_MINUTES * MS_PER_MINUTE)
        )
        if not self.variant.speeds:
            return np.ones(len(self.calls.officers))
        kind = np.unique(served.step, return_inverse=True)[1]
        return speeds_by_work(kind, served.officer, minutes(served.served_ms), len(self.calls.officers))

    @cached_property
    def patience(self) -> tuple[CalibratedPatience, ...]:
        """Patience by class of calls."""
        waited, gave_up = self.calls.waited_ms > 0, self.calls.gave_up
        found = []
        for number in range(len(self.calls.classes)):
            of_class = waited & (self.calls.of_class == number)
            found.append(fit_patience(minutes(self.calls.waited_ms[of_class]), gave_up[of_class]))
        return tuple(found)

    def patience_of(self, number: int) -> Distribution | None:
        """The patience of a class in the model."""
        if self.variant.censored:
            return self.patience[number].minutes
        of_class = self.calls.gave_up & (self.calls.of_class == number)
        return Exponential(mean_minutes=float(minutes(self.calls.waited_ms[of_class]).mean()))


def model_of_day(fitted: Fitted, day: int) -> ServiceModel:
    """The centre on one day (number since 1970): its agents, and the rates of its calls."""
    weekday = WEEKDAYS[int(weekday_of(np.array([day]))[0])]
    windows: dict[int, list[tuple[int, int]]] = {}
    queues: dict[int, tuple[int, ...]] = {}
    for spell in fitted.duty.spells:
        if spell.begin_ms // MS_PER_DAY == day:
            windows.setdefault(spell.officer, []).append(_minutes_of_day(spell, day))
            queues[spell.officer] = spell.queues
    agents = {
        fitted.calls.officers[officer]: (queues[officer], {weekday: _joined(periods)})
        for officer, periods in sorted(windows.items())
    }
    of_day = fitted.calls.where(fitted.calls.came_ms // MS_PER_DAY == day)
    arrivals = []
    for number, each in enumerate(fitted.calls.classes):
        came = of_day.came_ms[of_day.of_class == number]
        half_hours = np.bincount(came % MS_PER_DAY // (30 * MS_PER_MINUTE), minlength=HALF_HOURS)
        weights = {slot * 30: float(n) for slot, n in enumerate(half_hours.tolist()) if n} or {0: 1.0}
        arrivals.append(
            Arrivals(name=each.name, per_day=came.size, calendar=CENTRE, half_hour_weights=weights)
        )
    return _model(fitted, date_of(day), agents, {CENTRE: ROUND_THE_CLOCK}, arrivals)


def model_of_week(fitted: Fitted) -> ServiceModel:
    """The month as its average: calls and agents by type of day and half-hour, the same every week."""
    calls = fitted.calls
    weekday = weekday_of(calls.days)
    calendars = {CENTRE: ROUND_THE_CLOCK}
    arrivals = []
    for day_type, of_type in DAY_TYPES.items():
        calendars[day_type] = WorkingCalendar(weekly=dict.fromkeys(of_type, ((0, 1440),)))
        days = calls.days[np.isin(weekday, [WEEKDAYS.index(day) for day in of_type])]
        for number, each in enumerate(calls.classes):
            came = calls.came_ms[(calls.of_class == number) & np.isin(calls.came_ms // MS_PER_DAY, days)]
            if came.size:
                fitted_to = fit_arrivals(
                    f"{each.name}{DAY_TYPE_MARK}{day_type}", came, days, day_type, calendars[day_type]
                )
                arrivals.append(fitted_to[0])
    first = date_of(int(calls.days[0]))
    return _model(fitted, first, _typical_agents(fitted), calendars, arrivals)


Agents = dict[str, tuple[tuple[int, ...], dict[Weekday, tuple[tuple[int, int], ...]]]]


def _typical_agents(fitted: Fitted) -> Agents:
    """Seats: the k-th is taken in the half-hours in which on average at least k - 1/2 agents are on duty.

    Seats are counted by the queues they serve, the numbers rounded so that their sum is right.
    """
    days, weekday = fitted.calls.days, weekday_of(fitted.calls.days)
    kinds = sorted({spell.queues for spell in fitted.duty.spells})
    tables = []
    for kind in kinds:
        spells = tuple(spell for spell in fitted.duty.spells if spell.queues == kind)
        by_day = on_duty_by_half_hour(spells, days)
        tables.append(np.array([by_day[weekday == number].mean(axis=0) for number in range(7)]))
    seats = np.diff(np.round(np.cumsum(tables, axis=0)), axis=0, prepend=0).astype(int)
    agents: Agents = {}
    for kind, of_kind in zip(kinds, seats, strict=True):
        for seat in range(1, int(of_kind.max()) + 1):
            weekly = {day: _periods(of_kind[n] >= seat) for n, day in enumerate(WEEKDAYS)}
            name = f"{'+'.join(fitted.variant.queues[queue] for queue in kind)} {seat}"
            agents[name] = (kind, {day: periods for day, periods in weekly.items() if periods})
    return agents


def _periods(taken: np.ndarray) -> tuple[tuple[int, int], ...]:
    """Half-hours of a day as periods in minutes since midnight."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], taken.astype(int), [0]]))) * 30
    return tuple((int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True))


def _minutes_of_day(spell: Spell, day: int) -> tuple[int, int]:
    """A spell in whole minutes since midnight, within the day, a minute at least."""
    begin = min(round((spell.begin_ms - day * MS_PER_DAY) / MS_PER_MINUTE), 1439)
    end = min(round((spell.end_ms - day * MS_PER_DAY) / MS_PER_MINUTE), 1440)
    return begin, max(end, begin + 1)


def _joined(periods: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Periods in order; those that touch are one."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(periods):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return tuple(joined)


def _model(
    fitted: Fitted,
    start_date: object,
    agents: Agents,
    calendars: dict[str, WorkingCalendar],
    arrivals: list[Arrivals],
) -> ServiceModel:
    classes = {each.name: (number, each) for number, each in enumerate(fitted.calls.classes)}
    steps = {each.step: each.kind for each in fitted.calls.classes if each.step in fitted.service}
    speed = dict(zip(fitted.calls.officers, fitted.speeds.round(4).tolist(), strict=True))
    weekly = {name: WorkingCalendar(weekly=week) for name, (_, week) in agents.items()}
    names = fitted.variant.queues
    served = {queue for queues, _ in agents.values() for queue in queues}
    nobody = [queue for queue in range(len(names)) if queue not in served]  # then everybody serves it
    return ServiceModel(
        name=Text(zh="银行呼叫中心", en="Call centre of a bank"),
        start_date=start_date,
        calendars=calendars | weekly,
        pools=tuple(Pool(name=name) for name in names),
        members=tuple(
            Member(
                name=name,
                calendar=name,
                speed=speed.get(name, 1.0),
                serves=tuple(names[queue] for queue in (*queues, *nobody)),
            )
            for name, (queues, _) in agents.items()
        ),
        steps=tuple(
            Step(
                name=step,
                place="counter",
                pool=names[fitted.variant.queue_of(kind)],
                duration=fitted.service[step].duration,
            )
            for step, kind in steps.items()
        ),
        flow=Choice(
            choice=tuple(StepBlock(step=step) for step in steps),
            name="type of call",
            table=_by_type(list(steps)),
        ),
        arrivals=tuple(
            _with_people(fitted, each, *classes[each.name.removesuffix(DAY_TYPE_MARK + each.calendar)])
            for each in arrivals
        ),
        visits=Visits(calendar=CENTRE),
    )


def _by_type(steps: list[str]) -> ContextTable:
    rows = [ContextRow(after=(), weights=(1.0,) * len(steps))]
    rows += [ContextRow(after=(step,), weights=tuple(float(k == step) for k in steps)) for step in steps]
    return ContextTable(rows=tuple(rows))


def _with_people(fitted: Fitted, arrivals: Arrivals, number: int, each: CallClass) -> Arrivals:
    """The arrivals with their type, priority and patience."""
    patience = fitted.patience_of(number)
    first = fitted.variant.high_priority_first and each.priority == FIRST_SERVED
    return arrivals.model_copy(
        update={
            "passed": (each.step,),
            "priority": -int(first),
            "patience": None if patience is None else Patience(minutes=patience, comes_back=0),
        }
    )
