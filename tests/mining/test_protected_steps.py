"""The list of protected steps, and a planner's own beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mining.errors import LogError
from mining.protected_steps import read_protected_steps, usual_protected_steps


@pytest.mark.parametrize(
    ("step", "word", "kind"),
    [
        ("结果公示", "公示", "statutory"),
        ("施工许可双人复核", "双人复核", "four_eyes"),
        ("Public Notice in the gazette", "public notice", "statutory"),
        ("ＰＵＢＬＩＣ ＮＯＴＩＣＥ", "public notice", "statutory"),
    ],
)
def test_protected_by_a_word(step: str, word: str, kind: str) -> None:
    found = usual_protected_steps().protection(step)
    assert found is not None
    assert (found[0], found[1].kind) == (word, kind)
    assert found[1].reason.zh
    assert found[1].reason.en


@pytest.mark.parametrize("step", ["设立登记审核", "窗口受理", "Review of application"])
def test_others_are_open(step: str) -> None:
    assert usual_protected_steps().protection(step) is None


OWN = """
protected:
  - kind: statutory
    words: [设立登记审核]
    reason: {zh: 本地条例第三条。, en: Local regulation 3.}
not_protected: [公示材料整理]
"""


def test_a_planners_file_adds_and_lifts(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    steps = read_protected_steps(path)
    assert steps.protection("设立登记审核") is not None
    assert steps.protection("公示材料整理") is None
    assert steps.protection("结果公示") is not None


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("protected: [公示]", "protected.0"),
        ("protected:\n  - {kind: custom, words: [x], reason: {zh: x, en: x}}", "protected.0.kind"),
        ("protect: []", "protect"),
        ("[a, b]", "file"),
        ("protected: [", "YAML"),
    ],
)
def test_a_file_of_another_form_is_named(tmp_path: Path, text: str, field: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LogError, match="own") as caught:
        read_protected_steps(path)
    assert field in caught.value.text.en
    assert field in caught.value.text.zh


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="none"):
        read_protected_steps(tmp_path / "none.yaml")
