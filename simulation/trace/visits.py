"""A visit in words and parts: how a service or a piece of paper work was made up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from mining.event_log import KIOSK
from mining.text import Text
from simulation.engines.program.codes import check_ms
from simulation.engines.program.open_time import Interval
from simulation.engines.reference.cases import Outcome
from simulation.trace import sentences
from simulation.trace.downtime import down_spans
from simulation.trace.queues import ahead_of
from simulation.trace.story import Entry, EntryKind
from simulation.trace.tiles import open_within, overlap_ms, painted
from simulation.trace.waits import causes_of_wait, staff_at
from simulation.trace.watched_run import WatchedRun

Spans = list[tuple[int, int, str]]


def wait_parts(watched: WatchedRun, row: int, begin: int, end: int) -> dict[str, int]:
    """Why a visit waited between two moments: cause -> milliseconds."""
    total: Counter[str] = Counter()
    for tile in causes_of_wait(watched, row):
        total[tile.value.value] += max(0, min(tile.end_ms, end) - max(tile.begin_ms, begin))
    return {cause: ms for cause, ms in total.items() if ms}


def wait_text(watched: WatchedRun, row: int, begin: int, parts: dict[str, int]) -> Text:
    """A ticket is taken, who is ahead, why it takes so long; or the wait goes on after a night."""
    record = watched.record(row)
    step = watched.step_name(record.step)
    why = sentences.waited(sum(parts.values()), sentences.causes(parts))
    if begin > record.enabled:
        return sentences.sentence([sentences.plain("wait_goes_on", step), why])
    return sentences.sentence([_ticket_text(watched, row), why])


def _ticket_text(watched: WatchedRun, row: int) -> Text:
    record, pool = watched.record(row), int(watched.pool_of_row[row])
    step = watched.step_name(record.step)
    if pool < 0:
        return sentences.takes_ticket(step, [], None, [])
    queue = ahead_of(watched, row)
    ids = [
        [watched.short_ids[watched.record(r).case] for r in rows] for rows in (queue.ahead, queue.overtook)
    ]
    members = sentences.staff([then.state.value for then in staff_at(watched, pool, record.released)])
    return sentences.takes_ticket(step, ids[0], members, ids[1])


def served_parts(watched: WatchedRun, row: int) -> dict[str, int]:
    """A service with the applicant: own time, checking of documents, stopped by a breakdown."""
    record = watched.record(row)
    stopped, speed = 0, 1.0
    if record.member >= 0:
        stopped = overlap_ms(down_spans(watched, record.member), record.start, record.end)
        speed = watched.program.member_speeds[record.member][record.step]
    working = record.end - record.start - stopped
    asked = watched.program.steps[record.step].asked
    check = min(working, int(check_ms(asked, record.handed) / speed + 0.5))
    parts = {"own": working - check, "check": check, "stopped": stopped}
    return {name: ms for name, ms in parts.items() if ms}


def served_text(watched: WatchedRun, row: int) -> Text:
    """Called by whom, how long, with which documents, and how it ended."""
    record = watched.record(row)
    step = watched.step_name(record.step)
    by = watched.member_name(record.member) if record.member >= 0 else None
    called = watched.step(record.step).place != KIOSK
    parts, others = served_parts(watched, row), _together(watched, row)
    told = [sentences.served(step, by, parts, others, called=called)]
    if record.enabled == record.start:
        told.insert(0, sentences.plain("at_once", step))
    return sentences.sentence([*told, *_papers_and_outcome(watched, row)])


def _together(watched: WatchedRun, row: int) -> int:
    """How many other visits were served at one go with this one."""
    record = watched.record(row)
    if record.member < 0:
        return 0
    rows = watched.rows_of_member(record.member)
    same = (watched.columns["start"][rows] == record.start) & (watched.columns["end"][rows] == record.end)
    return int(same.sum()) - 1


def _papers_and_outcome(watched: WatchedRun, row: int) -> list[Text]:
    record, step = watched.record(row), watched.record(row).step
    sets = [watched.materials(step, bits) for bits in (record.handed, record.fetched, record.at_fault)]
    decides = watched.step(step).decides
    ended = sentences.outcome(record.outcome, sets[2], decides=decides)
    if record.outcome == Outcome.STUCK:
        stuck = watched.step(step).stuck
        ended = sentences.stuck(stuck.then if stuck else "")
    papers = sentences.documents(sets[0], sets[1])
    return [ended] if papers is None else [papers, ended]


# --- the back office --------------------------------------------------------------------------------------


def paper_spans(watched: WatchedRun, row: int) -> Spans:
    """[reached, end) of a visit without the applicant: delay, gate, queue, work, rest."""
    r = watched.record(row)
    spans: Spans = [
        (r.reached, r.enabled, "delay"),
        (r.enabled, r.released, "gate"),
        (r.released, r.start, "queue"),
    ]
    worked, rested = _work_and_rest(watched, row)
    spans += [(b, e, "work") for b, e in worked] + [(b, e, "rest") for b, e in rested]
    return [span for span in spans if span[0] < span[1]]


def _work_and_rest(watched: WatchedRun, row: int) -> tuple[list[Interval], list[Interval]]:
    """When a paper was worked on between start and end, and when it lay: office closed, machine broken."""
    record = watched.record(row)
    code = watched.program.steps[record.step]
    if record.member < 0 and code.calendar < 0:
        return [(record.start, record.end)], []
    calendar = watched.program.calendars[code.calendar]
    broken: list[Interval] = []
    if record.member >= 0:
        calendar, broken = watched.calendar_of(record.member), down_spans(watched, record.member)
    opened = open_within(calendar, record.start, record.end)
    layers = [[(b, e, False) for b, e in broken], [(b, e, True) for b, e in opened]]
    tiles = painted(record.start, record.end, layers, ground=False)
    spans = {works: [(t.begin_ms, t.end_ms) for t in tiles if t.value is works] for works in (True, False)}
    return spans[True], spans[False]


def paper_lane(watched: WatchedRun, row: int) -> list[Entry]:
    """The entries of a visit without the applicant, from being reached to its outcome without gap."""
    r = watched.record(row)
    step = watched.step_name(r.step)
    entries = []
    if r.reached < r.enabled:
        kind = EntryKind.FETCH if r.fetched else EntryKind.DELAY
        entries.append(
            _of_paper(
                row, r.reached, r.enabled, kind, sentences.sentence([sentences.plain(kind.value, step)]), {}
            )
        )
    if r.enabled < r.released:
        entries.append(
            _of_paper(
                row,
                r.enabled,
                r.released,
                EntryKind.GATE,
                sentences.sentence([sentences.plain("gate", step)]),
                {},
            )
        )
    if r.released < r.start:
        parts = wait_parts(watched, row, r.released, r.start)
        entries.append(
            _of_paper(row, r.released, r.start, EntryKind.QUEUE, _queue_text(watched, row, parts), parts)
        )
    entries.append(_work_entry(watched, row))
    return entries


def _of_paper(row: int, begin: int, end: int, kind: EntryKind, text: Text, parts: dict[str, int]) -> Entry:
    return Entry(begin, end, kind, text, lane=row, row=row, parts=parts or {kind.value: end - begin})


def _queue_text(watched: WatchedRun, row: int, parts: dict[str, int]) -> Text:
    pool = int(watched.pool_of_row[row])
    step = watched.step_name(watched.record(row).step)
    if pool < 0:
        return sentences.sentence([sentences.plain("opens", step)])
    why = sentences.waited(sum(parts.values()), sentences.causes(parts))
    ahead = len(ahead_of(watched, row).ahead)
    return sentences.sentence([sentences.paper_joins(step, ahead, watched.pools[pool]), why])


def _work_entry(watched: WatchedRun, row: int) -> Entry:
    record = watched.record(row)
    working, resting = _work_and_rest(watched, row)
    worked, rested = (sum(e - b for b, e in spans) for spans in (working, resting))
    by = watched.member_name(record.member) if record.member >= 0 else None
    told = sentences.worked(watched.step_name(record.step), by, worked, rested)
    text = sentences.sentence([told, *_papers_and_outcome(watched, row)])
    parts = {name: ms for name, ms in (("work", worked), ("rest", rested)) if ms}
    entry = _of_paper(row, record.start, record.end, EntryKind.WORK, text, parts)
    return replace(entry, rests=tuple(resting))
