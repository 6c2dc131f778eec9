"""What is true of documents in a sample log, counted by true names from the log as it was made."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from mining.event_log import BY_APPLICANT, ONLINE, PRESENT_PLACES
from sample_logs.generate import SampleLog
from sample_logs.truth import parallel_sets

PUBLIC = (
    "公安",
    "市监",
    "民政",
    "税务",
    "住建",
    "不动产",
    "人社",
    "社保",
    "医保",
    "自然资源",
    "发改",
    "人防",
    "气象",
    "城管",
    "质安站",
)
"""Issuers whose name holds one of these are public bodies."""


def duplicated(sample: SampleLog) -> dict[str, float]:
    """Document -> avoidable submissions / submissions."""
    first = _first_attempts(sample)
    copies = first.groupby(["case_id", "material_name"], observed=True).size()
    by_document = copies.groupby("material_name")
    share = (copies - 1).groupby("material_name").sum() / by_document.sum()
    return {str(name): float(value) for name, value in share.items()}


def sharable(sample: SampleLog) -> dict[str, float]:
    """Sharable document -> share of all submissions that are sharable: the alarm is about all together."""
    first = _first_attempts(sample)
    public = first["issuer_dept"].fillna("").map(lambda name: any(word in name for word in PUBLIC))
    carried = public & (first["issuer_dept"] != first["dept"])
    share = float(carried.mean()) if len(first) else 0.0
    return {str(name): share for name in first.loc[carried, "material_name"].unique()}


def replaceable(sample: SampleLog) -> dict[str, float]:
    """Document an electronic licence stands in for by the catalogue -> 1, if anybody hands it in."""
    handed_in = set(_first_attempts(sample)["material_name"])
    return {name: 1.0 for name in sample.setting.planted.e_licences if name in handed_in}


def twice_by_channel(sample: SampleLog) -> dict[str, float]:
    """Of the documents of a case that came in online first, the share that came again at a counter."""
    place = sample.made.events.drop_duplicates("activity").set_index("activity")["place"]
    if not (place == ONLINE).any():
        return {}
    rows = _first_attempts(sample)
    rows = rows.assign(place=rows["activity"].map(place)).sort_values("ts_received", kind="stable")
    pairs = rows.groupby(["case_id", "material_name"], observed=True)["place"]
    online = pairs.first() == ONLINE
    again = pairs.agg(lambda places: bool(places.isin(PRESENT_PLACES).any()))
    return {"": float(again[online].mean())} if online.any() else {}


def began_online(sample: SampleLog) -> dict[str, float]:
    """Of the cases that began online, the share that came to a counter after all."""
    events = sample.made.events
    first = events.drop_duplicates("case_id").set_index("case_id")["place"]
    came = events["place"].isin(PRESENT_PLACES).groupby(events["case_id"]).any()
    online = first == ONLINE
    return {"": float(came[online[online].index].mean())} if online.any() else {}


def independent_sets(sample: SampleLog) -> list[frozenset[str]]:
    """All sets of first steps of departments that need nothing from each other, by the model."""
    planted = sample.setting.planted
    largest = parallel_sets(sample.setting.model, planted.electronic_documents)
    return [
        frozenset(chosen)
        for found in largest
        for size in range(2, len(found) + 1)
        for chosen in combinations(found, size)
    ]


def _first_attempts(sample: SampleLog) -> pd.DataFrame:
    """Submissions by applicants that answer no return."""
    rows = sample.made.materials
    return rows[(rows["source"] == BY_APPLICANT) & (rows["attempt_no"] == 1)]
