"""Results as short text on stdout, for a person at a terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import typer

from dashboards.opening_hours import opening_hours
from mining.text import Language, Text

if TYPE_CHECKING:
    from dashboards.mining_report import MiningReport
    from simulation.comparison import Comparison
    from simulation.experiment import Experiment
    from simulation.service_model import ServiceModel

MAX_FINDINGS = 15


def display_width(text: str) -> int:
    """Columns a text takes on a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def table(rows: list[list[str]]) -> str:
    """Rows as aligned text, the first one the heading; numbers read best when given with equal decimals."""
    widths = [max(display_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell + " " * (width - display_width(cell)) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def number(value: float | None, decimals: int = 1) -> str:
    """A number with thousands separators, or a dash where it is unknown."""
    return "–" if value is None else f"{value:,.{decimals}f}"


def say(zh: str, en: str, language: Language) -> None:
    """One line in the reader's language."""
    typer.echo(Text(zh=zh, en=en).in_language(language))


def print_mining(report: MiningReport, language: Language) -> None:
    """Size of the log, its quality issues, its findings by hours lost a year."""
    log = report.log
    say(
        f"{log.name}：{log.n_cases:,} 件，{report.journeys:,} 次旅程，{log.n_events:,} 个事件，"
        f"{len(log.activities)} 个环节，{len(report.variants):,} 种路径",
        f"{log.name}: {log.n_cases:,} cases, {report.journeys:,} journeys, {log.n_events:,} events, "
        f"{len(log.activities)} steps, {len(report.variants):,} variants",
        language,
    )
    hours, source = opening_hours(report.calendar, language), report.calendar_source.in_language(language)
    say(f"  工作时间：{hours}（{source}）", f"  working time: {hours} ({source})", language)
    for issue in report.quality.issues:
        typer.echo(
            f"  [{issue.severity}] {issue.message.in_language(language)} ({issue.rows:,}/{issue.of_rows:,})"
        )
    rejected = report.quality.rejected
    for row in rejected[:MAX_FINDINGS]:
        typer.echo(f"  {row.file} {row.file_row}: {row.reason.in_language(language)}")
    if len(rejected) > MAX_FINDINGS:
        more = len(rejected) - MAX_FINDINGS
        say(
            f"  另有 {more} 行被拒，--json 全部列出",
            f"  {more} more rejected rows; --json lists all",
            language,
        )
    if report.findings:
        heading = Text(
            zh="发现 件数 占比 每年损失工时", en="finding cases share hours_lost_a_year"
        ).in_language(language)
        rows = [heading.split()]
        for finding in report.findings[:MAX_FINDINGS]:
            share = "–" if finding.share is None else f"{finding.share:.1%}"
            rows.append(
                [
                    finding.title.in_language(language),
                    f"{finding.cases:,}",
                    share,
                    number(finding.hours_lost_per_year, 0),
                ]
            )
        typer.echo(table(rows))
    if len(report.findings) > MAX_FINDINGS:
        more = len(report.findings) - MAX_FINDINGS
        say(f"另有 {more} 项发现，--json 全部列出", f"{more} more findings; --json lists all", language)
    for text in report.not_run:
        typer.echo(f"  {text.in_language(language)}")


def print_model(model: ServiceModel, language: Language) -> None:
    """Size of a model, and how many of its parameters were measured or assumed."""
    say(
        f"{model.name.zh}：{len(model.steps)} 个环节，{len(model.pools)} 个窗口组，"
        f"{len(model.members)} 名经办人，{len(model.materials)} 种材料",
        f"{model.name.en}: {len(model.steps)} steps, {len(model.pools)} pools, {len(model.members)} members, "
        f"{len(model.materials)} materials",
        language,
    )
    measured = sum(evidence.source == "measured" for evidence in model.evidence.values())
    say(
        f"参数依据：实测 {measured}，假设 {len(model.assumptions)}",
        f"evidence: {measured} parameters measured, {len(model.assumptions)} assumed",
        language,
    )
    print_assumptions(model, language)


def print_assumptions(model: ServiceModel, language: Language) -> None:
    """The assumptions that have a note, each note once."""
    notes = dict.fromkeys(e.note.in_language(language) for e in model.assumptions.values() if e.note)
    for note in notes:
        say(f"  假设：{note}", f"  assumed: {note}", language)


def print_experiment(experiment: Experiment, language: Language) -> None:
    """Indicators of one simulated hall, mean over the replications with 95 % interval."""
    document = experiment.to_json(language)
    for caution in document["cautions"]:
        say(f"注意：{caution}", f"Caution: {caution}", language)
    rows = [
        Text(zh="指标 单位 均值 95%下限 95%上限", en="indicator unit mean ci_low ci_high")
        .in_language(language)
        .split()
    ]
    for kpi in document["kpis"]:
        rows.append(
            [kpi["title"], kpi["unit"], *(number(kpi[key], 2) for key in ("mean", "ci_low", "ci_high"))]
        )
    typer.echo(table(rows))


def print_comparison(comparison: Comparison, language: Language) -> None:
    """The sentence, then indicator by indicator before, after and the paired difference."""
    document = comparison.to_json(language)
    typer.echo(comparison.headline(language))
    for caution in dict.fromkeys([*document["cautions"]["before"], *document["cautions"]["after"]]):
        say(f"注意：{caution}", f"Caution: {caution}", language)
    heading = Text(
        zh="指标 单位 之前 之后 差 95%下限 95%上限",
        en="indicator unit before after difference ci_low ci_high",
    )
    rows = [heading.in_language(language).split()]
    for kpi in document["kpis"]:
        values = [number(kpi[key], 2) for key in ("before", "after", "difference", "ci_low", "ci_high")]
        rows.append([kpi["title"], kpi["unit"], *values])
    typer.echo(table(rows))
