"""The reference engine, on SimPy.

SimPy keeps the clock and the order of instants; everything due at one instant is collected under one SimPy
event and processed in the order of `agenda.Kind`, then applicants, then queues, until nothing more is due at
that instant. `docs/how-the-simulation-works.md` shows the rules with timelines.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import simpy

from mining.working_time import MS_PER_DAY
from simulation.engines.agenda import Due, Kind
from simulation.engines.arrivals import Applicants, draw_applicants
from simulation.engines.cases import Case
from simulation.engines.open_time import NEVER
from simulation.engines.program_codes import Program
from simulation.engines.randomness import Draws
from simulation.engines.run_records import Record, Repair, RunRecords
from simulation.engines.sampling import Sampling
from simulation.engines.work import Work


class SimpyAgenda:
    """An `Agenda` with one SimPy event for each instant at which something is due."""

    def __init__(self, horizon_ms: int) -> None:
        self.now = -1  # before the first instant
        self.environment = simpy.Environment()
        self._horizon = horizon_ms
        self._due: dict[int, list[Due]] = {}
        self.instant: Any = None  # called with what is due, once for each instant

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
            event = simpy.Timeout(self.environment, moment - self.environment.now, moment)
            event.callbacks.append(self._ring)

    def _ring(self, event: simpy.Event) -> None:
        self.now = event.value
        self.instant()

    def take_due(self) -> list[Due]:
        """What is due now and was not taken yet, in order."""
        due = self._due.pop(self.now, [])
        if len(due) > 1:
            due.sort()
        return due


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
        self._agenda.instant = self._instant
        self._stop = self._agenda.environment.event()
        self._arrived_ms: list[int] = self._people.time_ms.tolist()
        self._arrivals: list[int] = self._people.arrivals.tolist()
        self._cases: list[Case] = []
        self._work = Work(program, Sampling(program, draws), self._agenda, self._case_finished)
        self._changes = [calendar.changes() for calendar in (*program.calendars, program.inside)]
        self._left_with_ticket = 0
        first, last = cohort_days or (0, 0)
        day = self._people.time_ms // MS_PER_DAY
        self._cohort = (day >= first) & (day < last)
        self._unfinished = int(self._cohort.sum())
        self._earliest_stop = last * MS_PER_DAY if cohort_days else NEVER

    def run(self) -> RunRecords:
        """Run to the horizon, or until the cohort has finished."""
        environment = self._agenda.environment
        self._expect_arrivals(0)
        for calendar, changes in enumerate(self._changes):
            following = next((n for n, (moment, _) in enumerate(changes) if moment > 0), len(changes))
            self._expect_change(calendar, following)
        if self._earliest_stop < self._program.horizon_ms:
            self._agenda.at(self._earliest_stop, Due(Kind.CALENDAR, len(self._changes), 0, 0, _nothing, None))
        horizon = environment.timeout(self._program.horizon_ms)
        environment.run(until=environment.any_of((horizon, self._stop)))
        end = self._agenda.now if self._stop.triggered else self._program.horizon_ms
        return self._records(end)

    def _instant(self) -> None:
        """Everything that happens at one moment."""
        if self._stop.triggered:
            return
        agenda, assign = self._agenda, self._work.assign
        while due := agenda.take_due():
            for _, _, _, _, action, subject in due:
                action(subject)
            assign()
        if self._unfinished == 0 and agenda.now >= self._earliest_stop:
            self._stop.succeed()

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
        for number in range(first, behind):
            case = Case(number, self._arrivals[number], self._program.n_slots)
            self._cases.append(case)
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
        if self._cohort[case.number]:
            self._unfinished -= 1

    def _records(self, end: int) -> RunRecords:
        people, n = self._people, len(self._cases)
        visits = np.array(self._work.records, "int64").reshape(-1, len(Record._fields))
        finish = np.array([case.finish for case in self._cases], "int64")
        return RunRecords(
            visits=visits,
            arrivals=people.arrivals[:n],
            day=people.day[:n],
            index=people.index[:n],
            arrived_ms=people.time_ms[:n],
            finish_ms=np.where(finish == NEVER, -1, finish),
            rejected=np.array([case.rejected for case in self._cases], bool),
            gave_up=np.array([case.gave_up for case in self._cases], bool),
            slot_ms=people.slot_ms[:n],
            repairs=np.zeros((0, len(Repair._fields)), "int64"),
            end_ms=end,
            loops_capped=self._work.flow.loops_capped,
            returns_capped=self._work.returns_capped,
            turned_away=self._work.applicants.turned_away,
            left_with_ticket=self._left_with_ticket,
            no_shows=people.no_shows,
            no_slot=people.no_slot,
        )


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
