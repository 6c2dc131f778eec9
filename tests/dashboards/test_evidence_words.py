"""Every key a finding of the sample carries has words in both languages."""

from __future__ import annotations

import pytest

from dashboards.evidence_words import evidence_facts
from dashboards.words import words
from mining.case_time_parts import Part
from mining.diagnostics import find_all
from mining.diagnostics.queues import SERVICE_LEVELS_MINUTES
from mining.reading import read_event_log
from mining.text import Language
from mining.waiting_causes import Cause
from sample_logs import generate_sample


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    files = generate_sample("A", tmp_path_factory.mktemp("sample"), days=45)
    return find_all(read_event_log(files.events, materials=files.materials))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_key_of_a_finding_has_words(findings, language: Language) -> None:
    w = words(language)
    keys = {
        key.removesuffix("_low").removesuffix("_high")
        for finding in findings
        for part in (finding.where, finding.evidence, *(each.parameters for each in finding.proposes))
        for key in part
    }
    assert len(keys) > 30
    assert [key for key in sorted(keys) if not w.has(f"evidence_{key}")] == []


def test_an_interval_stands_beside_its_value() -> None:
    facts = evidence_facts({"cases": 40, "share": 0.5, "share_low": 0.4, "share_high": 0.6}, words("en"))
    assert [value for _, value in facts][1].startswith("50.0%")
    assert "40.0%" in facts[1][1]
    assert "60.0%" in facts[1][1]
    assert len(facts) == 2


def test_values_that_are_our_words_are_told_in_words_and_names_of_the_log_are_not() -> None:
    facts = evidence_facts({"quality": "bad_reviews", "period_is": "week", "step": "returns"}, words("zh"))
    assert [value for _, value in facts] == ["差评", "周", "returns"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_names_built_from_lists_have_words(language: Language) -> None:
    names = [cause.name.lower() for cause in Cause] + [part.name.lower() for part in Part]
    keys = [
        *names,
        *(f"{name}_share" for name in names),
        *(f"called_within_{minutes}_minutes_share" for minutes in SERVICE_LEVELS_MINUTES),
        *("response_minutes_mean", "service_minutes_mean"),
        *("leading_cause_share", "flow_efficiency_share", "queue_wait_minutes_p90"),
    ]
    assert [key for key in keys if not words(language).has(f"evidence_{key}")] == []
