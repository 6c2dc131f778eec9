"""The result of a comparison in one sentence a leader can read out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mining.text import Text
from simulation.cautions import has_many_unfinished, unfinished_share

if TYPE_CHECKING:
    from simulation.comparison import Comparison, KpiDifference

LEADING = ("wait_minutes_mean", "cycle_time_working_days_mean")
SUPPORTING = ("visits_per_journey_mean", "materials_per_journey_mean")


def headline_text(comparison: Comparison) -> Text:
    """Absolute values first, then the difference with its interval, then what limits it.

    The mean wait and the mean cycle time are told unless they are 0; visits and materials where their
    interval leaves 0 out; where a hall has none of these, its first KPI.
    """
    by_name = {each.name: each for each in comparison.kpis}
    told = [by_name[name] for name in LEADING if name in by_name and not _is_zero(by_name[name])]
    told += [by_name[name] for name in SUPPORTING if name in by_name and not by_name[name].contains_zero]
    clauses = [_clause(each) for each in told or comparison.kpis[:1]]
    name, service = comparison.name, comparison.before.name
    if not clauses:
        return Text(
            zh=f"{service.zh}：方案“{name.zh}”没有可比较的指标。",
            en=f"{service.en}: no key figure can be compared under {name.en!r}.",
        )
    n = comparison.before.settings.replications
    end = _unfinished(comparison)
    return Text(
        zh=f"{service.zh}采用“{name.zh}”后，"
        + "；".join(c.zh for c in clauses)
        + f"（仿真，{n} 次配对）{end.zh}。",
        en=f"{service.en} with {name.en!r}: "
        + "; ".join(c.en for c in clauses)
        + f" (simulated, {n} paired runs){end.en}.",
    )


def _clause(each: KpiDifference) -> Text:
    zh_unit, en_unit = each.unit.zh.split("/")[0], each.unit.en.split(" per ")[0]
    en_unit = "" if en_unit == each.title.en.lower() else f" {en_unit}"
    digits = _digits(each)
    before, after = f"{each.before:.{digits}f}", f"{each.after:.{digits}f}"
    change = signed(each.difference, digits)
    low, high = signed(each.ci_low, digits), signed(each.ci_high, digits)
    if each.ci_low == each.ci_high == 0:
        return Text(
            zh=f"{each.title.zh}不变（{before} {zh_unit}）",
            en=f"{each.title.en} unchanged ({before}{en_unit})",
        )
    verdict_zh = "，区间含 0，看不出变化" if each.contains_zero else ""
    verdict_en = ", which includes 0: no change can be told" if each.contains_zero else ""
    return Text(
        zh=f"{each.title.zh}由 {before} 变为 {after} {zh_unit}"
        f"（{change}，95% 区间 {low} 至 {high}{verdict_zh}）",
        en=f"{each.title.en.lower()} from {before} to {after}{en_unit} "
        f"({change}, 95 % interval {low} to {high}{verdict_en})",
    )


def _digits(each: KpiDifference) -> int:
    """One decimal, or as many as the difference and its interval need to be told from 0."""
    shown = (
        [each.ci_low, each.ci_high] if each.contains_zero else [each.difference, each.ci_low, each.ci_high]
    )
    enough = (d for d in (1, 2, 3) if all(round(value, d) != 0 for value in shown if value != 0))
    return next(enough, 3)


def _is_zero(each: KpiDifference) -> bool:
    """Whether there is nothing to tell: a KPI that is 0 before and after."""
    return round(each.before, 2) == round(each.after, 2) == 0


def _unfinished(comparison: Comparison) -> Text:
    sides = (comparison.before, comparison.after)
    if not any(has_many_unfinished(side) for side in sides):
        return Text(zh="", en="")
    before, after = (unfinished_share(side) for side in sides)
    return Text(
        zh=f"；另有未办结件（改前 {before:.1%}，改后 {after:.1%}）未计入办结用时",
        en=f"; cases still unfinished ({before:.1%} before, {after:.1%} after) are not in the cycle times",
    )


def signed(value: float, digits: int = 1) -> str:
    """A number with its sign, a true minus, and no sign before a zero."""
    text = f"{value:+.{digits}f}"
    if float(text) == 0:
        return text[1:]
    return text.replace("-", "−")
