"""Queues in the hall (排队): waits, people who give up, and half-hours with more people than windows.

From the tickets of the queue machine, or the events that carry a ticket (`mining.queue_records`). A queue is
reported if the 90th percentile of the wait is above 30 minutes. `waiting` speaks of the same minutes by step:
this one knows who left without being served, and when the load is above the windows that were open
(`mining.queue_measures`).

Example: 10 % of 300 tickets waited 45 minutes or more, 24 of 300 gave up: P90 45 minutes, 8 % (Wilson 5-12
%).
"""

from __future__ import annotations

import numpy as np
from pydantic import JsonValue

from mining.columns import log_columns
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import examples, lost_hours, per_year, rounded, yearly_factor
from mining.diagnostics.step_events import mean_interval, quantile_interval
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Effect, Finding, Proposal
from mining.half_hours import half_hour_clock
from mining.queue_measures import QueueMeasures, measure_queue
from mining.queue_records import QueueRecords, find_queue_records
from mining.resampling import ratio_interval
from mining.statistics import wilson_interval
from mining.text import Text
from mining.working_time import MS_PER_DAY, WorkingCalendar

ALARM_P90_MINUTES = 30.0
MIN_WAITS = 30
SERVICE_LEVELS_MINUTES = (15, 25, 30)
"""Levels of the report (assumptions)."""

_CAUTION = Text(
    zh="窗口数按有叫号或办理的窗口计，空闲的开放窗口看不见；增开前先看同厅其他窗口忙闲。",
    en="Windows are those with a call or a service; one that was open and idle is not seen. Before opening "
    "more, see how busy the other counters of the hall are.",
)

DEFINITION = Definition(
    ids=("D10",),
    name=Text(zh="排队叫号", en="Queues in the hall"),
    kinds=("queue",),
    definition=Text(
        zh="每个队列：等待 = 叫号 − 取号（含午休、不含夜间；无叫号时刻则到开始），响应 = 开始 − 叫号，办理 "
        "= 结束 − 开始；弃号率；等待不超过 15、25、30 分钟的比例；每半小时的负荷与有办理的窗口数。",
        en="For each queue: wait = call − ticket (over lunch, not over night; until the start where no "
        "call is known), response = start − call, service = end − start; share who gave up; shares served "
        "within 15, 25 and 30 minutes; load of each half-hour against the windows with a service.",
    ),
    formula=Text(
        zh="负荷 = 半小时取号数 × 平均办理时间 ÷ 30 分钟；弃号率 = 弃号 ÷（办理 + 弃号），Wilson 区间；其余"
        "区间按天之间的差异",
        en="load = tickets in the half-hour x mean service / 30 minutes; gave up = abandoned / (served + "
        "abandoned), Wilson interval; other intervals from the spread between days",
    ),
    needs=("tickets.ts_ticket or ts_ticket", "tickets.ts_call or tickets.ts_start or ts_call or ts_start"),
    better_with=("tickets.status", "tickets.ts_end", "tickets.window", "tickets.business"),
    alarm=Text(
        zh=f"等待的 90 分位超过 {ALARM_P90_MINUTES:g} 分钟，且不少于 {MIN_WAITS} 次",
        en=f"90th percentile of the wait above {ALARM_P90_MINUTES:g} minutes, {MIN_WAITS} waits or more",
    ),
    hours=Text(
        zh="群众：从取号到叫号的等待。与“等待”说的是同一段时间，不可相加。",
        en="Citizens: from ticket to call. The same minutes as in `waiting`: do not add them up.",
    ),
    example=Text(
        zh="300 个号，10% 等 45 分钟以上，24 个弃号：P90 为 45 分钟，弃号率 8%（5%–12%）。",
        en="300 tickets, 10 % wait 45 minutes or more, 24 give up: P90 45 minutes, 8 % gave up (5-12 %).",
    ),
    proposes=("appointments", "staffing"),
)


def find_queues(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a queue whose 90th percentile is above 30 minutes.

    `cases` = tickets called later than that, `share` = of the tickets called. Hours lost are citizens'.
    Raises `MissingColumnsError` where nothing tells when tickets were drawn and called.
    """
    records = find_queue_records(log)
    if records is None:
        raise _missing(log, "tickets.ts_ticket, ts_ticket")
    if not (records.called_ms >= 0).any():
        raise _missing(log, "tickets.ts_call, tickets.ts_start, ts_call, ts_start")
    found = []
    for code, name in enumerate(records.queues):
        own = records.of_queue(code)
        measures = measure_queue(own, calendar)
        if measures.wait_minutes.size >= MIN_WAITS and _p90(measures) > ALARM_P90_MINUTES:
            found.append(_finding(log, calendar, name, own, measures))
    return found


def _missing(log: EventLog, names: str) -> MissingColumnsError:
    return MissingColumnsError(
        zh=f"{log.name}：分析排队至少需要列 {names} 之一，日志中都没有。",
        en=f"{log.name}: looking at queues needs one of the columns {names}; the log has none of them.",
    )


def _p90(measures: QueueMeasures) -> float:
    return float(np.quantile(measures.wait_minutes, 0.9))


def _finding(
    log: EventLog, calendar: WorkingCalendar, name: str, records: QueueRecords, measures: QueueMeasures
) -> Finding:
    factor, waits = yearly_factor(log, calendar), measures.wait_minutes
    low, high = quantile_interval(measures.waited_from_ms, waits, 0.9)
    p90 = _p90(measures)
    late = int((waits > ALARM_P90_MINUTES).sum())
    queue = name or "-"
    return Finding(
        kind="queue",
        title=Text(
            zh=f"队列“{queue}”：一成的人等 {p90:.0f} 分钟以上",
            en=f"Queue {queue!r}: one in ten waits {p90:.0f} minutes or more",
        ),
        where={"queue": name},
        cases=late,
        share=rounded(late / waits.size),
        **lost_hours(factor, citizen=float(waits.sum()) / 60),
        effect=Effect(name="queue_wait_minutes_p90", value=p90, low=low, high=high, n=int(waits.size)),
        evidence={
            **_waits(measures, (low, high)),
            **_levels(measures),
            **_gave_up(measures),
            **_loads(measures),
            "read_from_tickets": records.source == "tickets",
            "waits_until_call": records.calls_known > 0,
            "called_before_ticket": records.backwards,
            "wait_hours_per_year": per_year(float(waits.sum()) / 60, factor),
        },
        example_cases=_examples(log, records),
        proposes=_proposals(name, measures),
    )


def _waits(measures: QueueMeasures, interval: tuple[float | None, float | None]) -> dict[str, JsonValue]:
    waits = measures.wait_minutes
    low, high = mean_interval(measures.waited_from_ms, waits)
    found: dict[str, JsonValue] = {
        "tickets": measures.tickets,
        "tickets_called": int(waits.size),
        "queue_wait_minutes_mean": rounded(float(waits.mean()), 1),
        "queue_wait_minutes_mean_low": rounded(low, 1),
        "queue_wait_minutes_mean_high": rounded(high, 1),
        "queue_wait_minutes_p90": rounded(_p90(measures), 1),
        "queue_wait_minutes_p90_low": rounded(interval[0], 1),
        "queue_wait_minutes_p90_high": rounded(interval[1], 1),
    }
    for key, values in (("response", measures.response_minutes), ("service", measures.service_minutes)):
        found[f"{key}_minutes_mean"] = rounded(float(values.mean()), 1) if values.size else None
    return found


def _levels(measures: QueueMeasures) -> dict[str, JsonValue]:
    day = measures.waited_from_ms // MS_PER_DAY
    found: dict[str, JsonValue] = {}
    for minutes in SERVICE_LEVELS_MINUTES:
        within = measures.within(minutes).astype("float64")
        low, high = ratio_interval(day, within, np.ones(within.size))
        name = f"called_within_{minutes}_minutes_share"
        found |= {
            name: rounded(float(within.mean())),
            f"{name}_low": rounded(low),
            f"{name}_high": rounded(high),
        }
    return found


def _gave_up(measures: QueueMeasures) -> dict[str, JsonValue]:
    """Empty where no ticket was given up: an export of services only would look the same."""
    if not measures.abandoned:
        return {}
    low, high = wilson_interval(measures.abandoned, measures.outcomes_known)
    return {
        "tickets_given_up": measures.abandoned,
        "given_up_share": rounded(measures.abandoned / measures.outcomes_known),
        "given_up_share_low": rounded(low),
        "given_up_share_high": rounded(high),
    }


def _loads(measures: QueueMeasures) -> dict[str, JsonValue]:
    if measures.load is None or measures.windows is None:
        return {}
    busy = np.flatnonzero(measures.load > 0)
    return {
        "load_by_half_hour": {half_hour_clock(int(at)): round(float(measures.load[at]), 2) for at in busy},
        "windows_by_half_hour": {
            half_hour_clock(int(at)): round(float(measures.windows[at]), 2) for at in busy
        },
        "half_hours_above_windows": [half_hour_clock(int(at)) for at in np.flatnonzero(measures.overloaded)],
    }


def _examples(log: EventLog, records: QueueRecords) -> tuple[str, ...]:
    """Cases with the longest waits, where tickets tell their case."""
    known = np.flatnonzero((records.case >= 0) & (records.called_ms >= records.ticket_ms))
    wait = records.called_ms[known] - records.ticket_ms[known]
    return examples(log_columns(log).case_ids[records.case[known[np.argsort(-wait, kind="stable")[:20]]]])


def _proposals(name: str, measures: QueueMeasures) -> tuple[Proposal, ...]:
    """Peaks are for appointments to shift; a load above the windows most of the day needs more of them."""
    above = measures.overloaded
    if not above.any() or measures.load is None:
        return ()
    hours: list[JsonValue] = [half_hour_clock(int(at)) for at in np.flatnonzero(above)]
    mostly = above.sum() * 2 >= (measures.load > 0).sum()
    lever = "staffing" if mostly else "appointments"
    return (Proposal(lever=lever, parameters={"queue": name, "half_hours": hours}, caution=_CAUTION),)
