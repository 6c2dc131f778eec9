"""The timelines of docs/how-the-simulation-works.md are what the engine does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

PAGE = Path(__file__).parents[3] / "docs" / "how-the-simulation-works.md"
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
EXAMPLE = re.compile(r"```yaml\n(.*?)```\n```text\n(.*?)```", re.DOTALL)


def _examples() -> list[tuple[str, str, str]]:
    """(heading, hall, timeline) of every example on the page."""
    text = PAGE.read_text(encoding="utf-8")
    headings = [(match.start(), match.group(1)) for match in HEADING.finditer(text)]
    found = []
    for match in EXAMPLE.finditer(text):
        heading = [name for start, name in headings if start < match.start()][-1]
        found.append((heading, match.group(1), match.group(2)))
    return found


EXAMPLES = _examples()


def test_no_example_is_overlooked():
    text = PAGE.read_text(encoding="utf-8")
    assert len(EXAMPLES) == text.count("```yaml") == text.count("```text") >= 12
    rules = HEADING.findall(text)
    assert {heading for heading, _, _ in EXAMPLES} >= set(rules[:-1])  # the last is about chance
    assert all(" / " in rule for rule in rules)  # in both languages


@pytest.mark.parametrize(("heading", "hall", "expected"), EXAMPLES, ids=[e[0][:3] for e in EXAMPLES])
def test_the_engine_does_what_the_page_says(timeline, heading, hall, expected):
    document = yaml.safe_load(hall)
    come = document["come"]
    more = {name: document[name] for name in ("days", "seed", "through", "slots") if name in document}
    assert timeline(document, come, **more) == expected.splitlines()
