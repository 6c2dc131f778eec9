"""Items of one applicant stitched into journeys (一件事): real exports hold one row an item.

The journey of a case is, in this order,

1. its `journey_id` (一件事编号, 投资项目编号) where the log has one;
2. else the items of one applicant (`applicant_hash`) and one topic (`mining.topics`) between which never more
   than a number of working days passed: from the end of what came before to the next application;
3. else the case by itself.

An item that was granted begins a new journey when it is applied for again; one that was refused continues the
old one. Two journeys of one applicant and topic that interleave are told apart where each item fits only one
of them. Nothing is stitched where it would be a guess: no applicant, no item, an applicant who acts for many
(an agent), journeys that interleave and cannot be told apart. These, and the close calls among what was
stitched, are listed with counts and examples.

Example, at most 10 working days: X is granted 设立登记 on Friday and applies for 公章刻制 on Monday, a gap of
1 working day: one journey. X applies for 社保登记 12 working days after that: another one, listed as near.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.case_items import CaseItems, case_items
from mining.errors import LogError
from mining.event_log import EventLog
from mining.grouped import grouped_distinct
from mining.stitching_doubts import Doubt, Joins, list_doubts
from mining.text import Language
from mining.topic_proposals import TopicProposal, propose_topics
from mining.topics import Topics, project_topics
from mining.working_time import MS_PER_DAY, OFFICE_HOURS, WorkingCalendar

ASSUMED_MAX_GAP_WORKING_DAYS = 10
"""An assumption, shown wherever journeys are; `sensitivity` tells what other limits would give."""
SENSITIVITY_GAPS = (5, 10, 20, 40)
ASSUMED_MANY_OF_ONE_ITEM = 5
"""Who applies for one item of a topic this often acts for others (an assumption)."""

EXPLICIT, STITCHED, ALONE = "explicit", "stitched", "alone"
NO_APPLICANT, NO_ITEM, FOR_MANY, INTERLEAVED = "no_applicant", "no_item", "acts_for_many", "interleaved"
ORIGINS = (EXPLICIT, STITCHED, ALONE, NO_APPLICANT, NO_ITEM, FOR_MANY, INTERLEAVED)
"""Where the journey of a case comes from; the last four were left by themselves on purpose."""


@dataclass(frozen=True)
class Stitching:
    """The journey of each case of a log, in the order of `case_ids`, and how sure it is."""

    case_ids: np.ndarray
    journey: np.ndarray  # text; a case by itself has its own id
    origin: np.ndarray  # one of ORIGINS
    topic: np.ndarray  # text, None where the item has none
    max_gap_working_days: int
    gap_is_assumed: bool
    topics_source: str
    doubts: tuple[Doubt, ...]
    sensitivity: dict[int, int]  # working days -> number of journeys
    proposals: tuple[TopicProposal, ...]  # items that seem to belong together but have no topic in common

    @property
    def n_journeys(self) -> int:
        """Number of journeys, single cases included."""
        return int(pd.unique(self.journey).size)

    @property
    def cases_by_origin(self) -> dict[str, int]:
        """Number of cases by where their journey comes from."""
        counts = pd.Series(self.origin).value_counts()
        return {name: int(counts[name]) for name in ORIGINS if name in counts.index}

    def to_json(self, language: Language) -> dict[str, JsonValue]:
        """Counts, doubts with examples, sensitivity and proposed topics."""
        return {
            "cases": int(self.case_ids.size),
            "journeys": self.n_journeys,
            "cases_by_origin": {**self.cases_by_origin},
            "max_gap_working_days": self.max_gap_working_days,
            "max_gap_is_assumed": self.gap_is_assumed,
            "topics_from": self.topics_source,
            "journeys_by_max_gap_working_days": {str(gap): n for gap, n in self.sensitivity.items()},
            "doubtful": [doubt.to_json(language) for doubt in self.doubts],
            "proposed_topics": [proposal.to_json() for proposal in self.proposals],
        }


def stitch_journeys(
    log: EventLog,
    max_gap_working_days: int | None = None,
    topics: Topics | None = None,
    calendar: WorkingCalendar = OFFICE_HOURS,
) -> Stitching:
    """The journeys of a log; see the module for the rules. Does not depend on the order of the file's rows.

    `max_gap_working_days` is 10 and `topics` the project's list where None, both assumptions. A log that was
    stitched before is stitched anew from what its file said. Raises `LogError` for a negative gap.
    """
    gap = ASSUMED_MAX_GAP_WORKING_DAYS if max_gap_working_days is None else max_gap_working_days
    if gap < 0:
        raise LogError(
            zh=f"办件之间最多相隔 {gap} 个工作日无效：不能为负数。",
            en=f"A gap of at most {gap} working days is not valid: it must not be negative.",
        )
    topics = project_topics() if topics is None else topics
    cases = case_items(log)
    origin, candidates = _what_can_be_stitched(cases, topics)
    clock = WorkingDays.over(calendar, cases)
    found = _stitched(cases, candidates, clock, gap)
    journey, origin = _named(cases, origin, found)
    eligible = np.unique(candidates.case)
    return Stitching(
        case_ids=cases.case_ids,
        journey=journey,
        origin=origin,
        topic=_topic_names(cases, candidates, found),
        max_gap_working_days=gap,
        gap_is_assumed=max_gap_working_days is None,
        topics_source=topics.source,
        doubts=list_doubts(cases, origin, found, gap),
        sensitivity={days: _count(cases, candidates, clock, days) for days in SENSITIVITY_GAPS},
        proposals=propose_topics(cases, eligible, topics, clock.before(cases.begin_ms), gap),
    )


def with_journeys(log: EventLog, stitching: Stitching | None = None) -> EventLog:
    """The log with `journey_id` on every event and `journey_origin` on every case.

    Every measure and diagnostic then looks at stitched journeys; case ids keep their meaning.
    """
    found = stitch_journeys(log) if stitching is None else stitching
    place = pd.Index(found.case_ids)
    journey = found.journey[place.get_indexer(pd.Index(log.events["case_id"]))]
    events = log.events.assign(journey_id=pd.Series(journey, index=log.events.index, dtype="str"))
    cases = log.cases
    if not len(cases):
        cases = pd.DataFrame({"case_id": pd.Series(found.case_ids, dtype="str")})
    at = place.get_indexer(pd.Index(cases["case_id"]))
    origin = np.where(at >= 0, found.origin[at] if found.origin.size else None, None)
    return replace(
        log,
        events=events,
        cases=cases.assign(journey_origin=pd.Series(origin, index=cases.index, dtype="str")),
    )


@dataclass(frozen=True)
class WorkingDays:
    """Working days counted along the calendar, to tell how many lie between two moments."""

    numbers: np.ndarray  # days since 1970 that are working days

    @classmethod
    def over(cls, calendar: WorkingCalendar, cases: CaseItems) -> WorkingDays:
        """Those of the span of all cases."""
        if cases.begin_ms.size == 0:
            return cls(np.zeros(0, "int64"))
        reach = calendar.intervals(int(cases.begin_ms.min()), int(cases.end_ms.max()))
        return cls(np.unique(reach.begin_ms // MS_PER_DAY))

    def before(self, moments_ms: np.ndarray) -> np.ndarray:
        """How many working days began up to the day of each moment."""
        return np.searchsorted(self.numbers, moments_ms // MS_PER_DAY, side="right")


@dataclass(frozen=True)
class Candidates:
    """Cases that may be stitched, once for each topic they may belong to (a code; own topic: the item)."""

    case: np.ndarray
    topic: np.ndarray
    topic_names: tuple[str, ...]


def _what_can_be_stitched(cases: CaseItems, topics: Topics) -> tuple[np.ndarray, Candidates]:
    """Why a case is left out (origin), and the topics of the others."""
    explicit = _explicit(cases)
    of_item = [topics.of_item(str(name)) for name in cases.item_names]
    code = {name: number for number, name in enumerate(topics.words)}
    has_topic = np.append([bool(found) for found in of_item], False)[cases.item].astype(bool)
    origin = np.full(cases.case_ids.size, ALONE, dtype=object)
    origin[_acts_for_many(cases, ~explicit & has_topic)] = FOR_MANY
    origin[cases.item < 0] = NO_ITEM
    origin[cases.applicant < 0] = NO_APPLICANT
    origin[explicit] = EXPLICIT
    free = np.flatnonzero(origin == ALONE)
    own_topic = len(code)
    pairs = [[code[name] for name in found] or [own_topic + item] for item, found in enumerate(of_item)]
    lengths = np.array([len(found) for found in pairs], "int64")[cases.item[free]]
    flat = np.array([topic for found in pairs for topic in found], "int64")
    starts = np.cumsum([0, *(len(found) for found in pairs)])[:-1].astype("int64")[cases.item[free]]
    offset = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    topic = flat[np.repeat(starts, lengths) + offset] if flat.size else flat
    return origin, Candidates(np.repeat(free, lengths), topic, tuple(topics.words))


def _explicit(cases: CaseItems) -> np.ndarray:
    """Whether the file itself told the journey of a case."""
    told = np.array([value is not None for value in cases.journey_id], bool)
    ours = np.isin(cases.journey_origin.astype("str"), [name for name in ORIGINS if name != EXPLICIT])
    return told & ~ours


def _acts_for_many(cases: CaseItems, counted: np.ndarray) -> np.ndarray:
    """Whether the applicant of a case applies for one and the same item of a topic very often."""
    counted = counted & (cases.applicant >= 0)
    width = cases.item_names.size + 1
    pair, often = np.unique(cases.applicant[counted] * width + cases.item[counted], return_counts=True)
    agents = np.unique(pair[often >= ASSUMED_MANY_OF_ONE_ITEM] // width)
    return np.isin(cases.applicant, agents)


def _stitched(cases: CaseItems, candidates: Candidates, clock: WorkingDays, gap: int) -> Joins:
    """Each case in the topic it fits best, and the cases of one topic and applicant as journeys."""
    group = candidates.case, candidates.topic
    segment = _in_order(cases, *group, clock, gap).segment_of_input
    items = grouped_distinct(segment, cases.item[candidates.case], int(segment.max(initial=-1)) + 1)
    # the topic with most different items around this case; the first in the file of equals
    order = np.lexsort((candidates.topic, -items[segment], candidates.case))
    case = candidates.case[order]
    best = order[np.diff(case, prepend=-1) != 0]
    return _in_order(cases, candidates.case[best], candidates.topic[best], clock, gap).split(gap)


def _in_order(cases: CaseItems, case: np.ndarray, topic: np.ndarray, clock: WorkingDays, gap: int) -> Joins:
    """Cases in the order (applicant, topic, application), cut where the gap is too long."""
    order = np.lexsort((case, cases.end_ms[case], cases.begin_ms[case], topic, cases.applicant[case]))
    case, topic = case[order], topic[order]
    applicant = cases.applicant[case]
    same = np.zeros(case.size, bool)
    same[1:] = (applicant[1:] == applicant[:-1]) & (topic[1:] == topic[:-1])
    latest = pd.Series(cases.end_ms[case]).groupby(np.cumsum(~same)).cummax().to_numpy()
    days = np.zeros(case.size, "int64")
    days[1:] = clock.before(cases.begin_ms[case[1:]]) - clock.before(latest[:-1])
    overlaps = np.zeros(case.size, bool)
    overlaps[1:] = same[1:] & (cases.begin_ms[case[1:]] < latest[:-1])
    new = ~same | ((days > gap) & ~overlaps)
    segment, nothing = np.cumsum(new) - 1, np.zeros(case.size, bool)
    return Joins(
        cases=cases,
        case=case,
        topic=topic,
        order=order,
        same=same,
        gap_days=np.maximum(days, 0),
        overlaps=overlaps,
        segment=segment,
        begin_days=clock.before(cases.begin_ms[case]),
        end_days=clock.before(cases.end_ms[case]),
        journey=segment,
        told_apart=nothing,
        interleaved=nothing,
    )


def _named(cases: CaseItems, origin: np.ndarray, found: Joins) -> tuple[np.ndarray, np.ndarray]:
    """The journey of each case as text, and where it comes from."""
    journey, origin = cases.case_ids.copy(), origin.copy()
    explicit = origin == EXPLICIT
    journey[explicit] = cases.journey_id[explicit]
    origin[found.case[found.interleaved]] = INTERLEAVED
    first = found.case[np.unique(found.journey, return_index=True)[1]]
    size = np.bincount(found.journey, minlength=first.size)
    together = (size[found.journey] > 1) & ~found.interleaved
    mark = "J:"
    taken = set(journey.tolist())
    while any(f"{mark}{name}" in taken for name in cases.case_ids[first[size > 1]]):
        mark += ":"
    at = found.case[together]
    journey[at] = [f"{mark}{name}" for name in cases.case_ids[first[found.journey[together]]]]
    origin[at] = STITCHED
    return journey, origin


def _topic_names(cases: CaseItems, candidates: Candidates, found: Joins) -> np.ndarray:
    names = np.full(cases.case_ids.size, None, dtype=object)
    has_name = found.topic < len(candidates.topic_names)
    names[found.case[has_name]] = np.array(candidates.topic_names, dtype=object)[found.topic[has_name]]
    return names


def _count(cases: CaseItems, candidates: Candidates, clock: WorkingDays, gap: int) -> int:
    """The number of journeys another limit would give."""
    found = _stitched(cases, candidates, clock, gap)
    explicit = _explicit(cases)
    told = int(pd.unique(cases.journey_id[explicit]).size)
    alone = cases.case_ids.size - int(explicit.sum()) - int((~found.interleaved).sum())
    return told + alone + int(np.unique(found.journey[~found.interleaved]).size)
