"""Queues and the members who serve them."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from simulation.engines.program.codes import Program
from simulation.engines.program.open_time import NEVER
from simulation.engines.reference.cases import Task
from simulation.engines.reference.jobs import Job

Waiting = tuple[int, int, int, int, int, Job]  # (priority, enabled, case, step, visit): never equal


def waiting(task: Task, job: Job | None = None) -> Waiting:
    """The place of a task in a queue; of a job that it leads, if given."""
    return task.priority, task.enabled, task.case.number, task.step, task.visit, job or task


class Desks:
    """Who waits where, who is free.

    Queues are looked at in model order. In a queue the work with the smallest (priority, enabled, case, step,
    visit) is first; of the members free, on duty and not down the one idle longest serves it (ties: member
    order). Applicants can be served only while people are inside the hall.
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
        self._down = [False] * n_members
        self._job: list[Job | None] = [None] * n_members
        self._on_duty = [program.calendars[c].is_open(0) for c in program.member_calendars]
        self.people_inside = program.inside.is_open(0)

    def join(self, task: Task) -> None:
        """The task waits in the queue of its step's pool."""
        pool = task.code.pool
        heappush((self._applicants if task.code.present else self._papers)[pool], waiting(task))
        self.to_look_at.add(pool)

    def join_papers(self, pool: int, entry: Waiting) -> None:
        """Work without an applicant that is not of one case waits in the queue of a pool."""
        heappush(self._papers[pool], entry)
        self.to_look_at.add(pool)

    def free(self, member: int, now: int) -> None:
        """The member has finished a job."""
        self._free[member] = True
        self._job[member] = None
        self._idle_since[member] = now
        self.to_look_at.update(self._program.pools_of_member[member])

    def calendar_changes(self, calendar: int, opens: bool) -> None:
        """Members who keep this calendar come on or go off duty."""
        for member, kept in enumerate(self._program.member_calendars):
            if kept == calendar:
                self._on_duty[member] = opens
                if opens:
                    self.to_look_at.update(self._program.pools_of_member[member])

    def fails(self, machine: int) -> Job | None:
        """The machine takes no more work; returns the job it was doing, if any."""
        self._down[machine] = True
        return self._job[machine]

    def works_again(self, machine: int) -> Job | None:
        """The machine takes work again; returns the job it was doing when it failed."""
        self._down[machine] = False
        self.to_look_at.update(self._program.pools_of_member[machine])
        return self._job[machine]

    def keeps(self, member: int) -> None:
        """The member is not free, but has no job either."""
        self._job[member] = None

    def hall_changes(self, opens: bool) -> int:
        """People come in or have to leave; returns how many leave with a ticket."""
        self.people_inside = opens
        if opens:
            self.to_look_at.update(range(len(self._applicants)))
            return 0
        return sum(not entry[-1].gone for queue in self._applicants for entry in queue)

    def assignments(self) -> Iterator[tuple[Job, int]]:
        """Who starts what now, in the order of the rules; each pair is a job taken and a member busy."""
        for pool in sorted(self.to_look_at):
            while (member := self._longest_idle(pool)) >= 0:
                queue = self._first_queue(pool)
                if queue is None:
                    break
                job = heappop(queue)[-1]
                self._free[member] = False
                self._job[member] = job
                yield job, member
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
        free, on_duty, idle_since, down = self._free, self._on_duty, self._idle_since, self._down
        best, since = -1, NEVER
        for member in self._members_of_pool[pool]:
            if free[member] and on_duty[member] and idle_since[member] < since and not down[member]:
                best, since = member, idle_since[member]
        return best


def _drop_gone(queue: list[Waiting]) -> None:
    """Take from the head of the heap what nobody waits for any more."""
    while queue and queue[0][-1].gone:
        heappop(queue)
