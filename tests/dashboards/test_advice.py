"""A proposal whose lever cannot be simulated yet is shown as advice: no button, no crash."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from dashboards.evidence_words import lever_name
from dashboards.words import words


def _cards() -> None:
    from types import SimpleNamespace

    from dashboards.planner.finding_cards import show_findings
    from dashboards.words import words as words_of
    from mining.findings import Finding, Proposal
    from mining.text import Text, same

    def finding(title: str, *levers: str) -> Finding:
        return Finding(
            kind="test",
            title=same(title),
            where={},
            cases=1,
            share=None,
            hours_lost_per_year=None,
            evidence={},
            proposes=tuple(
                Proposal(lever=lever, parameters={}, caution=Text(zh="核实", en=f"check {lever}"))
                for lever in levers
            ),
        )

    report = SimpleNamespace(
        findings=(finding("one", "training", "no_such_lever"), finding("two", "remove_step", "training")),
        not_run=(),
    )
    show_findings(words_of("en"), None, report)  # type: ignore[arg-type]


def test_advice_has_no_button_and_the_rest_has_one() -> None:
    app = AppTest.from_function(_cards).run()
    assert not app.exception
    captions = [caption.value for caption in app.caption]
    advice = [text for text in captions if text.startswith("Advice")]
    assert advice == [
        "Advice, not simulated yet: Training, no such lever",
        "Advice, not simulated yet: Training",
    ]
    assert sum(text.startswith("Check first") for text in captions) == 4
    assert [button.label for button in app.button] == ["Try it: Remove a step"]


def test_a_lever_without_words_is_named_as_it_is() -> None:
    assert lever_name("no_such_lever", words("zh")) == "no such lever"
    assert lever_name("training", words("zh")) == "业务培训"
