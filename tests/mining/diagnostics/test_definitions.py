"""Every diagnostic has a whole definition in both languages, and every finding keeps to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from mining.diagnostics import definitions, find_all
from mining.diagnostics.definition import Definition
from mining.event_log import (
    CASE_COLUMNS,
    EVENT_COLUMNS,
    MATERIAL_COLUMNS,
    MORE_TABLES,
    EventLog,
)
from mining.findings import Finding
from mining.text import Text

TABLES = {"events": EVENT_COLUMNS, "cases": CASE_COLUMNS, "materials": MATERIAL_COLUMNS, **MORE_TABLES}
IDS = re.compile(r"D(?:[1-9]|1\d|2[0-5])b?")


@pytest.mark.parametrize("definition", definitions(), ids=lambda definition: definition.kinds[0])
class TestDefinition:
    def test_is_whole_in_both_languages(self, definition: Definition) -> None:
        texts = [value for value in vars(definition).values() if isinstance(value, Text)]
        assert len(texts) == 6
        for text in texts:
            assert text.zh.strip(), text
            assert text.en.strip(), text
            assert re.search(r"[\u4e00-\u9fff]", text.zh), text
            assert not re.search(r"[\u4e00-\u9fff]{8,}", text.en), text

    def test_names_real_columns(self, definition: Definition) -> None:
        for need in (*definition.needs, *definition.better_with):
            for column in need.split(" or "):
                table, _, name = column.rpartition(".")
                assert name in TABLES[table or "events"], column

    def test_has_kinds_and_numbers_of_the_catalogue(self, definition: Definition) -> None:
        assert definition.kinds
        assert all(IDS.fullmatch(number) for number in definition.ids)


def test_the_whole_catalogue_is_covered() -> None:
    numbers = {number for definition in definitions() for number in definition.ids}
    assert {f"D{number}" for number in range(1, 26)} | {"D6b"} == numbers


def test_every_kind_belongs_to_one_definition() -> None:
    kinds = Counter(kind for definition in definitions() for kind in definition.kinds)
    assert {kind for kind, n in kinds.items() if n > 1} == set()


def check_finding(finding: Finding) -> None:
    """What every finding must keep to."""
    owners = [definition for definition in definitions() if finding.kind in definition.kinds]
    assert len(owners) == 1, finding.kind
    assert {proposal.lever for proposal in finding.proposes} <= set(owners[0].proposes), finding.kind
    effect = finding.effect
    assert effect is not None, finding.kind
    assert effect.n > 0, finding.kind
    assert 0 < effect.level < 1
    assert (effect.low is None) == (effect.high is None), finding.kind
    if effect.low is not None and effect.high is not None:
        assert effect.low <= effect.value <= effect.high, (finding.kind, effect)
    parts = [finding.citizen_hours_lost_per_year, finding.official_hours_lost_per_year]
    known = [part for part in parts if part is not None]
    assert all(part >= 0 for part in known), finding.kind
    if known:
        assert finding.hours_lost_per_year == pytest.approx(sum(known), abs=0.051), finding.kind
    else:
        assert finding.hours_lost_per_year is None, finding.kind
    assert finding.cases > 0
    assert finding.share is None or 0 <= finding.share <= 1


@pytest.fixture(scope="module", params=["A", "B", "C", "D", "E"])
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> EventLog:
    from mining.reading import read_event_log
    from sample_logs.generate import generate_sample

    folder = tmp_path_factory.mktemp(request.param)
    files = generate_sample(request.param, folder, days=45, seed=1)
    return read_event_log(Path(files.events), materials=files.materials)


def test_findings_of_the_samples_keep_to_their_definitions(sample: EventLog) -> None:
    findings = find_all(sample)
    assert findings
    for finding in findings:
        check_finding(finding)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "file_name", ["receipt.xes.gz", "BPIC2020_DomesticDeclarations.xes.gz", "BPIC13_incidents.xes.gz"]
)
def test_findings_of_real_logs_do_too(real_log: Callable[[str], EventLog], file_name: str) -> None:
    findings = find_all(real_log(file_name))
    assert findings
    for finding in findings:
        check_finding(finding)
