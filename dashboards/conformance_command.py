"""`onewindow conform`: a log against the official way, as a table, a JSON document or a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dashboards.commands import print_json, progress
from dashboards.printing import number, say, table
from mining.event_log import EventLog
from mining.text import Language, Text

if TYPE_CHECKING:
    from dashboards.report import Rows, Sheet
    from mining.conformance.check import Conformance, Deviation

SHOWN = 20
MEASURED = Text(zh="实测", en="measured")


def hold_against(log: EventLog, model: Path) -> Conformance:
    """A log against a BPMN diagram or a list of steps."""
    from mining.conformance.check import check_conformance
    from mining.conformance.model import read_official_model
    from simulation.calibration import calibrate_hall_calendar

    official = read_official_model(model)
    return check_conformance(log, official, calibrate_hall_calendar(log).calendar)


def show_conformance(found: Conformance, *, output: Path | None, as_json: bool, language: Language) -> None:
    """A report, a JSON document, or the deviations and the notes."""
    from mining.conformance.notes import conformance_notes

    notes = conformance_notes(found)
    if output is not None:
        from dashboards.report import write_sheets

        title = Text(zh="对照规定流程", en="Against the official way").in_language(language)
        write_sheets(output, title, MEASURED, conformance_sheets(found, language), language)
        progress(Text(zh=f"已写入 {output}", en=f"Wrote {output}"), language)
    if as_json:
        document = found.to_json(language)
        print_json({**document, "notes": [note.in_language(language) for note in notes]})
    elif output is None:
        low, high = found.fitting_share_low, found.fitting_share_high
        say(
            f"{found.log_name} 对照 {found.model_name}：{found.fitting_cases:,}/{found.cases_checked:,} 件"
            f"符合（{found.fitting_share:.1%}，{low:.1%}–{high:.1%}），拟合度 {found.token_fitness:.3f}",
            f"{found.log_name} against {found.model_name}: {found.fitting_cases:,} of "
            f"{found.cases_checked:,} cases keep to it ({found.fitting_share:.1%}, {low:.1%} to {high:.1%}), "
            f"fitness {found.token_fitness:.3f}",
            language,
        )
        rows = conformance_sheets(found, language)[0][1][: SHOWN + 1]
        typer.echo(table([[_text(cell) for cell in row] for row in rows]))
        for note in notes:
            say(f"注意：{note.zh}", f"Note: {note.en}", language)


def conformance_sheets(found: Conformance, language: Language) -> list[Sheet]:
    """Deviations, most cases first, and the notes."""
    from dashboards.report import heading
    from mining.conformance.notes import conformance_notes

    deviations: Rows = [
        heading(
            language,
            zh="环节 偏差 件数 占比 多用工作日 95%下限 95%上限 例",
            en="step deviation cases share extra_working_days ci_low ci_high examples",
        )
    ]
    deviations += [_deviation(each, language) for each in found.deviations]
    notes: Rows = [heading(language, zh="说明", en="notes")]
    notes += [[note.in_language(language)] for note in conformance_notes(found)]
    return [(Text(zh="偏差", en="Deviations"), deviations), (Text(zh="说明", en="Notes"), notes)]


def _deviation(each: Deviation, language: Language) -> list[object]:
    from mining.conformance.check import KIND_NAMES

    cost = each.cost
    name = KIND_NAMES[each.kind].in_language(language)
    return [
        each.step,
        name,
        each.cases,
        each.share,
        cost.days,
        cost.low,
        cost.high,
        "; ".join(each.example_cases),
    ]


def _text(cell: object) -> str:
    if cell is None:
        return "–"
    return number(cell, 2) if isinstance(cell, float) else str(cell)
