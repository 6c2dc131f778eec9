"""Why a visit waited: what the members of its queue did meanwhile, moment by moment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulation.trace.counters import CounterState, Doing, kind_of_closed, member_tiles
from simulation.trace.tiles import Tile, closed_within, painted
from simulation.trace.watched_run import WatchedRun


class WaitCause(StrEnum):
    """Why nobody serves a visit at a moment, the first that is true."""

    GATE = "gate"  # the batch it belongs to is not complete or not due
    OVERNIGHT = "overnight"  # the hall is closed; the applicant went home with the ticket
    BUSY = "busy"  # everybody on duty serves somebody or something else
    DOWN = "down"  # of those not busy, a machine is out of order
    LUNCH = "lunch"  # those not busy are at lunch
    CLOSED = "closed"  # those not busy are off duty
    NOBODY = "nobody"  # somebody on duty was free: no rule of the engine makes this


@dataclass(frozen=True)
class MemberThen:
    """What a member of the queue did at a moment, and for which visit."""

    member: str
    state: CounterState
    row: int | None


def causes_of_wait(watched: WatchedRun, row: int) -> list[Tile[WaitCause]]:
    """[enabled, start) of a visit, tile by tile."""
    record, pool = watched.record(row), int(watched.pool_of_row[row])
    begin, end = record.released, record.start
    gate = [(record.enabled, begin, WaitCause.GATE)]
    away: list[tuple[int, int, WaitCause]] = []
    if watched.present_of_row[row]:
        outside = closed_within(watched.program.inside, begin, end) if begin < end else []
        away = [(b, e, WaitCause.OVERNIGHT) for b, e in outside]
    if pool < 0:  # never short of hands: it begins when the office opens
        return painted(record.enabled, end, [gate, away], WaitCause.CLOSED)
    staff = watched.program.members_of_pool[pool]
    doing = [
        (tile.begin_ms, tile.end_ms, _cause(watched, member, tile))
        for member in staff
        for tile in member_tiles(watched, member, begin, end)
    ]
    by_rank = [[span for span in doing if span[2] is cause] for cause in _RANK]
    return painted(record.enabled, end, [gate, away, *by_rank], WaitCause.CLOSED)


def staff_at(watched: WatchedRun, pool: int, moment_ms: int) -> tuple[MemberThen, ...]:
    """What the members of a queue do from a moment on, in model order."""
    found = []
    for member in watched.program.members_of_pool[pool]:
        (tile,) = member_tiles(watched, member, moment_ms, moment_ms + 1)
        state, rows = tile.value
        found.append(MemberThen(watched.member_name(member), state, rows[0] if rows else None))
    return tuple(found)


_RANK = (WaitCause.NOBODY, WaitCause.BUSY, WaitCause.DOWN, WaitCause.LUNCH)
_OF_STATE = {
    CounterState.IDLE: WaitCause.NOBODY,
    CounterState.DOWN: WaitCause.DOWN,
    CounterState.LUNCH: WaitCause.LUNCH,
    CounterState.CLOSED: WaitCause.CLOSED,
}


def _cause(watched: WatchedRun, member: int, tile: Tile[Doing]) -> WaitCause:
    """What a member's state means for those who wait."""
    state = tile.value[0]
    if state is CounterState.RESTING:
        state = kind_of_closed(watched.calendar_of(member), tile.begin_ms)
    return _OF_STATE.get(state, WaitCause.BUSY)
