"""Merging spellings in a log: what is merged, what is proposed, and the file a planner edits.

The loop: `propose_merges(log)` or `onewindow aliases LOG -o aliases.yaml` lists pairs of documents that may
be one; the planner writes `accept: yes` (or moves the pair to `different`); then
`apply_aliases(log, read_aliases(path))` or `--aliases aliases.yaml` merges what was accepted, for every
diagnostic and measure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd
from pydantic import JsonValue

from mining.event_log import EventLog
from mining.log_cache import once_per_object
from mining.material_aliases import MaterialAliases, project_aliases
from mining.materials import MaterialNames, normalise_material_names, plain_name

_ONE_SUBMISSION = ("case_id", "activity", "attempt_no", "ts_received")
MAX_TOGETHER_SHARE = 0.2
"""Documents handed in side by side more often than that are two (an assumption)."""


@dataclass(frozen=True)
class MergeProposal:
    """Two documents that may be one: how alike their names are, and what speaks for and against it."""

    name: str
    other: str
    similarity: float  # 0 to 1
    name_submissions: int
    other_submissions: int
    together_share: float  # of the rarer one's submissions: the other came in beside it

    def to_json(self) -> dict[str, JsonValue]:
        """All of it."""
        return {
            "name": self.name,
            "other": self.other,
            "similarity": self.similarity,
            "name_submissions": self.name_submissions,
            "other_submissions": self.other_submissions,
            "together_share": self.together_share,
        }


def aliases_of(log: EventLog) -> MaterialAliases:
    """The aliases in force for a log: those applied to it, else the project's list."""
    return project_aliases() if log.aliases is None else log.aliases


def apply_aliases(log: EventLog, own: MaterialAliases) -> EventLog:
    """The log with a planner's aliases on top of those in force; names in its tables stay as written."""
    return replace(log, aliases=aliases_of(log).extended_by(own))


@once_per_object
def material_names(log: EventLog) -> MaterialNames:
    """Written name -> document for the documents handed in, with the merges `propose_merges` proposes."""
    names = _plain_merges(log)
    kept = {frozenset((merge.name, merge.other)) for merge in propose_merges(log)}
    proposed = tuple(merge for merge in names.proposed if frozenset((merge.name, merge.other)) in kept)
    return replace(names, proposed=proposed)


@once_per_object
def propose_merges(log: EventLog) -> tuple[MergeProposal, ...]:
    """Pairs of documents of the materials table that may be one, the most similar first; nothing is merged.

    Names alike (`material_similarity`), not told apart by owner, kind, number, issuer or the alias file, and
    not handed in side by side. The name kept is the one written more often.
    """
    names = _plain_merges(log)
    if not names.proposed:
        return ()
    table = log.materials
    document = table["material_name"].map(names.canonical)
    submissions = document.value_counts()
    places = _places(log, document)
    found = []
    for merge in names.proposed:
        rare, common = sorted((merge.name, merge.other), key=lambda name: (submissions[name], name))
        together = len(places[rare] & places[common]) / len(places[rare]) if places[rare] else 0.0
        if together > MAX_TOGETHER_SHARE:
            continue
        counts = int(submissions[common]), int(submissions[rare])
        found.append(MergeProposal(common, rare, merge.similarity, *counts, round(together, 3)))
    return tuple(found)


@once_per_object
def _plain_merges(log: EventLog) -> MaterialNames:
    """The names of the materials table with all pairs that look alike."""
    table = log.materials
    if "material_name" not in table.columns:
        return MaterialNames({})
    issuers: dict[str, str] = {}
    if "issuer_dept" in table.columns:
        known = table[["material_name", "issuer_dept"]].dropna().drop_duplicates()
        issuers = dict(zip(known["material_name"].astype(str), known["issuer_dept"].astype(str), strict=True))
    written = table["material_name"].dropna().unique()
    return normalise_material_names((str(name) for name in written), aliases_of(log), issuers)


def _places(log: EventLog, document: pd.Series) -> dict[str, set[int]]:
    """Document -> numbers of the submissions (case, step, attempt, moment) it was part of."""
    table = log.materials
    keys = [table[name] for name in _ONE_SUBMISSION if name in table.columns]
    number = pd.DataFrame(dict(enumerate(keys))).groupby(list(range(len(keys))), dropna=False).ngroup()
    known = document.notna()
    return {
        str(name): set(of_document)
        for name, of_document in number[known].groupby(document[known].astype("object"))
    }


_HEAD = """\
# Names of documents. Edit, then: onewindow mine LOG --aliases THIS_FILE
# 材料名称。修改后用 onewindow mine LOG --aliases 本文件。
# aliases: the first name is shown, those in the list are other names of it. 前为显示名，列表为其别名。
# proposed: look alike, NOT merged. Write accept: yes for one and the same paper; move the two names to
#   different where they are not, and they will not be proposed again.
#   名称相似但未合并：同一材料改为 accept: yes，不同材料移到 different。
# Forms and numbers of copies (原件, 复印件, 2份) need not be listed. 形式与份数不必列出。
"""


def aliases_file(log: EventLog) -> str:
    """The text of an alias file for a log: what is merged now and why, and what is proposed.

    Read as it is, it changes nothing; each proposal with `accept: yes` is merged when it is read again.
    """
    names, aliases = _plain_merges(log), aliases_of(log)
    submissions = log.materials["material_name"].value_counts() if len(log.materials) else {}
    lines = [_HEAD, "aliases:" if names.documents else "aliases: {}"]
    for document in names.documents:
        spellings = names.spellings(document)
        lines.append(f"  # {', '.join(_why(name, document, int(submissions[name])) for name in spellings)}")
        others = dict.fromkeys(plain_name(name) for name in spellings)
        listed = ", ".join(_quoted(name) for name in others if name != plain_name(document))
        lines.append(f"  {_quoted(document)}: [{listed}]")
    proposals = propose_merges(log)
    lines.append("proposed:" if proposals else "proposed: []")
    for merge in proposals:
        values = {key: json.dumps(value, ensure_ascii=False) for key, value in merge.to_json().items()}
        lines.append(f"  - {{{', '.join(f'{key}: {value}' for key, value in values.items())}, accept: no}}")
    pairs = sorted(sorted(pair) for pair in aliases.different if len(pair) == 2)
    lines.append("different:" if pairs else "different: []")
    lines += [f"  - [{_all_quoted(pair)}]" for pair in pairs]
    return "\n".join(lines) + "\n"


def _why(name: str, document: str, submissions: int) -> str:
    """A written name, how often it occurs, and what merged it."""
    plain = plain_name(name)
    reason = "" if name == document else " (form)" if plain == plain_name(document) else " (alias)"
    return f"{' '.join(name.split())} x{submissions}{reason}"


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _all_quoted(names: Iterable[str]) -> str:
    return ", ".join(_quoted(name) for name in names)
