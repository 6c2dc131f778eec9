"""The catalogue of items (事项目录) and the promises people made in place of a document (告知承诺)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mining.event_log import BREACHED, BY_APPLICANT, CATALOG_COLUMNS, KEPT, EventLog
from sample_logs.noise import uniforms
from sample_logs.planting.limits import CASE_TYPE
from sample_logs.planting.setting import Setting

VISITS_PROMISED = 1.0
FIRST_FILE_ROW = 2


def write_catalog(log: EventLog, setting: Setting) -> EventLog:
    """One row a document applicants hand in, as the catalogue lists them for the item."""
    asked = [a.material for step in setting.model.steps for a in step.materials if not a.shared]
    documents = list(dict.fromkeys(asked))
    limits = setting.planted.limits
    (item,) = {arrivals.item or setting.model.name.zh for arrivals in setting.model.arrivals}
    table = pd.DataFrame(
        {
            "item_name": item,
            "case_type": CASE_TYPE,
            "limit_statutory": float(limits.statutory_working_days),
            "limit_promised": float(limits.promised_working_days),
            "visits_promised": VISITS_PROMISED,
            "material_name": documents,
            "issuer_dept": [setting.model.material(name).issuer_dept for name in documents],
            "source": BY_APPLICANT,
            "e_licence": ["yes" if name in setting.planted.e_licences else "no" for name in documents],
        }
    )
    table["file_row"] = table.index + FIRST_FILE_ROW
    return replace(log, catalog=table[[name for name in CATALOG_COLUMNS if name in table.columns]])


def write_commitments(log: EventLog, setting: Setting) -> EventLog:
    """What a later check of a promise found, for the finished cases that were checked."""
    plan = setting.planted.commitments
    cases = log.cases
    checked = uniforms(setting.seed, "commitments/checked", cases["case_id"]) < plan.checked_share
    checked &= cases["ts_finish"].notna().to_numpy()
    breached = uniforms(setting.seed, "commitments/breached", cases["case_id"]) < plan.breached_share
    found = pd.Series(np.where(breached, BREACHED, KEPT), index=cases.index, dtype="str").where(checked)
    return replace(log, cases=cases.assign(commitment_check=found))


def true_commitments(log: EventLog, setting: Setting) -> dict[str, object]:
    """Promises checked, and those that were breached."""
    found = log.cases["commitment_check"]
    return {"checked": int(found.notna().sum()), "breached": int((found == BREACHED).sum())}


def true_e_licences(log: EventLog, setting: Setting) -> dict[str, object]:
    """Submissions of each document an electronic licence stands in for."""
    asked = log.materials[log.materials["source"] == BY_APPLICANT]["material_name"].value_counts()
    return {name: int(asked.get(name, 0)) for name in setting.planted.e_licences}
