"""Cases joined into journeys, and which of these joins are doubtful."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.case_items import CaseItems
from mining.text import Language, Text

NEAR = 0.25
"""A gap within a quarter of the limit, on either side, is a close call (an assumption)."""
MAX_EXAMPLES = 5

KINDS: dict[str, Text] = {
    "joined_near_the_limit": Text(
        zh="间隔接近上限，算作一件事", en="joined over a gap just within the limit"
    ),
    "apart_near_the_limit": Text(
        zh="间隔略超上限，算作两件事", en="kept apart over a gap just beyond the limit"
    ),
    "overlapping_items": Text(
        zh="前一件未办结又申请下一件，算作一件事",
        en="joined although applied for while the last was open",
    ),
    "near_journeys": Text(
        zh="同一申请人同一主题的两件事相隔不远（上限两倍以内）",
        en="two journeys of one applicant and topic near each other (within twice the limit)",
    ),
    "applied_again": Text(
        zh="未办成后再次申请同一事项，算作同一件事", en="the same item again after it was not granted: joined"
    ),
    "told_apart": Text(
        zh="同一申请人同一主题的几件事交错：每件事项只有一件事能接上，据此分开",
        en="journeys of one applicant and topic interleave: told apart, each item fitted one of them only",
    ),
    "interleaved": Text(
        zh="同一申请人同一主题的几件事交错，分不开，逐件单列",
        en="journeys of one applicant and topic interleave and cannot be told apart: left as single cases",
    ),
    "acts_for_many": Text(
        zh="申请人多次申请同一事项（代办、多项目），逐件单列",
        en="the applicant applies for one item again and again (agent, many projects): left as single cases",
    ),
    "no_applicant": Text(zh="没有申请人标识，逐件单列", en="no applicant is known: left as single cases"),
    "no_item": Text(zh="没有事项，逐件单列", en="no item is known: left as single cases"),
}


@dataclass(frozen=True)
class Doubt:
    """One kind of doubtful case: how many, and up to five examples (case ids that belong together)."""

    kind: str
    cases: int
    examples: tuple[tuple[str, ...], ...]

    @property
    def reason(self) -> Text:
        """Why it is doubtful and what was done."""
        return KINDS[self.kind]

    def to_json(self, language: Language) -> dict[str, JsonValue]:
        """Kind, reason, count, examples."""
        return {
            "kind": self.kind,
            "reason": self.reason.in_language(language),
            "cases": self.cases,
            "examples": [[*example] for example in self.examples],
        }


@dataclass(frozen=True)
class Joins:
    """Cases in the order (applicant, topic, application), each with what lies between it and the one before.

    `segment` numbers runs without a gap beyond the limit, `journey` (once split) the journeys in them.
    """

    cases: CaseItems
    case: np.ndarray
    topic: np.ndarray
    order: np.ndarray  # position in the input of each element
    same: np.ndarray  # bool: of the same applicant and topic as the one before
    gap_days: np.ndarray  # working days since all before were done
    overlaps: np.ndarray  # bool: applied for before all before were done
    segment: np.ndarray
    begin_days: np.ndarray  # working days up to the application
    end_days: np.ndarray  # working days up to the end
    journey: np.ndarray
    told_apart: np.ndarray  # bool: part of journeys that interleave and could be told apart
    interleaved: np.ndarray  # bool: could not

    @cached_property
    def segment_of_input(self) -> np.ndarray:
        """The segment of each element in the order of the input."""
        found = np.empty(self.order.size, "int64")
        found[self.order] = self.segment
        return found

    def split(self, gap: int) -> Joins:
        """Each run cut where an item begins again that was granted before.

        A run is interleaved if it begins anew and an item of an earlier part comes late, or one and the
        same item is open twice at once. Such a run is told apart where that can be done in one way only.
        """
        cases, item = self.cases, self.cases.item[self.case]
        pair = pd.Series(np.arange(self.case.size)).groupby([self.segment, item])
        granted = pd.Series(~cases.failed[self.case]).groupby([self.segment, item]).cumsum()
        times = granted.to_numpy() - ~cases.failed[self.case]  # granted before this one
        part = pd.Series(times).groupby(self.segment).cummax().to_numpy().copy()
        before = pair.shift(1).to_numpy()
        again = np.flatnonzero(~np.isnan(before))
        previous = self.case[before[again].astype("int64")]
        twice = np.zeros(self.case.size, bool)
        twice[again] = cases.end_ms[previous] > cases.begin_ms[self.case[again]]
        mixed = np.unique(self.segment[twice | (times < part)])
        told_apart = np.zeros(self.case.size, bool)
        for run in mixed:
            at = np.arange(*np.searchsorted(self.segment, [run, run + 1]))
            parts = self._only_way(at, gap)
            if parts is not None:
                part[at], told_apart[at] = parts, True
        key = self.segment * (int(part.max(initial=0)) + 1) + part
        _, journey = np.unique(key, return_inverse=True)
        unclear = np.isin(self.segment, mixed) & ~told_apart
        return replace(self, journey=journey, told_apart=told_apart, interleaved=unclear)

    def _only_way(self, at: np.ndarray, gap: int) -> list[int] | None:
        """The journey of each case of an interleaved run, or None where one fits several.

        A case fits a journey that was not granted its item yet, whose cases are all done, and the last of
        them within the gap; one that fits none begins a journey.
        """
        granted: list[set[int]] = []
        done_ms: list[int] = []
        done_day: list[int] = []
        parts = []
        for place in at:
            case = self.case[place]
            item, begin = int(self.cases.item[case]), int(self.cases.begin_ms[case])
            fits = [
                n
                for n, items in enumerate(granted)
                if item not in items and done_ms[n] <= begin and self.begin_days[place] - done_day[n] <= gap
            ]
            if len(fits) > 1:
                return None
            if not fits:
                granted.append(set())
                done_ms.append(begin)
                done_day.append(int(self.begin_days[place]))
            part = fits[0] if fits else len(granted) - 1
            if not self.cases.failed[case]:
                granted[part].add(item)
            done_ms[part] = int(self.cases.end_ms[case])
            done_day[part] = int(self.end_days[place])
            parts.append(part)
        return parts

    @cached_property
    def applied_again(self) -> np.ndarray:
        """Whether a case repeats an item of its journey."""
        pair = pd.DataFrame({"journey": self.journey, "item": self.cases.item[self.case]})
        return pair.duplicated().to_numpy()


def list_doubts(cases: CaseItems, origin: np.ndarray, found: Joins, gap: int) -> tuple[Doubt, ...]:
    """Every kind of doubt that occurs, in the order of `KINDS`."""
    mixed = found.interleaved | found.told_apart
    clear = ~mixed
    clear[1:] &= ~mixed[:-1]
    joined = np.zeros(found.case.size, bool)
    joined[1:] = clear[1:] & (found.journey[1:] == found.journey[:-1])
    apart = found.same & clear & ~joined
    near = np.abs(found.gap_days - gap) <= NEAR * gap
    pairs = {
        "joined_near_the_limit": joined & near & (found.gap_days <= gap) & ~found.overlaps,
        "apart_near_the_limit": apart & near & (found.gap_days > gap),
        "overlapping_items": joined & found.overlaps,
        "near_journeys": apart & (found.gap_days <= 2 * gap),
        "applied_again": joined & found.applied_again,
    }
    doubts = [_of_pairs(kind, cases, found, hit) for kind, hit in pairs.items()]
    for kind, hit in (("told_apart", found.told_apart), ("interleaved", found.interleaved)):
        if hit.any():
            doubts.append(_of_groups(kind, cases, found.case, found.segment, hit))
    many = np.flatnonzero(origin == "acts_for_many")
    if many.size:
        order = many[np.argsort(cases.applicant[many], kind="stable")]
        everyone = np.ones(order.size, bool)
        doubts.append(_of_groups("acts_for_many", cases, order, cases.applicant[order], everyone))
    for kind in ("no_applicant", "no_item"):
        left = cases.case_ids[origin == kind]
        doubts.append(Doubt(kind, int(left.size), tuple((str(name),) for name in left[:MAX_EXAMPLES])))
    return tuple(doubt for doubt in doubts if doubt.cases)


def _of_pairs(kind: str, cases: CaseItems, found: Joins, hit: np.ndarray) -> Doubt:
    """A doubt about a case and the one before it."""
    at = np.flatnonzero(hit)
    names = cases.case_ids[found.case]
    examples = tuple((str(names[i - 1]), str(names[i])) for i in at[:MAX_EXAMPLES])
    return Doubt(kind, int(at.size), examples)


def _of_groups(kind: str, cases: CaseItems, case: np.ndarray, group: np.ndarray, hit: np.ndarray) -> Doubt:
    """A doubt about all cases of a group (neighbours in `case`); five cases of each example."""
    case, group = case[hit], group[hit]
    first = np.flatnonzero(np.diff(group, prepend=-1) != 0)
    examples = tuple(
        tuple(
            str(name)
            for name in cases.case_ids[case[i : i + MAX_EXAMPLES][group[i : i + MAX_EXAMPLES] == group[i]]]
        )
        for i in first[:MAX_EXAMPLES]
    )
    return Doubt(kind, int(case.size), examples)
