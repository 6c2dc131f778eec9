"""What to export: the usual header of each column and the system that has it.

The table is `mining/data/column_sources.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import yaml

from mining.event_log import EventLog, holds
from mining.text import Text


@dataclass(frozen=True)
class ColumnSource:
    """Where a column comes from: the system, its headers there, and what it holds."""

    column: str  # "TABLE.COLUMN"
    system: Text
    headers: tuple[str, ...]
    meaning: str  # English; the Chinese headers speak for themselves


@lru_cache(maxsize=1)
def column_sources() -> dict[str, ColumnSource]:
    """All columns of the file, by "TABLE.COLUMN" ("events.ts_ticket")."""
    text = resources.files("mining").joinpath("data", "column_sources.yaml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    systems = {name: Text.model_validate(both) for name, both in document["systems"].items()}
    return {
        column: ColumnSource(column, systems[system], tuple(headers), meaning)
        for column, (system, headers, meaning) in document["columns"].items()
    }


def full_name(column: str) -> str:
    """ "ts_ticket" is "events.ts_ticket": columns without a table are those of the events."""
    return column if "." in column else f"events.{column}"


def missing_needs(log: EventLog, needs: Iterable[str]) -> tuple[str, ...]:
    """Of needs as a `Definition` has them ("dept", "place or channel"), those no column of the log meets.

    `activity` as an alternative (results told by the names of steps) is not counted: every log has it.
    """

    def known(column: str) -> bool:
        table, _, name = full_name(column).partition(".")
        return holds(getattr(log, table), name)

    def met(need: str) -> bool:
        columns = need.split(" or ")
        return any(known(column) for column in columns if len(columns) == 1 or column != "activity")

    return tuple(need for need in needs if not met(need))


def how_to_export(needs: Iterable[str]) -> Text:
    """One sentence: which headers to export from which systems; needs as a `Definition` has them."""
    zh, en = [], []
    for need in needs:
        sources = [
            column_sources()[full_name(column)] for column in need.split(" or ") if column != "activity"
        ]
        zh.append(" 或 ".join(f"{s.system.zh}的“{'/'.join(s.headers)}”（{s.column}）" for s in sources))
        en.append(
            " or ".join(
                f"{s.meaning} ({'/'.join(s.headers)}, {s.column}) from {s.system.en}" for s in sources
            )
        )
    return Text(zh=f"请导出：{'；'.join(zh)}。", en=f"Export: {'; '.join(en)}.")
