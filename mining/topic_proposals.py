"""Items that the same applicants ask for near each other far more often than chance: perhaps one topic.

For items a and b, n_a applicants of a: had they asked for b at any time of the log, the chance that b lies
within the gap of a would be p = (applicants of b / all applicants) x (2 x gap + 1) / (working days of the
log). A pair is proposed if at least five applicants and a fifth of the rarer item's have both near each
other, at least three times as many as n_a x p, and a binomial test with p, corrected for the number of pairs,
is below 0.001. Proposed pairs that hang together are one topic. Nothing is used unless a planner writes it
into the topics file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import JsonValue
from scipy import sparse
from scipy.special import betainc

from mining.case_items import CaseItems
from mining.topics import Topics

MIN_APPLICANTS = 5
MIN_SHARE = 0.2
MIN_LIFT = 3.0
MAX_P_VALUE = 0.001
MAX_ITEMS = 2_000
"""Only the most frequent items are looked at where a log has more."""


@dataclass(frozen=True)
class TopicProposal:
    """Items that may be one topic; `applicants` had two of them near each other, `expected` would by chance
    (both of the strongest pair)."""

    items: tuple[str, ...]
    applicants: int
    expected: float

    def to_json(self) -> dict[str, JsonValue]:
        """Items, count and the count expected by chance."""
        return {
            "items": [*self.items],
            "applicants": self.applicants,
            "applicants_expected_by_chance": round(self.expected, 2),
        }


def propose_topics(
    cases: CaseItems, eligible: np.ndarray, topics: Topics, day: np.ndarray, gap: int
) -> tuple[TopicProposal, ...]:
    """Proposed topics, the most applicants first. `day` counts working days; `eligible` are case codes."""
    counts = np.bincount(cases.item[eligible], minlength=cases.item_names.size)
    if counts.size < 2 or not eligible.size:
        return ()
    frequent = np.sort(np.argsort(-counts, kind="stable")[:MAX_ITEMS])
    eligible = eligible[np.isin(cases.item[eligible], frequent)]
    near = _near_pairs(cases, eligible, day, gap)
    if near.empty:
        return ()
    pairs = near.groupby(["a", "b"]).size().rename("both").reset_index()
    who = pd.DataFrame({"applicant": cases.applicant[eligible], "item": cases.item[eligible]})
    who = who.drop_duplicates()
    applicants = np.bincount(who["item"], minlength=cases.item_names.size)
    span = int(day[eligible].max() - day[eligible].min()) + 1
    window = min(1.0, (2 * gap + 1) / span)
    rare = np.minimum(applicants[pairs["a"]], applicants[pairs["b"]])
    chance = np.maximum(applicants[pairs["a"]], applicants[pairs["b"]]) / who["applicant"].nunique() * window
    expected = rare * chance
    p_value = betainc(pairs["both"], rare - pairs["both"] + 1, np.minimum(chance, 1)) * len(pairs)
    known = [set(topics.of_item(str(name))) for name in cases.item_names]
    new = [not known[a] & known[b] for a, b in zip(pairs["a"], pairs["b"], strict=True)]
    both = pairs["both"].to_numpy()
    kept = (both >= MIN_APPLICANTS) & (both >= MIN_SHARE * rare) & (both >= MIN_LIFT * expected)
    kept &= (p_value < MAX_P_VALUE) & np.array(new, bool)
    return _connected(cases.item_names, pairs[kept], expected[kept])


def _near_pairs(cases: CaseItems, eligible: np.ndarray, day: np.ndarray, gap: int) -> pd.DataFrame:
    """Different (applicant, item, other item) of cases begun within the gap of one another.

    Each case is compared with the next ones of its applicant, as many as any lies within the gap.
    """
    order = eligible[np.lexsort((cases.item[eligible], day[eligible], cases.applicant[eligible]))]
    found = []
    for step in range(1, order.size):
        one, other = order[:-step], order[step:]
        near = (cases.applicant[one] == cases.applicant[other]) & (day[other] - day[one] <= gap)
        if not near.any():
            break
        a, b = cases.item[one[near]], cases.item[other[near]]
        found.append(
            pd.DataFrame(
                {"applicant": cases.applicant[one[near]], "a": np.minimum(a, b), "b": np.maximum(a, b)}
            )
        )
    if not found:
        return pd.DataFrame({"applicant": [], "a": [], "b": []})
    pairs = pd.concat(found).drop_duplicates()
    return pairs[pairs["a"] != pairs["b"]]


def _connected(names: np.ndarray, pairs: pd.DataFrame, expected: np.ndarray) -> tuple[TopicProposal, ...]:
    """Pairs that share an item as one proposal."""
    if pairs.empty:
        return ()
    links = sparse.coo_matrix((np.ones(len(pairs)), (pairs["a"], pairs["b"])), shape=(names.size,) * 2)
    _, label = sparse.csgraph.connected_components(links, directed=False)
    of_pair = label[pairs["a"].to_numpy()]
    proposals = []
    for group in np.unique(of_pair):
        inside = np.flatnonzero(of_pair == group)
        best = inside[np.argmax(pairs["both"].to_numpy()[inside])]
        items = tuple(sorted(str(names[item]) for item in np.flatnonzero(label == group)))
        proposals.append(TopicProposal(items, int(pairs["both"].iloc[best]), float(expected[best])))
    return tuple(sorted(proposals, key=lambda proposal: (-proposal.applicants, proposal.items)))
