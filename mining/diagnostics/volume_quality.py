"""Volume at the cost of quality (重数量轻质量): where a counter does more, its work gets worse.

For each counter (else department) and month (week, where the log has fewer than five months): services per
open day, and a rate of what went wrong: bad reviews (the last two of five levels) of the rated ones, and
returns for correction of the decisions. Spearman's correlation of the two within counters: ranks are taken
among the periods of one counter, so that a counter with hard matters is not compared with an easy one. Its
p-value comes from putting the periods into another order (the same one for all counters: a busy month is
busy everywhere), its interval from drawing periods again.

Reported if the correlation is above 0.4 with p below 1 %; or if a counter's volume rose and its quality fell
two periods running up to the last one, and the fall is no chance either (exact test, p below 1 % over all
counters). The share of satisfied people is not looked at: it is 99 % and more everywhere. With fewer than
500 reviews the rate of bad ones is to be read with care, and said to be.

Example: one counter, services a day 10, 12, 14, 16, 18, returns 5, 6, 7, 9, 10 %: correlation 1, one order
of 120 is as bad: p = 0.8 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import JsonValue
from scipy.special import betainc

from mining.columns import log_columns
from mining.diagnostics.corrections import corrections_if_known
from mining.diagnostics.decisions import NOT_A_DECISION
from mining.diagnostics.definition import Definition
from mining.diagnostics.periods import Periods, Tally, find_periods, tally
from mining.diagnostics.ratings import BAD_RATING, find_ratings
from mining.diagnostics.shared import examples, listed, lost_hours, rounded
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Effect, Finding, Proposal
from mining.resampling import DRAWS, draw_days
from mining.statistics import poisson_interval
from mining.text import Text
from mining.working_time import WorkingCalendar

PURPOSE = Text(zh="比较办件量与质量", en="comparing volume with quality")
ALARM_CORRELATION = 0.4
ALARM_P_VALUE = 0.01
"""Assumptions: reported above this correlation, if chance makes one as high less often than this."""
MIN_PERIODS = 5
MIN_CELLS = 10
FEW_REVIEWS = 500
PER = 10_000
MAX_UNITS = 5
ORDERS = 5000

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
        zh=f"相关系数高于 {ALARM_CORRELATION} 且 p 小于 {ALARM_P_VALUE:.0%}；或某窗口连续两期量升质降且下降"
        f"显著（p 小于 {ALARM_P_VALUE:.0%}）；"
        f"不少于 {MIN_PERIODS} 期",
        en=f"correlation above {ALARM_CORRELATION} with p below {ALARM_P_VALUE:.0%}; or volume up and "
        "quality down two "
        f"periods running at a counter, p of the fall below {ALARM_P_VALUE:.0%}; at least {MIN_PERIODS} "
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


@dataclass(frozen=True)
class Association:
    """Volume and a rate within units: correlation, interval, p, and units that fell two periods running."""

    correlation: float
    low: float
    high: float
    p_value: float
    cells: int
    by_unit: np.ndarray  # correlation of each unit, NaN with fewer than three periods
    falling: tuple[str, ...]

    @property
    def alarms(self) -> bool:
        """Whether it is to be reported."""
        together = self.correlation > ALARM_CORRELATION and self.p_value < ALARM_P_VALUE
        return together or bool(self.falling)


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


def associate(volume: np.ndarray, counts: Tally) -> Association | None:
    """How volume (units, periods) and the rate of `counts` go together; None with fewer than ten cells."""
    rate = counts.rate
    known = ~np.isnan(rate) & (volume > 0)
    known &= known.sum(axis=1, keepdims=True) >= 3  # two periods are always in some order
    if known.sum() < MIN_CELLS and known.sum(axis=1).max(initial=0) < MIN_PERIODS:
        return None
    x, y = _ranks(volume, known), _ranks(rate, known)
    scale = float(np.sqrt((x**2).sum() * (y**2).sum()))
    if scale == 0:
        return None
    correlation = float((x * y).sum()) / scale
    low, high = _interval(x, y)
    with np.errstate(invalid="ignore"):
        by_unit = (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return Association(
        correlation,
        low,
        high,
        p_value=_p_value(x, y, correlation * scale),
        cells=int(known.sum()),
        by_unit=by_unit,
        falling=_falling(volume, counts),
    )


def _ranks(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Ranks of the known values of each row, ties shared, less their mean; 0 where unknown."""
    table = pd.DataFrame(np.where(known, values, np.nan))
    ranks = table.rank(axis=1)
    return ranks.sub(ranks.mean(axis=1), axis=0).fillna(0.0).to_numpy()


def _interval(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """95 % interval of the correlation, periods drawn again."""
    drawn = draw_days(x.shape[1], DRAWS)
    products, squares_x, squares_y = ((each).sum(axis=0) for each in (x * y, x**2, y**2))
    below = np.sqrt((drawn @ squares_x) * (drawn @ squares_y))
    found = np.divide(drawn @ products, below, out=np.full(below.size, np.nan), where=below > 0)
    return float(np.nanquantile(found, 0.025)), float(np.nanquantile(found, 0.975))


def _p_value(x: np.ndarray, y: np.ndarray, observed: float) -> float:
    """Share of the orders of the periods, the one found among them, that go together as much or more."""
    draw = np.random.default_rng(0)
    orders = draw.permuted(np.tile(np.arange(x.shape[1]), (ORDERS, 1)), axis=1)
    between = x.T @ y  # (period of volume, period of rate)
    sums = between[np.arange(x.shape[1]), orders].sum(axis=1)
    return float((1 + np.count_nonzero(sums >= observed - 1e-9)) / (1 + ORDERS))


def _falling(volume: np.ndarray, counts: Tally) -> tuple[str, ...]:
    """Units whose volume and rate both rose twice up to the last period, the rate by more than chance."""
    if volume.shape[1] < 3:
        return ()
    v, rate = volume[:, -3:], counts.rate[:, -3:]
    with np.errstate(invalid="ignore"):
        rose = (np.diff(v, axis=1) > 0).all(axis=1) & (np.diff(rate, axis=1) > 0).all(axis=1)
    bad, n = counts.bad[:, [-3, -1]], counts.counted[:, [-3, -1]]
    total, last = bad.sum(axis=1), bad[:, 1]
    # given the total, the last period has its share of it by chance (conditional test of two rates)
    expected = np.divide(n[:, 1], n.sum(axis=1), out=np.ones(len(n)), where=n.sum(axis=1) > 0)
    p_value = np.where(last > 0, betainc(np.maximum(last, 1), total - last + 1, expected), 1.0)
    chosen = rose & (p_value < ALARM_P_VALUE / len(counts.units))
    return tuple(name for name, is_one in zip(counts.units, chosen, strict=True) if is_one)


def _finding(
    log: EventLog, unit: str, quality: str, periods: Periods, volume: np.ndarray, counts: Tally
) -> list[Finding]:
    found = associate(volume, counts)
    if found is None or not found.alarms:
        return []
    order = np.argsort(-np.nan_to_num(found.by_unit, nan=-2.0), kind="stable")
    worst = [counts.units[k] for k in order if found.by_unit[k] > 0]
    names = list(dict.fromkeys([*found.falling, *worst]))[:MAX_UNITS]
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
                value=found.correlation,
                low=found.low,
                high=found.high,
                n=found.cells,
            ),
            evidence={
                "volume_quality_correlation": rounded(found.correlation, 2),
                "volume_quality_correlation_low": rounded(found.low, 2),
                "volume_quality_correlation_high": rounded(found.high, 2),
                "volume_quality_p_value": rounded(found.p_value),
                "periods_compared": int(periods.first_day.size),
                "period_is": periods.kind,
                "cells_compared": found.cells,
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
