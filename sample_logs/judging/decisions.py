"""What is true of decisions, officers and departments in a sample log, from the log as it was made."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from mining.event_log import APPLICANT, PASS, RETURN
from sample_logs.generate import SampleLog

MIN_OFFICERS = 3
SMALLEST_SHARE_OF_A_PAIR = 0.005


def rubber_stamps(sample: SampleLog) -> dict[str, float]:
    """Steps that decide, never objected in the log and make no document -> 1."""
    events = sample.made.events
    decided = events[events["result"].notna()]
    by_step = decided.groupby("activity")
    objects = by_step["result"].agg(lambda results: bool((results != PASS).any()))
    makes = by_step["issues"].agg(lambda issues: bool(issues.notna().any()))
    opens = set(events.drop_duplicates("case_id")["activity"])
    return {
        str(step): 1.0
        for step in objects.index
        if not objects[step] and not makes[step] and step not in opens
    }


def slow(sample: SampleLog) -> dict[str, float]:
    """Officer -> how much longer than the colleagues of the pool, by the speeds of the model."""
    model, found = sample.setting.model, {}
    for pool in model.pools:
        members = [member for member in model.members if pool.name in member.serves]
        effects = {member.name: -float(np.log(member.speed)) for member in members}
        for name, own in effects.items() if len(members) >= MIN_OFFICERS else ():
            others = [effect for other, effect in effects.items() if other != name]
            found[name] = float(np.exp(own - np.mean(others)) - 1)
    return found


def returned(sample: SampleLog) -> dict[str, float]:
    """Share of the cases decided on that were returned at least once."""
    decided = _decided(sample)
    back = decided["returned"].groupby(decided["case_id"]).any()
    return {"": float(back.mean())}


def returned_at_step(sample: SampleLog) -> dict[str, float]:
    """Step -> share of the cases its first decision returned."""
    first = _decided(sample).drop_duplicates(["case_id", "activity"])
    share = first["returned"].groupby(first["activity"]).mean()
    return {str(step): float(value) for step, value in share.items()}


def _decided(sample: SampleLog) -> pd.DataFrame:
    """Decisions of offices; returned: 补正, or no pass and the same step decides again later."""
    events = sample.made.events
    decided = events[events["result"].notna() & (events["place"] != APPLICANT)]
    again = decided.duplicated(["case_id", "activity"], keep="last")
    result = decided["result"]
    return decided.assign(returned=(result == RETURN) | ((result != PASS) & again))


def back_and_forth(sample: SampleLog) -> dict[str, float]:
    """Pair of departments -> share of all cases in which any department got a case back that another refused.

    The alarm is about all pairs together; pairs of less than half a per cent of the cases are left out.
    """
    events = sample.made.events
    pairs: Counter[str] = Counter()
    hit: set[str] = set()
    for case, rows in events[events["place"] != APPLICANT].groupby("case_id", sort=False):
        for pair in _refusals(rows["dept"].tolist(), rows["result"].tolist()):
            pairs[pair] += 1
            hit.add(str(case))
    n = events["case_id"].nunique()
    return {pair: len(hit) / n for pair, count in pairs.items() if count >= SMALLEST_SHARE_OF_A_PAIR * n}


def pair_of(departments: list[str]) -> str:
    """The name of a pair of departments, whichever comes first."""
    return " | ".join(sorted(departments))


def _refusals(depts: list[str], results: list[object]) -> set[str]:
    """Pairs X, Y of a case with X, then Y that ends without passing, then X again."""
    runs: list[tuple[str, object]] = []
    for dept, result in zip(depts, results, strict=True):
        if runs and runs[-1][0] == dept:
            runs[-1] = (dept, result)
        else:
            runs.append((dept, result))
    found = set()
    for before, middle, after in zip(runs, runs[1:], runs[2:], strict=False):
        if before[0] == after[0] and isinstance(middle[1], str) and middle[1] != PASS:
            found.add(pair_of([before[0], middle[0]]))
    return found
