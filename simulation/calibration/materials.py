"""Documents each step asks for, who issues them, and how often they are at fault.

A step asks for a document that at least half of the first visits hand in. The defect chance of a document
is the share of its submissions that a return names in its reason. Where reasons name nothing, the step's
return chance P is spread over its n documents equally: 1 - (1 - P)^(1/n).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.event_log import APPLICANT, BY_APPLICANT, EventLog
from mining.materials import document_names
from mining.text import Text
from simulation.calibration.evidence import assumed, measured, share_interval
from simulation.calibration.observations import Observations
from simulation.calibration.outcomes import StepOutcome, returned
from simulation.service_model import AskedMaterial, Evidence, Material

ASKED_SHARE = 0.5
SHARED_SHARE = 0.5  # of the submissions: more of them fetched than handed in
NAMED_SHARE = 0.5  # of the returns: fewer with a known document in the reason and reasons are not used
_SEPARATORS = re.compile(r"[;；,，、|]")


@dataclass(frozen=True)
class StepMaterials:
    """What one step asks for, and the chance of a return that no document explains."""

    asked: tuple[AskedMaterial, ...]
    return_chance: float


@dataclass(frozen=True)
class CalibratedMaterials:
    """Documents of the service and what each step asks for, by step code."""

    materials: tuple[Material, ...]
    of_step: dict[int, StepMaterials]
    evidence: dict[str, Evidence]


def calibrate_materials(
    log: EventLog, observed: Observations, outcomes: list[StepOutcome]
) -> CalibratedMaterials:
    """Materials by step, from the materials table; without one, only the plain return chances."""
    plain = {step: StepMaterials((), o.return_share) for step, o in enumerate(outcomes)}
    if log.materials.empty:
        return CalibratedMaterials((), plain, {})
    canonical = document_names(log.materials["material_name"].dropna().unique(), log.aliases)
    table = _submissions(log, observed, canonical)
    faults = _faults(log, observed, canonical)
    evidence: dict[str, Evidence] = {}
    of_step = dict(plain)
    for step, submissions in table.groupby("step"):
        of_step[int(step)] = _of_step(
            int(step), submissions, faults.get(int(step)), observed, outcomes[int(step)], evidence
        )
    asked = {a.material for parts in of_step.values() for a in parts.asked}
    return CalibratedMaterials(_materials(table, asked), of_step, evidence)


def _submissions(log: EventLog, observed: Observations, canonical: Mapping[str, str]) -> pd.DataFrame:
    """One row a submission: step, case, document, written name, issuer, attempt (from 1), shared."""
    table = log.materials[log.materials["material_name"].notna()]
    step = pd.Index(observed.step_names).get_indexer(table["activity"].astype("object"))
    first = (
        table["attempt_no"].fillna(1) if "attempt_no" in table.columns else pd.Series(1, index=table.index)
    )
    source = table["source"] if "source" in table.columns else pd.Series(pd.NA, index=table.index)
    found = pd.DataFrame(
        {
            "step": step,
            "case": table["case_id"].to_numpy(dtype=object),
            "document": table["material_name"].map(canonical).to_numpy(dtype=object),
            "written": table["material_name"].to_numpy(dtype=object),
            "issuer": table["issuer_dept"].to_numpy(dtype=object) if "issuer_dept" in table.columns else None,
            "attempt": first.to_numpy(dtype="int64"),
            "shared": (source.notna() & (source != BY_APPLICANT)).to_numpy(dtype=bool),
        }
    )
    return found[found["step"] >= 0]


def _faults(log: EventLog, observed: Observations, canonical: Mapping[str, str]) -> dict[int, pd.Series]:
    """By step: how many returns named each document; steps whose reasons name too little are left out."""
    if "reason" not in log.events.columns:
        return {}
    sent_back = np.flatnonzero(returned(log))
    reasons = log.events["reason"].to_numpy(dtype=object)[sent_back]
    known = sorted(set(canonical) | set(canonical.values()), key=len, reverse=True)
    unique = {r: _named(r, canonical, known) for r in {r for r in reasons if isinstance(r, str)}}
    named = [sorted(unique.get(r, ())) for r in reasons]
    rows = pd.DataFrame({"step": observed.step[sent_back], "documents": named})
    found = {}
    for step, group in rows.groupby("step"):
        if group["documents"].map(bool).mean() >= NAMED_SHARE:
            found[int(step)] = group["documents"].explode().value_counts(dropna=False)
    return found


def _named(reason: str, canonical: Mapping[str, str], known: list[str]) -> frozenset[str]:
    """Documents a reason names: as list items, else anywhere in the text (the longest names first)."""
    items = {part.strip() for part in _SEPARATORS.split(reason)}
    by_item = frozenset(canonical[item] for item in items if item in canonical)
    if by_item:
        return by_item
    found, rest = set(), reason
    for name in known:
        if name in rest:
            found.add(canonical.get(name, name))
            rest = rest.replace(name, " ")
    return frozenset(found)


def _of_step(
    step: int,
    submissions: pd.DataFrame,
    faults: pd.Series | None,
    observed: Observations,
    outcome: StepOutcome,
    evidence: dict[str, Evidence],
) -> StepMaterials:
    name = observed.step_names[step]
    n_cases = np.unique(observed.case[observed.step == step]).size
    first = submissions[submissions["attempt"] == 1]
    handed_in = first.groupby("document")["case"].nunique()
    asked = handed_in[handed_in >= ASKED_SHARE * n_cases]
    by_applicant = submissions[~submissions["shared"]].groupby("document").size()
    total = submissions.groupby("document").size()
    shared = {d: by_applicant.get(d, 0) < (1 - SHARED_SHARE) * total[d] for d in asked.index}
    own = [d for d in asked.index if not shared[d]]
    chances = _defect_chances(name, own, faults, by_applicant, outcome, evidence)
    explained = 1 - float(np.prod([1 - c for c in chances.values()]))
    left = _unexplained(faults, outcome) if faults is not None else max(outcome.return_share - explained, 0.0)
    parts = tuple(
        AskedMaterial(material=str(d), defect_chance=round(chances.get(d, 0.0), 6), shared=bool(shared[d]))
        for d in sorted(asked.index)
    )
    return StepMaterials(parts, round(left if own else outcome.return_share, 6))


def _defect_chances(
    step: str,
    documents: list[str],
    faults: pd.Series | None,
    submitted: pd.Series,
    outcome: StepOutcome,
    evidence: dict[str, Evidence],
) -> dict[str, float]:
    chances = {}
    for document in documents:
        key = f"steps.{step}.materials.{document}.defect_chance"
        if faults is None:
            chances[document] = 1 - (1 - outcome.return_share) ** (1 / len(documents))
            evidence[key] = assumed(
                zh="补正原因未指明材料：环节补正率平均分摊到各材料。",
                en="Returns do not name documents: the step's return chance is spread over them equally.",
                n=outcome.n,
            )
        else:
            n, bad = int(submitted[document]), int(faults.get(document, 0))
            chances[document] = min(bad / n, 1.0)
            evidence[key] = measured(n, share_interval(min(bad, n), n), _note(bad))
    return chances


def _note(bad: int) -> Text:
    return Text(zh=f"{bad} 份被补正原因点名", en=f"{bad} submissions named in the reason of a return")


def _unexplained(faults: pd.Series, outcome: StepOutcome) -> float:
    """Share of visits returned without a named document."""
    unnamed = int(faults[faults.index.isna()].sum()) if faults.index.hasnans else 0
    return unnamed / max(outcome.n, 1)


def _materials(table: pd.DataFrame, asked: set[str]) -> tuple[Material, ...]:
    found = []
    for document, rows in table[table["document"].isin(asked)].groupby("document"):
        issuers = rows["issuer"].dropna()
        issuer = str(issuers.mode().iloc[0]) if len(issuers) else None
        spellings = tuple(sorted({str(w) for w in rows["written"]}))
        found.append(
            Material(
                name=str(document),
                issuer_dept=None if issuer == APPLICANT else issuer,
                spellings=spellings if spellings != (str(document),) else (),
            )
        )
    return tuple(found)
