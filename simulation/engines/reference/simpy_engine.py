"""The reference engine, on SimPy.

SimPy keeps the clock and the order of instants; everything due at one instant is collected under one SimPy
event and processed in the order of `agenda.Kind`, then applicants, then queues, until nothing more is due at
that instant. `docs/how-the-simulation-works.md` shows the rules with timelines.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any

import numpy as np
import simpy

from mining.working_time import MS_PER_DAY
from simulation.engines.arrivals import Applicants, draw_applicants
from simulation.engines.program.codes import Program
from simulation.engines.program.open_time import NEVER
from simulation.engines.randomness import Draws
from simulation.engines.reference.agenda import Due, Kind
from simulation.engines.reference.cases import Case
from simulation.engines.reference.sampling import Sampling
from simulation.engines.reference.work import Work
from simulation.engines.run_records import Record, Repair, RunRecords

_IDENTITY = itemgetter(0, 1, 2, 3)


class SimpyAgenda:
    """An `Agenda` with one SimPy event for each instant at which something is due."""

    def __init__(self, horizon_ms: int) -> None:
        self.now = -1  # before the first instant
        self.environment = simpy.Environment(initial_time=-1)
        self._horizon = horizon_ms
        self._due: dict[int, list[Due]] = {}
        self.assign: Any = None  # called after each round of an instant
        self.is_over: Any = None  # asked after each instant, where the run may stop before the horizon
        self.stop = self.environment.event()

    def at(self, moment: int, due: Due) -> None:
        """See `Agenda`."""
        if moment >= self._horizon:
            return
        there = self._due.get(moment)
        if there is not None:
            there.append(due)
            return
        self._due[moment] = [due]
        if moment > self.now:
            event = simpy.Timeout(self.environment, moment - self.now, moment)
            event.callbacks.append(self._ring)

    def _ring(self, event: simpy.Event) -> None:
        """Everything that happens at one moment, in rounds until nothing more is due."""
        now = self.now = event.value
        if self.stop.triggered:
            return
        all_due, assign = self._due, self.assign
        while due := all_due.pop(now, None):
            if len(due) > 1:
                due.sort(key=_IDENTITY)
            for _, _, _, _, action, subject in due:
                action(subject)
            assign()
        if self.is_over is not None and self.is_over():
            self.stop.succeed()


class SimpyEngine:
    """One run; `run` may be called once."""

    def __init__(
        self,
        program: Program,
        seed: int,
        replication: int,
        cohort_days: tuple[int, int] | None,
        applicants: Applicants | None,
    ) -> None:
        self._program = program
        self._people = draw_applicants(program, seed, replication) if applicants is None else applicants
        streams = np.array([code.stream for code in program.arrivals], "uint64")
        draws = Draws(
            seed, replication, streams[self._people.arrivals], self._people.day << 16 | self._people.index
        )
        self._agenda = SimpyAgenda(program.horizon_ms)
        self._arrived_ms: list[int] = self._people.time_ms.tolist()
        self._arrivals: list[int] = self._people.arrivals.tolist()
        self._slots_ms: list[int] = self._people.slot_ms.tolist()
        self._came = 0
        self._finish_ms = [-1] * len(self._arrived_ms)
        self._work = Work(program, Sampling(program, draws), self._agenda, self._case_finished)
        self._agenda.assign = self._work.assign
        self._agenda.is_over = self._is_over if cohort_days else None
        self._changes = [calendar.changes() for calendar in (*program.calendars, program.inside)]
        self._left_with_ticket = 0
        first, last = cohort_days or (0, 0)
        day = self._people.time_ms // MS_PER_DAY
        cohort = (day >= first) & (day < last)
        self._in_cohort: list[bool] = cohort.tolist()
        self._unfinished = int(cohort.sum())
        self._earliest_stop = last * MS_PER_DAY if cohort_days else NEVER

    def run(self) -> RunRecords:
        """Run to the horizon, or until the cohort has finished."""
        environment, stop = self._agenda.environment, self._agenda.stop
        self._expect_arrivals(0)
        self._work.open()
        for calendar, changes in enumerate(self._changes):
            following = next((n for n, (moment, _) in enumerate(changes) if moment > 0), len(changes))
            self._expect_change(calendar, following)
        if self._earliest_stop < self._program.horizon_ms:
            self._agenda.at(self._earliest_stop, Due(Kind.CALENDAR, len(self._changes), 0, 0, _nothing, None))
        horizon = environment.timeout(self._program.horizon_ms - environment.now)
        environment.run(until=environment.any_of((horizon, stop)))
        end = self._agenda.now if stop.triggered else self._program.horizon_ms
        return self._records(end)

    def _is_over(self) -> bool:
        return self._unfinished == 0 and self._agenda.now >= self._earliest_stop

    def _expect_arrivals(self, first: int) -> None:
        """The next people who come, all those of one moment together."""
        if first < len(self._arrived_ms):
            moment, behind = self._arrived_ms[first], first + 1
            while behind < len(self._arrived_ms) and self._arrived_ms[behind] == moment:
                behind += 1
            self._agenda.at(moment, Due(Kind.ARRIVAL, first, 0, 0, self._arrive, (first, behind)))

    def _arrive(self, people: tuple[int, int]) -> None:
        first, behind = people
        self._expect_arrivals(behind)
        self._came = behind
        for number in range(first, behind):
            arrivals = self._arrivals[number]
            case = Case(number, arrivals, self._program.n_slots)
            code = self._program.arrivals[arrivals]
            case.before_last, case.last = code.before_last, code.last
            case.slot_ms = self._slots_ms[number]
            self._work.arrive(case)

    def _expect_change(self, calendar: int, following: int) -> None:
        changes = self._changes[calendar]
        if following < len(changes):
            due = Due(Kind.CALENDAR, calendar, 0, 0, self._change, (calendar, following))
            self._agenda.at(changes[following][0], due)

    def _change(self, change: tuple[int, int]) -> None:
        calendar, number = change
        opens = bool(self._changes[calendar][number][1])
        if calendar < len(self._program.calendars):
            self._work.desks.calendar_changes(calendar, opens)
        else:
            self._left_with_ticket += self._work.desks.hall_changes(opens)
        self._expect_change(calendar, number + 1)

    def _case_finished(self, case: Case) -> None:
        self._finish_ms[case.number] = case.finish
        if self._in_cohort[case.number]:
            self._unfinished -= 1

    def _records(self, end: int) -> RunRecords:
        people, n, closed = self._people, self._came, self._work.closed
        visits = np.array(self._work.records, "int64").reshape(-1, len(Record._fields))
        return RunRecords(
            visits=visits,
            arrivals=people.arrivals[:n],
            day=people.day[:n],
            index=people.index[:n],
            arrived_ms=people.time_ms[:n],
            finish_ms=np.array(self._finish_ms[:n], "int64"),
            rejected=np.isin(np.arange(n), [case.number for case in closed if case.rejected]),
            gave_up=np.isin(np.arange(n), [case.number for case in closed if case.gave_up]),
            slot_ms=people.slot_ms[:n],
            repairs=_repairs(self._work.machines.records),
            still_down=_repairs(self._work.machines.still_down()),
            end_ms=end,
            loops_capped=self._work.flow.loops_capped,
            returns_capped=self._work.returns_capped,
            turned_away=self._work.applicants.turned_away,
            left_with_ticket=self._left_with_ticket,
            no_shows=people.no_shows,
            no_slot=people.no_slot,
            missed_slots=people.missed_slots,
        )


def _repairs(found: list[Repair]) -> np.ndarray:
    return np.array(found, "int64").reshape(-1, len(Repair._fields))


def _nothing(_: None) -> None:
    """Marks a moment at which the run may stop."""


def run_simpy(
    program: Program,
    seed: int,
    replication: int,
    cohort_days: tuple[int, int] | None = None,
    applicants: Applicants | None = None,
) -> RunRecords:
    """Run a program with SimPy; with `applicants`, these come instead of drawn ones."""
    return SimpyEngine(program, seed, replication, cohort_days, applicants).run()
