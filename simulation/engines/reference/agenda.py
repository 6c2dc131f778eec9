"""What is due when. One instant is handed over at once, so nothing depends on the order of insertion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol


class Kind:
    """The order in which things due at one instant are processed; an enum would be slower to look up."""

    COMPLETION = 0  # a step ends
    DELAY_OVER = 1  # a wait, a delay before a step, a correction, a fetched material
    TICKET = 2  # an applicant takes a ticket
    ARRIVAL = 3
    CALENDAR = 4  # opening and closing
    GIVES_UP = 5  # an applicant's patience ends
    MACHINE = 6  # a machine fails or is repaired
    GATE = 7  # a timetable lets a batch go


class Due(NamedTuple):
    """One thing due: `action(subject)`.

    The first four fields identify it at its instant: of two that are equal at most one still does something.
    """

    kind: int
    case: int  # or the calendar, the machine, the step
    node: int
    visit: int
    action: Callable[[Any], object]
    subject: Any


class Agenda(Protocol):
    """Where things are written down; an engine provides it."""

    now: int

    def at(self, moment: int, due: Due) -> None:
        """Something is due at a moment not before now; nothing at or after the end of the run happens."""
