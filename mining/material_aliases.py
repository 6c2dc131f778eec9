"""Which names stand for one document: the project's list, and the file a planner edits.

    aliases:
      居民身份证: [身份证, 二代身份证]        # the first name is shown, those in the list are merged into it
    proposed:                                # nothing here is merged until accept says yes
      - {name: 场所证明, other: 场地证明, similarity: 0.83, accept: no}
    different:                               # never propose these as one again
      - [法人身份证, 负责人身份证]

A file that is a bare mapping `document: [other names]` is read as `aliases`. A planner's file goes on top of
the project's list: a name it has goes where the file says, `名称: []` keeps a name by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from mining.data_files import own_file, project_file
from mining.errors import LogError
from mining.plain_names import plain_name
from mining.text import Text

PROJECT_LIST = "material_aliases.yaml"
_SECTIONS = {"aliases", "proposed", "different"}
Pair = frozenset[str]


@dataclass(frozen=True)
class MaterialAliases:
    """Document -> other names for it, and pairs of documents that are two whatever they look like."""

    groups: Mapping[str, tuple[str, ...]]
    different: frozenset[Pair] = field(default_factory=frozenset)
    source: str = PROJECT_LIST

    @cached_property
    def lookup(self) -> Mapping[str, str]:
        """Plain name -> document; raises `LogError` where one name is given to two documents."""
        found: dict[str, str] = {}
        for document, others in self.groups.items():
            for name in (document, *others):
                plain = plain_name(name)
                if found.setdefault(plain, document) != document:
                    raise LogError(
                        zh=f"材料别名“{name}”同时属于“{found[plain]}”和“{document}”，只能属于一个。",
                        en=f"The material name {name!r} belongs to both {found[plain]!r} and {document!r}; "
                        "it can belong to one only.",
                    )
        return found

    def document_of(self, name: str) -> str:
        """The document a written name stands for; the plain name itself where no list knows it."""
        plain = plain_name(name)
        return self.lookup.get(plain, plain)

    def extended_by(self, own: MaterialAliases) -> MaterialAliases:
        """These with `own` on top: a name goes where `own` says, else where these say; a document of these
        that `own` knows goes where it says too. Extending twice by the same is extending once."""
        names = [*(name for group in (self, own) for d, o in group.groups.items() for name in (d, *o))]
        groups: dict[str, list[str]] = {}
        for name in dict.fromkeys(names):
            document = own.lookup.get(plain_name(name))
            if document is None:
                document = self.document_of(name)
                document = own.lookup.get(plain_name(document), document)
            members = groups.setdefault(document, [])
            if name != document:
                members.append(name)
        merged = {document: tuple(others) for document, others in groups.items()}
        return MaterialAliases(merged, self.different | own.different, own.source)


@lru_cache(maxsize=1)
def project_aliases() -> MaterialAliases:
    """The list that comes with the project (`mining/data/material_aliases.yaml`)."""
    return MaterialAliases(_checked_groups(project_file(PROJECT_LIST), PROJECT_LIST))


def read_aliases(path: Path) -> MaterialAliases:
    """A planner's own file, not yet on top of the project's list; raises `LogError` naming the entry."""
    document = own_file(path, Text(zh="材料别名文件", en="the list of material names"))
    if not isinstance(document, Mapping):
        raise LogError(
            zh=f"{path.name}：应为“材料名: [别名, ...]”的映射，实际为 {type(document).__name__}。",
            en=f"{path.name}: expected a mapping 'document: [other names]', found {type(document).__name__}.",
        )
    if not set(document) <= _SECTIONS or not document:
        return _checked(MaterialAliases(_checked_groups(document, path.name), source=path.name))
    groups = _checked_groups(document.get("aliases") or {}, path.name)
    _checked(MaterialAliases(groups))
    accepted = _accepted(document.get("proposed") or [], path.name)
    different = _different(document.get("different") or [], path.name)
    return _checked(MaterialAliases(_joined(groups, accepted), different, path.name))


def _checked(aliases: MaterialAliases) -> MaterialAliases:
    _ = aliases.lookup
    return aliases


def _checked_groups(document: object, source: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(document, Mapping):
        raise LogError(
            zh=f"{source}：aliases 应为“材料名: [别名, ...]”的映射，实际为 {type(document).__name__}。",
            en=f"{source}: aliases must be a mapping 'document: [other names]', "
            f"found {type(document).__name__}.",
        )
    groups: dict[str, tuple[str, ...]] = {}
    for name, others in document.items():
        if not isinstance(others, list) or not all(isinstance(other, str) for other in others):
            raise LogError(
                zh=f"{source}：材料“{name}”的别名应为文字列表，实际为 {others!r}。",
                en=f"{source}: the other names of {name!r} must be a list of texts, found {others!r}.",
            )
        groups[str(name)] = tuple(others)
    return groups


def _accepted(proposed: object, source: str) -> list[tuple[str, str]]:
    """The proposed merges a planner accepted, as (name, other)."""
    accepted = []
    for number, entry in enumerate(_listed(proposed, "proposed", source), start=1):
        if not isinstance(entry, Mapping) or not {"name", "other"} <= set(entry):
            raise LogError(
                zh=f"{source}：proposed 第 {number} 项应有 name、other、accept，实际为 {entry!r}。",
                en=f"{source}: entry {number} of proposed needs name, other and accept, found {entry!r}.",
            )
        accept = entry.get("accept", False)
        if not isinstance(accept, bool):
            raise LogError(
                zh=f"{source}：proposed 第 {number} 项的 accept 为 {accept!r}，应为 yes 或 no。",
                en=f"{source}: accept of entry {number} of proposed is {accept!r}; yes or no is expected.",
            )
        if accept:
            accepted.append((str(entry["name"]), str(entry["other"])))
    return accepted


def _different(entries: object, source: str) -> frozenset[Pair]:
    pairs = []
    for number, entry in enumerate(_listed(entries, "different", source), start=1):
        if not isinstance(entry, list) or len(entry) != 2:
            raise LogError(
                zh=f"{source}：different 第 {number} 项应为两个材料名，实际为 {entry!r}。",
                en=f"{source}: entry {number} of different must be two names, found {entry!r}.",
            )
        pairs.append(frozenset(plain_name(str(name)) for name in entry))
    return frozenset(pairs)


def _listed(entries: object, section: str, source: str) -> list[object]:
    if isinstance(entries, list):
        return entries
    raise LogError(
        zh=f"{source}：{section} 应为列表，实际为 {type(entries).__name__}。",
        en=f"{source}: {section} must be a list, found {type(entries).__name__}.",
    )


def _joined(
    groups: Mapping[str, tuple[str, ...]], accepted: Iterable[tuple[str, str]]
) -> dict[str, tuple[str, ...]]:
    """Groups with the accepted merges: the second document of each becomes another name of the first."""
    document_of = {name: document for document, others in groups.items() for name in (document, *others)}
    into: dict[str, str] = {}

    def root(name: str) -> str:
        document = document_of.get(name, name)
        while document in into:
            document = into[document]
        return document

    for name, other in accepted:
        one, two = root(name), root(other)
        if one != two:
            into[two] = one
    joined: dict[str, list[str]] = {}
    names = [*document_of, *(name for pair in accepted for name in pair)]
    for name in dict.fromkeys(names):
        members = joined.setdefault(root(name), [])
        if name != root(name):
            members.append(name)
    return {document: tuple(others) for document, others in joined.items()}
