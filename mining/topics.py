"""Topics (一件事): which items belong to one matter of one applicant, by words in their names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mining.data_files import own_file, project_file
from mining.errors import LogError
from mining.text import Text

PROJECT_FILE = "topics.yaml"


@dataclass(frozen=True)
class Topics:
    """Topic -> words of the items that belong to it, in the order of the file."""

    words: Mapping[str, tuple[str, ...]]
    source: str

    def of_item(self, item: str) -> tuple[str, ...]:
        """The topics an item belongs to, in the order of the file; the words count in any width and case."""
        name = _folded(item)
        return tuple(
            topic for topic, words in self.words.items() if any(_folded(word) in name for word in words)
        )


def project_topics() -> Topics:
    """The list that comes with the project (`mining/data/topics.yaml`), an assumption."""
    return _checked(project_file(PROJECT_FILE), PROJECT_FILE)


def read_topics(path: Path) -> Topics:
    """A planner's own list: YAML, `topics:` topic -> list of words; raises `LogError`."""
    return _checked(own_file(path, Text(zh="一件事清单", en="the list of topics")), path.name)


def _checked(document: object, source: str) -> Topics:
    topics = document.get("topics") if isinstance(document, Mapping) else None
    if not isinstance(topics, Mapping):
        raise LogError(
            zh=f"{source}：应有 topics:，其下为“一件事: [事项词, ...]”；实际为 {type(document).__name__}。",
            en=f"{source}: expected topics: with 'topic: [words of items]', found {type(document).__name__}.",
        )
    return Topics({str(name): _words(str(name), words, source) for name, words in topics.items()}, source)


def _words(topic: str, words: object, source: str) -> tuple[str, ...]:
    if not isinstance(words, Iterable) or isinstance(words, str | Mapping):
        raise LogError(
            zh=f"{source}：一件事“{topic}”应为事项词的列表，实际为 {words!r}。",
            en=f"{source}: topic {topic!r} must be a list of words, found {words!r}.",
        )
    found = tuple(str(word) for word in words)
    if not found or any(not _folded(word) for word in found):
        raise LogError(
            zh=f"{source}：一件事“{topic}”至少要有一个非空的事项词。",
            en=f"{source}: topic {topic!r} needs at least one word, and no empty ones.",
        )
    return found


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
