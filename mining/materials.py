"""Names of documents: which spellings mean the same paper.

"营业执照副本 (复印件) 2份" and "营业执照" are one document to the person who has to bring it. Without merging
spellings the duplicate rate of a log is understated; with too much merging documents that differ are called
duplicates. So only two kinds of merges are applied: those that take off the form and number of copies, and
those a planner wrote into an alias file. Names that merely look alike are proposed, never merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mining.material_aliases import MaterialAliases, project_aliases, read_aliases
from mining.material_similarity import ProposedMerge, similar_documents
from mining.plain_names import plain_name

__all__ = [
    "MaterialNames",
    "ProposedMerge",
    "document_names",
    "material_aliases",
    "normalise_material_names",
    "plain_name",
    "read_material_aliases",
]

Aliases = MaterialAliases | Mapping[str, Iterable[str]]


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
    aliases: Aliases | None = None,
    issuers: Mapping[str, str] | None = None,
) -> MaterialNames:
    """Map each written name to its document.

    Two steps are applied: `plain_name`, then the aliases (document -> other names; the list that comes with
    the project where None). Names that are left and look alike (`material_similarity`) are proposed as
    merges, unless `issuers` (written name -> issuer) says they are of two issuers or the aliases say they
    are different. The result does not depend on the order of `names`.

    `normalise_material_names(["身份证复印件2份", "居民身份证（原件）"])` maps both to 居民身份证.
    Raises `LogError` if the aliases give one name to two documents.
    """
    known = _value(aliases)
    canonical = document_names(names, known)
    issuer_of = {
        canonical[name]: issuer for name, issuer in sorted((issuers or {}).items()) if name in canonical
    }
    proposed = similar_documents(sorted(set(canonical.values())), issuer_of)
    kept = tuple(merge for merge in proposed if not _told_apart(merge, known))
    return MaterialNames(canonical, kept)


def document_names(names: Iterable[str], aliases: Aliases | None = None) -> dict[str, str]:
    """Written name -> document, without looking for names that are alike."""
    known = _value(aliases)
    return {name: known.document_of(name) for name in sorted(set(names))}


def material_aliases() -> dict[str, tuple[str, ...]]:
    """The alias list that comes with the project (`mining/data/material_aliases.yaml`)."""
    return dict(project_aliases().groups)


def read_material_aliases(path: Path) -> dict[str, tuple[str, ...]]:
    """The groups of a planner's own alias file, by itself; raises `LogError`."""
    return dict(read_aliases(path).groups)


def _value(aliases: Aliases | None) -> MaterialAliases:
    if aliases is None:
        return project_aliases()
    if isinstance(aliases, MaterialAliases):
        return aliases
    return MaterialAliases({document: tuple(others) for document, others in aliases.items()})


def _told_apart(merge: ProposedMerge, aliases: MaterialAliases) -> bool:
    return frozenset((plain_name(merge.name), plain_name(merge.other))) in aliases.different
