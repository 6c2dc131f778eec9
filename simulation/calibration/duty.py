"""Who was on duty when, from who served whom when, and who waited meanwhile.

Logs of queues seldom hold the rosters. While somebody waits whom an officer serves, an officer who begins
nothing shows not to be free; while nobody waits nothing can be told. Between two services of an officer

- a gap in which people waited for `BREAK_MINUTES` in all is a break: off duty from the end of the one service
  to the beginning of the next; so is one in which `OTHERS_BEFORE` people were served at once by others,
  because work goes to whoever is idle longest;
- a gap in which somebody waited throughout, shorter than that, is a pause after work: notes, a word to a
  colleague, the system that takes its time;
- in any other gap the officer counts as present.

On duty is from the beginning of the first service of a spell to the middle of the last one: who goes off duty
finishes the service under way, and of that, on average, half lies behind and half ahead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.half_hours import HALF_HOUR_MS, HALF_HOURS
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, OpenIntervals

BREAK_MINUTES = 2.0
OTHERS_BEFORE = 25
MIN_SHARE = 0.2  # an officer serves a queue who does this much of it, relative to its share of all work
TOLERANCE_MS = 2000  # clocks of queue and counter differ by a second or two


@dataclass(frozen=True)
class Services:
    """Who served whom when: codes of officer and queue, times in ms, `at_once` where nobody had to wait."""

    officer: np.ndarray
    queue: np.ndarray
    start_ms: np.ndarray
    end_ms: np.ndarray
    at_once: np.ndarray

    def where(self, keep: np.ndarray) -> Services:
        """Some of the services."""
        return Services(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Waits:
    """Everybody who waited, served in the end or not: code of the queue, times in ms."""

    queue: np.ndarray
    begin_ms: np.ndarray
    end_ms: np.ndarray


@dataclass(frozen=True)
class Spell:
    """An officer on duty from `begin_ms` to `end_ms`, for these queues."""

    officer: int
    begin_ms: int
    end_ms: int
    queues: tuple[int, ...]


@dataclass(frozen=True)
class Duty:
    """Spells of duty by day of their beginning, officer and time, and the pauses after work seen in full."""

    spells: tuple[Spell, ...]
    pause_minutes: np.ndarray
    breaks: int


def find_duty(services: Services, waits: Waits, *, break_minutes: float = BREAK_MINUTES) -> Duty:
    """Duty of all officers, each day (of the beginning of a service) by itself."""
    spells: list[Spell] = []
    pauses: list[float] = []
    breaks = 0
    day = services.start_ms // MS_PER_DAY
    for number in np.unique(day):
        of_day = services.where(day == number)
        found = _of_day(of_day, waits, int(break_minutes * MS_PER_MINUTE))
        spells += found.spells
        pauses += found.pause_minutes.tolist()
        breaks += found.breaks
    return Duty(tuple(spells), np.array(pauses), breaks)


def on_duty_by_half_hour(spells: tuple[Spell, ...], days: np.ndarray) -> np.ndarray:
    """Mean number of officers on duty, shape (days, 48), for these day numbers (ms // day)."""
    table = np.zeros((days.size, HALF_HOURS))
    first = {int(day): row for row, day in enumerate(days)}
    for spell in spells:
        for slot in range(spell.begin_ms // HALF_HOUR_MS, (spell.end_ms - 1) // HALF_HOUR_MS + 1):
            row = first.get(slot // HALF_HOURS)
            if row is not None:
                begin, end = slot * HALF_HOUR_MS, (slot + 1) * HALF_HOUR_MS
                inside = min(spell.end_ms, end) - max(spell.begin_ms, begin)
                table[row, slot % HALF_HOURS] += inside / HALF_HOUR_MS
    return table


def _of_day(services: Services, waits: Waits, break_ms: int) -> Duty:
    share = np.bincount(services.queue) / services.queue.size
    spells: list[Spell] = []
    pauses: list[float] = []
    breaks = 0
    for officer in np.unique(services.officer):
        own = services.where(services.officer == officer)
        queues = _queues_of(own, share)
        gaps = _Gaps.of(own, services, waits, queues)
        off = gaps.off_duty(break_ms)
        spells += _spells(int(officer), own, queues, off)
        pauses += (gaps.length_ms[gaps.pauses & ~off] / MS_PER_MINUTE).tolist()
        breaks += int(off.sum())
    return Duty(tuple(spells), np.array(pauses), breaks)


def _queues_of(own: Services, share: np.ndarray) -> tuple[int, ...]:
    """The queues an officer serves: at least a fifth of what would be usual for the number of services."""
    done = np.bincount(own.queue, minlength=share.size)
    enough = (done > 0) & (done >= MIN_SHARE * share * own.queue.size)
    return tuple(int(queue) for queue in np.flatnonzero(enough))


@dataclass(frozen=True)
class _Gaps:
    """Between the services of one officer: length, time in which somebody waited, people others served."""

    length_ms: np.ndarray
    somebody_waited_ms: np.ndarray
    served_at_once_by_others: np.ndarray

    @property
    def pauses(self) -> np.ndarray:
        """Whether somebody waited throughout."""
        return (self.length_ms > 0) & (self.somebody_waited_ms >= self.length_ms - TOLERANCE_MS)

    def off_duty(self, break_ms: int) -> np.ndarray:
        """Whether the officer was off duty meanwhile."""
        return (self.somebody_waited_ms >= break_ms) | (self.served_at_once_by_others > OTHERS_BEFORE)

    @staticmethod
    def of(own: Services, everybody: Services, waits: Waits, queues: tuple[int, ...]) -> _Gaps:
        order = np.argsort(own.start_ms, kind="stable")
        start, end = own.start_ms[order][1:], own.end_ms[order][:-1]
        start = np.maximum(start, end)  # a service that began before the last one ended leaves no gap
        waited = _somebody_waits(waits, queues)
        at_once = everybody.at_once & np.isin(everybody.queue, queues)
        others = np.sort(everybody.start_ms[at_once])
        served = np.searchsorted(others, start) - np.searchsorted(others, end)
        return _Gaps(start - end, waited.worked_until(start) - waited.worked_until(end), served)


def _somebody_waits(waits: Waits, queues: tuple[int, ...]) -> OpenIntervals:
    """When somebody waits in one of these queues, short of the tolerance at both ends."""
    keep = np.isin(waits.queue, queues) & (waits.end_ms - waits.begin_ms > TOLERANCE_MS)
    half = TOLERANCE_MS // 2
    begin, end = waits.begin_ms[keep] + half, waits.end_ms[keep] - half
    order = np.argsort(begin, kind="stable")
    begin, reached = begin[order], np.maximum.accumulate(end[order])
    new = np.append(True, begin[1:] > reached[:-1]) if begin.size else np.zeros(0, bool)
    begins, ends = begin[new], reached[np.append(new[1:], True)] if begin.size else begin
    worked = np.concatenate([[0], np.cumsum(ends - begins)])[: begins.size]
    return OpenIntervals(begins, ends, worked.astype("int64"))


def _spells(officer: int, own: Services, queues: tuple[int, ...], off: np.ndarray) -> list[Spell]:
    order = np.argsort(own.start_ms, kind="stable")
    start, end = own.start_ms[order], own.end_ms[order]
    firsts = np.flatnonzero(np.append(True, off))
    lasts = np.append(firsts[1:], start.size) - 1
    middle = start + (np.maximum(end, start) - start) // 2
    return [
        Spell(officer, int(start[first]), int(max(middle[last], start[last] + 1)), queues)
        for first, last in zip(firsts, lasts, strict=True)
    ]
