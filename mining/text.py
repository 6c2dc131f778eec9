"""One user-facing sentence in Chinese and English.

Findings and errors are written where they are known (deep in mining or simulation) and read where a
person is (a screen, a terminal). `Text` carries both languages between the two, so that no layer below
the screens has to know which one is shown.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from pydantic import BaseModel, ConfigDict

Language = Literal["zh", "en"]


class Text(BaseModel):
    """A sentence or a name in Chinese (`zh`) and English (`en`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """The text in `language`."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return self.en


def folded(text: str) -> str:
    """Text without differences of width and case."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def same(text: str) -> Text:
    """A text that reads the same in both languages: a name from a log, a number."""
    return Text(zh=text, en=text)
