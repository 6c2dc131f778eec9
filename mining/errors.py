"""Errors a user can act on. Everything else travels unchanged.

An error says where (file, row or field), what was found and what is allowed. The command line turns an
`OnewindowError` into one sentence on stderr and exit code 2; the dashboard shows it in a box.
"""

from __future__ import annotations

from mining.text import Language, Text


class OnewindowError(Exception):
    """Base of all errors meant for the user; holds the sentence in both languages."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh=zh, en=en)

    def in_language(self, language: Language) -> str:
        """The sentence in `language`."""
        return self.text.in_language(language)

    def __reduce__(self) -> tuple[object, ...]:
        # keyword-only arguments do not survive the default pickling, and errors cross process pools
        return (_rebuild, (type(self), self.text.zh, self.text.en))


def _rebuild(kind: type[OnewindowError], zh: str, en: str) -> OnewindowError:
    return kind(zh=zh, en=en)


class LogError(OnewindowError):
    """A log that cannot be read, or cannot be read in one way only."""


class MissingColumnsError(LogError):
    """A measure needs columns the log does not have."""


class FieldError(ValueError):
    """A field of a document (a calendar, a model, a scenario) that makes no sense, told in both languages.

    A validator raises it; whoever reads the document adds file and field and raises an `OnewindowError`.
    """

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh=zh, en=en)


class CalendarError(OnewindowError):
    """A working calendar that makes no sense, or a moment outside of its reach."""
