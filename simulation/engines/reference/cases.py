"""The state of cases and of the pieces of work on them while a run lasts."""

from __future__ import annotations

from enum import IntEnum

from simulation.engines.program.codes import StepCode
from simulation.engines.program.flow import NOTHING_YET
from simulation.engines.program.open_time import NEVER

NOBODY = -1  # the member of a step without pool


class Presence:
    """Where the applicant is; an enum would be slower to look up."""

    AWAY = 0
    AT_THE_DOOR = 1  # has just arrived and has no ticket yet
    IN_HALL = 2


class Outcome(IntEnum):
    """How a visit of a case to a step ends."""

    PASSED = 0
    RETURNED = 1
    REJECTED = 2
    GAVE_UP = 3  # left before being served
    STUCK = 4  # could not finish alone: another step is done in place of this one


class Task:
    """One visit of a case to a step, from reaching it to its outcome."""

    __slots__ = (
        "again",
        "case",
        "code",
        "due",
        "enabled",
        "end",
        "fetched",
        "given_up",
        "handed",
        "left",
        "member",
        "node",
        "place",
        "priority",
        "reached",
        "released",
        "returns",
        "start",
        "stays",
        "step",
        "visit",
    )

    def __init__(
        self, case: Case, node: int, step: int, n_steps: int, code: StepCode, visit: int, returns: int
    ) -> None:
        self.case = case
        self.node = node
        self.place = node * n_steps + step  # a node may have another step done in place of its own
        self.step = step
        self.code = code
        self.visit = visit
        self.priority = code.priority  # lower is served first
        self.returns = returns  # corrections since the case reached the step
        self.again = False  # the pause before coming back is over when it is ready
        self.given_up = False  # the applicant left before being served
        self.handed = 0  # bits: materials handed in
        self.fetched = 0  # bits: materials fetched from where they were made
        self.stays = False  # the applicant waits in the hall while materials are fetched
        self.reached = NEVER
        self.enabled = NEVER
        self.released = NEVER
        self.start = NEVER
        self.end = NEVER  # also while its machine is down
        self.due = NEVER  # moment of the last due that was written down for its end
        self.left = 0  # work left when the machine failed
        self.member = NOBODY

    @property
    def gone(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.given_up or self.case.closed

    @property
    def pauses(self) -> bool:
        """Whether it pauses while its member is off duty; applicants are served to the end."""
        return not self.code.present


class Case:
    """One application."""

    __slots__ = (
        "arrivals",
        "attended",
        "before_last",
        "closed",
        "counters",
        "finish",
        "gave_up",
        "kept",
        "last",
        "line",
        "number",
        "pool",
        "presence",
        "rejected",
        "running",
        "served",
        "slot_ms",
        "staying",
    )

    def __init__(self, number: int, arrivals: int, n_slots: int) -> None:
        self.number = number
        self.arrivals = arrivals
        self.counters = [0] * n_slots
        self.last = self.before_last = NOTHING_YET  # step number + 1
        self.running = 0  # steps under way
        self.closed = False  # nothing new is started: it was rejected or the applicant gave up for good
        self.rejected = False
        self.gave_up = False
        self.finish = NEVER
        self.served = False  # a counter step is under way
        self.kept: tuple[int, ...] = ()  # machines that stay taken until the applicant has been helped
        self.slot_ms = -1  # begin of the slot that is booked, -1 = none or not any more
        self.presence = Presence.AT_THE_DOOR
        self.pool = NOBODY  # of the counter step attended last
        self.attended = False  # one of its counter steps has the applicant: ticket taken or on the way
        self.staying = 0  # counter steps whose materials are being fetched while the applicant waits
        self.line: list[tuple[int, int, Task]] = []  # (since, node) of counter steps that need the applicant
