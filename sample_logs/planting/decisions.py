"""Objections the simulator draws as branches of the flow, written as decisions that did not pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mining.event_log import EventLog
from sample_logs.plan import SentBack
from sample_logs.planting.setting import Setting


def write_decisions(log: EventLog, setting: Setting) -> EventLog:
    """Each step of `Planted.sent_back` objected where the answer comes next in its case.

    Such an event gets the result, the documents handed in at the answer as its reason, and issues nothing.
    What the applicant hands in then is the second attempt, so that nobody takes it for a duplicate. The steps
    of the answer are then written by the names of `Planted.written_as`.
    """
    events, materials = log.events, log.materials
    for rule in setting.planted.sent_back:
        objected = objections(events, rule)
        reason = events["materials"].shift(-1).where(objected) if rule.by_applicant else events["reason"]
        events = events.assign(
            result=events["result"].mask(objected, rule.result),
            reason=events["reason"].mask(objected, reason),
            issues=events["issues"].mask(objected),
        )
        if rule.by_applicant:
            answers = (materials["activity"] == rule.followed_by).to_numpy()
            materials = materials.assign(attempt_no=np.where(answers, 2, materials["attempt_no"]))
    names = setting.planted.written_as
    return replace(log, events=_renamed(events, names), materials=_renamed(materials, names))


def _renamed(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    columns = [name for name in ("activity", "issued_by_step") if name in table.columns]
    return table.assign(**{name: table[name].replace(names) for name in columns}) if names else table


def objections(events: pd.DataFrame, rule: SentBack) -> np.ndarray:
    """Which events are a decision of the rule's step with the answer right behind it; one bool an event."""
    case, step = events["case_id"].to_numpy(), events["activity"].to_numpy()
    found = np.zeros(len(events), bool)
    found[:-1] = (case[1:] == case[:-1]) & (step[:-1] == rule.step) & (step[1:] == rule.followed_by)
    return found


def true_objections(log: EventLog, setting: Setting) -> dict[str, object]:
    """For each rule: decisions of its step in the log, and how many of them objected."""
    found: dict[str, object] = {}
    for rule in setting.planted.sent_back:
        decided = log.events[log.events["activity"] == rule.step]
        hits = int((decided["result"] == rule.result).sum())
        found[rule.step] = {**_entry(found, rule), rule.result: hits, "decisions": len(decided)}
    return found


def _entry(found: dict[str, object], rule: SentBack) -> dict[str, object]:
    entry = found.get(rule.step, {})
    assert isinstance(entry, dict)
    return entry
