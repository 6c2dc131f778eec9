"""Word lists a planner can edit: `mining/data/*_words.yaml`."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

import yaml

from mining.text import folded

__all__ = ["folded", "holds", "word_lists"]


@lru_cache(maxsize=8)
def word_lists(file_name: str) -> dict[str, tuple[str, ...]]:
    """The lists of one file of `mining/data`: name of the list -> words, folded."""
    text = resources.files("mining").joinpath("data", file_name).read_text(encoding="utf-8")
    return {
        str(kind): tuple(folded(str(word)) for word in found) for kind, found in yaml.safe_load(text).items()
    }


def holds(folded_name: str, word: str) -> bool:
    """Whether a name holds a word: "check" is not in "checkout", but Chinese has no spaces between words."""
    return re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", folded_name) is not None
