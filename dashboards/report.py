"""Reports as files: a self-contained HTML page or an Excel workbook.

Text from a log is escaped in HTML and written as plain text into cells, never as a formula or a link.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter

from dashboards.evidence_words import evidence_facts, lever_name
from dashboards.opening_hours import opening_hours
from dashboards.words import Words, words
from mining.errors import OnewindowError
from mining.findings import Proposal
from mining.measures import kpi as kpi_named
from mining.process_map import filter_process_map
from mining.text import Language, Text

if TYPE_CHECKING:
    from dashboards.mining_report import MiningReport
    from simulation.comparison import Comparison

Rows = list[list[object]]
Sheet = tuple[Text, Rows]  # the first row is the heading

STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;color:#1f2328;
margin:2rem auto;max-width:72rem;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid #d0d7de;padding:.35rem .6rem;text-align:left;vertical-align:top}
td{white-space:pre-line}
td:nth-child(6){min-width:24rem}
th{background:#f6f8fa}.map{overflow-x:auto;border:1px solid #d0d7de;padding:.5rem}.note{color:#57606a}
"""


def write_mining_report(report: MiningReport, path: Path, language: Language) -> None:
    """Quality, map and findings of a log as .html, or as .xlsx with every rejected row."""
    write_sheets(
        path,
        report.log.name,
        Text(zh="实测", en="measured"),
        mining_sheets(report, language),
        language,
        picture=lambda: _map_picture(report, language),
    )


def write_comparison_report(comparisons: Sequence[Comparison], path: Path, language: Language) -> None:
    """Before and after of one or more scenarios as .html or .xlsx."""
    sheets = [sheet for comparison in comparisons for sheet in comparison_sheets(comparison, language)]
    title = Text(zh="改革前后对比", en="Before and after").in_language(language)
    write_sheets(path, title, Text(zh="仿真", en="simulated"), sheets, language)


def write_sheets(
    path: Path,
    title: str,
    note: Text,
    sheets: list[Sheet],
    language: Language,
    picture: Callable[[], str] = str,
) -> None:
    """Tables as a page (.html, with the picture above them) or as a workbook (.xlsx).

    `note` says whether the numbers are measured or simulated. Raises for another ending, or a file that
    cannot be written.
    """
    _write(
        path,
        {
            ".html": lambda: _html(title, note.in_language(language), sheets, language, picture=picture()),
            ".xlsx": lambda: _xlsx(path, sheets, language),
        },
    )


def _write(path: Path, writers: dict[str, Callable[[], str | None]]) -> None:
    writer = writers.get(path.suffix.lower())
    if writer is None:
        allowed = " ".join(writers)
        raise OnewindowError(
            zh=f"{path.name}：不支持的报告格式 {path.suffix or '（无扩展名）'}，可用：{allowed}。",
            en=f"{path.name}: unknown report format {path.suffix or '(no extension)'}; allowed: {allowed}.",
        )
    try:
        text = writer()
        if text is not None:
            path.write_text(text, encoding="utf-8", newline="\n")
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
        reason = getattr(error, "strerror", None) or error
        raise OnewindowError(
            zh=f"{path}：无法写入（{reason}）。", en=f"{path}: cannot be written ({reason})."
        ) from error


def mining_sheets(report: MiningReport, language: Language) -> list[Sheet]:
    """Findings, quality issues, rejected rows, what was not looked at."""
    findings: Rows = [
        heading(
            language,
            zh="发现 位置 件数 占比 每年损失工时 其中群众 其中官员 每年办件等待工时 依据 建议",
            en="finding where cases share hours_lost_per_year citizen_hours_lost_per_year "
            "official_hours_lost_per_year case_waiting_hours_per_year evidence proposes",
        )
    ]
    w = words(language)
    for finding in report.findings:
        evidence = evidence_facts({**finding.evidence, "example_cases": [*finding.example_cases]}, w)
        findings.append(
            [
                w.of(finding.title),
                _lines(evidence_facts(finding.where, w), w),
                finding.cases,
                finding.share,
                finding.hours_lost_per_year,
                finding.citizen_hours_lost_per_year,
                finding.official_hours_lost_per_year,
                finding.case_waiting_hours_per_year,
                _lines(evidence, w),
                "\n".join(_proposal(proposal, w) for proposal in finding.proposes),
            ]
        )
    quality = report.quality
    issues: Rows = [
        heading(language, zh="级别 说明 行数 总行数 例", en="severity message rows of_rows examples")
    ]
    issues += [
        [i.severity, i.message.in_language(language), i.rows, i.of_rows, "; ".join(i.examples)]
        for i in quality.issues
    ]
    rejected: Rows = [heading(language, zh="文件 行号 原因 内容", en="file row reason values")]
    rejected += [
        [r.file, r.file_row, r.reason.in_language(language), _compact(r.values)] for r in quality.rejected
    ]
    unseen: Rows = [heading(language, zh="未能检查", en="not_looked_at")]
    unseen += [[text.in_language(language)] for text in report.not_run]
    return [
        (Text(zh="发现", en="Findings"), findings),
        (Text(zh="日历与用时", en="Calendar and times"), _calendar_rows(report, language)),
        (Text(zh="一件事", en="Journeys"), _journey_rows(report, language)),
        (Text(zh="材料", en="Documents"), _document_rows(report, language)),
        (Text(zh="数据质量", en="Data quality"), issues),
        (Text(zh="被拒行", en="Rejected rows"), rejected),
        (Text(zh="未能检查", en="Not looked at"), unseen),
    ]


def _calendar_rows(report: MiningReport, language: Language) -> Rows:
    """The hours, where they and the holidays come from, the banner, and every measure with its unit."""
    rows: Rows = [
        heading(language, zh="项目 值 单位", en="item value unit"),
        [
            Text(zh="工作时间", en="Working hours").in_language(language),
            opening_hours(report.calendar, language),
            report.calendar_source.in_language(language),
        ],
    ]
    if report.calendar_banner is not None:
        warning = Text(zh="注意", en="Warning").in_language(language)
        rows.append([warning, report.calendar_banner.in_language(language), ""])
    for key, value in report.measures.items():
        each = kpi_named(key)
        rows.append([each.name.in_language(language), round(value, 4), each.unit.in_language(language)])
    return rows


def _document_rows(report: MiningReport, language: Language) -> Rows:
    """Each document with its issuer and whether it could be shared, and why."""
    answers = {
        "yes": Text(zh="可共享", en="yes"),
        "no": Text(zh="不可共享", en="no"),
        "unknown": Text(zh="不明", en="unknown"),
    }
    rows: Rows = [
        heading(
            language,
            zh="材料 份次 出具部门 可否共享 理由 写法",
            en="document submissions issuer shareable reason spellings",
        )
    ]
    for each in report.documents:
        answer, reason = answers[each.shareable].in_language(language), each.reason.in_language(language)
        issuer = each.issuer or "–"
        rows.append([each.document, each.submissions, issuer, answer, reason, "; ".join(each.spellings)])
    return rows


def _journey_rows(report: MiningReport, language: Language) -> Rows:
    """How cases came into their journeys, the sensitivity of the gap, doubtful cases with examples."""
    stitching = report.stitching
    gap = Text(zh="间隔不超过 {} 个工作日的一件事", en="journeys with gaps of at most {} working days")
    rows: Rows = [heading(language, zh="项目 数量 例", en="item count examples")]
    rows += [[name, n, ""] for name, n in stitching.cases_by_origin.items()]
    rows += [[gap.in_language(language).format(days), n, ""] for days, n in stitching.sensitivity.items()]
    for doubt in stitching.doubts:
        examples = "; ".join(" + ".join(example) for example in doubt.examples)
        rows.append([doubt.reason.in_language(language), doubt.cases, examples])
    return rows


def comparison_sheets(comparison: Comparison, language: Language) -> list[Sheet]:
    """The indicators of one comparison, and the assumptions it rests on."""
    document = comparison.to_json(language)
    kpis: Rows = [
        heading(
            language,
            zh="指标 单位 之前 之后 差 95%下限 95%上限 重复次数",
            en="indicator unit before after difference ci_low ci_high replications",
        )
    ]
    for kpi in document["kpis"]:
        keys = ("title", "unit", "before", "after", "difference", "ci_low", "ci_high", "replications")
        kpis.append([kpi[key] for key in keys])
    notes: Rows = [heading(language, zh="说明", en="notes"), [comparison.headline(language)]]
    notes += [[text.in_language(language)] for text in comparison.cautions]
    notes += [[text] for text in document["changes"]]
    notes += [[text] for text in document["assumptions"]]
    return [
        (Text(zh="说明", en="Notes"), notes),
        (Text(zh="指标", en="Indicators"), kpis),
    ]


def heading(language: Language, *, zh: str, en: str) -> list[object]:
    """Column headings; a space separates them, an underscore is a space within one."""
    return [word.replace("_", " ") for word in (zh if language == "zh" else en).split(" ")]


def _lines(facts: list[tuple[str, str]], w: Words) -> str:
    return "\n".join(w("named_value", name=name, value=value) for name, value in facts)


def _proposal(proposal: Proposal, w: Words) -> str:
    facts = evidence_facts(proposal.parameters, w)
    lines = [lever_name(proposal.lever, w), _lines(facts, w)]
    if proposal.caution is not None:
        lines.append(w("caution", text=w.of(proposal.caution)))
    return "\n".join(line for line in lines if line)


def _compact(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


SHARE_OF_PATHS = 0.6  # the rest clutters; the dashboard shows all


def _map_picture(report: MiningReport, language: Language) -> str:
    from dashboards.process_map_view import draw_process_map

    return draw_process_map(filter_process_map(report.process_map, 1.0, SHARE_OF_PATHS), language)


def _html(title: str, kind: str, sheets: list[Sheet], language: Language, *, picture: str = "") -> str:
    parts = [
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{escape(title)}</title>',
        f"<style>{STYLE}</style><h1>{escape(title)}</h1><p class=note>{escape(kind)}</p>",
    ]
    if picture:
        parts.append(f'<div class="map">{picture}</div>')
    for name, rows in sheets:
        if len(rows) > 1:
            parts.append(f"<h2>{escape(name.in_language(language))}</h2>{_html_table(rows)}")
    return "\n".join(parts) + "\n"


def _html_table(rows: Rows) -> str:
    head = "".join(f"<th>{escape(str(cell))}</th>" for cell in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_shown(cell))}</td>" for cell in row) + "</tr>" for row in rows[1:]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _shown(cell: object) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:,.3g}" if abs(cell) < 1 else f"{cell:,.1f}"
    return str(cell)


def _xlsx(path: Path, sheets: list[Sheet], language: Language) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        used: set[str] = set()
        for name, rows in sheets:
            sheet = book.add_worksheet(_free_name(name.in_language(language), used))
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row, bold if number == 0 else wrap)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, max(len(row) for row in rows) - 1, 24)


def _free_name(name: str, used: set[str]) -> str:
    candidate, number = name, 1
    while candidate in used:
        number += 1
        candidate = f"{name} {number}"
    used.add(candidate)
    return candidate
