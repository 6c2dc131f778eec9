"""What the name of a step says about it: the editable word lists of `mining/data/step_words.yaml`."""

from __future__ import annotations

from typing import Literal

from mining.diagnostics.word_lists import holds, word_lists
from mining.text import folded

_WORDS = "step_words.yaml"
Check = Literal["identity", "documents", "seal"]
CHECKS: tuple[Check, ...] = ("identity", "documents", "seal")


def is_pick_up(step: str) -> bool:
    """Whether all that happens at a step is that the applicant collects a document."""
    return _names(step, "pick_up")


def is_question(step: str) -> bool:
    """Whether all that happens at a step is that the applicant asks something."""
    return _names(step, "question")


def _names(step: str, kind: str) -> bool:
    return any(holds(folded(step), word) for word in word_lists(_WORDS)[kind])


def check_at(step: str) -> Check | None:
    """The check a step does of which one is enough for all departments, or None."""
    return next((check for check in CHECKS if _names(step, f"same_check_{check}")), None)


def outcome_in_name(step: str) -> tuple[str, bool] | None:
    """(the decision without its outcome, whether it passed), where the name tells an outcome; else None.

    "Declaration REJECTED by SUPERVISOR" -> ("declaration * by supervisor", False).
    """
    name = folded(step)
    for kind, passed in (("not_passed", False), ("passed", True)):
        for word in sorted(word_lists(_WORDS)[kind], key=len, reverse=True):
            if holds(name, word):
                return name.replace(word, "*"), passed
    return None
