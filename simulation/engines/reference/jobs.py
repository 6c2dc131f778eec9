"""What members work on: a visit of a case, a batch of them, the repair of a machine."""

from __future__ import annotations

from typing import Protocol

from simulation.engines.program.open_time import NEVER
from simulation.engines.reference.cases import Task


class Job(Protocol):
    """Something that waits in a queue and occupies one member from its start to its end."""

    end: int  # NEVER while it waits or is interrupted
    left: int  # work left when it was interrupted

    @property
    def gone(self) -> bool:
        """Whether nobody waits for it any more."""

    @property
    def pauses(self) -> bool:
        """Whether it pauses while its member is off duty, as all work without applicants does."""


class Group:
    """Cases of a batch done together; `tasks` in the order of the queue, of one step."""

    def __init__(self, tasks: list[Task]) -> None:
        self.tasks = tasks
        self.left = 0
        self.pauses = True

    @property
    def end(self) -> int:
        """See `Job`; all tasks end at once."""
        return self.tasks[0].end

    @end.setter
    def end(self, end: int) -> None:
        for task in self.tasks:
            task.end = end

    @property
    def gone(self) -> bool:
        """See `Job`."""
        return all(task.gone for task in self.tasks)


class RepairJob:
    """The repair of a machine by members of a pool, or from outside."""

    def __init__(self, machine: int, number: int, failed: int) -> None:
        self.machine = machine
        self.number = number
        self.failed = failed
        self.start = NEVER
        self.end = NEVER
        self.due = NEVER  # moment of the last due that was written down for its end
        self.left = 0
        self.by = -1
        self.gone = False
        self.pauses = True
