"""Names that look alike: by hand, the guards, and how right the proposals are on the project's list."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.material_aliases import project_aliases
from mining.material_similarity import (
    SIMILARITY_TO_PROPOSE,
    may_be_one,
    similar_documents,
    similarity,
)
from mining.plain_names import plain_name


def test_similarity_by_hand() -> None:
    # all 3 characters of the shorter are in the longer, in order 2 * 3 / 8
    assert similarity("身份证", "居民身份证") == (1 + 6 / 8) / 2
    # words, not letters: two of two, 2 * 2 / 5
    assert similarity("id card", "copy of id card"[5:]) == pytest.approx((1 + 4 / 5) / 2)
    assert similarity("甲", "乙") == 0
    assert similarity("", "甲") == 0


@pytest.mark.parametrize(
    ("name", "other", "possible"),
    [
        ("法人身份证", "财务人员身份证", False),  # two owners
        ("法定代表人身份证", "法人身份证", True),  # one owner
        ("身份证", "法人身份证", False),
        ("设立登记申请书", "设立登记申请表", True),  # one kind
        ("买卖合同", "买卖申请书", False),
        ("住所证明", "住所使用证明", True),
        ("附表1", "附表2", False),
        ("一类器械备案", "二类器械备案", False),
    ],
)
def test_owner_kind_and_number_tell_documents_apart(name: str, other: str, possible: bool) -> None:
    assert may_be_one(name, other) is possible
    assert may_be_one(other, name) is possible


def test_proposals_on_the_projects_own_list_are_right() -> None:
    document = {plain_name(n): d for d, o in project_aliases().groups.items() for n in (d, *o)}
    names = sorted(document)
    proposed = similar_documents(names, {})
    right = sum(document[merge.name] == document[merge.other] for merge in proposed)
    pairs = sum(document[a] == document[b] for a, b in combinations(names, 2))
    assert right / len(proposed) > 0.95
    assert right / pairs > 0.6


@given(st.lists(st.text("甲乙丙丁证表1a ", max_size=6), max_size=9, unique=True))
def test_counting_tokens_first_misses_no_pair(names: list[str]) -> None:
    expected = {
        (a, b)
        for a, b in combinations(names, 2)
        if may_be_one(a, b) and similarity(a, b) >= SIMILARITY_TO_PROPOSE
    }
    assert {(merge.name, merge.other) for merge in similar_documents(names, {})} == expected


@given(st.text(max_size=8), st.text(max_size=8))
def test_similarity_is_symmetric_and_a_share(name: str, other: str) -> None:
    assert similarity(name, other) == similarity(other, name)
    assert 0 <= similarity(name, other) <= 1
