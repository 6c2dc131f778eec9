"""Wasted trips (白跑): people came to the hall, and nothing they came for was done.

A visit is wasted if each event served during it ended with 补正, 退回, 不予受理 or 弃号, or was only a
question (咨询; `mining/data/step_words.yaml`). Any other event without result passes for done. Share = wasted
visits / all visits. Visits without any service (a ticket nobody called that day) are visits too; they are
counted apart, not as wasted: the log does not tell what came of them.

Example: of ten visits eight end with a pass, one with a return, and at one a return at the tax office is
followed by a pass at the bank: one wasted trip, 10 %.
"""

from __future__ import annotations

import numpy as np
from pydantic import JsonValue

from mining.columns import log_columns
from mining.diagnostics.definition import Definition
from mining.diagnostics.fetchable import fetch_what_fails, most_at_fault
from mining.diagnostics.shared import (
    ASSUMED_TRAVEL_MINUTES,
    Needs,
    event_hours,
    examples,
    lost_hours,
    require_visits,
    rounded,
    share_effect,
    yearly_factor,
)
from mining.diagnostics.step_words import is_question
from mining.event_log import ABANDON, DECLINE, REJECT, RETURN, EventLog
from mining.findings import Finding
from mining.journeys import Visits
from mining.statistics import wilson_interval
from mining.text import Text
from mining.working_time import MS_PER_HOUR, WorkingCalendar

NEEDS = Needs(purpose=Text(zh="统计白跑", en="counting wasted trips"), events=("result",))
DEFINITION = Definition(
    ids=("D21",),
    name=Text(zh="白跑", en="Wasted trips"),
    kinds=("wasted_trips",),
    definition=Text(
        zh="一次到场中办理的每个事项都以补正、退回、不予受理或弃号告终，或只是咨询。没有结果的其他事件按已办"
        "计。"
        "取号而当日未办的到场计入分母，另行计数，不按白跑计。",
        en="A visit each of whose services ended with a return for correction, a rejection, a refusal or an "
        "abandoned "
        "ticket, or was only a question. Any other event without result passes for done. Visits without any "
        "service that day count among the visits and are counted apart, not as wasted.",
    ),
    formula=Text(zh="白跑率 = 白跑的到场 / 全部到场。", en="Share = wasted visits / all visits."),
    needs=("result", "place or channel or window or ts_ticket or visit_id"),
    better_with=("reason", "ts_start", "materials.issuer_dept"),
    alarm=Text(zh="超过 10 %（假定），30 次到场以上。", en="More than 10 % (an assumption), 30 visits."),
    hours=Text(
        zh="申请人：白跑时在大厅的时间，加每次 60 分钟路程（假定）；官员：这些办理的经手工时。与“多跑路”有重"
        "叠。",
        en="Citizens: time in the hall during wasted visits and 60 minutes of travel each (assumed); "
        "officials: touch time "
        "of their services. Part of it is in avoidable visits too.",
    ),
    example=Text(
        zh="十次到场：八次办成，一次补正，一次税务补正而银行办成：白跑一次，10 %。",
        en="Of ten visits eight pass, one ends with a return, one with a return at the tax office and a pass "
        "at the bank: "
        "one wasted, 10 %.",
    ),
    proposes=("share_materials",),
)
IN_VAIN = (RETURN, REJECT, DECLINE, ABANDON)
ALARM_SHARE = 0.10
"""Reported if more than this share of the visits is wasted (an assumption)."""
MIN_VISITS = 30
MAX_NAMES = 5


def find_wasted_trips(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """At most one finding, if more than 10 % of at least 30 visits are wasted.

    `cases` = journeys with a wasted trip, `share` = wasted visits of all visits. Hours lost = applicants'
    time in the hall during wasted visits (from the first ticket or service to the last end) and 60 minutes of
    travel each, assumed, and officials' touch time of the services. Raises `MissingColumnsError` without
    results, or where nothing tells who was in the hall.
    """
    NEEDS.check(log)
    visits = require_visits(log, NEEDS.purpose)
    events = np.bincount(visits.served_visit, minlength=visits.journey.size)
    in_vain, told = _in_vain(log)
    wasted_events = np.bincount(
        visits.served_visit, weights=in_vain[visits.served_event], minlength=visits.journey.size
    )
    wasted = (events > 0) & (wasted_events == events)
    n = int(visits.journey.size)
    if n < MIN_VISITS or wasted.sum() <= ALARM_SHARE * n:
        return []
    return [_finding(log, calendar, visits, wasted, n, told)]


def _in_vain(log: EventLog) -> tuple[np.ndarray, np.ndarray]:
    """Whether an event brought the applicant nothing, and whether its result says so; one bool an event."""
    columns = log_columns(log)
    told = log.events["result"].isin(IN_VAIN).to_numpy(dtype=bool)
    asks = np.array([is_question(str(name)) for name in columns.activities], bool)
    return told | asks[columns.activity], told


def _finding(
    log: EventLog,
    calendar: WorkingCalendar,
    visits: Visits,
    wasted: np.ndarray,
    n: int,
    told: np.ndarray,
) -> Finding:
    columns = log_columns(log)
    hits = int(wasted.sum())
    events = visits.served_event[wasted[visits.served_visit]]
    chosen = np.zeros(columns.n_events, bool)
    chosen[events] = True
    hall_hours = float((visits.end_ms[wasted] - visits.begin_ms[wasted]).sum()) / MS_PER_HOUR
    citizen = hall_hours + hits * ASSUMED_TRAVEL_MINUTES / 60
    official = event_hours(log, calendar, chosen).official
    steps = log.events["activity"].iloc[events].value_counts().index[:MAX_NAMES]
    return Finding(
        kind="wasted_trips",
        title=Text(
            zh=f"白跑率 {hits / n:.0%}：来了却没有办成任何事项",
            en=f"{hits / n:.0%} of the visits are wasted: nothing was done",
        ),
        where={"steps": [str(name) for name in steps]},
        cases=int(np.unique(visits.journey[wasted]).size),
        share=rounded(hits / n),
        **lost_hours(yearly_factor(log, calendar), citizen=citizen, official=official),
        effect=share_effect("wasted_share", hits, n),
        evidence=_evidence(log, visits, wasted, n, chosen & told, hall_hours),
        example_cases=examples(columns.case_ids[columns.case[events]]),
        proposes=fetch_what_fails(log, chosen & told),
    )


def _evidence(
    log: EventLog, visits: Visits, wasted: np.ndarray, n: int, told: np.ndarray, hall_hours: float
) -> dict[str, JsonValue]:
    """`told`: the events of wasted visits whose results say that nothing was done."""
    hits = int(wasted.sum())
    low, high = wilson_interval(hits, n)
    return {
        "visits": n,
        "visits_without_service": n - int(np.unique(visits.served_visit).size),
        "wasted_visits": hits,
        "wasted_share": rounded(hits / n),
        "wasted_share_low": rounded(low),
        "wasted_share_high": rounded(high),
        "wasted_by_result": {
            str(result): int(count) for result, count in log.events["result"][told].value_counts().items()
        },
        "hall_minutes_per_wasted_visit_mean": rounded(hall_hours * 60 / hits, 1),
        "documents_at_fault": most_at_fault(log, told),
        "assumed_travel_minutes_per_visit": ASSUMED_TRAVEL_MINUTES,
    }
