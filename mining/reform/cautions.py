"""What a reader must know before believing a comparison of two logs, in sentences."""

from __future__ import annotations

from mining.case_mix import DIMENSION_NAMES
from mining.reform.compare import FEW_DAYS, LogComparison
from mining.text import Text

MIX_MOVED = 0.05
"""A share of cases: a larger change of the mix of channels is told."""
MAX_NAMES = 5


def comparison_cautions(comparison: LogComparison) -> tuple[Text, ...]:
    """Months that differ, logs that overlap, strata left out, few days, open cases, channels, Simpson."""
    found = [
        _months(comparison),
        _overlap(comparison),
        *_simpson(comparison),
        _not_standardised(comparison),
        _left_out(comparison),
        _channel(comparison),
        _few(comparison),
        _too_late(comparison),
        _simulated(comparison),
    ]
    return tuple(text for text in found if text is not None)


def _months(comparison: LogComparison) -> Text | None:
    before, after = ({month[5:] for month in side.months} for side in (comparison.before, comparison.after))
    if before == after:
        return None
    zh, en = ("、".join(sorted(m)) for m in (before, after)), (", ".join(sorted(m)) for m in (before, after))
    (zh_before, zh_after), (en_before, en_after) = zh, en
    return Text(
        zh=f"月份不同：之前 {zh_before} 月，之后 {zh_after} 月；季节差异会混入结果。",
        en=f"The months differ ({en_before} before, {en_after} after): seasons are part of the difference.",
    )


def _overlap(comparison: LogComparison) -> Text | None:
    first = max(comparison.before.first, comparison.after.first)
    last = min(comparison.before.last_begin, comparison.after.last_begin)
    if last < first:
        return None
    return Text(
        zh=f"两份日志在 {first.date()} 至 {last.date()} 有重叠：两侧都有此间开始的办件。",
        en=f"The logs overlap: in both, cases began from {first.date()} to {last.date()}.",
    )


def _simpson(comparison: LogComparison) -> list[Text]:
    return [
        Text(
            zh=f"{each.kpi.name.zh}：直接相差 {each.crude.difference:+.2f}，同类办件相比 "
            f"{each.standardised.difference:+.2f}，方向相反（辛普森悖论）；以同类办件为准。",
            en=f"{each.kpi.name.en}: {each.crude.difference:+.2f} plainly, but "
            f"{each.standardised.difference:+.2f} for like cases, the opposite way (Simpson's paradox); "
            "believe the like cases.",
        )
        for each in comparison.measures
        if each.opposite_signs and each.standardised is not None
    ]


def _not_standardised(comparison: LogComparison) -> Text | None:
    names = [DIMENSION_NAMES[name] for name in comparison.not_standardised_by]
    if not names:
        return None
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    return Text(
        zh=f"未按{zh}标准化：两份日志未都记录。",
        en=f"Not standardised by {en}: not both logs record it.",
    )


def _left_out(comparison: LogComparison) -> Text | None:
    out = [each for each in comparison.strata if each.weight == 0]
    if not out or not comparison.standardised_by:
        return None
    before, after = sum(each.cases_before for each in out), sum(each.cases_after for each in out)
    names = [" / ".join(level or "?" for level in each.levels) for each in out]
    shown, more = names[:MAX_NAMES], len(names) - MAX_NAMES
    return Text(
        zh=f"标准化时略去只在一侧出现或太少的 {len(out)} 类办件（之前 {before} 件、之后 {after} 件）："
        + "；".join(shown)
        + (f" 等 {len(names)} 类" if more > 0 else ""),
        en=f"{len(out)} kinds of cases that only one side has, or too few of, are left out of the "
        f"standardised values ({before} cases before, {after} after): "
        + "; ".join(shown)
        + (f" and {more} more" if more > 0 else ""),
    )


def _channel(comparison: LogComparison) -> Text | None:
    if "channel" not in comparison.standardised_by or comparison.channel_mix_distance <= MIX_MOVED:
        return None
    share = comparison.channel_mix_distance
    return Text(
        zh=f"{share:.0%} 的办件换了渠道。若这本身是改革（如转为网办），标准化会把这部分效果去掉："
        "请看直接差值，或不按渠道标准化。",
        en=f"{share:.0%} of the cases moved to another channel. If that is the reform itself (going online), "
        "standardising takes its effect away: read the plain difference, or do not standardise by channel.",
    )


def _few(comparison: LogComparison) -> Text | None:
    least = min((min(each.days_before, each.days_after) for each in comparison.measures), default=FEW_DAYS)
    if least >= FEW_DAYS:
        return None
    return Text(
        zh=f"某侧只有 {least} 天有数值，少于 {FEW_DAYS} 天：区间偏窄。",
        en=f"A side has values on {least} days only, less than {FEW_DAYS}: intervals are too narrow.",
    )


def _too_late(comparison: LogComparison) -> Text | None:
    before, after = comparison.before, comparison.after
    if not (before.too_late or after.too_late):
        return None
    return Text(
        zh=f"临近日志结束才开始的办件（之前 {before.too_late} 件、之后 {after.too_late} 件）"
        "不计入办件类指标：其中只有办得快的已办结。",
        en=f"Cases begun too near the end of a log ({before.too_late} before, {after.too_late} after) do not "
        "count in measures of cases: only the quick ones of them are finished.",
    )


def _simulated(comparison: LogComparison) -> Text | None:
    names = [side.name for side in (comparison.before, comparison.after) if side.simulated]
    if not names:
        return None
    return Text(
        zh=f"{'、'.join(names)} 是仿真日志，不是实测。",
        en=f"{', '.join(names)}: a simulated log, not a measured one.",
    )
