"""Volume at the cost of quality (重数量轻质量): where a counter does more, its work gets worse.

For each counter (else department) and month (week, where the log has fewer than five months): services per
open day, and a rate of what went wrong: bad reviews (the last two of five levels) of the rated ones, and
returns for correction of the decisions. Spearman's correlation of the two within counters: ranks are taken
among the periods of one counter, so that a counter with hard matters is not compared with an easy one. Its
p-value comes from putting the periods into another order (the same one for all counters: a busy month is
busy everywhere), its interval from drawing periods again.

Reported if the correlation is above 0.4 with p below 0.15 %, of all counters together or of one by itself (p
held against the highest of all counters); or if a counter's volume rose and its quality fell two periods
running up to the last one, and the fall is no chance either (exact test, p below 0.15 % over all counters).
The share of satisfied people is not looked at: it is 99 % and more everywhere. With fewer than 500 reviews
the rate of bad ones is to be read with care, and said to be.

Example: one counter, services a day 10, 12, 14, 16, 18, returns 5, 6, 7, 9, 10 %: correlation 1, one order
of 120 is as bad: p = 0.8 %.
"""

from __future__ import annotations

import numpy as np
from pydantic import JsonValue

from mining.columns import log_columns
from mining.diagnostics.corrections import corrections_if_known
from mining.diagnostics.decisions import NOT_A_DECISION
from mining.diagnostics.definition import Definition
from mining.diagnostics.periods import Periods, Tally, find_periods, tally
from mining.diagnostics.ratings import BAD_RATING, find_ratings
from mining.diagnostics.shared import examples, listed, lost_hours, rounded
from mining.diagnostics.volume_association import (
    ALARM_CORRELATION,
    ALARM_P_VALUE,
    MIN_PERIODS,
    associate,
)
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Effect, Finding, Proposal
from mining.statistics import poisson_interval
from mining.text import Text
from mining.working_time import WorkingCalendar

PURPOSE = Text(zh="比较办件量与质量", en="comparing volume with quality")
FEW_REVIEWS = 500
PER = 10_000
MAX_UNITS = 5

DEFINITION = Definition(
    ids=("D14",),
    name=Text(zh="重数量轻质量", en="Volume at the cost of quality"),
    kinds=("volume_over_quality",),
    definition=Text(
        zh="同一窗口（无则部门）办得越多的月份（不足五个月按周），差评率或补正率越高。",
        en="The more a counter (else department) does in a month (a week, below five months), the higher "
        "its rate "
        "of bad reviews or of returns.",
    ),
    formula=Text(
        zh="窗口内 Spearman 相关（每开放日办件量，差评率或补正率）；p 值由整体打乱时段次序得出，区间由时段"
        "重抽样得出",
        en="Spearman's correlation within counters of services per open day and the rate of bad reviews "
        "(returns); "
        "p by permuting periods, interval by drawing periods again",
    ),
    needs=("window or dept", "reviews.rating_1to5 or tickets.rating_1to5 or cases.rating_1to5 or result"),
    better_with=("reviews.window", "reviews.ts"),
    alarm=Text(
        zh=f"相关系数高于 {ALARM_CORRELATION} 且 p 小于 {ALARM_P_VALUE:.2%}（全部窗口合计，或单个窗口对所有"
        "窗口校正）；或某窗口连续两期量升质降且下降"
        f"显著（p 小于 {ALARM_P_VALUE:.2%}）；"
        f"不少于 {MIN_PERIODS} 期",
        en=f"correlation above {ALARM_CORRELATION} with p below {ALARM_P_VALUE:.2%}, of all counters or of "
        "one (corrected); or volume up and "
        "quality down two "
        f"periods running at a counter, p of the fall below {ALARM_P_VALUE:.2%}; at least {MIN_PERIODS} "
        "periods",
    ),
    hours=Text(zh="不能从日志得出，未知。", en="Unknown: the log does not tell."),
    example=Text(
        zh="一个窗口五个月每日 10、12、14、16、18 件，补正率 5%、6%、7%、9%、10%：相关系数 1，p = 0.8%。",
        en="One counter, services a day 10, 12, 14, 16, 18, returns 5, 6, 7, 9, 10 %: correlation 1, p = "
        "0.8 %.",
    ),
    proposes=("appraisal",),
)


def find_volume_quality(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """At most two findings: `where["quality"]` is "bad_reviews" or "returns".

    `cases` = cases served in the periods compared, `share` = bad of all rated (returned of all decided).
    Raises `MissingColumnsError` without counters and departments, or without both ratings and results.
    """
    unit = next((name for name in ("window", "dept") if log.has(name)), None)
    ratings = None if unit is None else find_ratings(log, unit)
    corrections = corrections_if_known(log)
    if unit is None or (ratings is None and corrections is None):
        raise MissingColumnsError(
            zh=f"{log.name}：{PURPOSE.zh}需要列 window 或 dept，以及 reviews.rating_1to5 或 result，日志中"
            "没有。",
            en=f"{log.name}: {PURPOSE.en} needs window or dept, and reviews.rating_1to5 or result; the log "
            "lacks "
            "one of the two.",
        )
    periods = find_periods(log, calendar)
    if periods.first_day.size < MIN_PERIODS:
        return []
    columns, events = log_columns(log), log.events[unit]
    units = tuple(sorted(str(name) for name in events.dropna().unique()))
    of_event, n = periods.of(columns.time_ms), periods.first_day.size
    done = tally(events, of_event, np.zeros(log.n_events), units, n)
    volume = done.counted / periods.open_days
    found = []
    if ratings is not None:
        bad = (ratings["rating"] <= BAD_RATING).to_numpy(dtype="float64")
        rated = tally(ratings["unit"], periods.of(ratings["ms"].to_numpy()), bad, units, n)
        found += _finding(log, unit, "bad_reviews", periods, volume, rated)
    if corrections is not None:
        decided = corrections.decisions.step != NOT_A_DECISION
        of_decision = np.where(decided, of_event, -1)
        returned = tally(events, of_decision, corrections.returned.astype("float64"), units, n)
        found += _finding(log, unit, "returns", periods, volume, returned)
    return found


def _finding(
    log: EventLog, unit: str, quality: str, periods: Periods, volume: np.ndarray, counts: Tally
) -> list[Finding]:
    found = associate(volume, counts)
    if found is None or not found.alarms:
        return []
    names = list(found.worst_units[:MAX_UNITS])
    headline = found.headline
    places: dict[str, JsonValue] = {"windows" if unit == "window" else "departments": [*names]}
    bad, n = int(counts.bad.sum()), int(counts.counted.sum())
    what = (
        Text(zh="差评率", en="bad reviews") if quality == "bad_reviews" else Text(zh="补正率", en="returns")
    )
    shown = listed(names)
    at = log.events[unit].isin(names).to_numpy(dtype=bool)
    return [
        Finding(
            kind="volume_over_quality",
            title=Text(
                zh=f"办得越多{what.zh}越高：{shown.zh}",
                en=f"The more is done, the more {what.en}: {shown.en}",
            ),
            where={**places, "quality": quality},
            cases=int(np.unique(log_columns(log).case[at]).size),
            share=rounded(bad / n),
            **lost_hours(None),
            effect=Effect(
                name="volume_quality_correlation",
                value=headline.correlation,
                low=headline.low,
                high=headline.high,
                n=headline.cells,
            ),
            evidence={
                "volume_quality_correlation": rounded(headline.correlation, 2),
                "volume_quality_correlation_low": rounded(headline.low, 2),
                "volume_quality_correlation_high": rounded(headline.high, 2),
                "volume_quality_p_value": rounded(headline.p_value),
                "correlation_is_of": headline.unit or "all_counters",
                "correlation_by_counter": {
                    each.unit: rounded(each.correlation, 2) for each in found.singled_out if each.unit
                },
                "periods_compared": int(periods.first_day.size),
                "period_is": periods.kind,
                "cells_compared": headline.cells,
                "up_and_down_two_periods": [*found.falling],
                **(_reviews(log, bad, n) if quality == "bad_reviews" else {"decisions": n, "returns": bad}),
            },
            example_cases=examples(log.events["case_id"][at]),
            proposes=(Proposal(lever="appraisal", parameters=places),),
        )
    ]


def _reviews(log: EventLog, bad: int, n: int) -> dict[str, JsonValue]:
    """Bad reviews per 10,000 with their exact interval, and how few there are."""
    low, high = poisson_interval(bad)
    return {
        "reviews_rated": n,
        "reviews_are_few": n < FEW_REVIEWS,
        "bad_reviews": bad,
        "bad_reviews_per_10000": rounded(bad * PER / n, 2),
        "bad_reviews_per_10000_low": rounded(low * PER / n, 2),
        "bad_reviews_per_10000_high": rounded(high * PER / n, 2),
        "reviews_given_share": rounded(float(log.reviews["rating_1to5"].notna().mean()))
        if len(log.reviews)
        else None,
    }
