"""Results as short text on stdout, for a person at a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

from dashboards.opening_hours import opening_hours
from mining.text import Language, Text

if TYPE_CHECKING:
    from dashboards.mining_report import MiningReport
    from mining.diagnostics.definition import Definition
    from mining.findings import Finding
    from mining.kpi_formulas import KpiFormula
    from mining.material_merges import MergeProposal
    from mining.materials import MaterialNames
    from mining.stitching import Stitching
    from simulation.comparison import Comparison
    from simulation.experiment import Experiment
    from simulation.service_model import ServiceModel

MAX_FINDINGS = 15
RATES = {
    "at_most_one_visit": Text(zh="最多跑一次率", en="at most one visit"),
    "no_visit": Text(zh="零跑动率", en="no visit at all"),
}


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
    if report.calendar_banner is not None:
        say(f"  ！！{report.calendar_banner.zh}", f"  !! {report.calendar_banner.en}", language)
    print_times(report, language)
    print_journeys(report.stitching, language)
    print_documents(report, language)
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
    print_findings(report.findings, language)
    for text in report.not_run:
        typer.echo(f"  {text.in_language(language)}")


def print_findings(findings: list[Finding], language: Language) -> None:
    """Two tables: what costs people hours, and what makes cases lie (docs/decisions/0007)."""
    people = [finding for finding in findings if finding.hours_lost_per_year]
    lying = [finding for finding in findings if not finding.hours_lost_per_year]
    hours = Text(
        zh="发现 件数 占比 每年损失工时 其中群众 其中官员",
        en="finding cases share hours_lost_a_year of_citizens of_officials",
    )
    _findings_table(
        people,
        hours,
        lambda f: (f.hours_lost_per_year, f.citizen_hours_lost_per_year, f.official_hours_lost_per_year),
        language,
    )
    waits = Text(zh="发现 件数 占比 每年办件等待工时", en="finding cases share hours_cases_wait_a_year")
    _findings_table(lying, waits, lambda f: (f.case_waiting_hours_per_year,), language)


def _findings_table(
    findings: list[Finding],
    heading: Text,
    figures: Callable[[Finding], tuple[float | None, ...]],
    language: Language,
) -> None:
    if not findings:
        return
    rows = [heading.in_language(language).split()]
    for finding in findings[:MAX_FINDINGS]:
        share = "–" if finding.share is None else f"{finding.share:.1%}"
        values = [number(value, 0) for value in figures(finding)]
        rows.append([finding.title.in_language(language), f"{finding.cases:,}", share, *values])
    typer.echo(table(rows))
    if len(findings) > MAX_FINDINGS:
        more = len(findings) - MAX_FINDINGS
        say(f"另有 {more} 项发现，--json 全部列出", f"{more} more findings; --json lists all", language)


def print_times(report: MiningReport, language: Language) -> None:
    """Cycle times in working days and in calendar days, and the two rates of visits."""
    found = report.measures
    working, calendar = (found.get(f"cycle_time_{kind}_days_mean") for kind in ("working", "calendar"))
    if working is not None:
        say(
            f"  平均办结用时：{number(working)} 个工作日（{number(calendar)} 个自然日）",
            f"  mean cycle time: {number(working)} working days ({number(calendar)} calendar days)",
            language,
        )
    for name, title in RATES.items():
        rate = report.visit_rates.get(name)
        if rate is not None:
            interval = f"{rate.low:.1%}–{rate.high:.1%}"
            typer.echo(
                f"  {title.in_language(language)}: {rate.share:.1%} "
                f"({rate.numerator:,}/{rate.denominator:,}, {interval})"
            )


def print_journeys(stitching: Stitching, language: Language) -> None:
    """How items were stitched into journeys, with the doubtful cases and what other gaps would give."""
    from mining.stitching import STITCHED

    counts = stitching.cases_by_origin
    if STITCHED not in counts:
        return
    gap, assumed = stitching.max_gap_working_days, stitching.gap_is_assumed
    others = ", ".join(f"{days}: {n:,}" for days, n in stitching.sensitivity.items())
    say(
        f"  拼接：{counts[STITCHED]:,} 件拼为一件事（同一申请人、同一主题、间隔不超过 {gap} 个工作日"
        f"{'，为假定' if assumed else ''}）；不同间隔下的一件事数：{others}",
        f"  stitched: {counts[STITCHED]:,} cases (same applicant and topic, at most {gap} working days apart"
        f"{', assumed' if assumed else ''}); journeys by gap: {others}",
        language,
    )
    for doubt in stitching.doubts:
        example = " + ".join(doubt.examples[0])
        typer.echo(f"    {doubt.reason.in_language(language)}: {doubt.cases:,} ({example})")
    for proposal in stitching.proposals:
        names = " + ".join(proposal.items)
        say(
            f"    或为同一主题（未采用）：{names}（{proposal.applicants:,} 名申请人，"
            f"随机预期 {proposal.expected:.1f}）",
            f"    perhaps one topic (not used): {names} ({proposal.applicants:,} applicants, "
            f"{proposal.expected:.1f} expected by chance)",
            language,
        )


def print_documents(report: MiningReport, language: Language) -> None:
    """How many written names were merged into how many documents, and that more may be one."""
    if not report.documents:
        return
    from mining.material_merges import propose_merges

    written = sum(len(each.spellings) for each in report.documents)
    proposed = len(propose_merges(report.log))
    say(
        f"  材料：{written:,} 种写法合并为 {len(report.documents):,} 种；{proposed} 组相似名称未合并"
        "（onewindow aliases 列出）",
        f"  documents: {written:,} written names are {len(report.documents):,} documents; "
        f"{proposed} pairs look alike and are not merged (onewindow aliases lists them)",
        language,
    )


def print_merges(names: MaterialNames, proposals: tuple[MergeProposal, ...], language: Language) -> None:
    """How many written names became how many documents, and the merges a planner may accept."""
    say(
        f"{len(names.canonical):,} 种写法，{len(names.documents):,} 种材料；"
        f"{len(proposals)} 组相似名称待确认（未合并）",
        f"{len(names.canonical):,} written names, {len(names.documents):,} documents; "
        f"{len(proposals)} pairs look alike (not merged)",
        language,
    )
    if proposals:
        head = Text(
            zh="相似度 材料 份次 相似材料 份次", en="similarity document submissions other submissions"
        )
        rows = [head.in_language(language).split()]
        for merge in proposals:
            counts = (f"{merge.name_submissions:,}", f"{merge.other_submissions:,}")
            rows.append([f"{merge.similarity:.2f}", merge.name, counts[0], merge.other, counts[1]])
        typer.echo(table(rows))


def print_definitions(
    diagnostics: Sequence[Definition], figures: Sequence[KpiFormula], language: Language
) -> None:
    """Diagnostics with definition, columns and alarm; then the key figures with their formulas."""
    for each in diagnostics:
        numbers = f"{', '.join(each.ids)} " if each.ids else ""
        typer.echo(f"{numbers}{each.name.in_language(language)} ({', '.join(each.kinds)})")
        for text in (each.definition, each.formula, each.alarm, each.hours, each.example):
            typer.echo(f"  {text.in_language(language)}")
        say(f"  所需列：{'，'.join(each.needs)}", f"  needs: {', '.join(each.needs)}", language)
    for figure in figures:
        typer.echo(f"{figure.number} {figure.name.in_language(language)}")
        typer.echo(f"  {figure.formula.in_language(language)}")
        typer.echo(f"  {figure.example.in_language(language)}")


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
    for caution in comparison.cautions:
        text = caution.in_language(language)
        say(f"注意：{text}", f"Caution: {text}", language)
    heading = Text(
        zh="指标 单位 之前 之后 差 95%下限 95%上限",
        en="indicator unit before after difference ci_low ci_high",
    )
    rows = [heading.in_language(language).split()]
    for kpi in document["kpis"]:
        values = [number(kpi[key], 2) for key in ("before", "after", "difference", "ci_low", "ci_high")]
        rows.append([kpi["title"], kpi["unit"], *values])
    typer.echo(table(rows))
