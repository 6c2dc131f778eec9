"""Drift (流程漂移): from one month to the next cases go another way, more than chance would have it.

Distance, chance and months are those of `mining.drift`: the total variation of the variants (or moves) of two
months, held against the same days dealt to two months at random. Volume and case mix of the months
are told beside it: where the mix moved as much, other cases came, and the process may be the same.

Example: 60 % of the cases of March took a-b and 40 % a-c, in April 30 % and 70 %: distance 0.30. With 400
cases each month chance gives 0.03, so the distance is 0.27 beyond chance.
"""

from __future__ import annotations

import numpy as np
from pydantic import JsonValue

from mining.case_times import find_case_times
from mining.columns import log_columns
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import examples, listed, rounded
from mining.drift import Drift, MonthPair, Unit, measure_drift
from mining.event_log import EventLog
from mining.findings import Effect, Finding
from mining.text import Text
from mining.variants import find_variant_codes, variant_activities
from mining.working_time import WorkingCalendar

ALARM_EXCESS = 0.05
ALARM_CHANCE = 0.01
"""Reported where the distance is more than this beyond chance, and chance gives it this rarely (assumed)."""
MAX_FINDINGS = 12

DEFINITION = Definition(
    ids=("D20",),
    name=Text(zh="流程漂移", en="Drift"),
    kinds=("drift",),
    definition=Text(
        zh="相邻两个月（以及首末两月）办件所走路径的分布不同，且超出偶然。",
        en="The paths cases take differ from one month to the next (or from the first month to the last), "
        "beyond chance.",
    ),
    formula=Text(
        zh="距离 = ½ Σ|两月各路径占比之差|；与把两月的日子随机分到两月 1999 次所得距离相比；"
        "多个月份按 Holm 校正。路径几乎件件不同时改用环节间的转移。",
        en="Distance = half the sum of |difference of the shares of each variant|, against the distances of "
        "the same days dealt to two months at random, 1999 times; Holm over the months. Moves instead of "
        "variants where nearly every case has its own.",
    ),
    needs=(),
    better_with=("cases.ts_finish", "item_name", "channel", "cases.applicant_type"),
    alarm=Text(
        zh=f"超出偶然的距离大于 {ALARM_EXCESS}，且校正后的偶然概率不超过 {ALARM_CHANCE:.0%}；"
        "每月至少 30 件、8 天。",
        en=f"More than {ALARM_EXCESS} beyond chance, with a corrected chance of at most {ALARM_CHANCE:.0%}; "
        "30 cases on 8 days in each month.",
    ),
    hours=Text(zh="不计损失工时：漂移不一定是浪费。", en="None: a drift need not be waste."),
    example=Text(
        zh="三月 60 % 走甲乙、40 % 走甲丙，四月 30 % 与 70 %：距离 0.30；每月 400 件时偶然约 0.03。",
        en="March: 60 % a-b and 40 % a-c; April: 30 % and 70 %: distance 0.30; with 400 cases a month chance "
        "gives about 0.03.",
    ),
)


def find_drift(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding for each pair of months that differ beyond chance, the largest excess first, at most 12.

    `cases` are those begun in the later month, `share` is of all cases. Nothing is counted as lost.
    """
    drift = measure_drift(log, calendar)
    alarming = [pair for pair in drift.pairs if pair.excess > ALARM_EXCESS and pair.chance <= ALARM_CHANCE]
    alarming.sort(key=lambda pair: -pair.excess)
    return [_finding(log, drift, pair) for pair in alarming[:MAX_FINDINGS]]


def _finding(log: EventLog, drift: Drift, pair: MonthPair) -> Finding:
    months = f"{pair.month_before} → {pair.month_after}"
    return Finding(
        kind="drift",
        title=Text(
            zh=f"流程漂移：{months}，{pair.excess:.0%} 的路径变化超出偶然",
            en=f"Drift {months}: {pair.excess:.0%} of the paths changed beyond chance",
        ),
        where={"month_before": pair.month_before, "month_after": pair.month_after},
        cases=pair.cases_after,
        share=rounded(pair.cases_after / log.n_cases),
        hours_lost_per_year=None,
        effect=Effect(
            name="path_distance_excess",
            value=round(pair.excess, 4),
            low=rounded(pair.excess_low),
            high=rounded(pair.excess_high),
            n=pair.cases_before + pair.cases_after,
        ),
        evidence=_evidence(drift, pair),
        example_cases=_examples(log, drift.unit, pair),
    )


def _evidence(drift: Drift, pair: MonthPair) -> dict[str, JsonValue]:
    return {
        "path_distance": rounded(pair.distance),
        "path_distance_expected": rounded(pair.expected),
        "path_distance_excess": rounded(pair.excess),
        "path_distance_excess_low": rounded(pair.excess_low),
        "path_distance_excess_high": rounded(pair.excess_high),
        "corrected_chance": rounded(pair.chance),
        "compared_by": drift.unit,
        "cases_in_month_before": pair.cases_before,
        "cases_in_month_after": pair.cases_after,
        "cases_per_working_day_before": rounded(pair.cases_per_working_day_before, 2),
        "cases_per_working_day_after": rounded(pair.cases_per_working_day_after, 2),
        "case_mix_distance": rounded(pair.mix_distance),
        "paths_changed": [
            f"{listed(shift.steps, 12).zh}: {shift.share_before:.1%} → {shift.share_after:.1%}"
            for shift in pair.shifts
        ],
        "cases_left_out": drift.left_out,
    }


def _examples(log: EventLog, unit: Unit, pair: MonthPair) -> tuple[str, ...]:
    """Cases of the later month that took the path whose share grew the most."""
    columns = log_columns(log)
    grown = max(pair.shifts, key=lambda shift: shift.share_after - shift.share_before)
    month = find_case_times(log).begin_ms.astype("datetime64[ms]").astype("datetime64[M]")
    chosen = month == np.datetime64(pair.month_after)
    if unit == "variants":
        variants = find_variant_codes(log)
        alike = [variant_activities(columns, int(case)) == grown.steps for case in variants.example_case]
        chosen &= np.array(alike, bool)[variants.of_case]
    return examples(columns.case_ids[chosen])
