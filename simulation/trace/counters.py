"""A day of a counter: whom it served, when it was idle, closed, past closing, broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE
from simulation.engines.program.open_time import Interval, OpenTime
from simulation.trace import downtime
from simulation.trace.sentences import counter_sentence
from simulation.trace.tiles import Tile, closed_within, open_within, painted
from simulation.trace.watched_run import WatchedRun


class CounterState(StrEnum):
    """What a member does."""

    SERVING = "serving"
    PAST_CLOSING = "past_closing"  # finishes with the person at the window outside the own hours
    RESTING = "resting"  # a paper lies on the desk until the member is back
    REPAIRING = "repairing"
    DOWN = "down"  # a machine out of order
    HELD = "held"  # kept for a person who got stuck there and is at help
    IDLE = "idle"
    UNRECORDED = "unrecorded"  # idle, or at something (out of order) that was not over when the run ended
    LUNCH = "lunch"  # closed between two openings of a day
    CLOSED = "closed"


@dataclass(frozen=True)
class CounterInterval:
    """A stretch of a member's day; `rows` are the visits it is about, several of a batch done together."""

    begin_ms: int
    end_ms: int
    state: CounterState
    rows: tuple[int, ...]
    cases: tuple[str, ...]
    step: str | None
    text: Text

    @property
    def minutes(self) -> float:
        """Its length."""
        return (self.end_ms - self.begin_ms) / MS_PER_MINUTE


@dataclass(frozen=True)
class CounterDay:
    """One member over one day; the intervals follow one another from midnight to midnight."""

    member: str
    day: int
    intervals: tuple[CounterInterval, ...]

    def minutes_in(self, *states: CounterState) -> float:
        """Minutes of the day in these states."""
        return sum(each.minutes for each in self.intervals if each.state in states)


def counter_day(watched: WatchedRun, member: str, day: int) -> CounterDay:
    """The day (0 = the first of the run) of one member.

    What was not finished when the run ended has no record, a repair neither; see `CounterState.UNRECORDED`.
    Raises `ExperimentError` for a member or a day the run does not have.
    """
    number = watched.member_number(member)
    begin, end = watched.day_span(day)
    tiles = member_tiles(watched, number, begin, min(end, watched.run.end_ms))
    return CounterDay(member, day, tuple(_interval(watched, tile) for tile in tiles))


def hall_day(
    watched: WatchedRun, day: int, on_progress: Callable[[int, int], None] | None = None
) -> tuple[CounterDay, ...]:
    """The day of every member, in model order; `on_progress(done, members)` after each."""
    members = watched.program.names.members
    days = []
    for done, member in enumerate(members, start=1):
        days.append(counter_day(watched, member, day))
        if on_progress is not None:
            on_progress(done, len(members))
    return tuple(days)


Doing = tuple[CounterState, tuple[int, ...]]  # with the rows it is about
Stretches = list[tuple[int, int, Doing]]


def member_tiles(watched: WatchedRun, member: int, begin: int, end: int) -> list[Tile[Doing]]:
    """[begin, end) of a member, tile by tile."""
    calendar = watched.calendar_of(member)
    down: Stretches = [(b, e, (CounterState.DOWN, ())) for b, e in downtime.down_spans(watched, member)]
    repairing: Stretches = [
        (b, e, (CounterState.REPAIRING, ()))
        for first, last, _ in downtime.repair_spans(watched, member)
        for b, e in open_within(calendar, first, last)
    ]
    held: Stretches = [
        (b, e, (CounterState.HELD, (row,))) for b, e, row in downtime.held_spans(watched, member)
    ]
    closed: Stretches = [
        (b, e, (kind_of_closed(calendar, b), ())) for b, e in closed_within(calendar, begin, end)
    ]
    unknown: Stretches = [(_known_until(watched, member), end, (CounterState.UNRECORDED, ()))]
    layers = [down, repairing, _served(watched, member, begin, end), held, closed, unknown]
    return painted(begin, end, layers, (CounterState.IDLE, ()))


def _known_until(watched: WatchedRun, member: int) -> int:
    """From here on the member may be at work that left no record (a visit of an unfinished case, a repair),
    a machine out of order."""
    program = watched.program
    inside = watched.run.arrived_ms[watched.run.finish_ms < 0]
    open_end = int(inside.min()) if inside.size else watched.run.end_ms
    if program.failures[member] is not None:
        open_end = min(open_end, max([0, *(end for _, end in downtime.down_spans(watched, member))]))
    repairing = {failure.repaired_by for failure in program.failures if failure is not None}
    if repairing & set(program.pools_of_member[member]):
        open_end = min(open_end, max([0, *(end for _, end, _ in downtime.repair_spans(watched, member))]))
    return max([open_end, *watched.columns["end"][watched.rows_of_member(member)].tolist()])


def _served(watched: WatchedRun, member: int, begin: int, end: int) -> Stretches:
    """What the member served, split where the own hours end and begin."""
    rows = watched.rows_of_member(member)
    starts, ends = watched.columns["start"][rows], watched.columns["end"][rows]
    rows = rows[(starts < end) & (ends > begin)]
    together: dict[Interval, list[int]] = {}
    for row in rows.tolist():
        span = int(watched.columns["start"][row]), int(watched.columns["end"][row])
        together.setdefault(span, []).append(row)
    calendar, spans = watched.calendar_of(member), []
    for (first, last), group in together.items():
        outside = CounterState.PAST_CLOSING if watched.present_of_row[group[0]] else CounterState.RESTING
        inside = (CounterState.SERVING, tuple(group))
        spans += [(b, e, inside) for b, e in open_within(calendar, first, last)]
        spans += [(b, e, (outside, tuple(group))) for b, e in closed_within(calendar, first, last)]
    return spans


def kind_of_closed(calendar: OpenTime, moment: int) -> CounterState:
    """Closed between two openings of one day is lunch."""
    day = moment // MS_PER_DAY
    is_break = calendar.last_closing(moment) // MS_PER_DAY == day == calendar.next_open(moment) // MS_PER_DAY
    return CounterState.LUNCH if is_break else CounterState.CLOSED


def _interval(watched: WatchedRun, tile: Tile[Doing]) -> CounterInterval:
    state, rows = tile.value
    records = [watched.record(row) for row in rows]
    cases = tuple(watched.case_ids[record.case] for record in records)
    step = watched.step_name(records[0].step) if records else None
    shown = [watched.short_ids[record.case] for record in records]
    text = counter_sentence(state.value, shown, step, tile.end_ms - tile.begin_ms)
    name = watched.step(records[0].step).name if records else None
    return CounterInterval(tile.begin_ms, tile.end_ms, state, rows, cases, name, text)
