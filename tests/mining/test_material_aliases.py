"""The alias file: what is accepted, what wins, what a bad file says; laws of putting lists on top."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.errors import LogError
from mining.material_aliases import MaterialAliases, project_aliases, read_aliases
from mining.plain_names import plain_name


def read(tmp_path: Path, text: str) -> MaterialAliases:
    path = tmp_path / "aliases.yaml"
    path.write_text(text, encoding="utf-8-sig")
    return read_aliases(path)


FILE = """
aliases:
  施工许可证: [施工证]
proposed:
  - {name: 场所证明, other: 场地证明, similarity: 0.83, accept: yes}
  - {name: 场地证明, other: 场所使用证明, similarity: 0.8, accept: yes}
  - {name: 施工许可证, other: 建筑工程施工许可证, accept: no}
different:
  - [申请表一, 申请表（二）]
"""


def test_only_what_was_accepted_is_merged(tmp_path: Path) -> None:
    own = read(tmp_path, FILE)
    assert own.groups == {"施工许可证": ("施工证",), "场所证明": ("场地证明", "场所使用证明")}
    assert own.document_of("场所使用证明（原件）") == "场所证明"
    assert own.document_of("建筑工程施工许可证") == "建筑工程施工许可证"
    assert own.different == frozenset({frozenset({"申请表一", "申请表(二)"})})
    assert own.source == "aliases.yaml"


def test_accepting_joins_whole_groups(tmp_path: Path) -> None:
    text = "aliases: {甲: [乙], 丙: [丁]}\nproposed: [{name: 丁, other: 乙, accept: yes}]"
    assert read(tmp_path, text).groups == {"丙": ("甲", "乙", "丁")}


def test_a_bare_mapping_is_a_list_of_aliases(tmp_path: Path) -> None:
    assert read(tmp_path, "施工许可证: [施工证]").groups == {"施工许可证": ("施工证",)}


def test_a_planners_file_goes_on_top_of_the_projects(tmp_path: Path) -> None:
    project = project_aliases()
    assert project.document_of("经营场所证明") == "住所证明"
    own = read(tmp_path, "aliases: {身份证: [居民身份证], 经营场所证明: []}")
    both = project.extended_by(own)
    # the project's group follows the document it belongs to; a name by itself is taken out
    assert both.document_of("二代身份证") == "身份证"
    assert both.document_of("经营场所证明") == "经营场所证明"
    assert both.document_of("住所使用证明") == "住所证明"
    assert both.source == "aliases.yaml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a", "expected a mapping"),
        ("aliases: [a]", "aliases must be a mapping"),
        ("aliases: {甲: 乙}", "other names of '甲'"),
        ("aliases: {甲: [丙], 乙: [丙]}", "both '甲' and '乙'"),
        ("proposed: {甲: 乙}", "proposed must be a list"),
        ("proposed: [甲]", "entry 1 of proposed needs name"),
        ("proposed: [{name: 甲, other: 乙, accept: perhaps}]", "accept of entry 1 of proposed is 'perhaps'"),
        ("different: [[甲]]", "entry 1 of different"),
        ("aliases: {", "cannot be read"),
    ],
)
def test_bad_files_say_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(LogError, match=message) as caught:
        read(tmp_path, text)
    assert any("\u4e00" <= char <= "\u9fff" for char in caught.value.in_language("zh"))


NAMES = ["甲证", "乙证", "丙证", "丁表", "戊表", "己书", "庚书"]


@st.composite
def alias_lists(draw: st.DrawFn) -> MaterialAliases:
    """Names dealt out to at most three groups; the first of each is its document."""
    dealt = draw(st.lists(st.integers(0, 3), min_size=len(NAMES), max_size=len(NAMES)))
    groups = [[name for name, group in zip(NAMES, dealt, strict=True) if group == n] for n in range(3)]
    groups = [draw(st.permutations(group)) for group in groups if group]
    return MaterialAliases({group[0]: tuple(group[1:]) for group in groups})


@given(alias_lists(), alias_lists())
def test_putting_a_list_on_top_twice_is_putting_it_once(base: MaterialAliases, own: MaterialAliases) -> None:
    once = base.extended_by(own)
    twice = once.extended_by(own)
    assert dict(once.lookup) == dict(twice.lookup)
    assert dict(base.extended_by(base).lookup) == dict(base.lookup)
    assert all(once.document_of(name) == own.document_of(name) for name in own.lookup)


@given(alias_lists(), alias_lists())
def test_what_is_one_document_stays_one_unless_the_top_takes_it_apart(
    base: MaterialAliases, own: MaterialAliases
) -> None:
    both = base.extended_by(own)
    for name in base.lookup:
        for other in base.lookup:
            if plain_name(name) in own.lookup or plain_name(other) in own.lookup:
                continue
            same = base.document_of(name) == base.document_of(other)
            assert not same or both.document_of(name) == both.document_of(other)
