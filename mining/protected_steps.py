"""Protected steps (受保护的环节): what no finding proposes to remove, to merge or to put elsewhere.

The lists are `mining/data/protected_steps.yaml` and, in addition, a file of the planner's in the same form. A
step is protected if its name holds one of the words of a rule, and none of `not_protected`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from mining.errors import LogError
from mining.text import Text, folded


class ProtectionRule(BaseModel):
    """Words in names of steps, and why such a step is protected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["statutory", "four_eyes"]
    words: tuple[str, ...]
    reason: Text


class ProtectedSteps(BaseModel):
    """Rules in the order in which they are asked, and words that lift them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    protected: tuple[ProtectionRule, ...] = ()
    not_protected: tuple[str, ...] = ()

    def protection(self, step: str) -> tuple[str, ProtectionRule] | None:
        """The first word that protects a step, with its rule; None for a step open to proposals."""
        name = folded(step)
        if any(folded(word) in name for word in self.not_protected):
            return None
        return next(
            ((word, rule) for rule in self.protected for word in rule.words if folded(word) in name), None
        )

    def and_also(self, other: ProtectedSteps) -> ProtectedSteps:
        """The rules of both; what one lifts is lifted."""
        return ProtectedSteps(
            protected=(*self.protected, *other.protected),
            not_protected=(*self.not_protected, *other.not_protected),
        )


@lru_cache(maxsize=1)
def usual_protected_steps() -> ProtectedSteps:
    """The list that comes with the project."""
    text = resources.files("mining").joinpath("data", "protected_steps.yaml").read_text(encoding="utf-8")
    return ProtectedSteps.model_validate(yaml.safe_load(text))


def read_protected_steps(path: str | Path) -> ProtectedSteps:
    """The usual list and, in addition, a planner's file.

    Raises `LogError` for a file that cannot be read or has another form, naming the field.
    """
    path = Path(path)
    document = _load(path)
    try:
        own = ProtectedSteps.model_validate(document)
    except ValidationError as problem:
        first = problem.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "file"
        raise LogError(
            zh=f"{path.name}：字段 {field} 不合要求（{first['msg']}）；应为 protected: "
            "[{kind: statutory 或 four_eyes, words: [...], reason: {zh: ..., en: ...}}]，可加 not_protected: "
            "[...]。",
            en=f"{path.name}: field {field}: {first['msg']}; the form is protected: "
            "[{kind: statutory or four_eyes, words: [...], reason: {zh: ..., en: ...}}], "
            "and not_protected: [...].",
        ) from None
    return usual_protected_steps().and_also(own)


def _load(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        raise LogError(
            zh=f"{path.name}：受保护环节的文件无法打开（{problem.strerror}）。",
            en=f"{path.name}: the file of protected steps cannot be opened ({problem.strerror}).",
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        reason = " ".join(str(problem).split())
        raise LogError(
            zh=f"{path.name}：受保护环节的文件不是有效的 UTF-8 YAML（{reason}）。",
            en=f"{path.name}: the file of protected steps is not valid YAML in UTF-8 ({reason}).",
        ) from None
