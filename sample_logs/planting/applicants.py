"""Who applied: an id a case, some of them for a second matter of the same kind later."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mining.event_log import EventLog
from sample_logs.noise import uniforms
from sample_logs.planting.setting import Setting

APPLICANT_TYPE = "1"


def write_applicants(log: EventLog, setting: Setting) -> EventLog:
    """`applicant_hash` of each case, such as "S0042": somebody's number, in clear before it is read.

    `several_matters_share` of the cases of the second half of the log are of somebody who came in the first
    half already, as many cases before.
    """
    cases = log.cases
    order = np.argsort(cases["ts_apply"].to_numpy(), kind="stable")
    back = len(cases) // 2
    chance = uniforms(setting.seed, "applicants", cases["case_id"])[order]
    number = np.arange(len(cases))
    again = (number >= back) & (chance < setting.planted.several_matters_share)
    person = np.empty(len(cases), "int64")
    person[order] = np.where(again, number - back, number)
    width = len(str(len(cases)))
    ids = [f"S{setting.seed:03d}{who:0{width}d}" for who in person.tolist()]
    return replace(log, cases=cases.assign(applicant_hash=ids))


def true_applicants(log: EventLog, setting: Setting) -> dict[str, object]:
    """People in the log, and how many of them came with several matters."""
    cases = log.cases["applicant_hash"].value_counts()
    return {"people": len(cases), "with_several_matters": int((cases > 1).sum())}
