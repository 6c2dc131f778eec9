"""What a diagnostic looks for, told once: the registry, the documents and the screens read it from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from pydantic import JsonValue

from mining.event_log import EventLog
from mining.findings import Finding
from mining.text import Language, Text
from mining.working_time import WorkingCalendar

Find = Callable[[EventLog, WorkingCalendar], list[Finding]]


@dataclass(frozen=True)
class Definition:
    """The definition of one diagnostic, as a planner reads it.

    `ids` are its numbers in the catalogue (D1 to D25) or () for one of our own. `kinds` are the kinds of
    finding it makes. `needs` names the columns it cannot do without, "TABLE.COLUMN" for tables other than
    the events and "A or B" where one is enough; `better_with` those that sharpen it. `alarm` says from which
    level on it reports, with the constants of the module in it; `assumed` whether that level is an
    assumption. `proposes` are levers of `simulation.redesign` (also those still to come) or () for none.
    `example` is a worked one of three lines at most.
    """

    ids: tuple[str, ...]
    name: Text
    kinds: tuple[str, ...]
    definition: Text
    formula: Text
    needs: tuple[str, ...]
    alarm: Text
    hours: Text  # whose hours are counted as lost, and how
    example: Text
    better_with: tuple[str, ...] = ()
    assumed: bool = True
    proposes: tuple[str, ...] = ()

    def to_json(self, language: Language) -> dict[str, JsonValue]:
        """All of it, texts in one language."""
        return {field.name: _plain(getattr(self, field.name), language) for field in fields(self)}


def _plain(value: object, language: Language) -> JsonValue:
    if isinstance(value, Text):
        return value.in_language(language)
    return [str(each) for each in value] if isinstance(value, tuple) else bool(value)


@dataclass(frozen=True)
class Diagnostic:
    """A definition and the function that looks for it."""

    definition: Definition
    find: Find
