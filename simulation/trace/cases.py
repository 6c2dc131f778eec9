"""How the story of a case is told from the records of a run.

The applicant's entries (`lane` None) follow one another without gap from the arrival to the end of the case;
each visit to a step without the applicant is a lane of its own beside them. Every entry is split into parts
that add up to it, so that the parts of the applicant's lane add up to the cycle time.
"""

from __future__ import annotations

from collections import Counter

from mining.working_time import MS_PER_DAY
from simulation.engines.program.distributions import CONSTANT, DistributionCode
from simulation.engines.reference.cases import Outcome
from simulation.engines.run_records import Record
from simulation.trace import sentences
from simulation.trace.story import CaseTrace, Entry, EntryKind
from simulation.trace.tiles import Tile, closed_within, open_within, painted, split_at
from simulation.trace.visits import (
    paper_lane,
    paper_spans,
    served_parts,
    served_text,
    wait_parts,
    wait_text,
)
from simulation.trace.watched_run import WatchedRun

LIVELIEST_FIRST = ("work", "queue", "gate", "delay", "rest")
Place = tuple[EntryKind, int]  # where the applicant is, with the row it is about, -1 = none


def case_trace(watched: WatchedRun, case_id: str) -> CaseTrace:
    """The story of one case; raises `ExperimentError` for an id the run does not have.

    Example: somebody who comes at 9:00, takes a ticket at once, is called at 9:12 and done at 9:20 has the
    entries wait (12 minutes: everybody busy), served (8 minutes: own time and checking) and finished.
    """
    case = watched.case_number(case_id)
    rows = watched.rows_of_case(case)
    records = {row: watched.record(row) for row in rows}
    arrived = int(watched.run.arrived_ms[case])
    finish = int(watched.run.finish_ms[case])
    end = finish if finish >= 0 else watched.run.end_ms
    papers = [row for row in rows if not watched.present_of_row[row]]
    moments = _moments(watched, records)
    tiles = split_at(
        _applicant_tiles(watched, case, records, arrived, end), [entry.begin_ms for entry in moments]
    )
    story = [_applicant_entry(watched, records, papers, tile) for tile in tiles]
    story += moments
    story.sort(key=lambda entry: (entry.begin_ms, entry.end_ms))
    story.append(_last_entry(watched, case, end))
    for row in papers:
        story += paper_lane(watched, row)
    return CaseTrace(
        case_id=watched.case_ids[case],
        arrived_ms=arrived,
        finished_ms=finish if finish >= 0 else None,
        end_ms=end,
        entries=tuple(story),
        returns=sum(record.outcome == Outcome.RETURNED for record in records.values()),
        documents_handed_in=sum(record.handed.bit_count() for record in records.values()),
    )


def _applicant_tiles(
    watched: WatchedRun, case: int, records: dict[int, Record], arrived: int, end: int
) -> list[Tile[Place]]:
    """[arrived, end) by where the applicant is: at a counter, in a queue, on the way, at home."""
    served, waits, away, coming = [], [], [], []
    inside = watched.program.inside
    in_person = [row for row in records if watched.present_of_row[row]]
    for row in in_person:
        r = records[row]
        served.append((r.start, r.end, (EntryKind.SERVED, row)))
        if r.enabled < r.start:
            waits += [(b, e, (EntryKind.WAIT, row)) for b, e in open_within(inside, r.enabled, r.start)]
            away += [(b, e, (EntryKind.OVERNIGHT, row)) for b, e in closed_within(inside, r.enabled, r.start)]
        coming += _coming(watched, records, row, arrived)
    papers = [
        (r.reached, r.end, (EntryKind.PAPERS, -1)) for row, r in records.items() if row not in in_person
    ]
    last = max((r.end for r in records.values()), default=arrived)
    unfinished = [(last, end, (EntryKind.UNFINISHED, -1))] if watched.run.finish_ms[case] < 0 else []
    layers = [served, waits, away, coming, papers, unfinished]
    return painted(arrived, end, layers, (EntryKind.PAUSE, -1))


def _coming(
    watched: WatchedRun, records: dict[int, Record], row: int, arrived: int
) -> list[tuple[int, int, Place]]:
    """The time between a counter step being reached and its ticket."""
    mine = records[row]
    kind = _after_what(records, mine)
    if kind is None and watched.step(mine.step).delay_before.mean_minutes > 0:
        kind = EntryKind.DELAY  # how much of it is delay and how much the way is not recorded
    if kind is not None:
        return [(mine.reached, mine.enabled, (kind, row))]
    fetching = watched.program.steps[mine.step].asked
    takes = max((a.shared_ms for n, a in enumerate(fetching) if mine.fetched >> n & 1), default=0)
    ready = min(mine.reached + takes, mine.enabled)
    kind = EntryKind.COMES_BACK
    if ready == arrived:
        kind = _at_the_door(watched, mine)
    elif _stays_in_hall(watched, records, mine):
        kind = EntryKind.MOVES
    return [(mine.reached, ready, (EntryKind.FETCH, row)), (ready, mine.enabled, (kind, row))]


def _stays_in_hall(watched: WatchedRun, records: dict[int, Record], mine: Record) -> bool:
    """Whether the applicant went from one counter to the next: at once, after lunch, or walking there."""
    came_from = any(watched.present_of_row[row] and r.end == mine.reached for row, r in records.items())
    first_ticket = watched.program.tickets.next_open(mine.reached)
    same_day = mine.enabled // MS_PER_DAY == mine.reached // MS_PER_DAY
    walks = watched.program.distributions[watched.program.walk] != DistributionCode(CONSTANT)
    return came_from and same_day and (walks or mine.enabled == first_ticket)


def _after_what(records: dict[int, Record], mine: Record) -> EntryKind | None:
    """What sent the applicant to this visit, where it was not the flow."""
    for other in records.values():
        if other.end == mine.reached and other.outcome == Outcome.STUCK:
            return EntryKind.HELP
        if other.step == mine.step and other.visit == mine.visit - 1:
            again = {Outcome.RETURNED: EntryKind.CORRECTS, Outcome.GAVE_UP: EntryKind.AGAIN_AFTER_GIVING_UP}
            if other.outcome in again:
                return again[Outcome(other.outcome)]
    return None


def _at_the_door(watched: WatchedRun, mine: Record) -> EntryKind:
    """Between coming to the hall for the first time and the first ticket."""
    first_ticket = watched.program.tickets.next_open(mine.reached)
    same_day = first_ticket // MS_PER_DAY == mine.reached // MS_PER_DAY
    return EntryKind.DOOR if same_day else EntryKind.ANOTHER_DAY


def _applicant_entry(
    watched: WatchedRun, records: dict[int, Record], papers: list[int], tile: Tile[Place]
) -> Entry:
    kind, row = tile.value
    begin, end = tile.begin_ms, tile.end_ms
    parts = {kind.value: end - begin}
    if kind is EntryKind.SERVED:
        parts, text = served_parts(watched, row), served_text(watched, row)
    elif kind is EntryKind.WAIT:
        parts = wait_parts(watched, row, begin, end)
        text = wait_text(watched, row, begin, parts)
    elif kind is EntryKind.PAPERS:
        under_way = [r for r in papers if records[r].reached < end and records[r].end > begin]
        parts = _paper_parts(watched, under_way, begin, end)
        steps = list(dict.fromkeys(watched.step_name(records[r].step) for r in under_way))
        told = sentences.papers(steps, at_home=len(papers) < len(records))
        text = sentences.sentence([told, sentences.length(end - begin)])
    else:
        step = watched.step_name(records[row].step) if row >= 0 else sentences.NO_STEP
        text = sentences.sentence([sentences.plain(kind.value, step), sentences.length(end - begin)])
    return Entry(begin, end, kind, text, row=row if row >= 0 else None, parts=parts)


def _paper_parts(watched: WatchedRun, rows: list[int], begin: int, end: int) -> dict[str, int]:
    """What happened to the papers between two moments, the liveliest of those under way."""
    spans = [span for row in rows for span in paper_spans(watched, row)]
    layers = [[span for span in spans if span[2] == name] for name in LIVELIEST_FIRST]
    total: Counter[str] = Counter()
    for tile in painted(begin, end, layers, "rest"):
        total[tile.value] += tile.end_ms - tile.begin_ms
    return dict(total)


def _moments(watched: WatchedRun, records: dict[int, Record]) -> list[Entry]:
    """Visits of no length: giving up, and work that takes no time."""
    entries = []
    for row, r in records.items():
        if r.start == r.end and watched.present_of_row[row]:
            gave_up = r.outcome == Outcome.GAVE_UP
            kind = EntryKind.GAVE_UP if gave_up else EntryKind.SERVED
            step = watched.step_name(r.step)
            left = sentences.sentence([sentences.plain("gave_up", step)])
            text = left if gave_up else served_text(watched, row)
            entries.append(Entry(r.start, r.end, kind, text, row=row))
    return entries


def _last_entry(watched: WatchedRun, case: int, end: int) -> Entry:
    """How the case ended."""
    kind = EntryKind.FINISHED
    if watched.run.finish_ms[case] < 0:
        kind = EntryKind.UNFINISHED
    elif watched.run.gave_up[case]:
        kind = EntryKind.LEFT
    elif watched.run.rejected[case]:
        kind = EntryKind.REJECTED
    return Entry(end, end, kind, sentences.sentence([sentences.plain(kind.value, sentences.NO_STEP)]))
