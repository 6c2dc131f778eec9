"""Queues and the members who serve them."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from simulation.engines.cases import Task
from simulation.engines.open_time import NEVER
from simulation.engines.program_codes import Program

Waiting = tuple[int, int, int, int, int, Task]  # (priority, enabled, case, step, visit): never equal


class Desks:
    """Who waits where, who is free.

    Queues are looked at in model order. In a queue the work with the smallest (priority, enabled, case, step,
    visit) is first; of the members free and on duty the one idle longest serves it (ties: member order).
    Applicants can be served only while people are inside the hall.
    """

    def __init__(self, program: Program) -> None:
        n_members = len(program.member_calendars)
        self._program = program
        self._members_of_pool = program.members_of_pool
        self._applicants: list[list[Waiting]] = [[] for _ in program.members_of_pool]
        self._papers: list[list[Waiting]] = [[] for _ in program.members_of_pool]
        self.to_look_at: set[int] = set()  # pools in which something may have become possible
        self._idle_since = [-1] * n_members
        self._free = [True] * n_members
        self._on_duty = [program.calendars[c].is_open(0) for c in program.member_calendars]
        self.people_inside = program.inside.is_open(0)

    def join(self, task: Task) -> None:
        """The task waits in the queue of its step's pool."""
        code = task.code
        queue = self._applicants if code.present else self._papers
        waiting = (task.priority, task.enabled, task.case.number, task.step, task.visit, task)
        heappush(queue[code.pool], waiting)
        self.to_look_at.add(code.pool)

    def free(self, member: int, now: int) -> None:
        """The member has finished a task."""
        self._free[member] = True
        self._idle_since[member] = now
        self.to_look_at.update(self._program.pools_of_member[member])

    def calendar_changes(self, calendar: int, opens: bool) -> None:
        """Members who keep this calendar come on or go off duty."""
        for member, kept in enumerate(self._program.member_calendars):
            if kept == calendar:
                self._on_duty[member] = opens
                if opens:
                    self.to_look_at.update(self._program.pools_of_member[member])

    def hall_changes(self, opens: bool) -> int:
        """People come in or have to leave; returns how many leave with a ticket."""
        self.people_inside = opens
        if opens:
            self.to_look_at.update(range(len(self._applicants)))
            return 0
        return sum(_still_waits(waiting[-1]) for queue in self._applicants for waiting in queue)

    def assignments(self) -> Iterator[tuple[Task, int]]:
        """Who starts what now, in the order of the rules; each pair is a task taken and a member busy."""
        for pool in sorted(self.to_look_at):
            while (queue := self._first_queue(pool)) is not None:
                member = self._longest_idle(pool)
                if member < 0:
                    break
                task = heappop(queue)[-1]
                self._free[member] = False
                yield task, member
        self.to_look_at.clear()

    def _first_queue(self, pool: int) -> list[Waiting] | None:
        """Which of a pool's two heaps has the next task that can be started, None if there is none."""
        papers, applicants = self._papers[pool], self._applicants[pool]
        if papers:
            _drop_gone(papers)
        if applicants:
            _drop_gone(applicants)
        if not applicants or not self.people_inside:
            return papers or None
        return papers if papers and papers[0] < applicants[0] else applicants

    def _longest_idle(self, pool: int) -> int:
        free, on_duty, idle_since = self._free, self._on_duty, self._idle_since
        best, since = -1, NEVER
        for member in self._members_of_pool[pool]:
            if free[member] and on_duty[member] and idle_since[member] < since:
                best, since = member, idle_since[member]
        return best


def _drop_gone(queue: list[Waiting]) -> None:
    """Take from the head of the heap who does not wait any more."""
    while queue and not _still_waits(queue[0][-1]):
        heappop(queue)


def _still_waits(task: Task) -> bool:
    return not task.given_up and not task.case.closed
