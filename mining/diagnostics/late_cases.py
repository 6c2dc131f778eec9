"""Time limits (办理时限): cases done too late, and cases that lie until the last moment (压线办结).

When a limit ends: `mining.deadlines` (next-day start, 17:00, stops of the clock taken out); a return for
correction starts it again (`time_limits`). On-time share = cases done in time / (cases done + open cases
already overdue). Heaping = of the cases done in time, the share done in the last tenth of the limit's open
time: a tenth would be expected if they ended evenly over it. Promise compression (承诺压缩比) =
(statutory - promised) / statutory, over all cases that have both. In a log of several items each item is
judged by itself: one that is always done on the last day hides among others that are not.

Example: accepted Monday with 5 working days: due on the Monday after at 17:00; done on that
Monday after 13:30 it is in the last tenth (3.5 of 35 hours).
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from pydantic import JsonValue

from mining.case_items import case_items
from mining.columns import log_columns
from mining.deadlines import CALENDAR_DAYS
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import (
    case_waiting,
    examples,
    lost_hours,
    rounded,
    share_effect,
    yearly_factor,
)
from mining.diagnostics.time_limits import Limit, TimeLimits, find_time_limits
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Finding
from mining.statistics import wilson_interval
from mining.text import Text
from mining.working_time import WorkingCalendar

PURPOSE = Text(zh="核对办理时限", en="checking time limits")
DEFINITION = Definition(
    ids=("D18",),
    name=Text(zh="办理时限", en="Time limits"),
    kinds=("late_cases", "done_at_the_limit"),
    definition=Text(
        zh="n 个工作日的时限自计时次日起算，至第 n 个工作日 17:00 止（调休上班日计入，节假日不计）；自受理"
        "起，无受理时间则自申请、再则自首个事件；"
        "补正后重交重新计时，特别程序停表扣除。late_cases：逾期；done_at_the_limit：压线办结，即按期办结的办"
        "件中在时限最后一成开放时间"
        "办结的（均匀时为一成）。有多个事项时逐项判断。",
        en="A limit of n working days ends at 17:00 of the nth working day after the day the clock began "
        "(make-up days "
        "count, holidays do not). It begins at acceptance, else at the application, else with the first "
        "event, "
        "and again when the applicant answers a return; stops of the clock are taken out. "
        "late_cases: "
        "beyond the limit; done_at_the_limit (heaping): of those done in time, done in the last tenth of the "
        "limit's open time (a tenth is expected by chance). Where a log has several items, each is judged.",
    ),
    formula=Text(
        zh="按期率 = 按期办结 /（已办结 + 逾期未结）；承诺压缩比 = Σ(法定 − 承诺) / Σ法定；提前率 = 平均（1 "
        "− 已用时限）；压线 = 最后一成 / 按期办结。",
        en="On-time share = done in time / (done + open and overdue); promise compression = Σ(statutory − "
        "promised) / "
        "Σstatutory; earliness = mean of 1 − share of the limit used; heaping = last tenth / done in time.",
    ),
    needs=("cases.limit_promised or cases.limit_statutory or ts_promise",),
    better_with=("cases.ts_accept", "cases.ts_apply", "cases.ts_finish", "result", "clock_stops.ts_start"),
    alarm=Text(
        zh="某事项逾期超过 5 %；最后一成超过 30 %（假定）；30 件以上。",
        en="Of an item more than 5 % late; more than 30 % in the last tenth (assumptions); 30 cases.",
    ),
    hours=Text(
        zh="不计任何人的工时：超过时限的工作小时是办件等待；压线不计。",
        en="Nobody's hours: working hours beyond the limit are waiting of cases; none for heaping.",
    ),
    example=Text(
        zh="2026-09-18（周五）受理、5 个工作日：09-20 调休上班，09-24 到期。",
        en="Accepted Friday 2026-09-18 with 5 days: Sunday 09-20 is a make-up day, due 09-24.",
    ),
)
MIN_CASES = 30
MAX_ITEMS = 10
ALARM_LATE_SHARE = 0.05
ALARM_HEAPING_SHARE = 0.30
LAST_PART = 0.10
"""Assumptions: more late cases than 5 %, more than 30 % of the others done in the last 10 % of the limit."""
NAMES: dict[Limit, Text] = {
    "promised": Text(zh="承诺时限", en="promised limit"),
    "statutory": Text(zh="法定时限", en="statutory limit"),
}


def find_late_cases(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """For each kind of limit and item: `late_cases` above 5 %, `done_at_the_limit` above 30 %; 30 cases.

    Of many items at most the ten with most such cases; how many there are is in the evidence. `cases` = late
    cases (cases of the last tenth), `share` = of the cases done or overdue (done in time). Nobody's hours are
    lost: working hours beyond the limit are waiting of cases. Nothing is proposed: a limit
    tells that work lies somewhere, not where (see `waiting`). Raises `MissingColumnsError` without
    any limit.
    """
    found: list[Finding] = []
    known = [
        (name, limits) for name in NAMES if (limits := find_time_limits(log, calendar, name)) is not None
    ]
    if not known:
        raise MissingColumnsError(
            zh=f"{log.name}：{PURPOSE.zh}需要列 limit_promised、limit_statutory（办件表）或 ts_promise，"
            "日志中没有或全部为空。",
            en=f"{log.name}: {PURPOSE.en} needs the column limit_promised or limit_statutory (of cases) or "
            "ts_promise; all are missing or empty.",
        )
    compression = _compression(log)
    for name, limits in known:
        parts = _by_item(log, limits)
        found += _worst([_late(log, calendar, name, part, item, compression) for item, part in parts])
        found += _worst([_heaping(log, name, part, item) for item, part in parts])
    return found


def _by_item(log: EventLog, limits: TimeLimits) -> list[tuple[str | None, TimeLimits]]:
    """The limits of each item; all together, under no name, where there are not several."""
    items = case_items(log)
    code = items.item[limits.case]
    if np.unique(code).size < 2:
        return [(None, limits)]
    names = (*(str(name) for name in items.item_names), "")
    return [(names[number], _of(limits, code == number)) for number in np.unique(code)]


def _of(limits: TimeLimits, chosen: np.ndarray) -> TimeLimits:
    """The chosen ones (bool) of the cases with a limit."""
    values = {field.name: getattr(limits, field.name) for field in fields(limits)}
    arrays = {name: value[chosen] for name, value in values.items() if isinstance(value, np.ndarray)}
    return replace(limits, **arrays)


def _worst(found: list[list[Finding]]) -> list[Finding]:
    """The items with most cases, each knowing how many are above the alarm."""
    above = sorted((finding for of_item in found for finding in of_item), key=lambda finding: -finding.cases)
    count: dict[str, JsonValue] = {"items_above_alarm": len(above)} if len(found) > 1 else {}
    return [
        finding.model_copy(update={"evidence": {**finding.evidence, **count}})
        for finding in above[:MAX_ITEMS]
    ]


def _where(name: Limit, item: str | None) -> dict[str, JsonValue]:
    return {"limit": name} if item is None else {"limit": name, "item": item}


def _late(
    log: EventLog,
    calendar: WorkingCalendar,
    name: Limit,
    limits: TimeLimits,
    item: str | None,
    compression: float | None,
) -> list[Finding]:
    judged = limits.finished | limits.late
    n, late = int(judged.sum()), limits.late
    if n < MIN_CASES or late.sum() <= ALARM_LATE_SHARE * n:
        return []
    low, high = wilson_interval(n - int(late.sum()), n)
    hours = limits.late_working_hours[late]
    worst = limits.case[late][np.argsort(-hours, kind="stable")]
    word = NAMES[name]
    return [
        Finding(
            kind="late_cases",
            title=Text(
                zh=f"{late.sum() / n:.0%} 的{item or ''}办件超过{word.zh}",
                en=f"{late.sum() / n:.0%} of the cases{f' of {item!r}' if item else ''} are later than the "
                f"{word.en}",
            ),
            where=_where(name, item),
            cases=int(late.sum()),
            share=rounded(late.sum() / n),
            **lost_hours(None),
            effect=share_effect("late_cases_share", int(late.sum()), n),
            evidence={
                "cases_with_limit": int(limits.case.size),
                "cases_done_or_overdue": n,
                "overdue_and_open": int((late & ~limits.finished).sum()),
                "on_time_share": rounded(1 - late.sum() / n),
                "on_time_share_low": rounded(low),
                "on_time_share_high": rounded(high),
                "late_working_hours_median": rounded(float(np.median(hours)), 1),
                "late_calendar_hours_median": rounded(float(np.median(limits.late_calendar_hours[late])), 1),
                **_clock(limits),
                "promise_compression_share": rounded(compression),
                "earliness_share_mean": rounded(_earliness(limits)),
                **case_waiting(yearly_factor(log, calendar), float(hours.sum())),
            },
            example_cases=examples(log_columns(log).case_ids[worst]),
        )
    ]


def _heaping(log: EventLog, name: Limit, limits: TimeLimits, item: str | None) -> list[Finding]:
    in_time = limits.finished & ~limits.late & ~np.isnan(limits.used)
    last = in_time & (limits.used > 1 - LAST_PART)
    n, hits = int(in_time.sum()), int(last.sum())
    if n < MIN_CASES or hits <= ALARM_HEAPING_SHARE * n:
        return []
    low, high = wilson_interval(hits, n)
    word = NAMES[name]
    return [
        Finding(
            kind="done_at_the_limit",
            title=Text(
                zh=f"压线办结：{hits / n:.0%} 的{item or ''}办件在{word.zh}的最后一成时间办结",
                en=f"{hits / n:.0%} of the cases{f' of {item!r}' if item else ''} are done in the last tenth "
                f"of the {word.en}",
            ),
            where=_where(name, item),
            cases=hits,
            share=rounded(hits / n),
            **lost_hours(None),
            effect=share_effect("last_tenth_share", hits, n),
            evidence={
                "cases_done_in_time": n,
                "last_tenth_share": rounded(hits / n),
                "last_tenth_share_low": rounded(low),
                "last_tenth_share_high": rounded(high),
                "limit_used_share_median": rounded(float(np.median(limits.used[in_time]))),
                "earliness_share_mean": rounded(_earliness(limits)),
                **_clock(limits),
            },
            example_cases=examples(log_columns(log).case_ids[limits.case[last]]),
        )
    ]


def _earliness(limits: TimeLimits) -> float | None:
    """(limit - used) / limit in open time, mean over the cases done; negative where most are late."""
    used = limits.used[limits.finished & ~np.isnan(limits.used)]
    return float(1 - used.mean()) if used.size else None


def _clock(limits: TimeLimits) -> dict[str, JsonValue]:
    return {
        "limit_working_days_median": rounded(_median(limits.limit_days[~limits.in_calendar_days]), 1),
        "limit_calendar_days_median": rounded(_median(limits.limit_days[limits.in_calendar_days]), 1),
        "clock_restarted_cases": int(limits.restarted.sum()),
        "clock_stopped_cases": int(limits.stopped.sum()),
        "clock_stops_without_end": limits.stops_without_end,
        "clock_begins_with": limits.clock_from,
        "case_ends_with": limits.finish_from,
    }


def _median(values: np.ndarray) -> float | None:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else None


def _compression(log: EventLog) -> float | None:
    """(statutory - promised) / statutory in days, over all cases that have both in one unit; None if none."""
    if not {"limit_promised", "limit_statutory"} <= set(log.cases.columns):
        return None
    cases = log.cases
    units = [cases[name] for name in ("limit_promised_unit", "limit_statutory_unit") if name in cases.columns]
    if units:  # days of two kinds have no ratio
        in_calendar_days = [(unit == CALENDAR_DAYS).to_numpy(dtype=bool) for unit in units]
        cases = cases[in_calendar_days[0] == (in_calendar_days[1] if len(units) == 2 else False)]
    both = cases[["limit_promised", "limit_statutory"]].dropna()
    statutory = float(both["limit_statutory"].sum())
    return (statutory - float(both["limit_promised"].sum())) / statutory if statutory else None
