"""Each kind of finding is in one family, all kinds of a diagnostic in the same."""

from __future__ import annotations

from mining.diagnostics.families import FAMILIES, all_kinds, family_of, family_of_definition
from mining.diagnostics.registry import definitions


def test_every_kind_is_in_one_family():
    listed = [kind for kinds in FAMILIES.values() for kind in kinds]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(all_kinds())


def test_kinds_of_one_diagnostic_stand_together():
    for definition in definitions():
        assert {family_of(kind) for kind in definition.kinds} == {family_of_definition(definition)}
