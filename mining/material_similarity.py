"""Documents whose names look alike: candidates for a merge, for a planner to decide.

Similarity = mean of (1) shared tokens / tokens of the shorter name and (2) the difflib ratio of the tokens in
order. Tokens are characters of Chinese and words of other scripts. Never proposed, however alike:

- documents of different owners (法人身份证, 财务人员身份证) or of two kinds (application form, contract):
  `owners` and `kinds` in `material_forms.yaml`;
- names with different numbers (附表1, 附表2);
- documents of different issuers.

Measured on the project's own list of aliases (128 names of 28 documents; 266 pairs are one, 7,862 are two):
at 0.70 with these guards 97 % of the proposals are right and 67 % of the pairs are found; the plain difflib
ratio at 0.75 with "same last two characters" gave 79 % and 28 %.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

import numpy as np

from mining.data_files import project_file

SIMILARITY_TO_PROPOSE = 0.70  # an assumption, shown with each proposal
_ROWS_AT_ONCE = 512
_TOKENS = re.compile(r"[a-z]+|\d+|[^\W\da-z_]")
_NUMBERS = re.compile(r"\d+|[一二三四五六七八九十]+(?=[号类期级])")


@dataclass(frozen=True)
class ProposedMerge:
    """Two documents whose names look alike; a planner decides, nothing was merged."""

    name: str
    other: str
    similarity: float  # 0 to 1


def similarity(name: str, other: str) -> float:
    """How alike two names are, 0 to 1, see the module; symmetric."""
    one, two = _tokens(min(name, other)), _tokens(max(name, other))
    shorter = min(len(set(one)), len(set(two)))
    if shorter == 0:
        return 0.0
    shared = len(set(one) & set(two)) / shorter
    return (shared + SequenceMatcher(None, one, two, autojunk=False).ratio()) / 2


def similar_documents(documents: list[str], issuer_of: Mapping[str, str]) -> tuple[ProposedMerge, ...]:
    """All pairs of different documents that may be one, the most similar first."""
    found = []
    for name, other in _near_pairs(documents):
        if not may_be_one(name, other) or _issuers_differ(name, other, issuer_of):
            continue
        value = similarity(name, other)
        if value >= SIMILARITY_TO_PROPOSE:
            found.append(ProposedMerge(name, other, round(value, 3)))
    return tuple(sorted(found, key=lambda merge: (-merge.similarity, merge.name, merge.other)))


def may_be_one(name: str, other: str) -> bool:
    """Whether owner, kind of paper and numbers allow two names to be one document."""
    return (
        _owners(name) == _owners(other)
        and _NUMBERS.findall(name) == _NUMBERS.findall(other)
        and (
            None in (kind_of_paper(name), kind_of_paper(other)) or kind_of_paper(name) == kind_of_paper(other)
        )
    )


def _issuers_differ(name: str, other: str, issuer_of: Mapping[str, str]) -> bool:
    return name in issuer_of and other in issuer_of and issuer_of[name] != issuer_of[other]


@lru_cache(maxsize=65_536)
def _tokens(name: str) -> tuple[str, ...]:
    return tuple(_TOKENS.findall(name.casefold()))


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, str], dict[str, str]]:
    """Word of an owner -> owner, word of a kind -> kind; longest words first."""
    document = project_file("material_forms.yaml")

    def of(section: str, with_name: bool) -> dict[str, str]:
        pairs = [
            (str(word).casefold(), str(name))
            for name, words in document[section].items()
            for word in ([name, *words] if with_name else words)
        ]
        return dict(sorted(pairs, key=lambda pair: -len(pair[0])))

    return of("owners", True), of("kinds", False)


@lru_cache(maxsize=65_536)
def _owners(name: str) -> frozenset[str]:
    """Whose document it is, from all words the name holds; a word inside a longer one does not count."""
    found, rest = set(), name.casefold()
    for word, owner in _words()[0].items():
        if word in rest:
            found.add(owner)
            rest = rest.replace(word, " ")
    return frozenset(found)


@lru_cache(maxsize=65_536)
def kind_of_paper(name: str) -> str | None:
    """ "application", "contract", ... from the word a name ends with (`kinds`); None where it has none."""
    folded = name.casefold()
    return next((kind for word, kind in _words()[1].items() if folded.endswith(word)), None)


def _near_pairs(documents: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs whose shared tokens alone allow the similarity, by counting tokens of all pairs at once."""
    vocabulary = {token: n for n, token in enumerate({t for name in documents for t in _tokens(name)})}
    has = np.zeros((len(documents), len(vocabulary)), "float32")
    for row, name in enumerate(documents):
        has[row, [vocabulary[token] for token in _tokens(name)]] = 1
    different, length = has.sum(axis=1), np.array([len(_tokens(name)) for name in documents], "float32")
    for begin in range(0, len(documents), _ROWS_AT_ONCE):
        rows = slice(begin, begin + _ROWS_AT_ONCE)
        shared = has[rows] @ has.T
        shorter = np.maximum(np.minimum(different[rows, None], different), 1)
        # no ratio is above 2 x shorter length / both lengths
        ratio = 2 * np.minimum(length[rows, None], length) / np.maximum(length[rows, None] + length, 1)
        near = (shared / shorter + np.minimum(ratio, 1)) / 2 >= SIMILARITY_TO_PROPOSE
        for row, column in np.argwhere(near):
            if begin + row < column:
                yield documents[begin + row], documents[column]
