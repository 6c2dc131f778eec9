"""The story of a case as values: entries, each with its parts, from the arrival to the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from mining.text import Text
from mining.working_time import MS_PER_DAY
from simulation.engines.program.open_time import Interval


class EntryKind(StrEnum):
    """What an entry is about."""

    # the applicant
    DOOR = "door"
    ANOTHER_DAY = "another_day"
    WAIT = "wait"
    OVERNIGHT = "overnight"
    SERVED = "served"
    GAVE_UP = "gave_up"
    CORRECTS = "corrects"
    MOVES = "moves"  # to the next counter, within one visit
    COMES_BACK = "comes_back"
    AGAIN_AFTER_GIVING_UP = "again_after_giving_up"
    HELP = "help"
    FETCH = "fetch"
    PAPERS = "papers"
    PAUSE = "pause"
    # the papers
    DELAY = "delay"
    GATE = "gate"
    QUEUE = "queue"
    WORK = "work"
    # the end
    FINISHED = "finished"
    REJECTED = "rejected"
    LEFT = "left"
    UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Entry:
    """A stretch of the story.

    `parts` (name -> milliseconds) add up to its length: causes of a wait, own time and checking of a service,
    what the papers did while the applicant was at home.
    """

    begin_ms: int
    end_ms: int
    kind: EntryKind
    text: Text
    lane: int | None = None  # row of the visit for papers
    row: int | None = None
    parts: dict[str, int] = field(default_factory=dict)
    rests: tuple[Interval, ...] = ()  # of work on papers: office closed, machine broken

    @property
    def length_ms(self) -> int:
        """Its length."""
        return self.end_ms - self.begin_ms


@dataclass(frozen=True)
class CaseTrace:
    """A case from its arrival to its end, `finished_ms` None where it was still inside as the run ended."""

    case_id: str
    arrived_ms: int
    finished_ms: int | None
    end_ms: int
    entries: tuple[Entry, ...]
    returns: int  # how often it was returned for correction
    documents_handed_in: int

    @property
    def applicant(self) -> tuple[Entry, ...]:
        """Where the applicant was, from `arrived_ms` to `end_ms` without gap."""
        return tuple(entry for entry in self.entries if entry.lane is None)

    @property
    def parts(self) -> dict[str, int]:
        """Milliseconds by what they were spent on; adds up to `end_ms` - `arrived_ms`."""
        total: Counter[str] = Counter()
        for entry in self.applicant:
            total.update(entry.parts)
        return {name: ms for name, ms in total.items() if ms}

    @property
    def cycle_ms(self) -> int:
        """Elapsed time from the arrival to the end."""
        return self.end_ms - self.arrived_ms

    def ms_in(self, *kinds: EntryKind) -> int:
        """Elapsed time of the applicant in entries of these kinds."""
        return sum(entry.length_ms for entry in self.applicant if entry.kind in kinds)

    @property
    def days_in_hall(self) -> int:
        """On how many days the applicant waited or was served in the hall."""
        inside = (EntryKind.WAIT, EntryKind.SERVED, EntryKind.GAVE_UP)
        there = [entry for entry in self.applicant if entry.kind in inside]
        return len({entry.begin_ms // MS_PER_DAY for entry in there})
