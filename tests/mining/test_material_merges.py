"""Merges in a log: proposals with what speaks for and against, and the round trip of the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mining.event_log import EventLog
from mining.material_aliases import MaterialAliases, read_aliases
from mining.material_merges import aliases_file, aliases_of, apply_aliases, material_names, propose_merges


def log_of(rows: list[tuple[str, str, str | None]]) -> EventLog:
    """A log of (case, document as written, issuer), one step."""
    materials = pd.DataFrame(rows, columns=["case_id", "material_name", "issuer_dept"]).astype("str")
    events = pd.DataFrame({"case_id": materials["case_id"].unique()}).astype("str")
    events = events.assign(
        activity="受理", time=pd.Timestamp("2026-03-02"), file_row=range(2, len(events) + 2)
    )
    return EventLog(events=events, materials=materials.assign(activity="受理"))


@pytest.fixture
def log() -> EventLog:
    """Two names of one paper, never together; two papers always together; two of different issuers."""
    rows = []
    for n in range(10):
        case = f"c{n}"
        rows.append((case, "经营场地证明" if n < 3 else "经营场所证明", None))
        rows += [(case, "排水设施方案", None), (case, "排水设施方案书", None)]
        rows.append((case, "道路占用许可证" if n % 2 else "道路占道许可证", "城管局" if n % 2 else "公安局"))
    return log_of(rows)


def test_proposals_carry_what_speaks_for_and_against(log: EventLog) -> None:
    bare = replace(log, aliases=MaterialAliases({}))
    (merge,) = propose_merges(bare)
    assert (merge.name, merge.other) == ("经营场所证明", "经营场地证明")
    assert (merge.name_submissions, merge.other_submissions, merge.together_share) == (7, 3, 0)
    assert merge.similarity == 0.833  # five of six characters, in order too
    assert [(m.name, m.other) for m in material_names(bare).proposed] == [("经营场地证明", "经营场所证明")]
    # nothing was merged
    assert len(material_names(bare).documents) == 6


def test_the_file_changes_nothing_until_something_is_accepted(log: EventLog, tmp_path: Path) -> None:
    bare = replace(log, aliases=MaterialAliases({}))
    path = tmp_path / "aliases.yaml"
    path.write_text(aliases_file(bare), encoding="utf-8")
    assert material_names(apply_aliases(bare, read_aliases(path))).canonical == material_names(bare).canonical
    path.write_text(aliases_file(bare).replace("accept: no", "accept: yes"), encoding="utf-8")
    accepted = apply_aliases(bare, read_aliases(path))
    assert material_names(accepted).spellings("经营场所证明") == ("经营场地证明", "经营场所证明")
    assert propose_merges(accepted) == ()
    # written again, the file holds it as an alias
    again = tmp_path / "again.yaml"
    again.write_text(aliases_file(accepted), encoding="utf-8")
    assert read_aliases(again).groups["经营场所证明"] == ("经营场地证明",)
    assert (
        material_names(apply_aliases(bare, read_aliases(again))).canonical
        == material_names(accepted).canonical
    )


def test_what_is_told_apart_is_never_proposed_again(log: EventLog, tmp_path: Path) -> None:
    path = tmp_path / "aliases.yaml"
    path.write_text("different: [[经营场所证明, 经营场地证明（原件）]]", encoding="utf-8")
    told = apply_aliases(log, read_aliases(path))
    assert propose_merges(told) == ()
    assert "different:\n  - [" in aliases_file(told)


def test_the_file_says_why_names_are_merged() -> None:
    log = log_of([("a", "身份证复印件", None), ("b", "二代身份证", None), ("c", "居民身份证", None)])
    text = aliases_file(log)
    assert "# 二代身份证 x1 (alias), 居民身份证 x1, 身份证复印件 x1 (alias)" in text
    assert '"居民身份证": ["二代身份证", "身份证"]' in text


def test_logs_without_documents_have_an_empty_file(tmp_path: Path, log: EventLog) -> None:
    bare = EventLog(events=log.events)
    path = tmp_path / "aliases.yaml"
    path.write_text(aliases_file(bare), encoding="utf-8")
    assert read_aliases(path).groups == {}
    assert propose_merges(bare) == ()
    assert aliases_of(bare).document_of("身份证") == "居民身份证"
