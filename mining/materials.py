"""Names of documents: which spellings mean the same paper.

"营业执照副本 (复印件) 2份" and "营业执照" are one document to the person who has to bring it. Without merging
spellings the duplicate rate of a log is understated; with too much merging documents that differ are called
duplicates. So only two kinds of merges are applied: those that take off the form and number of copies, and
those a planner wrote into an alias file. Names that merely look alike are proposed, never merged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from importlib import resources
from pathlib import Path

import yaml

from mining.errors import LogError

SIMILARITY_TO_PROPOSE = 0.75  # difflib ratio; an assumption, shown with each proposal
KIND_CHARACTERS = 2  # the last characters of a Chinese document name say what kind of paper it is

_COUNT = r"(?:\d+|[一二两三四五六七八九十]+)"
_COPIES = rf"(?:一式|各|共|x|×|\*)?\s*{_COUNT}\s*[份张套页]|一式{_COUNT}|[x×*]\s*{_COUNT}"
_LIST_NUMBER = re.compile(r"^\s*(?:\(\d{1,2}\)|\d{1,2}\s*[.、)](?!\d))\s*")
_BRACKETS = re.compile(r"[(\[{【〔<《「]([^()\[\]{}【】〔〕<>《》「」]*)[)\]}】〕>》」]")
_TITLE_MARKS = re.compile(r"[《》「」]")


@dataclass(frozen=True)
class ProposedMerge:
    """Two documents whose names look alike; a planner decides, nothing was merged."""

    name: str
    other: str
    similarity: float  # 0 to 1


@dataclass(frozen=True)
class MaterialNames:
    """Which written name stands for which document, and which documents may be one."""

    canonical: Mapping[str, str]  # name as written -> document
    proposed: tuple[ProposedMerge, ...] = ()

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents, sorted."""
        return tuple(sorted(set(self.canonical.values())))

    def spellings(self, document: str) -> tuple[str, ...]:
        """All written names of a document, sorted."""
        return tuple(sorted(name for name, to in self.canonical.items() if to == document))


def normalise_material_names(
    names: Iterable[str],
    aliases: Mapping[str, Iterable[str]] | None = None,
    issuers: Mapping[str, str] | None = None,
) -> MaterialNames:
    """Map each written name to its document.

    Two steps are applied: `plain_name`, then the aliases (document -> other names; the alias file that comes
    with the project where None). Names that are left and look alike are proposed as merges if they are the
    same kind of paper (equal last two characters) and, where `issuers` (written name -> issuer) knows both,
    of the same issuer. The result does not depend on the order of `names`.

    `normalise_material_names(["身份证复印件2份", "居民身份证（原件）"])` maps both to 居民身份证.
    Raises `LogError` if the aliases give one name to two documents.
    """
    lookup = _alias_lookup(aliases if aliases is not None else material_aliases())
    written = sorted(set(names))
    canonical = {name: lookup.get(plain_name(name), plain_name(name)) for name in written}
    issuer_of = {
        canonical[name]: issuer for name, issuer in sorted((issuers or {}).items()) if name in canonical
    }
    return MaterialNames(canonical, _similar(sorted(set(canonical.values())), issuer_of))


@lru_cache(maxsize=65_536)
def plain_name(name: str) -> str:
    """A name without width variants, case, list numbers, form of the paper and number of copies.

    A bracket disappears only if nothing but such words is in it: 身份证(法人) and 身份证(财务人员) stay two
    documents. If nothing would be left the name is kept as it is, folded.
    """
    folded = unicodedata.normalize("NFKC", name).casefold().strip()
    text = _TITLE_MARKS.sub("", _LIST_NUMBER.sub("", folded))
    text = _BRACKETS.sub(lambda match: _bracket(match.group(1)), text)
    return _without_forms(text) or folded


def _bracket(content: str) -> str:
    left = _without_forms(content)
    return f"({left})" if left else ""


def _without_forms(text: str) -> str:
    # only at the end: 必要 is a form in "申请表(必要)" and part of the name in "必要性论证报告"
    tail = _form_tail().search(text)
    return " ".join((text[: tail.start()] if tail else text).split())


@lru_cache(maxsize=1)
def _form_tail() -> re.Pattern[str]:
    document = _read_yaml("material_forms.yaml")
    words = sorted((str(word).casefold() for word in document["forms"]), key=lambda word: (-len(word), word))
    # an English word counts only as a whole: "scan" must not cut "catscan"
    parts = [rf"\b{re.escape(word)}" if word.isascii() else re.escape(word) for word in words]
    joiners = "|".join(re.escape(word) for word in document["joiners"])
    form = "|".join([*parts, _COPIES])
    return re.compile(rf"(?:{joiners})*(?:{form})(?:{joiners}|{form})*$")


def material_aliases() -> dict[str, tuple[str, ...]]:
    """The alias list that comes with the project (`mining/data/material_aliases.yaml`)."""
    return _checked_aliases(_read_yaml("material_aliases.yaml"), "material_aliases.yaml")


def read_material_aliases(path: Path) -> dict[str, tuple[str, ...]]:
    """A planner's own alias list: YAML, document -> list of other names; raises `LogError`."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        detail = " ".join(str(error).split())
        raise LogError(
            zh=f"{path.name}：无法读取材料别名文件（{detail}）。",
            en=f"{path.name}: the list of material names cannot be read ({detail}).",
        ) from error
    return _checked_aliases(document, path.name)


def _read_yaml(name: str) -> dict[str, list[str]]:
    text = resources.files("mining").joinpath("data", name).read_text(encoding="utf-8")
    document: dict[str, list[str]] = yaml.safe_load(text)
    return document


def _checked_aliases(document: object, source: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(document, dict):
        raise LogError(
            zh=f"{source}：应为“材料名: [别名, ...]”的映射，实际为 {type(document).__name__}。",
            en=f"{source}: expected a mapping 'document: [other names]', found {type(document).__name__}.",
        )
    aliases: dict[str, tuple[str, ...]] = {}
    for name, others in document.items():
        if not isinstance(others, list) or not all(isinstance(other, str) for other in others):
            raise LogError(
                zh=f"{source}：材料“{name}”的别名应为文字列表，实际为 {others!r}。",
                en=f"{source}: the other names of {name!r} must be a list of texts, found {others!r}.",
            )
        aliases[str(name)] = tuple(others)
    return aliases


def _alias_lookup(aliases: Mapping[str, Iterable[str]]) -> dict[str, str]:
    lookup: dict[str, str] = {}
    for document, others in aliases.items():
        for name in (document, *others):
            plain = plain_name(name)
            if lookup.setdefault(plain, document) != document:
                raise LogError(
                    zh=f"材料别名“{name}”同时属于“{lookup[plain]}”和“{document}”，只能属于一个。",
                    en=f"The material name {name!r} belongs to both {lookup[plain]!r} and {document!r}; "
                    "it can belong to one only.",
                )
    return lookup


def _similar(documents: list[str], issuer_of: Mapping[str, str]) -> tuple[ProposedMerge, ...]:
    kinds: dict[str, list[str]] = {}
    for document in documents:
        kinds.setdefault(document[-KIND_CHARACTERS:], []).append(document)
    found = []
    for alike in kinds.values():
        for index, name in enumerate(alike):
            for other in alike[index + 1 :]:
                if name in issuer_of and other in issuer_of and issuer_of[name] != issuer_of[other]:
                    continue
                ratio = SequenceMatcher(None, name, other, autojunk=False).ratio()
                if ratio >= SIMILARITY_TO_PROPOSE:
                    found.append(ProposedMerge(name, other, round(ratio, 3)))
    return tuple(sorted(found, key=lambda merge: (-merge.similarity, merge.name, merge.other)))
