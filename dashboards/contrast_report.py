"""Two measured logs side by side, as tables for a page or a workbook and as short text for a terminal."""

from __future__ import annotations

from pathlib import Path

import typer

from dashboards.printing import number, say, table
from dashboards.report import Rows, Sheet, heading, write_sheets
from mining.process_map import END_NODE, START_NODE
from mining.reform import Interruption, LogContrast
from mining.reform.compare import Difference, MeasureComparison
from mining.reform.map_difference import Change
from mining.text import Language, Text

MAX_CHANGES = 30
MAX_PRINTED = 5
PRESENCE = {
    "only_before": Text(zh="仅改革前", en="only before"),
    "only_after": Text(zh="仅改革后", en="only after"),
    "both": Text(zh="前后都有", en="both"),
}
_ENDS = {START_NODE: Text(zh="开始", en="start"), END_NODE: Text(zh="结束", en="end")}
_KIND = {
    False: Text(zh="实测", en="measured"),
    True: Text(zh="含仿真日志", en="with a simulated log"),
}


def write_contrast_report(contrast: LogContrast, path: Path, language: Language) -> None:
    """Measures, time series, changes of the map, drift and cautions as .html or .xlsx."""
    title = Text(zh="改革前后的两份日志", en="Two logs, before and after a reform").in_language(language)
    write_sheets(path, title, kind_of(contrast), contrast_sheets(contrast, language), language)


def kind_of(contrast: LogContrast) -> Text:
    """Measured, unless one of the logs was simulated."""
    return _KIND[contrast.comparison.before.simulated or contrast.comparison.after.simulated]


def contrast_sheets(contrast: LogContrast, language: Language) -> list[Sheet]:
    """What to read first comes first."""
    return [
        (Text(zh="说明", en="Notes"), _notes(contrast, language)),
        (Text(zh="指标", en="Indicators"), _measures(contrast, language)),
        (Text(zh="中断时间序列", en="Interrupted time series"), _interruptions(contrast, language)),
        (Text(zh="流程图变化", en="Changes of the map"), _changes(contrast, language)),
        (Text(zh="办件构成", en="Case mix"), _mix(contrast, language)),
        (Text(zh="漂移", en="Drift"), _drift(contrast, language)),
    ]


def _notes(contrast: LogContrast, language: Language) -> Rows:
    rows: Rows = [heading(language, zh="说明", en="notes")]
    for side, name in (
        (contrast.comparison.before, Text(zh="之前", en="Before")),
        (contrast.comparison.after, Text(zh="之后", en="After")),
    ):
        text = Text(
            zh=f"{name.zh}：{side.name}，{side.cases:,} 件，{side.events:,} 个事件，"
            f"{side.first.date()} 至 {side.last.date()}，在办 {side.open_cases:,} 件",
            en=f"{name.en}: {side.name}, {side.cases:,} cases, {side.events:,} events, "
            f"{side.first.date()} to {side.last.date()}, {side.open_cases:,} open",
        )
        rows.append([text.in_language(language)])
    rows += [[text.in_language(language)] for text in contrast.cautions]
    if contrast.no_series is not None:
        rows.append([contrast.no_series.in_language(language)])
    return rows


def _measures(contrast: LogContrast, language: Language) -> Rows:
    rows: Rows = [
        heading(
            language,
            zh="指标 单位 之前 之后 差 差% 95%下限 95%上限 同类办件差 95%下限 95%上限 区间含0 "
            "之前的个数 之后的个数",
            en="indicator unit before after difference in_% ci_low ci_high like_cases ci_low ci_high "
            "interval_holds_0 n_before n_after",
        )
    ]
    for each in contrast.comparison.measures:
        crude, like = each.crude, each.standardised
        relative = crude.relative_difference
        rows.append(
            [
                each.kpi.name.in_language(language),
                each.kpi.unit.in_language(language),
                crude.before,
                crude.after,
                crude.difference,
                None if relative is None else round(100 * relative, 1),
                crude.ci_low,
                crude.ci_high,
                None if like is None else like.difference,
                None if like is None else like.ci_low,
                None if like is None else like.ci_high,
                _yes_no(each.best.contains_zero, language),
                each.n_before,
                each.n_after,
            ]
        )
    return rows


def _yes_no(value: bool | None, language: Language) -> str:
    if value is None:
        return "–"
    return Text(zh="是" if value else "否", en="yes" if value else "no").in_language(language)


def _interruptions(contrast: LogContrast, language: Language) -> Rows:
    rows: Rows = [
        heading(
            language,
            zh="指标 单位 水平变化 95%下限 95%上限 趋势变化 95%下限 95%上限 每 之前 之后 自相关 滞后 说明",
            en="indicator unit level_change ci_low ci_high slope_change ci_low ci_high per before after "
            "autocorrelation lags note",
        )
    ]
    steps = {"day": Text(zh="工作日", en="working day"), "week": Text(zh="周", en="week")}
    for each in contrast.interruptions:
        rows.append(
            [
                each.kpi.name.in_language(language),
                each.kpi.unit.in_language(language),
                *(each.level_change, each.level_change_low, each.level_change_high),
                *(each.slope_change, each.slope_change_low, each.slope_change_high),
                steps[each.series.step].in_language(language),
                *(each.steps_before, each.steps_after, each.autocorrelation, each.lags),
                "" if each.reason is None else each.reason.in_language(language),
            ]
        )
    return rows


def _changes(contrast: LogContrast, language: Language) -> Rows:
    rows: Rows = [
        heading(
            language,
            zh="环节或转移 出现 之前占比 之后占比 变化 95%下限 95%上限 平均分钟变化 95%下限 95%上限 "
            "每件分钟变化",
            en="step_or_move present share_before share_after change ci_low ci_high minutes_change ci_low "
            "ci_high minutes_per_case",
        )
    ]
    ranked = [*contrast.maps.ranked()[:MAX_CHANGES], *contrast.maps.ranked_by_time()[:MAX_CHANGES]]
    for each in dict.fromkeys(ranked):
        rows.append(
            [
                change_name(each, language),
                PRESENCE[each.presence].in_language(language),
                *(each.before.share, each.after.share, each.share_change),
                *(each.share_change_low, each.share_change_high),
                *(each.minutes_change, each.minutes_change_low, each.minutes_change_high),
                each.minutes_per_case_change,
            ]
        )
    return rows


def change_name(change: Change, language: Language) -> str:
    """The step, or the move as "step → step"."""
    names = [change.source] if change.target is None else [change.source, change.target]
    return " → ".join(_ENDS[name].in_language(language) if name in _ENDS else name for name in names)


def _mix(contrast: LogContrast, language: Language) -> Rows:
    rows: Rows = [heading(language, zh="类别 之前件数 之后件数 权重", en="kind before after weight")]
    rows += [
        [" / ".join(level or "–" for level in each.levels), each.cases_before, each.cases_after, each.weight]
        for each in contrast.comparison.strata
        if each.levels
    ]
    return rows


def _drift(contrast: LogContrast, language: Language) -> Rows:
    rows: Rows = [
        heading(
            language,
            zh="日志 月份 与 距离 偶然可得 超出偶然 校正概率 件/工作日",
            en="log month against distance by_chance excess corrected_chance cases_a_day",
        )
    ]
    for side, drift in (
        (contrast.comparison.before.name, contrast.drift_before),
        (contrast.comparison.after.name, contrast.drift_after),
    ):
        rows += [
            [
                side,
                pair.month_after,
                pair.month_before,
                *(pair.distance, pair.expected, pair.excess, pair.chance, pair.cases_per_working_day_after),
            ]
            for pair in drift.pairs
        ]
    return rows


def print_contrast(contrast: LogContrast, language: Language) -> None:
    """Both logs, cautions, every measure, the changes at the date, the largest changes of the map."""
    for row in _notes(contrast, language)[1:]:
        typer.echo(str(row[0]))
    typer.echo("")
    typer.echo(kind_of(contrast).in_language(language))
    columns = Text(
        zh="指标 单位 之前 之后 差 95%区间 同类办件差 95%区间 个数",
        en="indicator unit before after difference 95%_interval like_cases 95%_interval n",
    )
    rows = [[word.replace("_", " ") for word in columns.in_language(language).split(" ")]]
    rows += [_printed(each, language) for each in contrast.comparison.measures]
    typer.echo(table(rows))
    if contrast.interruptions and contrast.reform_date is not None:
        typer.echo("")
        say(
            f"改革日 {contrast.reform_date.date()} 的水平变化（中断时间序列，Newey-West 95% 区间）",
            f"Change of level at {contrast.reform_date.date()} (interrupted time series, Newey-West, 95 %)",
            language,
        )
        for each in contrast.interruptions:
            typer.echo(f"  {_printed_interruption(each, language)}")
    changes = contrast.maps.ranked()[:MAX_PRINTED]
    if changes:
        typer.echo("")
        say("流程图中变化最大的", "Largest changes of the map", language)
        for change in changes:
            typer.echo(
                f"  {change_name(change, language)}: {change.before.share:.1%} → {change.after.share:.1%} "
                f"({PRESENCE[change.presence].in_language(language)})"
            )


def _printed(each: MeasureComparison, language: Language) -> list[str]:
    crude, like = each.crude, each.standardised
    return [
        each.kpi.name.in_language(language),
        each.kpi.unit.in_language(language),
        *(number(value, 2) for value in (crude.before, crude.after, crude.difference)),
        _interval(crude),
        "–" if like is None else number(like.difference, 2),
        "–" if like is None else _interval(like),
        f"{each.n_before:,} / {each.n_after:,}",
    ]


def _interval(value: Difference) -> str:
    if value.ci_low is None or value.ci_high is None:
        return "–"
    return f"[{number(value.ci_low, 2)}, {number(value.ci_high, 2)}]"


def _printed_interruption(each: Interruption, language: Language) -> str:
    name = each.kpi.name.in_language(language)
    if each.level_change is None:
        return f"{name}: {'–' if each.reason is None else each.reason.in_language(language)}"
    low, high = number(each.level_change_low, 2), number(each.level_change_high, 2)
    return f"{name}: {number(each.level_change, 2)} [{low}, {high}]"
