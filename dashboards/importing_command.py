"""`onewindow import-prosimos`: a model of another simulator, written as ours."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from dashboards.commands import progress
from dashboards.printing import say
from mining.text import Language, Text
from simulation.errors import ModelError
from simulation.importing.prosimos import A_MONDAY, import_prosimos
from simulation.service_model import write_service_model


def import_model(
    diagram: Path, parameters: Path, output: Path, *, start: str | None, language: Language
) -> None:
    """Write the model; what was carried over nearly but not exactly is said."""
    imported = import_prosimos(diagram, parameters, _day(start))
    write_service_model(imported.model, output)
    progress(Text(zh=f"已写入 {output}", en=f"Wrote {output}"), language)
    for note in imported.notes:
        say(f"注意：{note.zh}", f"Note: {note.en}", language)


def _day(text: str | None) -> dt.date:
    if text is None:
        return A_MONDAY
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ModelError(
            zh=f"--start 应为 YYYY-MM-DD 形式的日期，现为 {text!r}。",
            en=f"--start must be a date as YYYY-MM-DD, found {text!r}.",
        ) from None
